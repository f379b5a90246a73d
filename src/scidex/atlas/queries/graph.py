"""Questions to the graph: what two things share, what contradicts what, what lies under a term, what waits in quarantine.

All are answered by the database from its indexes, so an answer is as new as the last write and costs no memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    func,
    or_,
    select,
    tuple_,
)

from scidex.atlas.graph.formats.texts import without_unseen
from scidex.atlas.graph.predicates import MEANINGS, Predicate
from scidex.atlas.queries.edges import (
    EdgeView,
    EntityView,
    current,
    edge_views,
    entities_by_number,
    entity_view,
    in_view,
)
from scidex.atlas.queries.graph_rows import Same, edge_rows
from scidex.atlas.queries.neighbourhoods import neighbourhood_rows
from scidex.atlas.queries.pathfinding import MOST_FOLLOWED
from scidex.atlas.tables import artifacts, edges, entities, quarantine
from scidex.kernel.errors import Invalid
from scidex.kernel.storage.among import among
from scidex.kernel.storage.chunks import chunks

_MOST_CONFLICTING = 20_000


@dataclass(frozen=True, slots=True)
class Shared:
    """An entity that two others both have edges with."""

    entity: EntityView
    first: tuple[EdgeView, ...]
    second: tuple[EdgeView, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two edges that cannot both hold."""

    one: EdgeView
    other: EdgeView

    @property
    def reason(self) -> str:
        """Why not."""
        if self.one.predicate is self.other.predicate:
            return "one states what the other denies"
        return f"“{self.one.predicate}” and “{self.other.predicate}” exclude each other"


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row of a file that could not become an edge."""

    number: int
    origin: str
    file: str
    line: int
    row: str
    reason: str
    cure: str
    recorded_at: datetime
    settled_because: str


def shared(
    connection: Connection,
    first: Sequence[EntityView],
    second: Sequence[EntityView],
    *,
    limit: int = 20,
    as_of: datetime | None = None,
) -> tuple[Shared, ...]:
    """What two entities both have edges with: why they are related. Those with few other edges come first, as they tell most."""
    ours, theirs = ([each.number for each in side] for side in (first, second))
    same = Same.read(connection, as_of)
    if sum(each.degree for each in first) > sum(each.degree for each in second):
        swapped = shared(connection, second, first, limit=limit, as_of=as_of)
        return tuple(Shared(each.entity, each.second, each.first) for each in swapped)
    near: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in neighbourhood_rows(connection, ours, MOST_FOLLOWED, as_of):
        near[same.one(row.object if row.subject in ours else row.subject)].append(row)
    candidates = same.all(number for number in near if number not in theirs and number not in ours)
    far: dict[int, list[Row[Any]]] = defaultdict(list)
    for piece in chunks(candidates, 1_000):
        between = or_(
            and_(among(edges.c.subject, piece), edges.c.object.in_(theirs)),
            and_(among(edges.c.object, piece), edges.c.subject.in_(theirs)),
        )
        for row in connection.execute(select(edges).where(between, current(as_of))):
            far[same.one(row.subject if row.object in theirs else row.object)].append(row)
    found = entities_by_number(connection, far)
    chosen = sorted(found.values(), key=lambda view: (view.degree, view.number))[:limit]
    rows = {row.number: row for each in chosen for row in (*near[each.number][:3], *far[each.number][:3])}
    views = {view.number: view for view in edge_views(connection, list(rows.values()), as_of=as_of)}
    return tuple(
        Shared(
            each,
            tuple(views[row.number] for row in near[each.number][:3]),
            tuple(views[row.number] for row in far[each.number][:3]),
        )
        for each in chosen
    )


def conflicts(
    connection: Connection,
    *,
    about: Sequence[EntityView] = (),
    limit: int = 50,
    after: int = 0,
    as_of: datetime | None = None,
) -> tuple[Conflict, ...]:
    """Pairs of edges that cannot both hold, by the number of the earlier one, after `after`.

    Same ends and qualifiers, and opposite relations (increases, decreases) or one denying what the other states.
    """
    one, other = edges.alias("one"), edges.alias("other")
    opposites = [(a, b.opposite) for a, b in MEANINGS.items() if b.opposite is not None]
    same = and_(
        other.c.subject == one.c.subject, other.c.object == one.c.object, other.c.qualifiers == one.c.qualifiers
    )
    exclude = or_(
        and_(one.c.negated == 0, other.c.negated == 0, tuple_(one.c.predicate, other.c.predicate).in_(opposites)),
        and_(other.c.predicate == one.c.predicate, one.c.negated != other.c.negated),
    )
    query = (
        select(one.c.number.label("one"), other.c.number.label("other"))
        .join(other, and_(same, exclude))
        .where(one.c.number > after, one.c.number < other.c.number, in_view(one, as_of), in_view(other, as_of))
        .order_by(one.c.number, other.c.number)
        .limit(limit)
    )
    if about:
        numbers = [each.number for each in about]
        query = query.where(or_(one.c.subject.in_(numbers), one.c.object.in_(numbers)))
    found = {(pair.one, pair.other) for pair in connection.execute(query)}
    found |= {pair for pair in _merged_conflicts(connection, about, as_of) if pair[0] > after}
    pairs = sorted(found)[:limit]
    rows = edge_rows(connection, {number for pair in pairs for number in pair})
    views = {view.number: view for view in edge_views(connection, list(rows.values()), as_of=as_of)}
    return tuple(Conflict(views[one], views[other]) for one, other in pairs)


def _merged_conflicts(
    connection: Connection, about: Sequence[EntityView], as_of: datetime | None
) -> Iterator[tuple[int, int]]:
    """The conflicts that are some only because entities were merged: the same ends under different numbers."""
    same = Same.read(connection, as_of)
    told = {same.one(each.number) for each in about}
    alike: dict[tuple[int, int, str], list[Row[Any]]] = defaultdict(list)
    for piece in chunks(same.all(same.members), 1_000):
        touched = or_(among(edges.c.subject, piece), among(edges.c.object, piece))
        for row in connection.execute(select(edges).where(touched, current(as_of)).limit(_MOST_CONFLICTING)):
            ends = same.one(row.subject), same.one(row.object)
            if MEANINGS[Predicate(row.predicate)].symmetric:
                ends = min(ends), max(ends)
            if not told or told.intersection(ends):
                alike[*ends, row.qualifiers].append(row)
    for rows in alike.values():
        ordered = sorted({row.number: row for row in rows}.items())
        for place, (number, one) in enumerate(ordered):
            yield from ((number, further) for further, other in ordered[place + 1 :] if _exclude(one, other))


def _exclude(one: Row[Any], other: Row[Any]) -> bool:
    if one.predicate == other.predicate:
        return bool(one.negated != other.negated)
    return not one.negated and not other.negated and MEANINGS[Predicate(one.predicate)].opposite == other.predicate


def closure(
    connection: Connection,
    start: Sequence[EntityView],
    predicate: Predicate,
    *,
    down: bool = False,
    limit: int = 500,
    as_of: datetime | None = None,
) -> tuple[tuple[EntityView, int], ...]:
    """What is reached by a transitive relation, with the number of edges it takes: what a term is a kind of, or its kinds.

    Circles end by themselves. Raises Invalid for a relation that is not transitive.
    """
    if not MEANINGS[predicate].transitive:
        able = ", ".join(each for each, meaning in MEANINGS.items() if meaning.transitive)
        raise Invalid(f"“{predicate}” does not carry over from one edge to the next.", cure=f"These do: {able}.")
    same = Same.read(connection, as_of)
    reached: dict[int, int] = {same.one(each.number): 0 for each in start}
    frontier, depth = list(reached), 0
    near, far = (edges.c.object, edges.c.subject) if down else (edges.c.subject, edges.c.object)
    while frontier and len(reached) <= limit:
        depth += 1
        found: set[int] = set()
        for piece in chunks(same.all(frontier), 1_000):
            step = select(far).where(
                among(near, piece), edges.c.predicate == predicate, edges.c.negated == 0, current(as_of)
            )
            found.update(map(same.one, connection.execute(step.distinct().limit(limit + 1)).scalars()))
        frontier = sorted(found - reached.keys())
        reached.update(dict.fromkeys(frontier, depth))
    views = entities_by_number(connection, reached)
    ordered = sorted(reached.items(), key=lambda item: (item[1], views[item[0]].name))
    return tuple((views[number], depth) for number, depth in ordered if depth)[:limit]


def quarantined(
    connection: Connection, *, limit: int = 50, after: int = 0, settled: bool = False
) -> tuple[QuarantinedRow, ...]:
    """Rows that wait in quarantine (or were settled), in the order they came."""
    query = (
        select(quarantine, artifacts.c.title)
        .join(artifacts, artifacts.c.id == quarantine.c.origin_id)
        .where(
            quarantine.c.number > after,
            quarantine.c.settled_at.is_not(None) if settled else quarantine.c.settled_at.is_(None),
        )
        .order_by(quarantine.c.number)
        .limit(limit)
    )
    return tuple(
        QuarantinedRow(
            row.number,
            row.origin_id,
            row.title,
            row.line,
            without_unseen(row.row),
            row.reason,
            row.cure,
            row.recorded_at,
            row.settled_because,
        )
        for row in connection.execute(query)
    )


def quarantine_count(connection: Connection) -> int:
    """How many rows wait in quarantine."""
    waiting = select(func.count()).select_from(quarantine).where(quarantine.c.settled_at.is_(None))
    return connection.execute(waiting).scalar_one()


def conflicts_with(connection: Connection, edge: EdgeView) -> tuple[EdgeView, ...]:
    """The edges that cannot hold if `edge` does."""
    return tuple(
        pair.other if pair.one.number == edge.number else pair.one
        for pair in conflicts(connection, about=(edge.subject,), limit=200)
        if edge.number in (pair.one.number, pair.other.number)
    )


def entities_called(connection: Connection, text: str, *, limit: int = 20) -> tuple[EntityView, ...]:
    """Entities by what a person typed: its identifier, its whole name, or the beginning of it; the busiest first."""
    words = " ".join(text.split()).lower()
    if not words:
        return ()
    name = func.lower(entities.c.name)
    query = (
        select(entities)
        .join(artifacts, artifacts.c.id == entities.c.artifact_id)
        .where(artifacts.c.redirect_to.is_(None))
    )
    found: dict[int, EntityView] = {}
    for fits in (func.lower(entities.c.curie) == words, name == words, name.startswith(words, autoescape=True)):
        rows = connection.execute(query.where(fits).order_by(entities.c.degree.desc(), entities.c.number).limit(limit))
        for row in rows:
            found.setdefault(row.number, entity_view(row))
        if found:
            break
    return tuple(found.values())


def busiest_entities(connection: Connection, *, limit: int = 12) -> tuple[EntityView, ...]:
    """The entities with most edges."""
    rows = connection.execute(
        select(entities).where(entities.c.degree > 0).order_by(entities.c.degree.desc(), entities.c.number).limit(limit)
    )
    return tuple(entity_view(row) for row in rows)
