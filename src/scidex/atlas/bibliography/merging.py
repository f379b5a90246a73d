"""Two records of one work made one: what is missing is filled in, what differs is reported and stays as it was. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scidex.atlas.bibliography.csl import Record

# Not facts about the work: they say where a copy of its record lay.
_OF_THE_COPY = frozenset(
    {"id", "accessed", "source", "custom", "citation-key", "citation-label", "citation-number", "note"}
)


@dataclass(frozen=True, slots=True)
class MergedRecord:
    """The record both make together; `filled` names what the newer one added, `kept` what it said otherwise."""

    item: Record
    filled: tuple[str, ...]
    kept: tuple[str, ...]


def merged_record(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> MergedRecord:
    """`ours` with what only `theirs` has. Merging the same record again changes nothing."""
    item: Record = dict(ours)
    filled: list[str] = []
    kept: list[str] = []
    for name, value in theirs.items():
        if name not in item or (name == "type" and item[name] == "document"):
            if name not in _OF_THE_COPY and not (name == "type" and value == "document"):
                item[name] = value
                filled.append(name)
        elif item[name] != value and name not in _OF_THE_COPY:
            kept.append(name)
    return MergedRecord(item, tuple(filled), tuple(kept))
