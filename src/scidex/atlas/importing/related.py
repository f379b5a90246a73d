"""The lists of related hypotheses and analyses under a page: each entry a relation and an artifact itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scidex.atlas.importing.blocks import Block, Shape
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.inline import plain
from scidex.atlas.importing.model import Neighbour, Part, Span
from scidex.atlas.kinds.page import RelatedItem

_LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]*+\])++)\]\((?:https?://[^\s/()]+)?/(hypothesis|hypotheses|analysis|analyses)/([^\s()?#/]+)[^\s()]*\)"
)
_SCORE = re.compile(r"(?<![\w.])(1(?:\.0+)?|0(?:[.,]\d{1,6})?|\.\d{1,6}|\d{1,3}(?:\.\d+)?\s?%)(?![\w.]*\d)")
_TARGET = re.compile(r"(?:gene\s+)?targets?\s*(?:genes?)?\s*[:=]\s*(.+)$", re.IGNORECASE)
_ICONS = {
    "✅": "completed", "✔": "completed", "☑": "completed", "🔄": "in progress", "🔃": "in progress", "⚙": "in progress",
    "⏳": "queued", "⌛": "queued", "❌": "failed", "✖": "failed", "⛔": "failed", "⏸": "paused",
}  # fmt: skip
_WORDS = re.compile(
    r"\b(completed?|done|finished|in[ -]progress|running|active|queued|pending|waiting|failed|error|paused)\b",
    re.IGNORECASE,
)
_MEANING = {
    "complete": "completed", "done": "completed", "finished": "completed", "running": "in progress",
    "active": "in progress", "in-progress": "in progress", "pending": "queued", "waiting": "queued", "error": "failed",
}  # fmt: skip


@dataclass(slots=True)
class Related:
    """What the lists of related artifacts gave."""

    items: list[RelatedItem] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    neighbours: list[Neighbour] = field(default_factory=list)
    scored: list[Span] = field(default_factory=list)
    states: dict[str, list[Span]] = field(default_factory=dict)


def read_related(blocks: list[Block], section: str, related: Related, ledger: Ledger) -> list[Block]:
    """Read the blocks of one such section; what names no artifact with an address is handed back to stay text."""
    left: list[Block] = []
    for block in blocks:
        if block.shape not in (Shape.LIST, Shape.PARAGRAPH):
            left.append(block)
            continue
        lines: list[str] = []
        numbers: list[int] = []
        for text, number in zip(block.lines, block.numbers, strict=True):
            found = _LINK.search(text)
            if found:
                span = Span(number, max(number, block.last) if len(block.lines) == 1 else number)
                _entry(found, text, span, section, related)
            else:
                lines.append(text)
                numbers.append(number)
        if not lines:
            continue
        if block.shape is Shape.PARAGRAPH:
            message = f"“{plain(lines[0])[:120]}”"
            action, shown = "left out; it introduces the list", "the list with its own caption"
            ledger.add("exchange-note", message, line=numbers[0], action=action, shown=shown)
            continue
        for text, number in zip(lines, numbers, strict=True):
            message = f"“{plain(text)[:120]}” has no address"
            ledger.add(
                "related-unlinked", message, line=number, action="kept as text", shown="the line under its heading"
            )
        left.append(Block(block.shape, lines, numbers, last=block.last))
    return left


def _entry(found: re.Match[str], text: str, span: Span, section: str, related: Related) -> None:
    title = plain(found.group(1))[:500]
    kind = "hypothesis" if found.group(2).startswith("hypoth") else "analysis"
    identifier = found.group(3)[:300]
    target = f"/{kind}/{identifier}"
    rest = text[: found.start()].lstrip("-*+0123456789.) ") + " " + text[found.end() :]
    item = {"target": target, "title": title, "relation": f"related_{kind}"}
    item["reason"] = f"Listed under “{section}” on the source page; it gives no reason."
    content: dict[str, object]
    if kind == "hypothesis":
        aim = _TARGET.search(rest)
        gene = plain(aim.group(1)).strip(" ·|—–-()")[:300] if aim else ""
        score = _SCORE.search(plain(rest[: aim.start()] if aim else rest))
        printed = score.group(1) if score else ""
        item |= {"score": printed, "gene_target": gene}
        content = {"title": title, "gene_target": gene, "score": printed, "score_note": "imported, not recomputed"}
        if printed:
            related.scored.append(span)
    else:
        state = _state(rest)
        item["state"] = state
        content = {"title": title, "state": state, "state_note": "imported, not rerun"}
        if state:
            related.states.setdefault(_raw_state(rest), []).append(span)
    related.parts.append(Part(f"related/{len(related.items)}", span))
    related.items.append(RelatedItem.model_validate(item))
    parts = tuple(Part(name, span) for name in content if content[name] and not name.endswith("_note"))
    related.neighbours.append(Neighbour(kind, (identifier, target), content, parts))


def _state(rest: str) -> str:
    for icon, meaning in _ICONS.items():
        if icon in rest:
            return meaning
    word = _WORDS.search(rest)
    if word is None:
        return ""
    found = word.group(1).lower().replace("-", " ")
    return _MEANING.get(found, found)


def _raw_state(rest: str) -> str:
    for icon in _ICONS:
        if icon in rest:
            return icon
    word = _WORDS.search(rest)
    return word.group(1) if word else ""


def report_related(related: Related, ledger: Ledger) -> None:
    """Say once what a score and a state in the source are worth."""
    if related.scored:
        span = Span(related.scored[0].first, related.scored[-1].last)
        message = f"{len(related.scored)} scores of related hypotheses"
        ledger.add("score-imported", message, span=span, action="kept as text", shown="“imported, not recomputed”")
    for raw, spans in related.states.items():
        span = Span(spans[0].first, spans[-1].last)
        meaning = _state(raw)
        message = f"the state of {len(spans)} analyses is “{raw}”, which proves nothing about a run"
        ledger.add("state-unproven", message, span=span, action=f"read as “{meaning}”", shown="“imported, not rerun”")
