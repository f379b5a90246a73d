"""Files that are broken, huge or hostile: whatever the bytes, entries and problems come out and nothing else."""

import gzip
import re

import pytest
from bibliography_items import items, read, read_items, written
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scidex.atlas.bibliography.formats import FORMATS, Problem, ReadEntry
from scidex.atlas.bibliography.formats.decoding import LONGEST_LINE
from scidex.atlas.bibliography.formats.xml_records import LARGEST_RECORD

EVERY_FORMAT = pytest.mark.parametrize("name", sorted(FORMATS))
EXAMPLE = [
    {"id": "a", "type": "article-journal", "title": "Café", "PMID": "1"},
    {"id": "b", "type": "article-journal", "title": "B"},
]


def titles(entries):
    return [each.item.get("title") for each in entries if isinstance(each, ReadEntry)]


def problems(entries):
    return [each for each in entries if isinstance(each, Problem)]


@EVERY_FORMAT
@settings(deadline=None, max_examples=150)
@given(
    data=st.binary(max_size=300),
    begin=st.sampled_from(
        [b"", b"[", b"@article{", b"TY  - JOUR\n", b"<PubmedArticleSet>", b"<article><front>", b"\x1f\x8b", b"\xff\xfe"]
    ),
)
def test_no_bytes_raise(name, data, begin):
    read(name, begin + data)


@EVERY_FORMAT
@settings(deadline=None, max_examples=80)
@given(item=items(), cut=st.floats(0, 1), damage=st.binary(max_size=4))
def test_a_file_cut_short_or_damaged_raises_nothing(name, item, cut, damage):
    data = written(name, [item, *EXAMPLE]).encode()
    place = int(cut * len(data))
    read(name, data[:place])
    read(name, data[:place] + damage + data[place + len(damage) :])


@EVERY_FORMAT
def test_entries_before_the_end_of_a_truncated_file_still_come_and_the_end_is_a_problem(name):
    data = written(name, EXAMPLE * 5).encode()
    entries = read(name, data[:-26])
    assert titles(entries)[:8] == ["Café", "B"] * 4
    assert len(problems(entries)) == (2 if name == "ris" else 1)  # there, what was carried is cut as well
    assert all(each.line >= 1 and each.cure for each in problems(entries))


@EVERY_FORMAT
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_of_unicode_are_known_without_being_told(name, encoding):
    if name in ("pubmed", "jats") and encoding.startswith("utf-16-"):
        pytest.skip("XML without a mark is UTF-8 by its standard")
    text = written(name, EXAMPLE).replace(
        'encoding="UTF-8"', 'encoding="UTF-16"' if "16" in encoding else 'encoding="UTF-8"'
    )
    entries = read(name, text.encode(encoding))
    assert titles(entries) == ["Café", "B"]
    assert problems(entries) == []


@pytest.mark.parametrize("name", ["bibtex", "csl-json", "ris"])
def test_latin_1_is_read_and_said_with_its_line(name):
    text = written(name, EXAMPLE)
    entries = read(name, text.encode("latin-1"))
    assert titles(entries) == ["Café", "B"]
    assert [each.line for each in problems(entries)] == [1 + text[: text.index("é")].count("\n")]


@pytest.mark.parametrize("name", ["pubmed", "jats"])
def test_xml_with_bytes_that_are_not_its_encoding_is_a_problem_with_its_line(name):
    data = written(name, EXAMPLE).encode("latin-1")
    [*_, problem] = read(name, data)
    assert problem.line == 1 + data[: data.index(b"\xe9")].count(b"\n")


@EVERY_FORMAT
@settings(deadline=None, max_examples=30)
@given(size=st.integers(1, 40))
def test_how_the_bytes_are_cut_into_pieces_changes_nothing(name, size):
    data = written(name, EXAMPLE).replace("\n", "\r\n").encode()
    assert read(name, *(data[start : start + size] for start in range(0, len(data), size))) == read(name, data)


@EVERY_FORMAT
def test_gzip_is_unpacked_even_in_several_parts(name):
    data = written(name, EXAMPLE).encode()
    packed = gzip.compress(data[:50]) + gzip.compress(data[50:])
    assert read(name, packed) == read(name, data)
    assert any("gzip" in each.message for each in problems(read(name, packed[:-20])))


