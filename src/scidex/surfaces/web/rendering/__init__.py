"""Markdown bodies as safe HTML: links with hover cards, numbered citations, contents, origins.

Two independent defences: the writer escapes everything and emits HTML of its own only, and a sanitiser with an
explicit list runs last. Cards are plain markup; showing them is left to the style sheet. Nothing here looks
anything up.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from scidex.surfaces.web.rendering.blocks import align_cells, inline_text, mark_origins, name_headings
from scidex.surfaces.web.rendering.claims import SYMBOLS, with_marks, without_marks
from scidex.surfaces.web.rendering.parser import TooDeep, parse, parse_inline, write
from scidex.surfaces.web.rendering.sanitizing import sanitize
from scidex.surfaces.web.rendering.values import (
    CitationTarget,
    ClaimMark,
    Heading,
    LinkTarget,
    Origin,
    RenderedBody,
    Rendering,
)
from scidex.surfaces.web.rendering.writer import verbatim

__all__ = [
    "SYMBOLS",
    "CitationTarget",
    "ClaimMark",
    "Heading",
    "LinkTarget",
    "Origin",
    "RenderedBody",
    "plain_text",
    "render_body",
    "render_inline",
    "with_marks",
    "without_marks",
]

NOT_LAID_OUT = '<p class="rendering-note">This text is too entangled to lay out. It is shown as it was written.</p>'


def render_body(
    markdown: str,
    *,
    links: Mapping[str, LinkTarget],
    citations: Mapping[str, CitationTarget],
    origin: Origin | None = None,
    prefix: str = "",
    claims: Mapping[int, ClaimMark] | None = None,
) -> RenderedBody:
    """A body as HTML.

    `links` are keyed by address as written (``/entities/exosomes``), `citations` by number or key (``3``,
    ``shi2010``), `claims` by the numbers that `with_marks` put into the text. `origin` names the source of a block, given
    its first and last line; `prefix` begins every id.
    """
    rendering = Rendering(links=links, citations=citations, prefix=prefix, claims=claims or {})
    text = _well_formed(markdown)
    try:
        tokens = parse(text, rendering)
        contents = name_headings(tokens, rendering)
        align_cells(tokens)
        if origin is not None:
            mark_origins(tokens, text, origin)
        return RenderedBody(sanitize(_well_formed(write(tokens, rendering))), contents)
    except TooDeep:
        return RenderedBody(sanitize(NOT_LAID_OUT + verbatim(text)), ())


def render_inline(markdown: str, *, links: Mapping[str, LinkTarget], citations: Mapping[str, CitationTarget]) -> str:
    """One line of Markdown, such as the value of an infobox field. It carries no ids: a page holds many of them."""
    rendering = Rendering(links=links, citations=citations, identified=False)
    text = _well_formed(markdown)
    try:
        return sanitize(_well_formed(write(parse_inline(text, rendering), rendering)))
    except TooDeep:
        return escape(text)


def plain_text(markdown: str, limit: int | None = None) -> str:
    """The words of a body on one line, without markup and citation markers, for previews and search.

    With a `limit` it is cut between words, so that it has at most that many characters, the ellipsis included.
    """
    text = _well_formed(markdown)
    try:
        tokens = parse(text, Rendering(any_citation=True))
        parts = [
            inline_text(token) if token.type == "inline" else token.content
            for token in tokens
            if token.type in {"inline", "fence", "code_block"}
        ]
        words = " ".join(" ".join(parts).split())
    except TooDeep:
        words = " ".join(text.split())
    if limit is None or len(words) <= limit:
        return words
    cut = words[: max(limit - 1, 0)]
    if not words[len(cut) :].startswith(" ") and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:.") + "…" if limit > 0 else ""


def _well_formed(text: str) -> str:
    """Text without lone surrogates, which cannot be sent as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
