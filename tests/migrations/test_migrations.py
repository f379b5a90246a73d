"""The database's schema: one for both engines, made once, never by halves."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

import scidex.atlas.tables
import scidex.kernel.tables  # noqa: F401
from scidex.kernel.errors import Conflict
from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.kernel.storage import migrate as module
from scidex.kernel.storage.engine import Storage
from scidex.kernel.storage.migrate import configuration, migrate, newest_revision
from scidex.kernel.storage.types import metadata

BREAKING = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "{before}"

def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer, primary_key=True))
    op.add_column("artifacts", sa.Column("colour", sa.Text))
    op.execute("UPDATE artifacts SET colour = 'red'")
    raise RuntimeError("broken")
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, make_database: Callable[[str], str], tmp_path: Path) -> Iterator[Storage]:
    """A new database that nobody set up."""
    storage = Storage(Settings(data=tmp_path, database_url=make_database(request.param)).sqlalchemy_url)
    yield storage
    storage.dispose()


def schema(storage: Storage) -> dict[str, object]:
    """What the database says of itself."""
    inspector = sa.inspect(storage.engine)
    return {
        table: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)],
            sorted(str(index["name"]) for index in inspector.get_indexes(table)),
            sorted(str(check["name"]) for check in inspector.get_check_constraints(table)),
            sorted(str(key["name"]) for key in inspector.get_foreign_keys(table)),
            sorted(str(key["name"]) for key in inspector.get_unique_constraints(table)),
        )
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def test_the_migrations_make_the_tables_that_the_code_declares(
    empty: Storage, make_database: Callable[[str], str], tmp_path: Path
) -> None:
    migrate(empty)
    with empty.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
    declared = Storage(Settings(data=tmp_path / "declared", database_url=make_database(empty.dialect)).sqlalchemy_url)
    with declared.write() as connection:
        metadata.create_all(connection)
        connection.commit()
    migrated, made = schema(empty), schema(declared)
    declared.dispose()
    assert migrated == made


def test_migrating_again_changes_nothing(empty: Storage) -> None:
    migrate(empty)
    before = schema(empty)
    migrate(empty)
    assert schema(empty) == before
    with empty.read() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all() == [
            newest_revision()
        ]


def test_a_database_of_a_newer_program_is_left_alone_with_a_cure(empty: Storage) -> None:
    migrate(empty)
    with empty.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'from-the-future'"))
        connection.commit()
    before = schema(empty)
    with pytest.raises(Conflict) as refused:
        migrate(empty)
    assert refused.value.cure
    assert schema(empty) == before


def test_a_migration_that_breaks_leaves_the_database_as_it_was(
    empty: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(empty)
    before, revision = schema(empty), newest_revision()
    tree = tmp_path / "tree"
    shutil.copytree(str(configuration().get_main_option("script_location")), tree)
    (tree / "versions" / "9999_breaks.py").write_text(BREAKING.format(before=revision))

    def with_breaking_migration() -> Config:
        config = Config()
        config.set_main_option("script_location", str(tree))
        return config

    with monkeypatch.context() as patch:
        patch.setattr(module, "configuration", with_breaking_migration)
        with pytest.raises(RuntimeError, match="broken"):
            migrate(empty)
    assert schema(empty) == before
    migrate(empty)


@pytest.mark.parametrize("table", ["versions", "transitions", "events", "blobs", "derivations", "imports", "answers"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_what_is_sealed_can_neither_be_changed_nor_removed(scidex: Installation, table: str, change: str) -> None:
    from scidex.kernel.ids import ActorId

    data = b'{"format": "scidex/1", "kind": "page", "aliases": [], "content": {"title": "A"}}'
    scidex.door.perform("import.store", {"files": [{"name": "a.json", "data": data}]}, ActorId("person:ada"), key="k")
    column = sa.inspect(scidex.storage.engine).get_columns(table)[0]["name"]
    with pytest.raises(sa.exc.DBAPIError, match="sealed"), scidex.storage.write() as connection:
        connection.execute(sa.text(change.format(table, column, column)))
