"""Does a quote stand, word for word, in a stored text? And if not, why not.

Quote and text are compared folded (`folding`): white space, hyphenation and Unicode's canonical forms do not count, all
else does. A quote begins and ends at the edge of a word, where a word holds together over hyphens and apostrophes, and a
number with its decimals, its sign and its per cent sign: "effective" is not in "non-effective", "did" not in "didn't",
"5" not in "0.5" or "5%".

Time is linear in the text: the letters are found without hyphens by `str.find` (two-way matching, Crochemore and Perrin
1991, doi:10.1145/116825.116845), then the hyphens of each candidate are compared, within a budget.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum

from scidex.atlas.evidence.folding import LETTER_BREAK, OTHER_BREAK, Folded, fold, hidden_characters
from scidex.atlas.evidence.nearest import Difference, nearest

LEAST_WORDS = 3
LEAST_LETTERS = 12
"""A quote has at least so many words, or so many letters and digits."""
MOST_QUOTE = 10_000
"""Code points of the longest quote; more is copying, not quoting."""
BUDGET = 300_000
"""Steps of one search: candidates, and hyphens compared in them. Only a text made of repetitions comes near it."""

_GAP = re.compile(rf"(?:- ?)+|[{LETTER_BREAK}{OTHER_BREAK}]")
_ELLIPSIS = re.compile(r"\.\.\.|…|\. \. \.")
_PASSES = {LETTER_BREAK: frozenset({"", "-", "- "}), OTHER_BREAK: frozenset({"-", "- "})}
_JOINERS = frozenset("-'’" + LETTER_BREAK + OTHER_BREAK)
_DIGIT_JOINERS = frozenset(".,·–")
_SIGNS = frozenset("-−+±<>≤≥~≈")
_UNITS = frozenset("%‰°±")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Letters of scripts that are written without spaces (Thai, Lao, Burmese, Khmer, Chinese, Japanese)."""


class QuoteProblem(StrEnum):
    """Why a quote is not accepted."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    ABSENT = "absent"
    DIFFERS = "differs"
    CUT = "cut-inside-a-word"
    ELLIPSIS = "ellipsis"
    REPETITIVE = "too-repetitive"


@dataclass(frozen=True, slots=True)
class QuoteMatch:
    """A quote that stands in the text.

    `text[start:end]` is `passage`, counted in code points of the text as it was given. `occurrences` is how often the
    quote stands there without overlap; the first is the one given. `text_sha256` is of the text in UTF-8. `hidden` names the
    characters that cannot be seen, in passage or quote, which were passed over (U+200B …); a reader should be told.
    """

    start: int
    end: int
    occurrences: int
    passage: str
    text_sha256: str
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuoteFault:
    """A quote that was not accepted: what is wrong and what to do.

    `passage` is the nearest text, at `start` to `end`, where there is one; `differences` say where the quote departs from it.
    """

    problem: QuoteProblem
    message: str
    cure: str
    passage: str | None = None
    start: int | None = None
    end: int | None = None
    differences: tuple[Difference, ...] = ()


def find_quote(text: str, quote: str) -> QuoteMatch | QuoteFault:
    r"""Where `quote` stands in `text`, or why it is not accepted.

    >>> match = find_quote("It was in-\neffective in mice\u00a0and men.", "ineffective in mice and men")
    >>> (match.start, match.end, match.passage)
    (7, 36, 'in-\neffective in mice\xa0and men')
    >>> find_quote("It was ineffective in mice and men.", "effective in mice and men").problem.value
    'cut-inside-a-word'
    """
    if len(quote) > MOST_QUOTE:
        return QuoteFault(
            QuoteProblem.TOO_LONG,
            f"The quote has more than {MOST_QUOTE:,} characters.",
            "Quote the sentence that says it.",
        )
    wanted = fold(quote, lines=False).text.strip(" ")
    if not _has_content(wanted):
        return QuoteFault(
            QuoteProblem.TOO_SHORT,
            f"The quote has fewer than {LEAST_WORDS} words and fewer than {LEAST_LETTERS} letters or digits.",
            "Quote enough that it could stand in one place only.",
        )
    source = fold(text, lines=True)
    search = _Search(source.text, wanted)
    search.run()
    if search.budget < 0:
        return QuoteFault(
            QuoteProblem.REPETITIVE,
            "The text repeats itself so much that the quote cannot be checked in reasonable time.",
            "Store the text without the repetition, or quote a longer passage.",
        )
    if search.whole:
        return _match(text, quote, source, search.whole)
    return _fault(text, wanted, source, search.cut)


class _Search:
    """Finds where the letters of a quote stand with the right hyphens.

    `whole` are the places in the folded text that cut no word, without overlap; `cut` is the first that does.
    """

    def __init__(self, text: str, quote: str) -> None:
        core = quote.lstrip("- ")
        self.before = quote[: len(quote) - len(core)]
        self.after = core[len(core.rstrip("- ")) :]
        self.text = text
        self.letters, self.gap_places, self.gaps = _without_hyphens(text)
        self.core, self.core_places, self.core_gaps = _without_hyphens(core.rstrip("- "))
        # Totals up to each gap: of their lengths, and of those a quote cannot pass over.
        self.lengths, self.closed = [0], [0]
        for gap in self.gaps:
            self.lengths.append(self.lengths[-1] + len(gap))
            self.closed.append(self.closed[-1] + (gap != LETTER_BREAK))
        self.by_place = dict(zip(self.gap_places, self.gaps, strict=True))
        self.budget = BUDGET
        self.whole: list[tuple[int, int]] = []
        self.cut: tuple[int, int] | None = None

    def run(self) -> None:
        """Searches the text once."""
        at = self.letters.find(self.core)
        while at >= 0 and self.budget >= 0:
            left = self.budget
            self.budget -= 1 + len(self.core) // 64  # what another call of `find` costs
            place = self._place(at)
            step = 1
            if place is not None and _is_whole(self.text, *place):
                self.whole.append(place)
                step, self.budget = len(self.core), left  # a place that is passed over whole costs linear time only
            else:
                self.cut = self.cut or place
            at = self.letters.find(self.core, at + step)

    def _place(self, at: int) -> tuple[int, int] | None:
        """Start and end in the folded text, if the hyphens of the text from letter `at` on are those of the quote."""
        low = bisect_left(self.gap_places, at + 1)
        high = bisect_left(self.gap_places, at + len(self.core))
        closed = self.closed[high] - self.closed[low]
        if closed > len(self.core_gaps):
            return None
        for place, gap in zip(self.core_places, self.core_gaps, strict=True):
            self.budget -= 1
            here = self.by_place.get(at + place, "")
            if gap != here and gap not in _PASSES.get(here, ()):
                return None
            closed -= here != LETTER_BREAK
        start = at + self.lengths[low]
        end = at + len(self.core) + self.lengths[high]
        before = _edge(
            self.before, self.text[max(0, start - len(self.before)) : start], self.text[max(0, start - 1) : start]
        )
        after = _edge(self.after, self.text[end : end + len(self.after)], self.text[end : end + 1])
        if closed or before is None or after is None:
            return None
        return start - before, end + after


def _edge(hyphens: str, stretch: str, character: str) -> int | None:
    """How much of the text the hyphens at one edge of a quote stand for. None if they are not there.

    Where they stand for the break of a line, the quote cuts a word, and is told so.
    """
    if hyphens == stretch:
        return len(hyphens)
    return 1 if hyphens in _PASSES.get(character, ()) else None


def _without_hyphens(text: str) -> tuple[str, list[int], list[str]]:
    """`text` without its hyphens and the space after each; before which letter each stood; and what stood there."""
    places: list[int] = []
    gaps: list[str] = []
    letters: list[str] = []
    count = done = 0
    for match in _GAP.finditer(text):
        letters.append(text[done : match.start()])
        count += match.start() - done
        places.append(count)
        gaps.append(match.group())
        done = match.end()
    letters.append(text[done:])
    return "".join(letters), places, gaps


def _has_content(quote: str) -> bool:
    words = sum(any(map(str.isalnum, word)) for word in quote.split(" "))
    return words >= LEAST_WORDS or sum(map(str.isalnum, quote)) >= LEAST_LETTERS


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (_is_inside(text, start) or _is_inside(text, end))


def _is_inside(text: str, at: int) -> bool:
    """Whether `at` is between two characters of one word or number."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    if unicodedata.category(right)[0] == "M":
        return True
    if _is_letter(left):
        if _is_letter(right):
            return not (_UNSPACED.match(left) or _UNSPACED.match(right))
        return (left.isdigit() and right in _UNITS) or _joins(text, at)
    return _is_letter(right) and ((left in _SIGNS and right.isdigit()) or _joins(text, at - 1))


