"""The addresses of the API, and those for signing in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scidex.surfaces.api import actions, imports, index, openapi, rounds
from scidex.surfaces.api.sign_in import sign_in, sign_out
from scidex.surfaces.web.site import Site

Writing = Callable[[Site, Request], Awaitable[Response]]


def routes(site: Site) -> list[Route]:
    """To be taken in by the site's application."""

    def reading(path: str, endpoint: Callable[[Site, Request], Response]) -> Route:
        return Route(path, lambda request: endpoint(site, request), methods=["GET", "HEAD"])

    return [
        reading("/api/v1/", index.index),
        reading("/api/v1/actions", actions.listing),
        writing(site, "/api/v1/actions/{verb}", actions.perform),
        writing(site, "/api/v1/import", imports.import_file),
        writing(site, "/api/v1/debates/{ref}/rounds", rounds.hold),
        reading("/api/v1/artifacts/{ref}", index.artifact),
        reading("/api/v1/openapi.json", openapi.read),
        writing(site, "/sign-in", sign_in, methods=("GET", "HEAD", "POST")),
        writing(site, "/sign-out", sign_out),
    ]


def writing(site: Site, path: str, endpoint: Writing, *, methods: tuple[str, ...] = ("POST",)) -> Route:
    """A route whose endpoint reads the request's body, and so is a coroutine."""

    async def answer(request: Request) -> Response:
        return await endpoint(site, request)

    return Route(path, answer, methods=methods)
