"""Tables of edges as people write them, comma- or tab-separated: one row an edge and what it rests on.

Two headers are understood. *Facts* have a relation and a polarity and name their ends by name, with an identifier where
there is one. An *edge list* has identifiers, a predicate and one item of evidence a row; it is what is written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from scidex.atlas.bibliography.formats.model import ByteSource
from scidex.atlas.graph.formats.checking import (
    Checks,
    aspect_of,
    denied,
    no_evidence,
    parted,
    size_in,
    spelled_source,
)
from scidex.atlas.graph.formats.model import NOTHING, Problem, Read, ReadEdge, shown
from scidex.atlas.graph.formats.polarity import stance_of_polarity
from scidex.atlas.graph.formats.tables import Row, open_table, require
from scidex.atlas.graph.formats.texts import LONGEST_NAME, guarded, name_in, passage_in, unguarded
from scidex.atlas.graph.model import Edge, EdgeItem, Qualifiers
from scidex.kernel.errors import Invalid

_QUALIFIERS = tuple(each.name for each in fields(Qualifiers))
COLUMNS = (
    *("subject", "subject_name", "subject_category", "predicate", "negated"),
    *("object", "object_name", "object_category", *_QUALIFIERS),
    *("source", "run", "item", "stance", "quote", "checked", "design", "sample_size", "judge", "note"),
)
"""The columns of the edge list that is written; only subject, predicate and object are needed to read one."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column says what; "" where the table has none."""

    subject: str
    subject_name: str
    subject_category: str
    object: str
    object_name: str
    object_category: str
    predicate: str
    source: str
    facts: bool

    @classmethod
    def of(cls, header: Row) -> _Columns:
        has = set(header.cells)
        predicate = "predicate" if "predicate" in has else "relation"
        # Where a column says it holds the identifier, the one without "_id" holds the name.
        apart = "subject_id" in has or "object_id" in has
        require(header, ("subject", "object"), all_of="subject, predicate and object")
        require(header, (predicate,) if predicate in has else ("predicate",), all_of="subject, predicate and object")
        ends = {
            f"{end}{part}": _first(has, names)
            for end in ("subject", "object")
            for part, names in {
                "": (f"{end}_id",) if apart else (end,),
                "_name": (end,) if apart else (f"{end}_name", f"{end}_label"),
                "_category": (f"{end}_category", f"{end}_type"),
            }.items()
        }
        source = _first(has, ("source", "publications", "sources", "evidence"))
        return cls(predicate=predicate, source=source, facts="polarity" in has, **ends)


def _first(has: set[str], names: Iterable[str]) -> str:
    return next((name for name in names if name in has), "")


_READ = frozenset({*COLUMNS, "polarity", "confidence", "verification", "study_design", "n"})


def read(source: ByteSource) -> Iterator[Read]:
    """The edges of a table. Raises Unreadable for a file without the columns that are needed."""
    header, table = open_table(source, ",\t;")
    checks = Checks()
    columns = _Columns.of(header)
    named = {getattr(columns, each.name) for each in fields(_Columns) if each.name != "facts"}
    others = [name for name in header.cells if name and name not in _READ | named]
    defaults = dict.fromkeys(("", *_READ), "")
    for row in table:
        if isinstance(row, Problem):
            yield row
            continue
        given = defaults.copy()
        given.update(zip(header.cells, map(unguarded, row.cells) if "'" in row.text else row.cells, strict=True))
        given[""] = ""
        if not row.text.isascii():
            checks.tell_hidden(row.line, row.text)
        try:
            edge = _edge(row.line, given, columns, others, checks)
        except Invalid as error:
            yield Problem(row.line, error.message, error.cure, shown(row.text))
            continue
        if checks.waiting:
            yield from checks.told()
        yield edge


