"""Numbers are read exactly, and what shows nothing never contradicts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scidex.atlas.evidence.effects import read_effect, read_p_value, read_p_values, spans_null, stance_of
from scidex.atlas.evidence.model import Effect, Measure, Stance
from scidex.kernel.errors import Invalid

PROBABILITIES = st.decimals(0, 1, places=4).map(lambda each: format(each, "f"))
NUMBERS = st.decimals(-50, 50, places=2)
MEASURES = st.sampled_from(Measure)
CLAIMED = st.sampled_from(["higher", "lower"])


@given(PROBABILITIES, st.sampled_from(["p=", "P = ", "p-value = ", "p value of ", "(P="]))
def test_a_p_value_is_read_to_the_last_digit(value: str, before: str) -> None:
    read = read_p_value(f"It fell {before}{value}.")
    assert read is not None
    assert read.value == value
    assert read.significant == (Decimal(value) < Decimal("0.05"))


@given(PROBABILITIES, st.sampled_from("<≤>≥"))
def test_a_bound_settles_significance_only_where_it_does(value: str, sign: str) -> None:
    read = read_p_value(f"p{sign}{value}")
    assert read is not None
    number, limit = Decimal(value), Decimal("0.05")
    if sign in "<≤":
        assert read.significant is (True if number < limit or (number == limit and sign == "<") else None)
    else:
        assert read.significant is (False if number >= limit else None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("P < .001", "0.001"),
        ("p=0,03", "0.03"),
        ("p = 5 × 10⁻⁸", "0.00000005"),
        ("p=1.5e-3", "0.0015"),
        ("p·=", None),
        ("n.s.", None),
    ],
)
def test_the_usual_spellings_are_read(text: str, value: str | None) -> None:
    read = read_p_value(text)
    assert (read.value if read else None) == value


@pytest.mark.parametrize("text", ["group=0.3", "p = 1.5", "p = 12", "phase 0.5", "", "p=", "pp=0.1"])
def test_what_is_no_p_value_is_none(text: str) -> None:
    assert read_p_value(text) is None


def test_all_p_values_are_read_in_order() -> None:
    assert [each.value for each in read_p_values("p=0.2; then n.s.; then P<0.01")] == ["0.2", None, "0.01"]


@given(MEASURES, NUMBERS, NUMBERS, NUMBERS, CLAIMED)
def test_an_interval_over_the_null_value_is_not_shown_and_never_contradicts(
    measure: Measure, low: Decimal, high: Decimal, estimate: Decimal, claimed
) -> None:
    assume(low <= high)
    effect = Effect(measure, str(estimate), str(low), str(high), "95", "0.001")
    null = 1 if measure.is_ratio else 0
    stance = stance_of(effect, claimed=claimed)
    if low <= null <= high:
        assert spans_null(effect) is True
        assert stance is Stance.NOT_SHOWN
    elif estimate != null:
        assert stance is (Stance.SUPPORTS if (estimate > null) == (claimed == "higher") else Stance.CONTRADICTS)


@given(MEASURES, NUMBERS, PROBABILITIES, CLAIMED)
def test_p_of_005_or_more_is_not_shown(measure: Measure, estimate: Decimal, p: str, claimed) -> None:
    stance = stance_of(Effect(measure, str(estimate), p=p), claimed=claimed)
    assert (stance is Stance.NOT_SHOWN) == (Decimal(p) >= Decimal("0.05"))
    assert stance_of(Effect(measure, str(estimate), p=f"={p}"), claimed=claimed) is stance


@given(MEASURES, NUMBERS.filter(lambda each: each not in {0, 1}))
def test_the_other_claim_gets_the_other_stance(measure: Measure, estimate: Decimal) -> None:
    effect = Effect(measure, str(estimate), p="<0.001")
    assert {stance_of(effect, claimed="higher"), stance_of(effect, claimed="lower")} == {
        Stance.SUPPORTS,
        Stance.CONTRADICTS,
    }


def test_without_a_number_nothing_is_said() -> None:
    assert stance_of(Effect(Measure.ODDS_RATIO, "2.0"), claimed="higher") is None
    assert stance_of(Effect(p="0.01"), claimed="higher") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "hazard ratio, 0.70; 95% CI, 0.50-0.98; P=.04",
            Effect(Measure.HAZARD_RATIO, "0.70", "0.50", "0.98", "95", "=0.04"),
        ),
        ("mean difference −2.1 (−4.0 to 0.3)", Effect(Measure.MEAN_DIFFERENCE, "-2.1", "-4.0", "0.3")),
        ("the OR was 3.7 (1.6–8.2).", Effect(Measure.ODDS_RATIO, "3.7", "1.6", "8.2")),
        ("SMD 0.30.", Effect(Measure.STANDARDISED_DIFFERENCE, "0.30")),
        ("RR 2.0 (9 to 3)", Effect(Measure.RISK_RATIO, "2.0")),
        ("one OR another", None),
    ],
)
def test_effects_are_read_as_printed(text: str, expected: Effect | None) -> None:
    assert read_effect(text) == expected


@pytest.mark.parametrize(
    "effect", [Effect(Measure.ODDS_RATIO, "1", "2", "1"), Effect(Measure.ODDS_RATIO, "1", "a", "b")]
)
def test_an_interval_that_makes_no_sense_is_refused(effect: Effect) -> None:
    with pytest.raises(Invalid):
        spans_null(effect)


@given(st.text(max_size=200) | st.text("p=<0.5×10⁻8 ORCI95%(-,)to", max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    read_p_values(text)
    effect = read_effect(text)
    if effect is not None:
        spans_null(effect)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["p", "p ", "OR ", "OR 1.1 (", "1", "p=. ", "p=0.", "95% CI "])
def test_hostile_texts_take_linear_time(piece: str) -> None:
    read_p_values(piece * 1_000_000)
    read_effect(piece * 1_000_000)
