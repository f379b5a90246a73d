"""What the tests of the surfaces share: an imported library on each engine, its site, and a server in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url
from starlette.testclient import TestClient

from scidex.kernel.content import content_folder
from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.main import open_installation
from scidex.surfaces.web.app import build
from scidex.workflows.import_paths import ImportPaths, files_under

PATIENCE_SECONDS = 60.0
SEED = Path(__file__).parents[3] / "shared" / "seed" / "msc-therapy-artifact.txt"
SEED_PATH = "/therapeutics/mesenchymal-stem-cell-therapy-neurodegeneration"


@dataclass(frozen=True)
class Library:
    """An installation with pages in it, and a client that speaks to its real ASGI application."""

    installation: Installation
    client: TestClient
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def seed(self) -> str:
        """The id of the seed page."""
        return self.id_of(SEED_PATH)

    def id_of(self, reference: str) -> str:
        """The id behind any name."""
        location = self.client.get(reference, headers={"Accept": "text/html"}).headers["location"]
        return re.fullmatch(r"/artifact/(sx-\w+)", location)[1]

    def do(self, verb: str, **command: Any) -> Any:
        """Performs a verb as the local person."""
        return self.installation.door.perform(verb, command, self.installation.actor)

    def get(self, path: str, **headers: str) -> Any:
        """A GET; header names are written with underscores."""
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def json(self, path: str) -> Any:
        """The JSON at an address."""
        answer = self.get(path, Accept="application/json")
        assert answer.headers["content-type"] == "application/json", (path, answer.text[:200])
        return answer.json()


def site_of(installation: Installation, *, host: str = "testserver") -> TestClient:
    """A client for the site; what would be an error in the server's log is an answer here, as for a browser."""
    return TestClient(
        build(installation), base_url=f"http://{host}", raise_server_exceptions=False, follow_redirects=False
    )


def filled(installation: Installation) -> Library:
    """The seed page and the bundled library, imported."""
    if not SEED.is_file():
        pytest.fail(f"The seed page is missing: expected at ../shared/seed/ beside the project ({SEED.name}).")
    outcomes = ImportPaths(installation.door).import_now(
        files_under([SEED, content_folder("atlas", "pages")]), actor=installation.actor
    )
    assert {outcome.outcome for outcome in outcomes} == {"created"}
    return Library(installation, site_of(installation), {outcome.name: outcome.artifact for outcome in outcomes})


@contextmanager
def new_database(address: str) -> Iterator[str]:
    """A new PostgreSQL database, dropped at the end."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield make_url(address).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session", params=("sqlite", "postgresql"))
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The seed page and the bundled library on each engine, shared: tests that use it do not write."""
    data = tmp_path_factory.mktemp("library")
    if request.param == "sqlite":
        installation = open_installation(Settings(data=data))
        yield filled(installation)
        installation.close()
        return
    with new_database(request.getfixturevalue("postgres_address")) as address:
        installation = open_installation(Settings(data=data, database_url=address))
        yield filled(installation)
        installation.close()


@pytest.fixture
def own_library(scidex: Installation) -> Library:
    """The same on an installation of its own, for tests that write."""
    return filled(scidex)


@pytest.fixture
def empty(scidex: Installation) -> Library:
    """An installation without any page."""
    return Library(scidex, site_of(scidex))


@dataclass(frozen=True)
class Ran:
    """What a command of the `scidex` program did."""

    code: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    """A plain environment: no colour, a known width, nothing of the developer's own SciDEX."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIDEX_", "FORCE_COLOR"))}
    return {**kept, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **more}


COMMAND = (sys.executable, "-m", "scidex")


def eventually(found: Callable[[], Any], what: str, *, patience: float = PATIENCE_SECONDS) -> Any:
    """Asks until the answer is true, and fails with `what` when patience ends."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(0.02)
    pytest.fail(f"Waited {patience:.0f} s in vain: {what}.")
    return None


@contextmanager
def serving(data: Path, **more: str) -> Iterator[str]:
    """`scidex serve` in a process of its own; gives its address."""
    with subprocess.Popen(
        [*COMMAND, "--data", str(data), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(PYTHONUNBUFFERED="1", **more),
    ) as process:
        try:
            line = process.stdout.readline()
            address = re.search(r"http://\S+(?=/)", line)
            assert address, f"`scidex serve` said: {line}{process.stdout.read() if process.poll() is not None else ''}"
            import httpx

            def answers() -> bool:
                try:
                    return httpx.get(f"{address[0]}/healthz").status_code == 200
                except httpx.TransportError:
                    return False

            eventually(answers, "the server's first answer")
            yield address[0]
        finally:
            process.terminate()
            process.wait(30)
