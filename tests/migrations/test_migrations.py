"""The database's schema: one for both engines, made once, never by halves."""

from __future__ import annotations

import io
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
        # It does not know that a foreign key may be meant for one engine alone; their names are compared below.
        opts = {"compare_type": True, "include_object": lambda _item, _name, what, *_: what != "foreign_key_constraint"}
        assert compare_metadata(MigrationContext.configure(connection, opts=opts), metadata) == []
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


@pytest.fixture
def edge(scidex: Installation) -> dict[str, object]:
    """The row of an edge that rests on one item."""
    table = b"subject,predicate,object,source\nCHEBI:1,biolink:treats,MONDO:0000002,PMID:3\n"
    from scidex.atlas.graph.ports import Ontology
    from scidex.kernel.ids import ActorId
    from scidex.workflows.import_graph import import_graph_stream

    told = import_graph_stream(
        scidex.door, io.BytesIO(table), "one.csv", scidex.service(Ontology), actor=ActorId("person:ada")
    )
    assert told.edges == told.items == 1
    with scidex.storage.read() as connection:
        return dict(connection.execute(sa.text("SELECT * FROM edges")).mappings().one())


@pytest.mark.parametrize("table", ["activities", "artifacts", "entities", "edges", "edge_items"])
def test_what_an_edge_rests_on_stays(scidex: Installation, edge: dict[str, object], table: str) -> None:
    key = sa.inspect(scidex.storage.engine).get_pk_constraint(table)["constrained_columns"][0]
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET {key} = {key}"):
        with pytest.raises(sa.exc.DBAPIError, match="sealed"), scidex.storage.write() as connection:
            connection.execute(sa.text(change))


@pytest.mark.parametrize("column", ["predicate", "negated", "qualifiers", "activity_id"])
def test_what_an_edge_states_stays(scidex: Installation, edge: dict[str, object], column: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="sealed"), scidex.storage.write() as connection:
        connection.execute(sa.text(f"UPDATE edges SET {column} = {column}"))


@pytest.mark.parametrize("wrong", ["subject", "object", "activity_id"])
def test_no_edge_names_what_is_not_there(scidex: Installation, edge: dict[str, object], wrong: str) -> None:
    row = edge | {"number": 99, "qualifiers": "{}", wrong: "nobody" if wrong == "activity_id" else 77}
    insert = sa.text(f"INSERT INTO edges ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})")
    with pytest.raises(sa.exc.IntegrityError), scidex.storage.write() as connection:
        connection.execute(insert, row)
    if wrong != "activity_id":
        with pytest.raises(sa.exc.IntegrityError), scidex.storage.write() as connection:
            connection.execute(sa.text(f"UPDATE edges SET {wrong} = 77"))


@pytest.mark.parametrize("wrong", ["edge", "origin_id", "activity_id"])
def test_no_item_names_what_is_not_there(scidex: Installation, edge: dict[str, object], wrong: str) -> None:
    with scidex.storage.read() as connection:
        row = dict(connection.execute(sa.text("SELECT * FROM edge_items")).mappings().one())
    row |= {"number": 99, "fingerprint": "another", wrong: 77 if wrong == "edge" else "nobody"}
    insert = sa.text(f"INSERT INTO edge_items ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})")
    with pytest.raises(sa.exc.IntegrityError), scidex.storage.write() as connection:
        connection.execute(insert, row)
