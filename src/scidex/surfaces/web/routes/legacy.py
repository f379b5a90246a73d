"""The addresses of older sites: a redirect to the artifact, or a page that says it is not written and who wants it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from scidex.kernel.errors import NotFound
from scidex.surfaces.web.routes.artifact import redirected
from scidex.surfaces.web.routes.browse import wanted_answer
from scidex.surfaces.web.site import Site


def follow(site: Site, request: Request) -> Response:
    """``/diseases/…``, ``/hypothesis/…`` and the like."""
    path = request.url.path.removesuffix(".json")
    try:
        moved = redirected(site, request, path)
    except NotFound:
        return wanted_answer(site, request, path)
    if moved is None:
        raise NotFound(f"Nothing here is called “{path}”.")
    return moved
