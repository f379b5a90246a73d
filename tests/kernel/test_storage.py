"""Connections: reading cannot write, and a write inside a write is a mistake of ours that says so."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scidex.atlas import queries
from scidex.kernel.errors import Defect
from scidex.kernel.storage.engine import Storage


def test_a_connection_for_reading_refuses_to_write(scidex):
    with scidex.storage.read() as connection, pytest.raises(DBAPIError, match=r"readonly|read-only"):
        connection.execute(text("UPDATE artifacts SET title = 'changed'"))


def test_a_write_inside_a_write_says_so_instead_of_waiting_for_itself(scidex):
    with scidex.storage.write(), pytest.raises(Defect), scidex.storage.write():
        pass
    # and the lock is free again
    scidex.door.perform("artifact.create", {"kind": "page", "content": {"title": "After"}}, scidex.actor)


def test_titles_are_found_whatever_their_case_in_any_alphabet(scidex):
    for title in ("Ähnlichkeit der Zellen", "Клетка"):
        scidex.door.perform("artifact.create", {"kind": "page", "content": {"title": title}}, scidex.actor)
    with scidex.storage.read() as connection:
        assert [head.title for head in queries.browse(connection, title="ÄHN").items] == ["Ähnlichkeit der Zellen"]
        assert [head.title for head in queries.browse(connection, title="клет").items] == ["Клетка"]


def test_a_new_file_opened_by_eight_at_once_is_never_said_to_be_locked(tmp_path):
    barrier = threading.Barrier(8)

    def first_read(path):
        storage = Storage(f"sqlite:///{path}")
        barrier.wait()
        with storage.read() as connection:
            tables = connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one()
        storage.dispose()
        return tables

    with ThreadPoolExecutor(8) as threads:
        # One round in eight had the error, before the switch to the write-ahead log was tried again.
        for number in range(60):
            assert set(threads.map(first_read, [tmp_path / f"{number}.db"] * 8)) == {0}
