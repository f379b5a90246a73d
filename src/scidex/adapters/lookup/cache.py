"""Answers of services kept in a SQLite file, so that nobody is asked the same question twice in a month.

Not an HTTP cache: it remembers what was answered to a question, also that there is no such record, and for as long as we
say. A cache that cannot be read or written is an empty one; it never stands in the way of a look-up.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from scidex.kernel.clock import format_time

MOST_ANSWERS = 50_000
_TABLES = (
    """CREATE TABLE IF NOT EXISTS answers
    (question TEXT PRIMARY KEY, body BLOB, retrieved_at TEXT NOT NULL, expires_at TEXT NOT NULL)""",
    # Also what makes counting them cheap: bodies are long.
    "CREATE INDEX IF NOT EXISTS answers_by_age ON answers (retrieved_at)",
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered: the bytes of a record or list, or None if it has no such record; and when."""

    body: bytes | None
    retrieved_at: str


class AnswerCache:
    """The answers in one file, the oldest going first when there are more than `MOST_ANSWERS`."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, question: str, now: datetime, *, longest: int) -> Answer | None:
        """The answer kept for `question` that has not expired, its body no longer than `longest` bytes; else None."""
        row = self._in_database(
            lambda database: database.execute(
                "SELECT body, retrieved_at FROM answers WHERE question = ? AND expires_at > ?",
                (question, format_time(now)),
            ).fetchone()
        )
        if row is None:
            return None
        packed, retrieved_at = row
        body = None if packed is None else _unpacked(packed, longest)
        return Answer(body, retrieved_at) if packed is None or body is not None else None

    def put(self, question: str, answer: Answer, now: datetime, lifetime: timedelta) -> None:
        """Keeps the answer until `lifetime` from now is over."""
        body = None if answer.body is None else zlib.compress(answer.body)
        row = (question, body, answer.retrieved_at, format_time(now + lifetime))

        def keep(database: sqlite3.Connection) -> None:
            database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)
            _trim(database, now)

        self._in_database(keep)

    def drop(self, question: str) -> None:
        """Forgets an answer."""
        self._in_database(lambda database: database.execute("DELETE FROM answers WHERE question = ?", (question,)))

    def _in_database(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What `work` gives, in a transaction; None if the file cannot be used.

        A connection each time: threads and processes share nothing but the file.
        """
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=5)) as database, database:
                for statement in _TABLES:
                    database.execute(statement)
                return work(database)
        except (sqlite3.Error, OSError):
            return None


def _trim(database: sqlite3.Connection, now: datetime) -> None:
    (held,) = database.execute("SELECT count(*) FROM answers").fetchone()
    if held > MOST_ANSWERS:
        database.execute("DELETE FROM answers WHERE expires_at <= ?", (format_time(now),))
        # A tenth is made free, so that this does not happen with each answer.
        database.execute(
            "DELETE FROM answers WHERE question NOT IN (SELECT question FROM answers ORDER BY retrieved_at DESC LIMIT ?)",
            (MOST_ANSWERS * 9 // 10,),
        )


def _unpacked(packed: bytes, longest: int) -> bytes | None:
    try:
        return zlib.decompressobj().decompress(packed, longest)
    except (zlib.error, TypeError):
        return None
