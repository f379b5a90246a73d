"""Titles and abstracts with markup become CSL's rich text, whatever they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.adapters.lookup.markup import plain_paragraphs, rich_line

TAG = re.compile(r"<(/?)(i|b|sub|sup|span)(?: style=\"font-variant:small-caps;\")?>")
PIECES = st.lists(
    st.sampled_from(
        [
            "<i>",
            "</i>",
            "<sub>",
            "</sub>",
            "<scp>",
            "</scp>",
            "<jats:p>",
            "</jats:p>",
            "<mml:msup>",
            "</mml:msup>",
            "<mml:mi>",
            "</mml:mi>",
        ]
    )
    | st.text("ab <>&;/", max_size=6),
    max_size=40,
).map("".join)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Plain words", "Plain words"),
        ("The <em>E. coli</em> <scp>DNA</scp>", 'The <i>E. coli</i> <span style="font-variant:small-caps;">DNA</span>'),
        ("H&lt;sub&gt;2&lt;/sub&gt;O &amp;amp; more", "H<sub>2</sub>O & more"),
        ("p < 0.05 and n > 3", "p < 0.05 and n > 3"),
        ("if x<y and z>w", "if x<y and z>w"),
        ("<mml:math><mml:msup> <mml:mi>x</mml:mi> <mml:mn>2</mml:mn></mml:msup></mml:math>", "x<sup>2</sup>"),
        ("<math><msubsup><mi>a</mi><mn>1</mn><mo>+</mo></msubsup></math>", "a<sub>1</sub><sup>+</sup>"),
        ("<math><semantics><mi>α</mi><annotation>\\alpha</annotation></semantics></math>", "α"),
        ("<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math>", "a/b"),
        ("unclosed <i>name", "unclosed <i>name</i>"),
        ("crossed <i>a<b>b</i>c</b>", "crossed <i>a<b>b</b></i>c"),
        ("empty <i></i>tag<br/>and break", "empty tag and break"),
        ("<script>alert(1)</script>safe", "safe"),
        ('<a href="javascript:x">link</a>', "link"),
        ("<!-- note -->words", "words"),
        ("if n<<i>k</i>", "if n< <i>k</i>"),
        ("made <<b></b>i>anew", "made < i>anew"),
        ("made </<u>i>anew", "made < /i>anew"),
    ],
)
def test_markup_is_kept_where_csl_has_it(written: str, shown: str) -> None:
    assert rich_line(written) == shown


@given(PIECES)
def test_what_comes_out_is_balanced(written: str) -> None:
    open_tags: list[str] = []
    for closing, name in TAG.findall(rich_line(written)):
        if closing:
            assert open_tags.pop() == name
        else:
            open_tags.append(name)
    assert open_tags == []


@given(PIECES)
def test_plain_paragraphs_have_no_markup_that_csl_knows(written: str) -> None:
    assert not re.search(r"</?(?:i|b|sub|sup)>", plain_paragraphs(written))


@given(st.text(st.characters(exclude_characters="<&", exclude_categories=["C", "Z"]), max_size=50))
def test_text_without_markup_stays_as_it_is(written: str) -> None:
    assert rich_line(written) == written


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["<i>", "<", "<a ", "</i>", "<mml:msup>", "&lt;", "&amp;", "<!--", "<i ", "<" * 3 + "i "]
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    rich_line((piece * 1_000_000)[:1_000_000])
