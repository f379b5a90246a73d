"""What a graph file gives: edges, entities, and what could not be read. Pure values.

An edge read from a file is what the file says and no more: `checked` of its items is False and `judge` is empty, since a
file cannot vouch for itself. What it says about them stands in `extra` (``items/0/judge``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from scidex.atlas.bibliography.formats.model import ByteSource
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.model import Edge, EdgeItem, Entity, Qualifiers, Statement
from scidex.atlas.graph.predicates import Predicate
from scidex.kernel.errors import Invalid

NO_QUALIFIERS = Qualifiers()
NOTHING: Mapping[str, str] = {}
"""The `extra` of an edge that has none."""


class EntityRef(NamedTuple):
    """An end of an edge as its row names it: `name` is "" and `category` None where it does not say."""

    curie: Curie
    name: str = ""
    category: Category | None = None


class ReadEdge(NamedTuple):
    """One row's edge, checked. A tuple, since a file has a million of them.

    `line` is where it begins (1-based; 0 in formats without lines). Rows of one statement are not joined: each gives an
    edge with its items. `extra` is what the row says beyond an edge, by the name of its column.
    """

    line: int
    subject: EntityRef
    predicate: Predicate
    object: EntityRef
    negated: bool = False
    qualifiers: Qualifiers = NO_QUALIFIERS
    items: tuple[EdgeItem, ...] = ()
    extra: Mapping[str, str] = NOTHING

    @property
    def statement(self) -> Statement:
        """What the edge states, as the row has it."""
        return Statement(self.subject.curie, self.predicate, self.object.curie, self.negated, self.qualifiers)


class ReadEntity(NamedTuple):
    """One entity that the file describes."""

    line: int
    entity: Entity


class Problem(NamedTuple):
    """Something wrong in the file: where (0 if nowhere in particular), what, and the cure.

    `text` is the row that was left out because of it, cut to `MOST_SHOWN` characters; "" if nothing was left out.
    """

    line: int
    message: str
    cure: str
    text: str = ""


class Unreadable(Invalid):
    """The file cannot be read at all. `line` is 0 where none applies."""

    def __init__(self, message: str, *, line: int = 0, cure: str) -> None:
        super().__init__(message, cure=cure)
        self.line = line

    def __reduce__(self) -> tuple[Any, ...]:
        """How it comes back from a process that read for us."""
        return partial(Unreadable, line=self.line, cure=self.cure), (self.message,)


MOST_SHOWN = 2_000
"""Characters of a row that a problem keeps."""

Read = ReadEdge | ReadEntity | Problem
Reader = Callable[[ByteSource], Iterator[Read]]
"""Gives each edge, entity or problem in the order of the file; memory does not grow with it. Raises Unreadable alone."""
EdgeWriter = Callable[[Iterable[Edge]], Iterator[str]]
EntityWriter = Callable[[Iterable[Entity]], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format for graphs. `extensions` begin with a dot; the first of them and of the media types is written.

    `write_entities` gives the file of entities where the format keeps them in one of their own; None where it does not.
    """

    name: str
    label: str
    extensions: tuple[str, ...]
    media_types: tuple[str, ...]
    read: Reader
    write: EdgeWriter
    write_entities: EntityWriter | None = None


def shown(text: str) -> str:
    """A row as a problem keeps it."""
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
