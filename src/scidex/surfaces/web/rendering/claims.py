"""Marks of claims: a verdict behind the very sentence that makes the claim, with a card.

The page that renders a body puts a pair of private-use characters behind the sentence; an inline rule of the parser turns
it into the mark. Such characters in the text itself are taken out first, so a text cannot make marks of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from markdown_it.rules_inline import StateInline

from scidex.surfaces.web.rendering.values import Rendering

_OPEN, _CLOSE = "\ue0c0", "\ue0c1"
# The brace is there for the parser, which looks for rules only at some characters.
_MARK = re.compile(f"{{{_OPEN}([0-9]{{1,6}}){_CLOSE}")
_ANY = re.compile(f"[{_OPEN}{_CLOSE}]")

SYMBOLS = {
    "supported": "✓",
    "partly": "◐",
    "mixed": "◐",
    "not-shown": "○",
    "contradicted": "✗",
    "unverifiable": "?",
    "not judged": "·",
}
"""Each verdict has a shape of its own, so that nobody has to tell colours apart."""


def with_marks(text: str, places: Iterable[tuple[int, int]]) -> str:
    """`text` with mark number N behind character `end` for each ``(end, N)``; private-use characters of its own go first."""
    wanted = sorted(place for place in places if place[0] <= len(text))
    if not wanted and not _ANY.search(text):
        return text
    parts, begin = [], 0
    for end, number in wanted:
        parts += [_ANY.sub("", text[begin:end]), f"{{{_OPEN}{number}{_CLOSE}"]
        begin = end
    parts.append(_ANY.sub("", text[begin:]))
    return "".join(parts)


def without_marks(text: str) -> str:
    """Text that is shown as it was written, such as code."""
    return _ANY.sub("", _MARK.sub("", text)) if _OPEN in text or _CLOSE in text else text


def claim_rule(state: StateInline, silent: bool) -> bool:
    """The inline rule for a mark."""
    if state.src[state.pos] != "{":
        return False
    found = _MARK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("claim", "sup", 0)
        token.meta = {"number": int(found[1])}
    state.pos = found.end()
    return True


def claim_html(number: int, rendering: Rendering) -> str:
    """A mark and its card; nothing if the number means none."""
    mark = rendering.claims.get(number)
    if mark is None:
        return ""
    identifier = rendering.next_card()
    symbol = SYMBOLS.get(mark.verdict, "·")
    name = mark.verdict.replace(" ", "-") if mark.verdict in SYMBOLS else "unverifiable"
    return (
        f'<sup class="claim claim-{name}"><a href="#claim-{escape(mark.anchor)}" aria-describedby="{identifier}" '
        f'aria-label="claim {escape(mark.name)}: {escape(mark.verdict)}">{symbol}</a>'
        f'<span class="card" role="tooltip" id="{identifier}"><span class="card-text">{escape(mark.statement)}</span> '
        f'<span class="card-status">{escape(mark.words)}</span></span></sup>'
    )
