"""Import a bibliography file: read as a stream, stored a batch at a time, so that size costs time and not memory.

What a batch wrote is there wholly or not at all, and a record that is here already writes nothing: after a crash the same
command goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scidex.atlas.actions.store_works import (
    LARGEST_KEPT,
    BibliographyFile,
    StagedWork,
    StoredWork,
    StoredWorks,
    StoreWorks,
)
from scidex.atlas.bibliography.formats import FORMATS, sniff
from scidex.atlas.bibliography.formats.model import Problem, ReadEntry
from scidex.atlas.importing.bibliography import staged_contents
from scidex.atlas.importing.model import Unreadable
from scidex.kernel.actions import Door
from scidex.kernel.errors import Invalid
from scidex.kernel.ids import ActorId

BATCH = 500
_LISTED = 200
_HEAD = 4096

Progress = Callable[[int], None]


@dataclass(slots=True)
class ImportedBibliography:
    """What became of a file: how many records had which outcome, and the first that were refused or differ, in full."""

    name: str
    format: str
    sha256: str
    source: str = ""
    outcomes: Counter[str] = field(default_factory=Counter)
    works: list[StoredWork] = field(default_factory=list)

    @property
    def refused(self) -> list[StoredWork]:
        """Records that were not stored, as far as they are listed."""
        return [work for work in self.works if work.outcome == "refused"]


def bibliography_format(path: Path) -> str | None:
    """The bibliographic format of a file by its beginning and name; None if it is something else."""
    try:
        with path.open("rb") as stream:
            return sniff(stream.read(_HEAD), path.name)
    except OSError:
        return None


def import_bibliography(
    door: Door, path: Path, *, actor: ActorId, dry_run: bool = False, progress: Progress = lambda _number: None
) -> ImportedBibliography:
    """Imports one file. Raises Invalid, with line and cure, if it cannot be read at all."""
    name = bibliography_format(path)
    if name is None:
        raise Invalid(f"{path} is no bibliography.", cure=f"Known formats: {', '.join(FORMATS)}.")
    file = _described(path, name)
    told = ImportedBibliography(path.name, name, file.sha256)
    with path.open("rb") as stream:
        try:
            for batch in _batches(FORMATS[name].read(stream), told, name):
                command = StoreWorks(file=file, works=tuple(batch))
                stored: StoredWorks = door.perform("bibliography.store", command, actor, dry_run=dry_run)
                told.source = stored.source
                for work in stored.works:
                    _tell(told, work)
                progress(sum(told.outcomes.values()))
        except Unreadable as error:
            raise Invalid(f"{path.name}, line {error.line}: {error.problem}.", cure=error.cure) from None
    return told


def _described(path: Path, name: str) -> BibliographyFile:
    digest, size, lines = hashlib.sha256(), 0, 0
    kept: bytes | None = b""
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
            size += len(piece)
            lines += piece.count(b"\n")
            kept = kept + piece if kept is not None and size <= LARGEST_KEPT else None
    return BibliographyFile(name=path.name, sha256=digest.hexdigest(), size=size, lines=lines, format=name, data=kept)


def _batches(
    entries: Iterable[ReadEntry | Problem], told: ImportedBibliography, format_name: str
) -> Iterator[list[StagedWork]]:
    batch: list[StagedWork] = []
    for entry in entries:
        if isinstance(entry, Problem):
            _tell(
                told, StoredWork(outcome="refused", line=entry.line, title="", problem=entry.message, cure=entry.cure)
            )
            continue
        try:
            batch += staged_works(entry, format_name)
        except ValueError as error:
            title = str(entry.item.get("title") or entry.item.get("id") or "")[:300]
            _tell(
                told,
                StoredWork(
                    outcome="refused", line=entry.line, title=title, problem=str(error), cure="Correct the record."
                ),
            )
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def staged_works(entry: ReadEntry, format_name: str) -> list[StagedWork]:
    """One record of a file as what it stands for. Raises ValueError for what is no record."""
    notices = tuple((notice.type, notice.identifiers, notice.date, notice.note) for notice in entry.notices)
    contents = staged_contents(entry.item, format_name=format_name, notices=notices, registrations=entry.registrations)
    return [StagedWork(kind=kind, content=content, line=entry.line) for kind, content in contents]


def _tell(told: ImportedBibliography, work: StoredWork) -> None:
    told.outcomes[work.outcome] += 1
    if len(told.works) < _LISTED or (work.outcome == "refused" and len(told.refused) < _LISTED):
        told.works.append(work)
