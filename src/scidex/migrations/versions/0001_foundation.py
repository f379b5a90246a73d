"""Foundation: activities, events, artifacts, versions, links"""

import sqlalchemy as sa
from alembic import op

from scidex.kernel.storage.types import UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# Rows of these tables are never changed or removed; the database itself refuses it, whatever our code says.
SEALED = ("versions", "transitions", "events", "blobs", "derivations", "imports", "answers")


def seal(table: str) -> None:
    """Lets the engine refuse updates and deletions of a table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_sealed BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION scidex_refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_sealed_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is sealed'); END"
        )


def upgrade() -> None:
    """Forward."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION scidex_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is sealed', TG_TABLE_NAME; END $$"
        )
    op.create_table(
        "activities",
        sa.Column("id", sa.String(length=21), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("parent_id", sa.String(length=21), nullable=True),
        sa.Column("command_hash", sa.String(length=64), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=False),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_activities_ends_after_start")),
        sa.ForeignKeyConstraint(["parent_id"], ["activities.id"], name=op.f("fk_activities_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activities_actor_started_at"), ["actor", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_activities_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "answers",
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("command_hash", sa.String(length=64), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_answers_activity_id")),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_answers")),
    )
    op.create_table(
        "artifacts",
        sa.Column("id", sa.String(length=21), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("facet", sa.String(length=32), nullable=False),
        sa.Column("latest_version", sa.Integer(), nullable=False),
        sa.Column("redirect_to", sa.String(length=21), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.CheckConstraint(
            "(state = 'merged') = (redirect_to IS NOT NULL)", name=op.f("ck_artifacts_merged_means_redirected")
        ),
        sa.CheckConstraint("latest_version >= 1", name=op.f("ck_artifacts_has_a_version")),
        sa.CheckConstraint("redirect_to <> id", name=op.f("ck_artifacts_no_redirect_to_itself")),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_artifacts_activity_id")),
        sa.ForeignKeyConstraint(["redirect_to"], ["artifacts.id"], name=op.f("fk_artifacts_redirect_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artifacts")),
    )
    with op.batch_alter_table("artifacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_artifacts_kind_updated_at_id"), ["kind", "updated_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_artifacts_redirect_to"),
            ["redirect_to"],
            unique=False,
            sqlite_where=sa.text("redirect_to IS NOT NULL"),
            postgresql_where=sa.text("redirect_to IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_artifacts_updated_at_id"), ["updated_at", "id"], unique=False)

    op.create_table(
        "events",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_events_activity_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_subject"), ["subject"], unique=False)

    op.create_table(
        "aliases",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("artifact_id", sa.String(length=21), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_aliases_activity_id")),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_aliases_artifact_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_aliases")),
    )
    with op.batch_alter_table("aliases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_aliases_artifact_id"), ["artifact_id"], unique=False)

    op.create_table(
        "imports",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("source_id", sa.String(length=21), nullable=False),
        sa.Column("artifact_id", sa.String(length=21), nullable=False),
        sa.Column("report_id", sa.String(length=21), nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_imports_activity_id")),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_imports_artifact_id")),
        sa.ForeignKeyConstraint(["report_id"], ["artifacts.id"], name=op.f("fk_imports_report_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name=op.f("fk_imports_sha256")),
        sa.ForeignKeyConstraint(["source_id"], ["artifacts.id"], name=op.f("fk_imports_source_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imports_artifact_id"), ["artifact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_imports_source_id"), ["source_id"], unique=False)

    op.create_table(
        "links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("source_id", sa.String(length=21), nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=False),
        sa.Column("target_key", sa.String(length=300), nullable=False),
        sa.Column("target_given", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("first_version", sa.Integer(), nullable=False),
        sa.Column("last_version", sa.Integer(), nullable=True),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.CheckConstraint("(last_version IS NULL) = (ended_at IS NULL)", name=op.f("ck_links_ends_once")),
        sa.CheckConstraint(
            "last_version IS NULL OR last_version >= first_version", name=op.f("ck_links_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_links_activity_id")),
        sa.ForeignKeyConstraint(["source_id"], ["artifacts.id"], name=op.f("fk_links_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index("ix_links_source", ["source_id", "ended_at"], unique=False)
        batch_op.create_index("ix_links_target", ["target_key", "ended_at"], unique=False)

    op.create_table(
        "records",
        sa.Column("artifact_id", sa.String(length=21), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_records_activity_id")),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_records_artifact_id")),
        sa.PrimaryKeyConstraint("artifact_id", "position", name=op.f("pk_records")),
    )
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_records_type_artifact_id"), ["type", "artifact_id"], unique=False)

    op.create_table(
        "transitions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("artifact_id", sa.String(length=21), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("redirect_to", sa.String(length=21), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_transitions_activity_id")),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_transitions_artifact_id")),
        sa.ForeignKeyConstraint(["redirect_to"], ["artifacts.id"], name=op.f("fk_transitions_redirect_to")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
    )
    with op.batch_alter_table("transitions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transitions_artifact_id_id"), ["artifact_id", "id"], unique=False)

    op.create_table(
        "versions",
        sa.Column("artifact_id", sa.String(length=21), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("previous_seal", sa.String(length=64), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcTime(), nullable=False),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.CheckConstraint("(number = 1) = (previous_seal IS NULL)", name=op.f("ck_versions_chained")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_versions_counts_from_one")),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_versions_activity_id")),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_versions_artifact_id")),
        sa.PrimaryKeyConstraint("artifact_id", "number", name=op.f("pk_versions")),
    )
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_versions_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_versions_artifact_id_recorded_at"), ["artifact_id", "recorded_at"], unique=False
        )

    op.create_table(
        "derivations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("artifact_id", sa.String(length=21), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("used_id", sa.String(length=21), nullable=False),
        sa.Column("used_version", sa.Integer(), nullable=False),
        sa.Column("used_hash", sa.String(length=64), nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_derivations_activity_id")),
        sa.ForeignKeyConstraint(
            ["artifact_id", "version"],
            ["versions.artifact_id", "versions.number"],
            name=op.f("fk_derivations_artifact_id_version"),
        ),
        sa.ForeignKeyConstraint(
            ["used_id", "used_version"],
            ["versions.artifact_id", "versions.number"],
            name=op.f("fk_derivations_used_id_used_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derivations")),
    )
    with op.batch_alter_table("derivations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_derivations_artifact_id_version"), ["artifact_id", "version"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_derivations_used_id"), ["used_id"], unique=False)
    for table in SEALED:
        seal(table)


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("derivations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_derivations_used_id"))
        batch_op.drop_index(batch_op.f("ix_derivations_artifact_id_version"))

    op.drop_table("derivations")
    with op.batch_alter_table("versions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_versions_artifact_id_recorded_at"))
        batch_op.drop_index(batch_op.f("ix_versions_activity_id"))

    op.drop_table("versions")
    with op.batch_alter_table("transitions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transitions_artifact_id_id"))

    op.drop_table("transitions")
    with op.batch_alter_table("records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_records_type_artifact_id"))

    op.drop_table("records")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index("ix_links_target")
        batch_op.drop_index("ix_links_source")

    op.drop_table("links")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imports_source_id"))
        batch_op.drop_index(batch_op.f("ix_imports_artifact_id"))

    op.drop_table("imports")
    with op.batch_alter_table("aliases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_aliases_artifact_id"))

    op.drop_table("aliases")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_subject"))

    op.drop_table("events")
    with op.batch_alter_table("artifacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_artifacts_updated_at_id"))
        batch_op.drop_index(
            batch_op.f("ix_artifacts_redirect_to"),
            sqlite_where=sa.text("redirect_to IS NOT NULL"),
            postgresql_where=sa.text("redirect_to IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_artifacts_kind_updated_at_id"))

    op.drop_table("artifacts")
    op.drop_table("answers")
    op.drop_table("blobs")
    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activities_parent_id"))
        batch_op.drop_index(batch_op.f("ix_activities_actor_started_at"))

    op.drop_table("activities")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION scidex_refuse_change()")
