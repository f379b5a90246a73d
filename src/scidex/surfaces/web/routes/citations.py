"""Citing what is here, resolving what is cited, and what leans on a work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scidex.atlas import queries
from scidex.atlas.bibliography.formats import FORMATS
from scidex.atlas.citing import CitationStyles
from scidex.atlas.queries import pasted, resolution_document
from scidex.kernel.errors import NotFound, Refused
from scidex.kernel.installation import Installation
from scidex.surfaces.web.pages.citing import DOWNLOADS, as_file
from scidex.surfaces.web.routes.artifact import asked_number, asked_version, found
from scidex.surfaces.web.site import Answer, Moved, Site, json_answer, wants_json

_PER_PAGE = 50


def citations(site: Site, request: Request) -> Response:
    """``/citations``: what is cited and open; with ``?q=`` also what a key, identifier or pasted reference means."""
    asked = request.query_params.get("q", "").strip()[:2000]

    def make(connection: Connection, base: str) -> Answer:
        cited = pasted(asked) if asked else ()
        verdicts = [
            resolution_document(each, verdict)
            for each, verdict in zip(cited, queries.resolve_all(connection, cited), strict=True)
        ]
        wanted, total = queries.wanted_works(connection)
        questions = queries.browse(connection, kind="open-citation", limit=200).items
        flagged = queries.flagged_works(connection)
        if wants_json(request):
            return json_answer(
                {
                    "resolved": verdicts,
                    "wanted": [{"name": each.name, "cited_by": each.cited_by} for each in wanted],
                    "wanted_total": total,
                    "open": [queries.head_document(head) for head in questions],
                    "flagged": [
                        {**queries.head_document(head), "record": status, "notice": editorial}
                        for head, status, editorial in flagged
                    ],
                }
            )
        return site.page(
            "citations.html",
            base,
            asked=asked,
            found=verdicts,
            wanted=wanted,
            wanted_total=total,
            questions=questions,
            flagged=flagged,
        )

    return site.answer(request, make)


def cite(site: Site, request: Request) -> Response:
    """``/artifact/{ref}/cite``: the eight styles, and the files for reference managers; ``?version=`` pins it."""
    number = asked_version(request)

    def make(connection: Connection, base: str) -> Answer:
        head = found(connection, request)
        view = queries.artifact(connection, head, version=number)
        item = queries.cited_record(view, base, pinned=number is not None)
        styles, problem = _styles(site.installation, item)
        if wants_json(request):
            return json_answer(
                {"item": item, "styles": {slug: text for slug, _, text in styles}, "problem": problem or None}
            )
        work = queries.works_named(connection, [head.id]).get(head.id)
        return site.page(
            "cite.html",
            base,
            head=head,
            title=view.version.title,
            number=view.version.number,
            pinned=number is not None,
            styles=styles,
            problem=problem,
            files=[(end, label, as_file(item, name)) for end, label, name in DOWNLOADS],
            retracted=getattr(work, "retracted", ""),
        )

    return site.answer(request, make)


def cite_file(site: Site, request: Request) -> Response:
    """``/artifact/{ref}/cite.bib``, ``.ris`` and ``.csl.json``: one citation as a file."""
    number, end = asked_version(request), request.path_params["form"]
    names = {each: name for each, _, name in DOWNLOADS}
    if end not in names:
        raise NotFound(f"A citation does not come as .{end[:20]}.", cure=f"There are {', '.join(names)}.")

    def make(connection: Connection, base: str) -> Answer:
        head = found(connection, request)
        view = queries.artifact(connection, head, version=number)
        text = as_file(queries.cited_record(view, base, pinned=number is not None), names[end])
        return Answer(text, f"{FORMATS[names[end]].media_types[0]}; charset=utf-8", filename=f"{head.id}.{end}")

    return site.answer(request, make)


def dependents(site: Site, request: Request) -> Response:
    """``/artifact/{ref}/dependents``: the pages that cite a work and the claims that have evidence from it."""
    offset = (asked_number(request, "offset") or 0) if request.query_params.get("offset", "0") != "0" else 0

    def make(connection: Connection, base: str) -> Answer:
        head = found(connection, request)
        if head.kind != "paper":
            raise NotFound(f"“{head.title}” is a {head.kind}; only publications have dependents.")
        leaning = queries.dependents(connection, head, limit=_PER_PAGE, offset=offset)
        work: Any = queries.works_named(connection, [head.id]).get(head.id)
        more = offset + _PER_PAGE < max(leaning.evidence_total, leaning.pages_total)
        if wants_json(request):
            return json_answer(
                {
                    "work": queries.head_document(head),
                    "retracted": work.retracted or None,
                    "pages": [queries.head_document(page) for page in leaning.pages],
                    "pages_total": leaning.pages_total,
                    "claims": [
                        {"claim": view.head.id, "statement": view.body.statement, "with": before, "without": after}
                        for view, before, after in leaning.claims
                    ],
                    "claims_total": leaning.claims_total,
                    "evidence_total": leaning.evidence_total,
                    "next_offset": offset + _PER_PAGE if more else None,
                }
            )
        return site.page(
            "dependents.html", base, head=head, found=leaning, retracted=work.retracted, offset=offset, more=more
        )

    return site.answer(request, make)


def work(site: Site, request: Request) -> Response:
    """``/work/doi:10.…``: the publication that an identifier names."""

    def make(connection: Connection, _base: str) -> Answer:
        _, led = queries.find(connection, request.path_params["name"].removesuffix(".json"))
        raise Moved(f"/artifact/{led.id}{'.json' if request.url.path.endswith('.json') else ''}", permanent=False)

    return site.answer(request, make)


def _styles(installation: Installation, item: dict[str, Any]) -> tuple[list[tuple[str, str, str]], str]:
    """The text styles, or why there are none: the files need no processor."""
    try:
        styles = installation.service(CitationStyles)
        made = styles.format_all(item)
    except Refused as error:
        return [], str(error)
    return [(slug, label, made[slug]) for slug, label in styles.STYLES.items()], ""
