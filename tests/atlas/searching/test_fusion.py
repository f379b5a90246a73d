"""Fusion keeps every answer once, in an order that neither its scale nor its order of arrival changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.searching.fusion import fused

IDS = st.text("abcdef", min_size=1, max_size=2)
WORDS = st.dictionaries(IDS, st.floats(0.001, 1_000), max_size=8)
MEANING = st.dictionaries(IDS, st.floats(-1, 1), max_size=8)


@given(WORDS, MEANING)
def test_every_answer_is_there_once_best_first_between_zero_and_one(words, meaning):
    made = fused(words, meaning)
    assert {id_ for id_, _ in made} == words.keys() | meaning.keys()
    assert len(made) == len({id_ for id_, _ in made})
    scores = [score for _, score in made]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@given(WORDS)
def test_with_one_ranking_its_order_stays(words):
    assert [id_ for id_, _ in fused(words, {})] == sorted(words, key=lambda id_: (-words[id_], id_))


@given(WORDS, MEANING, st.sampled_from([0.5, 2.0, 64.0]))
def test_the_scale_of_the_words_score_says_nothing(words, meaning, factor):
    scaled = {id_: score * factor for id_, score in words.items()}
    one, other = fused(words, meaning), fused(scaled, meaning)
    assert [id_ for id_, _ in one] == [id_ for id_, _ in other]
