"""An artifact's past: the list of versions, and what changed between two of them."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scidex.atlas import queries
from scidex.atlas.diff import diff_bodies, summary
from scidex.surfaces.web.routes.artifact import asked_number, found
from scidex.surfaces.web.site import Answer, Site, json_answer, wants_json

_PER_PAGE = 50


def history(site: Site, request: Request) -> Response:
    """``/artifact/{id}/history``."""
    before = asked_number(request, "before")

    def make(connection: Connection, base: str) -> Answer:
        head = found(connection, request)
        versions = queries.history(connection, head, before=before, limit=_PER_PAGE)
        if wants_json(request):
            return json_answer({"id": head.id, "versions": [queries.version_document(item) for item in versions]})
        more = versions[-1].number if versions and versions[-1].number > 1 else 0
        moves = queries.moves(connection, head)
        return site.page("history.html", base, head=head, versions=versions, more=more, moves=moves)

    return site.answer(request, make)


def diff(site: Site, request: Request) -> Response:
    """``/artifact/{id}/diff?old=&new=``: by default the newest version against the one before it."""
    asked_old, asked_new = asked_number(request, "old"), asked_number(request, "new")

    def make(connection: Connection, base: str) -> Answer:
        head = found(connection, request)
        new = asked_new or head.latest_version
        old = asked_old or max(1, new - 1)
        fields = diff_bodies(*queries.version_texts(connection, head, old, new))
        if wants_json(request):
            return json_answer({"id": head.id, "old": old, "new": new, "fields": [asdict(field) for field in fields]})
        return site.page("diff.html", base, head=head, old=old, new=new, fields=fields, amount=summary(fields))

    return site.answer(request, make)


def pinned(_site: Site, request: Request) -> Response:
    """``/artifact/{id}/v3``: the name a version has in provenance graphs."""
    reference, number = request.path_params["ref"], request.path_params["number"]
    return RedirectResponse(f"/artifact/{quote(reference)}?version={quote(number)}", status_code=308)
