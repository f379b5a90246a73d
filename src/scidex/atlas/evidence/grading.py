"""How much a study weighs, by written rules, each step shown.

Certainty follows GRADE: where a design starts (Guyatt 2008, doi:10.1136/bmj.39489.470347.AD; Balshem 2011,
doi:10.1016/j.jclinepi.2010.07.015), rating down for risk of bias (Guyatt 2011, doi:10.1016/j.jclinepi.2010.07.017),
indirectness (doi:10.1016/j.jclinepi.2011.04.014), imprecision (doi:10.1016/j.jclinepi.2011.01.012), inconsistency
(doi:10.1016/j.jclinepi.2011.03.017) and publication bias (doi:10.1016/j.jclinepi.2011.01.011), rating up
(doi:10.1016/j.jclinepi.2011.06.004). GRADE rates bodies of evidence; here one source is rated by the same steps. Levels are
those of the Oxford Centre for Evidence-Based Medicine, 2011, for treatment benefits. Where GRADE and Oxford are silent
(cells, animals, registers, news) and for the weights, the numbers are our convention; docs/reference/evidence-rules.md.

A weight never depends on the stance: a null result of a good trial weighs what a positive one would.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from scidex.atlas.evidence.effects import decimal_of, spans_null
from scidex.atlas.evidence.model import Certainty, Directness, Effect, EvidenceLevel, Measure, RiskOfBias, StudyDesign
from scidex.kernel.errors import Invalid

RULES_VERSION = "evidence-1"

FEW = 400
"""People below which a result is imprecise: GRADE's rule of thumb for continuous outcomes (Guyatt 2011)."""
VERY_FEW = 100
"""People below which it is very imprecise. Ours."""
APPRECIABLE_RATIO = (Decimal("0.75"), Decimal("1.25"))
"""Ratios beyond which harm or benefit is appreciable (Guyatt 2011)."""
APPRECIABLE_STANDARDISED = (Decimal("-0.5"), Decimal("0.5"))
"""Standardised mean differences beyond which it is."""

_CERTAINTIES = (Certainty.VERY_LOW, Certainty.LOW, Certainty.MODERATE, Certainty.HIGH)
_RATINGS = {Certainty.HIGH: 1000, Certainty.MODERATE: 750, Certainty.LOW: 500, Certainty.VERY_LOW: 250}
_LEVEL_WEIGHTS = {
    EvidenceLevel.LEVEL_1: 1000,
    EvidenceLevel.LEVEL_2: 800,
    EvidenceLevel.LEVEL_3: 550,
    EvidenceLevel.LEVEL_4: 300,
    EvidenceLevel.LEVEL_5: 150,
}
# design -> (where its certainty starts, its level)
_DESIGNS = {
    StudyDesign.SYSTEMATIC_REVIEW: (Certainty.HIGH, EvidenceLevel.LEVEL_1),
    StudyDesign.RANDOMISED_TRIAL: (Certainty.HIGH, EvidenceLevel.LEVEL_2),
    StudyDesign.META_ANALYSIS: (Certainty.LOW, EvidenceLevel.LEVEL_3),  # of designs that are not said to be randomised
    StudyDesign.NON_RANDOMISED_TRIAL: (Certainty.LOW, EvidenceLevel.LEVEL_3),
    StudyDesign.COHORT: (Certainty.LOW, EvidenceLevel.LEVEL_3),
    StudyDesign.CASE_CONTROL: (Certainty.LOW, EvidenceLevel.LEVEL_4),
    StudyDesign.CASE_SERIES: (Certainty.VERY_LOW, EvidenceLevel.LEVEL_4),
    StudyDesign.REGULATORY_DOCUMENT: (Certainty.LOW, EvidenceLevel.LEVEL_4),
    StudyDesign.CASE_REPORT: (Certainty.VERY_LOW, EvidenceLevel.LEVEL_5),
    StudyDesign.ANIMAL: (Certainty.VERY_LOW, EvidenceLevel.LEVEL_5),
    StudyDesign.IN_VITRO: (Certainty.VERY_LOW, EvidenceLevel.LEVEL_5),
    StudyDesign.IN_SILICO: (Certainty.VERY_LOW, EvidenceLevel.LEVEL_5),
    StudyDesign.NARRATIVE_REVIEW: (Certainty.VERY_LOW, EvidenceLevel.LEVEL_5),
    StudyDesign.EXPERT_OPINION: (Certainty.VERY_LOW, EvidenceLevel.LEVEL_5),
    StudyDesign.REGISTRY_RECORD: (Certainty.VERY_LOW, EvidenceLevel.LEVEL_5),
    StudyDesign.NEWS: (Certainty.VERY_LOW, EvidenceLevel.LEVEL_5),
}
_CAN_RISE = frozenset({StudyDesign.NON_RANDOMISED_TRIAL, StudyDesign.COHORT, StudyDesign.CASE_CONTROL})
_BIAS = {RiskOfBias.LOW: 0, RiskOfBias.SOME_CONCERNS: -1, RiskOfBias.UNCLEAR: -1, RiskOfBias.HIGH: -2}


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What is recorded about a source, as far as the rules ask for it.

    `directness` lists every way in which it is indirect (or is just `DIRECT`). `sample_size` counts people or animals, None
    where unknown. `inconsistent` and `publication_bias` are True only when somebody found so.
    """

    design: StudyDesign
    risk_of_bias: RiskOfBias = RiskOfBias.UNCLEAR
    directness: tuple[Directness, ...] = (Directness.DIRECT,)
    sample_size: int | None = None
    effect: Effect | None = None
    inconsistent: bool = False
    publication_bias: bool = False
    dose_response: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One worked line. `effect` is in levels of certainty for all rules but those on weight, there in thousandths."""

    rule: str
    effect: int
    because: str


