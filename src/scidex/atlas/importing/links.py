"""Markdown links in a text: those with an address that is not allowed lose it, images become links."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scidex.atlas.importing.addresses import is_active, is_allowed
from scidex.atlas.importing.code_spans import code_spans
from scidex.atlas.importing.findings import Ledger

_TOKEN = re.compile(r"\\[\\\[\]!`]|!?\[|\]\(?")
_SPACE = re.compile(r"[ \t\n]*+")
_STEP = re.compile(r"\\[^\s]|[^\s()\\]++|[()\\]")
_TITLE = re.compile(r"""[ \t\n]++("(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\))""", re.DOTALL)
_ANGLED = re.compile(r"<((?:[^<>\n\\]|\\.)*+)>")
_DEFINITION = re.compile(
    r"^([ \t]*+(?:(?:[-*+>]|\d{1,9}[.)])[ \t]*+)*+)"
    r"(\[(?:[^\[\]\\]|\\.){1,999}+\]:[ \t]*+(?:\n[ \t>]*+)?(\S++)[ \t]*+(?=$|[\"'(]))",
    re.MULTILINE,
)
TAG_START = re.compile(r"<(?=[A-Za-z/!?]|$)")
_DEEPEST_PARENTHESIS = 32
_MOST_ROUNDS = 5
_MOST_BROKEN = 10_000


class _Place:
    """The source line of an offset in a text, for offsets that only grow."""

    def __init__(self, text: str, numbers: Sequence[int]) -> None:
        self._text = text
        self._numbers = numbers
        self._offset = 0
        self._index = 0

    def line(self, offset: int) -> int:
        """The source line; the last one known where the text has more lines than the source."""
        self._index += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._numbers[min(self._index, len(self._numbers) - 1)]


def clean_links(text: str, numbers: Sequence[int], ledger: Ledger, *, keep_code: bool = False) -> str:
    """`text` with only links that are allowed; `numbers` are the source lines of its lines."""
    if "]" not in text:
        return text
    for _ in range(_MOST_ROUNDS):
        cleaned = _one_round(text, numbers, ledger, keep_code) if "](" in text or "![" in text else text
        if "]:" in cleaned:
            cleaned = _without_bad_definitions(cleaned, numbers, ledger)
        if cleaned == text:
            return text
        text = cleaned if keep_code and "`" in cleaned else TAG_START.sub("&lt;", cleaned)
    return text.replace("](", "] (").replace("]:", "] :")


def _one_round(  # noqa: C901, PLR0912 - one pass over tokens
    text: str, numbers: Sequence[int], ledger: Ledger, keep_code: bool
) -> str:
    place = _Place(text, numbers)
    spans = code_spans(text) if keep_code else []
    pieces: list[str] = []
    openings: list[tuple[int, bool]] = []
    position = 0
    span = 0
    broken = 0
    for token in _TOKEN.finditer(text):
        start = token.start()
        if start < position:
            continue
        while span < len(spans) and spans[span][1] <= start:
            span += 1
        if span < len(spans) and spans[span][0] <= start:
            continue
        found = token.group()
        if found[0] == "\\":
            continue
        pieces.append(text[position:start])
        position = token.end()
        if found[-1] == "[":
            openings.append((len(pieces), found[0] == "!"))
            pieces.append(found)
            continue
        if found == "]" or not openings:
            if openings:
                openings.pop()
            pieces.append(found)
            continue
        target = _destination(text, position)
        where, image = openings.pop()
        if target is None:
            broken += 1
            if broken > _MOST_BROKEN:
                return text.replace("](", "] (").replace("![", "! [")
            pieces.append(found)
            continue
        address, position = target
        if not is_allowed(address):
            _report(address, place.line(start), ledger)
            pieces[where] = ""
        else:
            if image:
                message = "an image stood in the text"
                ledger.add(
                    "image-linked", message, line=place.line(start), action="made a link", shown="a link to the image"
                )
                pieces[where] = "["
                if not "".join(pieces[where + 1 : where + 4]).strip():
                    pieces[where] = "[image"
            pieces.append(f"]({_as_written(address, text[token.end() : position])}")
    pieces.append(text[position:])
    return "".join(pieces)


def _as_written(address: str, written: str) -> str:
    if written.lstrip().startswith("<"):
        return address.replace(" ", "%20").replace("(", "%28").replace(")", "%29") + ")"
    return written


def _report(address: str, line: int, ledger: Ledger) -> None:
    shown = address[:60] + ("…" if len(address) > 60 else "")
    code = "active-markup" if is_active(address) else "link-unlinked"
    message = f"a link points at “{shown}”" if shown else "a link has no address"
    ledger.add(code, message, line=line, action="removed the address", shown="the text of the link")


def _destination(text: str, position: int) -> tuple[str, int] | None:
    """The address that begins at `position` (after the parenthesis) and the offset behind the closing one."""
    space = _SPACE.match(text, position)
    position = space.end() if space else position
    angled = _ANGLED.match(text, position)
    if angled:
        address, position = angled.group(1), angled.end()
    else:
        start = position
        depth = 0
        while True:
            step = _STEP.match(text, position)
            if step is None:
                break
            if step.group() == "(":
                depth += 1
                if depth > _DEEPEST_PARENTHESIS:
                    return None
            elif step.group() == ")":
                if depth == 0:
                    break
                depth -= 1
            position = step.end()
        if depth:
            return None
        address = text[start:position]
    title = _TITLE.match(text, position)
    position = title.end() if title else position
    space = _SPACE.match(text, position)
    position = space.end() if space else position
    if text[position : position + 1] != ")":
        return None
    return address, position + 1


def _without_bad_definitions(text: str, numbers: Sequence[int], ledger: Ledger) -> str:
    place = _Place(text, numbers)

    def keep(match: re.Match[str]) -> str:
        address = match.group(3).strip("<>")
        if is_allowed(address):
            return match.group()
        _report(address, place.line(match.start()), ledger)
        return f"{match.group(1)}\\{match.group(2)}"

    return _DEFINITION.sub(keep, text)
