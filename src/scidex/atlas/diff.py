"""What changed between two versions of a body, readable by people: lines first, then words inside changed lines.

Matching is `difflib`'s (Ratcliff and Obershelp's longest matching block, found again on both sides of it), with a
budget. Where a comparison would go beyond it, only lines or words that occur once on either side are matched, in the
longest common order: Bram Cohen's patience diff. So the time stays near-linear, and every result is exact: its kept
and inserted parts are the new text, its kept and deleted parts the old.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, TypeGuard

Operation = Literal["same", "insert", "delete"]
Opcode = tuple[str, int, int, int, int]

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_WORD = re.compile(r"\w+")
_ITEM_NAMES = ("key", "label", "name", "target")
BUDGET = 400_000
"""Candidate matches one comparison may look at; the sum over all lines of how often each occurs on the other side."""
MOST_LINES = 20_000
MOST_TOKENS = 4_000
CONTEXT = 2
DEEPEST_BODY = 20
LONGEST_VALUE = 200
MOST_PAIRS = 64
LIKE = 0.4
"""Share of words two lines must have in common to be shown as one line that changed."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one line that was kept, added or taken away."""

    op: Operation
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `old_line` and `new_line` are its numbers (1-based), None on the side it is missing from."""

    old_line: int | None
    new_line: int | None
    segments: tuple[Segment, ...]

    @property
    def changed(self) -> bool:
        """Whether the line differs in any way."""
        return self.old_line is None or self.new_line is None or any(part.op != "same" for part in self.segments)


@dataclass(frozen=True, slots=True)
class Skip:
    """A number of unchanged lines that are not shown."""

    lines: int


@dataclass(frozen=True, slots=True)
class ItemDiff:
    """One item of a list: `change` says what happened to it, `fields` show its content."""

    change: Literal["added", "removed", "changed"]
    name: str
    fields: tuple[FieldDiff, ...]


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field that changed. A text or value has `rows`, a list `items`; `reordered` if its items changed places."""

    path: str
    kind: Literal["text", "value", "list"]
    rows: tuple[Row | Skip, ...] = ()
    items: tuple[ItemDiff, ...] = ()
    reordered: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """A diff in one line: words in and out, and the top-level fields they are in."""

    words_added: int
    words_removed: int
    fields: tuple[str, ...]


def align(old: str, new: str) -> tuple[Row, ...]:
    """Every line of both texts, matched. `diff_text` is this with the unchanged stretches left out."""
    before, after = old.split("\n"), new.split("\n")
    rows: list[Row] = []
    for tag, old_from, old_to, new_from, new_to in _opcodes(before, after, most=MOST_LINES):
        if tag == "equal":
            shift = new_from - old_from
            rows.extend(Row(i + 1, i + shift + 1, _kept(before[i])) for i in range(old_from, old_to))
        else:
            rows.extend(_changed_lines(before[old_from:old_to], after[new_from:new_to], old_from, new_from))
    return tuple(rows)


def diff_text(old: str, new: str) -> tuple[Row | Skip, ...]:
    """Lines that changed with two lines around them. Empty if nothing did."""
    return () if old == new else collapse(align(old, new))


def collapse(rows: Sequence[Row], context: int = CONTEXT) -> tuple[Row | Skip, ...]:
    """Leave out unchanged lines further than `context` from a change."""
    shown = {
        near
        for index, row in enumerate(rows)
        if row.changed
        for near in range(max(index - context, 0), min(index + context + 1, len(rows)))
    }
    result: list[Row | Skip] = []
    for visible, group in groupby(range(len(rows)), key=shown.__contains__):
        indexes = list(group)
        result.extend((rows[index] for index in indexes) if visible else [Skip(len(indexes))])
    return tuple(result) if shown else ()


def old_text(rows: Iterable[Row]) -> str:
    """The old text, from the rows of `align`."""
    return "\n".join(_side(row, "delete") for row in rows if row.old_line is not None)


def new_text(rows: Iterable[Row]) -> str:
    """The new text, from the rows of `align`."""
    return "\n".join(_side(row, "insert") for row in rows if row.new_line is not None)


