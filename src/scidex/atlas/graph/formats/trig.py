"""TriG: nanopublications one after the other, readable by people and by every RDF store.

A file of Turtle is TriG without graphs and so without provenance: it can be read, but none of it becomes an edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Quad, RdfFormat, parse, serialize

from scidex.atlas.bibliography.formats.decoding import DamagedError, pieces
from scidex.atlas.bibliography.formats.model import ByteSource
from scidex.atlas.graph.formats.checking import Checks
from scidex.atlas.graph.formats.model import Problem, Read, Unreadable
from scidex.atlas.graph.formats.nanopub import PREFIXES, Gathering, Recorded, quads_of, read_all, read_rest, unrecorded
from scidex.atlas.graph.model import Edge

_MOST_FAULTS = 100
_GATHERED = 100
_CURE = "Check the syntax there; what stands between here and the next full stop was passed over."


def read(source: ByteSource) -> Iterator[Read]:
    """The edges of a file. Raises Unreadable if it begins like no TriG, or has a hundred faults."""
    checks, gathering = Checks(), Gathering()
    parser = parse(_Stream(source), RdfFormat.TRIG)  # type: ignore[arg-type]  # it needs no more than read()
    faults = 0
    while True:
        try:
            yield from read_all(parser, 0, checks, gathering)
        except SyntaxError as error:
            faults += 1
            if faults == 1 and not gathering.begun:
                raise Unreadable(
                    f"This is not TriG: {error.msg[:200]}.", line=error.lineno or 0, cure="Save it as TriG or Turtle."
                ) from None
            if faults > _MOST_FAULTS:
                raise Unreadable("The file has a hundred faults.", line=error.lineno or 0, cure=_CURE) from None
            yield Problem(error.lineno or 0, f"This is not TriG: {error.msg[:200]}.", _CURE)
        except DamagedError as error:
            yield Problem(0, str(error), "Download or pack the file again.")
            break
        else:
            break
    yield from read_rest(gathering, 0, checks)
    if not gathering.begun and not gathering.outside:
        raise Unreadable("The file has no statements.", cure="Save it as TriG.")


class _Stream:
    """A source as the parser reads it: never more bytes than it asked for."""

    def __init__(self, source: ByteSource) -> None:
        self._pieces = pieces(source)
        self._held = b""

    def read(self, size: int = -1) -> bytes:
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = piece
        taken = self._held[:size] if size >= 0 else self._held
        self._held = self._held[len(taken) :]
        return taken


def write(edges: Iterable[Edge], *, recorded: Recorded = unrecorded) -> Iterator[str]:
    """A nanopublication an edge. `recorded` tells who recorded it and when."""
    first = True
    gathered: list[Quad] = []
    for number, edge in enumerate(edges, start=1):
        gathered += quads_of(edge, recorded(edge))
        if number % _GATHERED == 0:
            yield _text(gathered, first=first)
            first, gathered = False, []
    if gathered or first:
        yield _text(gathered, first=first)


def _text(quads: list[Quad], *, first: bool) -> str:
    """Statements with the prefixes before them; later pieces of a file have them already."""
    text = (serialize(quads, format=RdfFormat.TRIG, prefixes=PREFIXES) or b"").decode()
    return text if first else "".join(line for line in text.splitlines(keepends=True) if not line.startswith("@prefix"))
