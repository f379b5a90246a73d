"""The metadata block of a page: rows in whatever form they were copied, typed, and the note about an earlier merge."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field

from scidex.atlas.importing.blocks import DELIMITER, cells_of
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.inline import plain
from scidex.atlas.importing.links import clean_links
from scidex.atlas.importing.model import Part, Span
from scidex.atlas.importing.vocabulary import terms
from scidex.atlas.kinds.page import MergeRecord, MetadataField

Value = str | int | bool | None
METADATA_HEADING = re.compile(r"(?:#{1,6}\s*)?([▸▾►▶▼⏵▹▷]?)\s*metadata\s*:?\s*", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_PAIR = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]{0,63})(?:\s*\t+\s*|\s*:\s+|\s*:$|\s+=\s+)(.*)")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_LITERAL = re.compile(r"\{[^\\]{0,4000}\}")
_HEADER = {"key", "field", "name", "property", "attribute", "value"}
WELL_KNOWN = terms("slug kg_node_id entity_type origin_type source_table wiki_page_id __merged_from _schema_version")
_MERGED_FROM = "__merged_from"
_LONGEST_VALUE = 4000


@dataclass(slots=True)
class Metadata:
    """Everything read from the metadata block, in the order of the source."""

    fields: list[MetadataField] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    merged_from: MergeRecord | None = None
    merged_span: Span | None = None

    def value(self, name: str) -> Value:
        """The value of the first row with this name, or None."""
        for each in self.fields:
            if each.name == name:
                return each.value
        return None

    def text(self, name: str) -> str:
        """The value as text, empty where there is none."""
        value = self.value(name)
        return "" if value is None or isinstance(value, bool) else str(value).strip()

    def parts(self) -> list[Part]:
        """Where each row stood."""
        parts = [Part(f"metadata/{index}", span) for index, span in enumerate(self.spans)]
        if self.merged_span is not None:
            parts.append(Part("merged_from", self.merged_span))
        return parts


def typed(value: str) -> Value:
    """A value as it was meant: None, a whole number, true or false; everything else stays text."""
    if value in ("", "None", "null", "~"):
        return None
    if value in ("True", "true"):
        return True
    if value in ("False", "false"):
        return False
    if _NUMBER.fullmatch(value) and value != "-0":
        return int(value)
    return value


def row_of(text: str) -> tuple[str, str] | None:
    """Name and value of one row, whatever separates them; a header or delimiter row gives an empty name."""
    text = text.strip()
    if text.startswith("|"):
        if DELIMITER.match(text):
            return "", ""
        cells = cells_of(text)
        if not _NAME.fullmatch(cells[0]):
            return None
        if cells[0].lower() in _HEADER and len(cells) > 1 and cells[1].lower() in _HEADER:
            return "", ""
        return cells[0], "|".join(cells[1:]).strip()
    pair = _PAIR.fullmatch(text.removeprefix("- ").strip()) if ":" in text or "\t" in text or "=" in text else None
    if pair is None:
        return None
    name, value = pair.group(1), pair.group(2).strip()
    return ("", "") if name.lower() in _HEADER and value.lower() in _HEADER else (name, value)


def read_metadata(rows: list[tuple[str, str, Span]], summary: tuple[str, str, Span] | None, ledger: Ledger) -> Metadata:
    """Type the rows. `summary` is what was glued to the heading of a folded block; rows win over it."""
    metadata = Metadata()
    seen: dict[str, str] = {}
    for name, value, span in rows:
        if not name:
            continue
        if name in seen:
            if seen[name] != value:
                _conflict(name, seen[name], value, span, ledger)
            continue
        seen[name] = value
        if name == _MERGED_FROM and _merge(value, span, metadata, ledger):
            continue
        _add(metadata, name, value, span, ledger)
    if summary is not None:
        name, value, span = summary
        if name not in seen:
            _add(metadata, name, value, span, ledger)
        elif seen[name] != value:
            _conflict(name, seen[name], value, span, ledger)
    return metadata


def _add(metadata: Metadata, name: str, value: str, span: Span, ledger: Ledger) -> None:
    text = plain(clean_links(value, [span.first], ledger))
    if len(text) > _LONGEST_VALUE:
        message = f"the metadata value “{name}” has {len(text)} characters"
        ledger.add("field-cut", message, span=span, action=f"cut to {_LONGEST_VALUE}", shown="its beginning")
        text = text[:_LONGEST_VALUE]
    metadata.fields.append(MetadataField(name=name, value=typed(text)))
    metadata.spans.append(span)


def _conflict(name: str, kept: str, other: str, span: Span, ledger: Ledger) -> None:
    message = f"“{name}” is “{kept[:60]}” and also “{other[:60]}”"
    ledger.add("metadata-conflict", message, span=span, action="kept the first row", shown="the first value")


def _merge(value: str, span: Span, metadata: Metadata, ledger: Ledger) -> bool:
    """Read a merge note written as JSON or as a Python dictionary; False leaves it as plain text."""
    found = _dictionary(value)
    identifier = next((found[key] for key in ("unprefixed_id", "merged_id", "id", "slug") if found.get(key)), "")
    if not identifier:
        if typed(value) is None:
            return False
        message = "the merge note is not a dictionary with an identifier"
        ledger.add("merge-record-unread", message, span=span, action="kept as text", shown="the note as written")
        return False
    metadata.merged_from = MergeRecord(merged_at=plain(found.get("merged_at", "")), merged_id=plain(identifier))
    metadata.merged_span = span
    return True


def _dictionary(value: str) -> dict[str, str]:
    if not _LITERAL.fullmatch(value):
        return {}
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        try:
            found = ast.literal_eval(value)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            return {}
    if not isinstance(found, dict):
        return {}
    return {key: each for key, each in found.items() if isinstance(key, str) and isinstance(each, str)}
