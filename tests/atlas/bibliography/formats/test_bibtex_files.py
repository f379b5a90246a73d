"""What BibTeX and biblatex files say, as records."""

import pytest
from bibliography_items import read, read_items, written
from hypothesis import given, settings
from hypothesis import strategies as st

from scidex.atlas.bibliography import csl
from scidex.atlas.bibliography.formats import Problem, ReadEntry
from scidex.atlas.bibliography.formats.bibtex_fields import ENTRY_TYPES
from scidex.atlas.bibliography.formats.bibtex_names import field_of, names_of
from scidex.atlas.bibliography.formats.bibtex_values import value


def one(text):
    [item] = read_items("bibtex", text)
    return item


def test_macros_and_concatenation_are_resolved():
    item = one('@string{j = "Journal of " # {Tests}}\n@ARTICLE{k, Journal = j # " B", month = "4~" # feb, year = 2019}')
    assert item["container-title"] == "Journal of Tests B"
    assert item["issued"] == {"date-parts": [[2019, 2, 4]]}


def test_a_macro_that_nobody_defines_is_a_problem_on_its_line_and_keeps_its_name():
    problem, entry = read("bibtex", b"@article{k,\n  title = {T},\n  journal = jmlr }")
    assert isinstance(problem, Problem)
    assert problem.line == 3
    assert entry.item["container-title"] == "jmlr"


def test_fields_of_the_parent_are_inherited_where_the_child_has_none():
    text = """@inproceedings{c, title={Paper}, crossref={p}, year=2001}
    @proceedings{p, title={Proceedings}, year=2000, publisher={House}, crossref={s}}
    @book{s, series={Series}, crossref={c}}"""
    child, parent, _ = read_items("bibtex", text)
    assert (child["title"], child["container-title"], child["publisher"]) == ("Paper", "Proceedings", "House")
    assert child["issued"] == {"date-parts": [[2001]]}
    assert child["collection-title"] == "Series"
    assert parent["title"] == "Proceedings"
    assert child["custom"]["bibtex"]["fields"] == {"crossref": "p"}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("Ludwig van Beethoven", [{"family": "Beethoven", "given": "Ludwig", "non-dropping-particle": "van"}]),
        (
            "van der Berg, Jr., Jan",
            [{"family": "Berg", "given": "Jan", "non-dropping-particle": "van der", "suffix": "Jr."}],
        ),
        ("{World Health Organization} and others", [{"literal": "World Health Organization"}, {"literal": "others"}]),
        ("Barnes and Noble, {Inc. and Co.}", [{"family": "Barnes"}, {"family": "Noble", "given": "Inc. and Co."}]),
        ("{\\'E}tienne de la {Sal\\'e}", [{"family": "Salé", "given": "Étienne", "non-dropping-particle": "de la"}]),
        ("Donald~E. Knuth", [{"family": "Knuth", "given": "Donald E."}]),
        ("{de Souza}, Ana", [{"family": "de Souza", "given": "Ana"}]),
        ("{\\`a} Becket, Thomas", [{"family": "Becket", "given": "Thomas", "non-dropping-particle": "à"}]),
    ],
)
def test_names_are_taken_apart_as_bibtex_does(source, names):
    assert names_of(source) == names


PLAIN = st.text("abcXYZéß'-", min_size=1, max_size=8)


@given(
    st.lists(
        st.one_of(
            st.fixed_dictionaries({"literal": st.lists(PLAIN, min_size=1, max_size=3).map(" ".join)}),
            st.fixed_dictionaries(
                {"family": st.lists(PLAIN, min_size=1, max_size=3).map(" ".join), "given": PLAIN},
                optional={"suffix": PLAIN, "non-dropping-particle": st.sampled_from(["von", "de la"])},
            ),
        ),
        max_size=4,
    )
)
def test_ordinary_names_are_written_as_they_are_read(names):
    names = [name for name in names if not any("''" in text or "--" in text for text in name.values())]
    assert names_of(field_of(names)) == names or not names


@pytest.mark.parametrize(
    ("fields", "issued"),
    [
        ("date = {2019-03-04/2019-05}", {"date-parts": [[2019, 3, 4], [2019, 5]]}),
        ("date = {1850~}", {"date-parts": [[1850]], "circa": True}),
        ("date = {2006-21}", {"date-parts": [[2006]], "season": "1"}),
        ("year = 2006, month = {Jan--Feb}", {"date-parts": [[2006, 1], [2006, 2]]}),
        ("year = 2006, month = 12", {"date-parts": [[2006, 12]]}),
        ("year = {in press}", {"literal": "in press"}),
        ("date = {2019-13}", {"literal": "2019-13"}),
    ],
)
def test_dates_of_both_dialects_are_read_and_written(fields, issued):
    item = one(f"@misc{{k, {fields}}}")
    assert item["issued"] == issued
    text = written("bibtex", [item])
    assert "x-csl" not in text
    assert one(text) == item


