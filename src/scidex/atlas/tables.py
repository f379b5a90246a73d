"""The atlas's tables. Private to the atlas: others read through `queries` and write through verbs.

`artifacts` is a cache of each artifact's newest state; the truth is in `versions` and `transitions`, which only grow.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from scidex.kernel.storage.types import UtcTime, metadata

_ID = String(21)
_KEY = String(300)
_SERIAL = BigInteger().with_variant(Integer, "sqlite")


def _activity() -> Column[str]:
    # Law 2: nothing without an origin.
    return Column("activity_id", _ID, ForeignKey("activities.id"), nullable=False)


def _references(**targets: str) -> Iterator[ForeignKeyConstraint]:
    """References of rows that come by the million: on PostgreSQL a trigger checks those of a whole statement at once."""
    for column, target in targets.items():
        yield ForeignKeyConstraint([column], [target]).ddl_if(dialect="sqlite")


artifacts = Table(
    "artifacts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("facet", String(32), nullable=False),
    Column("latest_version", Integer, nullable=False),
    Column("redirect_to", _ID, ForeignKey("artifacts.id")),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    _activity(),
    CheckConstraint("latest_version >= 1", name="has_a_version"),
    CheckConstraint("(state = 'merged') = (redirect_to IS NOT NULL)", name="merged_means_redirected"),
    CheckConstraint("redirect_to <> id", name="no_redirect_to_itself"),
    Index(None, "kind", "updated_at", "id"),
    Index(None, "updated_at", "id"),
    Index(
        None,
        "redirect_to",
        sqlite_where=text("redirect_to IS NOT NULL"),
        postgresql_where=text("redirect_to IS NOT NULL"),
    ),
)

versions = Table(
    "versions",
    metadata,
    Column("artifact_id", _ID, ForeignKey("artifacts.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("previous_seal", String(64)),
    Column("seal", String(64), nullable=False),
    Column("note", Text, nullable=False),
    Column("valid_from", UtcTime, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    _activity(),
    CheckConstraint("number >= 1", name="counts_from_one"),
    CheckConstraint("(number = 1) = (previous_seal IS NULL)", name="chained"),
    Index(None, "activity_id"),
    Index(None, "artifact_id", "recorded_at"),
)

transitions = Table(
    "transitions",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    Column("artifact_id", _ID, ForeignKey("artifacts.id"), nullable=False),
    Column("before", String(16)),
    Column("state", String(16), nullable=False),
    Column("redirect_to", _ID, ForeignKey("artifacts.id")),
    Column("reason", Text, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    _activity(),
    Index(None, "artifact_id", "id"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("key", _KEY, primary_key=True),
    Column("artifact_id", _ID, ForeignKey("artifacts.id"), nullable=False),
    Column("given", Text, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    _activity(),
    Index(None, "artifact_id"),
)

# A link is kept once for the run of versions it stands in, so an unchanged link costs a new version nothing.
links = Table(
    "links",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    Column("source_id", _ID, ForeignKey("artifacts.id"), nullable=False),
    Column("relation", String(32), nullable=False),
    Column("target_key", _KEY, nullable=False),
    Column("target_given", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("path", String(64), nullable=False),
    Column("first_version", Integer, nullable=False),
    Column("last_version", Integer),
    Column("recorded_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    _activity(),
    CheckConstraint("last_version IS NULL OR last_version >= first_version", name="ends_after_start"),
    CheckConstraint("(last_version IS NULL) = (ended_at IS NULL)", name="ends_once"),
    Index("ix_links_source", "source_id", "ended_at"),
    Index("ix_links_target", "target_key", "ended_at"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

derivations = Table(
    "derivations",
    metadata,
    Column("id", _SERIAL, primary_key=True, autoincrement=True),
    Column("artifact_id", _ID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("used_id", _ID, nullable=False),
    Column("used_version", Integer, nullable=False),
    Column("used_hash", String(64), nullable=False),
    Column("relation", String(32), nullable=False),
    Column("parts", Text, nullable=False),
    _activity(),
    ForeignKeyConstraint(["artifact_id", "version"], ["versions.artifact_id", "versions.number"]),
    ForeignKeyConstraint(["used_id", "used_version"], ["versions.artifact_id", "versions.number"]),
    Index(None, "artifact_id", "version"),
    Index(None, "used_id"),
)

imports = Table(
    "imports",
    metadata,
    Column("sha256", String(64), ForeignKey("blobs.sha256"), primary_key=True),
    Column("file", Text, nullable=False),
    Column("source_id", _ID, ForeignKey("artifacts.id"), nullable=False),
    Column("artifact_id", _ID, ForeignKey("artifacts.id"), nullable=False),
    Column("report_id", _ID, ForeignKey("artifacts.id"), nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    _activity(),
    Index(None, "artifact_id"),
    Index(None, "source_id"),
)

# A projection of the records inside the newest version of each page; `scidex check` rebuilds and compares it.
records = Table(
    "records",
    metadata,
    Column("artifact_id", _ID, ForeignKey("artifacts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("type", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("section", Text, nullable=False),
    _activity(),
    Index(None, "type", "artifact_id"),
)

# A projection of the newest version of each publication, to find the same work again; `scidex check` compares it.
works = Table(
    "works",
    metadata,
    Column("artifact_id", _ID, ForeignKey("artifacts.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("title_key", String(200), nullable=False),
    Column("year", Integer),
    Column("status", String(16), nullable=False),
    Column("editorial", String(32), nullable=False),
    _activity(),
    CheckConstraint("status IN ('verified', 'from-memory', 'unverified')", name="known_status"),
    CheckConstraint(
        "editorial IN ('', 'retraction', 'expression of concern', 'correction')", name="known_editorial_status"
    ),
    Index(None, "title_key"),
    Index(None, "editorial"),
)

# A projection of the newest version of each entity. Its number is what edges name, so that they stay small.
entities = Table(
    "entities",
    metadata,
    Column("number", _SERIAL, primary_key=True, autoincrement=True),
    Column("artifact_id", _ID, ForeignKey("artifacts.id"), nullable=False, unique=True),
    Column("curie", String(200), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("category", String(32), nullable=False),
    # How many edges it has, live or not: what passes through one with very many is not followed.
    Column("degree", Integer, nullable=False),
    _activity(),
    Index(None, "category", "number"),
    # A number that edges name is never given out again.
    sqlite_autoincrement=True,
)

# One row for one statement, however much evidence it has. `live` is 0 while all its evidence is withdrawn; `checked` says
# that evidence items of their own stand on it, so that its standing has to be worked out.
edges = Table(
    "edges",
    metadata,
    Column("number", _SERIAL, primary_key=True, autoincrement=True),
    Column("subject", _SERIAL, nullable=False),
    Column("predicate", String(32), nullable=False),
    Column("object", _SERIAL, nullable=False),
    Column("negated", SmallInteger, nullable=False),
    Column("qualifiers", Text, nullable=False),
    Column("live", SmallInteger, nullable=False),
    Column("checked", SmallInteger, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("activity_id", _ID, nullable=False),
    *_references(subject="entities.number", object="entities.number", activity_id="activities.id"),
    CheckConstraint("negated IN (0, 1)", name="denied_or_not"),
    UniqueConstraint("subject", "predicate", "object", "negated", "qualifiers"),
    Index("ix_edges_object", "object", "predicate", "subject"),
    Index(None, "negated", sqlite_where=text("negated = 1"), postgresql_where=text("negated = 1")),
    sqlite_autoincrement=True,
)

# What an edge rests on, as files and runs say it. Evidence that somebody added by hand is an artifact, and linked to it.
edge_items = Table(
    "edge_items",
    metadata,
    Column("number", _SERIAL, primary_key=True, autoincrement=True),
    Column("edge", _SERIAL, nullable=False),
    Column("source_key", _KEY, nullable=False),
    Column("source", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("stance", String(16)),
    Column("quote", Text, nullable=False),
    Column("design", String(40)),
    Column("sample_size", Integer),
    Column("judge", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("origin_id", _ID),
    Column("line", Integer, nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("ended_because", Text, nullable=False),
    Column("activity_id", _ID, nullable=False),
    *_references(edge="edges.number", origin_id="artifacts.id", activity_id="activities.id"),
    # No edge without a source or a run.
    CheckConstraint("source_key <> '' OR run <> ''", name="rests_on_something"),
    # One item stands once; a withdrawn one may be stated again.
    Index(
        "ix_edge_items_standing",
        "edge",
        "fingerprint",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(None, "edge", "number"),
    Index(None, "source_key", sqlite_where=text("source_key <> ''"), postgresql_where=text("source_key <> ''")),
    Index(None, "origin_id"),
    sqlite_autoincrement=True,
)

# Rows of imported files that could not become edges, with the reason; nothing is lost.
quarantine = Table(
    "quarantine",
    metadata,
    Column("number", _SERIAL, primary_key=True, autoincrement=True),
    Column("origin_id", _ID, ForeignKey("artifacts.id"), nullable=False),
    Column("line", Integer, nullable=False),
    Column("row", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("cure", Text, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column("settled_because", Text, nullable=False),
    _activity(),
    UniqueConstraint("origin_id", "line", "reason"),
    Index(None, "settled_at", "number"),
)

# Which entity a name in the newest version of an artifact stands for, or that nobody knows; worked out anew for each version.
groundings = Table(
    "groundings",
    metadata,
    Column("artifact_id", _ID, ForeignKey("artifacts.id"), primary_key=True),
    Column("surface", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("entity", _SERIAL, ForeignKey("entities.number")),
    Column("about", SmallInteger, nullable=False),
    Column("times", Integer, nullable=False),
    Column("path", String(64), nullable=False),
    Column("start", Integer, nullable=False),
    Column("score", Integer, nullable=False),
    Column("runner_up", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("method", Text, nullable=False),
    _activity(),
    CheckConstraint("about IN (0, 1)", name="about_or_not"),
    Index(None, "entity", "about", "artifact_id"),
)
