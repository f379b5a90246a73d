"""Bodies become HTML that says what their author wrote and does nothing else."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from scidex.surfaces.web.rendering import CitationTarget, LinkTarget, plain_text, render_body, render_inline
from scidex.surfaces.web.rendering.sanitizing import ATTRIBUTE_VALUES, ATTRIBUTES, TAGS

LINKS = {
    "/entities/exosomes": LinkTarget("/artifact/exosomes", True, "Exosomes", "Small vesicles"),
    "/entities/neurons": LinkTarget("/wanted/neurons", False, "Neurons", ""),
    "/entities/plain": LinkTarget("/artifact/plain", True, "Plain", ""),
    "/entities/β-amyloid": LinkTarget("/artifact/amyloid", True, "β-amyloid", ""),
    "/hostile": LinkTarget("javascript:alert(1)", True, '"><script>alert(1)</script>', "<img src=x onerror=alert(1)>"),
}
CITATIONS = {
    **{str(n): CitationTarget(n, str(n), f"Work {n}", "", "listed") for n in (1, 2, 3)},
    "shi2010": CitationTarget(7, "shi2010", "", "", "unresolved"),
    "rani2015": CitationTarget(8, "rani2015", "<b>Rani</b> & co", "", "verified"),
}


def body(markdown: str) -> HTMLParser:
    return HTMLParser(render_body(markdown, links=LINKS, citations=CITATIONS).html)


def numbers(markdown: str) -> list[str]:
    return [node.text() for node in body(markdown).css("sup.citation > a")]


def words(markdown: str) -> str:
    """What a reader sees without hovering."""
    tree = body(markdown)
    for card in tree.css(".card"):
        card.decompose()
    return (tree.body.text() if tree.body else "").strip()


def assert_only_allowed(html: str) -> None:
    tree = HTMLParser(html)
    assert tree.body is not None
    assert tree.head is None or tree.head.child is None
    for node in tree.body.traverse():
        if node is tree.body or node.tag == "body":
            continue
        assert node.tag in TAGS, node.tag
        for name, value in node.attributes.items():
            allowed = ATTRIBUTES.get(node.tag, frozenset()) | ATTRIBUTE_VALUES.get(node.tag, {}).keys() | {"class"}
            assert name in allowed, (node.tag, name)
            if name == "href":
                assert re.match(r"(https?:|mailto:|/|#)", value or ""), value


# --- links


def test_a_link_to_a_written_artifact_leads_there_and_carries_a_card() -> None:
    tree = body("[exosomes](/entities/exosomes)")
    link = tree.css_first("span.hovering > a.link")
    card = tree.css_first("span.hovering > span.card[role=tooltip]")
    assert (link.attributes["href"], link.text()) == ("/artifact/exosomes", "exosomes")
    assert card.text() == "Exosomes — Small vesicles"
    assert card.attributes["id"] == link.attributes["aria-describedby"]


def test_a_link_without_a_summary_has_no_card() -> None:
    assert body("[x](/entities/plain)").css_first(".card") is None


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/entities/neurons", "/wanted/neurons"),
        ("/entities/nobody", "/wanted?ref=%2Fentities%2Fnobody"),
        ("elsewhere", "/wanted?ref=elsewhere"),
        ("/a%20b?c=d&e", "/wanted?ref=%2Fa%20b%3Fc%3Dd%26e"),
    ],
)
def test_a_link_to_what_nobody_has_written_says_so(address: str, leads_to: str) -> None:
    link = body(f"[x]({address})").css_first("a.link-wanted")
    assert (link.attributes["href"], link.attributes["title"]) == (leads_to, "not written yet")


def test_a_link_is_found_by_the_address_its_author_wrote() -> None:
    assert body("[x](/entities/β-amyloid)").css_first("a.link").attributes["href"] == "/artifact/amyloid"
    assert body("[x](/entities/plain#s-y)").css_first("a.link").attributes["href"] == "/artifact/plain#s-y"


def test_a_link_to_a_section_finds_its_heading() -> None:
    assert body("[x](#over)\n\n## Over").css_first("a.link").attributes["href"] == "#s-over"


@pytest.mark.parametrize("address", ["https://x.org/?a=1&b=2", "http://x.org", "//x.org/y"])
def test_a_link_to_another_site_passes_nothing_on(address: str) -> None:
    link = body(f"[x]({address})").css_first("a.link-external")
    assert link.attributes["href"] == address
    assert link.attributes["rel"] == "nofollow noopener noreferrer external"


def test_a_link_without_text_shows_its_title() -> None:
    assert words("[](/entities/plain) [](https://x.org)") == "Plain https://x.org"


def test_an_image_becomes_a_link_to_its_source() -> None:
    tree = body("![a *fine* picture](https://x.org/p.png)")
    assert tree.css_first("img") is None
    assert tree.css_first("a.link-image.link-external").text() == "a fine picture"
    assert len(body("[![alt](https://x.org/p.png)](https://y.org)").css("a")) == 1


# --- citations


@pytest.mark.parametrize(
    ("marker", "shown"),
    [
        ("[3]", ["[3]"]),
        ("[1, 2]", ["[1]", "[2]"]),
        ("[1-3]", ["[1]", "[2]", "[3]"]),
        ("[1–3]", ["[1]", "[2]", "[3]"]),
        ("[1][2]", ["[1]", "[2]"]),
        ("[@shi2010]", ["[7]"]),
        ("[@shi2010; @rani2015]", ["[7]", "[8]"]),
        ("[3](see there)", ["[3]"]),
        ("[3]\n\n[3]: https://x.org", ["[3]"]),
    ],
)
def test_a_citation_marker_becomes_numbers_from_the_reference_list(marker: str, shown: list[str]) -> None:
    assert numbers(f"Text {marker}") == shown


@pytest.mark.parametrize(
    "text", ["[9]", "[@nobody2020]", "[3-1]", "[1-9000]", "[three]", "[@]", "[]", "[1", "[1.5]", "array[x]"]
)
def test_a_marker_the_list_does_not_know_stays_text(text: str) -> None:
    assert numbers(text) == []
    assert words(text) == text


@pytest.mark.parametrize("text", ["`[3]`", "\\[3]", "    [3]", "```\n[3]\n```", "[see [3]](/y)", "[3](/y)"])
def test_a_marker_in_code_in_a_link_or_escaped_is_no_citation(text: str) -> None:
    assert numbers(text) == []
    assert "3" in words(text)


def test_the_unknown_part_of_a_marker_stays_visible() -> None:
    assert words("See [1, 9] and [@shi2010; @x]") == "See [1][9] and [7][@x]"


def test_every_citation_has_an_id_of_its_own_and_a_card_with_text_and_status() -> None:
    tree = body("[3] [3] [@shi2010] [@rani2015]")
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    assert {"cite-3-1", "cite-3-2"} <= set(ids)
    cards = [card.text() for card in tree.css("sup > .card")]
    assert cards[0] == "Work 3 as listed by the source, not checked"
    assert cards[2] == "not resolved yet: the source gives the key shi2010 and no list"
    assert cards[3].startswith("<b>Rani</b> & co")
    for link in tree.css("sup > a"):
        assert tree.css_first(f"#{link.attributes['aria-describedby']}") is not None


# --- blocks


def test_headings_have_unique_ids_and_make_the_contents() -> None:
    result = render_body("## A [3]\n\n### `B` & C\n\n## A\n\n## !\n\n> ## quoted", links=LINKS, citations=CITATIONS)
    assert [(h.level, h.id, h.text) for h in result.contents] == [
        (2, "s-a", "A"),
        (3, "s-b-c", "B & C"),
        (2, "s-a-2", "A"),
        (2, "s-section", "!"),
    ]
    for heading in result.contents:
        assert f'id="{heading.id}"' in result.html


@given(st.lists(st.sampled_from(["a", "a 2", "a-2", "A", "a-2-2", "a 3"]), max_size=12))
def test_no_two_headings_share_an_id(titles: list[str]) -> None:
    contents = render_body("\n\n".join(f"## {title}" for title in titles), links={}, citations={}).contents
    assert len({heading.id for heading in contents}) == len(titles)


def test_every_block_ends_with_a_mark_of_its_origin() -> None:
    asked: list[tuple[int, int]] = []

    def origin(first: int, last: int) -> tuple[str, str] | None:
        asked.append((first, last))
        return None if first == 3 else (f"/source#L{first}", f"lines {first}–{last} of the source")

    markdown = "## Title\n\nnothing known\n\n- one\n- two\n\n\n| a |\n|---|\n| b |\n\n> said\n\n    code"
    tree = HTMLParser(render_body(markdown, links={}, citations={}, origin=origin).html)
    assert asked == [(1, 1), (3, 3), (5, 6), (9, 11), (13, 13), (15, 15)]
    marks = tree.css("a.origin")
    assert [mark.attributes["href"] for mark in marks] == [
        "/source#L1",
        "/source#L5",
        "/source#L9",
        "/source#L13",
        "/source#L15",
    ]
    assert marks[1].attributes["title"] == "From lines 5–6 of the source"
    assert marks[1].attributes["aria-label"] == "origin: lines 5–6 of the source"
    assert [mark.parent.tag for mark in marks if mark.parent][:2] == ["h2", "li"]
    assert tree.css_first("p a.origin") is not None


def test_a_table_scrolls_in_a_box_the_keyboard_reaches() -> None:
    tree = body("| a | b |\n|---|--:|\n| 1 | 2 |")
    box = tree.css_first("div.scroll")
    assert (box.attributes["tabindex"], box.attributes["role"], box.attributes["aria-label"]) == (
        "0",
        "region",
        "table",
    )
    assert tree.css_first("div > table td.align-right").text() == "2"


def test_inline_markdown_carries_no_ids() -> None:
    html = render_inline("*a* [3] [x](/entities/exosomes)", links=LINKS, citations=CITATIONS)
    assert "id=" not in html
    assert "<p>" not in html
    assert len(HTMLParser(html).css(".card")) == 2


def test_plain_text_is_the_words_on_one_line() -> None:
    assert plain_text("## A\n\nText *with* [link](/x), `code` & ![pic](/y) [3] [@k].") == (
        "A Text with link, code & pic ."
    )


@given(st.text(), st.integers(0, 40))
def test_plain_text_keeps_to_its_limit(text: str, limit: int) -> None:
    short = plain_text(text, limit)
    assert len(short) <= limit
    assert "\n" not in short


def test_plain_text_is_cut_between_words() -> None:
    assert plain_text("alpha beta gamma", 12) == "alpha beta…"
    assert plain_text("alpha beta gamma", 11) == "alpha beta…"
    assert plain_text("alpha beta", 10) == "alpha beta"


# --- hostile input

SCHEMES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "&#106;avascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "&#x6A;&#x61;vascript&#0058;alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "&#1;javascript:alert(1)",
    "<java\tscript:alert(1)>",
    "< javascript:alert(1)>",
    "java%0ascript:alert(1)",
    "javascript%3Aalert(1)",
    "vbscript:msgbox(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml,<svg/onload=alert(1)>",
    "data:image/png;base64,AAAA",
    "file:///etc/passwd",
    "blob:https://x/y",
    "ftp://x.org",
    "feed:javascript:alert(1)",
    "view-source:javascript:alert(1)",
    "/\\evil.org",
    "\\\\evil.org",
    'https://x.org/"onmouseover="alert(1)',
    "/hostile",
    "'onclick='alert(1)",
]
HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.org/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)" onclick="alert(1)">x</a>',
    "<svg/onload=alert(1)><animate onbegin=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<style>@import '//x.org'</style>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x><base href=//x.org>",
    "<form action=//x.org><input name=password></form>",
    "<meta http-equiv=refresh content='0;url=//x.org'>",
    "<!-- --><!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php ?><!DOCTYPE x>",
    "</p></div></body></html><script>",
    "<span style='position:fixed'>x</span>",
    '```"><script>alert(1)</script>\nx\n```',
    "```html onload=alert(1)\n<script>\n```",
    '## <img src=x onerror=alert(1)> "onclick="x',
    '[x](https://x.org "\\"onmouseover=alert(1) x=\\"")',
    '![" onerror="alert(1)](https://x.org/x.png "\\" onload=\\"")',
    "![x](/x.png) ![][r]\n\n[r]: javascript:alert(1)",
    "| <script> | [x](javascript:alert(1)) |\n|---|---|\n| <img src=x onerror=alert(1)> | x |",
    "<javascript:alert(1)> <https://x.org/<script>> <data:text/html,x>",
    "[@<script>] [1](javascript:alert(1)) [@shi2010](data:x)",
    "a\x00b\ud800c\u202e\ufffe [x](/\ud800)",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
    "*a `b* <b onclick=x>` **",
    '[a](<b)c "d" <script>',
]


@pytest.mark.parametrize("address", SCHEMES)
@pytest.mark.parametrize("shape", ["[x]({})", "![x]({})", "<{}>", "[x]: {}\n\n[x] and [y][x]", "[![x]({0})]({0})"])
def test_no_address_can_do_more_than_lead_somewhere(address: str, shape: str) -> None:
    markdown = shape.format(address)
    assert_only_allowed(render_body(markdown, links=LINKS, citations=CITATIONS).html)
    assert_only_allowed(render_inline(markdown, links=LINKS, citations=CITATIONS))


def test_a_scheme_nobody_should_follow_leaves_only_the_text() -> None:
    tree = body("[see](javascript:alert(1)) ![me](data:text/html,x)\n\n[this][r]\n\n[r]: javascript:alert(1)")
    assert tree.css("a") == []
    assert [p.text() for p in tree.css("p")] == ["see me", "this"]


@pytest.mark.parametrize("markdown", HOSTILE)
def test_html_in_a_body_is_shown_not_obeyed(markdown: str) -> None:
    assert_only_allowed(render_body(markdown, links=LINKS, citations=CITATIONS).html)
    assert_only_allowed(render_inline(markdown, links=LINKS, citations=CITATIONS))


def test_a_hostile_origin_is_defused() -> None:
    html = render_body("x", links={}, citations={}, origin=lambda *_: ("javascript:x", '"><script>')).html
    assert_only_allowed(html)


FRAGMENTS = st.sampled_from(
    [*HOSTILE, *SCHEMES, "[", "](", ")", "<", ">", "`", "*", "\n", "\n\n", "- ", "> ", "|", "[3]"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(FRAGMENTS | st.text(max_size=12), max_size=10).map("".join))
def test_nothing_composed_of_hostile_pieces_gets_through(markdown: str) -> None:
    assert_only_allowed(render_body(markdown, links=LINKS, citations=CITATIONS).html)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab \n*_`~<>&\"'#|-"), max_size=80))
def test_no_letter_of_a_body_is_lost(text: str) -> None:
    shown = HTMLParser(render_body(text, links={}, citations={}).html).text()
    for letter in "ab":
        # The name of a code fence and the alignment row of a table are the only letters Markdown itself swallows.
        assert "```" in text or "~~~" in text or shown.count(letter) == text.count(letter)


# --- size


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "markdown",
    [
        ">" * 10_000 + "WORD",
        "- " * 10_000 + "WORD",
        "> - " * 10_000 + "WORD",
        "\n".join("  " * depth + "- x" for depth in range(200)) + " WORD",
        "[" * 10_000 + "WORD",
        "[" * 10_000 + "WORD" + "]" * 10_000,
        "![" * 10_000 + "WORD" + "](x)" * 10_000,
        "*" * 10_000 + "WORD" + "*" * 10_000,
        "*_" * 5_000 + "WORD",
        "[a](" * 10_000 + "WORD",
        "<a " * 10_000 + "WORD",
        "WORD" + "".join("`" * length + " " for length in range(300)),
        "[1," * 20_000 + "WORD",
        "[@a" * 20_000 + "WORD",
    ],
    ids=lambda markdown: markdown[:12].replace("\n", " "),
)
def test_entangled_text_takes_no_time_and_loses_no_words(markdown: str) -> None:
    html = render_body(markdown, links=LINKS, citations=CITATIONS).html
    assert "WORD" in html
    assert_only_allowed(html[:20_000])


def test_text_too_deep_to_lay_out_is_shown_as_written_and_says_so() -> None:
    result = render_body(">" * 100 + " <b>x</b>", links={}, citations={})
    tree = HTMLParser(result.html)
    assert "shown as it was written" in tree.css_first("p.rendering-note").text()
    assert tree.css_first("pre").text().strip() == ">" * 100 + " <b>x</b>"


@pytest.mark.timeout(60)
def test_a_hundred_thousand_links_are_rendered_in_seconds() -> None:
    html = render_body("[a](/b) " * 100_000, links={}, citations={}).html
    assert html.count("link-wanted") == 100_000


def test_threads_share_the_parser_without_mixing_their_pages() -> None:
    def render(number: int) -> bool:
        links = {"/x": LinkTarget(f"/artifact/{number}", True, f"T{number}", f"S{number}")}
        result = render_body(f"## H{number}\n\n[x](/x) [1]", links=links, citations=CITATIONS)
        return f"T{number} — S{number}" in result.html and result.contents[0].id == f"s-h{number}"

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(render, range(400)))
