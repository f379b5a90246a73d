"""Any text is a question; what has an operator is a condition, the rest are wishes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.searching.language import (
    LONGEST,
    MOST_TERMS,
    MOST_VALUES,
    clean,
    condition,
    parse,
    with_condition,
    without_condition,
)
from scidex.atlas.searching.model import Clause, Facet, Form, Need, Term, Years


def wish(*words: str) -> tuple[Clause, ...]:
    return tuple(Clause((Term(word),)) for word in words)


def test_words_are_wishes() -> None:
    assert parse("stem cell therapy").clauses == wish("stem", "cell", "therapy")


def test_a_phrase_must_be_there() -> None:
    assert parse('"stem cell" als').clauses == (Clause((Term("stem cell", Form.PHRASE),), Need.MUST), *wish("als"))


@pytest.mark.parametrize(
    ("text", "need", "term"),
    [
        ("+als", Need.MUST, Term("als")),
        ("-mouse", Need.NOT, Term("mouse")),
        ("NOT mouse", Need.NOT, Term("mouse")),
        ('-"mouse model"', Need.NOT, Term("mouse model", Form.PHRASE)),
        ("mesenchym*", Need.WISH, Term("mesenchym", Form.PREFIX)),
        ("IL-6", Need.WISH, Term("IL-6")),
        ("(TNF-α),", Need.WISH, Term("TNF-α")),
        ("doi:10.1126/science.284", Need.WISH, Term("doi:10.1126/science.284")),
    ],
)
def test_one_term(text: str, need: Need, term: Term) -> None:
    assert parse(text).clauses == (Clause((term,), need),)


def test_or_joins_alternatives_of_which_one_must_be_there() -> None:
    assert parse('als OR mnd OR "motor neuron" trial').clauses == (
        Clause((Term("als"), Term("mnd"), Term("motor neuron", Form.PHRASE)), Need.MUST),
        *wish("trial"),
    )


def test_and_makes_conditions() -> None:
    assert [clause.need for clause in parse("als AND trial AND -mouse").clauses] == [Need.MUST, Need.MUST, Need.NOT]


@pytest.mark.parametrize(
    "text", ["OR", "AND", "OR OR OR", "als OR", "OR als", "NOT", "- + *", '"', '""', '"als', "(((", ":"]
)
def test_what_cannot_be_read_as_syntax_is_words_or_nothing(text: str) -> None:
    assert {term.text for term in parse(text).terms} <= {"als", "NOT"}


def test_conditions_on_properties() -> None:
    query = parse('als kind:paper kind:page about:"cell type" -stance:mixed level:1 entity:MONDO:0004976 type:Gene')
    assert query.clauses == wish("als")
    assert query.filters.wanted == {
        Facet.KIND: ("paper", "page"),
        Facet.ABOUT: ("cell type", "gene"),
        Facet.LEVEL: ("1",),
        Facet.ENTITY: ("MONDO:0004976",),
    }
    assert query.filters.unwanted == {Facet.STANCE: ("mixed",)}


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("year:2019", (Years(2019, 2019),)),
        ("year:2019..2024", (Years(2019, 2024),)),
        ("year:2019..", (Years(2019, None),)),
        ("year:..2024", (Years(None, 2024),)),
        ("year:2001 year:2003", (Years(2001, 2001), Years(2003, 2003))),
    ],
)
def test_years(text: str, years: tuple[Years, ...]) -> None:
    assert parse(text).filters.years == years


@pytest.mark.parametrize("text", ["year:soon", "year:..", "year:20190", "year:1..2", "-year:2019", "year:²⁰¹⁹"])
def test_what_is_no_year_is_said_and_not_used(text: str) -> None:
    query = parse(text)
    assert query.filters.years == ()
    assert "is no year" in query.notes[0]


def test_common_words_count_only_where_nothing_else_is_asked() -> None:
    assert parse("What is the role of MSC in ALS").clauses == wish("role", "MSC", "ALS")
    assert parse("to be or not to be").clauses == wish("to", "be", "or", "not")
    assert parse('"to be"').clauses == (Clause((Term("to be", Form.PHRASE),), Need.MUST),)


def test_long_questions_are_cut_and_the_asker_is_told() -> None:
    words = parse(" ".join(f"w{number}" for number in range(200)))
    assert len(words.terms) == MOST_TERMS
    assert words.notes == (f"Only the first {MOST_TERMS} terms were looked for.",)
    assert len(parse("x" * 10 * LONGEST).text) == LONGEST
    many = parse(" ".join(f"kind:k{number}" for number in range(100)))
    assert len(many.filters.wanted[Facet.KIND]) == MOST_VALUES
    assert many.notes


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "a OR " * 100_000,
        '"' * 100_000,
        "(" * 100_000,
        "-" * 100_000,
        "a:" * 100_000,
        "\u0301" * 1_000_000,
        "\0" * 100_000,
    ],
)
def test_an_attack_is_read_in_no_time(text: str) -> None:
    query = parse(text)
    assert len(query.terms) <= MOST_TERMS
    assert len(query.text) <= LONGEST


def test_characters_that_cannot_be_seen_are_not_read() -> None:
    assert clean("a\u202eb\u200b c\0d\ud800") == "ab cd"


@given(st.text(max_size=300))
def test_every_text_is_a_question(text: str) -> None:
    query = parse(text)
    assert len(query.terms) <= MOST_TERMS
    assert all(clause.terms for clause in query.clauses)
    assert all(term.text.strip() for term in query.terms)
    assert parse(query.text) == parse(parse(query.text).text)


@given(st.text(alphabet='abα01 "-+*:()ORANDkindyear.', max_size=80))
def test_every_question_made_of_syntax_is_one_too(text: str) -> None:
    assert parse(text).text == clean(text)


words = st.text(alphabet="abcdefghij", min_size=2, max_size=8)


@given(st.lists(words, max_size=5), st.sampled_from([facet for facet in Facet if facet is not Facet.YEAR]), words)
def test_narrowing_adds_a_condition_and_taking_back_removes_it(asked: list[str], facet: Facet, value: str) -> None:
    text = " ".join(asked)
    narrowed = with_condition(text, facet, value)
    assert parse(narrowed).filters.wanted == {facet: (value,)}
    assert parse(narrowed).clauses == parse(text).clauses
    assert without_condition(narrowed, facet, value) == text


@given(st.text(max_size=30))
def test_a_condition_is_read_back_as_one(value: str) -> None:
    written = condition(Facet.ENTITY, clean(value))
    assert set(parse(written).filters.wanted) <= {Facet.ENTITY}
