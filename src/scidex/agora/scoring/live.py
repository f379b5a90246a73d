"""A score that is kept up while a debate goes on: what a new argument changes is computed again, and nothing else.

The same numbers, hash and reasons as `score` gives for the whole debate, to the bit. Where a new source joins groups that were
apart, or evidence turns up that was cited before it was there, everything is computed anew.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import replace
from heapq import heappop, heappush

from scidex.agora.argumentation import ONE, Semantics, by_products
from scidex.agora.model import Argument, Debate, Dimension, Side, check_argument
from scidex.agora.rules import Rules
from scidex.agora.scoring.score import (
    Score,
    ScoredArgument,
    argument_document,
    assembled,
    hashed,
    inputs_hash,
    item_document,
    readings_of,
    source_document,
)
from scidex.agora.scoring.weighing import Best, Place, Weighed, candidates, counted_once, placed_alone
from scidex.atlas.evidence.independence import Grouping
from scidex.atlas.evidence.model import EvidenceItem, Source, Stance

_FIRST = len(Dimension)


class LiveScore:
    """The score of `debate`, which grows by `add`. By DF-QuAD."""

    _arguments: list[Argument]
    _sources: list[Source]
    _items: dict[str, EvidenceItem]
    _grouping: Grouping
    _item_hashes: list[tuple[str, str]]
    _source_hashes: list[tuple[str, str]]

    def __init__(self, debate: Debate, rules: Rules) -> None:
        self._rules = rules
        self._begin(debate)

    def add(self, argument: Argument, items: Iterable[EvidenceItem] = (), sources: Iterable[Source] = ()) -> None:
        """Takes in one more argument, with evidence and sources that are new. Raises Invalid where it could not be made."""
        new_items = {item.id: item for item in items if item.id not in self._items}.values()
        new_sources = tuple(sources)
        check_argument(argument, self._place)
        joined = [self._grouping.add(source) for source in new_sources]
        joined += [self._grouping.add(Source(item.source)) for item in new_items]
        if any(joined) or any(item.id in self._cited for item in new_items):
            self._begin(self.debate.with_more(argument, new_items, new_sources))
            return
        self._sources += new_sources
        for item in new_items:
            self._items[item.id] = item
            insort(self._item_hashes, (item.id, hashed(item_document(item))))
        for source in new_sources:
            insort(self._source_hashes, (source.id, hashed(source_document(source))))
        self._refresh({self._take(argument)})

    @property
    def debate(self) -> Debate:
        """The debate as it is now."""
        return Debate(tuple(self._arguments), tuple(self._items.values()), tuple(self._sources))

    def score(self) -> Score:
        """The score as it is now."""
        return assembled(
            self._rules,
            Semantics.DF_QUAD,
            inputs=inputs_hash(
                self._rules,
                Semantics.DF_QUAD,
                self._argument_hashes,
                [each for _, each in self._item_hashes],
                [each for _, each in self._source_hashes],
            ),
            argued=self._argued,
            readings=[values[:_FIRST] for values in self._values],
            best=self._best,
            arguments=tuple(self._scored),
            vote=(self._votes[Side.SUPPORTS], self._votes[Side.ATTACKS]),
            citations=(self._stances[Stance.SUPPORTS], self._stances[Stance.CONTRADICTS]),
        )

    def _begin(self, debate: Debate) -> None:
        self._arguments = []
        self._sources = list(debate.sources)
        self._items = {item.id: item for item in debate.items}
        self._grouping = Grouping([*debate.sources, *(Source(item.source) for item in debate.items)])
        self._item_hashes = sorted((item.id, hashed(item_document(item))) for item in debate.items)
        self._source_hashes = sorted((source.id, hashed(source_document(source))) for source in debate.sources)
        self._argument_hashes: list[str] = []
        self._place = {str(dimension): at for at, dimension in enumerate(Dimension)}
        # Of each argument what could weigh in it, and what does; dimensions have neither.
        self._alone: list[Weighed] = []
        self._scored: list[ScoredArgument] = []
        # By dimension or argument: what is said about it, the earliest first, and its strength in each reading.
        self._about: list[list[tuple[int, bool]]] = [[] for _ in Dimension]
        start = ONE * self._rules.start // 1000
        self._bases = [[start] * _FIRST for _ in readings_of(self._rules)]
        self._values = [[start] * _FIRST for _ in readings_of(self._rules)]
        self._best: dict[Place, Best] = {}
        self._argued: set[str] = set()
        self._cited: set[str] = set()
        self._votes = dict.fromkeys(Side, 0)
        self._stances = dict.fromkeys(Stance, 0)
        changed: set[int] = set()
        for argument in debate.arguments:
            changed.add(self._take(argument))
        self._refresh(changed)

    def _take(self, argument: Argument) -> int:
        """Puts an argument beside the others; its strengths are still to come. Returns its number."""
        number = len(self._about)
        above = self._place[argument.about]
        alone = placed_alone(
            argument, self._alone[above - _FIRST] if above >= _FIRST else None, self._items, self._grouping, self._rules
        )
        self._arguments.append(argument)
        self._place[argument.id] = number
        self._alone.append(alone)
        self._scored.append(ScoredArgument(alone, 0, 0))
        self._argument_hashes.append(hashed(argument_document(argument)))
        self._about.append([])
        for values in (*self._bases, *self._values):
            values.append(0)
        if alone.heard:
            self._about[above].append((number, argument.side is Side.SUPPORTS))
            self._argued.add(argument.about)
        if alone.depth == 0:
            self._votes[argument.side] += 1
        for cited in argument.cites:
            stance = self._items[cited].stance if cited in self._items else None
            if cited not in self._cited and stance is not None:
                self._stances[stance] += 1
            self._cited.add(cited)
        return number

    def _refresh(self, new: set[int]) -> None:
        """Settles where groups of sources weigh now, and computes what that moves, from the latest argument to the first."""
        touched = set(new)
        for number in sorted(new):
            for place, one in candidates(self._alone[number - _FIRST], number - _FIRST):
                known = self._best.get(place)
                if known is None or one < known:
                    self._best[place] = one
                    if known is not None:
                        touched.add(self._place[known[1]])
        waiting: list[int] = []
        for number in touched:
            self._count(number)
            heappush(waiting, -number)
        done = -1
        while waiting:
            number = -heappop(waiting)
            if number == done:
                continue
            done = number
            moved = self._compute(number)
            if (moved or number in touched) and number >= _FIRST and self._alone[number - _FIRST].heard:
                heappush(waiting, -self._place[self._alone[number - _FIRST].argument.about])

    def _count(self, number: int) -> None:
        """What weighs in an argument now, and its base strengths."""
        each = counted_once(self._alone[number - _FIRST], self._best)
        self._scored[number - _FIRST] = replace(self._scored[number - _FIRST], weighed=each)
        for bases, (for_, against) in zip(self._bases, readings_of(self._rules), strict=True):
            bases[number] = each.base(self._rules, for_ if each.effect > 0 else against) if each.heard else 0

    def _compute(self, number: int) -> bool:
        """The strengths of a dimension or argument from what is said about it; says whether they moved."""
        about = self._about[number][::-1]
        moved = False
        for bases, values in zip(self._bases, self._values, strict=True):
            value = by_products(bases[number], about, values)
            moved = moved or value != values[number]
            values[number] = value
        if number >= _FIRST:
            one = self._scored[number - _FIRST]
            self._scored[number - _FIRST] = ScoredArgument(one.weighed, self._bases[0][number], self._values[0][number])
        return moved
