"""The kernel's own tables: who did what, what happened, which requests were already answered, who may ask from elsewhere."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from scidex.kernel.storage.types import UtcTime, metadata

activities = Table(
    "activities",
    metadata,
    Column("id", String(21), primary_key=True),
    Column("action", String(64), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("parent_id", String(21), ForeignKey("activities.id")),
    Column("command_hash", String(64), nullable=False),
    Column("method", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime, nullable=False),
    CheckConstraint("ended_at >= started_at", name="ends_after_start"),
    Index(None, "actor", "started_at"),
    Index(None, "parent_id"),
)

events = Table(
    "events",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("kind", String(64), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("payload", Text, nullable=False),
    Column("activity_id", String(21), ForeignKey("activities.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "subject"),
    # Without it SQLite would give a rolled-back number out again, and a feed could miss an event.
    sqlite_autoincrement=True,
)

answers = Table(
    "answers",
    metadata,
    Column("actor", String(120), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("action", String(64), nullable=False),
    Column("command_hash", String(64), nullable=False),
    Column("result", Text, nullable=False),
    Column("activity_id", String(21), ForeignKey("activities.id"), nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(21), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("actor", String(120), nullable=False),
    Column("label", String(100), nullable=False),
    Column("parent_id", String(21), ForeignKey("tokens.id")),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("revoked_at", UtcTime),
    Column("activity_id", String(21), ForeignKey("activities.id"), nullable=False),
    CheckConstraint("expires_at > created_at", name="expires_after_it_was_made"),
    CheckConstraint("revoked_at >= created_at", name="revoked_after_it_was_made"),
)
