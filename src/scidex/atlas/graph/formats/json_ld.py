"""JSON-LD: a list of nanopublications, in expanded form, which needs no context.

Contexts that stand elsewhere are refused, never fetched: what a file says must not depend on who answers for it today.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from scidex.atlas.bibliography.formats.decoding import Line, lines
from scidex.atlas.bibliography.formats.model import ByteSource
from scidex.atlas.graph.formats.checking import Checks
from scidex.atlas.graph.formats.model import Problem, Read, Unreadable, shown
from scidex.atlas.graph.formats.nanopub import XSD, Gathering, Recorded, quads_of, read_all, read_rest, unrecorded
from scidex.atlas.graph.model import Edge
from scidex.kernel.errors import Invalid

LONGEST = 8_000_000
"""Characters of one nanopublication, and of a file that is no list."""
_CURE = "Write a list of objects, one for each nanopublication."
# What matters for finding where an object ends. A string that is not closed reaches to the end of the line.
_MARK = re.compile(r'"(?:[^"\\]|\\.)*+"?+|[\[\]{}]')


class _Element(NamedTuple):
    """One object of the list: where it begins, and its text."""

    line: int
    text: str


def read(source: ByteSource) -> Iterator[Read]:
    """The edges of a file. Raises Unreadable if it is no JSON list or object, or too large to be one object."""
    checks = Checks()
    for element in _elements(source):
        if isinstance(element, Problem):
            yield element
            continue
        gathering = Gathering()
        try:
            document = _document(element.text)
            quads = list(parse(document, RdfFormat.JSON_LD))
        except SyntaxError as error:
            yield Problem(element.line, f"This is not JSON-LD: {error.msg[:200]}.", _CURE, shown(element.text))
            continue
        except Invalid as error:
            yield Problem(element.line, error.message, error.cure, shown(element.text))
            continue
        yield from read_all(quads, element.line, checks, gathering)
        yield from read_rest(gathering, element.line, checks)


def _document(text: str) -> bytes:
    """The object, if nothing in it leads elsewhere. Raises Invalid."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid("This is not JSON.", cure=_CURE) from None
    waiting: list[Any] = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            _refuse_remote(each)
            waiting += each.values()
    return text.encode()


def _refuse_remote(record: dict[str, Any]) -> None:
    context = record.get("@context")
    named = [each for each in (context if isinstance(context, list) else [context]) if isinstance(each, str)]
    if "@import" in record:
        named.append(str(record["@import"]))
    if named:
        raise Invalid(
            f"The context {named[0][:100]} stands elsewhere and is not fetched.",
            cure="Write the context into the file, or save it in expanded form.",
        )


class _Scanner:
    """Finds where the objects of a list begin and end, line by line. Strings do not go over lines in JSON."""

    def __init__(self) -> None:
        self._base = -1
        self._depth = self._size = self.begun = 0
        self.gathered: list[str] = []

    @property
    def found(self) -> bool:
        """Whether a list or an object has begun."""
        return self._base >= 0

    def feed(self, number: int, text: str) -> Iterator[_Element]:
        """The objects that end in this line. Raises Unreadable."""
        start = 0 if self.gathered else None
        for mark in _MARK.finditer(text):
            if mark[0] in "[{":
                if not self.found:
                    self._base = 1 if mark[0] == "[" else 0
                if self._depth == self._base:
                    start, self.begun = mark.start(), number
                self._depth += 1
            elif mark[0] in "]}":
                self._depth -= 1
                if self._depth == self._base and start is not None:
                    yield _Element(self.begun, "\n".join([*self.gathered, text[start : mark.end()]]))
                    self.gathered, self._size, start = [], 0, None
            if not self.found:
                raise Unreadable("This is not JSON.", line=number, cure=_CURE)
        if start is not None:
            self.gathered.append(text[start:])
            self._size += len(text)
            if self._size > LONGEST:
                raise Unreadable(f"An object has more than {LONGEST:,} characters.", line=self.begun, cure=_CURE)


def _elements(source: ByteSource) -> Iterator[_Element | Problem]:
    """The objects of the list that the file is, or the one object."""
    scanner = _Scanner()
    for line in lines(source):
        if isinstance(line, Line):
            yield from scanner.feed(line.number, line.text)
        else:
            yield Problem(line.line, line.message, line.cure)
    if not scanner.found:
        raise Unreadable("This is not JSON.", cure=_CURE)
    if scanner.gathered:
        rest = shown("\n".join(scanner.gathered))
        yield Problem(scanner.begun, "The file ends inside this object.", "Download it again.", rest)


def write(edges: Iterable[Edge], *, recorded: Recorded = unrecorded) -> Iterator[str]:
    """A nanopublication a line, in a list. `recorded` tells who recorded it and when."""
    before = "[\n"
    for edge in edges:
        yield before + _object(quads_of(edge, recorded(edge)))
        before = ",\n"
    yield "[]\n" if before.startswith("[") else "\n]\n"


def _object(quads: Iterable[Quad]) -> str:
    """The statements of one nanopublication as an object that holds its four graphs."""
    graphs: dict[str, dict[str, dict[str, Any]]] = {}
    for quad in quads:
        graph = graphs.setdefault(quad.graph_name.value, {})  # type: ignore[union-attr]  # ours are all named
        node = graph.setdefault(quad.subject.value, {"@id": quad.subject.value})  # type: ignore[union-attr]  # and no blank nodes
        node.setdefault(quad.predicate.value, []).append(_value(quad.object))
    listed = [{"@id": name, "@graph": list(nodes.values())} for name, nodes in graphs.items()]
    return orjson.dumps({"@graph": listed}).decode()


def _value(node: object) -> dict[str, str]:
    if isinstance(node, NamedNode):
        return {"@id": node.value}
    if isinstance(node, Literal):
        kind = node.datatype.value
        return {"@value": node.value} if kind == f"{XSD}string" else {"@value": node.value, "@type": kind}
    raise TypeError(f"no such node is written: {node!r}")
