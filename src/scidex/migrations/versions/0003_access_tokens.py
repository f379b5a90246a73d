"""Access tokens, and the web sessions begun with them"""

import sqlalchemy as sa
from alembic import op

from scidex.kernel.storage.types import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(length=21), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.String(length=21), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("revoked_at", UtcTime(), nullable=True),
        sa.Column("activity_id", sa.String(length=21), nullable=False),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_tokens_expires_after_it_was_made")),
        sa.CheckConstraint("revoked_at >= created_at", name=op.f("ck_tokens_revoked_after_it_was_made")),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_tokens_activity_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["tokens.id"], name=op.f("fk_tokens_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("tokens")
