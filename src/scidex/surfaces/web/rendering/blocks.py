"""What happens to the parsed blocks before they are written out: section ids, contents, origins, column alignment."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from scidex.surfaces.web.rendering.values import Heading, Origin, Rendering

_NOT_WORD = re.compile(r"\W+")
_LONGEST_SLUG = 60
_END_OF_TEXT = ("paragraph_close", "heading_close", "bullet_list_close", "ordered_list_close", "blockquote_close")


def inline_text(token: Token) -> str:
    """The words of an inline token: no markup, no citations, an image by its alternative text."""
    words: list[str] = []
    waiting = list(reversed(token.children or ()))
    while waiting:
        child = waiting.pop()
        if child.type in {"text", "code_inline"}:
            words.append(child.content)
        elif child.type == "image":
            waiting.extend(reversed(child.children or ()))
        elif child.type in {"softbreak", "hardbreak"}:
            words.append(" ")
    return "".join(words)


def slug(text: str) -> str:
    """A readable id for a heading.

    >>> slug("IL-10 & TGF-β!"), slug("!!!")
    ('s-il-10-tgf-β', 's-section')
    """
    words = _NOT_WORD.sub("-", unicodedata.normalize("NFKC", text).lower())
    return "s-" + (words.strip("-_")[:_LONGEST_SLUG].rstrip("-_") or "section")


def name_headings(tokens: Sequence[Token], rendering: Rendering) -> tuple[Heading, ...]:
    """Give every heading an id of its own; return the contents, which list those that are not inside a quotation."""
    contents: list[Heading] = []
    seen: Counter[str] = Counter()
    for index, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = " ".join(inline_text(tokens[index + 1]).split())
        identifier = base = rendering.prefix + slug(text)
        while identifier in rendering.heading_ids:
            seen[base] += 1
            identifier = f"{base}-{seen[base] + 1}"
        rendering.heading_ids.add(identifier)
        token.attrSet("id", identifier)
        if token.level == 0:
            contents.append(Heading(level=int(token.tag[1]), id=identifier, text=text))
    return tuple(contents)


def align_cells(tokens: Sequence[Token]) -> None:
    """Turn the style attributes of table cells into classes; the pages' security policy forbids inline styles."""
    for token in tokens:
        if token.type in {"th_open", "td_open"} and "style" in token.attrs:
            alignment = str(token.attrs.pop("style")).removeprefix("text-align:")
            token.attrSet("class", f"align-{alignment}")


def mark_origins(tokens: list[Token], body: str, origin: Origin) -> None:
    """Put a mark at the end of every top-level block whose source is known.

    It goes behind the last words of a paragraph, heading, list or quotation, and behind a table or code as a whole.
    """
    lines = body.split("\n")
    after: dict[int, Token] = {}
    for first, last in _top_level(tokens):
        span = tokens[first].map
        if span is None or tokens[first].type == "hr":
            continue
        begin, end = span
        end = min(end, len(lines))
        while end > begin + 1 and not lines[end - 1].strip():
            end -= 1
        source = origin(begin + 1, end)
        if source is None:
            continue
        mark = Token("origin", "a", 0, attrs={"href": source[0]}, content=source[1])
        inline = next((tokens[i] for i in range(last, first, -1) if tokens[i].type == "inline"), None)
        if inline is not None and tokens[last].type in _END_OF_TEXT:
            inline.children = [*(inline.children or ()), mark]
        else:
            after[last] = mark
    if after:
        tokens[:] = [
            part
            for index, token in enumerate(tokens)
            for part in ([token, after[index]] if index in after else [token])
        ]


def _top_level(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The first and last index of every block that stands in no other."""
    first = 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting == 1:
            first = index
        elif token.level == 0 and token.nesting == 0 and token.type != "inline":
            yield index, index
        elif token.level == 0 and token.nesting == -1:
            yield first, index
