"""How fast a library comes in: the whole `scidex import`, beside what reading and storing cost at the least."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from bench.figures import Figure
from bench.running import Place, run
from scidex.atlas.importing import parse_source

GOAL = 200
_BATCH = 128
_PARSED = 2_000


def measure(place: Place, folder: Path, files: Sequence[Path]) -> list[Figure]:
    """Imports `folder` twice."""
    stored = len(files) / _stored_as_they_are(files, place.data.with_suffix(".plain"))
    parsed = min(len(files), _PARSED) / _parsed(files[:_PARSED])
    first = run(place, "import", str(folder))
    before = _events(place)
    again = run(place, "import", str(folder), "--json")
    outcomes = json.loads(again.said)["outcomes"]
    if outcomes != {"known": len(files)}:
        raise SystemExit(f"The second import was to find every file known; it found {outcomes}.")
    rate = len(files) / first.seconds
    return [
        Figure(
            "Import, whole program",
            rate,
            "pages/s",
            f"{stored:,.0f} pages/s: read, one SQLite row each",
            rate / stored,
            GOAL,
            at_least=True,
        ),
        Figure("Import against reading alone", rate, "pages/s", f"{parsed:,.0f} pages/s: one process", rate / parsed),
        Figure("Import, processor time", first.busy / len(files) * 1000, "ms/page", f"{1000 / parsed:.2f} ms: reading"),
        Figure(
            "The same import again",
            again.seconds,
            "s",
            f"{first.seconds:.1f} s the first time",
            again.seconds / first.seconds,
        ),
        Figure("Events written by it", _events(place) - before, "events", goal=0),
    ]


def _stored_as_they_are(files: Sequence[Path], database: Path) -> float:
    database.parent.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE pages (name TEXT PRIMARY KEY, data BLOB NOT NULL)")
    for start in range(0, len(files), _BATCH):
        connection.execute("BEGIN IMMEDIATE")
        rows = [(str(file), file.read_bytes()) for file in files[start : start + _BATCH]]
        connection.executemany("INSERT INTO pages VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    connection.close()
    taken = time.perf_counter() - begun
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()
    return taken


def _parsed(files: Sequence[Path]) -> float:
    begun = time.perf_counter()
    for file in files:
        parse_source(file.read_bytes(), file.name)
    return time.perf_counter() - begun


def _events(place: Place) -> int:
    """How many events there are: every write leaves at least one."""
    installation = place.open()
    try:
        with installation.storage.read() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM events").scalar_one())
    finally:
        installation.close()