def _edge(line: int, cells: Mapping[str, str], columns: _Columns, others: list[str], checks: Checks) -> ReadEdge:
    subject = checks.entity(cells[columns.subject], cells[columns.subject_name], cells[columns.subject_category])
    reading = checks.predicate(cells[columns.predicate])
    object_ = checks.entity(cells[columns.object], cells[columns.object_name], cells[columns.object_category])
    negated = denied(reading, cells["negated"]) if cells["negated"] else reading.negated
    qualifiers = checks.qualifiers(
        aspect_of(reading, cells["aspect"]), cells["species"], cells["population"], cells["stage"], cells["dose"]
    )
    extra = {name: passage_in(cells[name], name) for name in others if cells[name]} if others else {}
    items = _items(line, cells, columns, negated=negated, checks=checks)
    if columns.facts and cells["confidence"]:
        checks.tell_once(
            line,
            "confidence",
            "The column confidence was not taken over.",
            "Confidence is derived from the evidence here; give stance, study design and sample size instead.",
        )
    for name in ("judge", "checked"):
        if cells[name]:
            extra[f"items/0/{name}"] = passage_in(cells[name], name)[:LONGEST_NAME]
    return ReadEdge(line, subject, reading.predicate, object_, negated, qualifiers, items, extra or NOTHING)


def _items(
    line: int, cells: Mapping[str, str], columns: _Columns, *, negated: bool, checks: Checks
) -> tuple[EdgeItem, ...]:
    note, run, kept = passage_in(cells["note"], "note"), cells["run"], cells["item"]
    if cells["stance"] or not columns.facts:
        stance = checks.stance(cells["stance"])
    else:
        stance = stance_of_polarity(cells["polarity"], note, negated=negated)
    if verification := cells["verification"]:
        memory = verification.strip().casefold().replace("_", "-") == "from-memory"
        note = "; ".join(filter(None, ("from memory, not from the source" if memory else "", note)))
    if run or kept:
        run, kept = name_in(run, "run"), name_in(kept, "evidence item")
    quote, design = passage_in(cells["quote"], "quote"), checks.design(cells["design"] or cells["study_design"])
    size = size_in(number) if (number := cells["sample_size"] or cells["n"]) else None
    found: list[EdgeItem] = []
    faults: list[Invalid] = []
    for text in parted(cells[columns.source]):
        try:
            source, beside = checks.source(text)
        except Invalid as error:
            faults.append(error)
            continue
        words = "; ".join(filter(None, (beside, note))) if beside else note
        found.append(EdgeItem(source, run, kept, stance, quote, False, design, size, "", words))
    if not found and (run or kept):
        found = [EdgeItem("", run, kept, stance, quote, False, design, size, "", note)]
    if not found:
        if faults:
            raise Invalid(f"This is an edge without evidence or run: {_lower(faults[0].message)}", cure=faults[0].cure)
        raise no_evidence()
    for fault in faults:
        checks.tell(line, f"One of the sources was left out: {_lower(fault.message)}", fault.cure)
    return tuple(found)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def write_csv(edges: Iterable[Edge]) -> Iterator[str]:
    """An edge list, comma-separated. Cells that a spreadsheet would take for a formula begin with an apostrophe."""
    return _written(edges, ",")


def write_tsv(edges: Iterable[Edge]) -> Iterator[str]:
    """An edge list, tab-separated, otherwise like `write_csv`."""
    return _written(edges, "\t")


def _written(edges: Iterable[Edge], delimiter: str) -> Iterator[str]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(COLUMNS)
    for edge in edges:
        statement = edge.statement
        shared = [
            *(statement.subject, edge.subject.name, edge.subject.category, statement.predicate),
            "true" if statement.negated else "",
            *(statement.object, edge.object.name, edge.object.category),
            *(getattr(statement.qualifiers, name) for name in _QUALIFIERS),
        ]
        for item in edge.items or (EdgeItem(),):
            writer.writerow([guarded(str(cell)) for cell in (*shared, *_cells(item))])
        if buffer.tell() > 65_536:
            yield _taken(buffer)
    yield _taken(buffer)


def _cells(item: EdgeItem) -> list[Any]:
    return [
        *(spelled_source(item.source), item.run, item.item, item.stance or "", item.quote),
        "true" if item.checked else "",
        *(item.design or "", "" if item.sample_size is None else item.sample_size, item.judge, item.note),
    ]


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
