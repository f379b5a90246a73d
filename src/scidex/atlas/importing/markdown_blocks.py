"""Markdown cut into its blocks, with HTML already taken out and code left as it stands."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scidex.atlas.importing.addresses import is_allowed
from scidex.atlas.importing.blocks import (
    ATX,
    DELIMITER,
    FENCE,
    LIST_ITEM,
    Block,
    Shape,
    capped,
    heading,
    html_table_block,
    with_links_cleaned,
)
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.html_lines import HtmlTable, Line
from scidex.atlas.importing.markup import to_lines

_UNDERLINE = re.compile(r"[ ]{0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r"[ ]{0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_LONGEST_CHECKED = 200_000
_SUSPICIOUS = re.compile(r"<[A-Za-z/!?]|\]\(|\]:|&#?\w+;")


class _OpenParser(MarkdownIt):
    """The usual parser quietly leaves some addresses alone; this one shows them all."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's name for it
        return True


def markdown_blocks(text: str, first_line: int, ledger: Ledger) -> list[Block]:
    """All blocks of a Markdown text. What stands in code is content; everything else loses its HTML.

    Where code begins and ends is found by rules simpler than Markdown's own. So a text that holds both code and
    something that would matter outside of it is checked with a Markdown parser, and read again without any
    exception for code if the parser sees it differently.
    """
    keep_code = "`" in text or "~~~" in text
    if keep_code and len(text) > _LONGEST_CHECKED:
        keep_code = False
    trial = Ledger() if keep_code else ledger
    blocks = _read(text, first_line, trial, keep_code=keep_code)
    if not keep_code:
        return blocks
    if is_inert("\n\n".join(block.markdown for block in blocks)):
        ledger.take(trial)
        return blocks
    return _read(text, first_line, ledger, keep_code=False)


def is_inert(markdown: str) -> bool:
    """Whether a Markdown parser that allows HTML and any address finds neither HTML nor an address not allowed."""
    if not _SUSPICIOUS.search(markdown):
        return True
    parser = _OpenParser("commonmark", {"html": True}).enable("table")
    try:
        return all(_is_inert_token(token) for token in parser.parse(markdown))
    except RecursionError:
        return False


def _is_inert_token(token: Token) -> bool:
    for each in (token, *(token.children or ())):
        if each.type in ("html_block", "html_inline"):
            return False
        address = each.attrGet("href") or each.attrGet("src")
        if address is not None and not is_allowed(str(address)):
            return False
    return True


def _read(text: str, first_line: int, ledger: Ledger, *, keep_code: bool) -> list[Block]:
    blocks: list[Block] = []
    pending: list[str] = []
    pending_first = first_line
    source = text.split("\n")
    index = 0
    while index < len(source):
        line = source[index]
        fence = FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence is None or not keep_code:
            if fence is None:
                pending.append(line)
            elif line.strip() != fence.group(1):
                pending.append(line.replace("`", "").replace("~", ""))
            else:
                pending.append("")
            index += 1
            continue
        _flush(blocks, pending, pending_first, ledger, keep_code)
        end = index + 1
        character, length = fence.group(1)[0], min(len(fence.group(1)), 1000)
        closing = re.compile(rf"[ \t]*{character}{{{length},}}[ \t]*$")
        while end < len(source) and not closing.match(source[end]):
            end += 1
        lines = source[index : end + 1]
        if end == len(source):
            message = "a code block is never closed"
            ledger.add(
                "fence-unclosed", message, line=first_line + index, action="closed at the end", shown="a code block"
            )
            while len(lines) > 1 and not lines[-1].strip():
                lines.pop()
            lines.append(" " * (len(line) - len(line.lstrip())) + fence.group(1))
        last = first_line + min(end, len(source) - 1)
        numbers = [min(first_line + index + offset, last) for offset in range(len(lines))]
        blocks.append(Block(Shape.CODE, lines, numbers, last=last))
        index = end + 1
        pending, pending_first = [], first_line + index
    _flush(blocks, pending, pending_first, ledger, keep_code)
    return blocks


def _flush(blocks: list[Block], pending: list[str], first_line: int, ledger: Ledger, keep_code: bool) -> None:
    if not any(line.strip() for line in pending):
        return
    fresh: list[Block] = []
    open_paragraph = False
    for line in to_lines("\n".join(pending), ledger, first_line=first_line, keep_code=keep_code):
        open_paragraph = _add(fresh, line, open_paragraph, ledger)
    blocks.extend(with_links_cleaned(fresh, ledger, keep_code=keep_code))


def _add(  # noqa: C901, PLR0911 - the rules of Markdown, one after the other
    blocks: list[Block], line: Line, continues: bool, ledger: Ledger
) -> bool:
    """Add one line; returns whether the next line may continue the same block."""
    if line.element is not None:
        if isinstance(line.element, HtmlTable):
            if "infobox" in line.element.style:
                blocks.append(Block(Shape.INFOBOX, [""], [line.first], last=line.last, table=line.element))
            elif (table := html_table_block(line.element, line.first, line.last)) is not None:
                message = "a table stood in the text as HTML"
                ledger.add("table-recovered", message, span=table.span, action="rebuilt", shown="a table")
                blocks.append(table)
        return False
    text = line.text.rstrip(" \t") if not line.text.endswith("  ") else line.text.rstrip(" \t") + "  "
    if not text.strip():
        return False
    before = blocks[-1] if blocks and continues else None
    atx = ATX.match(text)
    if atx and (atx.group(2) or "").strip():
        words = atx.group(2).strip()
        blocks.append(heading(words, len(atx.group(1)), line.first, last=line.last, explicit=True))
        return False
    if atx:
        return False
    underline = _UNDERLINE.match(text)
    if underline and before and before.shape is Shape.PARAGRAPH and not LIST_ITEM.match(before.lines[0]):
        words = " ".join(" ".join(before.lines).split())
        level = 1 if underline.group(1)[0] == "=" else 2
        blocks[-1] = heading(words, level, before.numbers[0], last=line.last, explicit=True)
        return False
    if _RULE.match(text):
        blocks.append(Block(Shape.PARAGRAPH, ["***"], [line.first], last=line.last))
        return False
    text = capped(text, line.first, ledger)
    if FENCE.match(text):  # stands at the start of a line only because a tag before it is gone
        text = "\\" + text.lstrip()
    shape = Shape.LIST if LIST_ITEM.match(text) else Shape.PARAGRAPH
    if before is not None and (before.shape is not Shape.PARAGRAPH or shape is not Shape.LIST or _is_ordered(text)):
        if (
            before.shape is Shape.PARAGRAPH
            and len(before.lines) == 1
            and "|" in before.lines[0]
            and DELIMITER.match(text)
        ):
            before.shape = Shape.TABLE
        before.lines.append(text)
        before.numbers.append(line.first)
        before.last = line.last
        return True
    blocks.append(Block(shape, [text], [line.first], last=line.last))
    return True


def _is_ordered(text: str) -> bool:
    """A numbered line in the middle of a paragraph starts a list only with 1; otherwise it is prose."""
    stripped = text.lstrip()
    return stripped[:1].isdigit() and not stripped.startswith(("1.", "1)"))
