"""A page written as Markdown with front matter, the form in which people write pages by hand."""

from __future__ import annotations

import re

from scidex.atlas.importing.assemble import assemble
from scidex.atlas.importing.blocks import Block, Shape
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.front_fields import read_fields
from scidex.atlas.importing.front_matter import read_front_matter, split_front_matter
from scidex.atlas.importing.headings import section_name
from scidex.atlas.importing.identity import aliases_of, entity_type_of, slug_from
from scidex.atlas.importing.infobox import take_infobox
from scidex.atlas.importing.inline import plain
from scidex.atlas.importing.markdown_blocks import markdown_blocks
from scidex.atlas.importing.model import ParsedSource, Part, Span, Unreadable
from scidex.atlas.importing.page import finished, short_title

_SECOND_FRONT = re.compile(r"^---[ \t]*\n(?:[a-z_]{1,40}:[^\n]*\n){0,20}?title:", re.MULTILINE)


def read_markdown_page(text: str, name: str, ledger: Ledger) -> ParsedSource:
    """Read one Markdown page. Raises Unreadable for front matter that is broken and for a file without a title."""
    front, taken = split_front_matter(text)
    mapping, lines = read_front_matter(front) if taken else ({}, {})
    kind = str(mapping.get("kind") or "page")
    if kind != "page":
        problem = f"Markdown files are pages; this one says it is of kind “{kind[:40]}”"
        raise Unreadable(problem, line=lines.get("kind", 1), cure="import other kinds as SciDEX JSON")
    rest = text.split("\n", taken)[taken] if taken and text.count("\n") >= taken else ("" if taken else text)
    second = _SECOND_FRONT.search(rest) if taken else None
    if second:
        number = taken + 1 + rest.count("\n", 0, second.start())
        cure = "split the file there and import each page on its own"
        raise Unreadable("the file holds two pages", line=number, cure=cure)
    blocks, boxes = take_infobox(markdown_blocks(rest, taken + 1, ledger), ledger)
    fields = read_fields(mapping, lines, boxes, ledger)
    title, span, blocks = _title(fields.title, lines.get("title", 0), blocks, ledger)
    _shift(blocks, ledger)
    slug = slug_from(fields.slug or fields.metadata.text("slug"), [], name, title, ledger)
    stated = fields.entity_type or fields.metadata.text("entity_type")
    line = lines.get("entity_type", 0)
    entity_type = entity_type_of(stated, boxes.style, boxes.value("type"), slug, line, ledger)
    page = assemble(blocks, entity_type, fields.references, fields.related, ledger)
    merged = fields.metadata.merged_from.merged_id if fields.metadata.merged_from else ""
    aliases = aliases_of(slug, *fields.aliases, fields.metadata.text("wiki_page_id"), merged)
    parts = [Part("title", span)] if span else []
    return finished(
        "markdown", title, slug, entity_type, boxes, fields.metadata, page, aliases, parts, ledger, fields.entity
    )


def _title(stated: str, line: int, blocks: list[Block], ledger: Ledger) -> tuple[str, Span | None, list[Block]]:
    """The title from the front matter, else the first top heading; a heading that only repeats it is left out."""
    title = plain(stated)
    first = next((block for block in blocks if block.shape is Shape.HEADING), None)
    top = first if first is not None and first.level == 1 else None
    if not title and top is None:
        cure = "add `title:` to the front matter, or begin with a line `# The title`"
        raise Unreadable("the page has no title", line=1, cure=cure)
    if top is None:
        span = Span(line, line) if line else None
        return short_title(title, span, ledger), span, blocks
    words = plain(top.lines[0])
    rest = [block for block in blocks if block is not top]
    if not title:
        return short_title(words, top.span, ledger), top.span, rest
    span = Span(line, line) if line else None
    if section_name(title) != section_name(words):
        return short_title(title, span, ledger), span, blocks
    message = "the title stands in the front matter and as a heading"
    ledger.add("duplicate-title", message, span=top.span, action="kept once", shown="one title")
    return short_title(title, span, ledger), span, rest


def _shift(blocks: list[Block], ledger: Ledger) -> None:
    """Move all headings down if one of them stands above the second level."""
    headings = [block for block in blocks if block.shape is Shape.HEADING]
    if not any(block.level == 1 for block in headings):
        return
    for block in headings:
        block.level = min(6, block.level + 1)
    message = "sections begin at the first level, which is the title's"
    ledger.add(
        "heading-level", message, span=headings[0].span, action="moved down", shown="sections at the second level"
    )
