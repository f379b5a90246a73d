"""What each service's record becomes, and how each is asked. The records are invented, their structure is documented."""

from __future__ import annotations

import json
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded import World, recorded, reply, says

from scidex.atlas.bibliography.csl import checked_item
from scidex.atlas.ports import NoticeType, Reason

DOI = "10.5555/lantern.2019.07"
NO_RESULTS = b'{"version":"6.9","hitCount":0,"resultList":{"result":[]}}'


def the_one(result):
    assert not result.silent, result.silent
    (found,) = result.found
    assert checked_item(found.item) == found.item
    return found


def test_crossref_gives_a_citable_record(world: World) -> None:
    lookup, _ = world.lookup("crossref", says(recorded("crossref-work.json")))
    item = the_one(lookup.look_up("doi", DOI)).item
    assert item["type"] == "article-journal"
    assert item["title"] == (
        "Effects of <i>in vivo</i> lantern light on CO<sub>2</sub> uptake & sleep: A randomised trial"
    )
    assert item["author"] == [
        {"family": "Fernandel", "given": "Ada Q."},
        {"family": "van Hagen", "given": "Bo", "suffix": "Jr"},
        {"literal": "LANTERN Study Group"},
    ]
    assert (item["container-title"], item["container-title-short"]) == ("Journal of Invented Luminance", "J Inv Lumin")
    assert (item["volume"], item["issue"], item["page"], item["number"]) == ("12", "3", "101-110", "e0107")
    assert item["issued"] == {"date-parts": [[2019, 3]]}
    assert item["available-date"] == {"date-parts": [[2018, 12, 20]]}
    assert (item["DOI"], item["ISSN"], item["language"]) == (DOI, "0000-0019", "en")
    assert item["license"] == "https://license.example.org/by/4.0/"
    assert item["custom"]["relation"] == {"has-preprint": ["doi:10.5555/preprint.77"]}


def test_crossref_abstracts_are_plain_paragraphs(world: World) -> None:
    lookup, _ = world.lookup("crossref", says(recorded("crossref-work.json")))
    found = the_one(lookup.look_up("doi", DOI))
    assert found.abstract == "Background\nLight at night was measured at 5 lx (p < 0.05).\nNothing else."


def test_crossref_tells_each_notice_once_with_its_date(world: World) -> None:
    lookup, _ = world.lookup("crossref", says(recorded("crossref-work.json")))
    found = the_one(lookup.look_up("doi", DOI))
    assert [(each.type, each.date, each.identifiers) for each in found.notices] == [
        (NoticeType.RETRACTION, "2020-06-01", ("doi:10.5555/lantern.2020.ret",)),
        (NoticeType.CONCERN, "2019-11", ("doi:10.5555/lantern.2019.eoc",)),
    ]
    assert found.notices[0].url == "https://doi.org/10.5555/lantern.2020.ret"
    assert found.registrations == ("nct:NCT09999901", "ISRCTN00000000")


def test_a_notice_of_retraction_is_not_itself_retracted(world: World) -> None:
    lookup, _ = world.lookup("crossref", says(recorded("crossref-notice.json")))
    found = the_one(lookup.look_up("doi", "10.5555/lantern.2020.ret"))
    assert found.notices == ()
    assert found.item["custom"]["update-to"][0]["identifiers"] == [f"doi:{DOI}"]


def test_crossref_is_asked_about_many_at_once_and_odd_dois_by_themselves(world: World) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return reply(recorded("crossref-list.json")) if "filter" in str(request.url) else reply(status=404)

    lookup, services = world.lookup("crossref", answer)
    results = lookup.look_up_many("doi", ["10.5555/a", "10.5555/B", "10.5555/missing", "10.5555/odd,doi:10.5555/z"])
    assert [value for value, result in results.items() if result.found] == ["10.5555/a", "10.5555/b"]
    assert results["10.5555/missing"].without == ("crossref",)
    assert results["10.5555/odd,doi:10.5555/z"].without == ("crossref",)
    assert sorted(request.url.params.get("filter", "") for request in services.asked) == [
        "",
        "doi:10.5555/a,doi:10.5555/b,doi:10.5555/missing",
    ]


