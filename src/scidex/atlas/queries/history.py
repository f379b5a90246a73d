"""Reading the past of an artifact, a page of versions at a time, and what an actor did."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from scidex.atlas import store
from scidex.atlas.kinds.base import State
from scidex.atlas.model import Head
from scidex.atlas.queries.artifacts import as_activity
from scidex.atlas.queries.views import ActivityView, Notice, VersionView
from scidex.atlas.tables import artifacts, transitions, versions
from scidex.kernel.errors import NotFound
from scidex.kernel.storage.chunks import chunks
from scidex.kernel.tables import activities


def history(
    connection: Connection, head: Head, *, before: int | None = None, limit: int = 50, as_of: datetime | None = None
) -> tuple[VersionView, ...]:
    """Versions of an artifact, newest first, those below `before` if given. Costs the same at any age of the artifact."""
    query = (
        select(
            versions.c.number,
            versions.c.title,
            versions.c.note,
            versions.c.recorded_at,
            versions.c.valid_from,
            versions.c.content_hash,
            versions.c.seal,
            activities,
        )
        .join(activities, activities.c.id == versions.c.activity_id)
        .where(versions.c.artifact_id == head.id)
        .order_by(versions.c.number.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(versions.c.number < before)
    if as_of is not None:
        query = query.where(versions.c.recorded_at <= as_of)
    return tuple(
        VersionView(
            row.number,
            row.title,
            row.note,
            row.recorded_at,
            row.valid_from,
            row.content_hash,
            row.seal,
            as_activity(row),
        )
        for row in connection.execute(query)
    )


def version_texts(connection: Connection, head: Head, old: int, new: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The bodies of two versions, for a diff. Raises NotFound."""
    return (
        json.loads(store.version(connection, head.id, old).content),
        json.loads(store.version(connection, head.id, new).content),
    )


def moves(connection: Connection, head: Head, *, limit: int = 50) -> tuple[Notice, ...]:
    """How an artifact moved between states, newest first."""
    rows = connection.execute(
        select(transitions).where(transitions.c.artifact_id == head.id).order_by(transitions.c.id.desc()).limit(limit)
    ).all()
    led = store.heads(connection, (row.redirect_to for row in rows if row.redirect_to))
    return tuple(
        Notice(State(row.state), row.reason, row.recorded_at, led.get(row.redirect_to), row.activity_id) for row in rows
    )


def activity(
    connection: Connection, activity_id: str, *, limit: int = 200
) -> tuple[ActivityView, tuple[tuple[Head, int], ...], tuple[ActivityView, ...]]:
    """One activity, the versions it wrote and the activities within it (up to `limit` of each). Raises NotFound."""
    row = connection.execute(select(activities).where(activities.c.id == activity_id)).first()
    if row is None:
        raise NotFound(f"There is no activity {activity_id}.", cure="/activities lists what was done.")
    wrote = connection.execute(
        select(versions.c.artifact_id, versions.c.number).where(versions.c.activity_id == activity_id).limit(limit)
    ).all()
    heads = store.heads(connection, (version.artifact_id for version in wrote))
    within = connection.execute(select(activities).where(activities.c.parent_id == activity_id).limit(limit))
    return (
        as_activity(row),
        tuple((heads[version.artifact_id], version.number) for version in wrote),
        tuple(as_activity(inner) for inner in within),
    )


def makers(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Who first wrote each artifact."""
    found: dict[str, str] = {}
    for piece in chunks(sorted(set(ids))):
        query = (
            select(artifacts.c.id, activities.c.actor)
            .join(activities, activities.c.id == artifacts.c.activity_id)
            .where(artifacts.c.id.in_(piece))
        )
        found |= {row.id: row.actor for row in connection.execute(query)}
    return found


def activity_log(
    connection: Connection, *, actor: str | None = None, before: str | None = None, limit: int = 50
) -> tuple[tuple[ActivityView, tuple[tuple[Head, int], ...]], ...]:
    """What was done, newest first: each activity with the versions it wrote (up to 20 each)."""
    query = select(activities).order_by(activities.c.id.desc()).limit(limit)
    if actor is not None:
        query = query.where(activities.c.actor == actor)
    if before is not None:
        query = query.where(activities.c.id < before)
    done = [as_activity(row) for row in connection.execute(query)]
    wrote: dict[str, list[tuple[str, int]]] = {}
    for row in connection.execute(
        select(versions.c.activity_id, versions.c.artifact_id, versions.c.number).where(
            versions.c.activity_id.in_([activity.id for activity in done])
        )
    ):
        wrote.setdefault(row.activity_id, []).append((row.artifact_id, row.number))
    heads = store.heads(connection, (id_ for made in wrote.values() for id_, _ in made[:20]))
    return tuple(
        (activity, tuple((heads[id_], number) for id_, number in wrote.get(activity.id, [])[:20])) for activity in done
    )
