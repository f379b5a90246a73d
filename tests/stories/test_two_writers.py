"""Many writers at once, in threads and in processes: each change is made on what its author saw, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from scidex.atlas import queries
from scidex.atlas.tables import artifacts, versions
from scidex.kernel.errors import Conflict
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.main import open_installation

ADA = ActorId("person:ada")

# A program that adds its name to a paper `turns` times, always on the version it looked at, again after each conflict.
WRITER = """
import json, sys
from pathlib import Path
from scidex.atlas import queries
from scidex.kernel.errors import Conflict
from scidex.kernel.ids import ActorId
from scidex.kernel.settings import Settings
from scidex.main import open_installation

data, url, ref, name, turns = sys.argv[1:]
scidex = open_installation(Settings(data=Path(data), database_url=url))
print("ready", flush=True)
sys.stdin.readline()
done = conflicts = 0
while done < int(turns):
    with scidex.storage.read() as connection:
        head = queries.find(connection, ref)[1]
        content = queries.artifact_content(connection, head)
    content["columns"].append(f"{name}{done}")
    command = {"ref": ref, "content": content, "expected_version": head.latest_version}
    try:
        scidex.door.perform("artifact.revise", command, ActorId(f"software:{name}"))
        done += 1
    except Conflict as conflict:
        assert "is at version" in conflict.message, conflict
        conflicts += 1
scidex.close()
print(json.dumps([done, conflicts]))
"""

# A program that stops in the middle of a long transaction, with everything of it sent to the database.
STUCK = """
import sys, time
from pathlib import Path
from scidex.atlas import store
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.dataset import DatasetBody
from scidex.kernel.actions import Catalogue, Command, Door, Result, action
from scidex.kernel.clock import SystemClock
from scidex.kernel.ids import ActorId
from scidex.kernel.settings import Settings
from scidex.main import open_installation

scidex = open_installation(Settings(data=Path(sys.argv[1]), database_url=sys.argv[2]))

@action("paper.flood", "Write without end", command=Command, result=Result)
def flood(command, work):
    for number in range(3000):
        store.create(work, kind_of("dataset"), DatasetBody(title=f"Flood {number}", description="x" * 2000))
        if number % 500 == 499:
            work.connection
    print("in the middle", flush=True)
    sys.stdin.readline()

