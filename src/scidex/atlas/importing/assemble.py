"""Blocks in, page out: lead, body, records, references and related artifacts, with the source lines of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scidex.atlas.bibliography.markers import MARKER, keys_in
from scidex.atlas.importing.blocks import Block, Shape, heading
from scidex.atlas.importing.citations import ReferenceList, read_reference_list, read_references
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.headings import LEAD_SECTIONS, REFERENCES, RELATED_ANALYSES, RELATED_HYPOTHESES
from scidex.atlas.importing.model import Part, Span
from scidex.atlas.importing.records import read_records
from scidex.atlas.importing.related import Related, read_related, report_related
from scidex.atlas.importing.sections import Section, sections_of
from scidex.atlas.kinds.page import EntityType, Record, Reference

_TEMPLATES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bis an? \w+ (?:component|part|element|player) in the neurobiology of\b", re.IGNORECASE), "molecule"),
    (re.compile(r"information about its structure,? (?:and )?function\b", re.IGNORECASE), "molecule"),
    (re.compile(r"\bhas evolved significantly over the past decades\b", re.IGNORECASE), "any"),
    (re.compile(r"\bkey discoveries in this field have shaped our current understanding\b", re.IGNORECASE), "any"),
)
_EVIDENCE = re.compile(r"(Additional (?:evidence )?(?:sources|references|evidence))\s*:\s*(?=\[@)", re.IGNORECASE)


@dataclass(slots=True)
class Assembled:
    """The parts of a page that come from its running text."""

    lead: str = ""
    body: str = ""
    records: list[Record] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    related: Related = field(default_factory=Related)
    parts: list[Part] = field(default_factory=list)


def assemble(
    blocks: list[Block], entity_type: EntityType, known: dict[str, Reference], related: Related, ledger: Ledger
) -> Assembled:
    """Put a page together from its blocks. `known` and `related` are what its front matter already gave."""
    page = Assembled(related=related)
    listed = ReferenceList()
    sections, lead = _sorted(sections_of(_with_evidence_section(blocks)), listed, related, ledger)
    kept = [block for section in sections for block in ([section.heading] if section.heading else []) + section.blocks]
    _report_templates(lead + kept, entity_type, ledger)
    page.lead = "\n\n".join(block.markdown for block in lead)
    if lead:
        page.parts.append(Part("lead", Span(lead[0].span.first, max(block.span.last for block in lead))))
    line = 1
    written: list[str] = []
    for block in kept:
        text = block.markdown
        last = line + text.count("\n")
        page.parts.append(Part(f"body:{line}-{last}", block.span))
        written.append(text)
        line = last + 2
    page.body = "\n\n".join(written)
    if entity_type is EntityType.THERAPY:
        page.records, parts = read_records(sections, ledger)
        page.parts.extend(parts)
    page.references, parts = read_references(lead + kept, listed, known, ledger)
    page.parts.extend(parts)
    page.parts.extend(related.parts)
    report_related(related, ledger)
    if not lead and not kept:
        ledger.add("no-body", "the page has no text", action="kept its fields", shown="“no text yet”")
    return page


def _sorted(
    sections: list[Section], listed: ReferenceList, related: Related, ledger: Ledger
) -> tuple[list[Section], list[Block]]:
    """Sections that stay text, and the lead; references and related artifacts are read on the way."""
    lead: list[Block] = []
    kept: list[Section] = []
    for section in sections:
        name = section.name
        if section.heading is None:
            lead.extend(section.blocks)
            continue
        span = section.heading.span
        if not kept and name in LEAD_SECTIONS:
            lead.extend(section.blocks)
            continue
        if not section.blocks:
            if name in REFERENCES:
                listed.span = span
                message = f"“{section.title}” lists nothing"
                ledger.add("references-empty", message, span=span, action="left out", shown="“no list in the source”")
            else:
                message = f"“{section.title}” has nothing below it"
                ledger.add("empty-section", message, span=span, action="left out", shown="nothing")
            continue
        if name in REFERENCES:
            listed.span = span
            section.blocks = read_reference_list(section.blocks, listed, ledger)
        elif name in RELATED_HYPOTHESES or name in RELATED_ANALYSES:
            section.blocks = read_related(section.blocks, section.title, related, ledger)
        if section.blocks:
            _report_empty_parts(section, ledger)
            kept.append(section)
    return kept, lead


def _report_empty_parts(section: Section, ledger: Ledger) -> None:
    for index, block in enumerate(section.blocks):
        if block.shape is not Shape.HEADING:
            continue
        following = section.blocks[index + 1] if index + 1 < len(section.blocks) else None
        if following is None or (following.shape is Shape.HEADING and following.level <= block.level):
            message = f"“{block.lines[0]}” has nothing below it"
            ledger.add(
                "empty-section", message, span=block.span, action="kept the heading", shown="a heading without text"
            )


def _with_evidence_section(blocks: list[Block]) -> list[Block]:
    """A line of nothing but citations after a label becomes a section, so that it does not read as prose."""
    result: list[Block] = []
    for block in blocks:
        label = (
            _EVIDENCE.match(block.lines[0]) if block.shape is Shape.PARAGRAPH and block.lines[0][:1] in "Aa" else None
        )
        if label is None:
            result.append(block)
            continue
        rest = block.lines[0][label.end() :]
        if MARKER.sub(lambda match: "" if keys_in(match.group(1)) else match.group(), rest).strip(" ,;."):
            result.append(block)
            continue
        title = label.group(1).capitalize()
        result.append(heading(title, 2, block.numbers[0], last=block.last))
        result.append(Block(Shape.PARAGRAPH, [rest, *block.lines[1:]], block.numbers, last=block.last))
    return result


def _report_templates(blocks: list[Block], entity_type: EntityType, ledger: Ledger) -> None:
    molecule = entity_type in (EntityType.GENE, EntityType.PROTEIN)
    for block in blocks:
        if block.shape is not Shape.PARAGRAPH:
            continue
        text = block.text
        for pattern, scope in _TEMPLATES:
            found = pattern.search(text)
            if found and not (scope == "molecule" and molecule):
                why = (
                    f"on a page about a {entity_type.value}" if scope == "molecule" else "which says nothing of its own"
                )
                message = f"“{found.group()}” is the wording of a template, {why}"
                ledger.add("template-sentence", message, span=block.span, action="kept", shown="the sentence, marked")
                break
