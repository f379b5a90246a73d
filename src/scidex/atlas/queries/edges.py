"""Edges as readers see them: what they state, what they rest on, and where that leaves them.

An edge's standing is worked out when it is read, by the rules that claims are held to (`scidex.atlas.evidence`): only an
item whose quote was checked counts. Items that a file or a run brought are shown, and count for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from scidex.atlas import projections
from scidex.atlas.bibliography.csl import reference_line
from scidex.atlas.bibliography.resolution import Known
from scidex.atlas.edge_store import qualifiers_of
from scidex.atlas.evidence.standing import Standing, standing
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.model import EDGE, Qualifiers, edge_number, in_words
from scidex.atlas.graph.predicates import Predicate
from scidex.atlas.lifecycle import SPEAKING
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.queries.citations import works_named
from scidex.atlas.queries.claims import EvidenceView, evidence_document, evidence_views, standing_of
from scidex.atlas.queries.links import all_keys, sources_by_key, stood
from scidex.atlas.tables import artifacts, edge_items, edges, entities, links, transitions
from scidex.kernel.clock import format_time
from scidex.kernel.errors import Invalid, NotFound
from scidex.kernel.ids import ActivityId, ArtifactId
from scidex.kernel.storage.among import Numbers, among
from scidex.kernel.storage.chunks import chunks
from scidex.kernel.storage.types import UtcTime

NUMBERS = bindparam("numbers", type_=Numbers())
AS_OF = bindparam("as_of", type_=UtcTime())
# Statements that a page asks many times are put together once: that takes as long as answering them.
_ENTITIES = select(entities).where(among(entities.c.number, NUMBERS))
ITEMS_SHOWN = 20
"""Items of one edge that are shown at once; there may be thousands."""


@dataclass(frozen=True, slots=True)
class EntityView:
    """An end of an edge. `degree` counts the edges it has or had."""

    number: int
    artifact: ArtifactId
    curie: str
    name: str
    category: Category
    degree: int


@dataclass(frozen=True, slots=True)
class ItemView:
    """What a file or a run says an edge rests on: shown, never counted, since nobody found the passage."""

    number: int
    source: str
    source_key: str
    work: Known | None
    run: str
    stance: str
    quote: str
    design: str
    judge: str
    note: str
    origin: str
    line: int
    recorded_at: datetime
    ended_at: datetime | None
    activity_id: ActivityId

    @property
    def source_line(self) -> str:
        """The source on one line."""
        return reference_line(self.work.item) if self.work else self.source or self.run


@dataclass(frozen=True, slots=True)
class EdgeView:
    """An edge with its evidence, the items first that count. `items_total` counts those of `items` that are not shown too."""

    number: int
    subject: EntityView
    predicate: Predicate
    object: EntityView
    negated: bool
    qualifiers: Qualifiers
    live: bool
    evidence: tuple[EvidenceView, ...]
    items: tuple[ItemView, ...]
    items_total: int
    standing: Standing
    recorded_at: datetime
    activity_id: ActivityId

    @property
    def name(self) -> str:
        """How it is called."""
        return f"{EDGE}{self.number}"

    @property
    def sentence(self) -> str:
        """What it states, in words."""
        return in_words(self.subject.name, self.predicate, self.object.name, self.qualifiers, negated=self.negated)

    @property
    def verdict(self) -> str:
        """Where its evidence leaves it: supported, contradicted, mixed, not-shown or unverifiable."""
        return str(self.standing.verdict)

    @property
    def confidence(self) -> int | None:
        """Support less contradiction, in thousandths of a level-1 study, by the evidence kernel; None if nothing counts."""
        if not self.standing.counted:
            return None
        return self.standing.for_.weight - self.standing.against.weight

    @property
    def passage(self) -> str:
        """The passage to show first: a checked one if there is one, else one that a file gives."""
        checked = [item.body.passage.quote for item in self.evidence if item.counts and item.body.passage]
        quoted = [item.body.passage.quote for item in self.evidence if item.body.passage]
        return next(iter([*checked, *quoted, *(item.quote for item in self.items if item.quote)]), "")


def entity_view(row: Row[Any]) -> EntityView:
    """A row of `entities` as a value."""
    return EntityView(row.number, ArtifactId(row.artifact_id), row.curie, row.name, Category(row.category), row.degree)


def entities_by_number(connection: Connection, numbers: Iterable[int]) -> dict[int, EntityView]:
    """The entities of some numbers."""
    found: dict[int, EntityView] = {}
    for piece in chunks(sorted(set(numbers)), 2_000):
        rows = connection.execute(_ENTITIES, {"numbers": piece}).all()
        found.update((row.number, entity_view(row)) for row in rows)
    return found


def entities_of(connection: Connection, head: Head, *, as_of: datetime | None = None) -> tuple[EntityView, ...]:
    """The entity that an artifact is, first, and those that were merged into it; empty if it is no entity."""
    if head.kind != "entity":
        return ()
    ids = [key for key in all_keys(connection, head, as_of) if ArtifactId.matches(key)]
    rows = connection.execute(select(entities).where(entities.c.artifact_id.in_(ids)))
    found = sorted((entity_view(row) for row in rows), key=lambda view: (view.artifact != head.id, view.number))
    return tuple(found)


def current(as_of: datetime | BindParameter[datetime] | None) -> ColumnElement[bool]:
    """Whether an edge is in view, now or at a time."""
    return in_view(edges, as_of)


def in_view(edge: FromClause, as_of: datetime | BindParameter[datetime] | None) -> ColumnElement[bool]:
    """As `current`, for the table of edges under another name."""
    if as_of is None:
        return edge.c.live == 1
    item = and_(edge_items.c.edge == edge.c.number, stood(edge_items, as_of))
    state = (
        select(transitions.c.state)
        .where(transitions.c.artifact_id == links.c.source_id, transitions.c.recorded_at <= as_of)
        .order_by(transitions.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    evidence = and_(
        links.c.target_key == projections.edge_name(edge),
        links.c.relation == Relation.EVIDENCE_FOR,
        stood(links, as_of),
        state.in_(SPEAKING),
    )
    return and_(edge.c.recorded_at <= as_of, or_(exists().where(item), exists().where(evidence)))


def edge_view(connection: Connection, name: str, *, as_of: datetime | None = None) -> EdgeView:
    """The edge called `name` (``edge:12``). Raises Invalid or NotFound."""
    number = edge_number(name if name.startswith(EDGE) else f"{EDGE}{name}")
    if number is None:
        raise Invalid(f"“{name[:40]}” is no name of an edge.", cure="It looks like edge:12.")
    row = connection.execute(select(edges).where(edges.c.number == number)).first()
    if row is None or (as_of is not None and row.recorded_at > as_of):
        raise NotFound(f"There is no edge {number}.", cure="`scidex graph show REF` shows the edges of an entity.")
    return edge_views(connection, [row], as_of=as_of, items=200)[0]


def edge_views(
    connection: Connection,
    rows: Sequence[Row[Any]],
    *,
    as_of: datetime | None = None,
    items: int = ITEMS_SHOWN,
    works: bool = True,
) -> tuple[EdgeView, ...]:
    """Rows of `edges` with their ends and evidence, in their order. `works` looks the sources up in the library.

    A fixed number of queries, however many edges there are.
    """
    if not rows:
        return ()
    ends = entities_by_number(connection, (end for row in rows for end in (row.subject, row.object)))
    shown, totals = _items(connection, [row.number for row in rows], items, as_of=as_of)
    known: dict[str, Any] = {}
    if works:
        known = works_named(
            connection, {row.source for found in shown.values() for row in found if row.source}, as_of=as_of
        )
    # Evidence that was retracted since was there then.
    checked = [row.number for row in rows if row.checked or as_of is not None]
    evidence = _evidence(connection, checked, as_of)
    views = []
    for row in rows:
        on_it = tuple(sorted(evidence.get(row.number, ()), key=lambda item: (not item.counts, item.head.id)))
        views.append(
            EdgeView(
                number=row.number,
                subject=ends[row.subject],
                predicate=Predicate(row.predicate),
                object=ends[row.object],
                negated=bool(row.negated),
                qualifiers=qualifiers_of(row.qualifiers),
                live=bool(row.live if as_of is None else on_it or totals.get(row.number)),
                evidence=on_it,
                items=tuple(_item(item, known) for item in shown.get(row.number, ())),
                items_total=totals.get(row.number, 0),
                standing=standing_of(on_it) if on_it else NOTHING_COUNTS,
                recorded_at=row.recorded_at,
                activity_id=ActivityId(row.activity_id),
            )
        )
    return tuple(views)


NOTHING_COUNTS = standing(())
"""Where an edge stands that nothing counts for."""


def _items(
    connection: Connection, numbers: Sequence[int], most: int, *, as_of: datetime | None
) -> tuple[dict[int, list[Row[Any]]], dict[int, int]]:
    """The first items of each edge, and how many it has."""
    found: dict[int, list[Row[Any]]] = {}
    totals: dict[int, int] = {}
    query = _items_query(timed=as_of is not None)
    for piece in chunks(sorted(set(numbers)), 2_000):
        for row in connection.execute(query, {"numbers": piece, "most": most, "as_of": as_of}).all():
            found.setdefault(row.edge, []).append(row)
            totals[row.edge] = row.total
    return found, totals


@cache
def _items_query(*, timed: bool) -> Select[Any]:
    """`most` items of each of the edges `numbers`, now or `as_of`."""
    numbered = (
        select(
            edge_items.c.number,
            func.row_number().over(partition_by=edge_items.c.edge, order_by=edge_items.c.number).label("place"),
            func.count().over(partition_by=edge_items.c.edge).label("total"),
        )
        .where(among(edge_items.c.edge, NUMBERS), stood(edge_items, AS_OF if timed else None))
        .subquery()
    )
    return (
        select(edge_items, numbered.c.total)
        .join(numbered, numbered.c.number == edge_items.c.number)
        .where(numbered.c.place <= bindparam("most", type_=Integer))
        .order_by(edge_items.c.edge, edge_items.c.number)
    )


def _item(row: Row[Any], known: dict[str, Any]) -> ItemView:
    work = known.get(row.source_key)
    return ItemView(
        number=row.number,
        source=row.source,
        source_key=row.source_key,
        work=work if isinstance(work, Known) else None,
        run=row.run,
        stance=row.stance or "",
        quote=row.quote,
        design=row.design or "",
        judge=row.judge,
        note=row.note,
        origin=row.origin_id or "",
        line=row.line,
        recorded_at=row.recorded_at,
        ended_at=row.ended_at,
        activity_id=ActivityId(row.activity_id),
    )


def _evidence(connection: Connection, numbers: Sequence[int], as_of: datetime | None) -> dict[int, list[EvidenceView]]:
    """Evidence items of their own, by the edge they are on."""
    if not numbers:
        return {}
    names = {f"{EDGE}{number}": f"{EDGE}{number}" for number in numbers}
    found = sources_by_key(connection, names, Relation.EVIDENCE_FOR, as_of=as_of, limit=10_000)
    grouped = evidence_views(connection, found, as_of)
    return {number: items for name, items in grouped.items() if (number := edge_number(name)) is not None}


def edge_count(connection: Connection) -> int:
    """How many edges are in view."""
    return connection.execute(select(func.count()).select_from(edges).where(edges.c.live == 1)).scalar_one()


def entity_count(connection: Connection) -> int:
    """How many entities there are."""
    query = select(func.count()).select_from(
        entities.join(artifacts, and_(artifacts.c.id == entities.c.artifact_id, artifacts.c.redirect_to.is_(None)))
    )
    return connection.execute(query).scalar_one()


def entity_document(view: EntityView) -> dict[str, Any]:
    """An entity in JSON."""
    return {
        "id": view.artifact,
        "curie": view.curie,
        "name": view.name,
        "category": f"biolink:{view.category}",
        "edges": view.degree,
    }


def edge_document(view: EdgeView) -> dict[str, Any]:
    """An edge in JSON, with what it rests on and where that leaves it."""
    return {
        "id": view.name,
        "statement": view.sentence,
        "subject": entity_document(view.subject),
        "predicate": str(view.predicate),
        "object": entity_document(view.object),
        "negated": view.negated,
        "qualifiers": view.qualifiers.given(),
        "in_view": view.live,
        "verdict": view.verdict,
        "confidence": view.confidence,
        "standing": {
            "for": view.standing.for_.weight,
            "against": view.standing.against.weight,
            "sources": view.standing.sources,
            "independent_sources": view.standing.effective_sources,
            "counted": list(view.standing.counted),
        },
        "passage": view.passage,
        "evidence": [evidence_document(item) for item in view.evidence],
        "items": [_item_document(item) for item in view.items],
        "items_total": view.items_total,
        "recorded_at": format_time(view.recorded_at),
        "activity": view.activity_id,
    }


def _item_document(item: ItemView) -> dict[str, Any]:
    return {
        "number": item.number,
        "source": item.source or None,
        "work": item.work.id if item.work else None,
        "run": item.run or None,
        "stance": item.stance or None,
        "quote": item.quote,
        "counts": False,
        "why_not": ["quote-not-checked"],
        "design": item.design or None,
        "judge": item.judge or None,
        "note": item.note,
        "origin": item.origin or None,
        "line": item.line or None,
        "withdrawn_at": format_time(item.ended_at) if item.ended_at else None,
    }