def _is_letter(each: str) -> bool:
    return each.isalnum() or each == "_" or unicodedata.category(each)[0] == "M"


def _joins(text: str, at: int) -> bool:
    """Whether the character `at` holds what stands on both sides together."""
    if not 0 < at < len(text) - 1:
        return False
    left, right = text[at - 1], text[at + 1]
    if text[at] in _JOINERS:
        return _is_letter(left) and _is_letter(right)
    return text[at] in _DIGIT_JOINERS and left.isdigit() and right.isdigit()


def _match(text: str, quote: str, source: Folded, places: list[tuple[int, int]]) -> QuoteMatch:
    start, end = source.start(places[0][0]), source.end(places[0][1] - 1)
    passage = text[start:end]
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return QuoteMatch(start, end, len(places), passage, digest, hidden_characters(passage + quote))


def _fault(text: str, wanted: str, source: Folded, cut: tuple[int, int] | None) -> QuoteFault:
    if cut is not None:
        low, high = cut
        while _is_inside(source.text, low):
            low -= 1
        while _is_inside(source.text, high):
            high += 1
        start, end = source.start(low), source.end(high - 1)
        return QuoteFault(
            QuoteProblem.CUT,
            "The quote begins or ends inside a word or number of the text.",
            "Quote whole words, with their hyphens, signs and units.",
            _shown(text[start:end]), start, end,
        )  # fmt: skip
    if _ELLIPSIS.search(wanted):
        return QuoteFault(
            QuoteProblem.ELLIPSIS,
            "The quote leaves something out (an ellipsis), so it does not stand in the text as one piece.",
            "Make two quotes of it, one for each piece.",
        )
    if (near := nearest(source.text, wanted)) is not None:
        start, end = source.start(near.start), source.end(near.end - 1)
        first = near.differences[0]
        return QuoteFault(
            QuoteProblem.DIFFERS,
            f"{_told(first)} ({first.what}).",
            "Copy the passage from the text, without correcting it.",
            _shown(text[start:end]), start, end, near.differences,
        )  # fmt: skip
    return QuoteFault(
        QuoteProblem.ABSENT,
        "The quote does not stand in the text, and nothing like it does.",
        "Look for it in the source it came from; a passage that is not stored cannot be quoted.",
    )


def _told(difference: Difference) -> str:
    if not difference.quoted:
        return f"The quote leaves out “{difference.printed}”"
    if not difference.printed:
        return f"The quote adds “{difference.quoted}”"
    return f"The text says “{difference.printed}” where the quote says “{difference.quoted}”"


def _shown(passage: str) -> str:
    return passage[: MOST_QUOTE * 2]
