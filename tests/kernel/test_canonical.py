"""Sealing: one byte form for every value, and a refusal for what has none."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from scidex.kernel.canonical import GREATEST_INTEGER, canonical_json, sha256
from scidex.kernel.errors import Invalid

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=30)
KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=126), max_size=8)
# 2**53 itself is accepted by us and refused by the reference package.
NUMBERS = st.integers(-GREATEST_INTEGER + 1, GREATEST_INTEGER - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_a_sealed_value_has_the_bytes_that_rfc_8785_prescribes(value: object) -> None:
    assert canonical_json(value).encode() == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(VALUES)
def test_a_sealed_value_reads_back_as_itself(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(KEYS, VALUES, min_size=2, max_size=5), st.randoms())
def test_the_order_in_which_fields_were_given_does_not_change_the_seal(
    value: dict[str, object], random: object
) -> None:
    shuffled = list(value.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert canonical_json(dict(shuffled)) == canonical_json(value)


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        float("nan"),
        1e3,
        2**53 + 1,
        -(2**53) - 1,
        10**400,
        "\ud800",
        "a\udfff",
        {"\ud800": 1},
        {"é": 1},
        {1: 2},
        b"bytes",
        {1, 2},
        object(),
        "a\0b",
        {"a\0": 1},
    ],
)
@pytest.mark.parametrize("within", [lambda v: v, lambda v: [v], lambda v: {"a": [{"b": v}]}])
def test_a_value_without_one_byte_form_is_refused(value: object, within: object) -> None:
    with pytest.raises(Invalid) as refused:
        canonical_json(within(value))  # type: ignore[operator]
    assert refused.value.cure


def test_a_backslash_before_u0000_is_no_nul() -> None:
    assert json.loads(canonical_json(r"\u0000")) == r"\u0000"


@pytest.mark.parametrize("kind", ["lists", "objects"])
def test_nesting_of_any_depth_is_refused_and_does_not_overflow(kind: str) -> None:
    value: object = 1
    for _ in range(100_000):
        value = [value] if kind == "lists" else {"a": value}
    with pytest.raises(Invalid):
        canonical_json(value)


def test_a_hash_of_text_is_that_of_its_utf_8_bytes() -> None:
    assert sha256("é") == sha256("é".encode())
