"""Nanopublications: what is published, what is read of others, and that nothing is fetched or believed."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from hashlib import sha256

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from scidex.atlas.evidence.model import Stance
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.formats import FORMATS, Problem, ReadEdge, Unreadable
from scidex.atlas.graph.formats.nanopub import BIOLINK, NP, PROV, RDF
from scidex.atlas.graph.formats.trusty import CODE, UNKNOWN, code_of
from scidex.atlas.graph.model import Edge, EdgeItem, Entity, Statement
from scidex.atlas.graph.predicates import Predicate

MSC = Entity(Curie("CL:0000134"), "mesenchymal stem cell", Category.CELL)
NTF3 = Entity(Curie("HGNC:8023"), "NTF3", Category.GENE)
EDGE = Edge(
    Statement(MSC.curie, Predicate.EXPRESSES, NTF3.curie, negated=True),
    MSC,
    NTF3,
    (EdgeItem("pmid:16336965", stance=Stance.SUPPORTS, quote="did not"),),
)
FOREIGN = f"""
@prefix np: <{NP}> . @prefix prov: <{PROV}> . @prefix bl: <{BIOLINK}> . @prefix : <http://example.org/np1#> .
:Head {{ <http://example.org/np1> a np:Nanopublication ; np:hasAssertion :a ; np:hasProvenance :p ; np:hasPublicationInfo :i . }}
:a {{ <http://purl.obolibrary.org/obo/CL_0000134> bl:located_in <http://purl.obolibrary.org/obo/UBERON_0002371> . }}
:p {{ :a prov:wasDerivedFrom <https://pubmed.ncbi.nlm.nih.gov/10102814/> , <http://example.org/somewhere> . }}
:i {{ <http://example.org/np1> <http://purl.org/dc/terms/creator> <https://orcid.org/0000-0001> . }}
"""


def text(*edges: Edge, form: str = "trig") -> str:
    return "".join(FORMATS[form].write(edges))


def read(data: str, form: str = "trig") -> list[ReadEdge | Problem]:
    return list(FORMATS[form].read([data.encode()]))  # type: ignore[arg-type]


def test_a_denied_edge_is_never_published_as_a_bare_statement() -> None:
    quads = list(parse(text(EDGE), RdfFormat.TRIG))
    assert not [quad for quad in quads if quad.predicate.value == f"{BIOLINK}expresses"]
    assert [quad.object.value for quad in quads if quad.predicate.value == f"{BIOLINK}negated"] == ["true"]


def test_both_forms_publish_the_same_statements() -> None:
    assert set(parse(text(EDGE), RdfFormat.TRIG)) == set(parse(text(EDGE, form="json-ld"), RdfFormat.JSON_LD))


def test_a_nanopublication_has_four_graphs_and_cites_its_source() -> None:
    quads = list(parse(text(EDGE), RdfFormat.TRIG))
    graphs = {quad.graph_name.value.rpartition("#")[2] for quad in quads}  # type: ignore[union-attr]
    assert graphs == {"Head", "assertion", "provenance", "pubinfo"}
    derived = [quad for quad in quads if quad.predicate.value == f"{PROV}wasDerivedFrom"]
    assert [quad.object.value for quad in derived] == ["https://pubmed.ncbi.nlm.nih.gov/16336965/"]


def test_its_name_follows_from_what_it_says() -> None:
    name = CODE.search(text(EDGE))
    assert name is not None
    assert name[0] in text(EDGE)
    other = Edge(EDGE.statement, MSC, NTF3, (EdgeItem("pmid:16336965", stance=Stance.MIXED),))
    assert name[0] not in text(other)


def test_the_name_is_the_hash_of_the_sorted_statements_without_itself() -> None:
    this, graph = NamedNode(f"http://x/{UNKNOWN}"), NamedNode(f"http://x/{UNKNOWN}#g")
    says = NamedNode("http://x/says")
    quads = [
        Quad(this, says, Literal("b\n\\"), graph),
        Quad(this, says, Literal("a", language="EN"), graph),
        Quad(this, says, graph, graph),
    ]
    lines = [
        "http://x/ #g\nhttp://x/ \nhttp://x/says\nhttp://x/ #g\n",
        "http://x/ #g\nhttp://x/ \nhttp://x/says\n@en a\n",
        "http://x/ #g\nhttp://x/ \nhttp://x/says\n^http://www.w3.org/2001/XMLSchema#string b\\n\\\\\n",
    ]
    hashed = urlsafe_b64encode(sha256("".join(lines).encode()).digest()).decode().rstrip("=")
    assert code_of(quads, UNKNOWN) == f"RA{hashed}"


def test_one_that_was_changed_since_is_told_and_loses_its_name() -> None:
    problem, found = read(text(EDGE).replace("did not", "did"))
    assert isinstance(problem, Problem)
    assert "it was changed" in problem.message
    assert isinstance(found, ReadEdge)
    assert "nanopub" not in found.extra
    [whole] = read(text(EDGE))
    assert isinstance(whole, ReadEdge)
    assert whole.extra["nanopub"].startswith("https://w3id.org/np/RA")


def test_the_same_one_said_twice_is_one() -> None:
    assert len(read(text(EDGE, EDGE))) == 1


def test_those_of_others_are_read_with_the_sources_that_can_be_looked_up() -> None:
    problem, found = read(FOREIGN)
    assert isinstance(problem, Problem)
    assert "somewhere" in problem.message
    assert isinstance(found, ReadEdge)
    assert found.statement == Statement(Curie("CL:0000134"), Predicate.LOCATED_IN, Curie("UBERON:0002371"))
    assert found.items == (EdgeItem("pmid:10102814", stance=Stance.SUPPORTS),)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("bl:located_in", "bl:likes", "not a relation"),
        ("CL_0000134> bl", "CL_1> bl", "malformed"),
        ("<http://purl.obolibrary.org/obo/UBERON_0002371>", '"text"', "one relation"),
        ("obo/UBERON_0002371> .", "obo/UBERON_0002371> . :x :y :z .", "one relation"),
        ("prov:wasDerivedFrom", "prov:value", "without evidence"),
        (":p { :a", ":q { :a", "lacks its assertion"),
    ],
)
def test_what_is_wrong_with_one_is_told_with_its_statements(old: str, new: str, words: str) -> None:
    assert old in FOREIGN
    found = read(FOREIGN.replace(old, new))
    assert any(isinstance(each, Problem) and words in each.message and each.text for each in found), found
    assert not any(isinstance(each, ReadEdge) for each in found)


def test_a_limit_that_cannot_be_kept_refuses_the_edge() -> None:
    data = text(EDGE).replace(
        "biolink:negated true", 'biolink:subject_aspect_qualifier "activity" ; biolink:negated true'
    )
    found = read(data)
    assert any(isinstance(each, Problem) and "subject_aspect_qualifier" in each.message for each in found)
    assert not any(isinstance(each, ReadEdge) for each in found)


def test_turtle_has_no_provenance_and_gives_no_edge() -> None:
    [found] = read(f"<http://purl.obolibrary.org/obo/CL_0000134> <{RDF}type> <http://x/y> .")
    assert isinstance(found, Problem)
    assert "1 statements stand in no nanopublication" in found.message


def test_a_fault_costs_what_it_is_in_and_names_its_line() -> None:
    found = read(text(EDGE) + "nonsense .\n" + FOREIGN)
    lines = [each for each in found if isinstance(each, Problem) and "not TriG" in each.message]
    assert lines[0].line == text(EDGE).count("\n") + 1
    assert sum(isinstance(each, ReadEdge) for each in found) == 2


@pytest.mark.parametrize("data", ["", "<html>", "{}", "\0\0", "@prefix a:"])
def test_what_is_no_trig_at_all_is_unreadable(data: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert refused.value.cure


@pytest.mark.parametrize(
    "context",
    [
        "http://evil.example/c",
        ["http://evil.example/c"],
        {"@import": "http://evil.example/c"},
        {"a": {"@id": "http://x/a", "@context": "file:///etc/passwd"}},
    ],
)
def test_a_context_that_stands_elsewhere_is_refused_and_not_fetched(context: object) -> None:
    [found] = read(json.dumps([{"@context": context, "@id": "http://x/a", "@graph": []}]), "json-ld")
    assert isinstance(found, Problem)
    assert "is not fetched" in found.message


def test_a_context_in_the_file_is_read() -> None:
    document = json.loads(text(EDGE, form="json-ld"))
    [graph] = [each for each in document[0]["@graph"] if each["@id"].endswith("#assertion")]
    association = graph["@graph"][0]
    association["negated"] = association.pop(f"{BIOLINK}negated")[0]["@value"] == "true"
    document[0]["@context"] = {"negated": f"{BIOLINK}negated"}
    found = read(json.dumps(document, indent=2), "json-ld")
    assert [each.statement for each in found if isinstance(each, ReadEdge)] == [EDGE.statement]


@pytest.mark.parametrize("data", ["", "x", '"text"', "]", "1"])
def test_what_is_no_json_is_unreadable(data: str) -> None:
    with pytest.raises(Unreadable):
        read(data, "json-ld")


def test_each_object_of_a_list_stands_for_itself() -> None:
    one = text(EDGE, form="json-ld").removeprefix("[\n").removesuffix("\n]\n")
    found = read(f'[\n{one},\n{{"@id": 7}},\n{one},\n{{"@graph": [', "json-ld")
    assert [(type(each).__name__, each.line) for each in found] == [
        ("ReadEdge", 2),
        ("Problem", 3),
        ("ReadEdge", 4),
        ("Problem", 5),
    ]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "data",
    ["{" * 200_000, '[{"a":' * 50_000, '["' + "\\" * 500_000, '[{"@id":"' + "x" * 1_000_000, "[" + "{}," * 50_000],
)
def test_hostile_json_is_read_in_good_time(data: str) -> None:
    with suppress(Unreadable):
        read(data, "json-ld")


@pytest.mark.timeout(60)
def test_hostile_trig_is_read_in_good_time() -> None:
    heads = "".join(
        f"<http://x/h{n}> {{ <http://x/n{n}> <{NP}hasAssertion> <http://x/a{n}> . }}\n" for n in range(20_000)
    )
    assert len(read(heads)) == 20_000
    for data in (
        "<http://x/s> <http://x/p> " + "(" * 200_000,
        "<http://x/s> <http://x/p> [" * 20_000,
        "a:b { " * 50_000,
    ):
        with suppress(Unreadable):
            assert not [each for each in read(data) if isinstance(each, ReadEdge)]


def test_too_many_statements_apart_from_the_rest_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scidex.atlas.graph.formats.nanopub.MOST_HELD", 100)
    with pytest.raises(Unreadable, match="apart"):
        read("".join(f"<http://x/g{n}> {{ <http://x/a> <http://x/b> <http://x/c> . }}\n" for n in range(101)))


def test_sif_has_no_room_for_evidence_so_its_edges_are_refused() -> None:
    assert text(EDGE, form="sif") == "CL:0000134\tnot_expresses\tHGNC:8023\n"
    edge, half = read("A\tpp\tB\nC\n", "sif")
    assert isinstance(edge, Problem)
    assert isinstance(half, Problem)
    assert ("where an edge comes from" in edge.message, edge.text) == (True, "A\tpp\tB")
    assert "no edge" in half.message
    with pytest.raises(Unreadable):
        read("C\n", "sif")
