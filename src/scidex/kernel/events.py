"""The event log: appended in the transaction of the change, the only feed for caches, search, notices and audit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from scidex.kernel.storage.chunks import chunks
from scidex.kernel.tables import events


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `kind` is ``noun.past-participle``, `subject` the id it happened to."""

    kind: str
    subject: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event with its place in the log."""

    seq: int
    event: Event
    activity_id: str
    at: datetime


def last_seq(connection: Connection) -> int:
    """The number of the newest event, 0 if there is none: it changes whenever anything does."""
    return connection.execute(select(func.max(events.c.seq))).scalar() or 0


def last_moment(connection: Connection) -> datetime | None:
    """When the newest event was recorded: whatever is written after what `connection` sees carries no earlier time."""
    return connection.execute(select(events.c.at).order_by(events.c.seq.desc()).limit(1)).scalar()


def of_subjects(connection: Connection, subjects: Iterable[str], *, after: datetime) -> list[RecordedEvent]:
    """What happened to `subjects` after a moment, oldest first."""
    found: list[RecordedEvent] = []
    for piece in chunks(sorted(set(subjects))):
        query = select(events).where(events.c.subject.in_(piece), events.c.at > after)
        found += map(_recorded, connection.execute(query))
    return sorted(found, key=lambda each: each.seq)


def since(connection: Connection, seq: int, *, limit: int = 100) -> list[RecordedEvent]:
    """Up to `limit` events after `seq`, oldest first."""
    rows = connection.execute(select(events).where(events.c.seq > seq).order_by(events.c.seq).limit(limit))
    return list(map(_recorded, rows))


def _recorded(row: Row[Any]) -> RecordedEvent:
    return RecordedEvent(row.seq, Event(row.kind, row.subject, json.loads(row.payload)), row.activity_id, row.at)
