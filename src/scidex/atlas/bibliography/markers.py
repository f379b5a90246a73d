"""Citation markers in running text: ``[3]``, ``[1, 2]``, ``[1–3]``, ``[@key]``, ``[@a; @b]``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

MARKER = re.compile(r"\[(?=-?@|\d)([^\[\]\n]{1,400}+)\](?!\()")
_NUMBERS = re.compile(r"\d{1,3}(?:\s*[-–—,;]\s*\d{1,3})*+")
_RANGE = re.compile(r"(\d{1,3})(?:\s*[-–—]\s*(\d{1,3}))?")
_KEY = re.compile(r"(?:^|[\s;,-])@([A-Za-z0-9_][\w:.#$%&+?<>~/-]*)")
_LIKE_A_MARKER = re.compile(r"\[([^\[\]]{1,400})\](?!\()")
_LOOSE_KEY = re.compile(r"(?<![\w@])@(\w[\w:.#$%&+?<>~/-]*)")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_CODE = re.compile(r"`[^`\n]*`")
LONGEST_KEY = 200


def keys_in(marker: str) -> list[str]:
    """The keys and numbers named inside one pair of brackets, ranges written out; none if it is no citation.

    >>> keys_in("1, 3–5"), keys_in("@shi2010; @rani2015"), keys_in("12 mice")
    (['1', '3', '4', '5'], ['shi2010', 'rani2015'], [])
    """
    inner = marker.strip()
    if "@" in inner:
        return [key.rstrip(".:?,/") for key in _KEY.findall(inner)]
    if not _NUMBERS.fullmatch(inner):
        return []
    keys: list[str] = []
    for low, high in _RANGE.findall(inner):
        first, last = int(low), int(high or low)
        keys.extend(str(number) for number in range(first, min(last, first + 200) + 1) if number)
    return keys


def cited_keys(markdown: str) -> Iterator[str]:
    """The keys that the markers of a Markdown text name, code left out, in order, with repeats.

    Wider than what is drawn as a marker: whatever looks like a citation to a reader (``[see @key]``, one broken over two
    lines, one in other letters) is taken for one, so that none goes without an entry.
    """
    if "[" not in markdown:
        return
    text = _without_code(markdown)
    for match in _LIKE_A_MARKER.finditer(text):
        inner = match[1]
        keys = keys_in(inner) if "@" not in inner else [key.rstrip(".:?,/") for key in _LOOSE_KEY.findall(inner)]
        for key in keys:
            if key:
                yield key[:LONGEST_KEY]


def _without_code(markdown: str) -> str:
    if "`" not in markdown and "~~~" not in markdown:
        return markdown
    kept, fenced = [], ""
    for line in markdown.split("\n"):
        if fence := _FENCE.match(line):
            fenced = "" if fence[1] == fenced else fenced or fence[1]
            continue
        if not fenced:
            kept.append(_CODE.sub("", line) if "`" in line else line)
    return "\n".join(kept)
