"""Blocks that stand twice in a copy: found, kept once and reported with both places."""

from __future__ import annotations

from scidex.atlas.importing.blocks import Block, Shape
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.model import Span

_LONG_PROSE = 60


def _key(block: Block) -> str:
    if block.table is not None:
        return "infobox:" + "\n".join("\t".join(cell.text for cell in row) for row in block.table.rows).casefold()
    return f"{block.shape}:{' '.join(block.text.casefold().split())}"


def _is_worth(run: list[Block]) -> bool:
    """Whether a repeated run is a copying accident: a lone short line or list may well stand twice on purpose."""
    if len(run) == 1:
        block = run[0]
        if block.shape is Shape.INFOBOX:
            return True
        return block.shape is Shape.PARAGRAPH and len(block.lines[0]) > _LONG_PROSE
    return any(block.shape is not Shape.PARAGRAPH or len(block.lines[0]) > _LONG_PROSE for block in run)


def without_repeats(blocks: list[Block], ledger: Ledger) -> list[Block]:
    """The blocks with every repeated run kept only where it first stood. Linear in the number of blocks."""
    keys = [_key(block) for block in blocks]
    first: dict[str, int] = {}
    kept: list[Block] = []
    index = 0
    while index < len(blocks):
        key = keys[index]
        earlier = first.get(key)
        if earlier is None:
            first[key] = index
            kept.append(blocks[index])
            index += 1
            continue
        if earlier == index - 1:
            first[key] = index
        length = 1
        while (
            index + length < len(blocks) and earlier + length < index and keys[index + length] == keys[earlier + length]
        ):
            length += 1
        run = blocks[index : index + length]
        if not _is_worth(run):
            kept.extend(run)
            index += length
            continue
        original = Span(blocks[earlier].span.first, blocks[earlier + length - 1].span.last)
        span = Span(run[0].span.first, run[-1].span.last)
        message = f"{span} repeat {original}" if span.first != span.last else f"{span} repeats {original}"
        ledger.add("repeated-block", message, span=span, action="kept the first", shown="the block once")
        index += length
    return kept
