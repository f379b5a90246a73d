"""What of each kind of artifact is indexed; how words are folded, corrected, and rankings fused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.kinds import all_kinds, kind_of
from scidex.atlas.kinds.evidence_item import EvidenceBody
from scidex.atlas.searching.documents import document, hidden, plain_text
from scidex.atlas.searching.folding import folded, spelled_out
from scidex.atlas.searching.spelling import Vocabulary, corrected


@pytest.mark.parametrize("kind", all_kinds().values(), ids=list(all_kinds()))
def test_every_kind_can_be_indexed(kind) -> None:
    body = kind.example()
    made = document("sx-1", kind, body, title=kind.title(body), names=("wiki-x",))
    assert made.kind == kind.slug
    assert made.names[0] == "wiki-x"
    assert made.title
    assert made.background == (kind.background and kind.slug != "evidence")


def test_a_publication_has_its_year() -> None:
    kind = kind_of("paper")
    assert document("sx-1", kind, kind.example(), title="t").year == 2020


def test_evidence_is_found_and_has_stance_and_level() -> None:
    kind = kind_of("evidence")
    body: EvidenceBody = kind.example()
    made = document("sx-1", kind, body, title="t")
    assert (made.stances, made.levels) == (("not-shown",), ("2",))
    assert not made.background
    assert not hidden(kind)
    assert hidden(kind_of("source-file"))


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("See [MSC](/therapeutics/msc) [@a2010].", "See MSC."),
        ("- **ALS**\n- *MS*\n\n> quoted", "ALS\n*MS*\nquoted"),
        ("a_b_c and 3 [mg]", "a_b_c and 3 mg"),
        ("![x](y) [", "!x"),
    ],
)
def test_markup_is_not_indexed(markdown: str, text: str) -> None:
    assert plain_text(markdown) == text


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "](" * 300_000,
        "[" * 1_000_000,
        "[@" * 300_000,
        " " * 1_000_000,
        "\xa0" * 1_000_000,
        "`" * 1_000_000,
        " \n" * 500_000,
    ],
)
def test_hostile_markup_is_read_in_linear_time(text: str) -> None:
    assert len(plain_text(text)) <= len(text)


def test_greek_letters_are_read_by_name() -> None:
    assert spelled_out("TNF-α, Aβ42, Δ, µ") == "TNF-alpha, Abeta42, delta, mu"
    assert folded("Sjögren") == "sjogren"


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text) or not text.isascii()
    assert spelled_out(spelled_out(text)) == spelled_out(text)


VOCABULARY = Vocabulary(
    [("exosome", 9), ("exosomes", 4), ("mesenchymal", 30), ("therapy", 50), ("als", 7), ("cell", 80)]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("exsoome", "exosome"),  # two neighbours swapped
        ("mesenchimal", "mesenchymal"),
        ("Messenchymall", "mesenchymal"),
        ("therpay", "therapy"),
        ("cel", ""),  # too short to tell
        ("exosome", ""),  # it is there
        ("p53", ""),
        ("unrelated", ""),
    ],
)
def test_the_nearest_word_of_the_library(typed: str, meant: str) -> None:
    assert VOCABULARY.nearest(typed) == meant


def test_only_words_that_are_not_there_are_corrected() -> None:
    assert corrected(["therpay", "cell", "therpay"], VOCABULARY) == {"therpay": "therapy"}


@pytest.mark.timeout(60)
def test_a_long_word_is_not_compared() -> None:
    assert VOCABULARY.nearest("x" * 2_000_000) == ""
