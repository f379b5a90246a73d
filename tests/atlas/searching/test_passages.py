"""The passage shown is the stretch where most of what was asked for stands together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.searching.highlight import WIDTH, marked, passage, remembering


def asking(*words: str):
    return lambda word: word.lower() if word.lower() in words else ""


def shown(found) -> list[str]:
    return [piece for piece, matches in found.pieces if matches]


FAR = "Nothing of the kind is said here. " * 20


def test_the_stretch_with_most_different_words_is_shown() -> None:
    text = f"Exosomes, exosomes, exosomes. {FAR} Exosomes given in ALS were safe. {FAR}"
    found = passage(text, asking("exosomes", "als"))
    assert "Exosomes given in ALS were safe." in found.text
    assert shown(found) == ["Exosomes", "ALS"]
    assert found.before
    assert found.after


def test_it_begins_at_a_sentence_where_there_is_room() -> None:
    found = passage(f"{FAR}In the trial, exosomes were given. {FAR}", asking("exosomes"))
    assert found.text[0].isupper()
    assert "In the trial, exosomes" in found.text


def test_without_a_match_the_beginning_is_shown() -> None:
    found = passage(FAR, asking("als"))
    assert FAR.startswith(found.text)
    assert found.spans == ()
    assert (found.before, found.after) == (False, True)


def test_a_short_text_is_shown_whole() -> None:
    found = passage("ALS is a disease.", asking("als"))
    assert found.pieces == (("ALS", True), (" is a disease.", False))
    assert not found.before
    assert not found.after


def test_nothing_is_shown_of_nothing() -> None:
    assert passage("", asking("als")).pieces == ()


def test_a_title_is_marked_as_it_stands() -> None:
    assert marked("ALS and  als", asking("als")).pieces == (("ALS", True), (" and  ", False), ("als", True))


def test_each_word_is_looked_at_once() -> None:
    asked: list[str] = []
    look = remembering(lambda word: asked.append(word) or "")
    passage("a b a b a", look)
    assert asked == ["a", "b"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ["als " * 500_000, "a" * 2_000_000, "\n" * 2_000_000, "als. " * 300_000])
def test_a_huge_text_is_cut(text: str) -> None:
    assert len(passage(text, asking("als")).text) <= 3 * WIDTH or " " not in text


@given(st.text(max_size=2_000), st.lists(st.sampled_from("abc"), max_size=3))
def test_what_is_marked_is_what_was_asked_for_and_stands_in_the_text(text: str, words: list[str]) -> None:
    found = passage(text, asking(*words))
    assert all(piece.lower() in words for piece in shown(found))
    assert "".join(piece for piece, _ in found.pieces) == found.text
    assert "".join(found.text.split()) in "".join(text.split())


@given(st.lists(st.sampled_from(["als", "exosome", "in", "trial.", "the"]), max_size=400))
def test_a_passage_has_a_match_if_the_text_has_one(words: list[str]) -> None:
    text = " ".join(words)
    found = passage(text, asking("als", "exosome"))
    assert bool(shown(found)) == bool({"als", "exosome"} & set(words))
    assert len(found.text) <= WIDTH + 20
