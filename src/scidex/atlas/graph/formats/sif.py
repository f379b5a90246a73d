"""SIF, the simple interaction format of network drawing programs: subject, relation, objects. It has no room for evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scidex.atlas.bibliography.formats.decoding import Line, lines
from scidex.atlas.bibliography.formats.model import ByteSource
from scidex.atlas.graph.formats.model import Problem, Read, Unreadable, shown
from scidex.atlas.graph.model import Edge

_FEWEST = 3


def read(source: ByteSource) -> Iterator[Read]:
    """A problem for each row: an edge of a SIF file rests on nothing. Raises Unreadable if no row is one."""
    found = False
    for line in lines(source):
        if not isinstance(line, Line):
            yield Problem(line.line, line.message, line.cure)
            continue
        if not line.text.strip():
            continue
        cells = line.text.split("\t") if "\t" in line.text else line.text.split()
        found = found or len(cells) >= _FEWEST
        yield Problem(
            line.number,
            "SIF says nothing about where an edge comes from, so it cannot be taken in."
            if len(cells) >= _FEWEST
            else "The row is no edge: it needs subject, relation and object.",
            "Give the edges as CSV, with a source for each.",
            shown(line.text),
        )
    if not found:
        raise Unreadable("No row has subject, relation and object.", cure="Part them with tabs.")


def write(edges: Iterable[Edge]) -> Iterator[str]:
    """One edge a line: identifiers and the predicate, ``not_`` before one that is denied. All else is lost."""
    for edge in edges:
        statement = edge.statement
        yield f"{statement.subject}\t{'not_' if statement.negated else ''}{statement.predicate}\t{statement.object}\n"
