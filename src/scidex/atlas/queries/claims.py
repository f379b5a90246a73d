"""Claims and their evidence as readers see them: what a page states, what speaks for and against it, and what counts.

Where a claim stands is worked out here, from the items and from what the library now knows of their sources. So a
retraction is seen by every claim that leans on the work at once, whether there is one or fifty thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from scidex.atlas import store
from scidex.atlas.aliases import alias_key
from scidex.atlas.bibliography.csl import reference_line
from scidex.atlas.bibliography.resolution import Known
from scidex.atlas.evidence.grading import Appraisal, Grade, grade
from scidex.atlas.evidence.model import Effect, EvidenceItem, Source
from scidex.atlas.evidence.standing import Reason, Standing, reasons_against, standing
from scidex.atlas.kinds import State
from scidex.atlas.kinds.claim import ClaimBody, Verdict
from scidex.atlas.kinds.correction import CorrectionBody
from scidex.atlas.kinds.evidence_item import EvidenceBody
from scidex.atlas.lifecycle import SPEAKING
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.queries.citations import works_named
from scidex.atlas.queries.links import all_keys, sources_of
from scidex.atlas.tables import links
from scidex.kernel.errors import Invalid

MOST_CLAIMS = 500
"""Claims of one page that are shown; a longer list pages."""


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One item: its body, the work if the library has it, and its grade."""

    head: Head
    body: EvidenceBody
    work: Known | None
    grade: Grade | None

    @property
    def uncounted(self) -> tuple[Reason, ...]:
        """Why it does not count; empty if it does."""
        return reasons_against(as_item(self))

    @property
    def counts(self) -> bool:
        """Whether it enters the standing."""
        return not self.uncounted

    @property
    def source_line(self) -> str:
        """The source on one line."""
        return reference_line(self.work.item) if self.work else self.body.source


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim: its body, its evidence, where it stands by the counting items, and what it leans on that was retracted."""

    head: Head
    body: ClaimBody
    evidence: tuple[EvidenceView, ...]
    standing: Standing

    @property
    def name(self) -> str:
        """A short name for its mark on the page."""
        return self.body.label or self.head.id[-6:]

    @property
    def verdict(self) -> str:
        """What is shown: what the counting evidence says, else the judge's verdict, else that nobody has judged."""
        if self.standing.counted:
            return str(self.standing.verdict)
        return str(self.body.judgement.verdict) if self.body.judgement else "not judged"

    @property
    def by_rule(self) -> bool:
        """Whether the verdict shown rests on checked passages, and not on somebody's word."""
        return bool(self.standing.counted)

    @property
    def retracted(self) -> tuple[EvidenceView, ...]:
        """Items whose source was withdrawn."""
        return tuple(item for item in self.evidence if item.work is not None and item.work.retracted)

    def side(self, *stances: str) -> tuple[EvidenceView, ...]:
        """The items of some stances, those that count first."""
        chosen = [item for item in self.evidence if str(item.body.stance or "") in stances]
        return tuple(sorted(chosen, key=lambda item: not item.counts))


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a page is covered: its statements, those cited, and how many stand where.

    `verified` are supported by counting evidence, `judged` counts the verdicts of people and agents, `leaning` are the
    claims with an item whose source was retracted.
    """

    statements: int
    cited: int
    verified: int
    contradicted: int
    unverifiable: int
    judged: dict[str, int]
    leaning: int


Corrections = tuple[tuple[Head, CorrectionBody], ...]


def page_statements(
    connection: Connection, head: Head, *, as_of: datetime | None = None, keys: Sequence[str] = ()
) -> tuple[tuple[ClaimView, ...], Corrections]:
    """The claims a page states, by label, each with its evidence, and the corrections proposed for it, newest first.

    A fixed number of queries. `keys` are those of `all_keys`, if the caller has them already.
    """
    relations = (Relation.STATED_IN, Relation.CORRECTS)
    found = sources_of(connection, [head], *relations, as_of=as_of, limit=2 * MOST_CLAIMS, keys=keys)
    claims = [source for source, _, relation in found if relation is Relation.STATED_IN][:MOST_CLAIMS]
    proposed = [source for source, _, relation in found if relation is Relation.CORRECTS]
    contents = store.contents(connection, proposed) if proposed else {}
    corrections = tuple((each, CorrectionBody.model_validate(contents[each.id])) for each in reversed(proposed))
    return (_views(connection, claims, as_of) if claims else ()), corrections


def claim_view(connection: Connection, head: Head, *, as_of: datetime | None = None) -> ClaimView:
    """One claim with its evidence."""
    return _views(connection, [head], as_of)[0]


def coverage(claims: Sequence[ClaimView]) -> Coverage:
    """The coverage line of a page."""
    shown = Counter(claim.verdict for claim in claims)
    return Coverage(
        statements=len(claims),
        cited=sum(bool(claim.body.cited) for claim in claims),
        verified=sum(claim.by_rule and claim.standing.verdict == "supported" for claim in claims),
        contradicted=shown["contradicted"],
        unverifiable=shown["unverifiable"] + shown["not judged"],
        judged={str(verdict): shown_by_judges(claims, verdict) for verdict in Verdict},
        leaning=sum(bool(claim.retracted) for claim in claims),
    )


def shown_by_judges(claims: Iterable[ClaimView], verdict: Verdict) -> int:
    """How many claims a judge gave this verdict."""
    return sum(claim.body.judgement is not None and claim.body.judgement.verdict is verdict for claim in claims)


@dataclass(frozen=True, slots=True)
class Dependents:
    """What leans on a work: counts, and the first of each kind. `moved` are the claims whose standing a retraction changes."""

    pages: tuple[Head, ...]
    pages_total: int
    claims: tuple[tuple[ClaimView, str, str], ...]
    claims_total: int
    evidence_total: int


def dependents(connection: Connection, head: Head, *, limit: int = 50, offset: int = 0) -> Dependents:
    """What leans on publication `head`: pages that cite it and claims with an item from it, with and without it.

    For each claim: where it stands if the work stands, and where without it.
    """
    keys = all_keys(connection, head)
    pages = sources_of(connection, [head], Relation.CITES, limit=limit, offset=offset, keys=keys)
    items = sources_of(connection, [head], Relation.QUOTES, limit=limit, offset=offset, keys=keys)
    claims = _claims_of(connection, [item for item, _, _ in items])
    views = []
    for view in _views(connection, claims, None):
        with_work = _standing([as_item(each, ignore_retraction=head.id) for each in view.evidence], view.evidence)
        others = [each for each in view.evidence if each.work is None or each.work.id != head.id]
        without = _standing([as_item(each) for each in others], others)
        views.append((view, str(with_work.verdict), str(without.verdict)))
    return Dependents(
        tuple(page for page, _, _ in pages),
        sources_total(connection, keys, Relation.CITES),
        tuple(views),
        claims_total(connection, keys),
        sources_total(connection, keys, Relation.QUOTES),
    )


def sources_total(connection: Connection, keys: Sequence[str], relation: Relation) -> int:
    """How many artifacts are linked by `relation` to what `keys` (those of `all_keys`) name."""
    query = select(func.count(links.c.source_id.distinct())).where(
        links.c.relation == relation, links.c.ended_at.is_(None), links.c.target_key.in_(keys)
    )
    return int(connection.execute(query).scalar_one())


def claims_total(connection: Connection, keys: Sequence[str]) -> int:
    """How many claims have an item from the publication that `keys` (those of `all_keys`) name."""
    quoting = select(links.c.source_id).where(
        links.c.relation == Relation.QUOTES,
        links.c.ended_at.is_(None),
        links.c.target_key.in_(keys),
    )
    query = select(func.count(links.c.target_key.distinct())).where(
        links.c.relation == Relation.EVIDENCE_FOR, links.c.ended_at.is_(None), links.c.source_id.in_(quoting)
    )
    return int(connection.execute(query).scalar_one())


def _claims_of(connection: Connection, items: Sequence[Head]) -> list[Head]:
    contents = store.contents(connection, items)
    names = {alias_key(str(content["claim"]).partition("#")[0]) for content in contents.values()}
    found = store.heads(connection, names)
    return [found[id_] for id_ in sorted(found) if found[id_].kind == "claim"]


def _views(connection: Connection, claims: Sequence[Head], as_of: datetime | None) -> tuple[ClaimView, ...]:
    claims = [head for head in claims if head.state not in (State.TOMBSTONE, State.MERGED)]
    bodies = store.contents(connection, claims)
    found = sources_of(connection, claims, Relation.EVIDENCE_FOR, as_of=as_of, limit=20 * MOST_CLAIMS) if claims else []
    by_claim = evidence_views(connection, found, as_of)
    views = []
    for head in claims:
        items = tuple(by_claim.get(head.id, ()))
        stands = standing_of(items)
        views.append(ClaimView(head, ClaimBody.model_validate(bodies[head.id]), items, stands))
    return tuple(sorted(views, key=lambda view: (view.body.label or "~", view.head.id)))


def evidence_views(
    connection: Connection, found: Sequence[tuple[Head, str, Relation]], as_of: datetime | None
) -> dict[str, list[EvidenceView]]:
    """Evidence items (as `sources_of` finds them) with their works and grades, by what they are evidence on."""
    standing_items = [(item, key) for item, key, _ in found if item.state in SPEAKING]
    contents = store.contents(connection, [item for item, _ in standing_items])
    read = {id_: EvidenceBody.model_validate(content) for id_, content in contents.items()}
    known = works_named(connection, {body.source for body in read.values()}, as_of=as_of)
    grouped: dict[str, list[EvidenceView]] = {}
    for item, key in standing_items:
        grouped.setdefault(key, []).append(_evidence(item, read[item.id], known))
    return grouped


def standing_of(items: Sequence[EvidenceView]) -> Standing:
    """Where `items` leave what they are evidence on."""
    return _standing([as_item(each) for each in items], items)


def _evidence(head: Head, body: EvidenceBody, known: dict[str, Any]) -> EvidenceView:
    try:
        work = known.get(alias_key(body.source))
    except Invalid:
        work = None
    work = work if isinstance(work, Known) else None
    made = None
    if body.design is not None:
        effect = Effect(**body.effect.model_dump())
        made = grade(
            Appraisal(
                body.design,
                body.risk_of_bias,
                (body.directness,),
                body.sample_size,
                effect if body.effect.estimate else None,
            )
        )
    return EvidenceView(head, body, work, made)


def as_item(view: EvidenceView, *, ignore_retraction: str = "") -> EvidenceItem:
    """The item as the rules see it."""
    work = view.work
    retracted = work is not None and bool(work.retracted) and work.id != ignore_retraction
    return EvidenceItem(
        id=view.head.id,
        source=work.id if work else view.body.source,
        stance=view.body.stance,
        quote_checked=view.body.passage is not None,
        source_verified=work is not None and work.confirmed,
        source_retracted=retracted,
        judged_by=view.body.judge,
        weight=view.grade.weight if view.grade else 0,
    )


def _standing(items: Iterable[EvidenceItem], views: Iterable[EvidenceView]) -> Standing:
    return standing(items, sources_behind(views))


def sources_behind(views: Iterable[EvidenceView]) -> tuple[Source, ...]:
    """The works behind items of evidence, each once, with what tells that two studied the same people."""
    sources = {}
    for view in views:
        if view.work is not None:
            sources[view.work.id] = Source(
                view.work.id, view.work.registrations, view.work.cohorts, frozenset(), view.body.sample_size
            )
    return tuple(sources.values())


def claim_document(view: ClaimView) -> dict[str, Any]:
    """A claim in JSON: what is shown of it, and what that rests on."""
    return {
        "id": view.head.id,
        "label": view.body.label,
        "statement": view.body.statement,
        "verdict": view.verdict,
        "by": "checked passages" if view.by_rule else "judgement" if view.body.judgement else None,
        "judgement": view.body.judgement.model_dump(mode="json") if view.body.judgement else None,
        "standing": {
            "verdict": str(view.standing.verdict),
            "sources": view.standing.sources,
            "independent_sources": view.standing.effective_sources,
            "counted": list(view.standing.counted),
        },
        "span": view.body.span.model_dump(mode="json") if view.body.span else None,
        "omission": view.body.omission,
        "leans_on_retracted": [item.work.id for item in view.retracted if item.work],
        "evidence": [evidence_document(item) for item in view.evidence],
    }


def evidence_document(item: EvidenceView) -> dict[str, Any]:
    """An evidence item in JSON, with whether it counts and else why not, and the worked lines of its weight."""
    return {
        "id": item.head.id,
        "source": item.body.source,
        "work": item.work.id if item.work else None,
        "stance": item.body.stance,
        "suggested": bool(item.body.stance) and not item.body.judge,
        "judge": item.body.judge or None,
        "passage": item.body.passage.model_dump(mode="json") if item.body.passage else None,
        "counts": item.counts,
        "why_not": [str(reason) for reason in item.uncounted],
        "grade": {
            "certainty": str(item.grade.certainty),
            "level": str(item.grade.level),
            "weight": item.grade.weight,
            "rules": item.grade.rules_version,
            "steps": [[step.rule, step.effect, step.because] for step in item.grade.steps],
        }
        if item.grade
        else None,
    }
