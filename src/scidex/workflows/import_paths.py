"""Import files and folders: started by `scidex import`, performs `import.store` for one batch after another.

Reading happens in other processes, a batch ahead of the writing. A file that takes the reader down with it is refused
by itself and costs its neighbours nothing. What one batch wrote is in the database wholly or not at all, and the same
bytes are never stored twice, so the story can be started over at any point.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, Self

from scidex.atlas.actions.import_files import ImportedFile, ImportFiles, StagedFile, refusal
from scidex.atlas.importing import parse_source
from scidex.atlas.importing.model import ParsedSource, Unreadable
from scidex.kernel.actions import Door
from scidex.kernel.canonical import sha256
from scidex.kernel.errors import Invalid, NotFound, ScidexError
from scidex.kernel.ids import ActorId
from scidex.kernel.workflows import Steps

BATCH = 64
GREATEST_FILE = 5_000_000
SUFFIXES = (".txt", ".md", ".markdown", ".json", ".html", ".htm")
# Below this, starting reader processes costs more than it saves.
_PARALLEL_FROM = 2 * BATCH

Progress = Callable[[Sequence[ImportedFile], int], None]


def files_under(paths: Sequence[Path]) -> list[Path]:
    """The files to import: those named, and in folders those with a readable suffix, in order of name.

    Raises NotFound for a path that is not there and Invalid for folders without any such file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in SUFFIXES)
            inside = [file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)]
            if not inside:
                raise Invalid(f"{path} holds no file to import.", cure=f"Looked for {', '.join(SUFFIXES)}.")
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise NotFound(f"There is no file {path}.", cure="Check the spelling of the path.")
    return list(dict.fromkeys(found))


class ImportPaths:
    """The story. One per process; `progress` is told of each batch as it is stored."""

    name = "import"

    def __init__(self, door: Door) -> None:
        self._door = door
        self.progress: Progress = lambda _files, _total: None

    def __call__(self, steps: Steps, argument: dict[str, Any]) -> list[dict[str, Any]]:
        """Imports ``argument["files"]`` (paths as text) and returns one outcome per file, without its findings."""
        outcomes: list[dict[str, Any]] = []
        for number, batch in enumerate(self._batches(argument)):
            stored = steps.do(f"batch-{number}", batch)
            self.progress([ImportedFile.model_validate(file) for file in stored], len(argument["files"]))
            outcomes += stored
        return outcomes

    def import_now(
        self, files: Sequence[Path], *, actor: ActorId, strict: bool = False, dry_run: bool = False
    ) -> tuple[ImportedFile, ...]:
        """Imports a few files in one transaction, findings included: nothing to resume, so no workflow."""
        return self._store([_Reading(file) for file in files], actor=actor, strict=strict, dry_run=dry_run)

    def _batches(self, argument: dict[str, Any]) -> Iterator[Callable[[], list[dict[str, Any]]]]:
        files = [Path(file) for file in argument["files"]]
        actor = ActorId.parse(argument["actor"])
        groups = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
        with _Readers(parallel=len(files) >= _PARALLEL_FROM) as readers:
            # Reading ahead starts only when a batch really runs, so a resumed story does not read what is stored.
            ahead: dict[int, list[_Reading]] = {}

            def batch(number: int) -> Callable[[], list[dict[str, Any]]]:
                def store() -> list[dict[str, Any]]:
                    for near in range(number, min(number + 3, len(groups))):
                        if near not in ahead:
                            ahead[near] = [readers.read(file) for file in groups[near]]
                    stored = self._store(ahead.pop(number), actor=actor, strict=argument["strict"])
                    return [file.model_copy(update={"findings": ()}).model_dump() for file in stored]

                return store

            for number in range(len(groups)):
                yield batch(number)

    def _store(
        self, readings: Sequence[_Reading], *, actor: ActorId, strict: bool, dry_run: bool = False
    ) -> tuple[ImportedFile, ...]:
        staged: list[tuple[int, StagedFile]] = []
        outcomes: dict[int, ImportedFile] = {}
        for position, reading in enumerate(readings):
            try:
                staged.append((position, reading.staged()))
            except Unreadable as error:
                outcomes[position] = refusal(str(reading.path), reading.hash, error)
        outcomes.update(self._perform(staged, actor, strict, dry_run))
        return tuple(outcomes[position] for position in range(len(readings)))

    def _perform(
        self, staged: list[tuple[int, StagedFile]], actor: ActorId, strict: bool, dry_run: bool
    ) -> Iterator[tuple[int, ImportedFile]]:
        if not staged:
            return
        command = ImportFiles(files=tuple(file for _, file in staged), strict=strict)
        try:
            stored = self._door.perform("import.store", command, actor, dry_run=dry_run)
        except ScidexError as error:
            # One bad file must not take the batch down: try each by itself and blame the right one.
            if len(staged) == 1:
                position, file = staged[0]
                yield (
                    position,
                    ImportedFile(
                        name=file.name,
                        outcome="refused",
                        sha256=sha256(file.data),
                        problem=error.message,
                        cure=error.cure,
                    ),
                )
                return
            for single in staged:
                yield from self._perform([single], actor, strict, dry_run)
            return
        yield from zip((position for position, _ in staged), stored.files, strict=True)


class _Reading:
    """One file being read, in this process or another."""

    def __init__(self, path: Path, future: Future[ParsedSource] | None = None, data: bytes = b"") -> None:
        self.path = path
        self.hash = ""
        self._future = future
        self._data = data

    def staged(self) -> StagedFile:
        """The file's bytes and their reading. Raises Unreadable."""
        data = self._data or load(self.path)
        self.hash = sha256(data)
        parsed = None
        if self._future is not None:
            try:
                parsed = self._future.result()
            except (BrokenProcessPool, MemoryError):
                raise Unreadable(
                    "Reading this file used up the memory it may use.", cure="Split it into smaller pages."
                ) from None
        return StagedFile(name=self.path.name, data=data, parsed=parsed or parse_source(data, self.path.name))


class _Readers:
    """Processes that read files ahead of the writer: as many as there are cores, since the writer waits for disks too."""

    def __init__(self, *, parallel: bool) -> None:
        self._parallel = parallel
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def read(self, path: Path) -> _Reading:
        """Starts reading `path`; a file that cannot be loaded says so when it is asked for."""
        if not self._parallel:
            return _Reading(path)
        try:
            data = load(path)
        except Unreadable:
            return _Reading(path)
        try:
            return _Reading(path, self._processes().submit(parse_source, data, path.name), data)
        except BrokenProcessPool:
            self._pool = None
            return _Reading(path, self._processes().submit(parse_source, data, path.name), data)

    def _processes(self) -> ProcessPoolExecutor:
        if self._pool is None:
            workers = os.cpu_count() or 1
            # Not forked: this process has threads and open database connections.
            self._pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
        return self._pool


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
