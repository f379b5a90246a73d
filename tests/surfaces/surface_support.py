"""Tools of the surface tests: a client that speaks ASGI, an imported library, a server in a process of its own."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote, urlsplit

import brotli
import httpx
import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url

from scidex.kernel.content import content_folder
from scidex.kernel.installation import Installation
from scidex.main import VERSION, catalogue, open_installation
from scidex.surfaces.cli.program import build as command_line
from scidex.surfaces.web.app import build
from scidex.workflows.import_paths import ImportPaths, files_under

PATIENCE_SECONDS = 60.0
# A thread of its own, since Playwright keeps a loop in the test's thread.
_LOOP = ThreadPoolExecutor(1)
SEED = Path(__file__).parents[3] / "shared" / "seed" / "msc-therapy-artifact.txt"
SEED_PATH = "/therapeutics/mesenchymal-stem-cell-therapy-neurodegeneration"


@dataclass(frozen=True)
class Answer:
    """What the application sent. `headers` are in lower case, `sent` are the bytes as they left."""

    status: int
    headers: dict[str, str]
    sent: bytes

    @property
    def body(self) -> bytes:
        """The bytes, decompressed."""
        match self.headers.get("content-encoding", ""):
            case "br":
                return brotli.decompress(self.sent)
            case "gzip":
                return gzip.decompress(self.sent)
            case _:
                return self.sent

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON."""
        assert self.headers["content-type"].startswith("application/json"), self.headers
        return json.loads(self.body)


class Client:
    """Speaks to the ASGI application as uvicorn does, without a socket: paths and headers arrive as they are given."""

    def __init__(self, app: Any, host: str = "testserver") -> None:
        self.app = app
        self._host = host

    def request(self, method: str, address: str | bytes, headers: dict[str, str] | None = None) -> Answer:
        """One request; `address` is what stands in the request line."""
        raw = (
            address
            if isinstance(address, bytes)
            else quote_from_bytes(address.encode(), safe="%/?:@!$&'()*+,;=-._~#[]").encode()
        )
        path, _, query = raw.partition(b"?")
        named = {"host": self._host, **{name.lower(): value for name, value in (headers or {}).items()}}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
            "client": ("127.0.0.1", 5000),
            "server": ("127.0.0.1", 8000),
        }
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        async def run() -> None:
            try:
                await self.app(scope, receive, send)
            except Exception:
                # Starlette sends its 500 and raises once more, for the server's log.
                if not sent:
                    raise

        _LOOP.submit(asyncio.run, run()).result()
        start, *parts = sent
        return Answer(
            start["status"],
            {name.decode(): value.decode("latin-1") for name, value in start["headers"]},
            b"".join(part.get("body", b"") for part in parts),
        )

    def get(self, address: str | bytes, headers: dict[str, str] | None = None) -> Answer:
        """A GET."""
        return self.request("GET", address, headers)


@dataclass(frozen=True)
class Library:
    """An installation with pages in it, and a client that speaks to its real ASGI application."""

    installation: Installation
    client: Client
    pages: dict[str, str] = field(default_factory=dict)

    @property
    def seed(self) -> str:
        """The id of the seed page."""
        return self.id_of(SEED_PATH)

    def id_of(self, reference: str) -> str:
        """The id behind any name."""
        location = self.client.get(reference).headers["location"]
        return re.fullmatch(r"/artifact/(sx-\w+)", location)[1]

    def do(self, verb: str, **command: Any) -> Any:
        """Performs a verb as the local person."""
        return self.installation.door.perform(verb, command, self.installation.actor)

    def get(self, path: str, **headers: str) -> Any:
        """A GET; header names are written with underscores."""
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def json(self, path: str) -> Any:
        """The JSON at an address."""
        return self.get(path, Accept="application/json").json()

    def follow(self, path: str) -> Answer:
        """A GET that follows redirects, as a browser does."""
        for _ in range(5):
            answer = self.get(path)
            if answer.status not in (307, 308):
                return answer
            path = urlsplit(answer.headers["location"])._replace(scheme="", netloc="").geturl()
        pytest.fail(f"{path} leads in circles")
        return answer


def site_of(installation: Installation, *, host: str = "testserver") -> Client:
    """A client for the site of an installation."""
    return Client(build(installation), host)


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


def run(data: Path, *arguments: str) -> Result:
    """What a command says over the data in a folder, called in this process as a script calls the program."""
    group, close = command_line(open_installation, lambda *_: None, VERSION, catalogue())
    try:
        return CliRunner().invoke(group, ["--data", str(data), *arguments])
    finally:
        close()
