"""The words in which evidence is described, and the values that rules work on. All are frozen; numbers are text."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Stance(StrEnum):
    """What a passage says about a claim.

    `NOT_SHOWN` is a result that was looked for and not found (p ≥ 0.05, or an interval over the null value): it is a
    result, and it does not contradict. `CONTRADICTS` is a result in the other direction.
    """

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    MIXED = "mixed"
    NOT_SHOWN = "not-shown"
    OFF_TOPIC = "off-topic"


class StudyDesign(StrEnum):
    """How a source came to know what it says."""

    SYSTEMATIC_REVIEW = "systematic-review-of-rcts"
    META_ANALYSIS = "meta-analysis"
    RANDOMISED_TRIAL = "randomised-controlled-trial"
    NON_RANDOMISED_TRIAL = "non-randomised-controlled-trial"
    COHORT = "cohort"
    CASE_CONTROL = "case-control"
    CASE_SERIES = "case-series"
    CASE_REPORT = "case-report"
    ANIMAL = "animal-in-vivo"
    IN_VITRO = "in-vitro"
    IN_SILICO = "in-silico"
    NARRATIVE_REVIEW = "narrative-review"
    EXPERT_OPINION = "expert-opinion"
    REGISTRY_RECORD = "registry-record"
    REGULATORY_DOCUMENT = "regulatory-document"
    NEWS = "news"


class Directness(StrEnum):
    """Whether the source studied what the claim is about, or else in what it departs from it."""

    DIRECT = "direct"
    POPULATION = "indirect-population"
    INTERVENTION = "indirect-intervention"
    OUTCOME = "indirect-outcome"
    COMPARATOR = "indirect-comparator"


class RiskOfBias(StrEnum):
    """Risk of bias as judged with a tool such as RoB 2. `UNCLEAR`: nobody judged it, or it could not be judged."""

    LOW = "low"
    SOME_CONCERNS = "some-concerns"
    HIGH = "high"
    UNCLEAR = "unclear"


class Certainty(StrEnum):
    """Certainty in the sense of GRADE (Guyatt 2008, doi:10.1136/bmj.39489.470347.AD)."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very-low"


class EvidenceLevel(StrEnum):
    """Levels of the Oxford Centre for Evidence-Based Medicine, 2011, for the question "does this intervention help?"."""

    LEVEL_1 = "1"
    LEVEL_2 = "2"
    LEVEL_3 = "3"
    LEVEL_4 = "4"
    LEVEL_5 = "5"


class Measure(StrEnum):
    """What an effect is measured as. Of no effect, ratios are 1 and differences 0."""

    ODDS_RATIO = "odds-ratio"
    RISK_RATIO = "risk-ratio"
    HAZARD_RATIO = "hazard-ratio"
    RATE_RATIO = "rate-ratio"
    MEAN_DIFFERENCE = "mean-difference"
    STANDARDISED_DIFFERENCE = "standardised-mean-difference"
    RISK_DIFFERENCE = "risk-difference"
    CORRELATION = "correlation"

    @property
    def is_ratio(self) -> bool:
        """Whether no effect is 1 and not 0."""
        return self.value.endswith("ratio")


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect as printed: every number is the text of the source, "" where it gives none.

    `p` may hold a sign ("<0.001"); `level` is the interval's, in per cent ("95").
    """

    measure: Measure | None = None
    estimate: str = ""
    low: str = ""
    high: str = ""
    level: str = ""
    p: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One source, one passage, one claim, one stance; what decides whether it counts.

    `judged_by` is the actor who typed the stance, "" if nobody did and it is a suggestion. `weight` is in thousandths,
    from `grading.grade`. `source` identifies the source; `quote_checked` that its passage was found by `find_quote`.
    """

    id: str
    source: str
    stance: Stance | None
    quote_checked: bool
    source_verified: bool
    source_retracted: bool
    judged_by: str
    weight: int


@dataclass(frozen=True, slots=True)
class Source:
    """A source, and what tells that it shares people with another: registry ids, cohort names, explicit links.

    `size` is the number of people or animals it studied; None where it is not known. `linked` are the ids of other sources
    with the same people.
    """

    id: str
    registry_ids: frozenset[str] = field(default_factory=frozenset)
    cohorts: frozenset[str] = field(default_factory=frozenset)
    linked: frozenset[str] = field(default_factory=frozenset)
    size: int | None = None
