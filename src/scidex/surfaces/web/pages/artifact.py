"""The artifact page's context: everything the template shows, looked up and rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from sqlalchemy import Connection

from scidex.agora.queries import Board
from scidex.atlas import queries
from scidex.atlas.aliases import alias_key
from scidex.atlas.kinds import Body, Kind, State, kind_of
from scidex.atlas.kinds.correction import CorrectionBody
from scidex.atlas.kinds.page import BIOLINK_CLASS, PageBody, RecordType
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.model import Head
from scidex.atlas.queries import (
    ArtifactView,
    BacklinkView,
    EdgeView,
    EntityView,
    GroundedName,
    LinkView,
    Notice,
    OriginView,
    RelatedArtifact,
    RelatedReason,
    ReportView,
)
from scidex.kernel.errors import Invalid
from scidex.surfaces.web.pages.citing import Cited, cite_artifact
from scidex.surfaces.web.pages.claims import ClaimLine, ClaimsOfPage, claim_line, claims_of_page
from scidex.surfaces.web.pages.debates import DebateContext, Debated, Replay, debate_context, debates_of
from scidex.surfaces.web.pages.origins import Origins
from scidex.surfaces.web.pages.references import ReferenceLine, reference_lines
from scidex.surfaces.web.pages.works import WorkContext, work_context
from scidex.surfaces.web.rendering import (
    CitationTarget,
    Heading,
    LinkTarget,
    plain_text,
    render_body,
    render_inline,
    without_marks,
)

_SHOWN_BACKLINKS = 30
_SHOWN_RELATED = 12
# Beyond this a page is cut: laying out five megabytes would take the server seconds and no reader to the end.
_LONGEST_BODY = 200_000
_MOST_ROWS = 1000
# These have a part of the page of their own.
_SHOWN_ELSEWHERE = frozenset(
    {
        "findings",
        "csl",
        "notices",
        "verification",
        "candidates",
        "texts",
        "judgement",
        "span",
        "statement",
        "original",
        "proposed",
        "verdicts",
        "arguments",
        "entries",
    }
)
# Findings about the wording that a reader must see beside the text, not only in the report.
_REMARKED = frozenset({"template-sentence"})
# What is linked to by these is a page that somebody may write; a citation waits for a record instead.
_WRITABLE = frozenset({"mentions", "see_also", "related", "related_hypothesis", "related_analysis"})
# The fields of other kinds, in words.
_LABELS = {
    "gene_target": "Target",
    "score_note": "About this score",
    "state_note": "About this state",
    "sha256": "SHA-256",
    "curie": "Identifier",
    "xrefs": "Elsewhere",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A labelled value, with the place it came from."""

    label: str
    value: Markup | str
    origin: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RelatedLine:
    """A related artifact as shown: `score` and `state` are what the source printed."""

    link: LinkView
    title: str
    score: str
    gene_target: str
    state: str
    origin: tuple[str, str] | None
    reasons: tuple[RelatedReason, ...] = ()
    debate: Debated | None = None


@dataclass(frozen=True, slots=True)
class RecordGroup:
    """The records of one type."""

    type: str
    records: tuple[tuple[Any, tuple[str, str] | None], ...]


