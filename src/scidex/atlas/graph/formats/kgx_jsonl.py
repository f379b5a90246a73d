"""KGX JSON Lines: one record a line, an edge if it has a subject, else an entity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import orjson

from scidex.atlas.bibliography.formats.decoding import Line, lines
from scidex.atlas.bibliography.formats.model import ByteSource
from scidex.atlas.graph.formats import kgx
from scidex.atlas.graph.formats.checking import Checks
from scidex.atlas.graph.formats.model import Problem, Read, ReadEdge, ReadEntity, Unreadable, shown
from scidex.atlas.graph.formats.tables import LONGEST_ROW
from scidex.atlas.graph.model import Edge, Entity
from scidex.kernel.errors import Invalid

_CURE = "Write each record as a JSON object on a line of its own."
Columns = Callable[[tuple[str, ...]], tuple[list[str], list[str]]]
_LONGEST = 10 * LONGEST_ROW


def read(source: ByteSource) -> Iterator[Read]:
    """The records of a file. Raises Unreadable if its first line is no JSON object."""
    checks = Checks()
    columns = lru_cache(4_096)(kgx.other_columns)  # most records of a file have the same properties
    begun = False
    for line in lines(source):
        if not isinstance(line, Line):
            yield Problem(line.line, line.message, line.cure)
            continue
        number, text = line
        if not text or text.isspace():
            continue
        try:
            record = _record(text)
            if not text.isascii():
                checks.tell_hidden(number, text)
            read_: Read = _read(record, number, checks, columns)
        except Invalid as error:
            if not begun and isinstance(error, Unreadable):
                raise Unreadable(error.message, line=number, cure=error.cure) from None
            yield Problem(number, error.message, error.cure, shown(text))
            begun = True
            continue
        begun = True
        if checks.waiting:
            yield from checks.told()
        yield read_
    if not begun:
        raise Unreadable("The file has no records.", cure=_CURE)


def _record(text: str) -> dict[str, Any]:
    if len(text) > _LONGEST:
        raise Unreadable(f"The line has more than {_LONGEST:,} characters.", cure=_CURE)
    try:
        record = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unreadable("The line is not JSON.", cure=_CURE) from None
    if not isinstance(record, dict):
        raise Unreadable("The line is not a JSON object.", cure=_CURE)
    return record


def _read(record: dict[str, Any], number: int, checks: Checks, columns: Columns) -> ReadEdge | ReadEntity:
    if "subject" in record or "object" in record:
        limiting, others = columns(tuple(record))
        return kgx.edge_of(record, number, checks, limiting, others)
    if "id" not in record:
        raise Invalid("The record is neither an edge nor an entity.", cure="Give it subject and object, or an id.")
    return ReadEntity(number, kgx.entity_of(record, number, checks, bars=False))


def write(edges: Iterable[Edge]) -> Iterator[str]:
    """One edge a line."""
    for edge in edges:
        yield orjson.dumps(kgx.edge_record(edge)).decode() + "\n"


def write_entities(entities: Iterable[Entity]) -> Iterator[str]:
    """One entity a line."""
    for entity in entities:
        yield orjson.dumps(kgx.node_record(entity)).decode() + "\n"