door = Door(scidex.storage, Catalogue([flood]), clock=SystemClock(), permission=lambda *_: None, method="test")
door.perform("paper.flood", {}, ActorId("software:flood"))
"""


def start(program: str, scidex: Installation, *arguments: str) -> subprocess.Popen[str]:
    """Runs `program` in a process of its own on the same database."""
    return subprocess.Popen(
        [sys.executable, "-c", program, str(scidex.settings.data), scidex.settings.database_url, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def problems(scidex: Installation) -> list[Any]:
    with scidex.storage.read() as connection:
        return list(queries.check(connection))


def content_of(scidex: Installation, ref: str) -> tuple[int, list[str]]:
    with scidex.storage.read() as connection:
        head = queries.find(connection, ref)[1]
        return head.latest_version, queries.artifact_content(connection, head)["columns"]


def paper(scidex: Installation) -> str:
    made = scidex.door.perform("artifact.create", {"kind": "dataset", "content": {"title": "P", "columns": []}}, ADA)
    return str(made.id)


def test_two_programs_adding_to_one_artifact_lose_none_of_their_changes(scidex: Installation) -> None:
    ref = paper(scidex)
    writers = [start(WRITER, scidex, ref, name, "20") for name in ("one", "two")]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    answers = []
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        out, _ = writer.communicate(timeout=60)
        assert writer.returncode == 0
        answers.append(json.loads(out)[0])
    version, authors = content_of(scidex, ref)
    assert answers == [20, 20]
    assert version == 41
    assert sorted(authors) == sorted(f"{name}{turn}" for name in ("one", "two") for turn in range(20))
    assert problems(scidex) == []


def test_of_eight_threads_that_saw_the_same_version_exactly_one_wins_each_time(scidex: Installation) -> None:
    ref = paper(scidex)
    barrier = threading.Barrier(8)
    won: list[list[int]] = [[] for _ in range(6)]
    lost: list[Exception] = []

    def work(name: int) -> None:
        for turn in range(6):
            barrier.wait()
            content = {"title": "P", "columns": [f"{name} in {turn}"]}
            try:
                scidex.door.perform(
                    "artifact.revise", {"ref": ref, "content": content, "expected_version": turn + 1}, ADA
                )
                won[turn].append(name)
            except Conflict as conflict:
                lost.append(conflict)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(winners) for winners in won] == [1] * 6
    assert len(lost) == 7 * 6
    assert content_of(scidex, ref) == (7, [f"{won[5][0]} in 5"])
    assert problems(scidex) == []


def test_eight_threads_creating_the_same_name_make_it_once(scidex: Installation) -> None:
    barrier, made, lost = threading.Barrier(8), [], []

    def work(number: int) -> None:
        barrier.wait()
        command = {"kind": "dataset", "content": {"title": f"P{number}"}, "aliases": ["the-paper"]}
        try:
            made.append(scidex.door.perform("artifact.create", command, ADA).id)
        except Conflict as conflict:
            lost.append(conflict)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(lost)) == (1, 7)
    with scidex.storage.read() as connection:
        assert connection.execute(select(func.count()).select_from(artifacts)).scalar_one() == 1


def test_a_reader_sees_one_state_however_much_is_written_meanwhile(scidex: Installation) -> None:
    ref = paper(scidex)
    count = select(func.count()).select_from(versions)
    with scidex.storage.read() as reader:
        assert reader.execute(count).scalar_one() == 1
        head = queries.find(reader, ref)[1]
        for number in range(3):
            scidex.door.perform("artifact.revise", {"ref": ref, "content": {"title": f"P{number}"}}, ADA)
        with scidex.storage.read() as newer:
            assert newer.execute(count).scalar_one() == 4
        assert reader.execute(count).scalar_one() == 1
        assert queries.find(reader, ref)[1] == head
        assert queries.artifact(reader, head).version.title == "P"


def test_readers_are_not_kept_waiting_by_a_writer_and_do_not_see_its_unfinished_work(scidex: Installation) -> None:
    ref = paper(scidex)
    with scidex.storage.write() as writer:
        writer.execute(artifacts.update().values(title="unfinished"))
        with scidex.storage.read() as reader:
            assert queries.find(reader, ref)[1].title == "P"
    with scidex.storage.read() as reader:
        assert queries.find(reader, ref)[1].title == "P"


def test_a_reader_cannot_write(open_scidex: Callable[..., Installation]) -> None:
    scidex = open_scidex("postgresql")
    with pytest.raises(Exception, match="read-only"), scidex.storage.read() as connection:
        connection.execute(artifacts.delete())


def test_a_program_killed_in_the_middle_of_a_long_change_leaves_the_database_whole_and_free(
    scidex: Installation,
) -> None:
    ref = paper(scidex)
    stuck = start(STUCK, scidex)
    assert stuck.stdout is not None
    assert stuck.stdin is not None
    assert stuck.stdout.readline() == "in the middle\n"
    with scidex.storage.read() as connection:
        assert connection.execute(select(func.count()).select_from(artifacts)).scalar_one() == 1
    os.kill(stuck.pid, signal.SIGKILL)
    stuck.wait()
    stuck.stdin.close()
    stuck.stdout.close()
    scidex.door.perform("artifact.revise", {"ref": ref, "content": {"title": "P", "columns": ["after"]}}, ADA)
    again = open_installation(Settings(data=scidex.settings.data, database_url=scidex.settings.database_url))
    assert content_of(again, ref) == (2, ["after"])
    assert problems(again) == []
    again.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_new_database_opened_by_eight_at_once_is_set_up_once(
    engine: str, make_database: Callable[[str], str], tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path, database_url=make_database(engine))
    barrier = threading.Barrier(8)
    opened: list[Installation] = []
    failed: list[Exception] = []

    def work() -> None:
        barrier.wait()
        try:
            opened.append(open_installation(settings))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for installation in opened:
        installation.door.perform("artifact.create", {"kind": "dataset", "content": {"title": "P"}}, ADA)
    count = problems(opened[0])
    for installation in opened:
        installation.close()
    assert failed == []
    assert count == []
