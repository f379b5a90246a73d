"""From a score to what is said of a hypothesis: the tier that stands, and why it is lower than the rule alone would have it."""

from __future__ import annotations

from dataclasses import dataclass

from scidex.agora.scoring import Score, Tier, after

NOT_SEARCHED = "no search for contrary evidence has come back"
ONE_STEP = "a tier rises by one step from one verdict to the next"
_NEED_A_SEARCH = frozenset({Tier.SUPPORTED, Tier.ESTABLISHED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a debate stands: its score, the tier, and what holds the tier back from the one by rule ("" if nothing)."""

    score: Score
    tier: Tier
    held_back: str

    @property
    def order(self) -> int:
        """By what standings are ranked: the highest score first, those without one last."""
        return -self.score.composite if self.score.composite is not None else 1


def standing(score: Score, *, before: Tier | None, searched: bool) -> Standing:
    """The tier from the one of the last verdict. Nothing is supported before somebody looked for the contrary."""
    reached = after(before, score.tier)
    why = ONE_STEP if reached is not score.tier else ""
    if reached in _NEED_A_SEARCH and not searched:
        return Standing(score, Tier.PROVISIONAL, NOT_SEARCHED)
    return Standing(score, reached, why)
