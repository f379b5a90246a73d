"""BibTeX and biblatex files.

Read: macros, concatenation, fields inherited by ``crossref`` and ``xdata``, LaTeX in texts. Written: for biber and modern
LaTeX, Unicode as it is, for every item one entry whose text is inert. What BibTeX has no field for stands in ``x-csl``,
which styles pass over. Comments and preambles are not entries and are not kept.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock, String
from bibtexparser.splitter import Splitter

from scidex.atlas.bibliography.formats.bibtex_fields import ENTRY_TYPES
from scidex.atlas.bibliography.formats.bibtex_items import CARRIER, entry_of, item_of, key_of
from scidex.atlas.bibliography.formats.bibtex_values import value
from scidex.atlas.bibliography.formats.dates import MONTHS
from scidex.atlas.bibliography.formats.decoding import whole_text
from scidex.atlas.bibliography.formats.entries import carrier, checked, entry
from scidex.atlas.bibliography.formats.model import ByteSource, Problem, ReadEntry

# The splitter logs each broken entry with its text; we give them as problems.
logging.getLogger("bibtexparser.splitter").disabled = True

_NOT_FOR_A_KEY = re.compile(r"[^A-Za-z0-9_:.\-]+")
_LONGEST_KEY = 200
_MOST_PARENTS = 10
_NOT_WORKS = ("xdata", "set", "bibnote", "control")
_NOT_INHERITED = frozenset(
    {"crossref", "xref", "xdata", "ids", "label", "keywords", "options", "entryset", "related", CARRIER}
)
_PARTS_OF_BOOKS = frozenset(
    {"inbook", "incollection", "inproceedings", "conference", "suppbook", "bookinbook", "suppcollection", "inreference"}
)


class _Given:
    """An entry as it stands in the file, its values joined."""

    def __init__(self, entry: Entry, fields: dict[str, str]) -> None:
        self.entry_type = entry.entry_type.lower()
        self.key = entry.key.strip()
        self.line = (entry.start_line or 0) + 1
        self.fields = fields


def read(source: ByteSource) -> Iterator[ReadEntry | Problem]:
    """The entries of a BibTeX file. Never raises."""
    text, problems = whole_text(source)
    yield from problems
    macros = dict(zip(MONTHS, MONTHS, strict=True))
    found: list[_Given | Problem] = []
    for block in Splitter(text).split().blocks:
        found.extend(_read_block(block, macros))
    parents: dict[str, _Given] = {}
    for each in found:
        if isinstance(each, _Given):
            parents.setdefault(each.key, each)
    seen: dict[str, int] = {}
    for each in found:
        if isinstance(each, Problem):
            yield each
        elif each.entry_type not in _NOT_WORKS:
            yield from _entries(each, parents, seen)


def _read_block(block: Block, macros: dict[str, str]) -> Iterator[_Given | Problem]:
    line = (block.start_line or 0) + 1
    while isinstance(block, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
        inner = block.ignore_error_block
        if inner is None:
            break
        block = inner
    if isinstance(block, String):
        try:
            macros[block.key.strip().lower()] = value(block.value, macros).text
        except ValueError as error:
            yield Problem(line, f"The @string “{block.key[:60]}” cannot be kept: {error}.", "Shorten it.")
    elif isinstance(block, Entry):
        yield from _read_entry(block, macros)
    elif isinstance(block, ParsingFailedBlock):
        yield Problem(line, f"The entry is broken: {_reason(block)}.", "Close its braces and quotes; give it a key.")


def _reason(block: ParsingFailedBlock) -> str:
    reason = str(getattr(block.error, "abort_reason", "") or "it cannot be parsed")
    return " ".join(reason[:200].split()).rstrip(".")


def _read_entry(block: Entry, macros: Mapping[str, str]) -> Iterator[_Given | Problem]:
    fields: dict[str, str] = {}
    for each in block.fields:
        name = each.key.strip().lower()
        line = (each.start_line or block.start_line or 0) + 1
        try:
            read = value(str(each.value), macros)
        except ValueError as error:
            yield Problem(line, f"The field “{name[:60]}” was left out: {error}.", "Shorten it.")
            continue
        for macro in read.undefined:
            yield Problem(line, f"No @string defines “{macro[:60]}”; its name was kept.", "Define it, or use braces.")
        if name in fields:
            yield Problem(line, f"The field “{name[:60]}” stands here again; the first was kept.", "Remove one.")
        fields.setdefault(name, read.text)
    yield _Given(block, fields)


def _entries(given: _Given, parents: Mapping[str, _Given], seen: dict[str, int]) -> Iterator[ReadEntry | Problem]:
    if not given.key:
        yield Problem(given.line, "The entry has no key; it was read without one.", "Give it a key to cite it by.")
    elif given.key in seen:
        message = f"The key “{given.key[:60]}” was used before, on line {seen[given.key]}; both entries were read."
        yield Problem(given.line, message, "Give one of them another key.")
    seen.setdefault(given.key, given.line)
    if given.entry_type not in ENTRY_TYPES:
        message = f"“@{given.entry_type[:60]}” is no entry type of BibTeX or biblatex; it was read as a document."
        yield Problem(given.line, message, "Correct its type.")
    fields = _with_inherited(given, parents)
    yield from entry(item_of(given.entry_type, given.key, fields), given.line, carried=fields.get(CARRIER, ""))


def _with_inherited(given: _Given, parents: Mapping[str, _Given]) -> dict[str, str]:
    """The entry's fields with those of its parents that it does not have (biblatex manual, appendix B)."""
    fields = dict(given.fields)
    passed = {given.key}
    child = given
    for _ in range(_MOST_PARENTS):
        parent = parents.get(child.fields.get("crossref", "").strip())
        if parent is None or parent.key in passed:
            break
        passed.add(parent.key)
        into_book = child.entry_type in _PARTS_OF_BOOKS
        for name, source in parent.fields.items():
            if name in _NOT_INHERITED:
                continue
            renamed = {"title": "booktitle", "subtitle": "booksubtitle", "author": "bookauthor"}.get(name, name)
            fields.setdefault(renamed if into_book else name, source)
        child = parent
    for key in given.fields.get("xdata", "").split(",")[:_MOST_PARENTS]:
        if (data := parents.get(key.strip())) is not None:
            for name, source in data.fields.items():
                fields.setdefault(name, source)
    return fields


def write(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One entry an item, with a key of its own. Raises Invalid for an item that is no CSL-JSON."""
    used: set[str] = set()
    for each in items:
        item = checked(each)
        key = _unused(_sanitised(key_of(item)), used)
        entry_type, fields = entry_of(item)
        native = checked(item_of(entry_type, key, fields))
        if carried := carrier(item, native, own="bibtex"):
            fields[CARRIER] = carried
        lines = "".join(f"  {name} = {_delimited(name, source)},\n" for name, source in fields.items())
        yield f"@{entry_type}{{{key},\n{lines}}}\n\n"


def _delimited(name: str, source: str) -> str:
    return source if name == "month" and source in MONTHS else "{" + source + "}"


def _sanitised(key: str) -> str:
    return _NOT_FOR_A_KEY.sub("_", key)[:_LONGEST_KEY].strip("_") or "entry"


def _unused(key: str, used: set[str]) -> str:
    """`key`, with a number if an earlier entry has it. BibTeX takes keys for equal whatever their case."""
    unused, number = key, 1
    while unused.lower() in used:
        number += 1
        unused = f"{key}-{number}"
    used.add(unused.lower())
    return unused
