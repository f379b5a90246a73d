"""What an argument has behind it: the evidence it cites, one cohort counted once.

An item weighs in an argument if it counts (`scidex.atlas.evidence.standing`), and if its stance is that of the argument:

| The argument | supports | contradicts | not-shown | mixed |
|---|---|---|---|---|
| supports | whole | – | – | a share |
| attacks | – | whole | a share | a share |

An argument without an item that could weigh is *silent*: it is kept, and nothing goes through it, neither its own word nor
what is said about it. What is about a silent argument is not heard either.

**Counted once.** Sources that share people are one group (`scidex.atlas.evidence.independence`). Under one dimension and to one
effect, for it or against it through however many arguments, a group weighs in one place: nearest to the dimension, there the
heaviest item, of equal ones the earliest. Nearest first, so that nobody can bury a study under a weak argument.

The base strength of an argument is the probability sum of what weighs in it: 1 - Π(1 - weight).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from scidex.agora.argumentation import ONE
from scidex.agora.model import Argument, Debate, Side
from scidex.agora.rules import Rules
from scidex.atlas.evidence.independence import Grouping
from scidex.atlas.evidence.model import EvidenceItem, Source, Stance
from scidex.atlas.evidence.standing import Reason, reasons_against


class Unweighed(StrEnum):
    """Why an item that counts does not weigh in an argument."""

    NO_SUCH_ITEM = "no-such-item"
    STANCE_DIFFERS = "stance-differs"
    WEIGHS_NOTHING = "weighs-nothing"
    NOT_HEARD = "argument-not-heard"
    COUNTED_ONCE = "counted-once"


@dataclass(frozen=True, slots=True)
class Use:
    """An item in an argument. `weight` is in thousandths, of the share that counts; `why` is empty if it weighs.

    `group` is the least id of the sources that share people with its source. `instead` names the argument and the item in
    which the group weighs.
    """

    item: str
    weight: int
    group: str
    why: tuple[Reason | Unweighed, ...] = ()
    instead: tuple[str, str] | None = None

    @property
    def weighs(self) -> bool:
        """Whether it does."""
        return not self.why


@dataclass(frozen=True, slots=True)
class Weighed:
    """An argument with what it has behind it.

    `root` is the dimension it is about in the end, `effect` 1 if it speaks for that and -1 if against, `depth` how many arguments
    stand between.
    """

    argument: Argument
    root: str
    effect: int
    depth: int
    heard: bool
    uses: tuple[Use, ...]

    def base(self, rules: Rules, factor: int = 1000) -> int:
        """Its base strength in units of 1 / `ONE`, with the weight of its studies times `factor` thousandths."""
        doubt = ONE
        for use in self.uses:
            if use.weighs:
                weight = min(1000, use.weight * factor // 1000)
                doubt = doubt * (ONE - ONE * weight * rules.most_of_an_item // 1_000_000) // ONE
        return ONE - doubt


Place = tuple[str, int, str]
"""Where a group of sources weighs once: under a dimension, to an effect."""
Best = tuple[tuple[int, int, int, int], str, str]
"""How a use compares (depth, weight with a minus, place in the debate; the least is best), in which argument, of which item."""


def weighed(debate: Debate, rules: Rules) -> tuple[tuple[Weighed, ...], dict[Place, Best]]:
    """The arguments of a debate, in order, with what weighs in each; and where each group of sources weighs."""
    items = {item.id: item for item in debate.items}
    grouping = Grouping([*debate.sources, *(Source(item.source) for item in debate.items)])
    found: dict[str, Weighed] = {}
    for argument in debate.arguments:
        found[argument.id] = placed_alone(argument, found.get(argument.about), items, grouping, rules)
    arguments = tuple(found.values())
    best: dict[Place, Best] = {}
    for order, each in enumerate(arguments):
        for place, candidate in candidates(each, order):
            if place not in best or candidate < best[place]:
                best[place] = candidate
    return tuple(counted_once(each, best) for each in arguments), best


def placed_alone(
    argument: Argument, above: Weighed | None, items: Mapping[str, EvidenceItem], grouping: Grouping, rules: Rules
) -> Weighed:
    """An argument and what could weigh in it, whatever else weighs elsewhere; `above` is the argument it is about."""
    sign = 1 if argument.side is Side.SUPPORTS else -1
    uses = tuple(_use(argument, cited, items, grouping, rules) for cited in dict.fromkeys(argument.cites))
    return Weighed(
        argument,
        root=above.root if above else argument.about,
        effect=sign * (above.effect if above else 1),
        depth=above.depth + 1 if above else 0,
        heard=(above is None or above.heard) and any(use.weighs for use in uses),
        uses=uses,
    )


def candidates(each: Weighed, order: int) -> Iterator[tuple[Place, Best]]:
    """The places in which what could weigh in the argument of this order would weigh, and how it compares there."""
    if each.heard:
        for at, use in enumerate(each.uses):
            if use.weighs:
                rank = (each.depth, -use.weight, order, at)
                yield (each.root, each.effect, use.group), (rank, each.argument.id, use.item)


def counted_once(each: Weighed, best: Mapping[Place, Best]) -> Weighed:
    """An argument of which only that weighs which is the best of its place."""
    uses = tuple(_placed(each, use, best.get((each.root, each.effect, use.group))) for use in each.uses)
    return replace(each, uses=uses)


def _use(argument: Argument, cited: str, items: Mapping[str, EvidenceItem], grouping: Grouping, rules: Rules) -> Use:
    item = items.get(cited)
    if item is None:
        return Use(cited, 0, "", (Unweighed.NO_SUCH_ITEM,))
    group = grouping.of(item.source)
    if reasons := reasons_against(item):
        return Use(cited, 0, group, reasons)
    share = _share(argument.side, item.stance, rules)
    if not share:
        return Use(cited, 0, group, (Unweighed.STANCE_DIFFERS,))
    weight = item.weight * share // 1000
    return Use(cited, weight, group, () if weight > 0 else (Unweighed.WEIGHS_NOTHING,))


def _share(side: Side, stance: Stance | None, rules: Rules) -> int:
    if stance is Stance.MIXED:
        return rules.share_of_a_mixed_item
    if side is Side.SUPPORTS:
        return 1000 if stance is Stance.SUPPORTS else 0
    return {Stance.CONTRADICTS: 1000, Stance.NOT_SHOWN: rules.share_of_a_null_result}.get(stance, 0) if stance else 0


def _placed(each: Weighed, use: Use, best: Best | None) -> Use:
    if not use.weighs:
        return use
    if not each.heard or best is None:
        return Use(use.item, use.weight, use.group, (Unweighed.NOT_HEARD,))
    instead = best[1:]
    if instead == (each.argument.id, use.item):
        return use
    return Use(use.item, use.weight, use.group, (Unweighed.COUNTED_ONCE,), instead)
