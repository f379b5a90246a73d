"""The eight styles through the real processor."""

import re
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scidex.adapters.citation_styles import LONGEST_TEXT, MOST_ITEMS, CslStyles
from scidex.kernel.errors import Invalid, Refused

ARTICLE = {
    "id": "x",
    "type": "article-journal",
    "title": "<i>APOE</i> ε4 and Aβ<sub>42</sub>: is it causal?",
    "author": [
        {"family": "Berg", "given": "Karl Erik", "non-dropping-particle": "van den"},
        {"family": "Lee", "given": "Ann"},
    ],
    "issued": {"date-parts": [[2020, 12, 3]]},
    "container-title": "Neuron",
    "volume": "107",
    "issue": "2-3",
    "page": "231-239",
    "DOI": "10.1016/j.neuron.2020.05.014",
}
CHAPTER = {
    "type": "chapter",
    "title": "Prion diseases",
    "author": [{"family": "Prusiner", "given": "Stanley B."}],
    "editor": [{"family": "Fields", "given": "Bernard N."}, {"family": "Knipe", "given": "David M."}],
    "container-title": "Fields virology",
    "edition": "4",
    "volume": "2",
    "page": "3063-3087",
    "publisher": "Lippincott",
    "publisher-place": "Philadelphia",
    "issued": {"date-parts": [[2001]]},
}
HOSTILE = (
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "$\\input{/etc/passwd}$",
    "[click](javascript:alert(1))",
    "--- yaml: [*a, &b]",
    "@doe2020 and `code` and **bold**",
    "](https://evil.example)",
    "<!-- comment",
    "]]> &lt;script&gt; <b",
    "{{template}} ${x} %s",
    "\ud800\x00\x1b[31m",
)
WORD = st.text("abcdefghijklmnopqrstuvwxyzäöüßéñ0123456789", min_size=1, max_size=12).filter(
    lambda word: unicodedata.is_normalized("NFC", word)
)
ELEMENTS = {"i", "b", "sup", "sub", "a"}


@pytest.fixture(scope="module")
def styles():
    made = CslStyles()
    yield made
    made.close()


class Elements(HTMLParser):
    """What a browser would make of an entry: its elements, and the text between them."""

    def __init__(self, entry):
        super().__init__()
        self.open, self.seen, self.words, self.links = [], [], [], []
        self.feed(entry)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append(tag)
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        self.links += [value for _, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        raise AssertionError(data)


def test_an_article_is_cited_as_each_handbook_says(styles):
    assert styles.format_all(ARTICLE) == {
        "apa": "van den Berg, K. E., & Lee, A. (2020). APOE ε4 and Aβ42: is it causal? Neuron, 107(2–3), 231–239. https://doi.org/10.1016/j.neuron.2020.05.014",
        "vancouver": "van den Berg KE, Lee A. APOE ε4 and Aβ42: is it causal? Neuron. 2020 Dec 3;107(2–3):231–9. doi:10.1016/j.neuron.2020.05.014",
        "nature": "van den Berg, K. E. & Lee, A. APOE ε4 and Aβ42: is it causal? Neuron 107, 231–239 (2020).",
        "harvard": "van den Berg, K.E. and Lee, A. (2020) ‘APOE ε4 and Aβ42: is it causal?’, Neuron, 107(2–3), pp. 231–239. Available at: https://doi.org/10.1016/j.neuron.2020.05.014.",
        "ama": "van den Berg KE, Lee A. APOE ε4 and Aβ42: is it causal? Neuron. 2020;107(2-3):231-239. doi:10.1016/j.neuron.2020.05.014",
        "chicago": "Berg, Karl Erik van den, and Ann Lee. 2020. “APOE ε4 and Aβ42: Is It Causal?” Neuron 107 (2–3): 231–39. https://doi.org/10.1016/j.neuron.2020.05.014.",
        "ieee": "K. E. van den Berg and A. Lee, “APOE ε4 and Aβ42: is it causal?” Neuron, vol. 107, no. 2–3, pp. 231–239, Dec. 2020, doi: 10.1016/j.neuron.2020.05.014.",
        "mla": "van den Berg, Karl Erik, and Ann Lee. “APOE ε4 and Aβ42: Is It Causal?” Neuron, vol. 107, nos. 2–3, Dec. 2020, pp. 231–39, https://doi.org/10.1016/j.neuron.2020.05.014.",
    }


def test_html_has_the_marks_of_title_and_style(styles):
    assert styles.format([ARTICLE], "apa", markup="html") == [
        (
            "van den Berg, K. E., &amp; Lee, A. (2020). <i>APOE</i> ε4 and Aβ<sub>42</sub>: is it causal? <i>Neuron</i>, "
            '<i>107</i>(2–3), 231–239. <a href="https://doi.org/10.1016/j.neuron.2020.05.014">'
            "https://doi.org/10.1016/j.neuron.2020.05.014</a>"
        )
    ]


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ("vancouver", "In: Fields BN, Knipe DM, editors. Fields virology."),
        ("ama", "In: Fields BN, Knipe DM, eds. Fields Virology."),
        ("apa", "In B. N. Fields & D. M. Knipe (Eds.), Fields virology (4th ed., Vol. 2, pp. 3063–3087)."),
    ],
)
def test_editors_stand_before_their_label(styles, style, words):
    assert words in styles.format([CHAPTER], style)[0]


