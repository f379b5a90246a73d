"""What stands right of the equals sign in a BibTeX file: braces, quotes, numbers, macros, and their concatenation. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from scidex.atlas.bibliography.csl import LONGEST_TEXT

_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_QUOTE = re.compile(r'\\.|[{}"]', re.DOTALL)
_BARE = re.compile(r'[^\s#{"]+')
_BETWEEN = re.compile(r"[\s#]*")


class Value(NamedTuple):
    """The text of a value, as LaTeX, and the macros in it that the file does not define."""

    text: str
    undefined: tuple[str, ...] = ()


def value(source: str, macros: Mapping[str, str]) -> Value:
    """`source` with its parts joined. Raises ValueError where it becomes longer than a record's text may be.

    A macro that is not among `macros` (their names in lower case) stands for its own name.

    >>> value('"The " # {J. } # foo # 12', {"foo": "of X "}).text
    'The J. of X 12'
    """
    parts: list[str] = []
    undefined: list[str] = []
    size = position = 0
    while (position := _end(_BETWEEN, source, position)) < len(source):
        if source[position] == "{":
            end = _closing(source, position)
            part = source[position + 1 : end]
        elif source[position] == '"':
            end = _closing_quote(source, position)
            part = source[position + 1 : end]
        else:
            end = _end(_BARE, source, position)
            name = source[position:end]
            end -= 1
            part = macros.get(name.lower(), name)
            if name.lower() not in macros and not name.isdigit():
                undefined.append(name)
        size += len(part)
        if size > LONGEST_TEXT:
            raise ValueError(f"it is longer than {LONGEST_TEXT:,} characters")
        parts.append(part)
        position = end + 1
    return Value("".join(parts), tuple(undefined))


def _end(pattern: re.Pattern[str], source: str, position: int) -> int:
    found = pattern.match(source, position)
    return found.end() if found else position + 1


def _closing(source: str, opening: int) -> int:
    """Where the brace at `opening` is closed; the end if it never is."""
    depth = 0
    for found in _BRACE.finditer(source, opening):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
            if depth == 0:
                return found.start()
    return len(source)


def _closing_quote(source: str, opening: int) -> int:
    depth = 0
    for found in _QUOTE.finditer(source, opening + 1):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= 1
        elif found[0] == '"' and depth <= 0:
            return found.start()
    return len(source)
