"""Abbreviations that a text spells out, by the algorithm of Schwartz and Hearst (2003, doi:10.1142/9789812776303_0042)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scidex.atlas.graph.names import letters


@dataclass(frozen=True, slots=True)
class Definition:
    """An abbreviation and what the text spells it out to."""

    short: str
    start: int
    end: int
    long: str


_BRACKET = re.compile(r"\(([^()\n]{2,80})\)")
_SHORT = re.compile(r"[^\W_][\w\-‐‑–/+. ]{0,14}")
_WORDS_BEFORE = 12


def definitions(text: str) -> list[Definition]:
    """The abbreviations that a text spells out, “long form (SF)” and “SF (long form)”, by the rule of Schwartz and Hearst.

    Each letter and digit of the short form is found in the long form, from right to left, the first one at a word's beginning.
    """
    found = []
    for bracket in _BRACKET.finditer(text):
        inner = re.split("[;,]", bracket[1], maxsplit=1)[0].strip()
        before = text[max(0, bracket.start() - 250) : bracket.start()].rstrip()
        before = re.split(r"[.;:!?]\s|\n|\x00|[()]", before)[-1].strip()
        if not before or not inner:
            continue
        if _is_short(inner):
            words = before.split()
            most = min(len(letters(inner)) + 5, len(letters(inner)) * 2, _WORDS_BEFORE)
            long = _long_of(inner, " ".join(words[-most:]))
            if long:
                found.append(Definition(inner, bracket.start(1), bracket.start(1) + len(inner), long))
                continue
        short = before.split()[-1]
        if _is_short(short) and len(inner.split()) >= 2 and _long_of(short, inner) == inner:
            start = text.rfind(short, 0, bracket.start())
            found.append(Definition(short, start, start + len(short), inner))
    return found


def _is_short(text: str) -> bool:
    bare = letters(text)
    return (
        2 <= len(bare) <= 10
        and len(text.split()) <= 2
        and _SHORT.fullmatch(text) is not None
        and any(letter.isalpha() for letter in bare)
        and any(letter.isupper() or letter.isdigit() for letter in bare)
    )


def _long_of(short: str, before: str) -> str:
    """The shortest end of `before` that spells out `short`; "" if none does."""
    wanted = letters(short)
    if len(wanted) > 2 and wanted.endswith("s") and wanted[:-1].isupper():
        wanted = wanted[:-1]
    place = len(before) - 1
    for number in range(len(wanted) - 1, -1, -1):
        letter = wanted[number].casefold()
        while place >= 0 and (
            before[place].casefold() != letter or (number == 0 and place > 0 and before[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return ""
        place -= 1
    long = before[place + 1 :].strip()
    # A long form is longer than its short form and is not the short form again.
    if len(letters(long)) <= len(wanted) or wanted in re.split(r"\W+", long):
        return ""
    return long
