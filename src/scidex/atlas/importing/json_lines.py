"""Where things stand in a JSON text: the line of a mistake, and the lines of each part of a page's content.

The standard parser says neither, so the text is walked token by token, without recursion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scidex.atlas.importing.model import Part, Span

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],:]|-?[0-9][0-9.eE+-]*+|-?[A-Za-z]++|\n', re.DOTALL)
DEEPEST = 64
LARGEST = 2**53
_LISTS = frozenset({"infobox", "records", "references", "related", "metadata"})


@dataclass(slots=True)
class Fault:
    """Something a SciDEX export never holds, and the line it stands in."""

    problem: str
    line: int


def find_fault(text: str) -> Fault | None:  # noqa: C901, PLR0911, PLR0912 - one pass over tokens
    """The first float, NaN, huge number, key given twice, lone surrogate or too deep nesting."""
    line = 1
    names: list[set[str] | None] = []
    expects_key = False
    for token in _TOKEN.finditer(text):
        word = token.group()
        first = word[0]
        if first == "\n":
            line += 1
        elif first == '"':
            if re.search(r"\\u[dD][89a-fA-F]", word) and _has_lone_surrogate(word):
                return Fault("a string holds half of a character (a lone surrogate)", line)
            known = names[-1] if names else None
            if expects_key and known is not None:
                if word in known:
                    return Fault(f"the key {word[:60]} stands twice in one object", line)
                known.add(word)
                expects_key = False
            line += word.count("\n")
        elif first in "{[":
            names.append(set() if first == "{" else None)
            expects_key = first == "{"
            if len(names) > DEEPEST:
                return Fault(f"the file is nested deeper than {DEEPEST} levels", line)
        elif first in "}]":
            if names:
                names.pop()
            expects_key = False
        elif first == ",":
            expects_key = bool(names) and names[-1] is not None
        elif word in ("NaN", "Infinity", "-Infinity"):
            return Fault(f"{word} is not a number", line)
        elif first in "-0123456789":
            if any(character in word for character in ".eE"):
                return Fault(f"{word[:40]} is a number with a fraction", line)
            if len(word) > 17 or abs(int(word) if word != "-" and word.lstrip("-").isdigit() else 0) > LARGEST:
                return Fault(f"{word[:40]} is larger than a number may be", line)
    return None


def _has_lone_surrogate(word: str) -> bool:
    pair = re.sub(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}", "", word.replace("\\\\", ""))
    return re.search(r"\\u[dD][89a-fA-F]", pair) is not None


def parts_of(text: str, body_lines: int) -> tuple[Part, ...]:  # noqa: C901, PLR0912 - one pass over tokens
    """The lines of each part of the content, for an export whose JSON is known to be sound."""
    found: list[Part] = []
    line = 1
    path: list[str] = []
    expects_key = False
    key = ""
    index = -1
    starts: list[int] = []
    for token in _TOKEN.finditer(text):
        word = token.group()
        first = word[0]
        if first == "\n":
            line += 1
            continue
        if expects_key and first == '"':
            key = word[1:-1]
            expects_key = False
            continue
        if first in ",:":
            expects_key = first == "," and bool(path) and path[-1].endswith("{")
            continue
        begins = first in "{["
        if first in "}]":
            if not path:
                return ()
            name = path.pop()[:-1]
            start = starts.pop()
            expects_key = False
            if len(path) == 3 and path[1] == "content{" and path[2][:-1] in _LISTS and path[2].endswith("["):
                found.append(Part(f"{path[2][:-1]}/{index}", Span(start, line)))
            elif len(path) == 2 and path[1] == "content{" and name == "merged_from":
                found.append(Part(name, Span(start, line)))
            continue
        if begins:
            if len(path) == 2 and path[1] == "content{":
                index = -1
            elif len(path) == 3:
                index += 1
            path.append((key if path and path[-1].endswith("{") else "") + first)
            starts.append(line)
            expects_key = first == "{"
            continue
        if len(path) == 2 and path[1] == "content{":
            if key in ("title", "lead") and word != '""':
                found.append(Part(key, Span(line, line)))
            elif key == "body" and body_lines:
                found.append(Part(f"body:1-{body_lines}", Span(line, line)))
    return tuple(found)
