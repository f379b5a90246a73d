"""Reads files into pages in processes of their own, ahead of the writer, so that a file cannot take the writer down."""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import os
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from scidex.atlas.actions.import_files import StagedFile
from scidex.atlas.importing import parse_source
from scidex.atlas.importing.model import ParsedSource, Unreadable
from scidex.atlas.importing.packing import Packed, pack, unpack
from scidex.kernel.canonical import sha256

GREATEST_FILE = 5_000_000
_COLLECT_EVERY = 2000
_files_read = itertools.count(1)

# Not forked: this process has threads and open database connections.
_SPAWN = multiprocessing.get_context("spawn")


class Reading:
    """One file being read: in another process if it was submitted to one, else in this one when it is asked for."""

    def __init__(self, path: Path, data: bytes = b"") -> None:
        self.path = path
        self.hash = sha256(data) if data else ""
        self.future: Future[Packed] | None = None
        self.alone: Callable[[bytes, str], Packed] = read
        self._data = data

    @classmethod
    def of(cls, path: Path) -> Self:
        """A file about to be read; one that cannot be loaded says so when it is asked for."""
        try:
            return cls(path, load(path))
        except Unreadable:
            return cls(path)

    @property
    def loaded(self) -> bytes:
        """The file's bytes. Raises Unreadable."""
        return self._data or load(self.path)

    def staged(self) -> StagedFile:
        """The file's bytes and, if another process read them, their reading. Raises Unreadable."""
        data = self.loaded
        self.hash = sha256(data)
        return StagedFile(name=self.path.name, data=data, parsed=self._parsed(data))

    def _parsed(self, data: bytes) -> ParsedSource | None:
        if self.future is None:
            return None
        try:
            try:
                return unpack(self.future.result())
            except BrokenProcessPool:
                # Some file took the process down; which one shows when each is read by itself.
                return unpack(self.alone(data, self.path.name))
        except Unreadable:
            raise
        except Exception as error:
            raise _unread(error) from error


class Readers:
    """Processes that read ahead: one for each core but the writer's, which is never idle."""

    def __init__(self, *, parallel: bool, known: Callable[[Sequence[str]], Collection[str]]) -> None:
        self._parallel = parallel
        self._known = known
        self._pool: ProcessPoolExecutor | None = None
        self._single: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for pool in (self._pool, self._single):
            if pool is not None:
                pool.shutdown(wait=False, cancel_futures=True)

    def start(self, paths: Sequence[Path]) -> list[Reading]:
        """Starts reading files; those that are stored already (`known`, by hash) need no reading."""
        readings = [Reading.of(path) for path in paths]
        if self._parallel:
            known = self._known([reading.hash for reading in readings if reading.hash])
            for reading in readings:
                if reading.hash and reading.hash not in known:
                    reading.future = self._submit(reading)
                    reading.alone = self._read_alone
        return readings

    def _submit(self, reading: Reading) -> Future[Packed]:
        try:
            return self._processes().submit(read, reading.loaded, reading.path.name)
        except BrokenProcessPool:
            self._pool = None
            return self._processes().submit(read, reading.loaded, reading.path.name)

    def _read_alone(self, data: bytes, name: str) -> Packed:
        """One file in a process that reads no other meanwhile: if that process ends, it was this file's doing."""
        if self._single is None:
            self._single = ProcessPoolExecutor(1, mp_context=_SPAWN, initializer=_begin)
        try:
            return self._single.submit(read, data, name).result()
        except BrokenProcessPool as error:
            self._single = None
            raise _unread(error) from error

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(_cores(), mp_context=_SPAWN, initializer=_begin)
        return self._pool


def read(data: bytes, name: str) -> Packed:
    """What a reading process does. Raises Unreadable."""
    if next(_files_read) % _COLLECT_EVERY == 0:
        gc.collect()
    return pack(parse_source(data, name))


def load(path: Path) -> bytes:
    """The bytes of a file. Raises Unreadable if it is too large or cannot be opened."""
    try:
        size = path.stat().st_size
        if size > GREATEST_FILE:
            raise Unreadable(
                f"The file has {size:,} bytes; a page may have {GREATEST_FILE:,}.",
                cure="Split it into one file per page.",
            )
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(
            f"The file cannot be opened: {error.strerror}.", cure="Check that it is there and readable."
        ) from None


def _cores() -> int:
    # Not cpu_count(): in a container or under taskset it counts cores that are not ours.
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)


def _unread(error: Exception) -> Unreadable:
    if isinstance(error, (BrokenProcessPool, MemoryError)):
        return Unreadable("Reading this file used up the memory it may use.", cure="Split it into smaller pages.")
    return Unreadable(
        f"The reader failed at this file ({error!r}).", cure="Report it, with the file: this is our mistake."
    )


@contextmanager
def no_collection() -> Iterator[None]:
    """Keeps Python from looking for unreachable cycles.

    Reading and storing make millions of small values and next to no cycles; looking for some took a quarter of the time.
    Whoever runs long calls `gc.collect()` now and then.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _begin() -> None:
    gc.disable()
    end_with_parent()


def end_with_parent() -> None:
    """Ends this process when the one that started it is gone: a killed import must leave nothing behind."""

    def wait() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
