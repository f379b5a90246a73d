"""The front page and the lists: artifacts, records, wanted pages, and the exchange that is still empty."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scidex.atlas import queries
from scidex.atlas.aliases import alias_key
from scidex.atlas.kinds import all_kinds, kind_of
from scidex.atlas.kinds.page import EntityType, RecordType
from scidex.kernel.clock import parse_time
from scidex.kernel.errors import Invalid
from scidex.kernel.ids import ArtifactId
from scidex.surfaces.web.routes.artifact import asked_number
from scidex.surfaces.web.site import Answer, Site, json_answer, wants_json

_PER_PAGE = 50


def home(site: Site, request: Request) -> Response:
    """The front page: what this is, what is in it, where to begin."""

    def make(connection: Connection, base: str) -> Answer:
        counted: dict[str, int] = defaultdict(int)
        for (kind, _), number in queries.counts(connection).items():
            counted[kind] += number
        newest = queries.browse(connection, kind="page", limit=8)
        statistics = queries.statistics(connection)
        if wants_json(request):
            return json_answer({"kinds": counted, "newest": [queries.head_document(head) for head in newest.items]})
        kinds = [(kind, counted[kind.slug]) for kind in all_kinds().values() if counted[kind.slug]]
        return site.page("home.html", base, kinds=kinds, newest=newest.items, statistics=statistics)

    return site.answer(request, make)


def browse(site: Site, request: Request) -> Response:
    """``/browse``: everything, by kind, by what it is about, by words in the title."""
    asked = {name: request.query_params.get(name, "").strip() for name in ("kind", "type", "title", "cursor")}
    if asked["kind"]:
        kind_of(asked["kind"])
    if asked["cursor"]:
        moment, _, last = asked["cursor"].partition("_")
        parse_time(moment), ArtifactId.parse(last)

    def make(connection: Connection, base: str) -> Answer:
        listed = queries.browse(
            connection,
            kind=asked["kind"],
            facet=asked["type"],
            title=asked["title"],
            cursor=asked["cursor"],
            limit=_PER_PAGE,
        )
        if wants_json(request):
            return json_answer({"items": [queries.head_document(head) for head in listed.items], "next": listed.next})
        counted = queries.counts(connection)
        kinds: dict[str, int] = defaultdict(int)
        types: dict[str, int] = defaultdict(int)
        for (kind, facet), number in counted.items():
            kinds[kind] += number
            if facet:
                types[facet] += number
        return site.page(
            "browse.html",
            base,
            asked=asked,
            listed=listed,
            kinds=[(kind, kinds[kind.slug]) for kind in all_kinds().values() if kinds[kind.slug]],
            types=[(type_, types[type_]) for type_ in EntityType if types[type_]],
            labels={kind.slug: kind.label for kind in all_kinds().values()},
        )

    return site.answer(request, make)


def records(site: Site, request: Request) -> Response:
    """``/records``: what the therapies here say of mechanisms, diseases, routes, cell sources and harms, side by side."""
    type_ = request.query_params.get("type", "")
    subject = request.query_params.get("subject", "").strip()
    if type_ and type_ not in list(RecordType):
        raise Invalid(f"“{type_[:40]}” is not a type of record.", cure=f"Known: {', '.join(RecordType)}.")

    def make(connection: Connection, base: str) -> Answer:
        found = queries.records(connection, type_=type_, subject=subject)
        if wants_json(request):
            rows: list[dict[str, Any]] = [
                {
                    "type": record.type,
                    "name": record.name,
                    "note": record.note,
                    "subject": record.subject,
                    "section": record.section,
                    "artifact": record.artifact.id,
                    "title": record.artifact.title,
                }
                for record in found
            ]
            return json_answer({"records": rows})
        groups: dict[str, list[Any]] = defaultdict(list)
        for record in found:
            groups[record.type].append(record)
        return site.page(
            "records.html", base, groups=groups, types=list(RecordType), asked={"type": type_, "subject": subject}
        )

    return site.answer(request, make)


def wanted(site: Site, request: Request) -> Response:
    """``/wanted``: pages that are linked to and not written; with ``?ref=``, who wants one of them."""
    reference = request.query_params.get("ref", "")
    offset = (asked_number(request, "from") or 1) - 1

    def make(connection: Connection, base: str) -> Answer:
        if reference:
            return wanted_page(site, connection, base, request, reference, status=200)
        found, total = queries.wanted(connection, limit=_PER_PAGE, offset=offset)
        if wants_json(request):
            rows = [{"reference": page.given, "label": page.label, "wanted_by": page.wanted_by} for page in found]
            return json_answer({"wanted": rows, "total": total})
        more = offset + _PER_PAGE + 1 if offset + _PER_PAGE < total else 0
        return site.page("wanted.html", base, found=found, total=total, more=more)

    return site.answer(request, make)


def wanted_page(
    site: Site, connection: Connection, base: str, request: Request, reference: str, *, status: int
) -> Answer:
    """The page of an artifact that nobody has written: who wants it, and how to write it."""
    key = alias_key(reference)
    written = queries.targets(connection, [key]).get(key)
    wanting = queries.wanted_by(connection, key)
    if wants_json(request):
        rows = [queries.backlink_document(link) for link in wanting]
        return json_answer(
            {"reference": reference, "written": written and written.id, "wanted_by": rows}, status=status
        )
    return site.page(
        "unwritten.html", base, status=status, reference=reference, key=key, written=written, wanting=wanting
    )


def exchange(site: Site, request: Request) -> Response:
    """``/exchange``: honest about being empty, since imported pages link to it."""

    def make(connection: Connection, base: str) -> Answer:
        hypotheses = queries.browse(connection, kind="hypothesis", limit=_PER_PAGE)
        if wants_json(request):
            return json_answer(
                {"markets": [], "hypotheses": [queries.head_document(head) for head in hypotheses.items]}
            )
        return site.page("exchange.html", base, hypotheses=hypotheses.items)

    return site.answer(request, make)