def test_a_chapter_has_its_book_and_its_series_apart(world: World) -> None:
    lookup, _ = world.lookup("crossref", says(recorded("crossref-list.json")))
    found = the_one(lookup.look_up_many("doi", ["10.5555/a", "10.5555/b"])["10.5555/a"])
    item = found.item
    assert (item["type"], item["container-title"], item["collection-title"]) == (
        "chapter",
        "The Book of Lanterns",
        "Invented Lecture Notes",
    )
    assert item["ISBN"] == "9780306406157"
    assert found.identifiers == ("doi:10.5555/a",)  # the book's number does not name the chapter
    assert "issued" not in item


def test_crossref_searches_with_words_only(world: World) -> None:
    lookup, services = world.lookup("crossref", says(recorded("crossref-list.json")))
    result = lookup.search(title='Lanterns & "light", (again)', author="Fernandel, A.", year=2019, limit=2)
    assert [found.identifiers[0] for found in result.found] == ["doi:10.5555/b", "doi:10.5555/a"]
    asked = services.asked[0].url.params
    assert asked["query.bibliographic"] == "Lanterns light again"
    assert asked["query.author"] == "Fernandel A"
    assert asked["filter"] == "from-pub-date:2018,until-pub-date:2020"


@pytest.mark.parametrize("service", ["crossref", "openalex", "europe-pmc", "pubmed"])
@pytest.mark.parametrize(
    "doi",
    [
        "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o",
        "10.5555/a#b?c=d&e",
        "10.5555/100%25",
        "10.5555/../../etc",
        '10.5555/a"b\\c',
        "10.5555/ä",
    ],
)
def test_a_doi_with_odd_characters_is_asked_for_as_it_is(world: World, service: str, doi: str) -> None:
    lookup, services = world.lookup(service, says(NO_RESULTS, 404 if service in ("crossref", "openalex") else 200))
    lookup.look_up("doi", doi)
    url = services.asked[0].url
    if service in ("crossref", "openalex"):
        path = url.raw_path.decode()
        assert url.query == b""
        assert unquote(path.removeprefix("/works/").removeprefix("doi:")) == unquote(doi)
        assert "/" not in path.removeprefix("/works/")
    elif service == "europe-pmc":
        assert url.params["query"] == 'DOI:"' + unquote(doi).replace("\\", "\\\\").replace('"', '\\"') + '"'
    else:
        assert url.params["term"] == '"' + unquote(doi).replace('"', " ") + '"[doi]'
    assert len(url.params.multi_items()) <= 7


def test_pubmed_gives_record_notices_and_registrations(world: World) -> None:
    lookup, services = world.lookup("pubmed", says(recorded("pubmed-set.xml")))
    found = the_one(lookup.look_up("pmid", "99000001"))
    assert found.identifiers == (f"doi:{DOI}", "pmid:99000001", "pmcid:PMC9900001")
    assert found.item["title"].startswith("Effects of <i>in vivo</i> lantern light on CO<sub>2</sub> uptake")
    assert found.item["author"] == [{"family": "Fernandel", "given": "Ada Q"}, {"literal": "LANTERN Study Group"}]
    assert [(each.type, each.date, each.identifiers) for each in found.notices] == [
        (NoticeType.RETRACTION, "2020-06", ("doi:10.5555/lantern.2020.ret", "pmid:99000009")),
        (NoticeType.CORRECTION, "2019-05-04", ()),
    ]
    assert found.registrations == ("nct:NCT09999901",)
    assert "Light was measured." in found.abstract
    asked = services.asked[0].url.params
    assert (asked["db"], asked["id"], asked["tool"], asked["email"]) == (
        "pubmed",
        "99000001",
        "scidex",
        "ada@lab.example",
    )


def test_pubmed_finds_a_doi_by_search_and_checks_that_it_is_the_one(world: World) -> None:
    found_two = says(recorded("pubmed-search.json"))
    lookup, services = world.lookup("pubmed", found_two, says(recorded("pubmed-set.xml")))
    assert the_one(lookup.look_up("doi", DOI)).address == "https://pubmed.ncbi.nlm.nih.gov/99000001/"
    assert services.asked[1].url.params["id"] == "99000009,99000001"
    lookup, _ = world.lookup("pubmed", found_two, says(recorded("pubmed-set.xml")))
    (silence,) = lookup.look_up("doi", "10.5555/something.else").silent
    assert silence.reason is Reason.OTHER_RECORD


