"""The page of answers, its JSON, and what the box suggests."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser
from surface_support import Library

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '"' * 2_000,
    "a OR " * 2_000,
    "(" * 5_000,
    "kind:nothing",
    "year:..",
    "field:x^9~2 AND [a TO b]",
    ".*|(a+)+$",
    "\u202egnitset",
    "-" * 5_000,
    "* * *",
    "{{7*7}}",
    "'; DROP TABLE artifacts; --",
]


def page(library: Library, text: str, **more: str) -> LexborHTMLParser:
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    answer = library.get(f"/search?q={quote(text)}{extra}")
    assert answer.status == 200, answer.text
    return LexborHTMLParser(answer.text)


def test_answers_are_links_with_their_passages(library: Library) -> None:
    found = page(library, "exosome therapy")
    first = found.css_first(".hits li")
    assert "Exosome Therapy" in first.css_first("h2 a").text()
    assert first.css_first("h2 a").attributes["href"].startswith("/artifact/sx-")
    assert {mark.text().lower() for mark in first.css("mark")} <= {"exosome", "exosomes", "therapy", "therapies"}
    assert first.css("p mark")
    assert "by their words" in found.css_first("[role=status]").text()


def test_a_page_and_its_json_say_the_same(library: Library) -> None:
    found = page(library, "stem cell")
    told = library.json("/search?q=stem%20cell")
    assert [link.attributes["href"] for link in found.css(".hits h2 a")] == [hit["address"] for hit in told["hits"]]
    assert f"{told['total']} found" in found.css_first("[role=status]").text()
    assert told["mode"] == "words"
    for hit in told["hits"]:
        for start, end in hit["passage"]["marks"]:
            assert re.fullmatch(r"\w+", hit["passage"]["text"][start:end])


def test_a_facet_narrows_and_is_taken_back(library: Library) -> None:
    found = page(library, "cell")
    link = next(each for each in found.css(".facets a") if each.text().strip() == "disease")
    narrowed = LexborHTMLParser(library.get(link.attributes["href"]).text)
    assert len(narrowed.css(".hits li")) < len(found.css(".hits li")) or narrowed.css_first(".facets")
    assert all("disease" in each.text() for each in narrowed.css(".hits .kicker"))
    chosen = narrowed.css_first(".facets a[aria-current]")
    assert LexborHTMLParser(library.get(chosen.attributes["href"]).text).css_first("#q").attributes["value"] == "cell"


def test_answers_go_on_on_the_next_page(library: Library) -> None:
    first = page(library, "cell OR therapy OR the")
    following = first.css_first("a[rel=next]").attributes["href"]
    second = LexborHTMLParser(library.get(following).text)
    seen = {link.attributes["href"] for link in first.css(".hits h2 a")}
    assert seen.isdisjoint(link.attributes["href"] for link in second.css(".hits h2 a"))
    assert second.css_first("ol.hits").attributes["start"] == "11"


def test_nothing_found_helps_on(library: Library) -> None:
    found = page(library, "+mesenchimal")
    assert found.css_first(".meant a").text() == "+mesenchymal"
    assert "Nothing here matches" in found.css_first(".empty h2").text()
    assert LexborHTMLParser(library.get(found.css_first(".meant a").attributes["href"]).text).css(".hits li")
    assert "What are you looking for?" in page(library, "").css_first(".empty h2").text()


def test_every_page_has_the_box(library: Library) -> None:
    box = LexborHTMLParser(library.get("/").text).css_first("form[role=search] input")
    assert box.attributes["name"] == "q"
    assert box.parent.attributes["action"] == "/search"


def test_suggestions(library: Library) -> None:
    told = library.get("/search/suggest?q=mesench").json()
    assert {"Mesenchymal stromal cell", "Mesenchymal stem cell therapy"} <= {
        each["title"] for each in told["suggestions"]
    }
    assert all(each["title"][slice(*each["marks"][0])] == "Mesenchymal" for each in told["suggestions"])
    assert library.get("/search/suggest?q=").json()["suggestions"] == []


def test_the_answer_is_sent_once_while_nothing_happens(library: Library) -> None:
    first = library.get("/search?q=cell")
    assert library.get("/search?q=cell", If_None_Match=first.headers["etag"]).status == 304


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/search?q=a&mode=magic", 400),
        ("/search?q=a&offset=200", 400),
        ("/search?q=a&offset=-1", 400),
        ("/search?q=a&offset=%C2%B2", 400),
        ("/search?q=a&offset=99999999999999999999", 400),
        ("/search?q=%00", 400),
        ("/search/suggest?q=%00", 400),
        ("/search?q=a&offset=190", 200),
        ("/search", 200),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_cure(library: Library, address: str, status: int) -> None:
    answer = library.get(address)
    assert answer.status == status
    told = library.get(address, Accept="application/json")
    assert told.status == status
    assert status == 200 or told.json()["error"]["message"]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_question_gets_an_answer_without_markup(library: Library, text: str) -> None:
    found = page(library, text)
    assert len(found.css("script")) == 1
    assert not found.css("main img")
    assert library.json(f"/search?q={quote(text)}")["total"] >= 0
    assert library.get(f"/search/suggest?q={quote(text)}").status == 200


def test_a_title_with_markup_is_shown_as_text(own_library: Library) -> None:
    content = {"title": "<b>Bold</b> & “quoted” zebrafish", "body": "A <script>x</script> zebrafish."}
    own_library.do("artifact.create", kind="page", content=content)
    found = page(own_library, "zebrafish")
    assert found.css_first(".hits h2 a").text() == content["title"]
    assert not found.css(".hits script, .hits b")


def test_the_index_of_the_api_names_it(library: Library) -> None:
    assert library.get("/api/v1/").json()["search"] == "http://testserver/search?q={query}"
