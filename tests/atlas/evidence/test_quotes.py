"""A quote is accepted exactly when it stands in the text, whatever the printing and the encoding did to either."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scidex.atlas.evidence.folding import fold
from scidex.atlas.evidence.quotes import MOST_QUOTE, QuoteFault, QuoteMatch, QuoteProblem, find_quote

LETTERS = "abcdefghijklmnopqrstuvwxyzABCéüñßαβжКЛ"
PLAIN = st.text(LETTERS, min_size=1, max_size=9)
WORDS = PLAIN | st.sampled_from(
    [
        "non-randomised",
        "didn't",
        "0.05",
        "-2.1",
        "p<0.05",
        "10⁶",
        "(n=39)",
        "5%",
        "ﬁbrosis",
        "cafe\u0301",
        "–",
        "...",
        "癌",
        "low-",
        "IL‑6",
    ]
)
SPACES = st.sampled_from([" ", "  ", "\n", "\r\n", "\u00a0", "\u2009", "\t", "\n\n", "\u2028"])


@st.composite
def texts(draw: st.DrawFn, words_from: st.SearchStrategy[str]) -> tuple[str, list[tuple[int, int]]]:
    """A text, and where its words are."""
    words = draw(st.lists(words_from, min_size=6, max_size=30))
    text, places = "", []
    for word in words:
        places.append((len(text), len(text) + len(word)))
        # A hyphen at the end of a line breaks a word; those have tests of their own.
        text += word + (" " if word.endswith("-") else draw(SPACES))
    return text, places


@st.composite
def quoted(draw: st.DrawFn, word: st.SearchStrategy[str] = WORDS) -> tuple[str, int, int]:
    """A text and a stretch of its words with enough in it to be a quote."""
    text, places = draw(texts(word))
    first = draw(st.integers(0, len(places) - 4))
    last = draw(st.integers(first + 3, len(places) - 1))
    start, end = places[first][0], places[last][1]
    assume(sum(map(str.isalnum, text[start:end])) >= 12)
    return text, start, end


def problem(text: str, quote: str) -> QuoteProblem:
    found = find_quote(text, quote)
    assert isinstance(found, QuoteFault)
    assert found.message
    assert found.cure
    return found.problem


@given(quoted())
def test_every_stretch_of_whole_words_is_found(case: tuple[str, int, int]) -> None:
    text, start, end = case
    found = find_quote(text, text[start:end])
    assert isinstance(found, QuoteMatch)
    assert found.start <= start
    assert found.passage == text[found.start : found.end]
    assert fold(found.passage, lines=False).text == fold(text[start:end], lines=False).text
    if found.occurrences == 1:
        assert (found.start, found.end) == (start, end)


@given(st.text(max_size=80), st.data())
def test_whatever_is_found_in_any_text_is_the_same_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = find_quote(text, text[start:end])
    if isinstance(found, QuoteMatch):
        assert found.passage == text[found.start : found.end]
        assert found.occurrences >= 1
        assert fold(found.passage, lines=False).text == fold(text[start:end], lines=False).text.strip(" ")


@given(quoted(), st.data())
def test_a_changed_letter_or_digit_is_not_found(case: tuple[str, int, int], data: st.DataObject) -> None:
    text, start, end = case
    at = data.draw(st.sampled_from([each for each in range(start, end) if text[each].isalnum()]))
    new = data.draw(st.sampled_from("qQ79"))
    quote = text[start:at] + new + text[at + 1 : end]
    assume(new not in text)
    assert isinstance(find_quote(text, quote), QuoteFault)


@given(quoted(), st.sampled_from(["not", "no", "never"]), st.data())
def test_an_added_or_dropped_negation_is_not_found(case: tuple[str, int, int], word: str, data: st.DataObject) -> None:
    text, start, end = case
    assume(word not in text)
    spaces = [each for each in range(start, end) if text[each].isspace()]
    at = data.draw(st.sampled_from(spaces))
    longer = f"{text[:at]} {word}{text[at:]}"
    assert isinstance(find_quote(text, f"{text[start:at]} {word}{text[at:end]}"), QuoteFault)
    assert isinstance(find_quote(longer, longer[start : end + len(word) + 1]), QuoteMatch)
    if fold(text[start:end], lines=False).text not in fold(longer, lines=False).text:
        assert isinstance(find_quote(longer, text[start:end]), QuoteFault)


@given(quoted(), st.sampled_from(["NFC", "NFD"]), st.sampled_from(["NFC", "NFD"]))
def test_canonical_forms_are_one_text(case: tuple[str, int, int], one: str, other: str) -> None:
    text, start, end = case
    assert isinstance(
        find_quote(unicodedata.normalize(one, text), unicodedata.normalize(other, text[start:end])), QuoteMatch
    )


@given(quoted(), st.lists(st.sampled_from("\u200b\u200d\u202e\ufeff\u2066"), min_size=1, max_size=4), st.data())
def test_what_cannot_be_seen_is_passed_over_and_told(
    case: tuple[str, int, int], hidden: list[str], data: st.DataObject
) -> None:
    text, start, end = case
    inside = text[start:end]
    for each in hidden:
        at = data.draw(st.integers(1, len(inside) - 1))
        inside = inside[:at] + each + inside[at:]
    for source, quote in ((text[:start] + inside + text[end:], text[start:end]), (text, inside)):
        found = find_quote(source, quote)
        assert isinstance(found, QuoteMatch)
        if found.occurrences == 1:
            assert found.hidden == tuple(f"U+{ord(each):04X}" for each in sorted(set(hidden)))


@given(quoted(), st.data())
def test_a_hyphen_at_the_end_of_a_line_may_be_joined_kept_or_copied(
    case: tuple[str, int, int], data: st.DataObject
) -> None:
    text, start, end = case
    ends = [at for at in range(start + 1, end) if text[at - 1].isalpha() and text[at].isalpha()]
    assume(ends)
    at = data.draw(st.sampled_from(ends))
    broken = data.draw(st.sampled_from(["-\n", "\u2010\r\n", "- \n  ", "-\u2028"]))
    source = text[:at] + broken + text[at:]
    assume(text[end - 1] != "-")
    for form in ("", "-", "- ", "-\n", "\u2011"):
        found = find_quote(source, text[start:at] + form + text[at:end])
        assert isinstance(found, QuoteMatch), form
        assert found.passage == source[found.start : found.end]


@given(quoted(st.text(LETTERS, min_size=4, max_size=9)), st.data())
def test_a_hyphen_in_a_line_may_not_be_left_out_or_put_in(case: tuple[str, int, int], data: st.DataObject) -> None:
    text, start, end = case
    at = data.draw(st.sampled_from([at for at in range(start + 1, end) if text[at - 1 : at + 1].isalpha()]))
    hyphenated = text[:at] + "-" + text[at:]
    assert isinstance(find_quote(text, text[start:at] + "-" + text[at:end]), QuoteFault)
    assume(fold(text[start:end], lines=False).text not in fold(hyphenated, lines=False).text)
    assert isinstance(find_quote(hyphenated, text[start:end]), QuoteFault)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("it was ineffective in mice and men", "effective in mice and men"),
        ("it was non-effective in mice and men", "effective in mice and men"),
        ("it was in-\neffective in mice and men", "effective in mice and men"),
        ("it was in-\neffective in mice and men", "- effective in mice and men"),
        ("in mice and men it was in-\neffective", "in mice and men it was in-"),
        ("in mice and men it didn't help", "in mice and men it didn"),
        ("mortality fell in all arms by 0.5 points", "mortality fell in all arms by 0"),
        ("a change of -5 points in the score", "5 points in the score"),
        ("a change of −5 points in the score", "5 points in the score"),
        ("mortality fell in all arms by 5%", "mortality fell in all arms by 5"),
        ("mice and men in the cafe\u0301", "mice and men in the cafe"),
        ("patients aged 5–10 years in all arms", "10 years in all arms"),
    ],
)
def test_a_quote_may_not_cut_a_word_or_number(text: str, quote: str) -> None:
    assert problem(text, quote) is QuoteProblem.CUT


@pytest.mark.parametrize(
    ("text", "quote", "what"),
    [
        ("The drug did not slow decline in 39 patients.", "The drug did slow decline in 39 patients", "a negation"),
        ("The drug did not slow decline in 39 patients.", "The drug did not slow decline in 93 patients", "a number"),
        ("A dose of 10⁶ cells was given.", "A dose of 106 cells was given", "a number"),
        ("The Drug slowed decline in all.", "The drug slowed decline in all", "letter case"),
        ("The drug slowed decline in all.", "The drug slowed dеcline in all", "look-alike letters"),
        ("The “drug” slowed decline in all.", 'The "drug" slowed decline in all', "punctuation"),
        ("The drug – a statin – slowed decline.", "The drug - a statin - slowed decline", "punctuation"),
        ("The drug slowed decline in all.", "The drug stopped decline in all", "words"),
    ],
)
def test_a_near_quote_is_refused_with_what_differs(text: str, quote: str, what: str) -> None:
    found = find_quote(text, quote)
    assert isinstance(found, QuoteFault)
    assert found.problem is QuoteProblem.DIFFERS
    assert found.differences[0].what == what
    assert found.passage == text[found.start : found.end]


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("cells", QuoteProblem.TOO_SHORT),
        ("p < 0", QuoteProblem.TOO_SHORT),
        ("", QuoteProblem.TOO_SHORT),
        ("– – – – – – – – – –", QuoteProblem.TOO_SHORT),
        ("x" * (MOST_QUOTE + 1), QuoteProblem.TOO_LONG),
        ("the moon is made of cheese", QuoteProblem.ABSENT),
        ("One cell ... another cell", QuoteProblem.ELLIPSIS),
        ("One cell […] another cell", QuoteProblem.ELLIPSIS),
    ],
)
def test_other_faults_are_named(quote: str, expected: QuoteProblem) -> None:
    assert problem("One cell divides and another cell dies, p < 0.05.", quote) is expected


def test_an_ellipsis_that_the_text_prints_may_be_quoted() -> None:
    assert isinstance(find_quote("He said: well ... it may be so.", "well ... it may be so"), QuoteMatch)


def test_occurrences_are_counted_and_the_first_is_given() -> None:
    found = find_quote("one two three. one two\nthree.", "one two three")
    assert isinstance(found, QuoteMatch)
    assert (found.start, found.end, found.occurrences) == (0, 13, 2)


def test_a_broken_number_is_not_joined_to_another() -> None:
    assert isinstance(find_quote("a dose of 5-\n10 mg was given", "a dose of 5-10 mg was given"), QuoteMatch)
    assert isinstance(find_quote("a dose of 5-\n10 mg was given", "a dose of 510 mg was given"), QuoteFault)


def test_a_hyphen_kept_at_the_end_of_a_line_makes_up_for_none_left_out_elsewhere() -> None:
    text = "the treat-\nment was low-dose in mice and men"
    assert isinstance(find_quote(text, "the treat-ment was low-dose in mice"), QuoteMatch)
    assert isinstance(find_quote(text, "the treat-ment was lowdose in mice"), QuoteFault)


MANY = 400_000


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("a" * MANY, "a" * 5000 + "b"),
        ("a" * MANY, "a" * 40),
        ("a-" * MANY, "a-" * 2000 + "a"),
        (("a-" * 249 + "aa") * (MANY // 500), "a-" * 2000 + "a"),
        ("a-\n" * MANY, "aa-" * 500 + "b"),
        ("a" + "\u0316\u0301" * MANY, "three words there"),
        (" " * MANY, "three words there"),
        ("\u200b" * MANY, "three words there"),
        ("a b " * MANY, "a b " * 100 + "c c"),
        ("-\u00ad\n " * MANY, "three words there"),
        ("\u00ad" * MANY, "three words there"),
        ("й\u00ad " * MANY, "three words there"),
    ],
    ids=[
        "periodic",
        "inside-one-word",
        "hyphens",
        "almost-periodic",
        "breaks",
        "marks",
        "spaces",
        "hidden",
        "words",
        "mixed",
        "soft",
        "letters",
    ],
)
def test_hostile_texts_take_linear_time(text: str, quote: str) -> None:
    find_quote(text, quote)
    # About two seconds on a slow machine; what is quadratic takes many minutes.
