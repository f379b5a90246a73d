"""What an argument contributes, on what a tier hangs, and what would happen if."""

from __future__ import annotations

from itertools import combinations

import pytest
from agora_support import EVIDENCE, attacks, debates, item, supports
from hypothesis import given, settings

from scidex.agora import explaining
from scidex.agora.argumentation import ONE
from scidex.agora.explaining import Experiment, contributions, cruxes, extended, prospects, struck, turned, weakened
from scidex.agora.model import Debate, Dimension
from scidex.agora.rules import rules
from scidex.agora.scoring import Tier, score
from scidex.atlas.evidence.model import Stance
from scidex.kernel.errors import Invalid

RULES = rules()


def debate(*weights: int) -> Debate:
    """One argument for it by a source of its own for each weight, against it where that is negative."""
    items = [
        item(f"e{n}", Stance.SUPPORTS if weight > 0 else Stance.CONTRADICTS, abs(weight))
        for n, weight in enumerate(weights)
    ]
    made = [(supports if weight > 0 else attacks)(f"a{n}", f"e{n}") for n, weight in enumerate(weights)]
    return Debate(tuple(made), tuple(items))


def strength(of: Debate) -> int | None:
    return next(line.strength for line in score(of, RULES).lines if line.dimension is EVIDENCE)


def test_what_is_struck_takes_along_what_is_about_it() -> None:
    given_ = Debate((supports("a", "e"), attacks("b", "f", about="a"), supports("c", "e", about="b"), supports("d")))
    assert [each.id for each in struck(given_, ["b"]).arguments] == ["a", "d"]
    assert [each.id for each in struck(given_, ["a"]).arguments] == ["d"]
    assert struck(given_, []) == given_


@given(debate=debates())
def test_turning_twice_is_not_turning(debate: Debate) -> None:
    names = [each.id for each in debate.arguments]
    again = turned(turned(debate, names), names)
    assert [each.side for each in again.arguments] == [each.side for each in debate.arguments]


def test_contributions_say_how_much_is_missing_without() -> None:
    given_ = debate(600, -300)
    for each, sign in zip(contributions(given_, RULES), (1, -1), strict=True):
        assert each.of_dimension is not None
        assert each.of_dimension * sign > 0
        assert each.of_dimension == strength(given_) - strength(struck(given_, [each.argument]))


def test_a_planted_crux_is_found() -> None:
    """Two strong studies make it supported; either of them, and neither of the weak ones, decides."""
    given_ = debate(800, 20, 400, 20)
    assert score(given_, RULES).tier is Tier.SUPPORTED
    found = cruxes(given_, RULES)
    assert found.complete
    assert {each.arguments for each in found.cruxes if not each.flipped} == {("a0",)}
    assert ("a2",) in {each.arguments for each in found.cruxes if each.flipped}
    assert all(each.becomes.tier is not Tier.SUPPORTED for each in found.cruxes)


def test_where_no_single_argument_decides_pairs_do() -> None:
    given_ = debate(800, 800, 800, 800)
    found = cruxes(given_, RULES, changes=lambda _, after: after.tier is not Tier.ESTABLISHED and not _flipped(after))
    assert {each.arguments for each in found.cruxes} == set(combinations(["a0", "a1", "a2", "a3"], 2))


def _flipped(found) -> bool:
    return any("turned" in cited for each in found.arguments for cited in each.weighed.argument.cites)


@settings(max_examples=20, deadline=None)
@given(debate=debates(most=6))
def test_cruxes_are_smallest_and_true(debate: Debate) -> None:
    before = score(debate, RULES)
    found = cruxes(debate, RULES, largest=2)
    for each in found.cruxes:
        change = turned if each.flipped else struck
        assert score(change(debate, each.arguments), RULES) == each.becomes
        assert (each.becomes.tier, each.becomes.outcome) != (before.tier, before.outcome)
    if found.cruxes and len(found.cruxes[0].arguments) == 2:
        assert not any(
            score(change(debate, [each.id]), RULES).tier is not before.tier
            for each in debate.arguments
            for change in (struck,)
            if any(one.weighed.argument.id == each.id and one.weighed.heard for one in before.arguments)
        )


def test_where_too_much_would_have_to_be_tried_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "MOST_TRIED", 4)
    found = cruxes(debate(*[800] * 9), RULES, changes=lambda *_: False)
    assert not found.complete
    assert found.tried == 4
    assert not cruxes(debate(800, 800, 800, 800), RULES, changes=lambda *_: False, largest=1).complete


def test_a_very_large_debate_is_explained_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "_MOST_ARGUMENTS", 1)
    given_ = debate(*range(1, 41))
    assert [each.argument for each in contributions(given_, RULES)] == [f"a{n}" for n in range(39, 19, -1)]
    assert cruxes(given_, RULES, changes=lambda *_: False).tried == 20


def test_what_if_is_what_happens() -> None:
    given_ = debate(600)
    new = attacks("objection", "flaw", about="a0")
    foretold = score(extended(given_, new, [item("flaw", Stance.CONTRADICTS, 500)]), RULES)
    accepted = Debate((*given_.arguments, new), (*given_.items, item("flaw", Stance.CONTRADICTS, 500)))
    assert foretold == score(accepted, RULES)
    assert strength(weakened(given_, "e0", 300)) == ONE // 2 + ONE // 2 * 27 // 100
    assert strength(extended(given_, supports("same", "e0"), [item("e0", weight=1000)])) == strength(given_)
    with pytest.raises(Invalid, match="said before"):
        extended(given_, supports("x", about="nobody"))


def test_the_experiment_that_changes_most_for_its_cost_comes_first() -> None:
    given_ = debate(300)
    trial = Experiment("trial", EVIDENCE, 800, 10)
    dear = Experiment("dear trial", EVIDENCE, 800, 100)
    small = Experiment("small trial", EVIDENCE, 100, 10)
    other = Experiment("new field", Dimension.SAFETY, 800, 10)
    found = prospects(given_, RULES, [small, dear, trial, other])
    assert [each.experiment.name for each in found][-2:] == ["small trial", "dear trial"]
    first = next(each for each in found if each.experiment is trial)
    assert first.if_for > 0 > first.if_against
    assert first.per_cost == first.expected // 10
    assert prospects(given_, RULES, []) == ()
