"""Scores: by hand, whatever the debate, and under attack."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from agora_support import EVIDENCE, attacks, debates, item, supports
from hypothesis import given, settings
from hypothesis import strategies as st

from scidex.agora import verifier
from scidex.agora.argumentation import ONE
from scidex.agora.export import score_export
from scidex.agora.model import Argument, Debate, Dimension, Side
from scidex.agora.rules import parse, rules
from scidex.agora.scoring import Outcome, Score, Tier, Unweighed, after, score
from scidex.atlas.evidence.model import Source, Stance
from scidex.atlas.evidence.standing import Reason
from scidex.kernel.errors import Invalid

RULES = rules()


def scored(*arguments: Argument, items=(), sources=()) -> Score:
    return score(Debate(arguments, tuple(items), tuple(sources)), RULES)


def line(found: Score, dimension: Dimension = EVIDENCE):
    return next(each for each in found.lines if each.dimension is dimension)


# --- by hand ---


def test_a_worked_sum() -> None:
    """A trial of weight 600 for, a null result of weight 400 against, and a study of mechanism."""
    found = scored(
        supports("a", "trial"),
        attacks("b", "null"),
        supports("c", "cells", about=Dimension.MECHANISTIC_PLAUSIBILITY),
        items=[item("trial"), item("null", Stance.NOT_SHOWN, 400), item("cells", weight=300)],
    )
    # 0.6 and half of 0.4, each times 0.9, moves the middle by 0.54 - 0.18 of what is left.
    assert line(found).strength == ONE // 2 + ONE // 2 * 36 // 100
    assert line(found, Dimension.MECHANISTIC_PLAUSIBILITY).strength == ONE // 2 + ONE // 2 * 27 // 100
    assert line(found, Dimension.NOVELTY).strength is None
    assert found.assessed == 30
    assert found.composite == (15 * 680_000_000 + 15 * 635_000_000) // 30
    assert found.low <= found.composite <= found.high
    assert found.outcome is Outcome.SCORED
    assert found.tier is Tier.PROVISIONAL
    assert (found.baselines.vote, found.baselines.judge, found.baselines.citations) == ((2, 1), (600, 0), (2, 0))


def test_nothing_said_is_not_a_middling_score() -> None:
    found = scored()
    assert found.composite is None
    assert found.outcome is Outcome.NOT_ENOUGH_EVIDENCE
    assert (found.low, found.high, found.assessed) == (0, ONE, 0)
    assert found.tier is Tier.SPECULATIVE
    assert {each.strength for each in found.lines} == {None}


def test_one_dimension_alone_is_not_enough() -> None:
    found = scored(supports("a", "trial"), items=[item("trial")])
    assert line(found).strength == 770_000_000
    assert found.composite is None


def test_an_attack_on_an_argument_weakens_it() -> None:
    items = [item("trial"), item("flaw", Stance.CONTRADICTS, 1000)]
    alone = scored(supports("a", "trial"), items=items)
    attacked = scored(supports("a", "trial"), attacks("b", "flaw", about="a"), items=items)
    assert line(attacked).strength == ONE // 2 + ONE // 2 * 54 // 1000
    assert line(attacked).strength < line(alone).strength


@pytest.mark.parametrize(
    ("side", "stance", "weight"),
    [
        (Side.SUPPORTS, Stance.SUPPORTS, 600),
        (Side.SUPPORTS, Stance.MIXED, 300),
        (Side.SUPPORTS, Stance.CONTRADICTS, 0),
        (Side.SUPPORTS, Stance.NOT_SHOWN, 0),
        (Side.SUPPORTS, Stance.OFF_TOPIC, 0),
        (Side.ATTACKS, Stance.CONTRADICTS, 600),
        (Side.ATTACKS, Stance.NOT_SHOWN, 300),
        (Side.ATTACKS, Stance.MIXED, 300),
        (Side.ATTACKS, Stance.SUPPORTS, 0),
    ],
)
def test_an_item_weighs_where_its_stance_is_the_arguments(side: Side, stance: Stance, weight: int) -> None:
    (argument,) = scored(Argument("a", EVIDENCE, side, ("e",)), items=[item("e", stance)]).arguments
    assert argument.weighed.uses[0].weight == weight
    assert argument.base == weight * 900_000
    assert argument.weighed.heard is bool(weight)


# --- tiers ---


@pytest.mark.parametrize(
    ("for_", "against", "tier"),
    [
        ([800, 800, 300], [], Tier.ESTABLISHED),
        ([800, 800, 300], [100], Tier.SUPPORTED),
        ([800, 800], [], Tier.SUPPORTED),
        ([800], [], Tier.PROVISIONAL),
        ([100], [], Tier.SPECULATIVE),
        ([800, 800], [800], Tier.CONTESTED),
        ([], [300], Tier.CONTESTED),
        ([], [], Tier.SPECULATIVE),
    ],
)
def test_tiers(for_: list[int], against: list[int], tier: Tier) -> None:
    items = [item(f"f{n}", weight=weight) for n, weight in enumerate(for_)]
    items += [item(f"g{n}", Stance.CONTRADICTS, weight) for n, weight in enumerate(against)]
    made = [(supports if each.id[0] == "f" else attacks)(f"on {each.id}", each.id) for each in items]
    assert scored(*made, items=items).tier is tier


def test_tiers_fall_at_once_and_rise_by_one() -> None:
    assert after(None, Tier.SUPPORTED) is Tier.PROVISIONAL
    assert after(Tier.CONTESTED, Tier.ESTABLISHED) is Tier.PROVISIONAL
    assert after(Tier.ESTABLISHED, Tier.CONTESTED) is Tier.CONTESTED
    assert after(Tier.SUPPORTED, Tier.SUPPORTED) is Tier.SUPPORTED
    assert after(Tier.AXIOM, Tier.CONTESTED) is Tier.AXIOM


# --- attacks ---


def strength(*arguments: Argument, items, sources=()) -> int | None:
    return line(scored(*arguments, items=items, sources=sources)).strength


def test_one_source_cited_fifty_times_weighs_once() -> None:
    once = strength(supports("a0", "e0"), items=[item("e0", source="s")])
    many = [item(f"e{n}", source="s") for n in range(50)]
    assert strength(*(supports(f"a{n}", f"e{n}") for n in range(50)), items=many) == once
    assert strength(supports("a", *(each.id for each in many)), items=many) == once
    assert strength(supports("a", *["e0"] * 50), items=many[:1]) == once


def test_one_cohort_in_thirty_papers_weighs_once_and_says_where() -> None:
    items = [item(f"e{n}", source=f"s{n}", weight=300 + n) for n in range(30)]
    sources = [Source(f"s{n}", cohorts=frozenset({"Mayo 2019" if n % 2 else "mayo-2019"})) for n in range(30)]
    arguments = [supports(f"a{n}", f"e{n}") for n in range(30)]
    found = scored(*arguments, items=items, sources=sources)
    assert line(found).strength == strength(supports("a", "e29"), items=items[-1:])
    uses = [each.weighed.uses[0] for each in found.arguments]
    assert [use.weighs for use in uses] == [False] * 29 + [True]
    assert {use.why for use in uses[:-1]} == {(Unweighed.COUNTED_ONCE,)}
    assert {use.instead for use in uses[:-1]} == {("a29", "e29")}


def test_nobody_lifts_an_argument_by_its_own_source() -> None:
    items = [item("e", source="s"), item("f", source="s")]
    assert strength(supports("a", "e"), items=items) == strength(
        supports("a", "e"), supports("b", "f", about="a"), supports("c", "e", about="b"), items=items
    )


def test_a_study_is_not_buried_under_a_weak_argument() -> None:
    """Who cites it first, but far away, does not take it from who cites it where it matters."""
    items = [item("weak", weight=10), item("strong", weight=900)]
    buried = (supports("bait", "weak"), supports("grave", "strong", about="bait"))
    assert strength(*buried, supports("fair", "strong"), items=items) >= strength(
        supports("fair", "strong"), items=items
    )


def test_ten_thousand_empty_arguments_change_nothing() -> None:
    items = [item("e")]
    empty = [attacks(f"x{n}") for n in range(5_000)] + [attacks(f"y{n}", "nowhere", about="a") for n in range(5_000)]
    assert strength(supports("a", "e"), *empty, items=items) == strength(supports("a", "e"), items=items)


def test_prose_does_not_carry_the_evidence_of_others() -> None:
    """An argument without evidence of its own is silent, and what supports it is not heard."""
    found = scored(attacks("prose"), supports("b", "e", about="prose"), items=[item("e")])
    assert line(found).strength is None
    assert found.arguments[1].weighed.uses[0].why == (Unweighed.NOT_HEARD,)


def test_arguments_in_a_ring_cannot_be_made() -> None:
    with pytest.raises(Invalid, match="said before"):
        Debate((supports("a", about="b"), supports("b", about="a")))
    with pytest.raises(Invalid, match="said before"):
        Debate((supports("a", about="a"),))
    with pytest.raises(Invalid, match="two arguments"):
        Debate((supports("a"), supports("a")))
    with pytest.raises(Invalid, match="two arguments"):
        Debate((supports("novelty"),))
    with pytest.raises(Invalid, match="twice"):
        Debate((), (item("e"), item("e", weight=900)))


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"quote_checked": False}, Reason.QUOTE_NOT_CHECKED),
        ({"source_verified": False}, Reason.SOURCE_NOT_VERIFIED),
        ({"source_retracted": True}, Reason.SOURCE_RETRACTED),
        ({"judged_by": ""}, Reason.ONLY_SUGGESTED),
    ],
)
def test_what_is_not_checked_weighs_nothing_and_says_why(fault: dict[str, object], reason: Reason) -> None:
    found = scored(supports("a", "e"), items=[item("e", **fault)])
    assert line(found).strength is None
    assert found.arguments[0].weighed.uses[0].why == (reason,)


# --- whatever the debate ---


@given(debate=debates())
def test_a_score_is_within_its_bounds(debate: Debate) -> None:
    found = score(debate, RULES)
    for each in found.lines:
        assert 0 <= each.low <= (each.strength if each.strength is not None else each.low) <= each.high <= ONE
    assert found.low <= found.high
    if found.composite is not None:
        assert found.low <= found.composite <= found.high
        assert found.composite == sum(each.product for each in found.lines) // found.assessed
    assert (
        (found.composite is None) == (found.outcome is Outcome.NOT_ENOUGH_EVIDENCE) == (found.assessed < RULES.enough)
    )


@given(debate=debates(), seed=st.randoms())
def test_the_order_of_items_and_sources_is_nothing(debate: Debate, seed) -> None:
    items, sources = list(debate.items), list(debate.sources)
    seed.shuffle(items)
    seed.shuffle(sources)
    found, again = score(debate, RULES), score(replace(debate, items=tuple(items), sources=tuple(sources)), RULES)
    assert found.inputs == again.inputs
    assert score_export(debate, RULES) == score_export(
        replace(debate, items=tuple(items), sources=tuple(sources)), RULES
    )


@given(debate=debates(), weight=st.integers(1, 1000), dimension=st.sampled_from(list(Dimension)[:3]))
def test_new_evidence_for_a_dimension_never_lowers_it(debate: Debate, weight: int, dimension: Dimension) -> None:
    before = line(score(debate, RULES), dimension).strength
    more = Debate(
        (*debate.arguments, supports("new", "new item", about=dimension)),
        (*debate.items, item("new item", weight=weight, source="a new source")),
        debate.sources,
    )
    after_it = line(score(more, RULES), dimension).strength
    assert after_it is not None
    assert after_it >= (before if before is not None else ONE // 2)


@given(debate=debates())
def test_words_and_uncounted_items_do_not_move_a_score(debate: Debate) -> None:
    noise = tuple(attacks(f"noise {n}", f"bad {n}", about=EVIDENCE) for n in range(3))
    bad = tuple(item(f"bad {n}", Stance.CONTRADICTS, 1000, quote_checked=False) for n in range(3))
    found = score(debate, RULES)
    again = score(Debate((*debate.arguments, *noise), (*debate.items, *bad), debate.sources), RULES)
    assert (again.lines, again.composite, again.tier) == (found.lines, found.composite, found.tier)


# --- the verifier ---


@settings(max_examples=300)
@given(debate=debates(most=20))
def test_the_verifier_comes_to_the_same_numbers(debate: Debate) -> None:
    assert verifier.verify(json.loads(json.dumps(score_export(debate, RULES)))) == []


@given(debate=debates(), data=st.data())
def test_the_verifier_finds_every_number_that_was_changed(debate: Debate, data) -> None:
    export = json.loads(json.dumps(score_export(debate, RULES)))
    told = export["score"]
    places = [(told, key) for key in ("composite", "low", "high", "assessed")]
    places += [(each, key) for each in told["lines"] for key in ("weight", "strength", "low", "high", "product")]
    places += [(each, key) for each in told["arguments"] for key in ("base", "strength")]
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = (holder[key] or 0) + data.draw(st.sampled_from([-1, 1, ONE]))
    assert len(verifier.verify(export)) == 1


def test_the_verifier_finds_changed_inputs_and_rules() -> None:
    debate = Debate((supports("a", "e"),), (item("e"),))
    export = score_export(debate, RULES)
    export["inputs"]["items"][0]["weight"] += 1
    assert any(difference.startswith("inputs:") for difference in verifier.verify(export))
    export = score_export(debate, RULES)
    export["rules"]["weights"]["novelty"] = 100
    assert any(difference.startswith("rules:") for difference in verifier.verify(export))


def test_the_verifier_is_a_program_of_its_own(tmp_path: Path) -> None:
    """It runs with nothing of ours on the path."""
    file = tmp_path / "score.json"

    def run(text: str) -> subprocess.CompletedProcess[str]:
        file.write_text(text)
        command = [sys.executable, "-I", "-S", str(verifier.__file__), str(file)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    export = score_export(Debate((supports("a", "e"),), (item("e"),)), RULES)
    right = run(json.dumps(export))
    assert (right.returncode, right.stdout) == (0, "Every number is right.\n")
    export["score"]["low"] += 1
    wrong = run(json.dumps(export))
    assert wrong.returncode == 1
    assert wrong.stdout.startswith("low: it says ")
    for nothing in ("", "{}", "[]", "no", '{"format": "scidex-score/2"}'):
        assert run(nothing).returncode == 2
    assert len(Path(str(verifier.__file__)).read_text().splitlines()) < 500


# --- rules ---


def test_rules_have_a_version_and_a_hash() -> None:
    assert rules("debate-1") == RULES
    assert sum(RULES.weights.values()) == 100
    changed = parse(RULES.text.replace('"enough":25', '"enough":15'))
    assert changed.sha256 != RULES.sha256
    debate = Debate((supports("a", "e"),), (item("e"),))
    assert score(debate, changed).composite is not None
    assert score(debate, changed).inputs != score(debate, RULES).inputs
    with pytest.raises(Invalid, match="debate-1"):
        rules("debate-0")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"weights": 3}'])
def test_what_is_no_rules_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse(text)


def test_weights_that_are_not_a_hundred_are_refused() -> None:
    with pytest.raises(Invalid, match="100"):
        parse(RULES.text.replace('"novelty":12', '"novelty":13'))