@pytest.mark.parametrize(
    ("style", "shown", "ends"),
    [("apa", 20, "Z24"), ("vancouver", 6, "et al"), ("ama", 3, "et al"), ("nature", 1, "et al"), ("mla", 1, "et al")],
)
def test_long_lists_of_authors_are_cut_where_the_style_cuts_them(styles, style, shown, ends):
    many = [{"family": f"Z{number:02}", "given": "A"} for number in range(25)]
    entry = styles.format([{**ARTICLE, "author": many}], style)[0]
    assert len(re.findall(r"Z\d\d", entry)) == shown
    assert ends in entry


def test_thousands_of_authors_are_cited_as_their_first_and_last(styles):
    many = [{"family": f"Z{number:05}", "given": "A"} for number in range(5_000)]
    entry = styles.format([{**ARTICLE, "author": many}], "apa")[0]
    assert re.search(r"Z00018, A\., (?:…|\. \. \.) Z04999, A\. \(2020\)", entry)


def test_entries_stand_in_the_given_order_and_know_nothing_of_each_other(styles):
    works = [{**ARTICLE, "title": f"{word} work"} for word in ("Zeta", "Alpha", "Zeta")]
    for style in styles.STYLES:
        entries = styles.format(works, style)
        assert ["Zeta" in entry for entry in entries] == [True, False, True]
        assert entries == [styles.format([work], style)[0] for work in works]
        assert "2020a" not in entries[0]


def test_works_cited_together_are_told_apart_and_numbered(styles):
    works = [ARTICLE, {**ARTICLE, "title": "Another"}, CHAPTER]
    assert styles.in_text(works, "ieee") == "[1], [2], [3]"
    assert styles.in_text(works, "nature", markup="html") == "<sup>1–3</sup>"
    assert styles.in_text(works, "chicago") == "(van den Berg and Lee 2020b, 2020a; Prusiner 2001)"
    assert styles.in_text([CHAPTER], "apa") == "(Prusiner, 2001)"
    assert styles.in_text([], "apa") == ""


@pytest.mark.parametrize(
    ("issued", "printed"),
    [
        ({"date-parts": [[2019, 3]]}, "(2019)"),
        ({"date-parts": [[2019], [2021]]}, "(2019–2021)"),
        ({"date-parts": [["2019"]], "circa": True}, "(ca. 2019)"),
        ({"literal": "in press"}, "(in press)"),
        ({"raw": "Spring 2019"}, "(Spring 2019)"),
        (None, "(n.d.)"),
    ],
)
def test_dates_are_printed_as_exact_as_they_are_known(styles, issued, printed):
    assert printed in styles.format([{"type": "book", "title": "T", "issued": issued}], "apa")[0]


def test_names_in_eastern_scripts_stay_whole(styles):
    work = {**ARTICLE, "author": [{"family": "山田", "given": "太郎"}, {"family": "Lee", "given": "Ann"}]}
    assert styles.format([work], "apa")[0].startswith("山田太郎, & Lee, A. (2020)")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=st.lists(WORD, min_size=1, max_size=12))
def test_the_words_of_an_ordinary_title_come_out_unchanged(styles, words):
    for style, entry in styles.format_all({**ARTICLE, "title": " ".join(words)}).items():
        assert " ".join(words).casefold() in entry.casefold(), style
        assert entry == unicodedata.normalize("NFC", entry).strip()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    title=st.one_of(st.sampled_from(HOSTILE), st.text(max_size=80)),
    name=st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=20)),
    address=st.sampled_from(["javascript:alert(1)", "http://example.org/", 'https://example.org/"><script>', "data:x"]),
)
def test_no_text_of_a_record_is_markup(styles, title, name, address):
    work = {"type": "webpage", "title": title, "author": [{"literal": name}], "container-title": title, "URL": address}
    for entry in styles.format_all(work, markup="html").values():
        read = Elements(entry)
        assert not read.open
        assert set(read.seen) <= ELEMENTS
        assert all(link.startswith("https://") for link in read.links)


