"""The event log: appended in the transaction of the change, the only feed for caches, search, notices and audit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

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


def since(connection: Connection, seq: int, *, limit: int = 100) -> list[RecordedEvent]:
    """Up to `limit` events after `seq`, oldest first."""
    rows = connection.execute(select(events).where(events.c.seq > seq).order_by(events.c.seq).limit(limit))
    return [
        RecordedEvent(row.seq, Event(row.kind, row.subject, json.loads(row.payload)), row.activity_id, row.at)
        for row in rows
    ]
