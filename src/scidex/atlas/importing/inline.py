"""Inline Markdown reduced to plain text, for fields that are text and not Markdown: titles, names, notes."""

from __future__ import annotations

import html
import re

from scidex.atlas.importing.links import TAG_START

_LINK = re.compile(r"\[([^\[\]]*+)\]\([^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)*+\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_]++)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]++)\*(?![\w*])")
_CODE = re.compile(r"`([^`]++)`")
_BLANKS = re.compile(r"\s+")


def plain(text: str) -> str:
    """`text` without links, emphasis and character references, on one line."""
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "*" in text or "__" in text:
        text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", text))
    if "`" in text:
        text = _CODE.sub(r"\1", text)
    if "&" in text:
        resolved = html.unescape(text)
        text = text if TAG_START.search(resolved) or "\0" in resolved else resolved
    return _BLANKS.sub(" ", text).strip()


def one_line(text: str) -> str:
    """`text` with every run of blanks made one space."""
    return " ".join(text.split())


def first_sentence(text: str) -> str:
    """The first sentence of a paragraph; a stop after a single capital or a common abbreviation does not end it."""
    for match in re.finditer(r"[.!?](?=\s|$)", text):
        before = text[: match.start()]
        last_word = before.rsplit(" ", 1)[-1].lstrip("(")
        if last_word.lower() in ("e.g", "i.e", "vs", "cf", "approx", "etc", "al", "fig", "dr") or re.fullmatch(
            "[A-Z]", last_word
        ):
            continue
        return text[: match.end()].strip()
    return text.strip()