@dataclass(frozen=True, slots=True)
class Grade:
    """Certainty, level and weight (thousandths, 0 to 1000) of one source, how they came about, and under which rules."""

    certainty: Certainty
    level: EvidenceLevel
    weight: int
    steps: tuple[Step, ...]
    rules_version: str = RULES_VERSION


def grade(appraisal: Appraisal) -> Grade:
    """The grade of a source. Raises Invalid if its sample size is negative or its interval makes no sense.

    >>> given = Appraisal(StudyDesign.RANDOMISED_TRIAL, RiskOfBias.LOW, sample_size=189)
    >>> made = grade(given)
    >>> (made.certainty.value, made.level.value, made.weight)
    ('moderate', '2', 600)
    """
    if appraisal.sample_size is not None and appraisal.sample_size < 0:
        raise Invalid("A sample size is not negative.", cure="Give the number studied, or leave it out.")
    start, level = _DESIGNS[appraisal.design]
    steps = [Step("start", _CERTAINTIES.index(start) + 1, f"{_words(appraisal.design)} starts at {_words(start)}")]
    downs = [step for step in _downgrades(appraisal) if step.effect]
    ups = _upgrades(appraisal) if not downs else []
    steps += downs + ups
    certainty = _CERTAINTIES[min(4, max(1, sum(step.effect for step in steps))) - 1]
    base, rating = _LEVEL_WEIGHTS[level], _RATINGS[certainty]
    weight = base * rating // 1000
    steps += [
        Step("level", base, f"{_words(appraisal.design)} is level {level} of Oxford 2011"),
        Step("rating", rating, f"{_words(certainty)} certainty"),
        Step("weight", weight, f"{base} × {rating} / 1000, rounded down"),
    ]
    return Grade(certainty, level, weight, tuple(steps))


def _downgrades(appraisal: Appraisal) -> Iterable[Step]:
    yield Step("risk-of-bias", _BIAS[appraisal.risk_of_bias], f"risk of bias is {_words(appraisal.risk_of_bias)}")
    departures = sorted(set(appraisal.directness) - {Directness.DIRECT})
    names = ", ".join(map(_words, departures))
    yield Step("indirectness", -min(2, len(departures)), names)
    yield max(_few(appraisal.sample_size), _wide(appraisal.effect), key=lambda step: -step.effect)
    yield Step("inconsistency", -int(appraisal.inconsistent), "results differ between studies, unexplained")
    yield Step("publication-bias", -int(appraisal.publication_bias), "unfavourable results were probably not published")


def _few(sample_size: int | None) -> Step:
    if sample_size is None:
        return Step("imprecision", -1, "how many were studied is not known")
    if sample_size < VERY_FEW:
        return Step("imprecision", -2, f"{sample_size} studied, fewer than {VERY_FEW}")
    return Step("imprecision", -(sample_size < FEW), f"{sample_size} studied, fewer than {FEW}")


def _wide(effect: Effect | None) -> Step:
    """Whether the interval leaves open what a reader wants to know. A narrow interval around no effect is precise."""
    over = spans_null(effect) if effect else None
    if effect is None or not over:
        return Step("imprecision", 0, "no interval over the value of no effect")
    said = f"the interval {effect.low} to {effect.high} is over no effect"
    if effect.measure is not None and effect.measure.is_ratio:
        bounds = APPRECIABLE_RATIO
    elif effect.measure is Measure.STANDARDISED_DIFFERENCE:
        bounds = APPRECIABLE_STANDARDISED
    else:
        return Step("imprecision", -1, f"{said}, and what would be appreciable is not known")
    beyond = (decimal_of(effect.low) < bounds[0]) + (decimal_of(effect.high) > bounds[1])
    sides = ("neither appreciable harm nor benefit", "appreciable harm or benefit", "appreciable harm and benefit")[
        beyond
    ]
    return Step("imprecision", -beyond, f"{said} and includes {sides}")


def _upgrades(appraisal: Appraisal) -> list[Step]:
    """Rating up is for observational studies without a reason to rate down."""
    if appraisal.design not in _CAN_RISE:
        return []
    steps = [Step("dose-response", 1, "more of it went with more effect")] if appraisal.dose_response else []
    effect = appraisal.effect
    if effect is None or effect.measure is None or not effect.measure.is_ratio or spans_null(effect) is not False:
        return steps
    nearest = min(decimal_of(effect.low), decimal_of(effect.high), key=lambda bound: abs(bound - 1))
    estimate = decimal_of(effect.estimate) if effect.estimate else nearest
    for rise, above, below in ((2, Decimal(5), Decimal("0.2")), (1, Decimal(2), Decimal("0.5"))):
        if estimate > above or estimate < below:
            return [*steps, Step("large-effect", rise, f"the ratio {estimate} is beyond {above} or {below}")]
    return steps


def _words(value: str) -> str:
    return value.replace("-", " ")