def test_pubmed_that_finds_nothing_has_no_such_record(world: World) -> None:
    lookup, services = world.lookup("pubmed", says(b'{"esearchresult":{"count":"0","idlist":[]}}'))
    assert lookup.look_up("pmcid", "PMC42").without == ("pubmed",)
    assert services.asked[0].url.params["term"] == "PMC42[pmcid]"
    empty = b'<?xml version="1.0"?><PubmedArticleSet></PubmedArticleSet>'
    lookup, _ = world.lookup("pubmed", says(empty))
    assert lookup.look_up("pmid", "1").without == ("pubmed",)


def test_pubmed_that_searches_for_something_else_instead_has_no_such_record(world: World) -> None:
    answer = json.loads(recorded("pubmed-search.json"))
    answer["esearchresult"]["warninglist"] = {"quotedphrasesnotfound": ['"10.5555/unknown"']}
    lookup, services = world.lookup("pubmed", says(json.dumps(answer).encode()))
    assert lookup.look_up("doi", "10.5555/unknown").without == ("pubmed",)
    assert len(services.asked) == 1


def test_a_title_keeps_the_stop_of_its_initials(world: World) -> None:
    answer = json.loads(recorded("europe-pmc.json"))
    answer["resultList"]["result"][1]["title"] = "Lanterns in the U.S."
    lookup, _ = world.lookup("europe-pmc", says(json.dumps(answer).encode()))
    assert the_one(lookup.look_up("pmid", "99000001")).item["title"] == "Lanterns in the U.S."


def test_ncbis_answer_400_is_told_apart_by_what_it_says(world: World) -> None:
    unknown = b"<eFetchResult><ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR></eFetchResult>"
    lookup, services = world.lookup("pubmed", says(unknown, 400))
    assert lookup.look_up("pmid", "1").without == ("pubmed",)
    assert len(services.asked) == 1
    trouble = b"<eFetchResult><ERROR>proxy_stream() failed</ERROR></eFetchResult>"
    lookup, services = world.lookup("pubmed", says(trouble, 400), says(recorded("pubmed-set.xml")))
    assert the_one(lookup.look_up("pmid", "99000001"))


@pytest.mark.parametrize(
    "body",
    [
        recorded("pubmed-set.xml")[:3000],
        b"<html><body>Error</body></html>",
        b"not xml",
        b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><PubmedArticleSet>&c;</PubmedArticleSet>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><PubmedArticleSet>&a;</PubmedArticleSet>',
    ],
    ids=["truncated", "html", "text", "entities", "external"],
)
def test_xml_that_is_no_answer_is_not_taken(world: World, body: bytes) -> None:
    lookup, _ = world.lookup("pubmed", says(body))
    (silence,) = lookup.look_up("pmid", "99000001").silent
    assert silence.reason is Reason.UNREADABLE


def test_pubmed_is_asked_about_two_hundred_at_once(world: World) -> None:
    lookup, services = world.lookup("pubmed", says(recorded("pubmed-set.xml")))
    numbers = [str(99000001 + step) for step in range(250)]
    results = lookup.look_up_many("pmid", numbers)
    assert [len(request.url.params["id"].split(",")) for request in services.asked] == [200, 50]
    assert [number for number, result in results.items() if result.found] == ["99000001", "99000009"]
    assert results["99000002"].without == ("pubmed",)


def test_pubmed_finds_many_dois_with_few_searches(world: World) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return reply(recorded("pubmed-search.json" if "esearch" in request.url.path else "pubmed-set.xml"))

    lookup, services = world.lookup("pubmed", answer)
    results = lookup.look_up_many("doi", [DOI, *(f"10.5555/{number}" for number in range(29))])
    assert [doi for doi, result in results.items() if result.found] == [DOI]
    assert results["10.5555/7"].without == ("pubmed",)
    assert [request.url.path.rpartition("/")[2] for request in services.asked] == ["esearch.fcgi"] * 2 + ["efetch.fcgi"]
    assert services.asked[1].url.params["term"].count(" OR ") == 4
    assert services.asked[2].url.params["id"] == "99000009,99000001"
    assert max(map(len, services.addresses)) < 2000


def test_pubmed_keeps_the_order_of_its_search(world: World) -> None:
    lookup, services = world.lookup("pubmed", says(recorded("pubmed-search.json")), says(recorded("pubmed-set.xml")))
    result = lookup.search(title="Lantern [au] OR light", author="Fernandel A", year=2019, limit=5)
    assert [found.identifiers[-1] for found in result.found] == ["pmid:99000009", "pmcid:PMC9900001"]
    term = services.asked[0].url.params["term"]
    assert term == "Lantern[ti] AND au[ti] AND OR[ti] AND light[ti] AND Fernandel A[au] AND 2018:2020[dp]"


