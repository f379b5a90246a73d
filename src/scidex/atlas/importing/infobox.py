"""The infobox of a page: an HTML table with a header and rows of label and value, made fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from scidex.atlas.importing.blocks import Block, Shape, cells_of
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.inline import plain
from scidex.atlas.importing.links import clean_links
from scidex.atlas.importing.model import Part, Span
from scidex.atlas.importing.vocabulary import terms
from scidex.atlas.kinds.page import InfoboxField

_LABELS = terms(
    "name|type|symbol|gene symbol|category|full name|also known as|aliases|gene|protein|organism|chromosome|location"
    "|class|uniprot|uniprot id|ncbi gene id|ensembl|omim|icd-10|mesh|specialty|status|phase|target|indication|lineage"
)
_LONGEST = 4000


@dataclass(slots=True)
class Infobox:
    """What the infobox of a page says."""

    header: str = ""
    style: str = ""
    fields: list[InfoboxField] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def value(self, label: str) -> str:
        """The value of the first row with this label as plain text, empty where there is none."""
        for each in self.fields:
            if each.label.casefold() == label:
                return plain(each.value)
        return ""

    def add(self, label: str, value: str, span: Span, ledger: Ledger) -> None:
        """Add one row unless it is there already; a row without a label is named by nothing and left out."""
        label = plain(clean_links(label, [span.first], ledger)).rstrip(":").strip()[:200]
        value = clean_links(value, [span.first], ledger)
        if len(value) > _LONGEST:
            message = f"the infobox row “{label}” has {len(value)} characters"
            ledger.add("field-cut", message, span=span, action=f"cut to {_LONGEST}", shown="its beginning")
            value = plain(value)[:_LONGEST]
        fresh = InfoboxField(label=label, value=value)
        if label and fresh not in self.fields[:200] and len(self.fields) < 1000:
            self.parts.append(Part(f"infobox/{len(self.fields)}", span))
            self.fields.append(fresh)


def take_infobox(blocks: list[Block], ledger: Ledger) -> tuple[list[Block], Infobox]:
    """The blocks without infoboxes, and the infobox they make."""
    infobox = Infobox()
    rest: list[Block] = []
    seen = 0
    for block in blocks:
        if block.table is not None:
            seen += 1
            if seen == 2:
                action = "added its rows to the first"
                message = "a second infobox differs from the first"
                ledger.add("infobox-second", message, span=block.span, action=action, shown="one infobox")
            _read(block, infobox, ledger)
        elif not seen and block.shape is Shape.TABLE and _is_loose(block):
            seen += 1
            _report(block.span, "as loose rows", ledger)
            for line, number in zip(block.lines, block.numbers, strict=True):
                cells = cells_of(line)
                if not set(cells[0]) <= set(" -:"):
                    infobox.add(cells[0], cells[1], Span(number, number), ledger)
        else:
            rest.append(block)
    return rest, infobox


def _read(block: Block, infobox: Infobox, ledger: Ledger) -> None:
    table = block.table
    if table is None:
        return
    infobox.style = infobox.style or table.style
    for row in table.rows:
        span = Span(row[0].first, row[-1].last) if row else block.span
        if len(row) == 1 and row[0].header:
            infobox.header = infobox.header or plain(row[0].text)
        elif len(row) == 1 and row[0].text:
            infobox.add("Note", row[0].text, span, ledger)
        elif len(row) > 1:
            infobox.add(row[0].text, " ".join(cell.text for cell in row[1:] if cell.text), span, ledger)
    _report(block.span, "as raw HTML", ledger)


def _report(span: Span, how: str, ledger: Ledger) -> None:
    ledger.add(
        "infobox-recovered", f"the infobox stood in the text {how}", span=span, action="made fields", shown="an infobox"
    )


def _is_loose(block: Block) -> bool:
    """Whether a table of two columns near the top is an infobox that lost its form."""
    rows = [cells_of(line) for line in block.lines[:12]]
    labels = [row[0].casefold().rstrip(":") for row in rows if len(row) == 2]
    return len(labels) == len(rows) and sum(1 for label in labels if label in _LABELS) >= 2
