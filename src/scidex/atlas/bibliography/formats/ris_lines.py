"""The lines of an RIS file as records of tags and values. Pure.

rispy is not used: it keeps only the first of a repeated tag, joins a record without its ER line to the next one, and
knows no line numbers; we promise to lose nothing and to say where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scidex.atlas.bibliography.csl import LONGEST_TEXT
from scidex.atlas.bibliography.formats.decoding import Line
from scidex.atlas.bibliography.formats.model import Problem

_TAG = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*)|$)", re.DOTALL)
# All but the line feed: characters that some program or other takes for the end of a line are among them.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MOST_VALUES = 20_000


@dataclass(slots=True)
class RisRecord:
    """One record: where it begins, and its tags with their values in order, of which TY is the first."""

    line: int
    tags: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A record whose end has not come yet: its last value is still in lines."""

    record: RisRecord
    tag: str
    value: list[str]
    size: int = 0

    def begin(self, tag: str, text: str) -> None:
        self.finish()
        self.tag, self.value, self.size = tag, [text], 0

    def go_on(self, line: Line) -> Problem | None:
        """Takes a further line of the value; the problem with the first one that is too much."""
        was_full = self.size > LONGEST_TEXT
        self.size += len(line.text) + 1
        if self.size <= LONGEST_TEXT:
            self.value.append(line.text)
            return None
        cure = "Shorten it; the rest of it was left out."
        message = f"A value is longer than {LONGEST_TEXT:,} characters."
        return None if was_full else Problem(line.number, message, cure)

    def finish(self) -> RisRecord:
        self.record.tags.append((self.tag, "\n".join(self.value).strip(" \t\n")))
        return self.record


def ris_records(lines: Iterable[Line | Problem]) -> Iterator[RisRecord | Problem]:
    """The records of an RIS file. A value goes on over the lines without a tag that follow it. Never raises."""
    current: _Open | None = None
    is_outside_told = False
    for line in lines:
        if isinstance(line, Problem):
            yield line
            continue
        found = _TAG.match(line.text)
        tag, text = (found[1], found[2] or "") if found else ("", line.text)
        if current is not None and tag in ("TY", "ER"):
            yield from _ended(current, has_end=tag == "ER")
            current = None
        if tag == "TY":
            current = _Open(RisRecord(line.number), tag, [text])
        elif current is None:
            if tag not in ("", "ER") and not is_outside_told:
                is_outside_told = True
                yield Problem(line.number, f"The tag {tag} stands outside a record.", "Begin each record with TY.")
        elif tag and len(current.record.tags) < _MOST_VALUES:
            current.begin(tag, text)
        elif problem := current.go_on(line):
            yield problem
    if current is not None:
        yield from _ended(current, has_end=False)


def _ended(current: _Open, *, has_end: bool) -> Iterator[RisRecord | Problem]:
    yield current.finish()
    if not has_end:
        cure = "End it with “ER  - ”."
        yield Problem(current.record.line, "The record has no ER line; it was read up to where it stops.", cure)


def ris_line(tag: str, value: str) -> str:
    """One value as it is written: further lines follow without a tag, and none can be taken for one."""
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    first, *others = _CONTROL.sub(" ", text).split("\n")
    return "\n".join([f"{tag}  - {first}", *(f" {other}" if _TAG.match(other) else other for other in others)]) + "\n"
