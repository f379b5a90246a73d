"""What is written is read again, in every format, whatever the item holds."""

import pytest
from bibliography_items import items, read_items, without_additions, written
from hypothesis import given, settings
from hypothesis import strategies as st

from scidex.atlas.bibliography import csl
from scidex.atlas.bibliography.formats import FORMATS

EVERY_FORMAT = pytest.mark.parametrize("name", sorted(FORMATS))


@EVERY_FORMAT
@settings(deadline=None, max_examples=300)
@given(given_items=st.lists(items(), max_size=3))
def test_every_item_survives_being_written_and_read(name, given_items):
    again = read_items(name, written(name, given_items))
    assert [
        without_additions(name, item, original) for item, original in zip(again, given_items, strict=True)
    ] == given_items


@EVERY_FORMAT
@settings(deadline=None, max_examples=150)
@given(given_items=st.lists(items(), max_size=3))
def test_what_was_read_from_a_format_is_read_again_just_so(name, given_items):
    once = read_items(name, written(name, given_items))
    assert read_items(name, written(name, once)) == once


@EVERY_FORMAT
@settings(deadline=None, max_examples=100)
@given(item=items())
def test_what_is_read_is_in_the_form_the_library_keeps(name, item):
    for each in read_items(name, written(name, [item])):
        assert csl.checked_item(each) == each


def test_csl_json_gives_back_the_very_item():
    item = {"id": "a", "type": "book", "custom": {"csl": {"x-verification": {"state": "checked", "score": "0.93"}}}}
    assert read_items("csl-json", written("csl-json", [item])) == [item]
