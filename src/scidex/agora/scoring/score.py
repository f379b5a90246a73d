"""The score of a debate: strengths of arguments, then of ten dimensions, then their weighted sum, line by line.

A dimension starts in the middle and is moved by what is argued about it (DF-QuAD). One that nothing heard is argued about is not
assessed; it has no strength, not a middling one. The composite is the mean of the assessed dimensions by their weights, and there
is none until those that are assessed weigh enough together.

Bounds: the strength with every study that speaks for a dimension rated down and every one against it rated up, and the
other way round. For the composite, dimensions that were not assessed stand at 0 in the lower bound and at 1 in the upper.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scidex.agora.argumentation import ONE, ArgumentGraph, Semantics, strengths
from scidex.agora.model import Argument, Debate, Dimension, Side
from scidex.agora.rules import Rules
from scidex.agora.scoring.tiers import Tier, tier
from scidex.agora.scoring.weighing import Best, Place, Weighed, weighed
from scidex.atlas.evidence.model import EvidenceItem, Source, Stance
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
    arguments, best = weighed(debate, rules)
    readings = [_strengths(arguments, rules, semantics, *factors) for factors in readings_of(rules)]
    first = len(Dimension)
    (bases, final), *_ = readings
    return assembled(
        rules,
        semantics,
        inputs=inputs(debate, rules, semantics),
        argued={each.argument.about for each in arguments if each.heard},
        readings=[values[:first] for _, values in readings],
        best=best,
        arguments=tuple(map(ScoredArgument, arguments, bases[first:], final[first:])),
        vote=_vote(arguments),
        citations=_citations(debate),
    )


def readings_of(rules: Rules) -> tuple[tuple[int, int], ...]:
    """By how many thousandths studies for a dimension and against it are multiplied: as they are, at worst, at best."""
    return (1000, 1000), (rules.rated_down, rules.rated_up), (rules.rated_up, rules.rated_down)


def assembled(
    rules: Rules,
    semantics: Semantics,
    *,
    inputs: str,
    argued: Collection[str],
    readings: Sequence[Sequence[int]],
    best: Mapping[Place, Best],
    arguments: tuple[ScoredArgument, ...],
    vote: tuple[int, int],
    citations: tuple[int, int],
) -> Score:
    """A score from its parts; `readings` are the strengths of the dimensions as they are, at worst and at best."""
    final, low, high = readings
    lines = tuple(
        Line(dimension, rules.weights[dimension], final[at], low[at], high[at])
        if dimension in argued
        else Line(dimension, rules.weights[dimension], None, 0, ONE)
        for at, dimension in enumerate(Dimension)
    )
    assessed = sum(line.weight for line in lines if line.strength is not None)
    enough = assessed >= rules.enough
    strength = next(line.strength for line in lines if line.dimension is Dimension.EVIDENCE_STRENGTH) or 0
    evidence: dict[int, list[int]] = {1: [], -1: []}
    weights: dict[int, list[int]] = {1: [], -1: []}
    about_evidence = str(Dimension.EVIDENCE_STRENGTH)
    for (root, effect, _), (rank, _, _) in best.items():
        weight = -rank[1]
        weights[effect].append(weight)
        if root == about_evidence:
            evidence[effect].append(weight)
    for_, against = (max(weights[effect], default=0) for effect in (1, -1))
    return Score(
        kernel=KERNEL,
        rules=rules.version,
        semantics=semantics,
        inputs=inputs,
        outcome=Outcome.SCORED if enough else Outcome.NOT_ENOUGH_EVIDENCE,
        composite=sum(line.product for line in lines) // assessed if enough else None,
        low=sum(line.weight * line.low for line in lines) // 100,
        high=sum(line.weight * line.high for line in lines) // 100,
        assessed=assessed,
        tier=tier(evidence[1], evidence[-1], strength * 1000 // ONE, rules),
        lines=lines,
        arguments=arguments,
        baselines=Baselines(
            vote=vote, judge=(for_ if for_ > against else 0, against if against > for_ else 0), citations=citations
        ),
    )


def inputs(debate: Debate, rules: Rules, semantics: Semantics) -> str:
    """The hash of everything that a score is computed from.

    SHA-256 over the canonical JSON of the inputs with each argument, item and source replaced by the SHA-256 of its own.
    """
    told = inputs_document(debate, rules, semantics)
    arguments, items, sources = (list(map(hashed, told[name])) for name in ("arguments", "items", "sources"))
    return inputs_hash(rules, semantics, arguments, items, sources)


def inputs_hash(rules: Rules, semantics: Semantics, arguments: list[str], items: list[str], sources: list[str]) -> str:
    """The hash of inputs whose parts are hashed already."""
    parts = {"arguments": arguments, "items": items, "sources": sources}
    return hashed(_method(rules, semantics) | parts)


def hashed(part: dict[str, Any]) -> str:
    """The hash of the inputs, or of an argument, item or source in them."""
    return sha256(canonical_json(part, typed=True))


def inputs_document(debate: Debate, rules: Rules, semantics: Semantics) -> dict[str, Any]:
    """Everything that a score is computed from, in JSON. Arguments are in the order in which they were made."""
    sources = map(source_document, debate.sources)
    return _method(rules, semantics) | {
        "arguments": list(map(argument_document, debate.arguments)),
        "items": [item_document(item) for item in sorted(debate.items, key=lambda item: item.id)],
        # A source may be told twice, and in whatever order.
        "sources": sorted(sources, key=lambda told: (told["id"], hashed(told))),
    }


def _method(rules: Rules, semantics: Semantics) -> dict[str, Any]:
    return {"kernel": KERNEL, "rules": rules.sha256, "semantics": str(semantics)}


def argument_document(argument: Argument) -> dict[str, Any]:
    """An argument in the inputs."""
    return {"id": argument.id, "about": argument.about, "side": str(argument.side), "cites": list(argument.cites)}


def item_document(item: EvidenceItem) -> dict[str, Any]:
    """An item of evidence in the inputs."""
    return {
        "id": item.id,
        "source": item.source,
        "stance": str(item.stance) if item.stance else None,
        "quote_checked": item.quote_checked,
        "source_verified": item.source_verified,
        "source_retracted": item.source_retracted,
        "judged": bool(item.judged_by),
        "weight": item.weight,
    }


def source_document(source: Source) -> dict[str, Any]:
    """A source in the inputs."""
    return {
        "id": source.id,
        "registry_ids": sorted(source.registry_ids),
        "cohorts": sorted(source.cohorts),
        "linked": sorted(source.linked),
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


def _vote(arguments: Sequence[Weighed]) -> tuple[int, int]:
    sides = [each.argument.side for each in arguments if each.depth == 0]
    return sides.count(Side.SUPPORTS), sides.count(Side.ATTACKS)


def _citations(debate: Debate) -> tuple[int, int]:
    cited = {name for argument in debate.arguments for name in argument.cites}
    stances = [item.stance for item in debate.items if item.id in cited]
    return stances.count(Stance.SUPPORTS), stances.count(Stance.CONTRADICTS)