@pytest.mark.parametrize("title", HOSTILE[:-1])
def test_a_hostile_title_comes_out_as_its_own_words(styles, title):
    entry = styles.format([{"type": "webpage", "title": title}], "apa")[0]
    assert set(re.findall(r"\w+", title)) <= set(re.findall(r"\w+", entry))


def test_what_no_style_prints_is_not_even_asked(styles):
    secret = {"note": "publisher: Evil Press", "abstract": "a" * 100_000, "custom": {"publisher": "Evil Press"}}
    assert styles.format([{**CHAPTER, **secret}], "apa") == styles.format([CHAPTER], "apa")


def test_what_is_too_much_is_refused_with_a_cure(styles):
    with pytest.raises(Refused) as too_long:
        styles.format([{"type": "book", "title": "a" * 30_000}], "apa")
    assert too_long.value.cure
    with pytest.raises(Invalid):
        styles.format([CHAPTER] * (MOST_ITEMS + 1), "apa")
    with pytest.raises(Invalid) as unknown:
        styles.format([CHAPTER], "bluebook")
    assert "apa" in unknown.value.cure


@pytest.mark.parametrize(
    "piece",
    [
        "<i>",
        "</b>",
        "<sup><sub>",
        "<span class='x'>",
        "“",
        "‘",
        "“‘”’ ",
        "“a ‘b ",
        "<i>“</i>”",
        '"',
        "'a ",
        "α1 ",
        "<",
        "a-",
        ": ",
    ],
)
def test_no_repetition_takes_the_processor_long(piece):
    styles = CslStyles(seconds=10)
    for style in ("chicago", "ieee"):
        assert styles.format([{"type": "book", "title": (piece * LONGEST_TEXT)[:LONGEST_TEXT]}], style)
    styles.close()


def test_tags_that_are_not_closed_are_words(styles):
    def entry(title):
        return styles.format([{"type": "chapter", "title": title}], "apa", markup="html")[0]

    assert entry("Of <i>mice</i> and men") == "<i>Of </i>mice<i> and men</i>. (n.d.)."
    assert entry("<i>Mice</i> and <i>m<sub>1</sub></i> men") == "Mice<i> and </i>m<sub>1</sub><i> men</i>. (n.d.)."
    assert "Of &lt;i&gt;mice&lt;b&gt; and men" in entry("Of <i>mice<b> and men")


@pytest.mark.parametrize("title", ["ε4 and p53 in mRNA", "α1 " * 600])
def test_names_of_genes_keep_their_case_and_too_many_leave_no_trace(styles, title):
    entry = styles.format([{"type": "book", "title": title}], "chicago", markup="html")[0]
    assert "span" not in entry
    assert "ε4 and p53 in mRNA" in entry or "Α1 Α1" in entry


def test_threads_share_one_processor(styles):
    works = [{**CHAPTER, "title": f"Work {number}"} for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        entries = list(pool.map(lambda work: styles.format([work], "mla")[0], works))
    assert entries == styles.format(works, "mla")
    assert [f"Work {number}.”" in entry for number, entry in enumerate(entries)] == [True] * 24


def test_a_missing_program_is_refused_with_a_cure(tmp_path):
    with pytest.raises(Refused) as missing:
        CslStyles(program=tmp_path / "pandoc").format([CHAPTER], "apa")
    assert "pypandoc-binary" in missing.value.cure


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
@pytest.mark.parametrize("script", ["exec sleep 60", "exit 3", "read line; echo half an answer", "exec cat /dev/zero"])
def test_a_program_that_dies_hangs_or_babbles_is_refused_and_put_away(tmp_path, script):
    program = tmp_path / "pandoc"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    styles = CslStyles(program=program, seconds=0.3)
    with pytest.raises(Refused) as silent:
        styles.format([CHAPTER], "apa")
    assert silent.value.cure
    assert styles._processor._running is None


def test_a_processor_that_died_is_started_again():
    styles = CslStyles()
    before = styles.format([CHAPTER], "apa")
    running = styles._processor._running
    running.kill()
    running.wait()
    assert styles.format([{**CHAPTER, "title": "Another"}], "apa") != before
    assert styles._processor._running is not running
    styles.close()


def test_the_processor_ends_with_its_owner():
    styles = CslStyles()
    styles.format([CHAPTER], "apa")
    running = styles._processor._running
    assert isinstance(running, subprocess.Popen)
    del styles
    assert running.returncode is not None
