"""The edges of an entity by the page, and those of its neighbours. Bounded, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal,
    select,
    text,
    true,
    tuple_,
    union_all,
)

from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.predicates import Predicate
from scidex.atlas.queries.edges import (
    AS_OF,
    NUMBERS,
    EdgeView,
    EntityView,
    current,
    edge_document,
    edge_views,
    entity_document,
)
from scidex.atlas.queries.links import stood
from scidex.atlas.tables import edge_items, edges, entities
from scidex.kernel.errors import Invalid
from scidex.kernel.storage.among import among
from scidex.kernel.storage.chunks import chunks

COUNTED = 1_000
"""Edges of one relation are counted up to here."""
_COUNTED_WHOLE = 20_000
_MOST = bindparam("most", type_=Integer)
_ENDS = (edges.c.subject, edges.c.object)


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The edges of an entity, one page of them.

    `totals` counts them by (relation, direction): at most `COUNTED`, where more means "at least". `next` is the cursor of the
    page that follows, "" if this is the last.
    """

    centre: tuple[EntityView, ...]
    edges: tuple[EdgeView, ...]
    totals: dict[tuple[Predicate, str], int]
    next: str


def neighbourhood(
    connection: Connection,
    centre: Sequence[EntityView],
    *,
    predicate: Predicate | None = None,
    category: Category | None = None,
    direction: str = "",
    stance: str = "",
    limit: int = 50,
    cursor: str = "",
    as_of: datetime | None = None,
) -> Neighbourhood:
    """The edges of an entity by relation, those it is the subject of first. Raises Invalid for what is no direction or cursor.

    `direction` is "out" (it is the subject), "in" or "" for both; `stance` keeps edges with an item of that stance.
    """
    if direction not in ("", "out", "in"):
        raise Invalid(f"“{direction[:20]}” is no direction.", cure="Write out or in, or leave it away for both.")
    found: list[tuple[str, Row[Any]]] = []
    start = _cursor(cursor)
    for side in ("out", "in"):
        if (direction and side != direction) or (start and start[0] == "in" and side == "out") or len(found) > limit:
            continue
        after = start[1:] if start and start[0] == side else None
        query = _one_side(centre, side, predicate, category, stance, after, as_of)
        if side == "in" and not direction:
            # An edge between two that were merged into one leads out and in, and is told once.
            query = query.where(edges.c.subject.not_in([each.number for each in centre]))
        found += [(side, row) for row in connection.execute(query.limit(limit + 1 - len(found)))]
    following = ""
    if len(found) > limit:
        side, last = found[limit - 1]
        far = last.object if side == "out" else last.subject
        following = f"{side}.{last.predicate}.{far}.{last.number}"
    rows = [row for _, row in found[:limit]]
    return Neighbourhood(
        tuple(centre), edge_views(connection, rows, as_of=as_of), _totals(connection, centre, as_of), following
    )


