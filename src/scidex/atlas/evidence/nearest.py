"""The passage of a text that comes nearest to a quote, and where the two differ. For telling a person, not for deciding."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_WORDS = 300
"""A longer quote is not compared: comparing takes quadratic time in the number of words."""
LIKE = 0.6
"""Share of the quote's words that must stand in the passage, in order, to call it near."""
MOST_SHOWN = 8

_WORD = re.compile(r"[^ \n\r]+")
_EDGES = ".,;:!?()[]{}\"'“”‘’«»"
_NEGATIONS = frozenset({
    "no", "not", "none", "never", "neither", "nor", "without", "cannot", "non", "didn't", "doesn't", "isn't", "wasn't",
    "weren't", "don't", "couldn't", "hadn't", "absence", "lack", "lacked", "failed", "fails", "unable",
})  # fmt: skip
_LOOK_ALIKE = str.maketrans("асеорхуіјѕԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονρ", "aceopxyijsdhABEZHIKMNOPTYXaovp")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a quote departs from the text: what the quote says, what is printed, and what sort of thing it is.

    `what` is one of: a negation, a number, letter case, look-alike letters, punctuation, words.
    """

    quoted: str
    printed: str
    what: str


@dataclass(frozen=True, slots=True)
class Near:
    """A passage like the quote, `start` to `end` in the folded text, and at least one difference."""

    start: int
    end: int
    differences: tuple[Difference, ...]


def nearest(text: str, quote: str) -> Near | None:
    """The stretch of folded `text` that shares most words with folded `quote`, or None if none is near."""
    wanted = [match.group() for match in _WORD.finditer(quote)]
    if not 0 < len(wanted) <= MOST_WORDS:
        return None
    window = _window(text, wanted)
    if window is None:
        return None
    printed = list(_WORD.finditer(text, *window))
    names = [match.group() for match in printed]
    blocks = SequenceMatcher(None, [_plain(word) for word in names], [_plain(word) for word in wanted], autojunk=False)
    kept = [block for block in blocks.get_matching_blocks() if block.size]
    if sum(block.size for block in kept) < LIKE * len(wanted):
        return None
    first = max(0, kept[0].a - kept[0].b)
    last = min(len(names), kept[-1].a + kept[-1].size + len(wanted) - kept[-1].b - kept[-1].size)
    before, after = _outside(names[first], wanted[0], end=False), _outside(names[last - 1], wanted[-1], end=True)
    names[first] = names[first][before:]
    names[last - 1] = names[last - 1][: len(names[last - 1]) - after]
    exact = SequenceMatcher(None, names[first:last], wanted, autojunk=False)
    differences = tuple(
        Difference(quoted, said, _kind(quoted, said))
        for code, a, b, c, d in exact.get_opcodes()
        if code != "equal"
        for said, quoted in [(" ".join(names[first + a : first + b]), " ".join(wanted[c:d]))]
    )
    if not differences:
        return None
    return Near(printed[first].start() + before, printed[last - 1].end() - after, differences[:MOST_SHOWN])


def _outside(printed: str, wanted: str, *, end: bool) -> int:
    """How many marks of punctuation the printed word has outside a quote that begins or ends with it."""
    whole = printed.startswith(wanted) if end else printed.endswith(wanted)
    rest = printed[len(wanted) :] if end else printed[: len(printed) - len(wanted)]
    return len(rest) if whole and not rest.strip(_EDGES) else 0


def _window(text: str, wanted: list[str]) -> tuple[int, int] | None:
    """Start and end of the stretch, half as long again as the quote, with most of the quote's words."""
    needed = Counter(map(_plain, wanted))
    size = len(wanted) + len(wanted) // 2 + 2
    starts: list[int] = []
    words: list[str | None] = []
    have: Counter[str] = Counter()
    shared = best = best_at = 0
    for index, match in enumerate(_WORD.finditer(text)):
        word = _plain(match.group()[:100])
        starts.append(match.start())
        words.append(word if word in needed else None)
        if word in needed:
            have[word] += 1
            shared += have[word] <= needed[word]
        if index >= size and (gone := words[index - size]) is not None:
            shared -= have[gone] <= needed[gone]
            have[gone] -= 1
        if shared > best:
            best, best_at = shared, index
    if best < LIKE * len(wanted):
        return None
    first = max(0, best_at - size + 1)
    last = min(len(starts) - 1, best_at + len(wanted) // 2 + 1)
    return starts[first], starts[last + 1] if last + 1 < len(starts) else len(text)


def _plain(word: str) -> str:
    return word.translate(_LOOK_ALIKE).strip(_EDGES).lower() or word


def _kind(quoted: str, printed: str) -> str:
    plain = [{_plain(word) for word in side.split(" ")} for side in (quoted, printed)]
    if (plain[0] ^ plain[1]) & _NEGATIONS:
        return "a negation"
    if sorted(filter(str.isdecimal, quoted)) != sorted(filter(str.isdecimal, printed)) or _has_digits(quoted, printed):
        return "a number"
    if quoted.lower() == printed.lower():
        return "letter case"
    if quoted.translate(_LOOK_ALIKE) == printed.translate(_LOOK_ALIKE):
        return "look-alike letters"
    if _letters(quoted) == _letters(printed):
        return "punctuation"
    return "words"


def _has_digits(quoted: str, printed: str) -> bool:
    """Whether the difference is in how numbers are written."""
    return any(map(str.isdigit, quoted)) and any(map(str.isdigit, printed)) and quoted != printed


def _letters(text: str) -> list[str]:
    return [each for each in text if each.isalnum() or unicodedata.category(each)[0] == "M"]