def test_europe_pmc_prefers_the_paper_to_its_preprint_and_tells_its_notices(world: World) -> None:
    lookup, services = world.lookup("europe-pmc", says(recorded("europe-pmc.json")))
    found = the_one(lookup.look_up("doi", DOI))
    assert found.address == "https://europepmc.org/article/MED/99000001"
    assert found.identifiers == (f"doi:{DOI}", "pmid:99000001", "pmcid:PMC9900001")
    item = found.item
    assert (item["type"], item["language"], item["license"]) == ("article-journal", "en", "cc by")
    assert item["title"] == "Effects of <i>in vivo</i> lantern light on CO<sub>2</sub> uptake"
    assert item["issued"] == {"date-parts": [[2019, 3]]}
    assert item["available-date"] == {"date-parts": [[2018, 12, 20]]}
    assert item["author"][1] == {"literal": "LANTERN Study Group"}
    assert found.abstract == "Background\nLight was measured.\nResults\nIt was dark."
    assert [(each.type, each.identifiers) for each in found.notices] == [
        (NoticeType.RETRACTION, ("pmid:99000009",)),
        (NoticeType.CONCERN, ("pmid:99000008",)),
    ]
    assert services.asked[0].url.params["resultType"] == "core"


def test_a_retraction_known_only_from_the_publication_type_is_told(world: World) -> None:
    answer = json.loads(recorded("europe-pmc.json"))
    del answer["resultList"]["result"][1]["commentCorrectionList"]
    lookup, _ = world.lookup("europe-pmc", says(json.dumps(answer).encode()))
    (notice,) = the_one(lookup.look_up("pmid", "99000001")).notices
    assert (notice.type, notice.identifiers, notice.url) == (NoticeType.RETRACTION, (), "")


def test_europe_pmc_is_asked_about_many_at_once(world: World) -> None:
    lookup, services = world.lookup("europe-pmc", says(recorded("europe-pmc.json")))
    results = lookup.look_up_many("pmcid", ["PMC9900001", "PMC2"])
    assert services.asked[0].url.params["query"] == "(PMCID:PMC9900001) OR (PMCID:PMC2)"
    assert the_one(results["PMC9900001"])
    assert results["PMC2"].without == ("europe-pmc",)


def test_openalex_gives_identifiers_abstract_and_retraction(world: World) -> None:
    lookup, services = world.lookup("openalex", says(recorded("openalex-work.json")), openalex_key="K1")
    found = the_one(lookup.look_up("arxiv", "2101.00001v2"))
    assert found.identifiers == (
        "doi:10.48550/arxiv.2101.00001",
        "pmid:99000002",
        "pmcid:PMC9900002",
        "arxiv:2101.00001",
        "openalex:W9900000001",
    )
    assert found.abstract == "Lanterns were counted; they were seven."
    assert [each.type for each in found.notices] == [NoticeType.RETRACTION]
    assert found.item["author"] == [
        {"family": "Fernandel", "given": "Ada Q."},
        {"family": "Hagen", "given": "Bo", "non-dropping-particle": "van der"},
        {"literal": "LANTERN Study Group"},
    ]
    assert (found.item["type"], found.item["genre"], found.item["page"]) == ("article", "preprint", "7")
    assert services.addresses == ["https://api.openalex.org/works/doi:10.48550%2Farxiv.2101.00001?api_key=K1"]


def test_openalex_is_asked_about_many_at_once(world: World) -> None:
    body = b'{"meta":{"count":1},"results":[' + recorded("openalex-work.json") + b"]}"
    lookup, services = world.lookup("openalex", says(body))
    results = lookup.look_up_many("pmid", ["99000002", "3"])
    assert services.asked[0].url.params["filter"] == "ids.pmid:99000002|3"
    assert the_one(results["99000002"])
    assert results["3"].without == ("openalex",)


def test_a_merged_openalex_record_is_reported_not_taken(world: World) -> None:
    merged = says(status=301, location="https://api.openalex.org/works/W9900000001")
    lookup, _ = world.lookup("openalex", merged, says(recorded("openalex-work.json")))
    (silence,) = lookup.look_up("openalex", "W55").silent
    assert silence.reason is Reason.OTHER_RECORD


