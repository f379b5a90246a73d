"""From a claim's items of evidence to where the claim stands.

An item counts only if its quote was found in the stored text, its source was identified and is not retracted, and a judge
typed its stance. What does not count is listed with every reason.

Caution is asymmetric on purpose: a claim is harder to support than to doubt. One counting contradiction, whatever its
weight, keeps a supported claim at `mixed`; so do null results that weigh as much as the support. Null results take nothing
from a contradiction, and alone they are `not-shown`: neither for nor against.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scidex.atlas.evidence.independence import effective_sources
from scidex.atlas.evidence.model import EvidenceItem, Source, Stance


class Verdict(StrEnum):
    """Where a claim stands. `UNVERIFIABLE`: no item of evidence counts."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    MIXED = "mixed"
    NOT_SHOWN = "not-shown"
    UNVERIFIABLE = "unverifiable"


class Reason(StrEnum):
    """Why an item does not count."""

    QUOTE_NOT_CHECKED = "quote-not-checked"
    SOURCE_NOT_VERIFIED = "source-not-verified"
    SOURCE_RETRACTED = "source-retracted"
    NO_STANCE = "no-stance"
    ONLY_SUGGESTED = "stance-only-suggested"
    OFF_TOPIC = "off-topic"


@dataclass(frozen=True, slots=True)
class Tally:
    """Items of one side: their ids in order, and the sum of their weights in thousandths, each group of sources once.

    Of items from one group of sources, the heaviest weighs; the others stand in `items` and add nothing.
    """

    items: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a claim stands and what that rests on.

    `mixed` items are for and against in one passage. `sources` is how many sources the counting items have,
    `effective_sources` how many of them are independent.
    """

    verdict: Verdict
    for_: Tally
    against: Tally
    mixed: Tally
    null: Tally
    counted: tuple[str, ...]
    uncounted: tuple[tuple[str, tuple[Reason, ...]], ...]
    sources: int
    effective_sources: int


def standing(items: Iterable[EvidenceItem], sources: Iterable[Source] = ()) -> Standing:
    """Where a claim stands on `items`. `sources` tell which share people; one that is not given stands alone.

    The same items give the same standing in any order. An item with an id that was there before replaces nothing: it is
    taken once if it is the same, and both are taken if they differ.
    """
    given = sorted(set(items), key=_order)
    reasons = {item: reasons_against(item) for item in given}
    counted = [item for item in given if not reasons[item]]
    known = {source.id: source for source in sources}
    used = sorted({item.source for item in counted})
    # Sources without counting items still link those that have: two reports of one registry entry through a third.
    grouped = effective_sources([*known.values(), *(Source(each) for each in used if each not in known)])
    group_of = {each: number for number, group in enumerate(grouped.groups) for each in group}
    sides = {
        stance: _tally([item for item in counted if item.stance is stance], group_of)
        for stance in (Stance.SUPPORTS, Stance.CONTRADICTS, Stance.MIXED, Stance.NOT_SHOWN)
    }
    return Standing(
        verdict=_verdict(sides),
        for_=sides[Stance.SUPPORTS],
        against=sides[Stance.CONTRADICTS],
        mixed=sides[Stance.MIXED],
        null=sides[Stance.NOT_SHOWN],
        counted=tuple(item.id for item in counted),
        uncounted=tuple((item.id, reasons[item]) for item in given if reasons[item]),
        sources=len(used),
        effective_sources=len({group_of[each] for each in used}),
    )


def reasons_against(item: EvidenceItem) -> tuple[Reason, ...]:
    """Every reason why `item` does not count; empty if it counts."""
    return tuple(
        reason
        for reason, holds in (
            (Reason.QUOTE_NOT_CHECKED, not item.quote_checked),
            (Reason.SOURCE_NOT_VERIFIED, not item.source_verified),
            (Reason.SOURCE_RETRACTED, item.source_retracted),
            (Reason.NO_STANCE, item.stance is None),
            (Reason.ONLY_SUGGESTED, item.stance is not None and not item.judged_by),
            (Reason.OFF_TOPIC, item.stance is Stance.OFF_TOPIC),
        )
        if holds
    )


def _verdict(sides: dict[Stance, Tally]) -> Verdict:
    there = {stance for stance, tally in sides.items() if tally.items}
    if not there:
        return Verdict.UNVERIFIABLE
    if Stance.MIXED in there or {Stance.SUPPORTS, Stance.CONTRADICTS} <= there:
        return Verdict.MIXED
    if Stance.SUPPORTS in there:
        outweighed = Stance.NOT_SHOWN in there and sides[Stance.NOT_SHOWN].weight >= sides[Stance.SUPPORTS].weight
        return Verdict.MIXED if outweighed else Verdict.SUPPORTED
    return Verdict.CONTRADICTED if Stance.CONTRADICTS in there else Verdict.NOT_SHOWN


def _tally(items: list[EvidenceItem], group_of: dict[str, int]) -> Tally:
    heaviest: dict[int, int] = {}
    for item in items:
        group = group_of[item.source]
        heaviest[group] = max(heaviest.get(group, 0), item.weight)
    return Tally(tuple(item.id for item in items), sum(heaviest.values()))


def _order(item: EvidenceItem) -> tuple[str, str, str, str, int, bool, bool, bool]:
    flags = (item.quote_checked, item.source_verified, item.source_retracted)
    return (item.id, item.source, item.stance or "", item.judged_by, item.weight, *flags)
