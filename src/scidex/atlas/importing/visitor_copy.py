"""A visitor's copy: what one gets by selecting everything on a rendered page and copying it."""

from __future__ import annotations

from scidex.atlas.importing.assemble import assemble
from scidex.atlas.importing.blocks import Block, Shape
from scidex.atlas.importing.chrome import Chrome, take_chrome
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.headings import TOP_LEVEL, recover_headings, section_name
from scidex.atlas.importing.identity import aliases_of, entity_type_of, slug_from
from scidex.atlas.importing.infobox import Infobox, take_infobox
from scidex.atlas.importing.inline import plain
from scidex.atlas.importing.markup import to_lines
from scidex.atlas.importing.metadata import Metadata, read_metadata
from scidex.atlas.importing.model import ParsedSource, Part, Span, Unreadable
from scidex.atlas.importing.page import finished, short_title
from scidex.atlas.importing.related import Related
from scidex.atlas.importing.repeats import without_repeats
from scidex.atlas.importing.visitor_blocks import visitor_blocks


def read_visitor_copy(text: str, name: str, ledger: Ledger) -> ParsedSource:
    """Read one copied page. Raises Unreadable for two pages, and for furniture without a page."""
    lines, chrome = take_chrome(to_lines(text, ledger), ledger)
    blocks = without_repeats(visitor_blocks(lines, ledger), ledger)
    blocks, infobox = take_infobox(blocks, ledger)
    metadata = read_metadata(chrome.rows, chrome.summary, ledger)
    title, title_span, blocks = _title(blocks, infobox, chrome, metadata, ledger)
    blocks = recover_headings(blocks, ledger)
    slug = slug_from(metadata.text("slug"), chrome.identifiers, name, title, ledger)
    slug_line = next(
        (
            span.first
            for field, span in zip(metadata.fields, metadata.spans, strict=True)
            if field.name == "entity_type"
        ),
        0,
    )
    entity_type = entity_type_of(
        metadata.text("entity_type"), infobox.style, infobox.value("type"), slug, slug_line, ledger
    )
    page = assemble(blocks, entity_type, {}, Related(), ledger)
    _report_end(text, chrome, ledger)
    merged = metadata.merged_from.merged_id if metadata.merged_from else ""
    aliases = aliases_of(slug, *chrome.identifiers, metadata.text("wiki_page_id"), merged)
    parts = [Part("title", title_span)] if title_span else []
    return finished("visitor copy", title, slug, entity_type, infobox, metadata, page, aliases, parts, ledger)


def _title(
    blocks: list[Block], infobox: Infobox, chrome: Chrome, metadata: Metadata, ledger: Ledger
) -> tuple[str, Span | None, list[Block]]:
    """The title, where it stood, and the blocks without it: every later line that only repeats it goes too."""
    title, span = "", None
    first = blocks[0] if blocks else None
    if first is not None and _may_be_title(first):
        title, span = plain(first.lines[0]), first.span
    if not title:
        title = infobox.header or infobox.value("name") or chrome.linked_title
        title = title or metadata.text("slug").replace("-", " ").capitalize()
        if not title and not blocks:
            problem = "the file holds the furniture of a page but neither its title nor its text"
            raise Unreadable(problem, line=1, cure="copy the page again: select everything on it, then copy")
        if not title and first is not None:
            title, span = plain(first.text)[:120] or "Untitled", first.span
        action = "took it from the infobox, the embed snippet, the identifier or the first words"
        ledger.add("title-guessed", "there is no title line", action=action, shown=f"“{title[:80]}”")
    wanted = title.casefold()
    rest: list[Block] = []
    repeated: list[int] = []
    for block in blocks:
        single = block.shape in (Shape.PARAGRAPH, Shape.HEADING) and len(block.lines) == 1
        if single and len(block.lines[0]) < len(wanted) + 40 and plain(block.lines[0]).casefold() == wanted:
            if span is None:
                span = block.span
            elif block.span != span:
                repeated.append(block.span.first)
            continue
        rest.append(block)
    if repeated:
        where = ", ".join(str(number) for number in repeated[:10])
        message = f"the title stands again in line {where}"
        ledger.add(
            "duplicate-title", message, span=Span(repeated[0], repeated[-1]), action="kept once", shown="one title"
        )
    return short_title(title, span, ledger), span, rest


def _may_be_title(block: Block) -> bool:
    if len(block.lines) > 1 or section_name(block.lines[0][:200]) in TOP_LEVEL:
        return False
    if block.shape is Shape.HEADING:
        return block.level == 1 and bool(plain(block.lines[0]))
    text = plain(block.lines[0])
    if block.shape is not Shape.PARAGRAPH or not text:
        return False
    return len(text) <= 200 and text[-1] not in ".;," and "[@" not in text and "](" not in block.lines[0]


def _report_end(text: str, chrome: Chrome, ledger: Ledger) -> None:
    """Say when the copy seems to stop early: an open bracket at the end, or a header without the rest of a page."""
    ending = text.rstrip()
    number = ending.count("\n") + 1
    final = ending[ending.rfind("\n") + 1 :][-2000:]
    opened = final.rfind("](")
    if (opened >= 0 and ")" not in final[opened:]) or final.rfind("[") > final.rfind("]"):
        ledger.add(
            "cut-short", "the file ends inside a link", line=number, action="kept as text", shown="the broken link"
        )
    elif chrome.has_cite_header and not chrome.has_metadata and not chrome.has_tail:
        message = "the copy has the header of a page but neither its metadata nor its embed snippet"
        ledger.add("cut-short", message, line=number, action="kept what is there", shown="the page as far as it goes")
