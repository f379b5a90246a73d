"""The addresses of older sites: a redirect to the artifact, or a page that says it is not written and who wants it."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scidex.kernel.errors import NotFound
from scidex.surfaces.web.routes.artifact import asked_moment, found
from scidex.surfaces.web.routes.browse import wanted_page
from scidex.surfaces.web.site import Answer, Moved, Site


def follow(site: Site, request: Request) -> Response:
    """``/diseases/…``, ``/hypothesis/…`` and the like."""

    def make(connection: Connection, base: str) -> Answer:
        try:
            head = found(connection, request, reference=request.url.path, as_of=asked_moment(request))
        except NotFound:
            return wanted_page(site, connection, base, request, request.url.path.removesuffix(".json"), status=404)
        raise Moved(f"/artifact/{head.id}", permanent=False)

    return site.answer(request, make)
