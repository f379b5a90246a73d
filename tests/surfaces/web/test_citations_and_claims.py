"""The seed page with its bibliography and its claims: what a reader sees, what a reference manager gets, what a form does."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from surface_support import SEED, Library, filled, site_of

from scidex.atlas.bibliography.formats import FORMATS
from scidex.kernel.installation import Installation
from scidex.workflows.import_bibliography import import_bibliography

DATA = SEED.parents[1] / "data"


def data_file(name: str) -> Path:
    path = DATA / name
    if not path.is_file():
        pytest.fail(f"The data is missing: expected at ../shared/data/ beside the project ({name}).")
    return path


@pytest.fixture
def cited(scidex: Installation) -> Library:
    """The seed page, what its keys most likely stand for, and the verdicts on its statements."""
    library = filled(scidex)
    told = import_bibliography(scidex.door, data_file("references.json"), actor=scidex.actor)
    assert told.outcomes["refused"] == 0
    library.do("claim.load", table=data_file("claims.csv").read_text(), page=library.seed, name="claims.csv")
    return library


def page_of(library: Library) -> HTMLParser:
    return HTMLParser(library.get(f"/artifact/{library.seed}").text)


def test_the_two_styles_are_one_numbered_list_and_each_mark_says_how_sure_we_are(cited: Library) -> None:
    document = cited.json(f"/artifact/{cited.seed}")
    statuses = Counter(each["status"] for each in document["citations"] if not each["key"].isdigit())
    asked = json.loads(data_file("references.json").read_text())
    told = Counter(each["x-verification"]["status"] for each in asked)
    assert statuses == {
        "verified": told["verified"],
        "unverified": told["from-memory"],
        "ambiguous": told["ambiguous"],
        "unresolvable": told["unresolvable"],
    }
    assert [each["number"] for each in document["citations"]] == list(range(1, 52))
    page = page_of(cited)
    entries = {each["key"]: page.css_first(f"#ref-{each['number']}").text() for each in document["citations"]}
    assert "Multilineage potential" in entries["pittenger1999"]
    assert "doi:10.1126/science.284.5411.143" in entries["pittenger1999"]
    assert "PMID 10102814 (from memory)" in entries["pittenger1999"]
    assert "murine dermis" in entries["crigler2007"]
    assert "no list says what it is" in entries["1"]


def test_every_marker_has_a_card_and_a_flag_where_it_cannot_be_relied_on(cited: Library) -> None:
    page = page_of(cited)
    markers = page.css("sup.citation")
    assert len(markers) > 40
    for marker in markers:
        target = marker.css_first("a").attributes["href"]
        assert page.css_first(f'[id="{target[1:]}"]') is not None
        assert marker.css_first(".card-status").text().strip()
    flags = {re.sub(r"\d", "", each.text()) for each in page.css("sup.flagged .flag")}
    assert flags == {"ambiguous", "not found"}


def test_the_reader_sees_the_coverage_and_each_verdict_in_its_place(cited: Library) -> None:
    page = page_of(cited)
    line = " ".join(page.css_first(".coverage").text().split())
    assert line.startswith("71 statements: 59 cited, 0 verified by a checked passage, 4 contradicted, 6 unverifiable.")
    assert "39 supported, 22 partly, 4 contradicted, 6 unverifiable" in line
    assert len(page.css(".claim-entry")) == 71
    australia = next(each for each in page.css("p") if "Iran, Australia" in each.text())
    marks = australia.css("sup.claim-contradicted")
    assert [each.css_first("a").text() for each in marks] == ["✗", "✗"]
    assert any("BONE REPAIR" in each.css_first(".card").text() for each in marks)
    entry = next(each for each in page.css("details.claim-entry") if "C47" in each.text())
    assert "Against" in entry.text()
    assert "For" in entry.text()


def test_the_correction_is_proposed_and_accepting_it_keeps_the_original(cited: Library) -> None:
    document = cited.json(f"/artifact/{cited.seed}")
    proposals = [each for each in document["corrections"] if "Australia" in each["original"]]
    assert [each["decision"] for each in proposals] == ["open"]
    assert (
        "Iran, Australia"
        in page_of(cited).css_first("#corrections del").text() + page_of(cited).css_first("#corrections").text()
    )
    cited.do("correction.accept", ref=proposals[0]["id"])
    after = page_of(cited)
    assert any("Iran, Australia" in each.text() for each in after.css(".body s"))
    assert "Iran, Australia" in cited.get(f"/artifact/{cited.seed}?version=1").text


def test_a_claim_leads_to_its_own_page_and_its_sources(cited: Library) -> None:
    document = cited.json(f"/artifact/{cited.seed}")
    claim = next(each for each in document["claims"] if each["label"] == "C11")
    page = HTMLParser(cited.get(f"/artifact/{claim['id']}").text)
    assert "MSCs can be obtained from bone marrow." in page.css_first("h1").text()
    assert "Multilineage potential" in page.css_first(".sides").text()
    assert "not counted: quote not checked" in page.css_first(".sides").text()


def test_a_retraction_is_seen_by_every_page_and_claim_and_embed_that_leans_on_the_work(cited: Library) -> None:
    work = cited.json("/citations?q=doi:10.1126/science.284.5411.143")["resolved"][0]["work"]
    cited.do("paper.mark", ref=work, notice="retraction", date="2026-11-01", reason="A test of the notice.")
    number = next(
        each["number"] for each in cited.json(f"/artifact/{cited.seed}")["citations"] if each["key"] == "pittenger1999"
    )
    for address in (f"/artifact/{cited.seed}", f"/artifact/{cited.seed}?embed=1"):
        page = HTMLParser(cited.get(address).text)
        assert "retracted" in page.css_first(f"#ref-{number}").text()
        assert "retracted" in {each.text() for each in page.css("sup.flagged .flag")}
    assert "leaning on a retracted work" in page_of(cited).css_first(".coverage").text()
    leaning = cited.json(f"/artifact/{work}/dependents")
    assert leaning["claims_total"] == 2
    assert cited.seed in {each["id"] for each in leaning["pages"]}
    assert "Nothing that rests on this work counts any more" in cited.get(f"/artifact/{work}").text
    assert "retracted" in cited.get(f"/artifact/{work}/cite").text
    cited.do("paper.unmark", ref=work, notice="retraction", reason="It was a test.")
    assert "retracted" not in page_of(cited).css_first(f"#ref-{number}").text()


@pytest.mark.parametrize(("media_type", "name"), [(each.media_types[0], name) for name, each in FORMATS.items()])
def test_an_address_answers_reference_managers_in_their_own_format(cited: Library, media_type: str, name: str) -> None:
    work = cited.json("/citations?q=doi:10.1126/science.284.5411.143")["resolved"][0]["work"]
    answer = cited.get(f"/artifact/{work}", Accept=f"{media_type}, text/html;q=0.5")
    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    read = list(FORMATS[name].read([answer.body]))
    assert [(each.item["title"], each.item["DOI"]) for each in read] == [
        ("Multilineage potential of adult human mesenchymal stem cells", "10.1126/science.284.5411.143")
    ]
    assert cited.get(f"/artifact/{work}", Accept="text/html").headers["content-type"].startswith("text/html")


def test_the_page_of_a_work_says_what_it_is_to_reference_managers(cited: Library) -> None:
    work = cited.json("/citations?q=doi:10.1126/science.284.5411.143")["resolved"][0]["work"]
    page = HTMLParser(cited.get(f"/artifact/{work}").text)
    tags = [(node.attributes["name"], node.attributes["content"]) for node in page.css("meta[name]")]
    assert ("citation_title", "Multilineage potential of adult human mesenchymal stem cells") in tags
    assert ("citation_doi", "10.1126/science.284.5411.143") in tags
    assert ("citation_firstpage", "143") in tags
    assert sum(name == "citation_author" for name, _ in tags) == 10
    told = json.loads(page.css_first('script[type="application/ld+json"]').text())
    assert told["@type"] == "ScholarlyArticle"
    links = cited.get(f"/artifact/{work}").headers["link"]
    assert 'rel="describedby"; type="application/x-bibtex"' in links


def test_an_identifier_is_an_address(cited: Library) -> None:
    work = cited.json("/citations?q=doi:10.1126/science.284.5411.143")["resolved"][0]["work"]
    for name in ("doi:10.1126/science.284.5411.143", "https://doi.org/10.1126/science.284.5411.143", "PMID:10102814"):
        assert cited.get(f"/work/{name}").headers["location"] == f"/artifact/{work}"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("pittenger1999", "verified"),
        ("[@kim2020a]", "ambiguous"),
        ("plotnikov2013", "unresolvable"),
        ("doi:10.5555/nowhere", "unresolved"),
        ("Pittenger MF. Multilineage potential of adult human mesenchymal stem cells. Science 1999.", "verified"),
        (
            "Aggarwal S. A trial of something else entirely, in rats. Blood 2005. doi:10.1126/science.284.5411.143",
            "mismatch",
        ),
        ("doi:10.1126/science.284.5411.143 PMID:27784774", "mismatch"),
        ("PMID:10102814", "unverified"),
    ],
)
def test_what_is_pasted_is_resolved_to_a_work_or_an_open_question(cited: Library, asked: str, status: str) -> None:
    answer = cited.json(f"/citations?{urlencode({'q': asked})}")["resolved"][0]
    assert answer["status"] == status
    assert answer["says"]
    assert cited.get(f"/citations?{urlencode({'q': asked})}").status == 200


HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> [x](javascript:alert(1)) \\input{/etc/passwd} {{7*7}}"
)


def test_hostile_words_in_records_claims_and_corrections_stay_words(empty: Library) -> None:
    csl = {
        "type": "book",
        "title": HOSTILE,
        "author": [{"literal": HOSTILE}],
        "DOI": '10.5555/"><script>',
        "abstract": HOSTILE,
    }
    work = empty.do("artifact.create", kind="paper", content={"csl": csl, "key": HOSTILE}).id
    lead = f"It works [@a]. \ue0c0999\ue0c1 {HOSTILE}"
    page = empty.do(
        "artifact.create",
        kind="page",
        content={"title": HOSTILE, "lead": lead, "references": [{"key": "a", "text": HOSTILE}]},
    ).id
    claim = empty.do("claim.add", statement=HOSTILE, page=page, passage="It works [@a].", label=HOSTILE[:60]).id
    empty.do("claim.judge", ref=claim, verdict="contradicted", note=HOSTILE, sources=HOSTILE)
    empty.do("correction.propose", page=page, original="It works [@a].", proposed=HOSTILE, reason=HOSTILE)
    empty.do("evidence.add", claim=claim, source=work, stance="supports", note=HOSTILE)
    empty.do("paper.mark", ref=work, notice="retraction", reason=HOSTILE)
    for address in (
        f"/artifact/{page}",
        f"/artifact/{claim}",
        f"/artifact/{work}",
        f"/artifact/{work}/cite",
        "/citations",
        f"/artifact/{work}/dependents",
    ):
        answer = empty.get(address)
        assert answer.status == 200, address
        tree = HTMLParser(answer.text)
        assert not tree.css("img[onerror], [onerror], a[href^='javascript']"), address
        assert all(
            node.attributes.get("src") or node.attributes.get("type") == "application/ld+json"
            for node in tree.css("script")
        )
        assert "49" not in (tree.css_first("h1").text() or ""), address
    assert "\ue0c0" not in empty.get(f"/artifact/{page}").text


def test_forms_are_shown_to_nobody_and_write_for_nobody_who_is_not_signed_in(cited: Library) -> None:
    claim = cited.json(f"/artifact/{cited.seed}")["claims"][0]["id"]
    page = cited.get(f"/do/claim.judge?ref={claim}")
    assert page.status == 200
    assert page.headers["cache-control"] == "no-store"
    assert "You are not signed in" in page.text
    assert "<textarea" not in page.text
    assert cited.client.request("POST", f"/do/claim.judge?ref={claim}").status in (400, 401, 403, 415)
    assert cited.get("/do/import.store").status == 404
    assert cited.get("/do/no.verb").status == 404


def test_as_of_a_moment_shows_the_citations_of_that_moment(scidex: Installation) -> None:
    library = filled(scidex)
    before = library.json(f"/artifact/{library.seed}")["recorded_at"]
    import_bibliography(scidex.door, data_file("references.json"), actor=scidex.actor)
    now = {each["status"] for each in library.json(f"/artifact/{library.seed}")["citations"]}
    then = {each["status"] for each in library.json(f"/artifact/{library.seed}?as_of={before}")["citations"]}
    assert "verified" in now
    assert then == {"unresolved"}


def test_another_site_shows_its_own_address_in_a_citation(scidex: Installation) -> None:
    library = filled(scidex)
    client = site_of(scidex, host="lab.example")
    assert "http://lab.example/artifact/" in client.get(f"/artifact/{library.seed}/cite.bib").text
