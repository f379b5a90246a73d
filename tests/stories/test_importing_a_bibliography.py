"""A large bibliography: two programs at once, a program killed in the middle; one work once, and nothing by halves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from bench.planted import PlantedLibrary
from sqlalchemy import func, select

from scidex.atlas import queries
from scidex.atlas.bibliography.formats import FORMATS
from scidex.atlas.tables import works
from scidex.kernel.installation import Installation

WORKS = 700


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BibTeX file of works that are all different."""
    path = tmp_path_factory.mktemp("big") / "big.bib"
    write = FORMATS["bibtex"].write
    assert write is not None
    items = [{**work.item, "id": f"work{number}"} for number, work in enumerate(PlantedLibrary(size=WORKS).works)]
    path.write_text("".join(write(items)), encoding="utf-8")
    return path


def importing(scidex: Installation, path: Path) -> subprocess.Popen[str]:
    """`scidex import` as a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SCIDEX_")}
    if scidex.settings.database_url:
        environment["SCIDEX_DATABASE_URL"] = scidex.settings.database_url
    return subprocess.Popen(
        [sys.executable, "-m", "scidex", "--data", str(scidex.settings.data), "import", str(path), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )


def kept(scidex: Installation) -> int:
    with scidex.storage.read() as connection:
        return int(connection.execute(select(func.count()).select_from(works)).scalar_one())


def problems(scidex: Installation) -> list[Any]:
    with scidex.storage.read() as connection:
        return list(queries.check(connection))


def test_a_program_killed_in_the_middle_is_carried_on_by_giving_the_command_again(
    scidex: Installation, big: Path
) -> None:
    program = importing(scidex, big)
    deadline = time.monotonic() + 60
    while kept(scidex) == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    program.send_signal(signal.SIGKILL)
    program.communicate()
    half = kept(scidex)
    assert 0 < half < WORKS
    assert half % 500 == 0
    assert problems(scidex) == []
    out, _ = importing(scidex, big).communicate(timeout=120)
    assert json.loads(out)["files"][0]["records"] == {"known": half, "created": WORKS - half}
    assert kept(scidex) == WORKS
    assert problems(scidex) == []


def test_two_programs_with_one_file_store_each_work_once(scidex: Installation, big: Path) -> None:
    told = [
        json.loads(each.communicate(timeout=180)[0])["files"][0]["records"]
        for each in [importing(scidex, big) for _ in "ab"]
    ]
    assert sum(each.get("created", 0) for each in told) == WORKS
    assert sum(each.get("known", 0) for each in told) == WORKS
    assert kept(scidex) == WORKS
    assert problems(scidex) == []
