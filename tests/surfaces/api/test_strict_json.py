"""JSON that others would read otherwise is not read at all; all other JSON is read as it is."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.kernel.errors import Invalid
from scidex.surfaces.api.strict_json import DEEPEST, json_object

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXT, VALUES, max_size=5), st.booleans())
def test_what_is_written_as_json_is_read_back_as_it_was(value, ascii_only):
    assert json_object(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_invalid(data):
    with suppress(Invalid):
        assert isinstance(json_object(data), dict)


@given(st.dictionaries(TEXT, WHOLE, min_size=1, max_size=5), st.data())
def test_a_name_given_twice_is_refused_however_deep_and_however_it_is_escaped(value, data):
    name = data.draw(st.sampled_from(sorted(value)))
    again = "".join(f"\\u{unit:04x}" for unit in _units(name))
    inner = json.dumps(value)[:-1] + f', "{again}": 1}}'
    with pytest.raises(Invalid, match="twice"):
        json_object(f'{{"a": [{inner}]}}'.encode())


def _units(text: str) -> list[int]:
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1.0}',
        b'{"a": 1e400}',
        b'{"a": 9007199254740992}',
        b'{"a": -9007199254740992}',
        b'{"a": "\\ud800"}',
        b'{"\\udc00": 1}',
        b'{"a": "\\u0000"}',
        b'{"a\\u0000": 1}',
        b'{"a": "\x00"}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        '{"a": 1}'.encode("utf-16"),
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 1} {"a": 1}',
        b'{"a": 1} // no',
        b"{a: 1}",
        b'{"a": 01}',
        b'{"a": \xd9\xa3}',
        b"[]",
        b'"text"',
        b"null",
        b"",
    ],
)
def test_what_has_no_one_meaning_is_refused(body):
    with pytest.raises(Invalid):
        json_object(body)


def test_broken_syntax_is_told_with_line_and_column():
    with pytest.raises(Invalid, match="line 2, column 8"):
        json_object(b'{"a": 1,\n  "b": }')


@given(st.integers(1, 200))
def test_nesting_is_read_up_to_the_limit_and_no_deeper(depth):
    body = b'{"a": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}" if depth > 1 else b"{}"
    if depth <= DEEPEST:
        json_object(body)
    else:
        with pytest.raises(Invalid, match="nests deeper"):
            json_object(body)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b'{"a": ' + b"9" * 990_000 + b"}",
        b'{"a": 0.' + b"9" * 990_000 + b"}",
        b'{"' + b'\\"' * 490_000,
        b'{"a": "' + b"\\u0061" * 160_000,
        b'{"a": [' + b"[]," * 300_000 + b"[]]}",
        b'{"a": [' + b"{}," * 300_000 + b"{}]}",
        b"{" + b",".join(b'"%d": 1' % number for number in range(80_000)) + b', "0": 1}',
    ],
    ids=lambda body: body[:8].decode(),
)
def test_a_megabyte_made_to_be_slow_is_not(body):
    with suppress(Invalid):
        json_object(body)