@pytest.mark.timeout(60)
@EVERY_FORMAT
def test_fifty_thousand_entries_are_read_in_linear_time(name):
    if name == "csl-json":
        data = b"[" + b",".join(b'{"id":"a%d","type":"book","title":"T"}' % number for number in range(50_000)) + b"]"
    elif name == "bibtex":
        data = b"".join(b"@book{a%d, title = {T}}\n" % number for number in range(50_000))
    elif name == "ris":
        data = b"".join(b"TY  - BOOK\nTI  - T\nER  - \n" for _ in range(50_000))
    elif name == "pubmed":
        one = b"<PubmedArticle><MedlineCitation><Article><ArticleTitle>T</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
        data = b"<PubmedArticleSet>" + one * 50_000 + b"</PubmedArticleSet>"
    else:
        one = b"<ref><element-citation><article-title>T</article-title></element-citation></ref>"
        data = b"<ref-list>" + one * 50_000 + b"</ref-list>"
    assert len(titles(read(name, data))) == 50_000


DEEP = 100_000
HOSTILE = {
    "bibtex braces": ("bibtex", b"@article{a, title = {" + b"{" * DEEP + b"x" + b"}" * DEEP + b"}}"),
    "bibtex open braces": ("bibtex", b"@article{a, title = {" + b"{" * DEEP),
    "bibtex commands": ("bibtex", b"@article{a, title = {" + b"{\\'" * 30_000 + b"x" + b"}" * 30_000 + b"}}"),
    "bibtex names": ("bibtex", b"@article{a, author = {" + b"a and " * 30_000 + b"b}}"),
    "bibtex blanks": ("bibtex", b"@article{a, author = {" + b" " * 150_000 + b"b}}"),
    "bibtex entries that open": ("bibtex", b"@a{" * 30_000),
    "bibtex undefined macros": ("bibtex", b"@article{a, title = " + b"x # " * 3_000 + b"{y}}"),
    "json brackets": ("csl-json", b"[" * DEEP),
    "json objects": ("csl-json", b'[{"custom":' + b'{"a":' * DEEP),
    "json quotes": ("csl-json", b"[NaN" + b'"\\"' * DEEP),
    "ris tags": ("ris", b"TY  - JOUR\n" + b"KW  - a\n" * DEEP + b"ER  - \n"),
    "ris starts": ("ris", b"TY  - JOUR\n" * 30_000),
    "ris lines": ("ris", b"TY  - JOUR\nAB  - " + b"x\n" * DEEP + b"ER  - \n"),
    "xml depth": ("pubmed", b"<PubmedArticleSet>" + b"<PubmedArticle>" * DEEP),
    "xml depth in a title": ("jats", b"<ref-list><ref>" + b"<italic>" * DEEP),
    "xml comment": ("pubmed", b"<PubmedArticleSet><!--" + b"-" * 3_000_000),
    "xml attribute": ("jats", b"<article a='" + b"x" * 20_000_000),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_what_is_built_to_take_long_takes_no_longer_than_its_length(case):
    name, data = HOSTILE[case]
    read(name, data)


FIVE_MEGABYTES = "x" * 5_000_000
PUBMED = "<PubmedArticle><MedlineCitation><Article><ArticleTitle>{}</ArticleTitle></Article></MedlineCitation></PubmedArticle>\n"
REFERENCE = "<ref><element-citation><source>{}</source></element-citation></ref>\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bibtex", f"@article{{a, title = {{{FIVE_MEGABYTES}}}}}\n@book{{b, title = {{B}}}}"),
        ("csl-json", f'[{{"id":"a","title":"{FIVE_MEGABYTES}"}},\n{{"id":"b","title":"B"}}]'),
        ("ris", f"TY  - JOUR\nTI  - {FIVE_MEGABYTES}\nER  - \nTY  - JOUR\nTI  - B\nER  - \n"),
        (
            "pubmed",
            f"<PubmedArticleSet>{PUBMED.format(FIVE_MEGABYTES)}{PUBMED.format('B')}</PubmedArticleSet>",
        ),
        (
            "jats",
            f"<ref-list>{REFERENCE.format(FIVE_MEGABYTES)}{REFERENCE.format('B')}</ref-list>",
        ),
    ],
)
def test_a_field_of_five_megabytes_is_a_problem_and_the_next_entry_comes(name, data):
    entries = read(name, data.encode())
    assert titles(entries)[-1] == "B"
    [problem] = problems(entries)
    assert "200,000" in problem.message
    assert problem.line >= 1


