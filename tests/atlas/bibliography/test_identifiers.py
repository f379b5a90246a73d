"""Identifiers of works: one spelling each, checked, found in running text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.bibliography.identifiers import Scheme, WorkId, identifiers_in, of_record, ordered
from scidex.kernel.errors import Invalid

DOI_SUFFIX = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789-._;()/:", min_size=1, max_size=40).filter(
    lambda text: text[-1] not in ".,;:)" and text.count("(") == text.count(")")
)
DOIS = st.builds("10.{}/{}".format, st.integers(1000, 99999), DOI_SUFFIX)
PMIDS = st.integers(1, 99_999_999).map(str)


@given(DOIS)
def test_a_doi_is_the_same_however_it_is_written(doi: str) -> None:
    wanted = WorkId.of(Scheme.DOI, doi)
    ways = (f"https://doi.org/{doi}", f"http://dx.doi.org/{doi}", f"doi:{doi}", f"DOI: {doi}", doi.upper(), f" {doi} ")
    assert {WorkId.of(Scheme.DOI, way) for way in ways} == {wanted}
    assert WorkId.parse(f"doi:{doi}") == wanted
    assert WorkId.parse(str(wanted)) == wanted


@given(PMIDS)
def test_pmid_and_pmcid_keep_their_number(number: str) -> None:
    assert WorkId.parse(f"PMID: {number}").value == number
    assert WorkId.parse(f"https://pubmed.ncbi.nlm.nih.gov/{number}/").value == number
    assert WorkId.parse(f"PMC{number}").value == f"PMC{number}"
    assert WorkId.of(Scheme.PMCID, f"pmc{number}.2").value == f"PMC{number}"


@given(st.sampled_from(list(Scheme)), st.text(max_size=60))
def test_whatever_is_given_is_an_identifier_in_its_one_spelling_or_refused(scheme: Scheme, text: str) -> None:
    try:
        found = WorkId.of(scheme, text)
    except Invalid:
        return
    assert WorkId.of(scheme, found.value) == found
    assert WorkId.parse(str(found)) == found
    assert re.fullmatch(r"https://\S+", found.url)


@pytest.mark.parametrize(
    ("scheme", "text"),
    [
        ("doi", "10.12/x"),
        ("doi", "11.1234/x"),
        ("doi", "10.1234/"),
        ("doi", "10.1234/a b"),
        ("pmid", "0"),
        ("pmid", "PMC12"),
        ("pmid", "1234567890"),
        ("pmid", "١٢٣"),
        ("pmcid", "12a"),
        ("nct", "NCT1234567"),
        ("nct", "NCT123456789"),
        ("isbn", "9780306406158"),
        ("isbn", "0306406153"),
        ("arxiv", "2113.00001"),
        ("openalex", "A123"),
        ("orcid", "0000-0001"),
    ],
)
def test_what_is_malformed_is_refused_with_a_cure(scheme: str, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        WorkId.of(scheme, text)
    assert refused.value.cure


def test_an_isbn_of_ten_digits_is_that_of_thirteen() -> None:
    assert WorkId.parse("ISBN 0-306-40615-2") == WorkId.parse("ISBN-13: 978-0-306-40615-7")


@given(st.lists(st.one_of(DOIS.map("doi:{}".format), PMIDS.map("PMID: {}".format)), max_size=5))
def test_identifiers_are_found_in_running_text(written: list[str]) -> None:
    text = "; ".join(f"As shown ({each})" for each in written) + "."
    assert set(identifiers_in(text)) == {WorkId.parse(each) for each in written}


def test_the_sentence_around_a_doi_is_not_part_of_it() -> None:
    text = "(see 10.1002/(SICI)1097-0258(19980815)17:15.) and https://doi.org/10.1000/182, then [10.1000/183]."
    assert [each.value for each in identifiers_in(text)] == [
        "10.1002/(sici)1097-0258(19980815)17:15",
        "10.1000/182",
        "10.1000/183",
    ]


@pytest.mark.parametrize("text", ["10.1234/" * 50_000, "PMID:" * 100_000, "ISBN " + "0 " * 200_000, "(" * 500_000])
def test_hostile_text_is_read_in_no_time(text: str) -> None:
    assert len(identifiers_in(text)) <= 50


def test_a_record_names_all_its_identifiers_in_one_order() -> None:
    item = {
        "DOI": "10.1000/X",
        "PMID": "12",
        "PMCID": "PMC7",
        "ISBN": "978-0-306-40615-7 0-19-852663-6",
        "number": "NCT01234567",
    }
    found = of_record(item)
    assert list(map(str, found)) == ["doi:10.1000/x", "pmid:12", "pmcid:PMC7", "nct:NCT01234567", *map(str, found[4:])]
    assert ordered(reversed(found)) == found
