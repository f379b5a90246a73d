"""Reading one artifact: the newest version, a given one, or what was known at a moment."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from scidex.atlas import store
from scidex.atlas.kinds.base import State
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.queries.links import links_from, targets
from scidex.atlas.queries.views import ActivityView, ArtifactView, Notice
from scidex.atlas.tables import transitions, versions
from scidex.kernel.clock import format_time
from scidex.kernel.errors import NotFound
from scidex.kernel.tables import activities


def find(connection: Connection, reference: str, *, as_of: datetime | None = None) -> tuple[Head, Head]:
    """What `reference` names, and where merges lead (or led at `as_of`) from it: the same twice, if nowhere.

    Raises NotFound or Invalid.
    """
    named = store.find(connection, reference)
    if as_of is not None:
        return named, targets(connection, [named.id], as_of=as_of).get(named.id, named)
    return named, store.follow(connection, named)


def artifact(
    connection: Connection, head: Head, *, version: int | None = None, as_of: datetime | None = None
) -> ArtifactView:
    """An artifact at `version` (default the newest known at `as_of`). Raises NotFound."""
    if as_of is not None:
        known = store.as_known(connection, {head.id: head}, as_of)
        if head.id not in known:
            raise NotFound(
                f"“{head.title}” was not known here at {format_time(as_of)}.",
                cure=f"It was first recorded at {format_time(head.created_at)}.",
            )
        head = known[head.id]
    newest = head.latest_version
    number = version or newest
    if number > newest and as_of is not None:
        raise NotFound(f"Version {number} of “{head.title}” was not known here at {format_time(as_of)}.")
    read = store.version(connection, head.id, number)
    first = select(versions.c.activity_id).where(versions.c.artifact_id == head.id, versions.c.number == 1)
    made = {
        row.id: as_activity(row)
        for row in connection.execute(
            select(activities).where(
                (activities.c.id == read.activity_id) | (activities.c.id == first.scalar_subquery())
            )
        )
    }
    created = next((view for id_, view in made.items() if id_ != read.activity_id), made[read.activity_id])
    content = json.loads(read.content)
    return ArtifactView(head, read, head.state, newest, content, made[read.activity_id], created, as_of)


def artifact_content(connection: Connection, head: Head) -> dict[str, Any]:
    """The newest body of an artifact, as stored."""
    content: dict[str, Any] = json.loads(store.version(connection, head.id, head.latest_version).content)
    return content


def notices(connection: Connection, head: Head, *, as_of: datetime | None = None) -> Notice | None:
    """The move a reader must know about if the artifact is anything but published."""
    query = select(transitions).where(transitions.c.artifact_id == head.id)
    if as_of is not None:
        query = query.where(transitions.c.recorded_at <= as_of)
    row = connection.execute(query.order_by(transitions.c.id.desc()).limit(1)).first()
    if row is None or row.state == State.PUBLISHED:
        return None
    target: Head | None = None
    if row.redirect_to:
        target = store.head(connection, row.redirect_to)
        if as_of is not None:
            target = store.as_known(connection, {target.id: target}, as_of).get(target.id)
    elif row.state == State.SUPERSEDED:
        led, _ = links_from(connection, head, relation=Relation.SUPERSEDED_BY, as_of=as_of)
        target = led[-1].target if led else None
    return Notice(State(row.state), row.reason, row.recorded_at, target, row.activity_id)


def as_activity(row: Row[Any]) -> ActivityView:
    """A row of `activities` as a value."""
    return ActivityView(row.id, row.action, row.actor, row.started_at, row.ended_at, row.method, row.parent_id)
