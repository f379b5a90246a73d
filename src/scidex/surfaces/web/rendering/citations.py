"""Citation markers: ``[3]``, ``[1, 2]``, ``[1–3]``, ``[@key]``, ``[@a; @b]``.

They are read by an inline rule of the parser, so that one inside a code span, after a backslash or inside the text
of a link stays what it is. All numbers come from the reference list; a marker it does not know is left as text.
"""

from __future__ import annotations

import re
from html import escape

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.link import link as link_rule

from scidex.surfaces.web.rendering.values import CitationTarget, Rendering

_NUMBERS = r"[0-9]{1,4}(?:\s{0,3}[-–]\s{0,3}[0-9]{1,4})?"
_KEY = r"@\w[\w:.#$%&+?<>~/-]{0,199}"
_MARKER = re.compile(
    rf"\[\s{{0,3}}(?:{_NUMBERS}(?:\s{{0,3}}[,;]\s{{0,3}}{_NUMBERS}){{0,99}}"
    rf"|{_KEY}(?:\s{{0,3}}[,;]\s{{0,3}}{_KEY}){{0,99}})\s{{0,3}}\]"
)
_SEPARATOR = re.compile(r"\s*[,;]\s*")
_DASH = re.compile(r"\s*[-–]\s*")

LONGEST_RANGE = 50
"""``[1-50]`` is a citation of fifty works; anything longer is more likely an interval."""

STATUS_SENTENCES = {
    "verified": "seen by whoever wrote this page; not checked again here",
    "from-memory": "named from memory, not checked",
    "ambiguous": "ambiguous: the key fits more than one work",
    "unresolvable": "no work found for this key",
    "listed": "as listed by the source, not checked",
}


def marker_keys(marker: str) -> tuple[str, ...]:
    """The keys a marker names, in order and with ranges written out. Empty if a range makes no sense.

    >>> marker_keys("[1, 3–5]"), marker_keys("[@a; @b]")
    (('1', '3', '4', '5'), ('a', 'b'))
    """
    keys: list[str] = []
    for part in _SEPARATOR.split(marker[1:-1].strip()):
        if part.startswith("@"):
            keys.append(part[1:])
            continue
        first, *rest = _DASH.split(part)
        last = rest[0] if rest else first
        if not 0 <= int(last) - int(first) < LONGEST_RANGE:
            return ()
        keys.extend([first] if not rest else [str(number) for number in range(int(first), int(last) + 1)])
    return tuple(keys)


def citation_rule(state: StateInline, silent: bool) -> bool:
    """The inline rule, tried before links. A link the author wrote out, ``[3](/there)``, still wins.

    It never answers in silent mode, which the parser uses to find the end of a link's text: so ``[see [3]](/there)``
    stays one link instead of becoming a citation in loose brackets.
    """
    if silent or state.linkLevel > 0 or state.src[state.pos] != "[":
        return False
    found = _MARKER.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if state.src[found.end() : found.end() + 1] == "(" and link_rule(state, silent):
        return True
    rendering: Rendering = state.env["rendering"]
    keys = marker_keys(found.group())
    if not keys or not (rendering.any_citation or any(key in rendering.citations for key in keys)):
        return False
    token = state.push("citation", "sup", 0)
    token.content = found.group()
    token.meta = {"keys": keys}
    state.pos = found.end()
    return True


def citation_html(keys: tuple[str, ...], rendering: Rendering) -> str:
    """A marker as raised numbers, each with its card. Keys the list does not know stay text in brackets."""
    numeric = all(key.isdigit() for key in keys)
    parts = []
    for key in keys:
        target = rendering.citations.get(key)
        parts.append(escape(f"[{key}]" if numeric else f"[@{key}]") if target is None else _sup(target, rendering))
    return "".join(parts)


def _sup(target: CitationTarget, rendering: Rendering) -> str:
    number = target.number
    anchor, card = f'<a href="#ref-{number}"', '<span class="card" role="tooltip"'
    if rendering.identified:
        rendering.cited[number] += 1
        place, identifier = rendering.cited[number], rendering.next_card()
        anchor += f' id="{rendering.prefix}cite-{number}-{place}" aria-describedby="{identifier}"'
        card += f' id="{identifier}"'
    work = target.text or target.url
    text = f'<span class="card-text">{escape(work)}</span> ' if work else ""
    status = f'<span class="card-status">{escape(status_sentence(target.status, target.key))}</span>'
    flag = f'<span class="flag">{escape(target.flag)}</span>' if target.flag else ""
    name = "citation flagged" if target.flag else "citation"
    return f'<sup class="{name}">{anchor}>[{number}]{flag}</a>{card}>{text}{status}</span></sup>'


def status_sentence(status: str, key: str) -> str:
    """What is known about a reference, in words a reader can use."""
    if status == "unresolved":
        named = f"the number {key}" if key.isdigit() else f"the key {key}"
        return f"not resolved yet: the source gives {named} and no list"
    return STATUS_SENTENCES.get(status, status)
