"""KGX tables: tab-separated, no quotation marks, values of a list parted by bars; entities and edges in a file each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from scidex.atlas.bibliography.formats.model import ByteSource
from scidex.atlas.graph.formats import kgx
from scidex.atlas.graph.formats.checking import Checks
from scidex.atlas.graph.formats.model import Problem, Read, ReadEntity, Unreadable, shown
from scidex.atlas.graph.formats.tables import open_table, require
from scidex.atlas.graph.model import Edge, Entity
from scidex.kernel.errors import Invalid

_GATHERED = 500
_ALL = "id and category for entities; subject, predicate and object for edges"


def read(source: ByteSource) -> Iterator[Read]:
    """The edges or entities of a table; its header tells which. Raises Unreadable if it tells neither."""
    header, table = open_table(source, "\t", quoting=False)
    checks = Checks()
    names = header.cells
    edges = "subject" in names or "object" in names
    require(header, ("subject", "predicate", "object") if edges else ("id",), all_of=_ALL)
    if not edges and "category" not in names and "name" not in names:
        raise Unreadable("The table has neither category nor name.", line=header.line, cure=f"Name its columns {_ALL}.")
    limiting, others = kgx.other_columns(names)
    for row in table:
        if isinstance(row, Problem):
            yield row
            continue
        if not row.text.isascii():
            checks.tell_hidden(row.line, row.text)
        record = dict(zip(names, row.cells, strict=True))
        entity = edge = None
        try:
            if edges:
                edge = kgx.edge_of(record, row.line, checks, limiting, others)
            else:
                entity = kgx.entity_of(record, row.line, checks, bars=True)
        except Invalid as error:
            yield Problem(row.line, error.message, error.cure, shown(row.text))
            continue
        if checks.waiting:
            yield from checks.told()
        if edge is not None:
            yield edge
        elif entity is not None:
            yield ReadEntity(row.line, entity)


def write(edges: Iterable[Edge]) -> Iterator[str]:
    """The table of edges."""
    return _written(kgx.EDGE_COLUMNS, map(kgx.edge_record, edges))


def write_entities(entities: Iterable[Entity]) -> Iterator[str]:
    """The table of entities."""
    return _written(kgx.NODE_COLUMNS, map(_node, entities))


def _node(entity: Entity) -> dict[str, Any]:
    """The entity's properties, and beside them what a table's cells cannot hold."""
    record = kgx.node_record(entity)
    lost: dict[str, Any] = {}
    if entity.about != _plain(entity.about):
        lost["about"] = entity.about
    if any("|" in name for name in entity.synonyms):
        lost["synonyms"] = list(entity.synonyms)
    return {**record, "scidex_entity": lost} if lost else record


def _written(columns: tuple[str, ...], records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    gathered = ["\t".join(columns)]
    for record in records:
        gathered.append("\t".join(_cell(record[name]) if name in record else "" for name in columns))
        if len(gathered) >= _GATHERED:
            yield "\n".join(gathered) + "\n"
            gathered = []
    if gathered:
        yield "\n".join(gathered) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _plain("|".join(value))
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    return _plain(str(value))


def _plain(text: str) -> str:
    """Text in one cell: what would end the cell or the row becomes a blank."""
    return " ".join(text.split()) if any(character in text for character in "\t\n\r\v\f") else text
