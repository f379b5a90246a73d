"""Finds the sentence of a page that makes a claim which somebody restated. Pure.

By section, by the numbers cited beside it, and by shared words; where that leaves doubt, no place is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scidex.atlas.bibliography.markers import MARKER, cited_keys
from scidex.atlas.bibliography.matching import folded
from scidex.atlas.importing.vocabulary import terms
from scidex.atlas.kinds.page import PageBody

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+([^\n]*?)[ \t#]*$")
_SENTENCE_END = re.compile(r"(?<=[.!?\])])[ \t]+(?=[\"“(*_]?[A-Z0-9])")
_BULLET = re.compile(r"^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+")
_WORD = re.compile(r"[^\W\d_]{3,}|[A-Z0-9]{2,}")
_COMMON = terms(
    "the and for with from that this are was were been has have can may its their these those not into other such than which"
)
_ENOUGH = 0.34
"""Share of the claim's words that a sentence must have in common with it, if no cited number says so."""
_BESIDE = 0.3


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or list entry: `path` and characters `start` to `end` of the page, and the headings it stands under.

    `stems` are the beginnings of its words, `cited` the keys it cites.
    """

    path: str
    start: int
    end: int
    text: str
    headings: tuple[str, ...]
    stems: frozenset[str]
    cited: frozenset[str]


def sentences(page: PageBody) -> Iterator[Sentence]:
    """The sentences of lead and body, code left out."""
    yield from _sentences("lead", page.lead)
    yield from _sentences("body", page.body)


def place_of(
    statement: str, section: str, cited: tuple[str, ...], page_sentences: tuple[Sentence, ...]
) -> Sentence | None:
    """The sentence that makes `statement`, or None. Headings are compared loosely ("ALS" is its long name too)."""
    within = [each for each in page_sentences if any(_same_heading(section, title) for title in each.headings)]
    wanted = _stems(statement)
    numbers = {key for key in cited if key.isdigit()}
    scored = []
    for each in within or page_sentences:
        shared = len(wanted & each.stems) / max(len(wanted), 1)
        beside = bool(numbers & each.cited)
        if shared >= _ENOUGH or (within and beside):
            # A marker often closes a whole list: it tips the balance and does not outweigh the words.
            scored.append((round(shared + _BESIDE * beside, 3), -each.start, each))
    if not scored:
        return None
    return max(scored, key=lambda entry: entry[:2])[2]


def _sentences(path: str, text: str) -> Iterator[Sentence]:
    headings: list[tuple[int, str]] = []
    offset, fenced = 0, False
    for line in text.split("\n"):
        start = offset
        offset += len(line) + 1
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
            continue
        if fenced or not line.strip() or line.lstrip().startswith("|"):
            continue
        if found := _HEADING.match(line):
            level = len(line.lstrip()) - len(line.lstrip().lstrip("#"))
            headings = [each for each in headings if each[0] < level] + [(level, found[1])]
            continue
        bullet = _BULLET.match(line)
        first = bullet.end() if bullet else 0
        titles = tuple(title for _, title in headings) or (("Introduction",) if path == "lead" else ())
        for begin, end in _cut(line, first):
            said = line[begin:end]
            yield Sentence(path, start + begin, start + end, said, titles, _stems(said), frozenset(cited_keys(said)))


def _cut(line: str, first: int) -> Iterator[tuple[int, int]]:
    """The sentences of one line; a run of markers after a full stop belongs to the sentence before it."""
    begin = first
    for match in _SENTENCE_END.finditer(line, first):
        rest = line[match.end() :]
        if rest.startswith("[") and MARKER.match(rest):
            continue
        if line[begin : match.start()].strip():
            yield begin, match.start()
        begin = match.end()
    if line[begin:].strip():
        yield begin, begin + len(line[begin:].rstrip())


def _same_heading(wanted: str, title: str) -> bool:
    one, other = _plain(wanted), _plain(title)
    if not one or not other:
        return False
    if one in other or other in one:
        return True
    initials = "".join(word[0] for word in other.split() if word not in _COMMON)
    return len(one) >= 2 and one.replace(" ", "") == initials


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).replace("disease s", "disease").split())


def _stems(text: str) -> frozenset[str]:
    words = {folded(word) for word in _WORD.findall(MARKER.sub(" ", text))} - _COMMON
    return frozenset(word.replace("our", "or")[:6] for word in words)
