"""The graph as a reader meets it: every page and its JSON, drawings that harm nobody, the queues, and what pages say of it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from io import BytesIO
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from surface_support import Library, filled

from scidex.atlas.graph.formats import FORMATS
from scidex.atlas.graph.ports import Ontology
from scidex.kernel.content import content_folder
from scidex.kernel.installation import Installation
from scidex.workflows.ground import ground_library
from scidex.workflows.import_graph import import_graph, import_graph_stream

MSC, BDNF, ADIPOSE = "CL:0000134", "HGNC:1033", "UBERON:0001013"
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def graph(scidex: Installation) -> Library:
    """The seed page, the bundled library and its facts, with the names looked up."""
    library = filled(scidex)
    ontology = scidex.service(Ontology)
    import_graph(scidex.door, content_folder("atlas", "graph") / "stem-cell-therapy.csv", ontology, actor=scidex.actor)
    rows = (
        "subject,subject_id,predicate,object,object_id,source\n"
        f"neuron,CL:0000540,increases,{quote_csv(HOSTILE)},scidex:hostile,pmid:1\n"
        f"neuron,CL:0000540,decreases,{quote_csv(HOSTILE)},scidex:hostile,pmid:2\n"
        "neuron,CL:0000540,increases,x,NOPE:1,pmid:1\n"
    )
    import_graph_stream(scidex.door, BytesIO(rows.encode()), "more.csv", ontology, actor=scidex.actor)
    ground_library(scidex.door, ontology, actor=scidex.actor)
    return library


def quote_csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def test_every_page_of_the_graph_answers_as_page_and_as_data(graph: Library) -> None:
    for address in (
        "/graph",
        "/graph?q=neuron",
        "/graph?q=nobody",
        f"/graph/{MSC}",
        f"/graph/{MSC}?predicate=secretes&direction=out",
        f"/graph/{MSC}?category=Gene&stance=supports",
        f"/graph/{MSC}?as_of=2099-01-01",
        f"/graph/{MSC}?embed=1",
        f"/graph/{MSC}/closure",
        f"/graph/{MSC}/closure?predicate=part_of&down=1",
        "/edge/1",
        "/path",
        f"/path?from={BDNF}&to={ADIPOSE}",
        f"/path?from={BDNF}&to={ADIPOSE}&by=strongest&hops=2",
        "/conflicts",
        "/quarantine",
        "/names",
    ):
        answer = graph.get(address, Accept="text/html")
        assert answer.status == 200, (address, answer.text[:300])
        assert HTMLParser(answer.text).css_first("h1") is not None, address
        assert "<script>alert" not in answer.text
        graph.json(address)


@pytest.mark.parametrize(
    "address",
    [
        "/graph/MONDO:0000000",
        "/graph/nothing-here",
        "/edge/999999",
        "/edge/x",
        "/edge/99999999999999999999",
        f"/graph/{MSC}?predicate=adores",
        f"/graph/{MSC}?category=Love",
        f"/graph/{MSC}?direction=up",
        f"/graph/{MSC}?cursor=%27",
        f"/graph/{MSC}/closure?predicate=treats",
        "/graph-export/pdf",
        f"/path?from={BDNF}&to={ADIPOSE}&hops=99",
    ],
)
def test_what_is_not_there_or_makes_no_sense_gets_a_clear_answer(graph: Library, address: str) -> None:
    answer = graph.get(address, Accept="application/json")
    assert answer.status in (400, 404, 422), answer.text[:200]
    assert answer.json()["error"]["message"]


def test_the_drawing_is_a_picture_and_says_what_the_list_says(graph: Library) -> None:
    svg = ET.fromstring(graph.get(f"/graph/{MSC}.svg").body)
    words = " ".join(svg.itertext())
    assert svg.tag.endswith("svg")
    assert {"BDNF", "adipose tissue"} <= {each for each in ("BDNF", "adipose tissue") if each in words}
    hostile = graph.get("/graph/scidex:hostile.svg")
    assert hostile.headers["content-type"].startswith("image/svg+xml")
    assert "<script" not in hostile.text
    ET.fromstring(hostile.body)


def test_an_edge_shows_what_it_rests_on_with_the_line_it_came_from_and_why_it_does_not_count(graph: Library) -> None:
    page = HTMLParser(graph.get("/edge/1").text)
    text = page.css_first("main").text()
    assert "not counted: quote not checked" in text
    origin = page.css_first("a[href*='/source?line=']").attributes["href"].partition("#")[0]
    assert graph.follow(origin).status == 200
    assert graph.json("/edge/1")["confidence"] is None


def test_two_edges_that_contradict_each_other_are_listed_as_work(graph: Library) -> None:
    (pair,) = graph.json("/conflicts")["conflicts"]
    assert {pair["one"]["predicate"], pair["other"]["predicate"]} == {"increases", "decreases"}
    number = pair["one"]["id"].removeprefix("edge:")
    assert "What contradicts it" in graph.get(f"/edge/{number}").text


def test_a_path_is_told_by_name_too_and_a_name_nobody_bears_is_said(graph: Library) -> None:
    named = graph.get(f"/path?from=BDNF&to={quote('adipose tissue')}").text
    assert "mesenchymal stem cell" in HTMLParser(named).css_first("ol.paths").text()
    unknown = graph.get("/path?from=BDNF&to=nobody").text
    assert "Nothing here is called" in unknown


def test_a_page_says_what_it_is_about_and_its_relations_have_reasons(graph: Library) -> None:
    document = graph.json(f"/artifact/{graph.id_of('/diseases/amyotrophic-lateral-sclerosis')}")
    about = [name["entity"]["curie"] for name in document["entities"] if name["about"] and name["entity"]]
    assert about == ["MONDO:0004976"]
    assert document["related"]
    assert all(each["reasons"] and all(reason["words"] for reason in each["reasons"]) for each in document["related"])
    page = HTMLParser(graph.get(document["address"]).text)
    assert "amyotrophic lateral sclerosis" in page.css_first("#standing").text()
    for link in page.css(".related-list a"):
        assert graph.follow(link.attributes["href"]).status == 200


def test_the_related_hypotheses_of_the_seed_page_have_a_reason_or_say_that_there_is_none(graph: Library) -> None:
    page = HTMLParser(graph.get(f"/artifact/{graph.seed}").text)
    cells = [row.css("td")[2].text() for row in page.css("#related table.related tbody tr")]
    assert cells
    assert all(
        "No shared entity, work or edge was found." in cell or re.search(r"names|both|is|cite", cell) for cell in cells
    )


def test_an_entity_page_lists_its_edges_and_where_it_is_named(graph: Library) -> None:
    page = HTMLParser(graph.follow("/artifact/MONDO:0004976").text)
    assert page.css("#edges .edge")
    assert "is about it" in page.css_first("#edges").text()
    document = graph.json(f"/artifact/{graph.id_of('/artifact/MONDO:0004976')}")
    assert document["graph"]["edges"]


@pytest.mark.parametrize("name", list(FORMATS))
def test_the_graph_is_downloaded_in_each_format(graph: Library, name: str) -> None:
    answer = graph.get(f"/graph-export/{name}?entity={MSC}")
    assert answer.status == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert len(answer.body) > 100


def test_a_name_that_somebody_decides_stays_decided(graph: Library) -> None:
    document = graph.json(f"/artifact/{graph.seed}")
    surface = next(name["surface"] for name in document["entities"] if name["entity"])
    graph.do("grounding.choose", ref=graph.seed, surface=surface, entity=BDNF)
    scidex = graph.installation
    ground_library(scidex.door, scidex.service(Ontology), actor=scidex.actor, refs=[graph.seed])
    chosen = {name["surface"]: name for name in graph.json(f"/artifact/{graph.seed}")["entities"]}[surface]
    assert chosen["entity"]["curie"] == BDNF
    assert chosen["method"] == "chosen by person:local"


def test_names_are_looked_up_once_for_each_version(graph: Library) -> None:
    scidex = graph.installation
    ontology = scidex.service(Ontology)
    assert ground_library(scidex.door, ontology, actor=scidex.actor).artifacts == 0
    made = graph.do("artifact.create", kind="page", content=page_about("Motor neurons die in ALS."))
    assert ground_library(scidex.door, ontology, actor=scidex.actor).artifacts == 1
    named = {name["entity"]["curie"] for name in graph.json(f"/artifact/{made.id}")["entities"] if name["entity"]}
    assert "MONDO:0004976" in named


def test_names_are_looked_up_again_when_the_rules_change(graph: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    scidex = graph.installation
    ontology = scidex.service(Ontology)
    ground_library(scidex.door, ontology, actor=scidex.actor)
    monkeypatch.setattr("scidex.workflows.ground.RULES", "grounding-0")
    assert ground_library(scidex.door, ontology, actor=scidex.actor).artifacts > 1
    assert ground_library(scidex.door, ontology, actor=scidex.actor).artifacts == 0


def page_about(text: str) -> dict[str, object]:
    from scidex.atlas.kinds import kind_of

    content = kind_of("page").example().model_dump(mode="json")
    return {**content, "title": "A new page", "lead": text}


def test_the_form_states_an_edge_for_whoever_is_signed_in_only(graph: Library) -> None:
    assert graph.get(f"/do/edge.add?subject={quote(MSC)}").status in (200, 303, 307)
    assert graph.get("/do/edge.load").status == 404
