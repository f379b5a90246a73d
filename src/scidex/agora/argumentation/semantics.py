"""Gradual semantics: from the base strengths of arguments, and who supports and attacks whom, to their final strengths.

All three are modular (Mossakowski and Neuhaus 2018, arXiv:1807.06685): what is said for and against an argument is put together,
and moves it from its base. With base w, supporters' strengths s, attackers' strengths a:

| | For and against together | Final strength |
|---|---|---|
| DF-QuAD | d = (1 - Π(1-s)) - (1 - Π(1-a)) | w + (1-w) d if d >= 0, else w + w d |
| quadratic energy | E = Σs - Σa | w + (1-w) h(E) if E >= 0, else w - w h(E), h(E) = E² / (1 + E²) |
| Euler-based | E = Σs - Σa | 1 - (1-w²) / (1 + w e^E) |

DF-QuAD: Rago, Toni, Aurisicchio and Baroni 2016, KR 2016, pages 63-72. Quadratic energy: Potyka 2018, KR 2018, pages 148-157.
Euler-based: Amgoud and Ben-Naim 2017, Evaluation of arguments in weighted bipolar graphs, ECSQARU 2017.

Everything is whole numbers in units of 1 / `ONE`. What is left of a doubt is rounded down, and so is what an argument is
moved by: the result is within a few units of the formula's, is never out of range, and more support never lowers it. Products
are taken from the latest argument to the first, a step at a time, so the order in which arguments came is part of the input and
the order in which a program goes through them is not.

**Cycles.** Arguments outside cycles are computed once, after what is said about them. Those in a cycle are computed again and
again, together, from their bases on, until none moves by more than two units. Where that swings for ever, each step goes a
half, a quarter, an eighth or a sixteenth of the way (the continuous semantics of Potyka 2018, in larger steps).
What does not settle in `ROUNDS` rounds of each is said not to have settled, and its strengths mean nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from enum import StrEnum

from scidex.agora.argumentation.components import components
from scidex.agora.argumentation.graph import ONE, ArgumentGraph

ROUNDS = 2_000
_STEPS = (1, 2, 4, 8, 16)
_SETTLED = 2
# Far more digits than are kept. Python's own arithmetic: the same digits wherever it runs.
_EXACT = Context(prec=40, rounding=ROUND_FLOOR, Emax=999_999, Emin=-999_999)
# e^E beyond this is no longer told from certainty.
_MOST_ENERGY = 100 * ONE


class Semantics(StrEnum):
    """Ways to compute final strengths. `DF_QUAD` is the one that scores; the others stand beside it."""

    DF_QUAD = "df-quad"
    QUADRATIC_ENERGY = "quadratic-energy"
    EULER_BASED = "euler-based"


@dataclass(frozen=True, slots=True)
class Strengths:
    """Final strengths in units of 1 / `ONE`; `unsettled` are the arguments whose strengths mean nothing."""

    values: tuple[int, ...]
    unsettled: frozenset[int] = frozenset()


def strengths(graph: ArgumentGraph, semantics: Semantics = Semantics.DF_QUAD) -> Strengths:
    """The final strengths of all arguments.

    >>> graph = ArgumentGraph.of([ONE // 2, ONE // 2], [(1, 0, True)])
    >>> strengths(graph).values[0] / ONE
    0.75
    """
    if graph.descending:
        return Strengths(_descending_products(graph) if semantics is Semantics.DF_QUAD else _in_order(graph, semantics))
    return _with_cycles(graph, semantics)


def _descending_products(graph: ArgumentGraph) -> tuple[int, ...]:
    """DF-QuAD where every argument is about earlier ones: each is done when its turn comes, in one pass over the relations."""
    values = list(graph.bases)
    one = ONE
    # What is left of the doubt, Π(1-s) and Π(1-a); None where nothing was said yet, which is most often.
    unsupported: list[int | None] = [None] * len(values)
    unattacked: list[int | None] = [None] * len(values)
    last = -1
    value = 0
    for source, target, supports in zip(graph.sources, graph.targets, graph.supports, strict=True):
        if source != last:
            last = source
            value = values[source]
            against, for_ = unattacked[source], unsupported[source]
            if against is not for_:
                moved = (one if against is None else against) - (one if for_ is None else for_)
                if moved > 0:
                    value += (one - value) * moved // one
                else:
                    value -= value * -moved // one
                values[source] = value
        if supports:
            left = unsupported[target]
            unsupported[target] = one - value if left is None else left * (one - value) // one
        else:
            left = unattacked[target]
            unattacked[target] = one - value if left is None else left * (one - value) // one
    for root in graph.roots:
        against, for_ = unattacked[root], unsupported[root]
        moved = (one if against is None else against) - (one if for_ is None else for_)
        values[root] = _moved_linearly(values[root], moved)
    return tuple(values)


def _in_order(graph: ArgumentGraph, semantics: Semantics) -> tuple[int, ...]:
    values = list(graph.bases)
    move = _MOVES[semantics]
    for argument in range(len(values) - 1, -1, -1):
        if about := graph.into[argument]:
            values[argument] = move(graph.bases[argument], about, values)
    return tuple(values)


def _with_cycles(graph: ArgumentGraph, semantics: Semantics) -> Strengths:
    values = list(graph.bases)
    move = _MOVES[semantics]
    unsettled: set[int] = set()
    for component in components(graph):
        first = component[0]
        heard = {source for member in component for source, _ in graph.into[member]}
        settled = True
        if first in heard or len(component) > 1:
            settled = _settle(graph, component, values, move)
        else:
            values[first] = move(graph.bases[first], graph.into[first], values)
        if not settled or not unsettled.isdisjoint(heard):
            unsettled.update(component)
    return Strengths(tuple(values), frozenset(unsettled))


_Heard = tuple[int, bool]
_Move = Callable[[int, Sequence[_Heard], Sequence[int]], int]


def _settle(graph: ArgumentGraph, component: Sequence[int], values: list[int], move: _Move) -> bool:
    """Computes the arguments of a cycle together until they stay where they are; says whether they do."""
    for step in _STEPS:
        for member in component:
            values[member] = graph.bases[member]
        for _ in range(ROUNDS):
            wanted = [move(graph.bases[member], graph.into[member], values) for member in component]
            widest = 0
            for member, goal in zip(component, wanted, strict=True):
                away = goal - values[member]
                widest = max(widest, abs(away))
                values[member] += away // step if away > 0 else -(-away // step)
            # Where roundings chase each other, the last unit or two go to and fro.
            if widest <= _SETTLED * step:
                return True
    return False


def by_products(base: int, about: Sequence[_Heard], values: Sequence[int]) -> int:
    """The strength by DF-QuAD of what has this base; `about` are the arguments about it, the latest first."""
    unsupported = unattacked = ONE
    for source, supports in about:
        if supports:
            unsupported = unsupported * (ONE - values[source]) // ONE
        else:
            unattacked = unattacked * (ONE - values[source]) // ONE
    return _moved_linearly(base, unattacked - unsupported)


def _moved_linearly(base: int, moved: int) -> int:
    return base + (ONE - base) * moved // ONE if moved >= 0 else base - base * -moved // ONE


def _energy(about: Sequence[_Heard], values: Sequence[int]) -> int:
    return sum(values[source] if supports else -values[source] for source, supports in about)


def _by_quadratic_energy(base: int, about: Sequence[_Heard], values: Sequence[int]) -> int:
    energy = _energy(about, values)
    square = energy * energy
    moved = ONE * square // (ONE * ONE + square)
    return _moved_linearly(base, moved if energy >= 0 else -moved)


def _by_euler(base: int, about: Sequence[_Heard], values: Sequence[int]) -> int:
    energy = max(-_MOST_ENERGY, min(_MOST_ENERGY, _energy(about, values)))
    if energy == 0:
        return base
    power = _EXACT.exp(_EXACT.divide(Decimal(energy), Decimal(ONE)))
    rest = _EXACT.divide(Decimal(ONE * ONE - base * base), ONE + _EXACT.multiply(base, power))
    # Rounded towards the base, as everywhere.
    whole = int(rest)
    return ONE - whole - (energy > 0 and rest != whole)


_MOVES: dict[Semantics, _Move] = {
    Semantics.DF_QUAD: by_products,
    Semantics.QUADRATIC_ENERGY: _by_quadratic_energy,
    Semantics.EULER_BASED: _by_euler,
}