def test_a_line_without_end_is_left_out_in_bounded_memory():
    entries = read(
        "ris", b"TY  - JOUR\nTI  - T\n", *([b"x" * 1_000_000] * (LONGEST_LINE // 1_000_000 + 2)), b"\nER  - \n"
    )
    assert titles(entries) == ["T"]
    assert problems(entries)[0].line == 3


@pytest.mark.parametrize("name", ["pubmed", "jats"])
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>',
    ],
)
def test_a_file_that_declares_entities_is_refused_before_any_is_expanded(name, doctype):
    data = written(name, EXAMPLE).partition("?>\n")[2]
    data = re.sub(r"<!DOCTYPE[^>]*>", "", data).replace("Café", "&a;&b;")
    [problem] = read(name, (doctype + data).encode())
    assert "entities" in problem.message


@pytest.mark.parametrize("name", ["pubmed", "jats"])
def test_the_character_entities_of_publishers_are_known_without_their_dtd(name):
    data = written(name, EXAMPLE).replace("Café", "Caf&eacute;&nbsp;&unheard;")
    assert titles(read(name, data.encode()))[0] in ("Café\u00a0&unheard;", "Café &unheard;")


@pytest.mark.parametrize("name", ["pubmed", "jats"])
def test_xml_of_another_kind_is_a_problem_that_says_what_was_wanted(name):
    [problem] = read(name, b"<html><body/></html>")
    assert "html" in problem.message
    assert "rticle" in problem.message


def test_a_record_larger_than_the_bound_is_left_out_and_the_next_comes():
    data = f"<PubmedArticleSet>\n{PUBMED.format('x' * (LARGEST_RECORD + 1_000_000))}{PUBMED.format('B')}</PubmedArticleSet>"
    packed = gzip.compress(data.encode())
    assert len(packed) < LARGEST_RECORD / 100
    entries = read("pubmed", packed)
    assert titles(entries) == ["B"]
    assert [each.line for each in problems(entries)] == [2]


def test_macros_that_double_each_other_do_not_fill_the_memory():
    doubling = "".join(f"@string{{a{number} = a{number - 1} # a{number - 1}}}\n" for number in range(1, 60))
    entries = read("bibtex", f"@string{{a0 = {{xx}}}}\n{doubling}@book{{b, title = {{B}}, note = a59}}".encode())
    assert titles(entries) == ["B"]
    assert any("200,000" in each.message for each in problems(entries))


def test_duplicate_keys_and_missing_keys_are_said_and_all_entries_come():
    entries = read(
        "bibtex",
        b"@book{a, title={1}}\n@book{a, title={2}}\n@book{, title={3}}\n@book{title={4}}\n@book{b, title={5}, title={6}}\n",
    )
    assert titles(entries) == ["1", "2", "3", "5"]
    assert [each.line for each in problems(entries)] == [2, 3, 4, 5]


def test_an_unclosed_entry_costs_only_itself():
    entries = read("bibtex", b"@book{a, title={1}}\n@book{b, title={2\n@book{c, title={3}}\n")
    assert titles(entries) == ["1", "3"]
    assert [each.line for each in problems(entries)] == [2]


def test_a_record_without_its_end_is_read_and_said():
    entries = read("ris", b"TY  - BOOK\nTI  - 1\nTY  - BOOK\nTI  - 2\nER  - \nTI  - stray\nTY  - BOOK\nTI  - 3\n")
    assert titles(entries) == ["1", "2", "3"]
    assert [each.line for each in problems(entries)] == [1, 6, 7]


def test_one_broken_item_of_a_json_array_costs_only_itself():
    entries = read(
        "csl-json",
        b'[{"id":"a","title":"1"},\n{"id":NaN},\n{"title":"x",},\n7,\n{"id":"b","title":"2","volume":1.50,\n"author":"x"}]',
    )
    assert titles(entries) == ["1", "2"]
    assert [each.line for each in problems(entries)] == [2, 3, 4, 6]
    assert entries[-1].item["volume"] == "1.50"
    assert entries[-1].item["custom"] == {"csl": {"author": "x"}}


