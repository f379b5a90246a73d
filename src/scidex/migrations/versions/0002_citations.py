"""Citations: the works of the library, to find the same one again"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "works",
        sa.Column("artifact_id", sa.String(length=21), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title_key", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("editorial", sa.String(length=32), nullable=False),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.CheckConstraint("status IN ('verified', 'from-memory', 'unverified')", name=op.f("ck_works_known_status")),
        sa.CheckConstraint(
            "editorial IN ('', 'retraction', 'expression of concern', 'correction')",
            name=op.f("ck_works_known_editorial_status"),
        ),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_works_activity_id")),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_works_artifact_id")),
        sa.PrimaryKeyConstraint("artifact_id", name=op.f("pk_works")),
    )
    with op.batch_alter_table("works", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_works_title_key"), ["title_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_works_editorial"), ["editorial"], unique=False)


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("works", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_works_editorial"))
        batch_op.drop_index(batch_op.f("ix_works_title_key"))
    op.drop_table("works")