def test_identifiers_are_read_from_their_fields_and_from_eprints():
    item = one(
        "@article{k, doi={10.1000/a\\_b}, pmid={12}, pmcid={PMC3}, isbn={9780306406157}, issn={1234-5678},"
        " url={https://example.org/a_b?c=%20&d#e}, eprint={2101.00001}, archiveprefix={arXiv}, primaryclass={q-bio}}"
    )
    assert item["DOI"] == "10.1000/a_b"
    assert (item["PMID"], item["PMCID"], item["ISBN"], item["ISSN"]) == ("12", "PMC3", "9780306406157", "1234-5678")
    assert item["URL"] == "https://example.org/a_b?c=%20&d#e"
    assert (item["archive"], item["archive_location"]) == ("arXiv", "arXiv:2101.00001")
    assert item["custom"]["bibtex"]["fields"] == {"primaryclass": "q-bio"}
    assert one("@article{k, eprint={77}, eprinttype={pubmed}}")["PMID"] == "77"


@pytest.mark.parametrize("entry_type", sorted(ENTRY_TYPES))
def test_every_entry_type_comes_back_as_itself(entry_type):
    item = one(
        f"@{entry_type}{{k, title = {{T}}, number = {{7}}, series = {{S}}, publisher = {{P}}, chapter = 3, foo = {{\\emph{{raw}}}}}}"
    )
    assert item["type"] in csl.TYPES
    text = written("bibtex", [item])
    assert text.startswith(f"@{entry_type}{{k,")
    assert "foo = {\\emph{raw}}" in text
    assert "x-csl" not in text
    assert one(text) == item


@pytest.mark.parametrize("csl_type", sorted(csl.TYPES))
def test_every_csl_type_is_written_as_an_entry_type_of_biblatex(csl_type):
    text = written("bibtex", [{"id": "k", "type": csl_type}])
    assert text[1 : text.index("{")] in ENTRY_TYPES


def test_titles_keep_their_capitals_their_markup_and_their_symbols():
    source = r"{The} {TREM2} gene, {\'e}t{\'e}, H$_2$O, 10\textsuperscript{th} \& \textit{E.~coli} -- ``x''"
    item = one(f"@book{{k, title = {{{source}}}}}")
    assert item["title"] == (
        '<span class="nocase">The</span> TREM2 gene, été, H<sub>2</sub>O, 10<sup>th</sup> & <i>E.\u00a0coli</i> – “x”'
    )
    assert "{The} {TREM2} gene, été, H\\textsubscript{2}O," in written("bibtex", [item])
    assert one(written("bibtex", [item])) == item


def test_pages_are_written_with_two_hyphens_and_read_with_one():
    item = one("@article{k, pages = {143--147}}")
    assert item["page"] == "143-147"
    assert "pages = {143--147}" in written("bibtex", [item])
    assert one("@article{k, pages = {12, 15--20, e7}}")["page"] == "12, 15-20, e7"


def test_subtitles_join_their_titles():
    assert one("@book{k, title={A}, subtitle={B}}")["title"] == "A: B"


def test_the_line_of_an_entry_is_where_it_begins():
    entries = read("bibtex", b"comment\n\n@book{a,\n title={A}}\r\n@book{b,\r\n title={B}}")
    assert [each.line for each in entries if isinstance(each, ReadEntry)] == [3, 5]


def test_commands_that_could_do_harm_are_kept_as_text_and_written_inert():
    item = one("@book{k, title = {A \\input{/etc/passwd} b}, addendum = {\\write18{x}}}")
    assert item["title"] == "A \\input{/etc/passwd} b"
    text = written("bibtex", [item])
    assert "\\input" not in text
    assert "\\write" not in text
    assert one(text) == item


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text("ab{}\\", max_size=6).map(
                lambda text: ("{" + text.replace("{", "").replace("}", "").replace("\\", "") + "}", "")
            ),
            st.integers(0, 9999).map(lambda number: (str(number), str(number))),
            st.sampled_from(
                [("jan", "january"), ("JAN", "january"), ('"q {"} r"', 'q {"} r'), ("{a {b} c}", "a {b} c")]
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_value_is_the_text_of_its_parts(parts):
    wanted = "".join(text or source[1:-1] for source, text in parts)
    assert value(" # ".join(source for source, _ in parts), {"jan": "january"}).text == wanted