def diff_bodies(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[FieldDiff, ...]:
    """What changed between two bodies, field by field in the order of the new one. Empty if nothing did."""
    return tuple(_diff_fields(old, new, "", 0))


def summary(diff: Iterable[FieldDiff]) -> Summary:
    """Count a diff's words."""
    fields = tuple(diff)
    added = removed = 0
    waiting = list(fields)
    while waiting:
        field = waiting.pop()
        waiting.extend(inner for item in field.items for inner in item.fields)
        for segment in (part for row in field.rows if isinstance(row, Row) for part in row.segments):
            added += len(_WORD.findall(segment.text)) if segment.op == "insert" else 0
            removed += len(_WORD.findall(segment.text)) if segment.op == "delete" else 0
    return Summary(added, removed, tuple(dict.fromkeys(field.path.split("/", 1)[0] for field in fields)))


# --- fields of a body


def _diff_fields(old: Mapping[str, object], new: Mapping[str, object], prefix: str, depth: int) -> Iterator[FieldDiff]:
    for name in dict.fromkeys((*new, *old)):
        was, now = (side.get(name) for side in (old, new))
        there = [_canonical(side[name]) if name in side else "" for side in (old, new)]
        if there[0] == there[1]:
            continue
        path = f"{prefix}{name}"
        if depth < DEEPEST_BODY and isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _diff_fields(was, now, f"{path}/", depth + 1)
        elif depth < DEEPEST_BODY and (was or now) and all(v is None or _is_list(v) for v in (was, now)):
            yield _diff_list(path, was if _is_list(was) else (), now if _is_list(now) else (), depth + 1)
        else:
            shown = [value if isinstance(value, str) else text for value, text in zip((was, now), there, strict=True)]
            yield _diff_value(path, *(shown if shown[0] != shown[1] else there))


def _diff_value(path: str, before: str, after: str) -> FieldDiff:
    is_text = "\n" in before + after or len(before + after) > LONGEST_VALUE
    return FieldDiff(path, "text" if is_text else "value", rows=diff_text(before, after))


def _diff_list(path: str, before: Sequence[object], after: Sequence[object], depth: int) -> FieldDiff:
    named_by = next((name for name in _ITEM_NAMES if all(_has_name(item, name) for item in (*before, *after))), None)
    old_items, new_items = _named(before, named_by), _named(after, named_by)
    items: list[ItemDiff] = []
    for name in dict.fromkeys((*new_items, *old_items)):
        was, now = old_items.get(name, {}), new_items.get(name, {})
        if name in old_items and name in new_items and _canonical(was) == _canonical(now):
            continue
        change: Literal["added", "removed", "changed"] = "changed" if name in old_items else "added"
        if name not in new_items:
            change = "removed"
        items.append(ItemDiff(change, name[0], tuple(_diff_fields(was, now, "", depth))))
    common_before = [name for name in old_items if name in new_items]
    return FieldDiff(
        path, "list", items=tuple(items), reordered=common_before != [name for name in new_items if name in old_items]
    )


def _has_name(item: object, name: str) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get(name), str)


def _named(items: Sequence[object], named_by: str | None) -> dict[tuple[str, int], Mapping[str, object]]:
    """Items by name; those that share one are told apart by their order, those without one go by their content."""
    seen: Counter[str] = Counter()
    named: dict[tuple[str, int], Mapping[str, object]] = {}
    for item in items:
        content = item if isinstance(item, Mapping) else {"": item}
        name = str(content[named_by]) if named_by else item if isinstance(item, str) else _canonical(item)
        named[name, seen[name]] = content
        seen[name] += 1
    return named


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


# --- lines and words


def _kept(text: str) -> tuple[Segment, ...]:
    return (Segment("same", text),) if text else ()


def _side(row: Row, op: Operation) -> str:
    return "".join(part.text for part in row.segments if part.op in {"same", op})


def _changed_lines(old: Sequence[str], new: Sequence[str], old_from: int, new_from: int) -> Iterator[Row]:
    """Rows for a stretch of lines that was replaced: like lines side by side, the others out and in."""
    i = j = 0
    for pair in (*_like_lines(old, new), (len(old), len(new))):
        for index in range(i, pair[0]):
            yield Row(old_from + index + 1, None, (Segment("delete", old[index]),))
        for index in range(j, pair[1]):
            yield Row(None, new_from + index + 1, (Segment("insert", new[index]),))
        if pair[0] < len(old):
            yield Row(old_from + pair[0] + 1, new_from + pair[1] + 1, tuple(_words(old[pair[0]], new[pair[1]])))
        i, j = pair[0] + 1, pair[1] + 1