def test_a_place_in_an_abstract_beyond_all_bounds_takes_no_room(world: World) -> None:
    record = {
        **json.loads(recorded("openalex-work.json")),
        "abstract_inverted_index": {"a": [10**15], "b": [-1, "x", True]},
    }
    lookup, _ = world.lookup("openalex", says(json.dumps(record).encode()))
    assert the_one(lookup.look_up("openalex", "W9900000001")).abstract == "b a"


def test_a_registration_gives_the_trial_in_its_own_words(world: World) -> None:
    lookup, services = world.lookup("clinicaltrials", says(recorded("clinicaltrials-study.json")))
    found = the_one(lookup.look_up("nct", "NCT09999901"))
    assert found.registrations == ("nct:NCT09999901", "2018-000000-00")
    assert found.address == "https://clinicaltrials.gov/study/NCT09999901"
    assert found.item["author"] == [{"literal": "Invented University"}]
    assert found.item["title"] == "A Randomised Trial of Lantern Light on Sleep"
    assert found.item["issued"] == {"date-parts": [[2017, 12, 4]]}
    assert found.abstract == "Does lantern light change sleep?\nIt is asked here."
    trial = found.item["custom"]["clinicaltrials"]
    assert (trial["status"], trial["why-stopped"], trial["start-date"]) == ("TERMINATED", "Too dark", "2018-01-15")
    assert (trial["phases"], trial["enrollment"], trial["enrollment-type"]) == (["PHASE2", "PHASE3"], 120, "ACTUAL")
    assert trial["arms"][1] == {"label": "Dark", "type": "SHAM_COMPARATOR"}
    assert trial["interventions"] == [{"type": "DEVICE", "name": "Lantern", "description": "A lantern"}]
    assert trial["primary-outcomes"] == [
        {"measure": "Hours asleep", "time-frame": "12 weeks", "description": "By diary"}
    ]
    assert trial["references"] == [{"pmid": "99000001", "type": "RESULT"}]
    assert services.asked[0].url.params["fields"] == "protocolSection"


def test_an_earlier_number_of_a_trial_leads_to_it(world: World) -> None:
    lookup, _ = world.lookup("clinicaltrials", says(recorded("clinicaltrials-study.json")))
    assert the_one(lookup.look_up("nct", "NCT09999801")).identifiers[0] == "nct:NCT09999901"


def test_registrations_are_asked_for_many_at_once_and_searched(world: World) -> None:
    body = b'{"studies":[' + recorded("clinicaltrials-study.json") + b"]}"
    lookup, services = world.lookup("clinicaltrials", says(body))
    results = lookup.look_up_many("nct", ["NCT09999901", "NCT00000002"])
    assert the_one(results["NCT09999901"])
    assert results["NCT00000002"].without == ("clinicaltrials",)
    assert the_one(lookup.search(title="lantern", author="Invented University", year=2018))
    asked = services.asked[1].url.params
    assert asked["filter.advanced"] == "AREA[StartDate]RANGE[2017-01-01,2019-12-31]"


SINGLE = {
    "crossref": ("doi", DOI, "crossref-work.json"),
    "europe-pmc": ("pmid", "99000001", "europe-pmc.json"),
    "openalex": ("openalex", "W9900000001", "openalex-work.json"),
    "clinicaltrials": ("nct", "NCT09999901", "clinicaltrials-study.json"),
}
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value, path=()):
    """The path of each value inside a JSON value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*path, key))


def with_value(value, path, new):
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = with_value(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("service", SINGLE)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_stands_in_a_record_it_is_found_in_form_or_reported(
    world: World, service: str, data: st.DataObject
) -> None:
    scheme, value, name = SINGLE[service]
    record = json.loads(recorded(name))
    path = data.draw(st.sampled_from(list(places(record))))
    body = json.dumps(with_value(record, path, data.draw(ANYTHING))).encode()
    (world.data / "lookup.sqlite").unlink(missing_ok=True)
    lookup, _ = world.lookup(service, says(body))
    result = lookup.look_up(scheme, value)
    assert len(result.found) + len(result.silent) + len(result.without) == 1
    for found in result.found:
        assert checked_item(found.item) == found.item
        assert f"{scheme}:{value}" in found.identifiers
