"""A bipolar argument graph with base strengths: arguments that support or attack each other.

(Cayrol and Lagasquie-Schiex 2005, doi:10.1007/11518655_33; weighted: Baroni, Rago and Toni 2019,
doi:10.1016/j.ijar.2018.11.019.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import eq, ge, gt

from scidex.kernel.errors import Invalid

ONE = 1_000_000_000
"""The strength 1. Strengths are whole numbers from 0 to this: the same bits on every machine."""


@dataclass(frozen=True)
class ArgumentGraph:
    """Arguments are numbers from 0 on; `bases` are the strengths they have by themselves, in units of 1 / `ONE`.

    Relation n says that argument `sources[n]` supports (or else attacks) argument `targets[n]`. The relations of the latest
    argument come first. Raises Invalid for a strength out of range, for another order, for arguments that are not there, and
    where one is related to another twice: it cannot support and attack the same, nor count double.
    """

    bases: Sequence[int]
    sources: Sequence[int]
    targets: Sequence[int]
    supports: Sequence[bool]

    @classmethod
    def of(cls, bases: Sequence[int], relations: Iterable[tuple[int, int, bool]] = ()) -> ArgumentGraph:
        """A graph whose relations (source, target, whether it supports) are given in any order."""
        ordered = sorted(relations, reverse=True)
        sources, targets, supports = zip(*ordered, strict=True) if ordered else ((), (), ())
        return cls(tuple(bases), sources, targets, supports)

    def __post_init__(self) -> None:
        if self.bases and not 0 <= min(self.bases) <= max(self.bases) <= ONE:
            raise Invalid("A base strength is not between 0 and 1.", cure=f"Give it in units of 1/{ONE}.")
        if not len(self.sources) == len(self.targets) == len(self.supports):
            raise Invalid("A relation has a source, a target and a sign.", cure="Give as many of each.")
        if not self.sources:
            return
        named = (min(self.sources), max(self.sources), min(self.targets), max(self.targets))
        if min(named) < 0 or max(named) >= len(self.bases):
            raise Invalid("A relation names an argument that is not in the graph.", cure="Name arguments that are.")
        if not all(map(ge, self.sources, self.sources[1:])):
            raise Invalid("The relations are not in order.", cure="Put those of the latest argument first.")
        if not self.forest:
            pairs = sorted(zip(self.sources, self.targets, strict=True))
            for (source, target), after in pairwise(pairs):
                if (source, target) == after:
                    raise Invalid(
                        f"Argument {source} is related to argument {target} twice.",
                        cure="It supports it or attacks it, once.",
                    )

    @cached_property
    def forest(self) -> bool:
        """Whether each argument is about one other at most."""
        return not any(map(eq, self.sources, self.sources[1:]))

    @cached_property
    def roots(self) -> Iterable[int]:
        """The arguments that are about nothing, as what a debate is about."""
        number, related = len(self.bases), len(self.sources)
        if self.forest and (not related or (self.sources[0], self.sources[-1]) == (number - 1, number - related)):
            return range(number - related)
        return set(range(number)).difference(self.sources)

    @cached_property
    def descending(self) -> bool:
        """Whether every argument is about earlier ones only, as in a debate: then there is no cycle."""
        return all(map(gt, self.sources, self.targets))

    @cached_property
    def into(self) -> tuple[tuple[tuple[int, bool], ...], ...]:
        """For each argument who is about it, and whether in support; the latest argument first."""
        found: list[list[tuple[int, bool]]] = [[] for _ in self.bases]
        for source, target, supports in zip(self.sources, self.targets, self.supports, strict=True):
            found[target].append((source, supports))
        return tuple(map(tuple, found))
