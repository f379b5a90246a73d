"""Where a version came from: the graph and the table, W3C PROV to download, and the import report."""

from __future__ import annotations

from markupsafe import Markup
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scidex.atlas import provenance, queries
from scidex.atlas.model import Head
from scidex.atlas.provenance_drawing import draw
from scidex.kernel.errors import NotFound
from scidex.kernel.ids import ActivityId, ArtifactId
from scidex.surfaces.web.routes.artifact import asked_version, found
from scidex.surfaces.web.site import Answer, Site, json_answer, wants_json

_FORMS = {
    "json": "application/json",
    "provn": "text/provenance-notation; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
}


def page(site: Site, request: Request) -> Response:
    """``/artifact/{id}/provenance``."""
    number = asked_version(request)

    def make(connection: Connection, base: str) -> Answer:
        head, version, graph = _graph(connection, request, number)
        if wants_json(request):
            return Answer(provenance.prov_json(graph, base), _FORMS["json"])
        drawing = Markup(draw(graph, href=address_of))  # noqa: S704 (it escapes all text it draws)
        origins = queries.origins(connection, head, version)
        return site.page(
            "provenance.html", base, head=head, number=version, graph=graph, drawing=drawing, origins=origins
        )

    return site.answer(request, make)


def download(site: Site, request: Request) -> Response:
    """``/artifact/{id}/provenance.json``, ``.provn`` and ``.svg``."""
    form = request.path_params["form"]
    if form not in _FORMS:
        raise NotFound(f"Provenance is not written as {form[:20]}.", cure="Ask for .json, .provn or .svg.")
    number = asked_version(request)

    def make(connection: Connection, base: str) -> Answer:
        graph = _graph(connection, request, number)[2]
        written = {
            "json": lambda: provenance.prov_json(graph, base),
            "provn": lambda: provenance.prov_n(graph, base),
            "svg": lambda: draw(graph, href=lambda id_: base + (address_of(id_) or "/")),
        }
        return Answer(written[form](), _FORMS[form])

    return site.answer(request, make)


def report(site: Site, request: Request) -> Response:
    """``/artifact/{id}/report``: what the imports of this artifact found."""

    def make(connection: Connection, base: str) -> Answer:
        head = found(connection, request)
        reports = queries.reports(connection, head)
        if wants_json(request):
            return json_answer([{"id": item.head.id, **item.content} for item in reports])
        return site.page("report.html", base, head=head, reports=reports)

    return site.answer(request, make)


def address_of(id_: str) -> str | None:
    """The page of something that stands in a provenance graph."""
    if ":" in id_:
        return f"/agent/{id_}"
    if ActivityId.matches(id_):
        return f"/activity/{id_}"
    artifact, _, version = id_.partition("/v")
    if ArtifactId.matches(artifact):
        return f"/artifact/{artifact}?version={version}" if version else f"/artifact/{artifact}"
    return None


def _graph(
    connection: Connection, request: Request, number: int | None
) -> tuple[Head, int, provenance.ProvenanceGraph]:
    head = found(connection, request)
    number = number or head.latest_version
    return head, number, queries.provenance(connection, head, number)
