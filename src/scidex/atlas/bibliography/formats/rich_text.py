"""Markup inside a text: the tags of CSL-JSON and the elements of publishers' XML. Pure.

CSL knows ``<i>``, ``<b>``, ``<sub>``, ``<sup>`` and two kinds of ``<span>``; other elements give their words only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

_TAG = re.compile(r"<(/?)(i|b|sub|sup|span)( [a-z]{1,10}=\"[a-z:\-]{1,30};?\")?>")
SMALL_CAPITALS = ' style="font-variant:small-caps"'
NO_CASE = ' class="nocase"'
_SPANS = (SMALL_CAPITALS, NO_CASE)


class Piece(NamedTuple):
    """A run of words, or a tag: `opens` or closes the element `tag` (``i``, ``sup``, or ``span`` with its attribute)."""

    text: str
    tag: str = ""
    opens: bool = False


def pieces_of(text: str) -> list[Piece]:
    """`text` cut at its tags. A tag without its partner is part of the words, so that what comes out is nested well.

    >>> [piece.text or piece.tag for piece in pieces_of("a <i>b</i> < c</b>")]
    ['a ', 'i', 'b', 'i', ' < c</b>']
    """
    found = [match for match in _TAG.finditer(text) if _is_tag(match)]
    paired = _paired(found)
    pieces: list[Piece] = []
    start = 0
    for match in found:
        tag = paired.get(match.start())
        if tag is None:
            continue
        if match.start() > start:
            pieces.append(Piece(text[start : match.start()]))
        pieces.append(Piece("", tag, not match[1]))
        start = match.end()
    if start < len(text):
        pieces.append(Piece(text[start:]))
    return pieces


def _is_tag(match: re.Match[str]) -> bool:
    attribute = (match[3] or "").replace(";", "")
    return attribute in _SPANS if match[2] == "span" and not match[1] else not attribute


def _paired(found: list[re.Match[str]]) -> dict[int, str]:
    """Where each tag with a partner stands, and the element it opens or closes."""
    paired: dict[int, str] = {}
    opened: list[re.Match[str]] = []
    for match in found:
        if not match[1]:
            opened.append(match)
        elif opened and opened[-1][2] == match[2]:
            begin = opened.pop()
            tag = begin[2] + (begin[3] or "").replace(";", "")
            paired[begin.start()] = paired[match.start()] = tag
    return paired


def text_of(element: Element | None, tags: Mapping[str, str], *, passed_over: frozenset[str] = frozenset()) -> str:
    """The words of `element` on one line, with CSL tags for the elements that `tags` names; empty if there is none."""
    if element is None:
        return ""
    if not len(element):
        return " ".join((element.text or "").split())
    kept: list[str] = []
    _add_text(element, tags, passed_over, kept)
    return " ".join("".join(kept).split())


def _add_text(element: Element, tags: Mapping[str, str], passed_over: frozenset[str], kept: list[str]) -> None:
    kept.append(element.text or "")
    for child in element:
        if child.tag not in passed_over:
            tag = tags.get(child.tag)
            if tag:
                kept.append(f"<{tag}>")
            _add_text(child, tags, passed_over, kept)
            if tag:
                kept.append(f"</{tag.partition(' ')[0]}>")
        kept.append(child.tail or "")


def add_text(parent: Element, text: str, elements: Mapping[str, str]) -> None:
    """Writes `text` into `parent`, with the elements that `elements` names for CSL's tags."""
    open_elements: list[Element | None] = [parent]
    for piece in pieces_of(text):
        within = next(element for element in reversed(open_elements) if element is not None)
        if not piece.tag:
            _append(within, piece.text)
        elif piece.opens:
            name = elements.get(piece.tag)
            open_elements.append(SubElement(within, name) if name else None)
        else:
            open_elements.pop()


def _append(element: Element, words: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + words
    else:
        element.text = (element.text or "") + words
