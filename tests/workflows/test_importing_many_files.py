"""Importing a folder of many files: durable, resumable, each file once, whatever happens to the process or to its readers."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from scidex.kernel.settings import Settings
from scidex.workflows.import_paths import BATCH

FILES = 200
COMMAND = (sys.executable, "-m", "scidex")


class Place:
    """A data folder with its database, and `scidex` processes that work on it."""

    def __init__(self, data: Path, database: str) -> None:
        mine = {name: value for name, value in os.environ.items() if not name.startswith("SCIDEX_")}
        self.environment = {**mine, "SCIDEX_DATA": str(data), "NO_COLOR": "1", "COLUMNS": "200"}
        if database:
            self.environment["SCIDEX_DATABASE_URL"] = database
        self.engine = create_engine(Settings(data=data, database_url=database).sqlalchemy_url)

    def start(self, *arguments: str | Path, command: tuple[str, ...] = COMMAND, **more: str) -> subprocess.Popen:
        """Starts `scidex` in a session of its own."""
        return subprocess.Popen(
            [*command, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self.environment, **more},
            start_new_session=True,
            encoding="utf-8",
        )

    def run(self, *arguments: str | Path, command: tuple[str, ...] = COMMAND, **more: str) -> tuple[int, str, str]:
        """Runs `scidex` to its end."""
        process = self.start(*arguments, command=command, **more)
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err[-3000:]
        return process.returncode, out, err

    def number(self, query: str) -> int:
        """A number from the database; 0 while its tables are still being made."""
        from sqlalchemy.exc import DBAPIError

        try:
            with self.engine.connect() as connection:
                return connection.execute(text(query)).scalar_one()
        except DBAPIError:
            return 0

    def imported(self) -> int:
        """How many files are in."""
        return self.number("SELECT count(*) FROM imports")

    def assert_whole(self, files: int, pages: int | None = None) -> None:
        """Each file is in exactly once and with all that belongs to it."""
        pages = files if pages is None else pages
        assert self.imported() == files
        assert self.number("SELECT count(*) FROM blobs") == files
        for kind in ("source-file", "import-report"):
            assert self.number(f"SELECT count(*) FROM artifacts WHERE kind = '{kind}'") == files, kind
        assert self.number("SELECT count(*) FROM artifacts WHERE kind = 'page'") == pages
        assert (
            self.number("SELECT count(*) FROM versions v JOIN artifacts a ON a.id = v.artifact_id WHERE kind = 'page'")
            == pages
        )
        code, out, _ = self.run("check")
        assert code == 0, out


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path, make_database):
    made = Place(tmp_path / "data", make_database(request.param))
    yield made
    made.engine.dispose()


@pytest.fixture
def on_sqlite(tmp_path):
    made = Place(tmp_path / "data", "")
    yield made
    made.engine.dispose()


def write_pages(folder: Path, number: int, *, lines: int = 10) -> Path:
    """Pages that link to each other."""
    folder.mkdir()
    for page in range(number):
        body = "\n\n".join(
            f"Statement {line} of page {page} [@key{line}], see [next](/entities/p-{page + 1})."
            for line in range(lines)
        )
        (folder / f"page-{page:04}.md").write_text(
            f"---\ntitle: Page {page}\nslug: entities-p-{page}\nentity_type: mechanism\n---\n\nLead {page}.\n\n## Text\n\n{body}\n",
            encoding="utf-8",
        )
    return folder


def eventually(found, what: str, patience: float = 60.0):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(0.005)
    pytest.fail(f"Waited {patience:.0f} s in vain: {what}.")
    return None


def living(session: int) -> list[str]:
    """The processes of a session that still run."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] not in "ZX":
            found.append(status.parent.name)
    return found


def test_a_folder_of_many_files_is_imported_once_and_reported(place, tmp_path):
    folder = write_pages(tmp_path / "pages", FILES)
    code, out, err = place.run("import", folder, "--json")
    assert code == 0, err
    report = json.loads(out)
    assert report["outcomes"] == {"created": FILES}
    assert [file["name"] for file in report["files"]] == sorted(file.name for file in folder.iterdir())
    place.assert_whole(FILES)
    code, out, err = place.run("import", folder)
    assert code == 0, err
    assert f"Imported {FILES} files: {FILES} already imported, nothing written." in out
    assert "\x1b" not in out + err
    place.assert_whole(FILES)


