"""The Markdown parser: CommonMark with tables and strikethrough, without HTML, bounded against hostile input.

One parser serves all threads: it is only configured here, and what belongs to one call travels in `env`.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from scidex.surfaces.web.rendering.citations import citation_rule
from scidex.surfaces.web.rendering.claims import claim_rule
from scidex.surfaces.web.rendering.values import Rendering
from scidex.surfaces.web.rendering.writer import BodyWriter

DEEPEST_NESTING = 40
"""Quotations in lists in quotations: markdown-it drops what stands deeper, so such a text is refused as `TooDeep`."""

DEEPEST_BRACKETS = 32
LONGEST_LABEL = 1_000
"""Steps a link's text may take, near CommonMark's own limit of 999 characters for a label. Without it a long row of
opening brackets takes quadratic time."""


class TooDeep(Exception):  # noqa: N818 (names what happened)
    """The text nests more deeply than can be laid out."""


def bounded_link_label(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: N803 (their name)
    """`markdown_it.helpers.parseLinkLabel`, giving up at `LONGEST_LABEL` steps and `DEEPEST_BRACKETS` brackets.

    Returns the position of the closing bracket, or -1.
    """
    before = state.pos
    state.pos = start + 1
    level = 1
    end = -1
    for _ in range(LONGEST_LABEL):
        if state.pos >= state.posMax:
            break
        marker = state.src[state.pos]
        if marker == "]":
            level -= 1
            if level == 0:
                end = state.pos
                break
        previous = state.pos
        state.md.inline.skipToken(state)
        if marker == "[":
            if previous == state.pos - 1:
                level += 1
                if level > DEEPEST_BRACKETS:
                    break
            elif disableNested:
                break
    state.pos = before
    return end


@cache
def body_parser() -> MarkdownIt:
    """The parser all calls share."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST_NESTING}, renderer_cls=BodyWriter)
    parser.enable(["table", "strikethrough"])
    parser.inline.ruler.before("link", "citation", citation_rule)
    parser.inline.ruler.before("citation", "claim", claim_rule)
    parser.helpers = cast(
        Any,
        SimpleNamespace(
            parseLinkLabel=bounded_link_label,
            parseLinkDestination=helpers.parseLinkDestination,
            parseLinkTitle=helpers.parseLinkTitle,
        ),
    )
    # Every address is let through here, so that what becomes of it is decided in one place, `links.reach`.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005 (their name)
    return parser


def parse(markdown: str, rendering: Rendering) -> list[Token]:
    """The blocks of a text. Raises `TooDeep` rather than lose what markdown-it would leave out."""
    try:
        tokens = body_parser().parse(markdown, {"rendering": rendering})
    except RecursionError as error:
        raise TooDeep from error
    if any(token.level >= DEEPEST_NESTING - 1 for token in tokens):
        raise TooDeep
    return tokens


def parse_inline(markdown: str, rendering: Rendering) -> list[Token]:
    """A text that is one line of a table or infobox: blocks in it are not looked for."""
    try:
        return body_parser().parseInline(markdown, {"rendering": rendering})
    except RecursionError as error:
        raise TooDeep from error


def write(tokens: list[Token], rendering: Rendering) -> str:
    """Tokens as HTML, not yet sanitised."""
    parser = body_parser()
    return str(parser.renderer.render(tokens, parser.options, {"rendering": rendering}))
