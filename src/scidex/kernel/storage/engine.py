"""Connections. A read sees one snapshot; a write is alone.

Both engines run one write transaction at a time: SQLite by ``BEGIN IMMEDIATE`` behind an in-process lock, PostgreSQL by
an advisory lock that ends with the transaction. So a verb decides on facts that stay true until it commits, and the
order of events is the order of commits, which is what ``as_of`` reads rely on.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, exc, make_url, text

from scidex.kernel.errors import Conflict, Defect, Invalid

# Any constant will do, as long as every SciDEX process on one database uses the same.
_WRITE_LOCK_KEY = 0x5C1DE
_BUSY_MILLISECONDS = 60_000


class Storage:
    """A database, opened. Holds a pool; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.dialect = self.url.get_backend_name()
        self._write_lock = threading.Lock()
        self._writer = 0
        if self.dialect == "sqlite":
            if self.url.database in (None, "", ":memory:"):
                raise Invalid("SciDEX keeps its data in a file.", cure="Give SQLite a path.")
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(self.url, pool_size=16, max_overflow=48, connect_args={"timeout": 60})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        elif self.dialect == "postgresql":
            self.engine = create_engine(self.url, pool_size=16, max_overflow=16, pool_pre_ping=True)
        else:
            raise Invalid(
                f"SciDEX cannot keep its data in “{self.dialect}”.", cure="Use a postgresql:// or sqlite:/// address."
            )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one unchanging state of the database."""
        options: dict[str, Any] = {}
        if self.dialect == "postgresql":
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection:
            try:
                yield connection
            except exc.DataError as error:
                raise _unfit(error) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._write_lock:
            self._writer = threading.get_ident()
            try:
                yield
            finally:
                self._writer = 0

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection inside the one write transaction. Does not commit: `perform()` decides that."""
        options = {"scidex_begin": "BEGIN IMMEDIATE"}
        if self._writer == threading.get_ident():
            raise Defect("A write began inside a write.", cure="Inside a verb, use Work.perform().")
        with self._writing(), self.engine.connect().execution_options(**options) as connection:
            try:
                with connection.begin() as transaction:
                    if self.dialect == "postgresql":
                        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK_KEY})
                    yield connection
                    if transaction.is_active:
                        transaction.rollback()
            except exc.OperationalError as error:
                raise _explained(error) from error
            except exc.DataError as error:
                raise _unfit(error) from error

    def dispose(self) -> None:
        """Closes all pooled connections."""
        self.engine.dispose()


def _unfit(error: exc.DataError) -> Invalid:
    return Invalid(f"The database cannot hold a value of this request: {error.orig}.", cure="Correct it.")


def _explained(error: exc.OperationalError) -> Exception:
    words = str(error.orig)
    if "locked" in words:
        return Conflict("Another process has been writing for a minute.", cure="Try again when it has finished.")
    if "full" in words:
        return Conflict("The disk is full; nothing was written.", cure="Make room and try again.")
    if "readonly" in words:
        return Conflict("The database file is read-only.", cure="Give yourself the right to write to it.")
    return error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` says when and how.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    _log_ahead(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -8000")
    cursor.close()
    # SQLite's own knows only ASCII: titles in other letters could not be found regardless of case.
    connection.create_function(
        "lower", 1, lambda text: text.lower() if isinstance(text, str) else text, deterministic=True
    )


def _log_ahead(cursor: sqlite3.Cursor) -> None:
    # When two connections make this switch on a new file at once, SQLite tells one of them "locked" without waiting:
    # its busy timeout does not reach here.
    latest = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > latest:
                raise
            time.sleep(0.005)


def _begin_sqlite(connection: Connection) -> None:
    begin = dict(connection.get_execution_options()).get("scidex_begin", "BEGIN")
    # A connection for reading refuses to write, so that nothing gets past the door.
    connection.exec_driver_sql(f"PRAGMA query_only = {int(begin == 'BEGIN')}")
    connection.exec_driver_sql(begin)
