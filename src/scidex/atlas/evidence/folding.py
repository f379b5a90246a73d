"""Text in the one form in which a quote and its source are compared, with the way back to the original.

Only what printing and encoding change is folded: white space, hyphens and the hyphenation of lines, Unicode's canonical
forms, the Latin ligatures, and characters that cannot be seen. Case, punctuation, quotation marks, dashes, superscripts
and look-alike letters are left as they are: they can carry meaning.

Canonical equivalence is tested on NFD, which is the same relation as on NFC (Unicode Standard Annex 15). Marks are put in
order here and not by `unicodedata.normalize`, whose sort takes quadratic time on a long run of them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

HYPHENS = "-\u2010\u2011"
SOFT_HYPHEN = "\u00ad"
LINE_BREAKS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
HIDDEN = frozenset(
    "\u200b\u200c\u200d\u2060\ufeff"  # zero-width space, non-joiner, joiner, word joiner, byte order mark
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # bidirectional controls
)
_LIGATURES = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "ſt", "\ufb06": "st",
}  # fmt: skip

LETTER_BREAK = "\n"
"""In a folded source: a hyphen and the end of a line, between letters. A quote may have nothing, "-" or "- " there."""
OTHER_BREAK = "\r"
"""The same beside a digit, where leaving out the hyphen would make another number. A quote may have "-" or "- "."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. Pieces begin at `folded[i]` in `text` and at `starts[i]` in the original; all offsets in code points.

    A piece with `ends[i] < 0` is a copy, character for character. Otherwise all of it stands for one stretch of the
    original, `starts[i]` to `ends[i]`.
    """

    text: str
    folded: list[int]
    starts: list[int]
    ends: list[int]

    def start(self, at: int) -> int:
        """Where in the original the character `at` of the folded text begins."""
        piece = bisect_right(self.folded, at) - 1
        return self.starts[piece] + (at - self.folded[piece] if self.ends[piece] < 0 else 0)

    def end(self, at: int) -> int:
        """Where in the original the character `at` of the folded text ends."""
        piece = bisect_right(self.folded, at) - 1
        return self.starts[piece] + at - self.folded[piece] + 1 if self.ends[piece] < 0 else self.ends[piece]


class _Writer:
    def __init__(self, text: str) -> None:
        self.text = text
        # All distinct characters that need folding, looked at once: how each folds with none beside it.
        self.alone = {each: _fold_alone(each) for each in set(text) if _is_special(each)}
        self.marks = {each for each in self.alone if each in HIDDEN or unicodedata.combining(each)}
        self.length = 0
        self.pieces: list[str] = []
        self.result = Folded("", [], [], [])

    def put(self, piece: str, start: int, end: int) -> None:
        if piece:
            self.pieces.append(piece)
            self.result.folded.append(self.length)
            self.result.starts.append(start)
            self.result.ends.append(end)
            self.length += len(piece)


def fold(text: str, *, lines: bool) -> Folded:
    """`text` folded. With `lines`, hyphens at the end of a line are marked as breaks; a quote is folded without."""
    writer = _Writer(text)
    runs = re.compile(f"[{re.escape(''.join(sorted(writer.alone)))}]+") if writer.alone else None
    done = 0
    for match in runs.finditer(text) if runs else ():
        run = match.group()
        if (piece := writer.alone.get(run)) == run:
            continue
        writer.put(text[done : match.start()], done, -1)
        if piece is not None:
            writer.put(piece, match.start(), match.end())
        else:
            _fold_run(writer, run, match.start(), lines=lines)
        done = match.end()
    writer.put(text[done:], done, -1)
    made = writer.result
    return Folded("".join(writer.pieces), made.folded, made.starts, made.ends)


def hidden_characters(text: str) -> tuple[str, ...]:
    """The characters of `text` that cannot be seen, each once, as U+XXXX."""
    return tuple(f"U+{ord(each):04X}" for each in sorted(set(text) & HIDDEN))


def _is_special(each: str) -> bool:
    return (
        each.isspace()
        or each in HYPHENS
        or each in HIDDEN
        or each == SOFT_HYPHEN
        or each in _LIGATURES
        or unicodedata.combining(each) != 0
        or unicodedata.normalize("NFD", each) != each
    )


def _fold_alone(each: str) -> str:
    """What one character that needs folding becomes with none beside it."""
    if each.isspace():
        return " "
    if each in HYPHENS:
        return "-"
    if each in HIDDEN or each == SOFT_HYPHEN:
        return ""
    return _LIGATURES.get(each) or _ordered(unicodedata.normalize("NFD", each))


def _fold_run(writer: _Writer, run: str, offset: int, *, lines: bool) -> None:
    """Writes `run`, which stands at `offset` and consists of characters that need folding, spaces and hyphens."""
    at = 0
    while at < len(run):
        if run[at].isspace() or run[at] in HYPHENS or run[at] == SOFT_HYPHEN:
            at = _fold_gap(writer, run, at, offset, lines=lines)
        elif run[at] in HIDDEN:
            at += 1
        elif run[at + 1 : at + 2] not in writer.marks:
            writer.put(writer.alone[run[at]], offset + at, offset + at + 1)
            at += 1
        else:
            at = _fold_letters(writer, run, at, offset)


def _fold_gap(writer: _Writer, run: str, at: int, offset: int, *, lines: bool) -> int:
    """Writes the white space, or the hyphen with the white space after it, at `at`. Gives where it ends."""
    first = at
    space = at = at + (not run[at].isspace())
    last = at
    while at < len(run) and (run[at].isspace() or run[at] in HIDDEN or run[at] == SOFT_HYPHEN):
        last = at + 1 if run[at].isspace() else last
        at += 1
    white = run[space:last]
    broken = not LINE_BREAKS.isdisjoint(white)
    before, after = _neighbours(writer.text, offset + first, offset + at) if broken else ("", "")
    if run[first] == SOFT_HYPHEN and before.isalpha() and after.isalpha():
        return at
    if run[first] in HYPHENS:
        if lines and before.isalnum() and after.isalnum():
            mark = LETTER_BREAK if before.isalpha() and after.isalpha() else OTHER_BREAK
            writer.put(mark, offset + first, offset + last)
            return at
        writer.put("-", offset + first, offset + first + 1)
    if white:
        writer.put(" ", offset + space, offset + last)
    return at


def _neighbours(text: str, start: int, end: int) -> tuple[str, str]:
    """The base letters before `start` and at `end`, over marks and what cannot be seen."""
    # Sixteen characters are more than any word of a language carries in marks, and keep this from being a walk.
    before = next((each for each in reversed(text[max(0, start - 16) : start]) if not _is_mark(each)), "")
    return before, text[end : end + 1]


def _is_mark(each: str) -> bool:
    return each in HIDDEN or unicodedata.category(each)[0] == "M"


def _fold_letters(writer: _Writer, run: str, at: int, offset: int) -> int:
    """Writes one letter and the marks on it, or the marks on a letter already written. Gives where they end."""
    first = at
    text = _fold_alone(run[at])
    last = at = at + 1
    marks: list[str] = []
    while at < len(run) and (run[at] in HIDDEN or unicodedata.combining(run[at])):
        if run[at] not in HIDDEN:
            marks.append(unicodedata.normalize("NFD", run[at]))
            last = at + 1
        at += 1
    writer.put(_ordered(text + "".join(marks)), offset + first, offset + last)
    return at


def _ordered(text: str) -> str:
    """`text` with its marks in canonical order: by combining class, those of one class as they came."""
    result: list[str] = []
    marks: list[str] = []
    for each in text:
        if unicodedata.combining(each):
            marks.append(each)
        else:
            result += sorted(marks, key=unicodedata.combining)
            result.append(each)
            marks = []
    return "".join(result + sorted(marks, key=unicodedata.combining))
