"""Brings a database to this program's schema. One Alembic tree for both engines, shipped in the package."""

from __future__ import annotations

from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from scidex.kernel.errors import Conflict
from scidex.kernel.storage.engine import Storage


def configuration() -> Config:
    """Alembic's settings, without a file: the tree lies beside the code."""
    config = Config()
    config.set_main_option("script_location", str(resources.files("scidex") / "migrations"))
    return config


def newest_revision() -> str:
    """The revision this program was written for."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def migrate(storage: Storage) -> None:
    """Brings the database up to date; does nothing if it is. Raises Conflict if a newer program wrote it."""
    with storage.read() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == newest_revision():
        return
    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if current is not None and current not in known:
        raise Conflict("A newer SciDEX has written this database.", cure="Update this one, or use another data folder.")
    # In the write transaction, so that two processes starting at once do it once, and a failure leaves nothing behind.
    with storage.write() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
