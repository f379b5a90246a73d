"""Dates as bibliography files write them, and CSL-JSON's `date-parts`. Pure; a date that is not understood is kept as text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SEASONS = {"spring": "1", "summer": "2", "autumn": "3", "fall": "3", "winter": "4"}
SEASON_NAMES = {"1": "Spring", "2": "Summer", "3": "Autumn", "4": "Winter"}

Date = dict[str, Any]
"""A CSL-JSON date."""


def month_number(text: str) -> int | None:
    """The month that `text` names, in English or as a number: ``Mar.``, ``march``, ``03``.

    >>> month_number("Sept."), month_number("13")
    (9, None)
    """
    word = text.strip().strip(".").casefold()
    if word.isascii() and word.isdigit() and len(word) <= 2:
        return int(word) if 1 <= int(word) <= 12 else None
    return MONTHS.index(word[:3]) + 1 if len(word) >= 3 and word[:3] in MONTHS and word.isalpha() else None


def day_number(text: str) -> int | None:
    """The day of a month that `text` is, if it is one."""
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 2 and 1 <= int(word) <= 31 else None


def year_number(text: str) -> int | None:
    """The year that `text` is, if it is one of up to four digits, before or after Christ."""
    word = text.strip()
    return int(word) if re.fullmatch(r"-?[0-9]{1,4}", word) else None


def date(*spans: Sequence[int | None], **others: str | bool) -> Date:
    """A CSL-JSON date; of each of `spans` (year, month, day) what stands before the first that is missing."""
    parts = [_known(span) for span in spans]
    return {"date-parts": [span for span in parts if span], **others} if any(parts) else dict(others)


def _known(span: Sequence[int | None]) -> list[int]:
    known: list[int] = []
    for number in span:
        if number is None:
            break
        known.append(number)
    return known


def spans_of(given: Mapping[str, Any] | None) -> list[list[int]]:
    """The date parts of a CSL-JSON date: none, a day, or the two ends of a span."""
    return [list(span) for span in (given or {}).get("date-parts") or [] if span]


_WORDS = re.compile(r"[A-Za-z0-9 .]{1,40}")
_WORD = re.compile(r"[0-9]+|[A-Za-z]+")


def worded_date(text: str) -> Date:
    """A date in words, the year first: ``2006 Jan-Feb``, ``1998 Dec-1999 Jan``, ``2006 Spring``, ``2019 Mar 4-7``.

    Anything else gives the text as ``literal``, beside the year if it begins with one.

    >>> worded_date("2006 Jan-Feb")
    {'date-parts': [[2006, 1], [2006, 2]]}
    """
    first, dash, second = text.strip().partition("-")
    words = _words_in(first)
    year = year_number(words[0]) if words and len(words[0]) == 4 else None
    if year is not None:
        if not dash and len(words) == 2 and words[1].casefold() in SEASONS:
            return date([year], season=SEASONS[words[1].casefold()])
        begin = _span([year], words[1:])
        if begin and not dash:
            return date(begin)
        end = _end_of(begin, _words_in(second)) if begin else None
        if begin and end and end > begin:
            return date(begin, end)
    return date([year], literal=text.strip()) if year is not None else {"literal": text.strip()}


def _words_in(text: str) -> list[str]:
    return _WORD.findall(text) if _WORDS.fullmatch(text) else []


def _span(known: list[int], words: Sequence[str]) -> list[int] | None:
    """`known` (year, or year and month) with the month and day that `words` are."""
    span = list(known)
    for word in words:
        number = month_number(word) if len(span) == 1 else day_number(word) if len(span) == 2 else None
        if number is None:
            return None
        span.append(number)
    return span


def _end_of(begin: list[int], words: Sequence[str]) -> list[int] | None:
    """The end of a span, whose year and month may be left out where they are those of its beginning."""
    if not words:
        return None
    if len(words[0]) == 4 and words[0].isdigit():
        return _span([int(words[0])], words[1:])
    if words[0].isalpha():
        return _span(begin[:1], words)
    return _span(begin[:2], words) if len(begin) == 3 and len(words) == 1 else None


def worded(given: Mapping[str, Any]) -> str:
    """A CSL-JSON date as `worded_date` reads it; empty if it has no words for it."""
    spans = spans_of(given)
    if given.get("literal"):
        return str(given["literal"])
    if not spans:
        return str(given.get("raw", ""))
    season = SEASON_NAMES.get(str(given.get("season", "")))
    if season:
        return f"{spans[0][0]} {season}"
    begin, *end = [_words(span) for span in spans]
    if not end or len(spans[0]) != len(spans[1]):
        return " ".join(begin)
    shared = 0
    while shared < len(begin) - 1 and begin[shared] == end[0][shared]:
        shared += 1
    return f"{' '.join(begin)}-{' '.join(end[0][shared:])}"


def _words(span: Sequence[int]) -> list[str]:
    year, *rest = span
    month = [MONTHS[rest[0] - 1].capitalize()] if rest and 1 <= rest[0] <= 12 else []
    return [f"{year:04d}", *month, *(str(day) for day in rest[1:] if month)]


def iso(span: Sequence[int]) -> str:
    """Year, month and day as ISO 8601 writes them, as far as they are known."""
    return "-".join(f"{number:0{4 if place == 0 else 2}d}" for place, number in enumerate(span))
