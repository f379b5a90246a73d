"""Finds inline code in Markdown, so that what stands in it is left alone: there, markup is content."""

from __future__ import annotations

import re
from bisect import bisect_left

_RUN = re.compile(r"`+")
_BLANK = re.compile(r"\n[ \t]*\n")


def code_spans(text: str) -> list[tuple[int, int]]:
    """Start and end offsets of the inline code in `text`, in order; a span never crosses a blank line."""
    if "`" not in text:
        return []
    runs = [(match.start(), match.end()) for match in _RUN.finditer(text)]
    starts: dict[int, list[int]] = {}
    for start, end in runs:
        starts.setdefault(end - start, []).append(start)
    blanks = [match.start() for match in _BLANK.finditer(text)]
    spans: list[tuple[int, int]] = []
    done = 0
    for start, end in runs:
        if start < done or _is_escaped(text, start):
            continue
        same = starts[end - start]
        following = bisect_left(same, end)
        if following == len(same):
            continue
        close = same[following]
        blank = bisect_left(blanks, end)
        if blank < len(blanks) and blanks[blank] < close:
            continue
        done = close + (end - start)
        spans.append((start, done))
    return spans


def _is_escaped(text: str, offset: int) -> bool:
    backslashes = 0
    while offset > backslashes and backslashes < 64 and text[offset - backslashes - 1] == "\\":
        backslashes += 1
    return backslashes % 2 == 1
