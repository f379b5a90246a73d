"""The site's addresses."""

from __future__ import annotations

import mimetypes

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scidex.atlas.aliases import SECTIONS
from scidex.kernel.errors import NotFound
from scidex.kernel.installation import Installation
from scidex.surfaces.api.routes import routes as api_routes
from scidex.surfaces.api.routes import writing
from scidex.surfaces.web.errors import error_handlers
from scidex.surfaces.web.headers import SecurityHeaders
from scidex.surfaces.web.routes import (
    acting,
    activity,
    artifact,
    browse,
    citations,
    debates,
    embed,
    graph,
    legacy,
    provenance,
    search,
    source,
    versions,
)
from scidex.surfaces.web.site import STATIC, Site

_READ = ["GET", "HEAD"]


def build(installation: Installation) -> Starlette:
    """The ASGI application for one installation."""
    site = Site(installation)

    def route(path: str, endpoint: object) -> Route:
        return Route(path, lambda request: endpoint(site, request), methods=_READ)  # type: ignore[operator]

    routes = [
        route("/", browse.home),
        route("/browse", browse.browse),
        route("/search", search.search),
        route("/search/suggest", search.suggest),
        route("/records", browse.records),
        route("/wanted", browse.wanted),
        route("/exchange", browse.exchange),
        route("/citations", citations.citations),
        route("/work/{name:path}", citations.work),
        route("/debates", debates.ranking),
        route("/artifact/{ref}/what-if", debates.what_if),
        route("/artifact/{ref}/score.json", debates.export),
        writing(site, "/artifact/{ref}/round", debates.hold_round, methods=("GET", "HEAD", "POST")),
        route("/graph", graph.start),
        route("/graph/{ref}", graph.entity),
        route("/graph/{ref}/closure", graph.closure),
        route("/graph-export/{form}", graph.export),
        route("/edge/{number}", graph.edge),
        route("/path", graph.path),
        route("/conflicts", graph.conflicts),
        route("/quarantine", graph.quarantine),
        route("/names", graph.names),
        route("/activities", activity.log),
        route("/activity/{id}", activity.one),
        route("/agent/{actor}", activity.agent),
        route("/oembed", embed.oembed),
        route("/artifact/{ref}", artifact.read),
        route("/artifact/{ref}/cite", citations.cite),
        route("/artifact/{ref}/cite.{form}", citations.cite_file),
        route("/artifact/{ref}/dependents", citations.dependents),
        route("/artifact/{ref}/history", versions.history),
        route("/artifact/{ref}/diff", versions.diff),
        route("/artifact/{ref}/provenance", provenance.page),
        route("/artifact/{ref}/provenance.{form}", provenance.download),
        route("/artifact/{ref}/report", provenance.report),
        route("/artifact/{ref}/source", source.page),
        route("/artifact/{ref}/source/raw", source.raw),
        route("/artifact/{ref}/v{number}", versions.pinned),
        *(
            route(f"/{section}/{{slug:path}}", legacy.follow)
            for section in (*SECTIONS, "wiki", "hypothesis", "analysis")
        ),
        *api_routes(site),
        writing(site, "/do/{verb}", acting.act, methods=("GET", "HEAD", "POST")),
        route("/static/{hash}/{name}", static),
        route("/favicon.ico", favicon),
        Route("/healthz", lambda _request: PlainTextResponse("ok\n"), methods=_READ),
        Route("/robots.txt", lambda _request: PlainTextResponse("User-agent: *\nAllow: /\n"), methods=_READ),
    ]
    app = Starlette(routes=routes, exception_handlers=dict(error_handlers(site)))
    # Around Starlette's own middleware, so that its answers to unexpected errors carry the headers too.
    app.middleware_stack = SecurityHeaders(app.build_middleware_stack())
    return app


def static(site: Site, request: Request) -> Response:
    """A file of ours. The hash in its address changes with it, so it may be kept for ever."""
    name = request.path_params["name"]
    if name not in site.assets:
        raise NotFound(f"There is no file {name}.")
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    current = request.path_params["hash"] == site.assets[name]
    lifetime = "public, max-age=31536000, immutable" if current else "no-cache"
    return Response((STATIC / name).read_bytes(), media_type=media_type, headers={"Cache-Control": lifetime})


def favicon(_site: Site, _request: Request) -> Response:
    """The mark of the site."""
    return Response((STATIC / "mark.svg").read_bytes(), media_type="image/svg+xml")
