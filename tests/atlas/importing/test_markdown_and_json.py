"""Pages written as Markdown with front matter, and our own JSON export."""

from __future__ import annotations

import json

import pytest
from pages import MARKDOWN, THERAPY, codes, native, read, sections

from scidex.atlas.importing import Unreadable, parse_source


def test_front_matter_becomes_fields() -> None:
    content = read(MARKDOWN, "ember.md").content
    assert (content["title"], content["slug"]) == ("Ember Infusion", "therapeutics-ember-infusion")
    assert content["infobox"] == [{"label": "Name", "value": "Ember Infusion"}, {"label": "Doses", "value": "3"}]
    values = {row["name"]: row["value"] for row in content["metadata"]}
    assert values == {"version": "1.5", "date": "2031-01-01", "count": 4, "none": None, "flag": True}
    assert content["related"][0]["reason"] == "same pathway"
    assert content["references"][0]["key"] == "ada2030"
    assert content["lead"] == "The lead stands here [@ada2030]."


def test_a_markdown_therapy_has_the_same_records() -> None:
    records = read(MARKDOWN, "ember.md").content["records"]
    found = [(each["type"], each["name"], each["note"]) for each in records]
    assert found == [
        ("mechanism", "Warmth", "it warms the tissue"),
        ("mechanism", "Glow", "faint"),
        ("adverse effect", "Warm hands", ""),
    ]


def test_code_is_content_and_stays_as_written() -> None:
    source = read(MARKDOWN, "ember.md")
    assert "`<b>`" in source.content["body"]
    assert "<script>shown()</script>" in source.content["body"]
    assert not codes(source) & {"raw-html", "active-markup"}


def test_html_outside_of_code_becomes_markdown_and_is_reported() -> None:
    source = read("# T\n\nA <b>bold</b> word and `<i>`.\n\n## S\n\n<div>text</div>\n", "t.md")
    assert source.content["lead"] == "A **bold** word and `<i>`."
    assert "raw-html" in codes(source)


def test_sections_at_the_first_level_are_moved_down() -> None:
    source = read("# Title\n\nLead.\n\n# One\n\nx\n\n## Two\n\ny\n", "t.md")
    assert sections(source) == ["## One", "### Two"]
    assert source.content["lead"] == "Lead."


def test_an_unknown_key_is_reported_and_left_out() -> None:
    assert "front-matter-unknown" in codes(read("---\ntitle: T\ncolour: red\n---\nx\n", "t.md"))


@pytest.mark.parametrize(
    ("front", "line"),
    [
        ("title: [a", 3),
        ("title: T\na: &x [1]", 3),
        ("title: T\nb: *x", 3),
        ("title: T\nx: !!python/object:os.system x", 3),
        ("title: T\ntitle: U", 3),
        ("title: " + "[" * 5000, 2),
    ],
)
def test_broken_or_explosive_front_matter_is_refused_with_its_line(front: str, line: int) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(f"---\n{front}\n---\nbody\n", "t.md")
    assert refusal.value.line == line


def test_a_page_without_a_title_or_of_another_kind_is_refused() -> None:
    with pytest.raises(Unreadable, match="no title"):
        read("---\nslug: x\n---\ntext\n", "t.md")
    with pytest.raises(Unreadable, match="kind"):
        read("---\ntitle: T\nkind: hypothesis\n---\ntext\n", "t.md")
    with pytest.raises(Unreadable, match="never closed"):
        read("---\ntitle: T\ntext\n", "t.md")


@pytest.mark.parametrize(("text", "name"), [(THERAPY, "a.txt"), (MARKDOWN, "a.md")])
def test_an_export_reads_back_to_the_same_page(text: str, name: str) -> None:
    source = read(text, name)
    again = parse_source(native(source), "export.json")
    assert again.content == source.content
    assert again.aliases == source.aliases
    assert again.findings == ()
    spans = {part.path: part.span for part in again.parts}
    lines = native(source).decode().split("\n")
    assert '"title"' in lines[spans["title"].first - 1]
    assert lines[spans["references/0"].first - 1].strip() == "{"


def test_another_kind_passes_through() -> None:
    export = {"format": "scidex/1", "kind": "hypothesis", "content": {"title": "T", "n": [1, {"a": None}]}}
    source = parse_source(json.dumps(export).encode(), "h.json")
    assert (source.kind, source.content) == ("hypothesis", export["content"])


@pytest.mark.parametrize(
    ("inner", "problem"),
    [
        ('"a": 1.5', "fraction"),
        ('"a": NaN', "not a number"),
        ('"a": 9007199254740993', "larger"),
        ('"a": ' + "9" * 5000, "larger"),
        ('"a": 1, "a": 2', "twice"),
        ('"a": "\\ud800"', "surrogate"),
        ('"a": ' + "[" * 100 + "]" * 100, "deeper"),
        ('"a": ' + "[" * 100_000, "deeper|nested"),
        ('"a": }', "JSON"),
    ],
)
def test_json_that_an_export_never_holds_is_refused_with_its_line(inner: str, problem: str) -> None:
    text = '{"format": "scidex/1",\n "kind": "x",\n "content": {\n' + inner + "}}"
    with pytest.raises(Unreadable, match=problem) as refusal:
        parse_source(text.encode(), "x.json")
    assert refusal.value.line == 4


def test_json_of_another_make_and_a_bad_page_are_refused() -> None:
    with pytest.raises(Unreadable, match="not a SciDEX export"):
        parse_source(b'{"a": 1}', "x.json")
    with pytest.raises(Unreadable, match="not a page"):
        parse_source(b'{"format":"scidex/1","kind":"page","content":{"title":"x","colour":1}}', "x.json")


def test_markup_and_hidden_text_in_an_export_are_taken_out() -> None:
    content = {"title": "T\u200b", "body": "## A\n\n<script>x</script>[y](javascript:z) text"}
    export = json.dumps({"format": "scidex/1", "kind": "page", "content": content})
    source = parse_source(export.encode(), "x.json")
    assert source.content["title"] == "T"
    assert source.content["body"] == "## A\n\ny text"
    assert {"hidden-text", "active-markup"} <= codes(source)
