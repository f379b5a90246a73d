"""Lines of a visitor's copy put together to blocks. In such a copy every line of prose is a paragraph of its own."""

from __future__ import annotations

import re

from scidex.atlas.importing.blocks import (
    ATX,
    DEEPEST,
    DELIMITER,
    FENCE,
    LIST_ITEM,
    Block,
    Shape,
    capped,
    cells_of,
    heading,
    html_table_block,
    table_lines,
    with_links_cleaned,
)
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.html_lines import HtmlTable, Line
from scidex.atlas.importing.inline import one_line

_UNDERLINE = re.compile(r"(=+|-{3,})$")
_ORDERED_BY_ACCIDENT = re.compile(r"(\d{4,9})([.)])(?=\s)")
_DEFINITION_BY_ACCIDENT = re.compile(r"\[(?!@|\d)[^\[\]]{1,200}\]:")


def visitor_blocks(lines: list[Line], ledger: Ledger) -> list[Block]:
    """All blocks of the lines, in order, links already cleaned."""
    blocks: list[Block] = []
    fence = ""
    previous_blank = True
    for line in lines:
        if line.element is not None:
            if fence:
                blocks[-1].lines.append(fence)
                blocks[-1].numbers.append(line.first)
                fence = ""
            if isinstance(line.element, HtmlTable):
                _add_table(blocks, line, line.element, ledger)
            previous_blank = True
            continue
        if fence:
            words = line.text.strip()
            closes = len(words) >= len(fence) and set(words) == {fence[0]}
            blocks[-1].lines.append(words if closes else line.text)
            blocks[-1].numbers.append(line.first)
            fence = "" if closes else fence
            continue
        text = line.text.strip()
        if not text:
            previous_blank = True
            continue
        opening = FENCE.match(line.text) if text[0] in "`~" else None
        if opening:
            fence = opening.group(1)
            blocks.append(Block(Shape.CODE, [text], [line.first]))
        else:
            _add_line(blocks, line, text, previous_blank, ledger)
        previous_blank = False
    if fence:
        _unfence(blocks, ledger)
    return with_links_cleaned(_with_tab_tables(blocks, ledger), ledger, keep_code=False)


def _add_line(blocks: list[Block], line: Line, text: str, previous_blank: bool, ledger: Ledger) -> None:
    before = blocks[-1] if blocks else None
    atx = ATX.match(text) if text[0] == "#" else None
    if atx and atx.group(2):
        blocks.append(heading(one_line(atx.group(2)), len(atx.group(1)), line.first, last=line.last, explicit=True))
        return
    underline = _UNDERLINE.match(text) if text[0] in "=-" else None
    if underline and before and before.shape is Shape.PARAGRAPH and not previous_blank:
        level = 1 if text[0] == "=" else 2
        blocks[-1] = heading(before.lines[0], level, before.numbers[0], last=line.last, explicit=True)
        return
    if underline:
        return
    item = LIST_ITEM.match(line.text)
    if item:
        entry = _item(item, line, ledger)
        if before and before.shape is Shape.LIST and not previous_blank:
            before.lines.append(entry)
            before.numbers.append(line.first)
            before.last = line.last
        else:
            blocks.append(Block(Shape.LIST, [entry], [line.first], last=line.last))
        return
    if text[0] == "|" and text.count("|") > 1:
        if before and before.shape is Shape.TABLE and before.table is None and not previous_blank:
            if len(before.lines) == 1 and not DELIMITER.match(text):
                before.lines.append("|" + " --- |" * len(cells_of(before.lines[0])))
                before.numbers.append(before.numbers[0])
            before.lines.append(text)
            before.numbers.append(line.first)
            before.last = line.last
        else:
            blocks.append(Block(Shape.TABLE, [text], [line.first], last=line.last))
        return
    if "\t" not in text:
        text = one_line(text)
    blocks.append(Block(Shape.PARAGRAPH, [_as_prose(capped(text, line.first, ledger))], [line.first], last=line.last))


def _as_prose(text: str) -> str:
    """Prose that Markdown would take for a list or a link definition, so written that it does not."""
    if text[0].isdigit():
        return _ORDERED_BY_ACCIDENT.sub(r"\1\\\2", text, count=1) if _ORDERED_BY_ACCIDENT.match(text) else text
    if text[0] == "[" and _DEFINITION_BY_ACCIDENT.match(text):
        return "\\" + text
    return text


def _item(item: re.Match[str], line: Line, ledger: Ledger) -> str:
    indent = len(item.group(1).expandtabs(4))
    depth = indent // 2
    if depth > DEEPEST:
        depth = DEEPEST
        message = f"a list nested deeper than {DEEPEST} levels"
        ledger.add(
            "nesting-capped", message, line=line.first, action="flattened", shown="the item at the deepest level"
        )
    marker = item.group(2) if item.group(2)[0].isdigit() else "-"
    width = 3 if marker != "-" else 2
    return capped(" " * (depth * width) + f"{marker} {one_line(item.group(3))}", line.first, ledger)


def _add_table(blocks: list[Block], line: Line, table: HtmlTable, ledger: Ledger) -> None:
    if "infobox" in table.style:
        blocks.append(Block(Shape.INFOBOX, [""], [line.first], last=line.last, table=table))
        return
    block = html_table_block(table, line.first, line.last)
    if block:
        message = "a table stood in the text as HTML"
        ledger.add("table-recovered", message, span=block.span, action="rebuilt", shown="a table")
        blocks.append(block)


def _unfence(blocks: list[Block], ledger: Ledger) -> None:
    """A code block that is never closed would swallow the page: its lines are shown as text instead."""
    for index in range(len(blocks) - 1, -1, -1):
        block = blocks[index]
        if block.shape is Shape.CODE:
            action = "read its lines as text"
            ledger.add(
                "fence-unclosed", "a code block is never closed", line=block.numbers[0], action=action, shown="text"
            )
            lines = [
                Line(text, number, number) for text, number in zip(block.lines[1:], block.numbers[1:], strict=True)
            ]
            blocks[index:] = []
            previous_blank = True
            for line in lines:
                text = line.text.strip()
                if text and not FENCE.match(text):
                    _add_line(blocks, line, text, previous_blank, ledger)
                previous_blank = not text
            return


def _with_tab_tables(blocks: list[Block], ledger: Ledger) -> list[Block]:
    """Neighbouring lines with the same number of tabs are a table that lost its form; other tabs are blanks."""
    result: list[Block] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        if block.shape is not Shape.PARAGRAPH or "\t" not in block.lines[0]:
            result.append(block)
            index += 1
            continue
        tabs = block.lines[0].count("\t")
        end = index + 1
        while end < len(blocks) and blocks[end].shape is Shape.PARAGRAPH and blocks[end].lines[0].count("\t") == tabs:
            end += 1
        run = blocks[index:end]
        index = end
        if len(run) == 1:
            run[0].lines[0] = one_line(run[0].lines[0])
            result.append(run[0])
            continue
        rows = [[one_line(cell) for cell in each.lines[0].split("\t")] for each in run]
        numbers = [each.numbers[0] for each in run]
        table = Block(
            Shape.TABLE, table_lines(rows, header=True), [numbers[0], numbers[0], *numbers[1:]], last=run[-1].last
        )
        message = "a table stood in the text as lines with tabs"
        ledger.add("table-recovered", message, span=table.span, action="rebuilt", shown="a table")
        result.append(table)
    return result