@dataclass(frozen=True, slots=True)
class ArtifactContext:
    """Everything `artifact.html` uses."""

    view: ArtifactView
    kind: Kind
    address: str
    permanent: str
    biolink: str
    notice: Notice | None
    names: tuple[str, ...]
    lead: Markup
    lead_origin: tuple[str, str] | None
    body: Markup
    shortened: bool
    contents: tuple[Heading, ...]
    fields: tuple[Field, ...]
    metadata: tuple[Field, ...]
    references: tuple[ReferenceLine, ...]
    unresolved: int
    claims: ClaimsOfPage | None
    work: WorkContext | None
    claim: ClaimLine | None
    correction: CorrectionBody | None
    debate: DebateContext | None
    debated: Debated | None
    cited: Cited
    records: tuple[RecordGroup, ...]
    related: tuple[RelatedLine, ...]
    worked_out: tuple[RelatedArtifact, ...]
    entity: EntityView | None
    entity_edges: tuple[EdgeView, ...]
    named_by: tuple[tuple[tuple[Head, bool, int], ...], int]
    named: tuple[GroundedName, ...]
    unwritten: tuple[LinkView, ...]
    backlinks: tuple[BacklinkView, ...]
    backlinks_total: int
    origins: tuple[OriginView, ...]
    reported: tuple[Head, int, int] | None
    remarks: tuple[dict[str, str], ...]
    snippets: tuple[tuple[str, str], ...]
    came_from: Head | None

    @property
    def title(self) -> str:
        """The title at this version."""
        return self.view.version.title

    @property
    def tombstone(self) -> bool:
        """Whether the content is out of view."""
        return self.view.state is State.TOMBSTONE


def artifact_context(
    connection: Connection,
    view: ArtifactView,
    *,
    base: str,
    board: Board,
    came_from: Head | None = None,
    asked: Replay | None = None,
) -> ArtifactContext:
    """Looks everything up and renders it. Costs a fixed number of queries, whatever the version's number.

    `came_from` is the artifact a reader asked for, where a merge led them here; `asked` which part of a debate to show.
    """
    head, number = view.head, view.version.number
    kind = kind_of(head.kind)
    body, shortened = _showable(kind.body.model_validate(view.content))
    origins = Origins(queries.origins(connection, head, number))
    links = _links_of(connection, kind, body, view.as_of)
    references = _references(connection, body, view.as_of)
    citations = {line.key: line.target for line in references}
    keys = queries.all_keys(connection, head, view.as_of)
    claims = _claims(connection, view, body, keys)
    rendered = _rendered(body, links, citations, origins, claims)
    backlinks, total = queries.backlinks(connection, head, as_of=view.as_of, limit=_SHOWN_BACKLINKS, keys=keys)
    related = queries.links_from(connection, head, as_of=view.as_of)[0] if view.is_newest else ()
    # What is worked out from the graph is told as of today, beside the newest version only.
    today = view.is_newest and view.as_of is None
    listed = {link.target.id for link in related if link.target is not None and link.relation.startswith("related")}
    worked_out = queries.related(connection, head, limit=_SHOWN_RELATED, also=listed) if today else ()
    entities = queries.entities_of(connection, head) if today else ()
    hypotheses = [link.target for link in related if link.target is not None and link.target.kind == "hypothesis"]
    debated = debates_of(connection, board, [head, *hypotheses], as_of=view.as_of, keys=keys)
    address = f"{base}/artifact/{head.id}"
    report = _newest_report(connection, view)
    findings = report.content["findings"] if report else []
    return ArtifactContext(
        view=view,
        kind=kind,
        address=address,
        permanent=f"{address}?version={number}",
        biolink=BIOLINK_CLASS[body.entity_type] if isinstance(body, PageBody) else "",
        notice=queries.notices(connection, head, as_of=view.as_of),
        names=tuple(queries.names(connection, head)),
        lead=rendered[0],
        lead_origin=origins.of("lead"),
        body=rendered[1],
        shortened=shortened,
        contents=rendered[2],
        fields=_fields(body, links, citations, origins),
        metadata=_metadata(body, origins),
        references=references,
        unresolved=sum(not line.resolved for line in references),
        claims=claims,
        work=work_context(connection, head, body) if isinstance(body, PaperBody) else None,
        claim=claim_line(queries.claim_view(connection, head, as_of=view.as_of)) if kind.slug == "claim" else None,
        correction=body if isinstance(body, CorrectionBody) else None,
        debate=debate_context(connection, board, view, asked or Replay()) if kind.slug == "debate" else None,
        debated=debated.get(head.id),
        cited=cite_artifact(view, base),
        records=_records(body, origins),
        related=_related(body, related, origins, worked_out, debated),
        worked_out=worked_out[:_SHOWN_RELATED],
        entity=entities[0] if entities else None,
        entity_edges=queries.neighbourhood(connection, entities, limit=10).edges if entities else (),
        named_by=queries.naming(connection, entities, limit=20) if entities else ((), 0),
        named=queries.grounded_names(connection, head) if today else (),
        unwritten=tuple(link for link in related if link.target is None and link.relation in _WRITABLE)[:_MOST_ROWS],
        backlinks=backlinks,
        backlinks_total=total,
        origins=origins.views,
        reported=(report.head, len(findings), _worrying(findings)) if report else None,
        # Only where this version still is what was imported: an edit may have mended what the report says.
        remarks=tuple(item for item in findings if item["code"] in _REMARKED) if origins.views else (),
        snippets=_snippets(address, view.version.title),
        came_from=came_from,
    )


