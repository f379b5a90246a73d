"""Single facts of a therapy page, taken from the sections that are written as lists or short parts."""

from __future__ import annotations

import re

from scidex.atlas.importing.blocks import LIST_ITEM, Block, Shape
from scidex.atlas.importing.citations import markers_of, without_markers
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.inline import first_sentence
from scidex.atlas.importing.model import Part, Span
from scidex.atlas.importing.sections import Section
from scidex.atlas.importing.vocabulary import terms
from scidex.atlas.kinds.page import Record, RecordType

_SECTIONS: dict[RecordType, frozenset[str]] = {
    RecordType.MECHANISM: terms(
        "molecular mechanisms|molecular mechanism|mechanisms|mechanism|mechanism of action|mechanisms of action"
    ),
    RecordType.APPLICATION: terms(
        "clinical applications|applications|therapeutic applications|indications|clinical indications"
    ),
    RecordType.ROUTE: terms(
        "administration routes|routes of administration|administration|delivery routes|delivery methods|delivery"
        "|route of administration|delivery route"
    ),
    RecordType.CELL_SOURCE: terms("cell sources|cell source|sources of cells|sources|sources of stem cells"),
    RecordType.ADVERSE_EFFECT: terms(
        "adverse effects|adverse events|side effects|safety|safety profile|safety and tolerability|safety concerns"
    ),
}
_TYPE_OF = {name: kind for kind, names in _SECTIONS.items() for name in names}
_BRACKETED = re.compile(r"([^()]+?)\s*\(((?:[^()]|\([^()]*+\))*+)\)\s*[.;,]?")
_LABELLED = re.compile(r"\s*(?:\*\*|__)([^*_]{1,200})(?:\*\*|__)\s*[:—–-]?\s*(.*)", re.DOTALL)
_DASHED = re.compile(r"([^:—–]{2,120}?)(?::\s+|\s+[—–-]\s+)(.+)", re.DOTALL)
_MOST = 5000
_LONGEST_NOTE = 8000


def read_records(sections: list[Section], ledger: Ledger) -> tuple[list[Record], list[Part]]:
    """All records of a page, in the order of its sections, with the lines each came from."""
    found: list[tuple[Record, Span]] = []
    for section in sections:
        kind = _TYPE_OF.get(section.name)
        if kind is None or not section.blocks:
            continue
        if kind in (RecordType.MECHANISM, RecordType.APPLICATION):
            records = [
                record for part in section.subsections() if (record := _from_part(kind, section, part)) is not None
            ]
        else:
            records = []
        records = records or _from_items(kind, section)
        if not records and section.heading is not None:
            message = f"“{section.title}” has neither parts nor a list"
            span = section.heading.span
            ledger.add("records-not-found", message, span=span, action="made no records", shown="the section as text")
        found.extend(records[:_MOST])
    parts = [Part(f"records/{index}", span) for index, (_, span) in enumerate(found)]
    return [record for record, _ in found], parts


def _from_part(kind: RecordType, section: Section, part: Section) -> tuple[Record, Span] | None:
    if part.heading is None:
        return None
    text = " ".join(line.strip() for block in part.blocks if block.shape is not Shape.HEADING for line in block.lines)
    text = text[: 4 * _LONGEST_NOTE]
    name = without_markers(part.title)
    if not name:
        return None
    note = without_markers(text)
    span = Span(part.heading.span.first, part.blocks[-1].span.last if part.blocks else part.heading.span.last)
    application = kind is RecordType.APPLICATION
    record = Record(
        type=kind,
        name=name,
        note=note[:_LONGEST_NOTE] if application else first_sentence(note[:_LONGEST_NOTE]),
        subject=name if application else "",
        section=section.title,
        citations=markers_of(text),
    )
    return record, span


def _from_items(kind: RecordType, section: Section) -> list[tuple[Record, Span]]:
    records: list[tuple[Record, Span]] = []
    for block in section.blocks:
        if block.shape is Shape.LIST:
            records.extend(_from_list(kind, section, block))
    return records


def _from_list(kind: RecordType, section: Section, block: Block) -> list[tuple[Record, Span]]:
    items: list[tuple[str, int, int]] = []
    for text, number in zip(block.lines, block.numbers, strict=True):
        item = LIST_ITEM.match(text)
        if item:
            items.append((item.group(3), number, number))
        elif items:
            words, first, _ = items[-1]
            if len(words) < 4000:
                items[-1] = (f"{words} {text.strip()}", first, number)
    records: list[tuple[Record, Span]] = []
    for words, first, last in items:
        name, note = _name_and_note(words)
        if name:
            subject = name if kind is RecordType.APPLICATION else ""
            marks = markers_of(words)
            record = Record(type=kind, name=name, note=note, subject=subject, section=section.title, citations=marks)
            records.append((record, Span(first, last)))
    return records


def _name_and_note(words: str) -> tuple[str, str]:
    labelled = _LABELLED.fullmatch(words)
    if labelled and labelled.group(2):
        note = without_markers(labelled.group(2))
        return without_markers(labelled.group(1)).rstrip(":"), note
    text = without_markers(words)
    bracketed = _BRACKETED.fullmatch(text) if len(text) < 2000 else None
    if bracketed:
        return bracketed.group(1).strip(), bracketed.group(2).strip()
    dashed = _DASHED.fullmatch(text) if len(text) < 2000 else None
    if dashed:
        return dashed.group(1).strip(), dashed.group(2).strip()
    return text.strip(), ""
