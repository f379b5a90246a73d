"""Characters that no reader can see: found, removed and reported, because hidden text must not reach a page.

A soft hyphen stays (it is visible where a line breaks), and so does the joiner inside an emoji.
"""

from __future__ import annotations

import html
import re

_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_ALWAYS = (
    "\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
HIDDEN = re.compile(f"[{_ALWAYS}]|(?<![{_EMOJI}])\u200d|\u200d(?![{_EMOJI}])")
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
ODD_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
PAGE_BREAK = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,9}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z]{2,31});")


def without_hidden(text: str) -> tuple[str, int]:
    """`text` without hidden characters, and how many there were."""
    if text.isascii() or not HIDDEN.search(text):
        return text, 0
    shown = HIDDEN.sub("", text)
    removed = len(text) - len(shown)
    while HIDDEN.search(shown):
        shown = HIDDEN.sub("", shown)
    return shown, removed


def names_of_hidden(text: str) -> str:
    """The code points of the hidden characters in `text`, at most five, for a message."""
    points = sorted({match.group() for match in HIDDEN.finditer(text)})
    named = ", ".join(f"U+{ord(point):04X}" for point in points[:5])
    return named + (", …" if len(points) > 5 else "")


def without_hidden_references(text: str) -> tuple[str, int]:
    """`text` without character references (``&#8203;``) that stand for a hidden or a control character."""
    if "&" not in text:
        return text, 0
    removed = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal removed
        meant = html.unescape(match.group())
        if HIDDEN.search(meant) or CONTROL.search(meant) or meant == "\u200d":
            removed += 1
            return ""
        return match.group()

    cleaned = _REFERENCE.sub(keep, text)
    while removed and (again := _REFERENCE.sub(keep, cleaned)) != cleaned:
        cleaned = again
    return cleaned, removed
