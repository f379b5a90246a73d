"""Reads a graph file into batches that are stored together; a large one in a process of its own, ahead of the writer."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from scidex.atlas.graph.formats import FORMATS
from scidex.atlas.graph.formats.model import EntityRef, Problem, Read, ReadEdge, ReadEntity, Unreadable
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.staging import StagedRow, staged
from scidex.kernel.errors import Invalid
from scidex.workflows.readers import end_with_parent

BATCH = 50_000
"""Rows of one transaction."""
LARGE = 20_000_000
"""Bytes from which a file is read in a process of its own; starting one takes a second."""
_SPAWN = multiprocessing.get_context("spawn")


@dataclass(slots=True)
class Batch:
    """Rows that are stored together.

    `ends` says for each row which of the file's `refs` its ends are; `refs` are those that come up in this batch for the
    first time, the first of them number `first_ref` of the file. `entities` are described by the file, `problems` are rows
    that cannot become edges, `read` counts what was read of the file so far.
    """

    rows: list[StagedRow] = field(default_factory=list)
    ends: list[tuple[int, int]] = field(default_factory=list)
    refs: list[EntityRef] = field(default_factory=list)
    first_ref: int = 0
    entities: list[Entity] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    read: int = 0

    def __len__(self) -> int:
        return len(self.rows) + len(self.entities) + len(self.problems)


def batches(found: Iterable[Read], size: int = BATCH) -> Iterator[Batch]:
    """What a reader gives, in batches. Raises Unreadable, as it does."""
    numbers: dict[EntityRef, int] = {}
    batch = Batch()
    read = 0
    for each in found:
        read += 1
        if isinstance(each, ReadEdge):
            if (problem := _stage(each, batch, numbers)) is not None:
                batch.problems.append(problem)
        elif isinstance(each, ReadEntity):
            batch.entities.append(each.entity)
        else:
            batch.problems.append(each)
        if len(batch) >= size:
            batch.read = read
            yield batch
            batch = Batch(first_ref=len(numbers))
    if len(batch):
        batch.read = read
        yield batch


def _stage(edge: ReadEdge, batch: Batch, numbers: dict[EntityRef, int]) -> Problem | None:
    """Adds an edge to the batch, or says why it cannot be kept."""
    if edge.subject.curie == edge.object.curie:
        return Problem(
            edge.line, f"An edge from {edge.subject.curie} to itself says nothing.", "Name two entities.", _shown(edge)
        )
    if not all(item.source or item.run for item in edge.items) or not edge.items:
        return Problem(
            edge.line,
            "This is an edge without evidence or run.",
            "Name the source or the run of each edge.",
            _shown(edge),
        )
    try:
        rows = list(staged(edge))
    except Invalid as error:
        return Problem(edge.line, error.message, error.cure, _shown(edge))
    ends = []
    for ref in (edge.subject, edge.object):
        number = numbers.get(ref)
        if number is None:
            number = numbers[ref] = len(numbers)
            batch.refs.append(ref)
        ends.append(number)
    batch.rows += rows
    batch.ends += [(ends[0], ends[1])] * len(rows)
    return None


def _shown(edge: ReadEdge) -> str:
    return f"{edge.subject.name or edge.subject.curie}, {edge.predicate}, {edge.object.name or edge.object.curie}"


def read_ahead(path: Path, form: str) -> Iterator[Batch]:
    """The batches of a file: while one is stored here, another process reads the next. Raises Unreadable."""
    # A pipe and not a queue: of a process that is killed while it writes, a queue waits for the rest for ever.
    here, there = _SPAWN.Pipe(duplex=False)
    reader = _SPAWN.Process(target=_read, args=(str(path), form, there), daemon=True)
    reader.start()
    there.close()
    try:
        while (batch := here.recv()) is not None:
            if isinstance(batch, Exception):
                raise batch
            yield batch
    except (EOFError, OSError):
        raise Unreadable(
            "The process that read this file has died.", cure="Give it more memory, or split the file."
        ) from None
    finally:
        here.close()
        reader.terminate()
        reader.join()


def _read(path: str, form: str, there: Connection) -> None:
    """What the reading process does."""
    end_with_parent()
    # Millions of small values without cycles: looking for some takes a quarter of the time.
    gc.disable()
    try:
        with Path(path).open("rb") as stream:
            for batch in batches(FORMATS[form].read(stream)):
                there.send(batch)
        there.send(None)
    except BrokenPipeError:
        return  # nobody listens any more
    except Unreadable as error:
        there.send(error)
    except Exception as error:  # noqa: BLE001  # told to the process that asked
        there.send(Unreadable(f"The reader failed at this file ({error!r}).", cure="Report it, with the file."))
