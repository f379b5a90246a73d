"""Import a graph file: read as a stream, its identifiers held against the ontology, stored a batch at a time.

What a batch wrote is there wholly or not at all, and what is here already writes nothing: after a crash the same command
goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from scidex.atlas.actions.load_edges import LoadedEdges, LoadEdges
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.formats import FORMATS, sniff
from scidex.atlas.graph.formats.model import EntityRef, Problem, Unreadable
from scidex.atlas.graph.grounding import check_identifier
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.ports import Ontology
from scidex.atlas.graph.staging import StagedRow
from scidex.kernel.actions import Door
from scidex.kernel.errors import Invalid
from scidex.kernel.ids import ActorId
from scidex.workflows.graph_batches import LARGE, Batch, batches, read_ahead
from scidex.workflows.import_bibliography import described

_LISTED = 200
_HEAD = 65_536

Progress = Callable[[int], None]


@dataclass(slots=True)
class ImportedGraph:
    """What became of a file: how much of it is new, and the first of its rows that went to quarantine, or were remarked on."""

    name: str
    format: str
    sha256: str
    source: str = ""
    read: int = 0
    entities: int = 0
    edges: int = 0
    items: int = 0
    quarantined: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, batch: Batch, stored: LoadedEdges, problems: Sequence[Problem]) -> None:
        """Counts what came of a batch."""
        self.source = stored.source
        self.read = batch.read
        self.entities += stored.entities
        self.edges += stored.edges
        self.items += stored.items
        self.quarantined += stored.quarantined
        self.problems += problems[: max(0, _LISTED - len(self.problems))]

    @property
    def document(self) -> dict[str, Any]:
        """In JSON: the same on the command line and over HTTP."""
        return {
            "name": self.name,
            "outcome": "graph",
            "sha256": self.sha256,
            "artifact": self.source,
            "title": self.name,
            "format": self.format,
            "rows": self.read,
            "entities": self.entities,
            "edges": self.edges,
            "items": self.items,
            "quarantined": self.quarantined,
            "problems": [
                {"line": each.line, "problem": each.message, "cure": each.cure, "row": each.text}
                for each in self.problems
            ],
            "findings": [],
        }


def graph_format(path: Path) -> str | None:
    """The graph format of a file by its beginning and name; None if it is something else."""
    try:
        with path.open("rb") as stream:
            return sniff(stream.read(_HEAD), path.name)
    except OSError:
        return None


def import_graph(
    door: Door,
    path: Path,
    ontology: Ontology,
    *,
    actor: ActorId,
    dry_run: bool = False,
    progress: Progress = lambda _number: None,
) -> ImportedGraph:
    """Imports one file. Raises Invalid, with line and cure, if it cannot be read at all."""
    with path.open("rb") as stream:
        return import_graph_stream(
            door, stream, path.name, ontology, actor=actor, dry_run=dry_run, progress=progress, path=path
        )


def import_graph_stream(
    door: Door,
    stream: BinaryIO,
    file_name: str,
    ontology: Ontology,
    *,
    actor: ActorId,
    dry_run: bool = False,
    progress: Progress = lambda _number: None,
    path: Path | None = None,
) -> ImportedGraph:
    """Imports what can be read from `stream`, which can be sought. Raises Invalid, as above.

    With the `path` of the file, a large one is read by another process.
    """
    stream.seek(0)
    name = sniff(stream.read(_HEAD), file_name)
    if name is None:
        raise Invalid(f"{file_name} is no graph.", cure=f"Known formats: {', '.join(FORMATS)}.")
    file = described(stream, file_name, name)
    stream.seek(0)
    large = path is not None and file.size > LARGE
    found = read_ahead(path, name) if path is not None and large else batches(FORMATS[name].read(stream))
    told = ImportedGraph(file_name, name, file.sha256)
    checker = _Checker(ontology, file_name, keeps=not dry_run)
    try:
        for batch in found:
            kept, problems = checker.kept(batch)
            command = LoadEdges(
                file=file,
                entities=checker.entities_of(batch),
                rows=kept,
                # Something about the file as a whole is told, and is no row that could be lost.
                problems=[(each.line, each.text, each.message, each.cure) for each in problems if each.text],
            )
            stored: LoadedEdges = door.perform("edge.load", command, actor, dry_run=dry_run)
            told.add(batch, stored, problems)
            progress(told.read)
    except Unreadable as error:
        where = f", line {error.line}" if error.line else ""
        raise Invalid(f"{file_name}{where}: {error.message}", cure=error.cure) from None
    return told


class _Checker:
    """Holds identifiers against the ontology, each pair of identifier and name once for the whole file.

    `keeps` says that a batch is stored before the next is looked at, so that its entities are there.
    """

    def __init__(self, ontology: Ontology, file_name: str, *, keeps: bool = True) -> None:
        self._keeps = keeps
        self._described: dict[Curie, Entity] = {}
        self._ontology = ontology
        self._file_name = file_name
        self._refs: list[EntityRef] = []
        self._faults: dict[int, Problem] = {}
        self._made: set[Curie] = set()

    def kept(self, batch: Batch) -> tuple[list[StagedRow], list[Problem]]:
        """The rows of a batch whose identifiers are not wrong, and the problems, those of the reader included."""
        for ref in batch.refs:
            self._refs.append(ref)
            if (fault := self._checked(ref)) is not None:
                self._faults[len(self._refs) - 1] = fault
        if not self._faults:
            return batch.rows, batch.problems
        rows, problems = [], list(batch.problems)
        for row, ends in zip(batch.rows, batch.ends, strict=True):
            fault = self._faults.get(ends[0]) or self._faults.get(ends[1])
            if fault is None:
                rows.append(row)
                continue
            names = [self._refs[end].name or str(self._refs[end].curie) for end in ends]
            text = f"{names[0]}, {row[1]}, {names[1]}"
            problems.append(Problem(row[14], fault.message, fault.cure, text))
        return rows, list(dict.fromkeys(problems))

    def entities_of(self, batch: Batch) -> list[Entity]:
        """The new entities of a batch: as the ontology knows them, else as the file describes or at least names them."""
        described = {entity.curie: entity for entity in batch.entities}
        mentioned = list(enumerate(batch.refs, batch.first_ref))
        if not self._keeps:
            # Nothing is there of what earlier batches described and named.
            described = self._described = self._described | described
            mentioned += [(n, self._refs[n]) for n in {end for ends in batch.ends for end in ends}]
            self._made.clear()
        named = {ref.curie: ref for n, ref in mentioned if n not in self._faults}
        wanted = [curie for curie in {**named, **described} if curie not in self._made]
        known = self._ontology.entities(wanted)
        self._made.update(wanted)
        made = []
        for curie in wanted:
            if (entity := known.get(curie)) is not None:
                made.append(replace(entity, source=entity.source or self._ontology.version))
            elif curie in described:
                made.append(described[curie])
            else:
                ref = named[curie]
                source = f"named so in {self._file_name}; not checked against an ontology"
                category = ref.category or Category.NAMED_THING
                made.append(Entity(curie, ref.name or str(curie), category, source=source))
        return made

    def _checked(self, end: EntityRef) -> Problem | None:
        # What the ontology does not know is not wrong: it is kept, and marked as not checked.
        if not end.name or self._ontology.entity(end.curie) is None:
            return None
        fault = check_identifier(end.curie, end.name, self._ontology)
        if fault is None:
            return None
        instead = [fault.meant.curie] if fault.meant else list(fault.replacements)
        cure = (
            f"Write {' or '.join(instead)} if that is meant." if instead else "Look it up: scidex ontology show NAME."
        )
        return Problem(0, fault.message, cure)
