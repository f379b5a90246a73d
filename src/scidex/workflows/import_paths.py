"""Import files and folders: started by `scidex import`, performs `import.store` for one batch after another.

Reading happens in other processes, a batch ahead of the writing. A file that takes the reader down with it is refused
by itself and costs its neighbours nothing. What one batch wrote is in the database wholly or not at all, and the same
bytes are never stored twice, so the story can be started over at any point.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from scidex.atlas import queries
from scidex.atlas.actions.import_files import ImportedFile, ImportFiles, StagedFile, refusal
from scidex.atlas.graph.formats import SUFFIXES as GRAPH_SUFFIXES
from scidex.atlas.importing.model import Unreadable
from scidex.kernel.actions import Door
from scidex.kernel.canonical import sha256
from scidex.kernel.errors import Invalid, NotFound, ScidexError
from scidex.kernel.ids import ActorId
from scidex.kernel.workflows import Steps
from scidex.workflows.readers import Readers, Reading, no_collection

# Every batch waits for the disk; a larger one keeps other writers waiting longer (about half a second).
BATCH = 128
SUFFIXES = (
    *(".txt", ".md", ".markdown", ".json", ".html", ".htm"),
    *(".bib", ".bibtex", ".ris", ".xml", ".nxml", ".nbib", ".gz", ".csv"),
    *sorted(GRAPH_SUFFIXES),
)
# Below this, starting reader processes costs more than it saves.
_PARALLEL_FROM = BATCH
_COLLECT_EVERY = 20  # batches

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
        with no_collection():
            for number, batch in enumerate(self._batches(argument)):
                stored = steps.do(f"batch-{number}", batch)
                self.progress([ImportedFile.model_validate(file) for file in stored], len(argument["files"]))
                outcomes += stored
                if number % _COLLECT_EVERY == _COLLECT_EVERY - 1:
                    gc.collect()
        return outcomes

    def import_now(
        self, files: Sequence[Path], *, actor: ActorId, strict: bool = False, dry_run: bool = False
    ) -> tuple[ImportedFile, ...]:
        """Imports a few files in one transaction, findings included: nothing to resume, so no workflow."""
        return self._store([Reading(file) for file in files], actor=actor, strict=strict, dry_run=dry_run)

    def _batches(self, argument: dict[str, Any]) -> Iterator[Callable[[], list[dict[str, Any]]]]:
        files = [Path(file) for file in argument["files"]]
        actor = ActorId.parse(argument["actor"])
        groups = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
        with Readers(parallel=len(files) >= _PARALLEL_FROM, known=self._known) as readers:
            # Reading ahead starts only when a batch really runs, so a resumed story does not read what is stored.
            ahead: dict[int, list[Reading]] = {}

            def batch(number: int) -> Callable[[], list[dict[str, Any]]]:
                def store() -> list[dict[str, Any]]:
                    for near in range(number, min(number + 3, len(groups))):
                        if near not in ahead:
                            ahead[near] = readers.start(groups[near])
                    stored = self._store(ahead.pop(number), actor=actor, strict=argument["strict"])
                    return [file.model_copy(update={"findings": ()}).model_dump() for file in stored]

                return store

            for number in range(len(groups)):
                yield batch(number)

    def _known(self, hashes: Sequence[str]) -> set[str]:
        with self._door.storage.read() as connection:
            return queries.imported(connection, hashes)

    def _store(
        self, readings: Sequence[Reading], *, actor: ActorId, strict: bool, dry_run: bool = False
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
                yield position, refusal(file.name, sha256(file.data), error)
                return
            for single in staged:
                yield from self._perform([single], actor, strict, dry_run)
            return
        yield from zip((position for position, _ in staged), stored.files, strict=True)
