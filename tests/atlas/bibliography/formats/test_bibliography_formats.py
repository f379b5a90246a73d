"""The formats by name, by media type, and by what a file looks like."""

import gzip

import pytest
from bibliography_items import items, written
from hypothesis import given, settings

from scidex.atlas.bibliography.formats import FORMATS, format_for_media_type, format_named, sniff
from scidex.kernel.errors import Invalid, NotFound

EVERY_FORMAT = pytest.mark.parametrize("name", sorted(FORMATS))


@EVERY_FORMAT
def test_every_format_is_found_by_its_name_and_its_media_types(name):
    assert format_named(name).name == name
    for media_type in FORMATS[name].media_types:
        assert format_for_media_type(f"{media_type.upper()}; charset=utf-8") is FORMATS[name]


def test_the_media_types_and_names_of_two_formats_never_meet():
    media_types = [each for given_format in FORMATS.values() for each in given_format.media_types]
    assert len(media_types) == len(set(media_types))
    assert format_for_media_type("text/html") is None
    with pytest.raises(NotFound):
        format_named("word")


@EVERY_FORMAT
@settings(deadline=None, max_examples=60)
@given(item=items())
def test_what_we_write_is_known_by_its_content_alone(name, item):
    data = written(name, [item | {"title": "T", "id": "a"}]).encode()
    assert sniff(data[:4096], "export.txt") == name
    assert sniff(gzip.compress(data)[:4096], "export.xml") == name
    assert sniff(data.decode(errors="replace").encode("utf-16"), "") == name


@pytest.mark.parametrize(
    ("head", "file_name", "name"),
    [
        (b"", "refs.bib", "bibtex"),
        (b"% a comment\n", "refs.BIB", "bibtex"),
        (b'{"a": 1}', "package.json", None),
        (b"[1, 2]", "numbers.json", None),
        (b"<html><body>", "page.xml", None),
        (b"<?xml version='1.0'?>\n<!DOCTYPE article>\n<article ", "a.xml", "jats"),
        (b"# Title\n\nsome @mention text", "notes.md", None),
        (b"\x1f\x8bgarbage", "x.gz", None),
        (b"\x00\xff\xfe", "", None),
    ],
)
def test_other_files_are_not_taken_for_bibliographies(head, file_name, name):
    assert sniff(head, file_name) == name


@EVERY_FORMAT
def test_no_items_give_a_file_without_entries(name):
    assert list(FORMATS[name].read([written(name, []).encode()])) == []


@EVERY_FORMAT
def test_an_item_that_is_no_csl_json_is_refused_with_a_cure(name):
    with pytest.raises(Invalid) as refusal:
        written(name, [{"type": "nonsense"}])
    assert refusal.value.cure
