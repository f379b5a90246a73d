"""The blocks a page is made of, whatever shape it came in, with the source line of every line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.html_lines import HtmlTable
from scidex.atlas.importing.links import clean_links
from scidex.atlas.importing.model import Span

DEEPEST = 20
LIST_ITEM = re.compile(r"([ \t]*+)([-*+•◦▪‣●○]|\d{1,3}[.)])[ \t]++(\S.*)")
ATX = re.compile(r"[ ]{0,3}(#{1,6})(?:[ \t]++(.*?))?(?:[ \t]+#+)?[ \t]*$")
FENCE = re.compile(r"[ \t]*+(`{3,}|~{3,})([^`]*)$")
DELIMITER = re.compile(r"\s*+\|?(?:\s*+:?-+:?\s*+\|)++(?:\s*+:?-+:?\s*+)?\s*$")
_NESTED = re.compile(rf"[ \t]*+((?:(?:[-*+•]|\d{{1,9}}[.)])[ \t]++|>[ \t]*+){{{DEEPEST + 1},}})")
_MARKER = re.compile(r"(?:[-*+•]|\d{1,9}[.)])[ \t]++|>[ \t]*+")


class Shape(StrEnum):
    """What kind of block it is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"
    INFOBOX = "infobox"


@dataclass(slots=True)
class Block:
    """One top-level block: its Markdown lines, the source line each came from, and its last source line."""

    shape: Shape
    lines: list[str]
    numbers: list[int]
    last: int = 0
    level: int = 0
    table: HtmlTable | None = None
    explicit: bool = False

    @property
    def span(self) -> Span:
        """All source lines of the block."""
        return Span(self.numbers[0], max(self.last, self.numbers[-1], self.numbers[0]))

    @property
    def text(self) -> str:
        """Its lines without a heading's marker."""
        return "\n".join(self.lines)

    @property
    def markdown(self) -> str:
        """The block as it stands in a body; a heading gets its marker."""
        return f"{'#' * self.level} {self.lines[0]}" if self.shape is Shape.HEADING else "\n".join(self.lines)


def heading(text: str, level: int, number: int, *, last: int = 0, explicit: bool = False) -> Block:
    """A heading block."""
    return Block(Shape.HEADING, [text], [number], last=last, level=level, explicit=explicit)


def with_links_cleaned(blocks: list[Block], ledger: Ledger, *, keep_code: bool) -> list[Block]:
    """The blocks after `clean_links`, without those of which nothing is left."""
    cleaned = [_with_clean_links(block, ledger, keep_code=keep_code) for block in blocks]
    return [block for block in cleaned if block.table is not None or any(line.strip() for line in block.lines)]


def _with_clean_links(block: Block, ledger: Ledger, *, keep_code: bool) -> Block:
    """The block after `clean_links`; where a link ran over a line end, lines are counted from its first."""
    if block.shape is Shape.CODE or not any("]" in line for line in block.lines):
        return block
    cleaned = clean_links(block.text, block.numbers, ledger, keep_code=keep_code).split("\n")
    if len(cleaned) != len(block.lines):
        block.last = block.span.last
        block.numbers = [min(block.numbers[0] + index, block.last) for index in range(len(cleaned))]
    kept = [(line, number) for line, number in zip(cleaned, block.numbers, strict=True) if line.strip()]
    if kept:
        block.last = block.span.last
        block.numbers = [number for _, number in kept]
    block.lines = [line if block.shape is Shape.LIST else line.strip() for line, _ in kept] or [""]
    return block


def capped(line: str, number: int, ledger: Ledger) -> str:
    """`line` with at most `DEEPEST` list and quotation markers before its text."""
    indent = len(line) - len(line.lstrip(" \t"))
    nested = _NESTED.match(line)
    if nested is None and indent <= 4 * DEEPEST:
        return line
    message = f"lists or quotations nested deeper than {DEEPEST} levels"
    ledger.add("nesting-capped", message, line=number, action="flattened", shown="the text at the deepest level")
    if nested is None:
        return " " * (4 * DEEPEST) + line.lstrip(" \t")
    markers: list[str] = []
    for marker in _MARKER.finditer(nested.group(1)):
        markers.append(marker.group())
        if len(markers) == DEEPEST:
            break
    return " " * min(indent, 4 * DEEPEST) + "".join(markers) + line[nested.end() :]


def table_lines(rows: list[list[str]], *, header: bool) -> list[str]:
    """Rows of cells as a Markdown table. Without a header row the header is left empty, as Markdown wants one."""
    width = max((len(row) for row in rows), default=0)
    if not width:
        return []
    head = rows[0] if header else []
    body = rows[1:] if header else rows
    escaped = [_row(head + [""] * (width - len(head))), "|" + " --- |" * width]
    return escaped + [_row(row) for row in body if row]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("\\|", "|").replace("|", "\\|") for cell in cells) + " |"


def cells_of(line: str) -> list[str]:
    """The cells of a Markdown table row."""
    inner = line.strip()
    inner = inner.removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner)]


def html_table_block(table: HtmlTable, first: int, last: int) -> Block | None:
    """An HTML table as a Markdown table block, or nothing if it has no cells."""
    rows = [[cell.text for cell in row] for row in table.rows if row]
    if not rows or not any(any(row) for row in rows):
        return None
    header = len(rows) > 1 and all(cell.header for cell in next(row for row in table.rows if row))
    lines = table_lines(rows, header=header)
    numbers = [row[0].first for row in table.rows if row]
    if not header:
        numbers = [first, *numbers]
    numbers = [numbers[0], *numbers][: len(lines)]
    numbers += [last] * (len(lines) - len(numbers))
    return Block(Shape.TABLE, lines, numbers, last=last)
