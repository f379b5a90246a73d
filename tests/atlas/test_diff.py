"""A diff says exactly what changed, in words, and takes no time over it."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scidex.atlas.diff import Row, Segment, Skip, align, collapse, diff_bodies, diff_text, new_text, old_text, summary

WORDS = st.sampled_from(["cells", "MSCs", "β", " ", "  ", ", ", ".", "[3]", "\n", "\n\n", "a", "b", "\r\n", "\t"])
TEXTS = st.lists(WORDS, max_size=40).map("".join) | st.text(max_size=60)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(st.fixed_dictionaries({"key": st.sampled_from("abc")}, optional={"value": inner}), max_size=4)
        | st.dictionaries(st.sampled_from(["key", "name", "x", "y"]), inner, max_size=3)
    ),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(["title", "body", "infobox", "merged_from"]), VALUES, max_size=4)


def marked(old: str, new: str) -> str:
    """A diff in one line: [-gone-], {+new+}, … for what is skipped."""
    signs = {"same": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
    return "|".join(
        "…" if isinstance(row, Skip) else "".join(signs[part.op].format(part.text) for part in row.segments)
        for row in diff_text(old, new)
    )


@given(TEXTS, TEXTS)
def test_kept_and_inserted_parts_are_the_new_text_kept_and_deleted_the_old(old: str, new: str) -> None:
    rows = align(old, new)
    assert old_text(rows) == old
    assert new_text(rows) == new
    assert [row.old_line for row in rows if row.old_line] == list(range(1, old.count("\n") + 2))
    assert [row.new_line for row in rows if row.new_line] == list(range(1, new.count("\n") + 2))


@given(TEXTS, st.data())
def test_an_edit_somewhere_keeps_the_rest(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    rows = align(text, text[:place] + " edited " + text[place:])
    assert (old_text(rows), new_text(rows)) == (text, text[:place] + " edited " + text[place:])
    assert sum(row.changed for row in rows) <= 2


@given(TEXTS, TEXTS)
def test_a_text_has_no_diff_exactly_when_it_did_not_change(old: str, new: str) -> None:
    assert diff_text(old, old) == ()
    assert (diff_text(old, new) == ()) == (old == new)


@given(TEXTS, TEXTS)
def test_leaving_out_unchanged_lines_leaves_out_nothing_else(old: str, new: str) -> None:
    rows = align(old, new)
    shown = collapse(rows)
    if old == new:
        assert shown == ()
        return
    assert [row for row in shown if isinstance(row, Row) and row.changed] == [row for row in rows if row.changed]
    assert sum(row.lines if isinstance(row, Skip) else 1 for row in shown) == len(rows)


@given(BODIES, BODIES)
def test_a_body_has_no_diff_exactly_when_it_did_not_change(old: dict[str, object], new: dict[str, object]) -> None:
    assert diff_bodies(old, old) == ()
    alike = json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)
    assert (diff_bodies(old, new) == ()) == alike
    assert {field.path.split("/")[0] for field in diff_bodies(old, new)} <= old.keys() | new.keys()


def test_a_changed_line_shows_its_changed_words() -> None:
    assert marked("The quick brown fox jumps", "The slow brown fox jumps high") == (
        "The [-quick-]{+slow+} brown fox jumps{+ high+}"
    )


def test_two_replaced_words_in_a_row_are_one_change() -> None:
    assert marked("many old words, here", "many new terms, here") == "many [-old words-]{+new terms+}, here"


def test_lines_with_nothing_in_common_are_replaced_whole() -> None:
    assert marked("alpha beta gamma", "one two three") == "[-alpha beta gamma-]|{+one two three+}"


def test_a_changed_line_is_found_beside_an_added_one() -> None:
    assert marked("the cells secrete factors", "an added line\nthe cells release factors") == (
        "{+an added line+}|the cells [-secrete-]{+release+} factors"
    )


def test_unchanged_lines_far_from_a_change_are_skipped() -> None:
    lines = [f"line {number}" for number in range(1, 12)]
    old, new = "\n".join(lines), "\n".join([*lines[:5], "new", *lines[5:]])
    shown = diff_text(old, new)
    assert shown[0] == Skip(3)
    assert shown[-1] == Skip(4)
    assert [row.segments[0].text for row in shown if isinstance(row, Row)] == [
        "line 4",
        "line 5",
        "new",
        "line 6",
        "line 7",
    ]
    assert shown[3] == Row(None, 6, (Segment("insert", "new"),))


def test_only_changed_fields_are_in_the_diff_of_a_body() -> None:
    old = {"title": "MSC therapy", "lead": "same", "body": "one\ntwo", "slug": "x"}
    new = {"title": "MSC therapies", "lead": "same", "body": "one\nthree", "score": 3}
    assert [(field.path, field.kind) for field in diff_bodies(old, new)] == [
        ("title", "value"),
        ("body", "text"),
        ("score", "value"),
        ("slug", "value"),
    ]


@pytest.mark.parametrize("name", ["key", "label", "name", "target"])
def test_items_of_a_list_are_compared_by_their_name(name: str) -> None:
    old = {"list": [{name: "a", "text": "one"}, {name: "b", "text": "two"}, {name: "c", "text": "three"}]}
    new = {"list": ({name: "c", "text": "three"}, {name: "a", "text": "one more"}, {name: "d", "text": "four"})}
    (field,) = diff_bodies(old, new)
    assert [(item.change, item.name) for item in field.items] == [("changed", "a"), ("added", "d"), ("removed", "b")]
    assert [inner.path for inner in field.items[0].fields] == ["text"]
    assert field.reordered


def test_items_that_share_a_name_are_told_apart() -> None:
    old = {"records": [{"name": "Headache", "note": "1"}, {"name": "Headache", "note": "2"}]}
    new = {"records": [{"name": "Headache", "note": "1"}, {"name": "Headache", "note": "3"}]}
    (field,) = diff_bodies(old, new)
    assert [(item.change, item.name) for item in field.items] == [("changed", "Headache")]


def test_items_without_a_name_are_added_and_removed() -> None:
    (field,) = diff_bodies({"tags": ["a", "b"]}, {"tags": ["b", "c"]})
    assert [(item.change, item.name) for item in field.items] == [("added", "c"), ("removed", "a")]


def test_nested_fields_have_paths() -> None:
    (field,) = diff_bodies({"merged_from": {"at": "x", "id": "1"}}, {"merged_from": {"at": "x", "id": "2"}})
    assert field.path == "merged_from/id"


@pytest.mark.parametrize(("old", "new"), [(1, True), (1, "1"), (None, ""), (0, False), ([], None), ({}, [])])
def test_values_that_look_alike_are_still_different(old: object, new: object) -> None:
    (field,) = diff_bodies({"x": old}, {"x": new})
    assert field.rows


def test_a_summary_counts_words_and_names_fields() -> None:
    diff = diff_bodies(
        {"title": "A", "body": "one two three", "infobox": [{"label": "Type", "value": "old thing"}]},
        {"title": "A", "body": "one 2 three four", "infobox": [{"label": "Type", "value": "new"}]},
    )
    counted = summary(diff)
    assert (counted.words_added, counted.words_removed) == (3, 3)
    assert counted.fields == ("body", "infobox")


def test_a_body_nested_without_end_is_compared_as_a_whole() -> None:
    old: dict[str, object] = {"x": 1}
    new: dict[str, object] = {"x": 2}
    for _ in range(200):
        old, new = {"x": old}, {"x": new}
    (field,) = diff_bodies(old, new)
    assert field.path.count("/") == 20


def random_text(words: int, lines: int, vocabulary: int, prefix: str, seed: int) -> str:
    chooser = random.Random(seed)
    return "\n".join(" ".join(f"{prefix}{chooser.randrange(vocabulary)}" for _ in range(words)) for _ in range(lines))


LARGE = {
    "nothing in common": (random_text(12, 14_000, 30_000, "w", 1), random_text(12, 14_000, 30_000, "v", 2)),
    "few words everywhere": (random_text(12, 14_000, 50, "w", 1), random_text(12, 14_000, 50, "w", 2)),
    "one line": (random_text(150_000, 1, 30_000, "w", 1), random_text(150_000, 1, 30_000, "w", 2)),
    "long lines alike": (random_text(1_500, 200, 5, "w", 1), random_text(1_500, 200, 5, "w", 2)),
    "tiny lines": (random_text(1, 60_000, 2, "", 1), random_text(1, 60_000, 2, "", 2)),
    "lines in reverse": tuple("\n".join(str(n) for n in r) for r in (range(10_000), range(10_000, 0, -1))),
    "repeated lines": (random_text(1, 9_900, 500, "w", 1), random_text(1, 9_900, 500, "w", 2)),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", LARGE)
def test_large_texts_are_compared_in_seconds_and_exactly(name: str) -> None:
    old, new = LARGE[name]
    rows = align(old, new)
    assert (old_text(rows), new_text(rows)) == (old, new)


def test_a_word_changed_in_a_huge_text_is_still_found() -> None:
    text = random_text(10, 30_000, 30_000, "w", 3)
    lines = text.split("\n")
    lines[100] += " added"
    lines[29_000] += " added"
    assert summary_of_words(text, "\n".join(lines)) == (2, 0)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_beyond_the_budget_a_diff_is_still_exact(seed: int) -> None:
    old, new = random_text(2_500, 1, 900, "w", seed), random_text(2_500, 1, 900, "w", seed + 1)
    rows = align(old, new)
    assert (old_text(rows), new_text(rows)) == (old, new)


def summary_of_words(old: str, new: str) -> tuple[int, int]:
    counted = summary(diff_bodies({"body": old}, {"body": new}))
    return counted.words_added, counted.words_removed