def test_a_killed_import_leaves_whole_files_and_goes_on_when_it_is_given_again(place, tmp_path):
    files = 384
    folder = write_pages(tmp_path / "pages", files, lines=40)
    assert place.run("list")[0] == 0
    process = place.start("import", folder)
    eventually(lambda: place.imported() >= BATCH or process.poll() is not None, "the first batch")
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    stored = place.imported()
    assert process.returncode == -signal.SIGKILL
    assert 0 < stored < files, "killed too late to prove anything"
    eventually(lambda: not living(process.pid), "the readers of a killed import to end", 20)
    process.communicate(timeout=30)
    place.assert_whole(stored)
    code, _, err = place.run("import", folder)
    assert code == 0, err
    assert f"Going on with an interrupted import of {files} files." in err
    place.assert_whole(files)
    code, _, err = place.run("import", folder)
    assert code == 0
    assert "Going on" not in err
    place.assert_whole(files)


def test_a_file_that_cannot_be_read_is_refused_alone(place, tmp_path):
    folder = write_pages(tmp_path / "pages", FILES)
    bad = {"a-empty.md": b"", "m-nul.md": b"a\x00b\n", "page-0100b.json": b"{", "z-huge.txt": b"x" * 6_000_000}
    for name, data in bad.items():
        (folder / name).write_bytes(data)
    code, out, _ = place.run("import", folder, "--json")
    assert code == 6
    refused = {Path(file["name"]).name for file in json.loads(out)["files"] if file["outcome"] == "refused"}
    assert refused == set(bad)
    for file in json.loads(out)["files"]:
        assert (file["outcome"] == "refused") == bool(file["problem"] and file["cure"]), file
    place.assert_whole(FILES)


def test_a_file_that_takes_its_reader_down_is_refused_alone(on_sqlite, tmp_path):
    folder = write_pages(tmp_path / "pages", FILES)
    (folder / "page-0033b.md").write_text("---\ntitle: Falls over\n---\nCRASH\n")
    (folder / "page-0150b.md").write_text("---\ntitle: Falls over\n---\nRAISE\n")
    (tmp_path / "fragile.py").write_text(
        "import os\n"
        "from scidex.workflows.readers import read\n"
        "def fragile(data, name):\n"
        "    if b'CRASH' in data: os._exit(9)\n"
        "    if b'RAISE' in data: raise RuntimeError('a bug in the reader')\n"
        "    return read(data, name)\n"
    )
    fragile = "import fragile, scidex.main, scidex.workflows.readers as w; w.read = fragile.fragile; scidex.main.cli()"
    code, out, err = on_sqlite.run(
        "import", folder, "--json", command=(sys.executable, "-c", fragile), PYTHONPATH=str(tmp_path)
    )
    assert code == 6, err
    files = {Path(file["name"]).name: file for file in json.loads(out)["files"]}
    refused = {name for name, file in files.items() if file["outcome"] == "refused"}
    assert refused == {"page-0033b.md", "page-0150b.md"}
    assert all(files[name]["problem"] and files[name]["cure"] for name in refused)
    on_sqlite.assert_whole(FILES)


def test_a_strict_import_of_many_files_takes_only_the_faultless(on_sqlite, tmp_path):
    folder = write_pages(tmp_path / "pages", BATCH + 10)
    code, out, _ = on_sqlite.run("import", folder, "--strict", "--json")
    assert code == 6
    assert set(json.loads(out)["outcomes"]) == {"refused"}
    assert on_sqlite.imported() == 0
    assert on_sqlite.run("import", folder, "--dry-run")[0] == 6
    assert on_sqlite.imported() == 0


def test_two_imports_of_the_same_folder_at_once_write_each_file_once(place, tmp_path):
    folder = write_pages(tmp_path / "pages", FILES)
    assert place.run("list")[0] == 0
    processes = [place.start("import", folder, "--json") for _ in range(2)]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in processes]
    for _, err, code in ended:
        assert code == 0, err
        assert "Going on" not in err, "a living import was taken for a dead one"
    outcomes = [json.loads(out)["outcomes"] for out, _, _ in ended]
    assert sum(outcome.get("created", 0) for outcome in outcomes) == FILES
    assert sum(outcome.get("known", 0) for outcome in outcomes) == FILES
    place.assert_whole(FILES)


def test_files_that_changed_become_new_versions_and_the_others_stay(place, tmp_path):
    folder = write_pages(tmp_path / "pages", 100)
    assert place.run("import", folder)[0] == 0
    for page in (3, 70):
        file = folder / f"page-{page:04}.md"
        file.write_text(file.read_text().replace("Lead", "Better lead"))
    code, out, _ = place.run("import", folder, "--json")
    assert code == 0
    assert json.loads(out)["outcomes"] == {"known": 98, "revised": 2}
    assert place.number("SELECT count(*) FROM artifacts WHERE kind = 'page' AND latest_version = 2") == 2
    assert re.match(r"All is well", place.run("check")[1])