INJECTIONS = [
    "\\input{/etc/passwd}",
    "\\write18{rm -rf /}",
    '}\n@comment{x}\n@preamble{"\\input{x}"}\n@book{evil, title={y}}',
    "} unbalanced {{{",
    "\\catcode`\\@=11 ^^5cinput{x} $x",
    "% comment out the rest",
    '" # "',
    "\\\\\\{",
]
ALLOWED_COMMANDS = {
    "textbackslash", "textbraceleft", "textbraceright", "textasciitilde", "textasciicircum", "textless", "textgreater",
    "textasciigrave", "textit", "textbf", "textsuperscript", "textsubscript", "textsc", "&", "%", "$", "#", "_", ",",
}  # fmt: skip
INERT_CARRIER = re.compile(r"^  x-csl = \{(.*)\},$", re.MULTILINE)


def is_inert(text):
    """An independent check of what TeX would read: only known commands, balanced raw braces, no active characters."""
    assert balance(text) == 0
    for value in INERT_CARRIER.findall(text):
        assert not re.search(r"\\(?!u[0-9a-f]{4})|[%#$&~^_@]", value)
    plain = INERT_CARRIER.sub("", text)
    commands = re.findall(r"\\([A-Za-z]+|.)", plain)
    assert set(commands) <= ALLOWED_COMMANDS, commands
    without = re.sub(r"\\([A-Za-z]+|.)", "", plain)
    assert "^^" not in without
    assert len(re.findall(r"^@", without, re.MULTILINE)) == without.count("\n}\n")


def balance(text):
    return text.count("{") - text.count("}")


@settings(deadline=None, max_examples=300)
@given(given_items=st.lists(items(), min_size=1, max_size=2))
@example(
    [{"type": "book", "title": text, "author": [{"family": text, "given": text}], "id": text} for text in INJECTIONS]
)
@example(
    [
        {"type": "book", "custom": {"bibtex": {"type": text, "key": text, "fields": {"addendum": text, text: text}}}}
        for text in INJECTIONS
    ]
)
@example(
    [{"type": "book", "custom": {"bibtex": {"fields": {"file": text}}}} for text in [*INJECTIONS, "\ud800", "\x7f"]]
)
@example(
    [
        {"type": "book", "DOI": text, "URL": text, "page": text, "keyword": text, "issued": {"literal": text}}
        for text in INJECTIONS
    ]
)
def test_whatever_an_item_says_its_bibtex_is_inert(given_items):
    for item in given_items:
        fields = item.get("custom", {}).get("bibtex", {})
        text = written("bibtex", [item])
        if not (isinstance(fields, dict) and fields.get("fields")):
            is_inert(text)
        assert balance(re.sub(r"\\[{}]", "", text)) == 0
        assert len(re.findall(r"^@", text, re.MULTILINE)) == 1
        assert "\\input" not in INERT_CARRIER.sub("", text)
        assert "\\write" not in INERT_CARRIER.sub("", text)
        assert "^^" not in text
        text.encode()


@settings(deadline=None, max_examples=100)
@given(keys=st.lists(st.text(max_size=5) | st.sampled_from(["a", "A", "a-2", "a b"]), max_size=6))
def test_citation_keys_are_clean_and_unique_in_a_file(keys):
    text = written("bibtex", [{"type": "book", "id": key} for key in keys])
    found = re.findall(r"^@book\{(.*),$", text, re.MULTILINE)
    assert len(found) == len(keys) == len({key.lower() for key in found})
    assert all(re.fullmatch(r"[A-Za-z0-9_:.\-]+", key) for key in found)


@pytest.mark.parametrize("name", ["bibtex", "ris"])
def test_an_edit_in_other_software_is_not_undone_by_what_we_carried(name):
    item = {"id": "a", "type": "article-journal", "title": "Two  blanks", "medium": "vinyl"}
    text = written(name, [item])
    assert read_items(name, text)[0]["title"] == "Two  blanks"
    [edited] = read_items(name, text.replace("Two  blanks", "Edited", 1))
    assert edited["title"] == "Edited"
    assert edited["medium"] == "vinyl"


@EVERY_FORMAT
def test_what_was_carried_may_be_tampered_with_and_is_a_problem_at_most(name):
    text = written(name, [{"id": "a", "type": "speech", "custom": {"q": "x"}}])
    for tampered in ("[" * 5000, "{}", '[["title","",NaN', "[[1,2,3]]", '[["type","","nonsense"]]', "nonsense"):
        changed = re.sub(r"\[\[.*\]\]", lambda _, tampered=tampered: tampered, text)
        entries = read(name, changed.encode())
        assert len(titles(entries)) == 1
        assert len(problems(entries)) <= 1
