"""Where a client begins, and the short way from the API to what is read elsewhere."""

from __future__ import annotations

from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scidex.surfaces.api.requests import asked
from scidex.surfaces.web.site import Answer, Site, json_answer


def index(site: Site, request: Request) -> Response:
    """``GET /api/v1/``: the addresses there are."""

    def make(_connection: Connection, base: str) -> Answer:
        api = f"{base}/api/v1"
        return json_answer(
            {
                "scidex": site.installation.version,
                "openapi": f"{api}/openapi.json",
                "actions": f"{api}/actions",
                "action": f"{api}/actions/{{verb}}",
                "import": f"{api}/import",
                "round": f"{api}/debates/{{ref}}/rounds",
                "debates": f"{base}/debates",
                "score": f"{base}/artifact/{{ref}}/score.json",
                "artifact": f"{api}/artifacts/{{ref}}",
                "list": f"{base}/browse",
                "graph": f"{base}/graph/{{ref}}.json",
                "edge": f"{base}/edge/{{number}}.json",
                "path": f"{base}/path?from={{ref}}&to={{ref}}",
                "search": f"{base}/search?q={{query}}",
                "activities": f"{base}/activities",
                "reading": "Every page of the site answers JSON to Accept: application/json.",
            }
        )

    return site.answer(request, make)


def artifact(_site: Site, request: Request) -> Response:
    """``GET /api/v1/artifacts/{ref}``: leads to the artifact's own address, which speaks JSON."""
    parameters = asked(request, {"version", "as_of", "redirect"})
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    reference = quote(request.path_params["ref"], safe="")
    return RedirectResponse(f"/artifact/{reference}.json" + (f"?{query}" if query else ""), 307)
