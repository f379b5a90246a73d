"""The passage that is shown with an answer: the stretch of a text in which most of what was asked for stands together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scidex.atlas.searching.model import Passage

WIDTH = 250
"""How long a passage is, in characters."""
LOOKED_AT = 100_000
"""How much of a text is looked through, in characters: the work for one answer is bounded."""
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[.!?]\s|\n")

Matched = Callable[[str], str]
"""Says which of the things asked for a word of the text is, "" if none."""


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    what: str


def passage(text: str, matched: Matched, *, width: int = WIDTH) -> Passage:
    """The best stretch of `text`, about `width` characters, with what matches in it. Without a match, its beginning.

    Best is: most different things, then most matches, then earliest. Linear in the text.
    """
    text = text[:LOOKED_AT]
    found = _matches(text, matched)
    if not found:
        return _cut(text, 0, width, ())
    first, last = _densest(found, width)
    inside = found[first : last + 1]
    start = _beginning(text, inside[0].start, inside[-1].end, width)
    return _cut(text, start, max(start + width, inside[-1].end), found)


def marked(text: str, matched: Matched) -> Passage:
    """The whole of a short text, such as a title, with what matches in it."""
    return Passage(text, tuple((one.start, one.end) for one in _matches(text[:LOOKED_AT], matched)))


def remembering(matched: Matched) -> Matched:
    """The same, asked once for each word."""
    known: dict[str, str] = {}

    def look(word: str) -> str:
        told = known.get(word)
        if told is None:
            told = known[word] = matched(word)
        return told

    return look


def _matches(text: str, matched: Matched) -> list[_Found]:
    return [_Found(word.start(), word.end(), what) for word in _WORD.finditer(text) if (what := matched(word.group()))]


def _densest(found: Sequence[_Found], width: int) -> tuple[int, int]:
    """The first and the last match of the best window."""
    inside: Counter[str] = Counter()
    best, best_score, first = (0, 0), (0, 0), 0
    for last, one in enumerate(found):
        inside[one.what] += 1
        while one.end - found[first].start > width and first < last:
            left = found[first].what
            inside[left] -= 1
            if not inside[left]:
                del inside[left]
            first += 1
        score = (len(inside), last - first + 1)
        if score > best_score:
            best, best_score = (first, last), score
    return best


def _beginning(text: str, start: int, end: int, width: int) -> int:
    """Where to begin: at the start of the sentence if that leaves room for the matches, else some words before them."""
    room = max(0, width - (end - start))
    earliest = max(0, start - room)
    ends = [stop.end() for stop in _SENTENCE.finditer(text, earliest, start)]
    if earliest == 0:
        ends.insert(0, 0)
    if ends:
        return ends[0] if start - ends[0] <= room else ends[-1]
    near = max(earliest, start - room // 3)
    space = text.find(" ", near, start)
    return space + 1 if space >= 0 else near


def _cut(text: str, start: int, end: int, found: Sequence[_Found]) -> Passage:
    if end < len(text):
        space = text.rfind(" ", start, end + 1)
        covered = max((one.end for one in found if one.start >= start and one.end <= end), default=start)
        end = space if space > start and space >= covered else end
    piece = text[start:end]
    shown = piece.strip()
    shift = start + (len(piece) - len(piece.lstrip()))
    spans = tuple(
        (one.start - shift, one.end - shift) for one in found if one.start >= shift and one.end <= shift + len(shown)
    )
    # One character for one, so that the spans stay where they are.
    return Passage(re.sub(r"\s", " ", shown), spans, before=shift > 0, after=shift + len(shown) < len(text.rstrip()))