def _like_lines(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of lines, in order on both sides, that have most words in common (by dynamic programming)."""
    if len(old) + len(new) > MOST_TOKENS:
        return []
    bags_old, bags_new = ([Counter(_WORD.findall(line)) for line in side] for side in (old, new))
    if len(old) * len(new) > MOST_PAIRS:
        pairs = zip(range(len(old)), range(len(new)), strict=False) if len(old) == len(new) else ()
        return [(i, j) for i, j in pairs if _likeness(bags_old[i], bags_new[j]) >= LIKE]
    best: list[list[tuple[float, tuple[tuple[int, int], ...]]]] = [[(0.0, ())] * (len(new) + 1)]
    for i, bag in enumerate(bags_old):
        row = [best[i][0]]
        for j, other in enumerate(bags_new):
            choice = max(best[i][j + 1], row[j], key=lambda entry: entry[0])
            likeness = _likeness(bag, other)
            if likeness >= LIKE and best[i][j][0] + likeness > choice[0]:
                choice = (best[i][j][0] + likeness, (*best[i][j][1], (i, j)))
            row.append(choice)
        best.append(row)
    return list(best[-1][-1][1])


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """Dice's coefficient of two bags of words: twice what they share over what they hold. Blank lines are just alike."""
    total = one.total() + other.total()
    return 2 * sum(min(count, other[word]) for word, count in one.items()) / total if total else LIKE


def _words(old: str, new: str) -> Iterator[Segment]:
    """The words of a changed line. A lone space or comma between two replaced words counts as replaced with them."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    out = into = ""
    opcodes = _opcodes(before, after, most=MOST_TOKENS)
    for index, (tag, i, i_end, j, j_end) in enumerate(opcodes):
        text_out, text_in = "".join(before[i:i_end]), "".join(after[j:j_end])
        joins = out and into and index + 1 < len(opcodes) and opcodes[index + 1][0] == "replace"
        if tag != "equal" or (joins and not _WORD.search(text_out)):
            out, into = out + text_out, into + text_in
            continue
        yield from _replaced(out, into)
        yield Segment("same", text_out)
        out = into = ""
    yield from _replaced(out, into)


def _replaced(out: str, into: str) -> Iterator[Segment]:
    if out:
        yield Segment("delete", out)
    if into:
        yield Segment("insert", into)


def _opcodes(old: Sequence[str], new: Sequence[str], *, most: int) -> list[Opcode]:
    """`difflib`'s opcodes within the budget: the common ends are cut off first, the rest matched or taken whole."""
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    occurrences = Counter(after)
    cost = sum(occurrences[part] for part in before if part.strip())
    if len(before) + len(after) > most or cost > BUDGET:
        blocks = _anchors(before, after) if cost else []
    else:
        matcher = SequenceMatcher(lambda part: not part.strip(), before, after, autojunk=False)
        blocks = [(block.a, block.b, block.size) for block in matcher.get_matching_blocks() if block.size]
    whole = [(0, 0, head), *((a + head, b + head, size) for a, b, size in blocks)]
    opcodes: list[Opcode] = []
    i = j = 0
    for a, b, size in (*whole, (len(old) - tail, len(new) - tail, tail)):
        if i < a or j < b:
            opcodes.append(("replace" if i < a and j < b else "delete" if i < a else "insert", i, a, j, b))
        if size:
            opcodes.append(("equal", a, a + size, b, b + size))
        i, j = a + size, b + size
    return opcodes


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    """Patience matching: parts that occur once on both sides, in the longest common order (by patience sorting)."""
    once_old, once_new = Counter(old), Counter(new)
    place = {part: j for j, part in enumerate(new) if once_new[part] == 1}
    tops: list[int] = []
    piles: list[tuple[int, int, int]] = []  # old place, new place, index of the entry below in `piles`
    last: list[int] = []
    for i, part in enumerate(old):
        if once_old[part] != 1 or part not in place:
            continue
        pile = bisect_left(tops, place[part])
        tops[pile : pile + 1], last[pile : pile + 1] = [place[part]], [len(piles)]
        piles.append((i, place[part], last[pile - 1] if pile else -1))
    blocks: list[tuple[int, int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        i, j, index = piles[index]
        blocks.append((i, j, 1))
    return blocks[::-1]
