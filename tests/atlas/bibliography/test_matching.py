"""Whether a citation and a record speak of one work: lenient to printing, strict to meaning."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.bibliography.identifiers import WorkId
from scidex.atlas.bibliography.matching import (
    Cited,
    cited_of,
    compare,
    names_agree,
    parts_of_key,
    same_work,
    titles_agree,
)

WORDS = st.lists(
    st.sampled_from(
        [
            "mesenchymal",
            "stem",
            "cells",
            "slow",
            "progression",
            "of",
            "amyotrophic",
            "lateral",
            "sclerosis",
            "in",
            "mice",
            "after",
            "intrathecal",
            "infusion",
            "randomised",
            "trial",
            "safety",
            "efficacy",
            "tumour",
            "growth",
            "mitochondria",
            "transfer",
            "neurons",
            "astrocytes",
            "repair",
        ]
    ),
    min_size=5,
    max_size=14,
)
TITLES = WORDS.map(lambda words: " ".join(words).capitalize())


@given(TITLES)
def test_another_printing_of_a_title_is_the_same_title(title: str) -> None:
    printings = (
        title.upper(),
        title + ".",
        f"<i>{title}</i>",
        title.replace(" ", "  \n"),
        title.replace(" in ", " <b>in</b> "),
        unicodedata.normalize("NFD", title),
        title.replace("tumour", "tumor").replace("randomised", "randomized"),
    )
    assert all(titles_agree(printing, title) for printing in printings)
    assert all(titles_agree(title, printing) for printing in printings)


@given(TITLES, st.integers(0, 100), st.sampled_from(["not", "phase", "rats", "2"]))
def test_a_word_more_is_another_title(title: str, place: int, word: str) -> None:
    words = title.split()
    at = place % (len(words) + 1)
    other = " ".join([*words[:at], word, *words[at:]])
    assert not titles_agree(other, title)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Phase 1 trial of MSC in ALS patients", "Phase 2 trial of MSC in ALS patients"),
        (
            "Stem cells are effective in chronic stroke patients",
            "Stem cells are ineffective in chronic stroke patients",
        ),
        ("Afferent signals in the vagus nerve of mice", "Efferent signals in the vagus nerve of mice"),
        (
            "Mesenchymal stem cells: a new strategy for immunosuppression?",
            "Mesenchymal stem cells: a new strategy for immunosuppression and tissue repair",
        ),
        ("Intra-arterial infusion of stem cells in stroke", "Intravenous infusion of stem cells in stroke"),
        ("", "A title"),
        ("Treatment of stroke with stem cells part I", "Treatment of stroke with stem cells part II"),
        ("Comment on: Stem cells in chronic stroke patients", "Stem cells in chronic stroke patients"),
    ],
)
def test_titles_of_different_works_differ(one: str, other: str) -> None:
    assert not titles_agree(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TGF-β1 and α-synuclein", "TGF-beta1 and alpha-synuclein"),
        ("Safety of intrathecal cells in ALS", "Safety of intrathecal cells in ALS: a randomised trial"),
        (
            "NurOwn, phase 2, randomized, clinical trial in patients with...",
            "NurOwn, phase 2, randomized, clinical trial in patients with ALS",
        ),
        ("Tunnelling nanotubes carry mitochondria to neurons", "Tunneling nanotubes carry mitochondria to neurons"),
        ("Über die Wirkung der Zellen", "Uber die Wirkung der Zellen"),
    ],
)
def test_titles_of_one_work_agree(one: str, other: str) -> None:
    assert titles_agree(one, other)


@pytest.mark.parametrize(
    ("cited", "record", "same"),
    [
        ("Müller", "Mueller", True),
        ("Müller", "Muller", True),
        ("Berry JD", "Berry", True),
        ("J. D. Berry", "Berry", True),
        ("van der Berg", "Berg", True),
        ("Şahin", "Sahin", True),
        ("Berry", "Barry", False),
        ("Kim", "Lee", False),
        ("Li", "Lin", False),
        ("ALSUMMIT Investigators", "ALSUMMIT Investigators", True),
    ],
)
def test_first_authors(cited: str, record: str, same: bool) -> None:
    assert names_agree(cited, record) is same


RECORD = {
    "type": "article-journal",
    "title": "Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS",
    "author": [{"family": "Staff", "given": "NP"}, {"family": "Madigan", "given": "NN"}],
    "issued": {"date-parts": [[2016, 11]]},
    "container-title": "Neurology",
    "DOI": "10.1212/WNL.0000000000003359",
    "PMID": "27784774",
}


def fields(cited: Cited) -> list[str]:
    return [difference.field for difference in compare(cited, RECORD).differences]


def test_a_record_agrees_with_itself() -> None:
    assert compare(cited_of(RECORD), RECORD).differences == ()
    assert set(compare(cited_of(RECORD), RECORD).agreed) == {"DOI", "PMID", "title", "first author", "year"}


def test_each_thing_that_differs_is_named() -> None:
    own = cited_of(RECORD)
    ids = own.identifiers
    assert fields(Cited(identifiers=ids, title="Another trial altogether in other patients")) == ["title"]
    assert fields(Cited(identifiers=ids, author="Madigan")) == ["first author"]
    assert fields(Cited(identifiers=ids, title=own.title, author="Staff", year=2012)) == ["year"]
    assert fields(Cited(identifiers=(WorkId.parse("PMID 1"),), title=own.title)) == ["PMID"]


def test_a_year_one_off_passes_only_where_the_rest_agrees() -> None:
    assert fields(Cited(title=RECORD["title"], author="Staff", year=2017)) == []
    assert fields(Cited(author="Staff", year=2017)) == ["year"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "Staff NP, Madigan NN, et al. Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS. Neurology 2016;87:2230.",
            [],
        ),
        ("Staff NP et al. Neurology 2016;87:2230-2234.", []),
        ("Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS (2016).", []),
        (
            "Staff NP. Long-term safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS. Neurology 2016.",
            ["title"],
        ),
        (
            "Staff NP. Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS and dementia. Neurology 2016.",
            ["title"],
        ),
        (
            "Madigan NN, Oh KW, Lee JS, Staff NP. Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS. Neurology 2016.",
            ["first author"],
        ),
        (
            "NP Staff, NN Madigan, “Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS,” Neurology, 2016.",
            [],
        ),
        (
            "Staff NP (2016) Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS Neurology 87:2230",
            [],
        ),
        ("Staff NP. Long-term follow-up of intravenous cells in stroke survivors. Neurology 2016.", ["title"]),
        (
            "Smith J. Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS. Neurology 2016.",
            ["first author"],
        ),
        (
            "Staff NP. Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS. Neurology 2009.",
            ["year"],
        ),
        ("Staff NP et al. Neurology 2016;87:1999-2005. Accessed 3 May 2021. doi:10.1234/x.2009.001", []),
        (
            "Staff NP. Comment on: Safety of intrathecal autologous adipose-derived mesenchymal stromal cells in patients with ALS. Neurology 2016.",
            ["title"],
        ),
    ],
)
def test_a_printed_reference_is_held_to_what_it_names(text: str, wrong: list[str]) -> None:
    assert fields(Cited(text=text)) == wrong


def test_a_bare_key_is_held_to_its_surname_and_year() -> None:
    assert fields(Cited(key="staff2016")) == []
    assert fields(Cited(key="staff2015")) == ["year of the key"]
    assert fields(Cited(key="berry2016")) == ["first author of the key"]
    assert parts_of_key("clinicaltrialsgov") is None


def test_a_preprint_and_its_article_are_two_works() -> None:
    preprint = {**RECORD, "DOI": "10.1101/2016.01.01.000001"}
    del preprint["PMID"]
    assert not same_work(preprint, RECORD)
    bare = {name: value for name, value in RECORD.items() if name not in ("DOI", "PMID")}
    assert same_work(bare, RECORD)
    assert not same_work({**bare, "issued": {"date-parts": [[2017]]}}, RECORD)


@given(st.text(max_size=300), st.text(max_size=300))
def test_comparing_anything_is_symmetric_and_never_fails(one: str, other: str) -> None:
    assert titles_agree(one, other) == titles_agree(other, one) or "…" in one + other or "..." in one + other
    compare(Cited(text=one, key=other[:100]), {"title": other})
