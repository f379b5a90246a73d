"""What the graph answers in JSON, and its edges as the values that files are written from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from scidex.atlas import store
from scidex.atlas.evidence.model import Stance, StudyDesign
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.formats.texts import without_unseen
from scidex.atlas.graph.model import Edge, EdgeItem, Entity, Statement
from scidex.atlas.kinds.entity import EntityBody
from scidex.atlas.model import Head
from scidex.atlas.queries.artifacts import find
from scidex.atlas.queries.documents import head_document
from scidex.atlas.queries.edges import (
    EdgeView,
    EntityView,
    edge_document,
    edge_views,
    entities_by_number,
    entities_of,
    entity_document,
)
from scidex.atlas.queries.graph import Conflict, QuarantinedRow, Shared, entities_called
from scidex.atlas.queries.groundings import UnresolvedName
from scidex.atlas.queries.pathfinding import Paths
from scidex.atlas.tables import edges, entities
from scidex.kernel.clock import format_time
from scidex.kernel.errors import Invalid, NotFound

_EXPORTED_AT_ONCE = 1_000


def entities_named(connection: Connection, reference: str, *, as_of: datetime | None = None) -> tuple[EntityView, ...]:
    """The entity that `reference` names, with those merged into it. Raises NotFound, or Invalid if it is something else."""
    head = find(connection, reference, as_of=as_of)[1]
    found = entities_of(connection, head, as_of=as_of)
    if not found:
        raise Invalid(
            f"“{head.title}” is a {head.kind}, not an entity.",
            cure=f"`scidex graph names {head.id}` shows the entities it names.",
        )
    return found


def entities_meant(connection: Connection, text: str, *, as_of: datetime | None = None) -> tuple[EntityView, ...]:
    """What a person typed: an identifier, a path, or the name of an entity (of several, the one with most edges)."""
    try:
        return entities_named(connection, text, as_of=as_of)
    except (NotFound, Invalid):
        called = entities_called(connection, text, limit=1)
        if not called:
            raise
        return called


def contents_of(connection: Connection, heads: Sequence[Head]) -> dict[str, dict[str, Any]]:
    """The newest content of each artifact, by id."""
    return store.contents(connection, heads)


def paths_document(found: Paths) -> dict[str, Any]:
    """Paths in JSON, each step with its edge."""
    return {
        "paths": [
            {
                "nodes": [entity_document(node) for node in path.nodes],
                "edges": [edge_document(edge) for edge in path.edges],
                "weakest": {"weight": path.weight, "sources": path.sources},
            }
            for path in found.paths
        ],
        "complete": found.complete,
        "visited": found.visited,
    }


def shared_document(found: Sequence[Shared]) -> dict[str, Any]:
    """What two entities share, in JSON."""
    return {
        "shared": [
            {
                "entity": entity_document(each.entity),
                "first": [edge_document(edge) for edge in each.first],
                "second": [edge_document(edge) for edge in each.second],
            }
            for each in found
        ]
    }


def conflicts_document(found: Sequence[Conflict]) -> dict[str, Any]:
    """Conflicts in JSON."""
    return {
        "conflicts": [
            {"reason": each.reason, "one": edge_document(each.one), "other": edge_document(each.other)}
            for each in found
        ],
        "next": found[-1].one.number if found else 0,
    }


def quarantined_document(row: QuarantinedRow) -> dict[str, Any]:
    """A quarantined row in JSON."""
    return {
        "row": row.number,
        "origin": row.origin,
        "file": row.file,
        "line": row.line,
        "text": row.row,
        "reason": row.reason,
        "cure": row.cure,
        "recorded_at": format_time(row.recorded_at),
        "settled": row.settled_because or None,
    }


def unresolved_document(names: Sequence[UnresolvedName], total: int) -> dict[str, Any]:
    """The names nobody knows, in JSON."""
    listed = [
        {
            "surface": each.surface,
            "artifacts": each.artifacts,
            "first": head_document(each.first),
            "perhaps": each.runner_up or None,
        }
        for each in names
    ]
    return {"names": listed, "total": total}


def exported_edges(connection: Connection, centre: Sequence[EntityView] = ()) -> Iterator[Edge]:
    """Every edge in view with all it rests on (of an entity, if one is given), as files are written from. Streams."""
    query = select(edges).where(edges.c.live == 1).order_by(edges.c.number).limit(_EXPORTED_AT_ONCE)
    if centre:
        numbers = [each.number for each in centre]
        query = query.where(or_(edges.c.subject.in_(numbers), edges.c.object.in_(numbers)))
    after = 0
    while rows := connection.execute(query.where(edges.c.number > after)).all():
        known: dict[int, Entity] = {}
        for view in edge_views(connection, rows, items=1_000_000, works=False):
            yield _exported(view, known)
        after = rows[-1].number


def exported_entities(connection: Connection, centre: Sequence[EntityView] = ()) -> Iterator[Entity]:
    """Every entity (or those that share an edge with a given one), as files are written from. Streams."""
    if centre:
        numbers = [each.number for each in centre]
        ends = (
            select(edges.c.object)
            .where(edges.c.subject.in_(numbers))
            .union(select(edges.c.subject).where(edges.c.object.in_(numbers)))
        )
        found = entities_by_number(connection, [*numbers, *connection.execute(ends).scalars()])
        yield from _whole_entities(connection, list(found.values()))
        return
    after = 0
    while rows := connection.execute(
        select(entities.c.number).where(entities.c.number > after).order_by(entities.c.number).limit(_EXPORTED_AT_ONCE)
    ).all():
        after = rows[-1].number
        yield from _whole_entities(
            connection, list(entities_by_number(connection, [row.number for row in rows]).values())
        )


def _whole_entities(connection: Connection, views: Sequence[EntityView]) -> Iterator[Entity]:
    heads = store.heads(connection, [view.artifact for view in views])
    contents = store.contents(connection, heads.values())
    for view in views:
        body = EntityBody.model_validate(contents[view.artifact])
        yield Entity(
            Curie(body.curie),
            body.name,
            Category(body.category),
            body.synonyms,
            tuple(map(Curie, body.xrefs)),
            body.about,
            body.source,
        )


def _exported(view: EdgeView, known: dict[int, Entity]) -> Edge:
    own = [
        EdgeItem(
            source=item.body.source,
            item=item.head.id,
            stance=Stance(item.body.stance) if item.body.stance else None,
            quote=without_unseen(item.body.passage.quote) if item.body.passage else "",
            checked=item.body.passage is not None,
            design=item.body.design,
            sample_size=item.body.sample_size,
            judge=item.body.judge,
            note=without_unseen(item.body.note),
        )
        for item in view.evidence
    ]
    brought = [
        EdgeItem(
            source=row.source_key,
            run=row.run,
            stance=Stance(row.stance) if row.stance else None,
            quote=row.quote,
            design=StudyDesign(row.design) if row.design else None,
            judge=row.judge,
            note=row.note,
        )
        for row in view.items
    ]
    ends = []
    for end in (view.subject, view.object):
        if end.number not in known:
            known[end.number] = Entity(Curie(end.curie), end.name, end.category)
        ends.append(known[end.number])
    return Edge(
        Statement(ends[0].curie, view.predicate, ends[1].curie, view.negated, view.qualifiers),
        ends[0],
        ends[1],
        (*own, *brought),
        view.number,
        view.verdict,
        view.activity_id,
    )
