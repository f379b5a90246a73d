"""How far the evidence for a hypothesis has come, by rule. Quick to fall and slow to rise."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from scidex.agora.rules import Needs, Rules


class Tier(StrEnum):
    """The tiers of evidence. `AXIOM` is set by decision: no evidence makes a definition."""

    AXIOM = "axiom"
    ESTABLISHED = "established"
    SUPPORTED = "supported"
    PROVISIONAL = "provisional"
    SPECULATIVE = "speculative"
    CONTESTED = "contested"


_LADDER = (Tier.SPECULATIVE, Tier.PROVISIONAL, Tier.SUPPORTED, Tier.ESTABLISHED)


def tier(for_: Sequence[int], against: Sequence[int], strength: int, rules: Rules) -> Tier:
    """The tier by rule. `for_` and `against` are the weights, in thousandths, of independent sources; so is `strength`.

    What weighs against it makes it contested from a share of what weighs for it on, also where nothing does; and nothing is
    established that anything weighs against.
    """
    if against and 1000 * sum(against) >= rules.contested_from * sum(for_):
        return Tier.CONTESTED
    steps = (
        (Tier.ESTABLISHED, rules.established),
        (Tier.SUPPORTED, rules.supported),
        (Tier.PROVISIONAL, rules.provisional),
    )
    for reached, needs in steps:
        if _meets(for_, strength, needs) and not (reached is Tier.ESTABLISHED and against):
            return reached
    return Tier.SPECULATIVE


def after(before: Tier | None, by_rule: Tier) -> Tier:
    """The tier at the end of a debate, from the one before it: down at once and as far as the rule says, up by one step.

    >>> after(Tier.SPECULATIVE, Tier.ESTABLISHED), after(Tier.ESTABLISHED, Tier.SPECULATIVE)
    (<Tier.PROVISIONAL: 'provisional'>, <Tier.SPECULATIVE: 'speculative'>)
    """
    if before is Tier.AXIOM:
        return before
    if by_rule is Tier.CONTESTED:
        return by_rule
    # Who comes out of a contest starts at the foot of the ladder.
    at = _LADDER.index(before) if before in _LADDER else 0
    return _LADDER[min(at + 1, _LADDER.index(by_rule))]


def _meets(weights: Sequence[int], strength: int, needs: Needs) -> bool:
    strong = sum(weight >= needs.strong_from for weight in weights)
    return len(weights) >= needs.sources and strong >= needs.strong and strength >= needs.strength
