"""Alembic's entry: runs the migrations on the connection it is handed (see `scidex.kernel.storage.migrate`)."""

from alembic import context

import scidex.atlas.tables
import scidex.kernel.tables  # noqa: F401
from scidex.kernel.storage.types import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
