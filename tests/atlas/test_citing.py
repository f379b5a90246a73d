"""How artifacts are cited, and what the head of a page says of them."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.bibliography.csl import checked_item
from scidex.atlas.citing import CitationStyles, cited_item, json_ld, json_ld_script, meta_tags
from scidex.kernel.errors import Refused

URL = "https://scidex.example.org/artifact/sx-06f4v1zr2k8m3q5t7w"
ARTICLE = {
    "id": "berg2020",
    "type": "article-journal",
    "title": "<i>APOE</i> and Aβ<sub>42</sub>",
    "author": [
        {"family": "Berg", "given": "Karl", "non-dropping-particle": "van den", "suffix": "Jr."},
        {"literal": "The ADNI Consortium"},
    ],
    "issued": {"date-parts": [[2020, 12, 3]]},
    "container-title": "Neuron",
    "volume": "107",
    "issue": "2",
    "page": "231–239",
    "DOI": "10.1016/j.neuron.2020.05.014",
    "PMID": "32502462",
    "ISSN": "0896-6273, 1097-4199",
    "language": "en",
    "publisher": "Elsevier",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
NAMES = st.lists(
    st.fixed_dictionaries(
        {}, optional={"family": st.text(max_size=20), "given": st.text(max_size=9), "literal": st.text(max_size=20)}
    ),
    max_size=3,
)
RECORDS = st.fixed_dictionaries(
    {"type": st.sampled_from(["article-journal", "book", "chapter", "dataset", "webpage", "report", "thesis", "song"])},
    optional={
        "title": st.text(max_size=50),
        "author": NAMES,
        "editor": NAMES,
        "issued": st.fixed_dictionaries({"date-parts": st.lists(st.lists(st.integers(1, 12), max_size=3), max_size=2)}),
        "page": st.text(max_size=20),
        "URL": st.text(max_size=20),
        "language": st.text(max_size=10),
        "container-title": st.text(max_size=20),
        "ISSN": st.text(max_size=20),
    },
)


def cited(**changes):
    given = {
        "artifact_id": "sx-06f4v1zr2k8m3q5t7w",
        "kind": "page",
        "title": "Tau",
        "version": 3,
        "pinned": False,
        "base_url": "https://scidex.example.org/",
        "created_by": "person:jane-doe",
        "recorded_at": datetime(2026, 3, 4, 12, tzinfo=UTC),
        "content_hash": "ab" * 32,
        "csl": None,
    }
    return cited_item(**given | changes)


def contents(item, name):
    return [content for each, content in meta_tags(item, url=URL) if each == name]


def test_a_page_is_cited_as_a_page_of_the_site_by_who_made_it():
    assert cited() == {
        "id": "sx-06f4v1zr2k8m3q5t7w",
        "type": "webpage",
        "title": "Tau",
        "author": [{"literal": "jane-doe"}],
        "container-title": "SciDEX",
        "version": "3",
        "issued": {"date-parts": [[2026, 3, 4]]},
        "URL": URL,
    }


def test_a_pinned_citation_names_the_version_in_its_address_its_key_and_its_hash():
    item = cited(pinned=True)
    assert item["URL"] == f"{URL}?version=3"
    assert item["id"] == "sx-06f4v1zr2k8m3q5t7w-v3"
    assert item["note"] == f"SHA-256: {'ab' * 32}"


@pytest.mark.parametrize(
    ("kind", "type_", "said"),
    [
        ("dataset", "dataset", {"publisher": "SciDEX", "genre": "Dataset"}),
        ("analysis", "report", {"publisher": "SciDEX", "genre": "Analysis"}),
        ("evidence-item", "webpage", {"container-title": "SciDEX", "genre": "Evidence item"}),
    ],
)
def test_each_kind_is_cited_as_what_it_is(kind, type_, said):
    item = cited(kind=kind)
    assert item["type"] == type_
    assert {name: item.get(name) for name in said} == said


@pytest.mark.parametrize(
    ("actor", "author"),
    [("software:scidex-importer", "SciDEX"), ("organization:who", "who"), ("person:j.doe", "j.doe")],
)
def test_the_author_is_the_actor_and_software_is_the_site(actor, author):
    assert cited(created_by=actor)["author"] == [{"literal": author}]


def test_the_day_of_a_version_is_that_of_universal_time():
    late = datetime(2026, 3, 4, 23, 30, tzinfo=timezone(-timedelta(hours=5)))
    assert cited(recorded_at=late)["issued"] == {"date-parts": [[2026, 3, 5]]}


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("berg2020", "berg2020"),
        ("10.1/x y", "sx-06f4v1zr2k8m3q5t7w"),
        ("a{b}", "sx-06f4v1zr2k8m3q5t7w"),
        ("", "sx-06f4v1zr2k8m3q5t7w"),
    ],
)
def test_a_publication_is_cited_as_itself_under_a_key_that_bibtex_can_read(key, kept):
    item = cited(kind="paper", pinned=True, csl={**ARTICLE, "id": key})
    assert item == {**ARTICLE, "id": kept}


def test_the_head_names_an_article_as_scholar_and_zotero_read_it():
    assert [tag for tag in meta_tags(ARTICLE, url=URL) if tag[0].startswith("citation_")] == [
        ("citation_title", "APOE and Aβ42"),
        ("citation_author", "van den Berg, Karl, Jr."),
        ("citation_author", "The ADNI Consortium"),
        ("citation_publication_date", "2020/12/03"),
        ("citation_journal_title", "Neuron"),
        ("citation_publisher", "Elsevier"),
        ("citation_volume", "107"),
        ("citation_issue", "2"),
        ("citation_firstpage", "231"),
        ("citation_lastpage", "239"),
        ("citation_doi", "10.1016/j.neuron.2020.05.014"),
        ("citation_pmid", "32502462"),
        ("citation_issn", "0896-6273"),
        ("citation_issn", "1097-4199"),
        ("citation_language", "en"),
        ("citation_public_url", URL),
        ("citation_abstract_html_url", URL),
    ]


def test_the_head_says_it_in_dublin_core_too():
    assert contents(ARTICLE, "DC.title") == ["APOE and Aβ42"]
    assert contents(ARTICLE, "DC.creator") == ["van den Berg, Karl, Jr.", "The ADNI Consortium"]
    assert contents(ARTICLE, "DC.date") == ["2020-12-03"]
    assert contents(ARTICLE, "DC.identifier") == ["doi:10.1016/j.neuron.2020.05.014", "pmid:32502462", URL]


@pytest.mark.parametrize(
    ("type_", "name"),
    [("chapter", "citation_inbook_title"), ("paper-conference", "citation_conference_title")],
)
def test_what_a_work_stands_in_has_the_name_of_its_type(type_, name):
    assert contents({**ARTICLE, "type": type_}, name) == ["Neuron"]
    assert not contents({**ARTICLE, "type": type_}, "citation_journal_title")


@pytest.mark.parametrize(
    ("page", "first", "last"),
    [
        ("12-19", ["12"], ["19"]),
        ("e0231", ["e0231"], []),
        ("S3 – S9", ["S3"], ["S9"]),
        ("1--4", ["1"], ["4"]),
        ("1-4, 9", ["1-4, 9"], []),
    ],
)
def test_pages_are_taken_apart_only_where_they_are_one_span(page, first, last):
    item = {**ARTICLE, "page": page}
    assert contents(item, "citation_firstpage") == first
    assert contents(item, "citation_lastpage") == last


@pytest.mark.parametrize(
    ("parts", "slashes", "dashes"),
    [([2019], "2019", "2019"), ([2019, 3], "2019/03", "2019-03"), ([987, 1, 2], "0987/01/02", "0987-01-02")],
)
def test_dates_are_as_exact_as_the_record(parts, slashes, dashes):
    item = {"type": "book", "issued": {"date-parts": [parts]}}
    assert contents(item, "citation_publication_date") == [slashes]
    assert json_ld(item, url=URL)["datePublished"] == dashes


def test_linked_data_puts_an_article_in_its_issue_volume_and_journal():
    described = json_ld(ARTICLE, url=URL)
    assert described["@type"] == "ScholarlyArticle"
    assert described["isPartOf"] == {
        "@type": "PublicationIssue",
        "issueNumber": "2",
        "isPartOf": {
            "@type": "PublicationVolume",
            "volumeNumber": "107",
            "isPartOf": {"@type": "Periodical", "name": "Neuron", "issn": ["0896-6273", "1097-4199"]},
        },
    }
    assert described["author"] == [
        {"@type": "Person", "name": "Karl van den Berg", "givenName": "Karl", "familyName": "van den Berg"},
        {"name": "The ADNI Consortium"},
    ]
    assert described["identifier"][0] == {
        "@type": "PropertyValue",
        "propertyID": "DOI",
        "value": "10.1016/j.neuron.2020.05.014",
        "url": "https://doi.org/10.1016/j.neuron.2020.05.014",
    }
    assert described["sameAs"] == [
        "https://doi.org/10.1016/j.neuron.2020.05.014",
        "https://pubmed.ncbi.nlm.nih.gov/32502462/",
    ]


def test_a_registered_trial_is_a_study_with_a_sponsor():
    trial = {"type": "webpage", "title": "Clarity AD", "number": "NCT03887455", "author": [{"literal": "Eisai Inc."}]}
    described = json_ld(trial, url=URL)
    assert described["@type"] == "MedicalStudy"
    assert described["sponsor"] == [{"name": "Eisai Inc."}]
    assert "author" not in described


def test_only_addresses_of_the_web_are_linked():
    for address in ("javascript:alert(1)", "data:text/html,x", "https://x/ y", 'https://x/"'):
        assert "sameAs" not in json_ld({"type": "webpage", "URL": address, "license": address}, url=URL)
        assert "license" not in json_ld({"type": "webpage", "URL": address, "license": address}, url=URL)


@given(value=JSON)
def test_linked_data_cannot_end_its_element_and_reads_back_as_it_was(value):
    script = json_ld_script({"x": value, "y": "</script><!--\u2028&"})
    assert not re.search("[<>&\u2028\u2029]", script)
    assert json.loads(script) == {"x": value, "y": "</script><!--\u2028&"}


@given(item=RECORDS)
def test_whatever_a_record_holds_tags_are_named_single_lines_and_nothing_is_empty(item):
    item = checked_item(item)
    for name, content in meta_tags(item, url=URL):
        assert re.fullmatch(r"(?:citation_[a-z_]+|DC\.[a-z]+)", name)
        assert content == content.strip() != ""
        assert len(content.splitlines()) == 1
    assert all(value not in ("", [], {}, None) for value in json_ld(item, url=URL).values())


def test_an_installation_without_a_processor_still_names_the_styles():
    assert list(CitationStyles.STYLES) == ["apa", "vancouver", "nature", "harvard", "ama", "chicago", "ieee", "mla"]
    for ask in (lambda: CitationStyles().format_all(ARTICLE), lambda: CitationStyles().in_text([ARTICLE], "apa")):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.cure


def test_initials_that_stand_together_are_two_names_and_other_scripts_are_left_alone() -> None:
    people = [
        {"family": "Pittenger", "given": "MF"},
        {"family": "王", "given": "明華"},
        {"family": "Doe", "given": "Jo"},
    ]
    item = cited_item(
        artifact_id="sx-1",
        kind="paper",
        title="T",
        version=1,
        pinned=False,
        base_url="http://x",
        created_by="person:a",
        recorded_at=datetime(2026, 1, 1, tzinfo=UTC),
        content_hash="0",
        csl={"type": "book", "title": "T", "author": people},
    )
    assert [each["given"] for each in item["author"]] == ["M. F.", "明華", "Jo"]
