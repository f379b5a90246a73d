"""The score of a debate: strengths of arguments, then of ten dimensions, then their weighted sum, line by line.

A dimension starts in the middle and is moved by what is argued about it (DF-QuAD). One that nothing heard is argued about is not
assessed; it has no strength, not a middling one. The composite is the mean of the assessed dimensions by their weights, and there
is none until those that are assessed weigh enough together.

Bounds: the strength with every study that speaks for a dimension rated down and every one against it rated up, and the
other way round. For the composite, dimensions that were not assessed stand at 0 in the lower bound and at 1 in the upper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scidex.agora.argumentation import ONE, ArgumentGraph, Semantics, strengths
from scidex.agora.model import Debate, Dimension, Side
from scidex.agora.rules import Rules
from scidex.agora.scoring.tiers import Tier, tier
from scidex.agora.scoring.weighing import Weighed, weighed
from scidex.atlas.evidence.model import Stance
from scidex.kernel.canonical import canonical_json, sha256

KERNEL = "agora-1"
"""The version of this arithmetic. A score names it; it changes with every change of a result."""


class Outcome(StrEnum):
    """What came out."""

    SCORED = "scored"
    NOT_ENOUGH_EVIDENCE = "not-enough-evidence"


@dataclass(frozen=True, slots=True)
class ScoredArgument:
    """An argument with its base and final strength, in units of 1 / `ONE`."""

    weighed: Weighed
    base: int
    strength: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the worked sum. Strengths are in units of 1 / `ONE`, None where the dimension was not assessed."""

    dimension: Dimension
    weight: int
    strength: int | None
    low: int
    high: int

    @property
    def product(self) -> int:
        """What it adds to the sum, in hundredths of 1 / `ONE`."""
        return self.weight * (self.strength or 0)


@dataclass(frozen=True, slots=True)
class Baselines:
    """What simpler ways say of the same evidence, each as (for, against).

    `vote` counts arguments about dimensions, heard or not; `judge` is the one heaviest item, in thousandths;
    `citations` are the items cited, whether they count or not, by their stance.
    """

    vote: tuple[int, int]
    judge: tuple[int, int]
    citations: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Score:
    """A score and everything it rests on. `composite`, `low` and `high` are in units of 1 / `ONE`, `assessed` in per cent.

    `inputs` is the hash of all that went in, the rules included.
    """

    kernel: str
    rules: str
    semantics: Semantics
    inputs: str
    outcome: Outcome
    composite: int | None
    low: int
    high: int
    assessed: int
    tier: Tier
    lines: tuple[Line, ...]
    arguments: tuple[ScoredArgument, ...]
    baselines: Baselines


