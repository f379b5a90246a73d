"""What names stand for: the entities of an artifact, the names nobody knows, and the artifacts of an entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, exists, func, or_, select

from scidex.atlas import store
from scidex.atlas.graph.model import CHOSEN
from scidex.atlas.lifecycle import HIDDEN
from scidex.atlas.model import Head
from scidex.atlas.queries.edges import EntityView, entities_by_number, entity_document
from scidex.atlas.tables import artifacts, groundings

GROUNDED_KINDS = ("page", "claim", "hypothesis", "analysis", "paper", "dataset")
"""Kinds whose names are looked up."""


@dataclass(frozen=True, slots=True)
class GroundedName:
    """A name of an artifact and what it stands for; `entity` is None if nobody knows. `score` is in thousandths."""

    surface: str
    entity: EntityView | None
    about: bool
    times: int
    path: str
    start: int
    score: int
    runner_up: str
    why: str
    method: str


@dataclass(frozen=True, slots=True)
class UnresolvedName:
    """A name that nobody knows: in how many artifacts it stands, one of them, and what it might be."""

    surface: str
    artifacts: int
    first: Head
    runner_up: str


def grounded_names(connection: Connection, head: Head) -> tuple[GroundedName, ...]:
    """The names of the newest version: what it is about first, then by how often they stand there."""
    rows = connection.execute(
        select(groundings)
        .where(groundings.c.artifact_id == head.id, groundings.c.times > 0)
        .order_by(groundings.c.about.desc(), groundings.c.times.desc(), groundings.c.start, groundings.c.surface)
    ).all()
    found = entities_by_number(connection, (row.entity for row in rows if row.entity is not None))
    return tuple(
        GroundedName(
            row.surface,
            found.get(row.entity),
            bool(row.about),
            row.times,
            row.path,
            row.start,
            row.score,
            row.runner_up,
            row.why,
            row.method,
        )
        for row in rows
    )


def unresolved_names(
    connection: Connection, *, limit: int = 50, offset: int = 0
) -> tuple[tuple[UnresolvedName, ...], int]:
    """The names nobody knows, those of most artifacts first, and how many there are.

    A name of which somebody said that it stands for nothing is none of them.
    """
    here = and_(groundings.c.entity.is_(None), groundings.c.times > 0, ~groundings.c.method.startswith(CHOSEN))
    grouped = (
        select(
            groundings.c.surface,
            func.count().label("artifacts"),
            func.min(groundings.c.artifact_id).label("first"),
            func.max(groundings.c.runner_up).label("runner_up"),
        )
        .where(here)
        .group_by(groundings.c.surface)
    )
    total = connection.execute(select(func.count()).select_from(grouped.subquery())).scalar_one()
    rows = connection.execute(
        grouped.order_by(func.count().desc(), groundings.c.surface).limit(limit).offset(offset)
    ).all()
    heads = store.heads(connection, (row.first for row in rows))
    return tuple(UnresolvedName(row.surface, row.artifacts, heads[row.first], row.runner_up) for row in rows), total


def naming(
    connection: Connection, entities: Sequence[EntityView], *, limit: int = 50, offset: int = 0
) -> tuple[tuple[tuple[Head, bool, int], ...], int]:
    """The artifacts that name an entity, those about it first: (artifact, about, how often), and how many there are."""
    numbers = [each.number for each in entities]
    grouped = (
        select(
            groundings.c.artifact_id,
            func.max(groundings.c.about).label("about"),
            func.sum(groundings.c.times).label("times"),
        )
        .join(artifacts, artifacts.c.id == groundings.c.artifact_id)
        .where(groundings.c.entity.in_(numbers), artifacts.c.state.not_in(HIDDEN))
        .group_by(groundings.c.artifact_id)
    )
    total = connection.execute(select(func.count()).select_from(grouped.subquery())).scalar_one()
    rows = connection.execute(
        grouped.order_by(
            func.max(groundings.c.about).desc(), func.sum(groundings.c.times).desc(), groundings.c.artifact_id
        )
        .limit(limit)
        .offset(offset)
    ).all()
    heads = store.heads(connection, (row.artifact_id for row in rows))
    return tuple((heads[row.artifact_id], bool(row.about), int(row.times)) for row in rows), total


def to_ground(connection: Connection, method: str, *, limit: int, after: str = "") -> list[Head]:
    """Artifacts whose names were not read since they were written, or by another method than `method`; by id, after `after`."""
    # Asked of each artifact as the list is walked, so that a page of it costs no look at all the others.
    read = exists().where(
        groundings.c.artifact_id == artifacts.c.id,
        groundings.c.version >= artifacts.c.latest_version,
        or_(groundings.c.method == method, groundings.c.method.startswith(CHOSEN)),
    )
    rows = connection.execute(
        select(artifacts)
        .where(
            artifacts.c.id > after,
            artifacts.c.kind.in_(GROUNDED_KINDS),
            artifacts.c.state.not_in(HIDDEN),
            ~read,
        )
        .order_by(artifacts.c.id)
        .limit(limit)
    )
    return [store.as_head(row) for row in rows]


def grounded_document(name: GroundedName) -> dict[str, Any]:
    """What a name stands for, in JSON."""
    return {
        "surface": name.surface,
        "entity": entity_document(name.entity) if name.entity else None,
        "about": name.about,
        "times": name.times,
        "path": name.path,
        "start": name.start,
        "score": name.score,
        "runner_up": name.runner_up or None,
        "why": name.why,
        "method": name.method,
    }
