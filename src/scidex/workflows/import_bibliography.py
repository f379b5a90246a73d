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
from typing import Any, BinaryIO

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
_HEAD = 65_536
_PAGES = (".md", ".markdown", ".html", ".htm")

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
    def document(self) -> dict[str, Any]:
        """In JSON: the same on the command line and over HTTP."""
        return {
            "name": self.name,
            "outcome": "bibliography",
            "sha256": self.sha256,
            "artifact": self.source,
            "title": self.name,
            "format": self.format,
            "records": dict(self.outcomes),
            "works": [work.model_dump() for work in self.works],
            "findings": [],
        }

    @property
    def refused(self) -> list[StoredWork]:
        """Records that were not stored, as far as they are listed."""
        return [work for work in self.works if work.outcome == "refused"]


def bibliography_format(path: Path) -> str | None:
    """The bibliographic format of a file by its beginning and name; None if it is something else."""
    try:
        with path.open("rb") as stream:
            return format_of(stream.read(_HEAD), path.name)
    except OSError:
        return None


def format_of(head: bytes, name: str) -> str | None:
    """The bibliographic format of what begins like `head` in a file called `name`.

    A page may show an entry of a bibliography as an example; what is named as a page is one.
    """
    return None if name.lower().endswith(_PAGES) else sniff(head[:_HEAD], name)


def import_bibliography(
    door: Door, path: Path, *, actor: ActorId, dry_run: bool = False, progress: Progress = lambda _number: None
) -> ImportedBibliography:
    """Imports one file. Raises Invalid, with line and cure, if it cannot be read at all."""
    with path.open("rb") as stream:
        return import_stream(door, stream, path.name, actor=actor, dry_run=dry_run, progress=progress)


def import_stream(
    door: Door,
    stream: BinaryIO,
    file_name: str,
    *,
    actor: ActorId,
    dry_run: bool = False,
    progress: Progress = lambda _number: None,
) -> ImportedBibliography:
    """Imports what can be read from `stream`, which can be sought. Raises Invalid, as above."""
    name = format_of(stream.read(_HEAD), file_name)
    if name is None:
        raise Invalid(f"{file_name} is no bibliography.", cure=f"Known formats: {', '.join(FORMATS)}.")
    file = described(stream, file_name, name)
    told = ImportedBibliography(file_name, name, file.sha256)
    stream.seek(0)
    try:
        for batch in _batches(FORMATS[name].read(stream), told, name):
            command = StoreWorks(file=file, works=tuple(batch))
            stored: StoredWorks = door.perform("bibliography.store", command, actor, dry_run=dry_run)
            told.source = stored.source
            for work in stored.works:
                _tell(told, work)
            progress(sum(told.outcomes.values()))
    except Unreadable as error:
        raise Invalid(f"{file_name}, line {error.line}: {error.problem}.", cure=error.cure) from None
    return told


def described(stream: BinaryIO, file_name: str, format_name: str) -> BibliographyFile:
    """A file by its hash, size and lines; with its bytes if it is small enough to be kept."""
    digest, size, lines = hashlib.sha256(), 0, 0
    kept: bytes | None = b""
    stream.seek(0)
    while piece := stream.read(1 << 20):
        digest.update(piece)
        size += len(piece)
        lines += piece.count(b"\n")
        kept = kept + piece if kept is not None and size <= LARGEST_KEPT else None
    return BibliographyFile(
        name=file_name, sha256=digest.hexdigest(), size=size, lines=lines, format=format_name, data=kept
    )


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
