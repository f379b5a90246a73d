"""Headings that lost their markers: recognised by the words sections usually have, and by their shape.

A heading is a short line of its own, without a full stop, a citation or a link, that begins with a capital, and
below which something follows. Known section names are top-level; an unknown heading under a section that usually
has parts ("Molecular Mechanisms", "Clinical Applications") is one level deeper.
"""

from __future__ import annotations

import re

from scidex.atlas.importing.blocks import Block, Shape, heading
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.inline import plain
from scidex.atlas.importing.model import Span
from scidex.atlas.importing.vocabulary import terms

LEAD_SECTIONS = frozenset({"introduction", "overview", "summary", "abstract"})
RELATED_HYPOTHESES = frozenset({"related hypotheses", "related hypothesis", "hypotheses"})
RELATED_ANALYSES = frozenset({"related analyses", "related analysis", "analyses"})
REFERENCES = frozenset({"references", "bibliography", "literature cited", "literature", "works cited", "citations"})
CONTAINERS = terms(
    """molecular mechanisms|mechanisms|mechanism|mechanism of action|mechanisms of action
    |molecular mechanism
    |clinical applications|applications|therapeutic applications|clinical evidence|clinical trials|preclinical evidence
    |disease association|disease associations|disease relevance|role in disease|role in neurodegeneration
    |clinical significance|function|functions|biological function|biological functions|molecular function
    |physiological function|structure|protein structure|gene structure|structure and function|pathophysiology
    |pathogenesis|pathology|diagnosis|treatment|treatments|management|therapy|therapeutic strategies
    |therapeutic approaches|therapeutic targeting|therapeutic implications|expression|expression pattern|interactions
    |protein interactions|genetics|risk factors|signs and symptoms|symptoms|clinical features|clinical presentation
    |subtypes|types|classification|key pathways|pathways|signaling pathways|signalling pathways|animal models
    |research|current research|biomarkers|challenges|variants|genetic variants"""
)
_PLAIN_SECTIONS = terms(
    """background|history|historical context|see also|external links|further reading
    |additional evidence sources
    |notes|acknowledgements|provenance|administration routes|administration|routes of administration|delivery routes
    |delivery methods|delivery|cell sources|sources of cells|cell source|adverse effects|side effects|adverse events
    |safety|safety profile|safety and tolerability|contraindications|dosing|dosage|pharmacology|pharmacokinetics
    |epidemiology|prevalence|prognosis|prevention|etiology|causes|tissue distribution|localization
    |subcellular localization|cellular localization|brain expression|regulation|evolution|nomenclature|discovery
    |morphology|markers|cell markers|development|electrophysiology|connectivity|post-translational modifications|domains
    |key proteins|key genes|limitations|limitations and challenges|future directions|outlook|research directions
    |open questions|regulatory status|cost and access|efficacy|evidence|key findings|gene overview|protein overview
    |disease overview|brain atlas resources|databases"""
)
TAIL = RELATED_HYPOTHESES | RELATED_ANALYSES | REFERENCES
TOP_LEVEL = LEAD_SECTIONS | CONTAINERS | _PLAIN_SECTIONS | TAIL
_SMALL_WORDS = terms("a an and as at by for from in into of on or per the to via vs with without de la und et versus")
_MARKER = re.compile(r"\[[@\d]|\]\(|\[\^|https?://|\t|[<>|=]|^[-*+>#(\"'“‘|]")
_LONGEST = 90


def section_name(text: str) -> str:
    """A heading's text in the form the vocabulary is written in."""
    return plain(text).rstrip(":").strip().casefold()


def _has_shape(text: str) -> bool:
    """Whether a line looks like a heading to a reader who sees nothing but it."""
    if len(text) > _LONGEST or text[-1] in ".,;!…:" or _MARKER.search(text):
        return False
    words = text.split()
    if len(words) > 10 or not any(character.isalpha() for character in text):
        return False
    first = words[0]
    if first[0].islower() and not any(character.isupper() or character.isdigit() for character in first):
        return False
    weighty = [word for word in words if word.strip("()").casefold() not in _SMALL_WORDS]
    capital = sum(1 for word in weighty if any(each.isupper() or each.isdigit() for each in word))
    return capital * 10 >= len(weighty) * 6 or (len(words) <= 4 and text[-1].isalnum())


def recover_headings(blocks: list[Block], ledger: Ledger) -> list[Block]:
    """The blocks with heading lines made headings, all of them at their level (2 and below)."""
    explicit = [block for block in blocks if block.shape is Shape.HEADING]
    if explicit:
        _shift(explicit, ledger)
    kinds = [_kind(blocks, index, shape_counts=not explicit) for index in range(len(blocks))]
    recovered: list[Block] = []
    container = False
    for index, block in enumerate(blocks):
        kind = kinds[index]
        if block.shape is Shape.HEADING:
            container = False
        if not kind:
            continue
        name = section_name(block.lines[0])
        followed = kinds[index + 1] if index + 1 < len(blocks) else ""
        if kind == "known":
            level = 2
            container = name in CONTAINERS or (
                followed == "shaped" and name not in LEAD_SECTIONS | _PLAIN_SECTIONS | TAIL
            )
        elif followed == "shaped":
            level = 2
            container = True
        else:
            level = 3 if container else 2
        text = block.lines[0].rstrip(":").rstrip()
        blocks[index] = heading(text, level, block.numbers[0], last=block.last)
        recovered.append(blocks[index])
    if recovered:
        deeper = sum(1 for block in recovered if block.level > 2)
        message = f"{len(recovered)} headings without markers, {deeper} of them below another"
        span = Span(recovered[0].span.first, recovered[-1].span.last)
        ledger.add("heading-recovered", message, span=span, action="made headings", shown="sections")
    return blocks


def _kind(blocks: list[Block], index: int, *, shape_counts: bool) -> str:  # noqa: PLR0911 - a list of rules
    """``known``, ``shaped`` or nothing: what kind of heading a block is."""
    block = blocks[index]
    if block.shape is not Shape.PARAGRAPH or len(block.lines) > 1:
        return ""
    text = block.lines[0]
    if len(text) > _LONGEST + 10:
        return ""
    if section_name(text) in TOP_LEVEL:
        return "known"
    if not shape_counts or not _has_shape(text) or index + 1 >= len(blocks):
        return ""
    following = blocks[index + 1]
    if following.shape is not Shape.PARAGRAPH:
        return "shaped"
    below = following.lines[0]
    if section_name(below) in TOP_LEVEL:
        return "shaped" if len(text.split()) <= 6 and text[0].isupper() else ""
    return "shaped" if len(below) > len(text) or below[-1] in ".!?]" or _has_shape(below) else ""


def _shift(headings: list[Block], ledger: Ledger) -> None:
    """Headings that have markers keep their nesting, moved so that none is above the second level."""
    shift = max(0, 2 - min(block.level for block in headings))
    if not shift:
        return
    for block in headings:
        block.level = min(6, block.level + shift)
    message = f"headings begin at level {2 - shift}"
    ledger.add(
        "heading-level", message, line=headings[0].numbers[0], action="moved down", shown="sections at the second level"
    )
