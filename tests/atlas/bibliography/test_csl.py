"""CSL-JSON records in the one form that is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.bibliography.csl import (
    DATE_VARIABLES,
    NAME_VARIABLES,
    TEXT_VARIABLES,
    checked_item,
    name_words,
    reference_line,
    year_of,
)
from scidex.kernel.canonical import canonical_json
from scidex.kernel.errors import Invalid

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
NAMES = st.sampled_from(
    sorted({*NAME_VARIABLES, *DATE_VARIABLES, *TEXT_VARIABLES, "type", "id", "custom", "categories", "x-own"})
)


@given(st.dictionaries(NAMES | st.text(max_size=8), JSON, max_size=8))
def test_whatever_is_given_can_be_sealed_or_is_refused(given_item: dict[str, object]) -> None:
    try:
        item = checked_item(given_item)
    except ValueError:
        return
    assert checked_item(item) == item
    refusal = ""
    try:
        canonical_json(item)  # checks for floats and odd names, since it is not told to trust
    except Invalid as error:
        refusal = error.message
    assert not refusal or any(reason in refusal for reason in ("NUL", "surrogate", "sealed"))


def test_nothing_that_is_no_csl_gets_lost() -> None:
    item = checked_item(
        {"type": "book", "x-shelf": {"room": 3, "é": [1.5]}, "custom": {"own": True}, "PMCID": None, "note": ""}
    )
    assert item == {
        "type": "book",
        "custom": {"own": True, "x-shelf": {"room": 3, "\\xe9": ["1.5"]}},
    }


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"type": "poem"}, "no CSL type"),
        ({"author": "Doe J"}, "author is a list"),
        ({"author": ["Doe J"]}, "no object"),
        ({"issued": {"date-parts": [["x"]]}}, "whole numbers"),
        ({"issued": {"date-parts": [[100000]]}}, "calendar"),
        ({"title": ["a"]}, "title is text"),
        ({"title": "x" * 200_001}, "longer than"),
        (["type"], "an object"),
    ],
)
def test_what_does_not_fit_is_named(value: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        checked_item(value)


def test_a_record_reads_as_one_line() -> None:
    item = {
        "title": "A <i>trial</i> of nothing",
        "author": [
            {"family": "Berry", "given": "James D."},
            {"family": "Berg", "given": "L", "non-dropping-particle": "van den"},
        ],
        "container-title": "Neurology",
        "issued": {"date-parts": [[2019, 12]]},
        "volume": "93",
        "issue": "24",
        "page": "e2294-e2305",
    }
    assert reference_line(item) == "Berry JD, van den Berg L. A trial of nothing. Neurology 2019;93(24):e2294–e2305."
    assert reference_line({}) == "[no title]."
    assert year_of({"issued": {"raw": "Winter 1999"}}) == 1999
    assert name_words({"literal": "ALSUMMIT Group"}) == "ALSUMMIT Group"