def score(debate: Debate, rules: Rules, semantics: Semantics = Semantics.DF_QUAD) -> Score:
    """The score of a debate. The same inputs give the same bits, wherever and in whatever order they are computed."""
    arguments = weighed(debate, rules)
    bases, final = _strengths(arguments, rules, semantics, 1000, 1000)
    _, worst = _strengths(arguments, rules, semantics, rules.rated_down, rules.rated_up)
    _, best = _strengths(arguments, rules, semantics, rules.rated_up, rules.rated_down)
    argued = {each.argument.about for each in arguments if each.heard}
    lines = tuple(
        Line(dimension, rules.weights[dimension], final[at], worst[at], best[at])
        if dimension in argued
        else Line(dimension, rules.weights[dimension], None, 0, ONE)
        for at, dimension in enumerate(Dimension)
    )
    assessed = sum(line.weight for line in lines if line.strength is not None)
    enough = assessed >= rules.enough
    first = len(lines)
    strength = lines[tuple(Dimension).index(Dimension.EVIDENCE_STRENGTH)].strength or 0
    return Score(
        kernel=KERNEL,
        rules=rules.version,
        semantics=semantics,
        inputs=inputs(debate, rules, semantics),
        outcome=Outcome.SCORED if enough else Outcome.NOT_ENOUGH_EVIDENCE,
        composite=sum(line.product for line in lines) // assessed if enough else None,
        low=sum(line.weight * line.low for line in lines) // 100,
        high=sum(line.weight * line.high for line in lines) // 100,
        assessed=assessed,
        tier=tier(_studies(arguments, 1), _studies(arguments, -1), strength * 1000 // ONE, rules),
        lines=lines,
        arguments=tuple(
            ScoredArgument(each, bases[first + at], final[first + at]) for at, each in enumerate(arguments)
        ),
        baselines=_baselines(debate, arguments),
    )


def inputs(debate: Debate, rules: Rules, semantics: Semantics) -> str:
    """The hash of everything that a score is computed from: SHA-256 over its canonical JSON."""
    return sha256(canonical_json(inputs_document(debate, rules, semantics), typed=True))


def inputs_document(debate: Debate, rules: Rules, semantics: Semantics) -> dict[str, Any]:
    """Everything that a score is computed from, in JSON. Arguments are in the order in which they were made."""
    return {
        "kernel": KERNEL,
        "rules": rules.sha256,
        "semantics": str(semantics),
        "arguments": [
            {"id": each.id, "about": each.about, "side": str(each.side), "cites": list(each.cites)}
            for each in debate.arguments
        ],
        "items": [
            {
                "id": item.id,
                "source": item.source,
                "stance": str(item.stance) if item.stance else None,
                "quote_checked": item.quote_checked,
                "source_verified": item.source_verified,
                "source_retracted": item.source_retracted,
                "judged": bool(item.judged_by),
                "weight": item.weight,
            }
            for item in sorted(debate.items, key=lambda item: item.id)
        ],
        "sources": [
            {
                "id": source.id,
                "registry_ids": sorted(source.registry_ids),
                "cohorts": sorted(source.cohorts),
                "linked": sorted(source.linked),
            }
            for source in sorted(debate.sources, key=lambda source: source.id)
        ],
    }


def _strengths(
    arguments: Sequence[Weighed], rules: Rules, semantics: Semantics, for_: int, against: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Base and final strengths, dimensions first, with studies for and against the dimension times so many thousandths."""
    place = {str(dimension): at for at, dimension in enumerate(Dimension)}
    bases = [ONE * rules.start // 1000] * len(place)
    sources: list[int] = []
    targets: list[int] = []
    supports: list[bool] = []
    for each in arguments:
        place[each.argument.id] = len(bases)
        if each.heard:
            sources.append(len(bases))
            targets.append(place[each.argument.about])
            supports.append(each.argument.side is Side.SUPPORTS)
        bases.append(each.base(rules, for_ if each.effect > 0 else against) if each.heard else 0)
    graph = ArgumentGraph(bases, sources[::-1], targets[::-1], supports[::-1])
    return tuple(bases), strengths(graph, semantics).values


def _studies(arguments: Sequence[Weighed], effect: int) -> list[int]:
    """The weights of the independent sources that speak for the evidence of a hypothesis, or against it."""
    return [
        use.weight
        for each in arguments
        if each.root == Dimension.EVIDENCE_STRENGTH and each.effect == effect
        for use in each.uses
        if use.weighs
    ]


def _baselines(debate: Debate, arguments: Sequence[Weighed]) -> Baselines:
    sides = [each.argument.side for each in arguments if each.depth == 0]
    heaviest = [
        max((use.weight for each in arguments if each.effect == effect for use in each.uses if use.weighs), default=0)
        for effect in (1, -1)
    ]
    cited = {name for argument in debate.arguments for name in argument.cites}
    stances = [item.stance for item in debate.items if item.id in cited]
    return Baselines(
        vote=(sides.count(Side.SUPPORTS), sides.count(Side.ATTACKS)),
        judge=(heaviest[0], 0)
        if heaviest[0] > heaviest[1]
        else (0, heaviest[1])
        if heaviest[1] > heaviest[0]
        else (0, 0),
        citations=(stances.count(Stance.SUPPORTS), stances.count(Stance.CONTRADICTS)),
    )
