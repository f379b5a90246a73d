"""The graph: entities, edges with what they rest on, quarantined rows, and what names stand for"""

import sqlalchemy as sa
from alembic import op

from scidex.kernel.storage.types import UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "entities",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("artifact_id", sa.String(length=21), nullable=False),
        sa.Column("curie", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("degree", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_entities_activity_id")),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_entities_artifact_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_entities")),
        sa.UniqueConstraint("artifact_id", name=op.f("uq_entities_artifact_id")),
        sa.UniqueConstraint("curie", name=op.f("uq_entities_curie")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("entities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entities_category_number"), ["category", "number"], unique=False)

    op.create_table(
        "quarantine",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("origin_id", sa.String(length=21), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cure", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("settled_at", UtcTime(), nullable=True),
        sa.Column("settled_because", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_quarantine_activity_id")),
        sa.ForeignKeyConstraint(["origin_id"], ["artifacts.id"], name=op.f("fk_quarantine_origin_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("origin_id", "line", "reason", name=op.f("uq_quarantine_origin_id_line_reason")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantine_settled_at_number"), ["settled_at", "number"], unique=False)

    op.create_table(
        "edges",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("subject", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("predicate", sa.String(length=32), nullable=False),
        sa.Column("object", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("negated", sa.SmallInteger(), nullable=False),
        sa.Column("qualifiers", sa.Text(), nullable=False),
        sa.Column("live", sa.SmallInteger(), nullable=False),
        sa.Column("checked", sa.SmallInteger(), nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.CheckConstraint("negated IN (0, 1)", name=op.f("ck_edges_denied_or_not")),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_edges_activity_id")),
        sa.ForeignKeyConstraint(["object"], ["entities.number"], name=op.f("fk_edges_object")),
        sa.ForeignKeyConstraint(["subject"], ["entities.number"], name=op.f("fk_edges_subject")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_edges")),
        sa.UniqueConstraint(
            "subject",
            "predicate",
            "object",
            "negated",
            "qualifiers",
            name=op.f("uq_edges_subject_predicate_object_negated_qualifiers"),
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("edges", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_edges_negated"),
            ["negated"],
            unique=False,
            sqlite_where=sa.text("negated = 1"),
            postgresql_where=sa.text("negated = 1"),
        )
        batch_op.create_index("ix_edges_object", ["object", "predicate", "subject"], unique=False)

    op.create_table(
        "groundings",
        sa.Column("artifact_id", sa.String(length=21), nullable=False),
        sa.Column("surface", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("about", sa.SmallInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("runner_up", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.CheckConstraint("about IN (0, 1)", name=op.f("ck_groundings_about_or_not")),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_groundings_activity_id")),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_groundings_artifact_id")),
        sa.ForeignKeyConstraint(["entity"], ["entities.number"], name=op.f("fk_groundings_entity")),
        sa.PrimaryKeyConstraint("artifact_id", "surface", name=op.f("pk_groundings")),
    )
    with op.batch_alter_table("groundings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_groundings_entity_about_artifact_id"), ["entity", "about", "artifact_id"], unique=False
        )

    op.create_table(
        "edge_items",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("edge", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_key", sa.String(length=300), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("stance", sa.String(length=16), nullable=True),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("design", sa.String(length=40), nullable=True),
        sa.Column("sample_size", sa.Integer(), nullable=True),
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("origin_id", sa.String(length=21), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.CheckConstraint("source_key <> '' OR run <> ''", name=op.f("ck_edge_items_rests_on_something")),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_edge_items_activity_id")),
        sa.ForeignKeyConstraint(["edge"], ["edges.number"], name=op.f("fk_edge_items_edge")),
        sa.ForeignKeyConstraint(["origin_id"], ["artifacts.id"], name=op.f("fk_edge_items_origin_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_edge_items")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("edge_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edge_items_edge_number"), ["edge", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_edge_items_origin_id"), ["origin_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_edge_items_source_key"),
            ["source_key"],
            unique=False,
            sqlite_where=sa.text("source_key <> ''"),
            postgresql_where=sa.text("source_key <> ''"),
        )
        batch_op.create_index(
            "ix_edge_items_standing",
            ["edge", "fingerprint"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("edge_items", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_edge_items_standing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(
            batch_op.f("ix_edge_items_source_key"),
            sqlite_where=sa.text("source_key <> ''"),
            postgresql_where=sa.text("source_key <> ''"),
        )
        batch_op.drop_index(batch_op.f("ix_edge_items_origin_id"))
        batch_op.drop_index(batch_op.f("ix_edge_items_edge_number"))

    op.drop_table("edge_items")
    with op.batch_alter_table("groundings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_groundings_entity_about_artifact_id"))

    op.drop_table("groundings")
    with op.batch_alter_table("edges", schema=None) as batch_op:
        batch_op.drop_index("ix_edges_object")
        batch_op.drop_index(
            batch_op.f("ix_edges_negated"), sqlite_where=sa.text("negated = 1"), postgresql_where=sa.text("negated = 1")
        )

    op.drop_table("edges")
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quarantine_settled_at_number"))

    op.drop_table("quarantine")
    with op.batch_alter_table("entities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entities_category_number"))

    op.drop_table("entities")
