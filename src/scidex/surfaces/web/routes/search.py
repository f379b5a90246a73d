"""Searching: answers with passages and facets, and what a search box offers while one types."""

from __future__ import annotations

from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scidex.atlas import queries
from scidex.atlas.kinds import all_kinds
from scidex.atlas.searching.model import Mode
from scidex.atlas.searching.ports import Searching
from scidex.kernel.errors import Invalid
from scidex.surfaces.web.site import Answer, Site, json_answer, wants_json


def search(site: Site, request: Request) -> Response:
    """``/search``: everything, by words and (if installed) by meaning."""
    text = request.query_params.get("q", "")
    mode = _mode(request.query_params.get("mode", ""))
    offset = _offset(request.query_params.get("offset", ""))

    def make(connection: Connection, base: str) -> Answer:
        searching = site.installation.service(Searching)
        results = queries.search(connection, searching, text, mode=mode, offset=offset)
        if wants_json(request):
            return json_answer(queries.search_document(results))

        def address(query: str, *, start: int = 0) -> str:
            asked = {"q": query, **({"mode": str(mode)} if mode else {}), **({"offset": start} if start else {})}
            return f"/search?{urlencode(asked)}"

        return site.page(
            "search.html",
            base,
            results=results,
            address=address,
            mode=mode,
            meanings=searching.embedder is not None,
            labels={kind.slug: kind.label for kind in all_kinds().values()},
            wide=text.strip()[:200],
        )

    return site.answer(request, make)


def suggest(site: Site, request: Request) -> Response:
    """``/search/suggest``: artifacts whose names begin like what is typed, in JSON."""
    text = request.query_params.get("q", "")[:200]

    def make(connection: Connection, _base: str) -> Answer:
        found = queries.suggest(connection, site.installation.service(Searching), text)
        return json_answer(queries.suggestion_document(text, found))

    return site.answer(request, make)


def _mode(given: str) -> Mode | None:
    if not given:
        return None
    try:
        return Mode(given)
    except ValueError:
        raise Invalid(f"“{given[:40]}” is no way to search.", cure=f"Known: {', '.join(Mode)}.") from None


def _offset(given: str) -> int:
    if not given:
        return 0
    if not given.isascii() or not given.isdigit() or len(given) > 6:
        raise Invalid(f"“{given[:40]}” is no place in the answers.", cure="Start from the first page.")
    return int(given)
