"""A score that is kept up is the score of the whole, to the bit."""

from __future__ import annotations

import pytest
from agora_support import attacks, debates, item, supports
from hypothesis import given, settings
from hypothesis import strategies as st

from scidex.agora.export import score_document
from scidex.agora.model import Debate
from scidex.agora.rules import rules
from scidex.agora.scoring import LiveScore, score
from scidex.atlas.evidence.model import Source
from scidex.kernel.errors import Invalid

RULES = rules()


@settings(max_examples=150)
@given(debate=debates(most=15), data=st.data())
def test_whatever_is_added_in_whatever_pieces(debate: Debate, data: st.DataObject) -> None:
    """Arguments one by one, each with some of the items and sources that are not there yet."""
    first = data.draw(st.integers(0, len(debate.arguments)))
    items, sources = list(debate.items), list(debate.sources)
    there = [items.pop(0) for _ in range(data.draw(st.integers(0, len(items))))]
    known = [sources.pop(0) for _ in range(data.draw(st.integers(0, len(sources))))]
    live = LiveScore(Debate(debate.arguments[:first], tuple(there), tuple(known)), RULES)
    assert live.score() == score(live.debate, RULES)
    for argument in debate.arguments[first:]:
        more = [items.pop(0) for _ in range(data.draw(st.integers(0, len(items))))]
        told = [sources.pop(0) for _ in range(data.draw(st.integers(0, len(sources))))]
        live.add(argument, more, told)
        whole = score(live.debate, RULES)
        assert score_document(live.score()) == score_document(whole)
        assert live.score() == whole


def test_an_earlier_argument_loses_what_weighs_more_elsewhere() -> None:
    items = (item("light", source="s", weight=300), item("heavy", source="s", weight=900))
    live = LiveScore(Debate((supports("a", "light"), attacks("x", about="a")), items), RULES)
    before = live.score()
    live.add(supports("b", "heavy"))
    after = live.score()
    assert before.arguments[0].base > 0
    assert after.arguments[0].base == 0
    assert after.arguments[0].weighed.uses[0].instead == ("b", "heavy")
    assert after == score(live.debate, RULES)


def test_a_source_that_joins_two_groups_is_seen() -> None:
    items = (item("e", source="s"), item("f", source="t"))
    sources = (Source("s", cohorts=frozenset({"one"})), Source("t", cohorts=frozenset({"two"})))
    live = LiveScore(Debate((supports("a", "e"), supports("b", "f")), items, sources), RULES)
    assert all(each.base for each in live.score().arguments)
    live.add(supports("c", "g"), [item("g", source="u", weight=1)], [Source("u", cohorts=frozenset({"one", "two"}))])
    assert [bool(each.base) for each in live.score().arguments] == [True, False, False]
    assert live.score() == score(live.debate, RULES)


def test_what_is_refused_changes_nothing() -> None:
    live = LiveScore(Debate((supports("a", "e"),), (item("e"),)), RULES)
    before = live.score()
    for wrong in (supports("a"), supports("b", about="nobody")):
        with pytest.raises(Invalid):
            live.add(wrong, [item("new")], [Source("new")])
    assert live.score() == before


def test_a_source_that_is_told_twice_is_no_matter() -> None:
    told = [Source("s", cohorts=frozenset({cohort})) for cohort in ("one", "two", "three")]
    wholes = [Debate((supports("a", "e"),), (item("e", source="s"),), tuple(order)) for order in (told, told[::-1])]
    live = LiveScore(Debate((), (), tuple(told[:1])), RULES)
    live.add(supports("a", "e"), [item("e", source="s")], told[:0:-1])
    assert score(wholes[0], RULES) == score(wholes[1], RULES) == live.score()