def _showable(body: Body) -> tuple[Body, bool]:
    """A body short enough to lay out, and whether something was left out. Its JSON is always whole."""
    if not isinstance(body, PageBody):
        return body, False
    text = body.body
    if len(text) > _LONGEST_BODY:
        end = text.rfind("\n\n", 0, _LONGEST_BODY)
        text = text[: end if end > _LONGEST_BODY // 2 else _LONGEST_BODY]
    shown = body.model_copy(
        update={
            "lead": body.lead[:_LONGEST_BODY],
            "body": text,
            "infobox": body.infobox[:_MOST_ROWS],
            "records": body.records[:_MOST_ROWS],
            "references": body.references[:_MOST_ROWS],
            "related": body.related[:_MOST_ROWS],
            "metadata": body.metadata[:_MOST_ROWS],
        }
    )
    return shown, shown != body


def _links_of(connection: Connection, kind: Kind, body: Body, as_of: datetime | None) -> dict[str, LinkTarget]:
    """Where each link written in this body leads now. Worked out from the text, so that old versions work too."""
    keys: dict[str, str] = {}
    for mention in kind.mentions(body):
        try:
            keys[mention.target] = alias_key(mention.target)
        except Invalid:
            continue
    found = queries.targets(connection, keys.values(), as_of=as_of)
    return {given: link_target(given, found.get(key)) for given, key in keys.items()}


def link_target(given: str, head: Head | None) -> LinkTarget:
    """Where a link leads: to an artifact, or to the page that says who wants it."""
    if head is None:
        return LinkTarget(f"/wanted?ref={quote(given, safe='/')}", False, given, "")
    about = f"{head.facet} · " if head.facet not in ("", "unspecified") else ""
    summary = f"{kind_of(head.kind).label} · {about}version {head.latest_version} · {head.state}"
    return LinkTarget(f"/artifact/{head.id}", True, head.title, summary)


def _rendered(
    body: Body,
    links: dict[str, LinkTarget],
    citations: dict[str, CitationTarget],
    origins: Origins,
    claims: ClaimsOfPage | None,
) -> tuple[Markup, Markup, tuple[Heading, ...]]:
    if not isinstance(body, PageBody):
        return Markup(), Markup(), ()
    lead_text, body_text = (claims.lead, claims.body) if claims else map(without_marks, (body.lead, body.body))
    marks = claims.marks if claims else {}
    # The renderer's output is sanitised; that is what makes it safe to mark.
    lead = Markup(render_body(lead_text, links=links, citations=citations, prefix="lead-", claims=marks).html)  # noqa: S704
    rendered = render_body(body_text, links=links, citations=citations, origin=origins.of_block, claims=marks)
    return lead, Markup(rendered.html), rendered.contents  # noqa: S704


def _references(connection: Connection, body: Body, as_of: datetime | None) -> tuple[ReferenceLine, ...]:
    if not isinstance(body, PageBody):
        return ()
    return reference_lines(body.references, queries.citations(connection, body.references, as_of=as_of))


def _claims(connection: Connection, view: ArtifactView, body: Body, keys: Sequence[str]) -> ClaimsOfPage | None:
    """The claims of a page; None where it has none, or is no page."""
    if not isinstance(body, PageBody):
        return None
    claims, corrections = queries.page_statements(connection, view.head, as_of=view.as_of, keys=keys)
    if not claims and not corrections:
        return None
    return claims_of_page(body, view.version.number, claims, queries.coverage(claims), corrections)


def _fields(
    body: Body, links: dict[str, LinkTarget], citations: dict[str, CitationTarget], origins: Origins
) -> tuple[Field, ...]:
    if isinstance(body, PageBody):
        return tuple(
            Field(
                plain_text(row.label, 80),
                Markup(render_inline(row.value, links=links, citations=citations)),  # noqa: S704
                origins.of(f"infobox/{number}"),
            )
            for number, row in enumerate(body.infobox)
        )
    shown = []
    for name, value in body.model_dump(mode="json").items():
        if name not in _SHOWN_ELSEWHERE and value not in (None, "", [], (), {}, False):
            text = ", ".join(map(str, value)) if isinstance(value, list) else _words_of(value)
            shown.append(Field(_LABELS.get(name, name.replace("_", " ").capitalize()), text, origins.of(name)))
    return tuple(shown)


def _words_of(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(
            f"{name.replace('_', ' ')}: {each}" for name, each in value.items() if each not in (None, "", [])
        )
    return str(value)


def _metadata(body: Body, origins: Origins) -> tuple[Field, ...]:
    if not isinstance(body, PageBody):
        return ()
    rows = []
    for number, row in enumerate(body.metadata):
        value = "none given" if row.value is None else str(row.value)
        rows.append(Field(row.name, value, origins.of(f"metadata/{number}")))
    return tuple(rows)


def _records(body: Body, origins: Origins) -> tuple[RecordGroup, ...]:
    found: dict[RecordType, list[Any]] = {}
    for number, record in enumerate(getattr(body, "records", ())):
        found.setdefault(record.type, []).append((record, origins.of(f"records/{number}")))
    return tuple(RecordGroup(type_, tuple(records)) for type_, records in found.items())


def _related(
    body: Body,
    links: Iterable[LinkView],
    origins: Origins,
    worked_out: Sequence[RelatedArtifact],
    debated: Mapping[str, Debated],
) -> tuple[RelatedLine, ...]:
    reasons = {each.head.id: each.reasons for each in worked_out}
    by_key = {link.key: link for link in links if link.relation.startswith("related")}
    lines = []
    for number, item in enumerate(getattr(body, "related", ())):
        try:
            link = by_key.get(alias_key(item.target))
        except Invalid:
            continue
        if link is not None:
            lines.append(
                RelatedLine(
                    link,
                    item.title,
                    item.score,
                    item.gene_target,
                    item.state,
                    origins.of(f"related/{number}"),
                    reasons.get(link.target.id, ()) if link.target else (),
                    debated.get(link.target.id) if link.target else None,
                )
            )
    return tuple(lines)


def _newest_report(connection: Connection, view: ArtifactView) -> ReportView | None:
    """The report of the import that wrote the version shown, or of the newest one before it."""
    reports = queries.reports(connection, view.head)
    return next((report for report in reports if report.head.created_at <= view.version.recorded_at), None)


def _worrying(findings: list[dict[str, str]]) -> int:
    return sum(finding["severity"] != "info" for finding in findings)


def _snippets(address: str, title: str) -> tuple[tuple[str, str], ...]:
    escaped: Callable[[str], Any] = Markup.escape
    shown = title.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return (
        (
            "Frame",
            f'<iframe src="{address}?embed=1" title="{escaped(title)}" width="100%" height="600" loading="lazy"></iframe>',
        ),
        ("Markdown", f"[{shown}]({address})"),
        ("Address", address),
    )
