"""A page cut into its sections: a heading and everything up to the next heading of its own or a higher level."""

from __future__ import annotations

from dataclasses import dataclass, field

from scidex.atlas.importing.blocks import Block, Shape
from scidex.atlas.importing.headings import section_name


@dataclass(slots=True)
class Section:
    """One top-level section. `heading` is None for what stands before the first."""

    heading: Block | None
    blocks: list[Block] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The heading as the vocabulary writes it, empty before the first."""
        return section_name(self.heading.lines[0]) if self.heading else ""

    @property
    def title(self) -> str:
        """The heading as the source writes it."""
        return self.heading.lines[0] if self.heading else ""

    def subsections(self) -> list[Section]:
        """The parts below deeper headings; what stands before the first of them is left out."""
        found: list[Section] = []
        level = 0
        for block in self.blocks:
            if block.shape is Shape.HEADING and (not level or block.level <= level):
                level = block.level
                found.append(Section(block))
            elif found:
                found[-1].blocks.append(block)
        return found


def sections_of(blocks: list[Block]) -> list[Section]:
    """All top-level sections in order, the first one headless."""
    sections = [Section(None)]
    for block in blocks:
        if block.shape is Shape.HEADING and block.level <= 2:
            sections.append(Section(block))
        else:
            sections[-1].blocks.append(block)
    return sections
