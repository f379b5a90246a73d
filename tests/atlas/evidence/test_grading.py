"""A weight is worked out by rules that anyone can follow line by line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.evidence.grading import RULES_VERSION, Appraisal, Grade, grade
from scidex.atlas.evidence.model import Certainty, Directness, Effect, EvidenceLevel, Measure, RiskOfBias, StudyDesign
from scidex.kernel.errors import Invalid

ORDER = [Certainty.VERY_LOW, Certainty.LOW, Certainty.MODERATE, Certainty.HIGH]
EFFECTS = st.none() | st.sampled_from(
    [
        Effect(Measure.ODDS_RATIO, "1.08", "0.55", "2.09", "95", "0.83"),
        Effect(Measure.RISK_RATIO, "1.00", "0.95", "1.05"),
        Effect(Measure.HAZARD_RATIO, "6.0", "3.0", "9.0"),
        Effect(Measure.MEAN_DIFFERENCE, "−0.3", "−1", "0.4"),
        Effect(Measure.STANDARDISED_DIFFERENCE, "0.1", "-0.2", "0.6"),
    ]
)
APPRAISALS = st.builds(
    Appraisal,
    st.sampled_from(StudyDesign),
    st.sampled_from(RiskOfBias),
    st.lists(st.sampled_from(Directness), max_size=3).map(tuple),
    st.none() | st.integers(0, 2000),
    EFFECTS,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def rank(made: Grade) -> int:
    return ORDER.index(made.certainty)


@given(APPRAISALS)
def test_the_steps_are_the_sum(appraisal: Appraisal) -> None:
    made = grade(appraisal)
    levels = sum(step.effect for step in made.steps if step.rule not in {"level", "rating", "weight"})
    assert rank(made) == min(4, max(1, levels)) - 1
    by_rule = {step.rule: step.effect for step in made.steps}
    assert made.weight == by_rule["weight"] == by_rule["level"] * by_rule["rating"] // 1000
    assert 0 < made.weight <= 1000
    assert all(step.because for step in made.steps)
    assert made.rules_version == RULES_VERSION


@given(APPRAISALS)
def test_a_reason_for_doubt_never_raises_the_weight(appraisal: Appraisal) -> None:
    plain = grade(appraisal).weight
    for worse in (
        replace(appraisal, risk_of_bias=RiskOfBias.HIGH),
        replace(appraisal, inconsistent=True),
        replace(appraisal, publication_bias=True),
        replace(appraisal, sample_size=20),
        replace(appraisal, directness=(*appraisal.directness, Directness.POPULATION)),
    ):
        assert grade(worse).weight <= plain


@given(APPRAISALS)
def test_only_observational_studies_without_a_downgrade_rise(appraisal: Appraisal) -> None:
    steps = grade(appraisal).steps
    rises = [step for step in steps if step.rule in {"large-effect", "dose-response"}]
    if rises:
        assert appraisal.design in {StudyDesign.COHORT, StudyDesign.CASE_CONTROL, StudyDesign.NON_RANDOMISED_TRIAL}
        assert not any(step.effect < 0 for step in steps)


def certain(design: StudyDesign, effect: Effect | None = None, **told) -> Certainty:
    return grade(Appraisal(design, RiskOfBias.LOW, sample_size=1000, effect=effect, **told)).certainty


def test_designs_start_where_grade_and_oxford_put_them() -> None:
    assert certain(StudyDesign.RANDOMISED_TRIAL) is Certainty.HIGH
    assert certain(StudyDesign.COHORT) is Certainty.LOW
    assert certain(StudyDesign.ANIMAL) is Certainty.VERY_LOW
    assert grade(Appraisal(StudyDesign.SYSTEMATIC_REVIEW)).level is EvidenceLevel.LEVEL_1
    assert grade(Appraisal(StudyDesign.IN_VITRO)).level is EvidenceLevel.LEVEL_5


def test_a_large_effect_and_a_dose_response_raise_a_cohort() -> None:
    assert certain(StudyDesign.COHORT, Effect(Measure.HAZARD_RATIO, "3.0", "2.1", "4.0")) is Certainty.MODERATE
    assert certain(StudyDesign.COHORT, Effect(Measure.HAZARD_RATIO, "6.0", "4.1", "9.0")) is Certainty.HIGH
    assert (
        certain(StudyDesign.COHORT, Effect(Measure.HAZARD_RATIO, "0.4", "0.3", "0.5"), dose_response=True)
        is Certainty.HIGH
    )
    assert certain(StudyDesign.COHORT, Effect(Measure.HAZARD_RATIO, "3.0", "0.9", "9.0")) is Certainty.VERY_LOW


def test_a_precise_null_result_weighs_as_much_as_a_precise_positive_one() -> None:
    null = certain(StudyDesign.RANDOMISED_TRIAL, Effect(Measure.RISK_RATIO, "1.00", "0.95", "1.05"))
    positive = certain(StudyDesign.RANDOMISED_TRIAL, Effect(Measure.RISK_RATIO, "1.40", "1.30", "1.50"))
    assert null is positive is Certainty.HIGH


def test_a_wide_interval_lowers_by_one_or_two() -> None:
    assert certain(StudyDesign.RANDOMISED_TRIAL, Effect(Measure.RISK_RATIO, "1.1", "0.9", "1.5")) is Certainty.MODERATE
    assert certain(StudyDesign.RANDOMISED_TRIAL, Effect(Measure.RISK_RATIO, "1.1", "0.5", "2.5")) is Certainty.LOW


@pytest.mark.parametrize(
    ("size", "expected"), [(400, "high"), (399, "moderate"), (100, "moderate"), (99, "low"), (None, "moderate")]
)
def test_few_people_lower_the_certainty_and_so_does_not_knowing(size: int | None, expected: str) -> None:
    made = grade(Appraisal(StudyDesign.RANDOMISED_TRIAL, RiskOfBias.LOW, sample_size=size))
    assert made.certainty.value == expected


def test_a_negative_sample_is_refused() -> None:
    with pytest.raises(Invalid):
        grade(Appraisal(StudyDesign.COHORT, sample_size=-1))