def two_hops(
    connection: Connection,
    centre: Sequence[EntityView],
    *,
    first: int = 25,
    second: int = 4,
    as_of: datetime | None = None,
) -> tuple[EdgeView, ...]:
    """The first edges of an entity, then the first of each of its neighbours, each with its evidence.

    `first` and `second` bound how many of each, half of them from either direction; edges found twice are told once.
    """
    near = neighbourhood_rows(connection, [each.number for each in centre], first, as_of)
    centre_numbers = {each.number for each in centre}
    neighbours = sorted({end for row in near for end in (row.subject, row.object)} - centre_numbers)
    far = _first_of_each(connection, neighbours, (second + 1) // 2, as_of)
    rows = {row.number: row for row in (*near, *far)}
    return edge_views(connection, list(rows.values()), as_of=as_of, items=3, works=False)


def neighbourhood_rows(
    connection: Connection, numbers: Sequence[int], limit: int, as_of: datetime | None = None
) -> list[Row[Any]]:
    """The first edges of some entities, as rows; if there are more in both directions, as many of either."""
    asked = {"numbers": numbers, "most": limit, "as_of": as_of}
    out, in_ = (connection.execute(query, asked).all() for query in _first_edges(timed=as_of is not None))
    room = max(limit - len(in_), (limit + 1) // 2)
    chosen = {row.number: row for row in (*out[:room], *in_)}
    return list(chosen.values())[:limit]


@cache
def _first_edges(*, timed: bool) -> tuple[Select[Any], ...]:
    """The first `most` edges that `numbers` are the subject, or the object of, now or `as_of`."""
    here = current(AS_OF if timed else None)
    return tuple(select(edges).where(among(near, NUMBERS), here).limit(_MOST) for near in _ENDS)


def _one_side(
    centre: Sequence[EntityView],
    side: str,
    predicate: Predicate | None,
    category: Category | None,
    stance: str,
    after: tuple[str, int, int] | None,
    as_of: datetime | None,
) -> Select[Any]:
    near, far = (edges.c.subject, edges.c.object) if side == "out" else (edges.c.object, edges.c.subject)
    numbers = [each.number for each in centre]
    query = select(edges).where(near.in_(numbers), current(as_of))
    if predicate is not None:
        query = query.where(edges.c.predicate == predicate)
    if category is not None:
        query = query.join(entities, entities.c.number == far).where(entities.c.category == category)
    if stance:
        stated = select(edge_items.c.number).where(
            edge_items.c.edge == edges.c.number, edge_items.c.stance == stance, stood(edge_items, as_of)
        )
        query = query.where(stated.exists())
    if after is not None:
        query = query.where(tuple_(edges.c.predicate, far, edges.c.number) > tuple_(*map(literal, after)))
    return query.order_by(edges.c.predicate, far, edges.c.number)


def _cursor(text: str) -> tuple[str, str, int, int] | None:
    if not text:
        return None
    side, _, rest = text.partition(".")
    predicate, _, rest = rest.partition(".")
    far, _, number = rest.partition(".")
    if side not in ("out", "in") or predicate not in list(Predicate) or not (_digits(far) and _digits(number)):
        raise Invalid("This is not a place in the list.", cure="Start from the first page.")
    return side, predicate, int(far), int(number)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _totals(
    connection: Connection, centre: Sequence[EntityView], as_of: datetime | None
) -> dict[tuple[Predicate, str], int]:
    numbers = [each.number for each in centre]
    if not numbers:
        return {}
    sides = {
        "out": and_(edges.c.subject.in_(numbers), current(as_of)),
        # An edge between two that were merged into one is told as going out.
        "in": and_(edges.c.object.in_(numbers), edges.c.subject.not_in(numbers), current(as_of)),
    }
    if sum(each.degree for each in centre) <= _COUNTED_WHOLE:
        found: dict[tuple[Predicate, str], int] = {}
        for side, here in sides.items():
            query = select(edges.c.predicate, func.count().label("times")).where(here)
            for row in connection.execute(query.group_by(edges.c.predicate)):
                found[Predicate(row.predicate), side] = min(row.times, COUNTED + 1)
        return found
    # Of a busy one, each relation is counted no further than is told.
    parts = []
    for predicate in Predicate:
        for side, here in sides.items():
            some = select(edges.c.number).where(here, edges.c.predicate == predicate).limit(COUNTED + 1).subquery()
            parts.append(
                select(
                    literal(str(predicate)).label("predicate"), literal(side).label("side"), func.count().label("times")
                ).select_from(some)
            )
    counted = union_all(*parts)
    return {(Predicate(row.predicate), row.side): row.times for row in connection.execute(counted) if row.times}


def _first_of_each(connection: Connection, numbers: Sequence[int], most: int, as_of: datetime | None) -> list[Row[Any]]:
    """The first `most` edges of each of `numbers` in each direction, whatever its degree: bounded looks into the index."""
    if not numbers:
        return []
    if connection.dialect.name == "postgresql":
        query = _looks(timed=as_of is not None)
        return list(connection.execute(query, {"numbers": numbers, "most": most, "as_of": as_of}).all())
    rows: list[Row[Any]] = []
    for piece in chunks(numbers, 100):
        if as_of is not None:
            looks = [
                select(select(edges).where(near == number, current(as_of)).limit(most).subquery())
                for number in piece
                for near in (edges.c.subject, edges.c.object)
            ]
            rows += connection.execute(union_all(*looks))
            continue
        # Written out: putting two hundred of them together by expressions takes longer than asking them.
        names = ", ".join(column.name for column in edges.c)
        written = (
            f"SELECT * FROM (SELECT {names} FROM edges WHERE {near} = {number:d} AND live = 1 LIMIT {most:d})"  # noqa: S608
            for number in piece
            for near in ("subject", "object")
        )
        rows += connection.execute(text(" UNION ALL ".join(written)).columns(*edges.c))
    return rows


@cache
def _looks(*, timed: bool) -> CompoundSelect[Any]:
    """For each of `numbers` a look of its own at its first `most` edges in each direction. PostgreSQL's alone."""
    each = select(func.unnest(NUMBERS).label("near")).subquery()
    looks = []
    for near in _ENDS:
        look = select(edges).where(near == each.c.near, current(AS_OF if timed else None)).limit(_MOST).lateral()
        looks.append(select(look).select_from(each.join(look, true())))
    return union_all(*looks)


def neighbourhood_document(page: Neighbourhood) -> dict[str, Any]:
    """A page of edges in JSON."""
    return {
        "entity": entity_document(page.centre[0]),
        "merged": [entity_document(view) for view in page.centre[1:]],
        "edges": [edge_document(edge) for edge in page.edges],
        "totals": [
            {"predicate": str(predicate), "direction": side, "edges": number}
            for (predicate, side), number in page.totals.items()
        ],
        "next": page.next,
    }
