"""Citation markers in the text and the entries of a reference list, brought together to references."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scidex.atlas.bibliography.markers import LONGEST_KEY, MARKER, keys_in
from scidex.atlas.importing.blocks import Block, Shape
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.inline import plain
from scidex.atlas.importing.model import Part, Span
from scidex.atlas.kinds.page import Reference

_ENTRY = re.compile(
    r"(?:[-*+•]\s+)?(?:\[(?P<bracket>\d{1,4})\][.:]?|\[\^?@(?P<key>[^\[\]\s;,]+)\]:?|\[\^(?P<note>[^\[\]\s]+)\]:"
    r"|@(?P<bare>[\w:.-]+):|(?P<number>\d{1,4})(?:[.)]|\t))\s*(?P<text>.*)",
    re.DOTALL,
)
_BULLET = re.compile(r"[-*+•]\s+(.*)", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s<>\"\[\]()]+(?:\([^\s<>\"\[\]()]*\)[^\s<>\"\[\]()]*)*")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>\[\]]+")
_PUBMED = re.compile(r"(?:PMID:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{1,9})", re.IGNORECASE)
_MOST_REFERENCES = 20_000


@dataclass(slots=True)
class Entry:
    """One entry of a reference list."""

    text: str
    span: Span


@dataclass(slots=True)
class ReferenceList:
    """The reference section of a source, if it has one."""

    entries: dict[str, Entry] = field(default_factory=dict)
    span: Span | None = None


def markers_of(text: str) -> tuple[str, ...]:
    """The citation markers in a text as they are written."""
    if "[" not in text:
        return ()
    return tuple(f"[{match.group(1)}]" for match in MARKER.finditer(text) if keys_in(match.group(1)))


def without_markers(text: str) -> str:
    """A text as plain words: no citation markers, no links."""
    bare = MARKER.sub(lambda match: "" if keys_in(match.group(1)) else match.group(), text) if "[" in text else text
    return re.sub(r"\s+(?=[.,;:])", "", re.sub(r" {2,}", " ", plain(bare)))


def read_reference_list(blocks: list[Block], listed: ReferenceList, ledger: Ledger) -> list[Block]:
    """Read the entries of a reference section; blocks that are no entries are handed back and stay text."""
    left: list[Block] = []
    current = ""
    for block in blocks:
        if block.shape not in (Shape.LIST, Shape.PARAGRAPH):
            left.append(block)
            continue
        for text, number in zip(block.lines, block.numbers, strict=True):
            stripped = text.strip().replace("\\[", "[", 1)
            entry = _ENTRY.fullmatch(stripped)
            span = Span(number, number)
            if entry:
                found = entry.groupdict()
                key = found["bracket"] or found["key"] or found["note"] or found["bare"] or found["number"] or ""
                current = _add(listed, key, found["text"], span, ledger)
            elif (bullet := _BULLET.fullmatch(stripped)) is not None or not current:
                current = _add(
                    listed, str(len(listed.entries) + 1), bullet.group(1) if bullet else stripped, span, ledger
                )
            elif len(listed.entries[current].text) < 4000:
                known = listed.entries[current]
                listed.entries[current] = Entry(f"{known.text} {stripped}".strip(), Span(known.span.first, number))
    return left


def _add(listed: ReferenceList, key: str, text: str, span: Span, ledger: Ledger) -> str:
    key = key[:LONGEST_KEY]
    if key in listed.entries:
        ledger.add(
            "duplicate-reference", f"“{key}” is listed again", span=span, action="kept the first", shown="the first"
        )
    else:
        listed.entries[key] = Entry(text.strip()[:4000], span)
    return key


def read_references(  # noqa: C901 - two loops and their limits
    blocks: list[Block], listed: ReferenceList, known: dict[str, Reference], ledger: Ledger
) -> tuple[list[Reference], list[Part]]:
    """One reference for each key or number, in the order the text names them, then those only listed."""
    first: dict[str, int] = {}
    seen: set[str] = set()
    for block in blocks:
        if block.shape is Shape.CODE:
            continue
        for text, number in zip(block.lines, block.numbers, strict=True):
            if "[" not in text:
                continue
            for match in MARKER.finditer(text):
                if match.group(1) in seen:
                    continue
                seen.add(match.group(1))
                for key in keys_in(match.group(1)):
                    first.setdefault(key[:LONGEST_KEY], number)
    references: list[Reference] = []
    parts: list[Part] = []
    keys = list(dict.fromkeys([*first, *listed.entries, *known]))
    for key in keys[:_MOST_REFERENCES]:
        entry = listed.entries.get(key)
        span = entry.span if entry else Span(first[key], first[key]) if key in first else None
        if span:
            parts.append(Part(f"references/{len(references)}", span))
        references.append(
            known.get(key) or (reference_from(key, entry.text) if entry and entry.text else Reference(key=key))
        )
    if len(keys) > _MOST_REFERENCES:
        message = f"{len(keys)} different citation keys"
        ledger.add("field-cut", message, action=f"kept {_MOST_REFERENCES}", shown="the first ones")
    explained = listed.entries.keys() | known.keys()
    _report({key: line for key, line in first.items() if key not in explained}, bool(explained), ledger)
    return references, parts


def reference_from(key: str, text: str) -> Reference:
    """A reference from the words of a list: address, DOI and PubMed number are picked out, nothing is checked."""
    address = _ADDRESS.search(text)
    doi = _DOI.search(text)
    pubmed = _PUBMED.search(text)
    return Reference(
        key=key,
        text=plain(text),
        url=address.group().rstrip(".,;") if address else "",
        doi=doi.group().rstrip(".,;)") if doi else "",
        pmid=pubmed.group(1) if pubmed else "",
        status="listed",
    )


def _report(open_keys: dict[str, int], has_list: bool, ledger: Ledger) -> None:
    numbers = sorted((int(key), line) for key, line in open_keys.items() if key.isdigit())
    keys = [(key, line) for key, line in open_keys.items() if not key.isdigit()]
    if numbers:
        span = Span(min(line for _, line in numbers), max(line for _, line in numbers))
        tail = "the list does not have them" if has_list else "no list says what they are"
        message = f"numbers {_ranges([number for number, _ in numbers])} stand in the text, {tail}"
        action = f"kept {len(numbers)} unresolved references"
        ledger.add(
            "citation-number-unlisted", message, span=span, action=action, shown="the number, marked as unresolved"
        )
    if keys:
        span = Span(min(line for _, line in keys), max(line for _, line in keys))
        named = ", ".join(f"{key} (line {line})" for key, line in keys[:40]) + (", …" if len(keys) > 40 else "")
        action = f"kept {len(keys)} unresolved references"
        message = f"{len(keys)} keys without an entry: {named}"
        ledger.add("citation-key-unresolved", message, span=span, action=action, shown="the key, marked as unresolved")


def _ranges(numbers: list[int]) -> str:
    written: list[str] = []
    start = previous = numbers[0]
    for number in [*numbers[1:], -1]:
        if number == previous + 1:
            previous = number
            continue
        written.append(str(start) if start == previous else f"{start}–{previous}")
        start = previous = number
    return ", ".join(written)
