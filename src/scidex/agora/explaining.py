"""Why a score is what it is, and what would change it.

Everything here scores a changed debate by the one kernel, so what it foretells is what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from scidex.agora.argumentation import ONE
from scidex.agora.model import Argument, Debate, Dimension, Side
from scidex.agora.rules import Rules
from scidex.agora.scoring import Score, ScoredArgument, score
from scidex.atlas.evidence.model import EvidenceItem, Source, Stance

_TURNED = {Stance.SUPPORTS: Stance.CONTRADICTS, Stance.CONTRADICTS: Stance.SUPPORTS, Stance.NOT_SHOWN: Stance.SUPPORTS}
MOST_TRIED = 2_000
"""So many changed debates are scored to explain one, fewer of a large one; then it is said that not all were tried."""
_MOST_ARGUMENTS = 100_000


def struck(debate: Debate, ids: Iterable[str]) -> Debate:
    """The debate without some arguments, and without what is about them."""
    gone = set(ids)
    kept = []
    for argument in debate.arguments:
        if argument.id in gone or argument.about in gone:
            gone.add(argument.id)
        else:
            kept.append(argument)
    return replace(debate, arguments=tuple(kept))


def turned(debate: Debate, ids: Iterable[str]) -> Debate:
    """The debate with some arguments on the other side, as if what they cite had found the contrary."""
    wanted = set(ids)
    known = {item.id: item for item in debate.items}
    items = list(debate.items)
    arguments = []
    for argument in debate.arguments:
        if argument.id not in wanted:
            arguments.append(argument)
            continue
        cites = []
        for cited in argument.cites:
            if (item := known.get(cited)) is None:
                cites.append(cited)
                continue
            other = replace(item, id=f"{item.id}, turned in {argument.id}", stance=_turned(item.stance))
            items.append(other)
            cites.append(other.id)
        side = Side.ATTACKS if argument.side is Side.SUPPORTS else Side.SUPPORTS
        arguments.append(replace(argument, side=side, cites=tuple(dict.fromkeys(cites))))
    return replace(debate, arguments=tuple(arguments), items=tuple({item.id: item for item in items}.values()))


def weakened(debate: Debate, item: str, weight: int) -> Debate:
    """The debate with another weight, in thousandths, of one item of evidence."""
    return replace(
        debate, items=tuple(replace(each, weight=weight) if each.id == item else each for each in debate.items)
    )


def extended(
    debate: Debate, argument: Argument, items: Iterable[EvidenceItem] = (), sources: Iterable[Source] = ()
) -> Debate:
    """The debate with one argument more. Raises Invalid where it could not be made.

    Items and sources that are there stay as they are.
    """
    known = {item.id for item in debate.items}
    told = {source.id for source in debate.sources}
    return debate.with_more(
        argument,
        (item for item in items if item.id not in known),
        (source for source in sources if source.id not in told),
    )


@dataclass(frozen=True, slots=True)
class Contribution:
    """What an argument does: how much less a dimension, and the composite, would be without it and what is about it.

    In units of 1 / `ONE`; negative for what lowers them. None where without it there is no such number, or none with it.
    """

    argument: str
    dimension: Dimension
    of_dimension: int | None
    of_composite: int | None


def contributions(debate: Debate, rules: Rules) -> tuple[Contribution, ...]:
    """What each heard argument contributes, by removal (Kampik and others 2024, arXiv:2401.08879).

    The heaviest come first; of a very large debate, only those.
    """
    found = score(debate, rules)
    made = []
    for each in _heaviest(found)[: _affordable(debate)]:
        without = score(struck(debate, [each.weighed.argument.id]), rules)
        dimension = Dimension(each.weighed.root)
        before, after = _strength(found, dimension), _strength(without, dimension)
        made.append(
            Contribution(
                each.weighed.argument.id,
                dimension,
                None if before is None or after is None else before - after,
                None if found.composite is None or without.composite is None else found.composite - without.composite,
            )
        )
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Crux:
    """A smallest set of arguments on which something hangs: if they are struck, or (`flipped`) found the contrary."""

    arguments: tuple[str, ...]
    flipped: bool
    becomes: Score


@dataclass(frozen=True, slots=True)
class Cruxes:
    """The cruxes of the least size that there are; `complete` if every set of that size and smaller was tried."""

    cruxes: tuple[Crux, ...]
    complete: bool
    tried: int


def cruxes(
    debate: Debate,
    rules: Rules,
    *,
    changes: Callable[[Score, Score], bool] | None = None,
    largest: int = 3,
    most: int = MOST_TRIED,
) -> Cruxes:
    """The smallest sets of arguments that decide: without which, or with which turned round, `changes` (before, after) holds.

    By default what must change is the tier, or whether there is a composite. Sets of one argument are tried first, then of
    two, up to `largest`; those of the heaviest arguments before others. At most `most` changed debates are scored.
    """
    changed = changes or (lambda before, after: (before.tier, before.outcome) != (after.tier, after.outcome))
    before = score(debate, rules)
    names = [each.weighed.argument.id for each in _heaviest(before)]
    most = min(most, _affordable(debate))
    tried = 0
    for size in range(1, min(largest, len(names)) + 1):
        found: list[Crux] = []
        for chosen in combinations(names, size):
            if tried >= most:
                return Cruxes(tuple(found), complete=False, tried=tried)
            for flipped, change in ((False, struck), (True, turned)):
                tried += 1
                after = score(change(debate, chosen), rules)
                if changed(before, after):
                    found.append(Crux(chosen, flipped, after))
        if found:
            return Cruxes(tuple(found), complete=True, tried=tried)
    return Cruxes((), complete=len(names) <= largest, tried=tried)


@dataclass(frozen=True, slots=True)
class Experiment:
    """A study that could be done: of which dimension, how much it would weigh (thousandths), what it costs (any one unit)."""

    name: str
    dimension: Dimension
    weight: int
    cost: int


@dataclass(frozen=True, slots=True)
class Prospect:
    """What an experiment may do to its dimension, in units of 1 / `ONE`: if it finds for it, if against, and on the average.

    `expected` is the size of the change to expect, finding for it being as likely as the dimension is strong (even where
    nothing is known); `per_cost` the same for a unit of cost.
    """

    experiment: Experiment
    if_for: int
    if_against: int
    expected: int
    per_cost: int


def prospects(debate: Debate, rules: Rules, experiments: Sequence[Experiment]) -> tuple[Prospect, ...]:
    """What experiments may change, the most for its cost first.

    The measure is a choice of ours, and no value of information in the strict sense.
    """
    before = score(debate, rules)
    found = []
    for experiment in experiments:
        known = _strength(before, experiment.dimension)
        start = ONE * rules.start // 1000 if known is None else known
        moved = []
        for side, stance in ((Side.SUPPORTS, Stance.SUPPORTS), (Side.ATTACKS, Stance.CONTRADICTS)):
            name = f"experiment {experiment.name}"
            result = EvidenceItem(
                name,
                name,
                stance,
                quote_checked=True,
                source_verified=True,
                source_retracted=False,
                judged_by="experiment",
                weight=experiment.weight,
            )
            after = score(extended(debate, Argument(name, experiment.dimension, side, (name,)), [result]), rules)
            moved.append((_strength(after, experiment.dimension) or 0) - start)
        expected = (start * moved[0] + (ONE - start) * -moved[1]) // ONE
        found.append(Prospect(experiment, moved[0], moved[1], expected, expected // max(1, experiment.cost)))
    return tuple(sorted(found, key=lambda each: (-each.per_cost, each.experiment.name)))


def _heaviest(found: Score) -> list[ScoredArgument]:
    """The arguments that are heard, those of the greatest base strength first."""
    heard = (each for each in found.arguments if each.weighed.heard)
    return sorted(heard, key=lambda each: (-each.base, each.weighed.argument.id))


def _affordable(debate: Debate) -> int:
    return min(MOST_TRIED, max(20, _MOST_ARGUMENTS // max(1, len(debate.arguments))))


def _turned(stance: Stance | None) -> Stance | None:
    return _TURNED.get(stance, stance) if stance else None


def _strength(found: Score, dimension: Dimension) -> int | None:
    return next(line.strength for line in found.lines if line.dimension is dimension)
