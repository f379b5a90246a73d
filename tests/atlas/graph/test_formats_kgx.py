"""KGX, as others write it: qualifiers that change what an edge says are kept or the edge is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scidex.atlas.evidence.model import Stance
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.formats import FORMATS, Problem, ReadEdge, ReadEntity, Unreadable
from scidex.atlas.graph.model import Edge, EdgeItem, Entity, Qualifiers, Statement
from scidex.atlas.graph.predicates import MEANINGS, Predicate

EDGE = {"subject": "HGNC:29", "predicate": "biolink:affects", "object": "MONDO:0004975", "publications": ["PMID:1"]}
ABCA1 = Entity("HGNC:29", "ABCA1", Category.GENE)  # type: ignore[arg-type]
APOE = Entity("HGNC:613", "APOE", Category.GENE)  # type: ignore[arg-type]


def lines(*records: Any) -> list[Any]:
    return list(FORMATS["kgx-jsonl"].read(["\n".join(map(json.dumps, records)).encode()]))


def tsv(*rows: str) -> list[Any]:
    return list(FORMATS["kgx-tsv"].read(["\n".join(rows).encode()]))


def edge(**said: Any) -> ReadEdge:
    [found] = lines(EDGE | said)
    assert isinstance(found, ReadEdge), found
    return found


def fault(**said: Any) -> Problem:
    [found] = lines(EDGE | said)
    assert isinstance(found, Problem), found
    return found


def test_publications_support_an_edge_but_nobody_judged_so() -> None:
    assert edge().items == (EdgeItem("pmid:1", stance=Stance.SUPPORTS),)
    [found] = tsv(
        "subject\tpredicate\tobject\tpublications", "HGNC:29\tbiolink:treats\tMONDO:0004975\tPMID:1|DOI:10.1000/X"
    )
    assert [item.source for item in found.items] == ["pmid:1", "doi:10.1000/x"]


def test_a_direction_makes_affects_an_increase_or_a_decrease() -> None:
    assert edge().predicate is Predicate.AFFECTS
    found = edge(
        qualified_predicate="biolink:causes",
        object_direction_qualifier="downregulated",
        object_aspect_qualifier="activity",
    )
    assert (found.predicate, found.qualifiers) == (Predicate.DECREASES, Qualifiers(aspect="activity"))


@pytest.mark.parametrize(
    "qualifiers",
    [
        ["biolink:object_direction_qualifier=increased", "species_context_qualifier=mouse"],
        "object_direction_qualifier=increased|species_context_qualifier=mouse",
        [
            {"qualifier_type_id": "biolink:object_direction_qualifier", "qualifier_value": "increased"},
            {"qualifier_type_id": "biolink:species_context_qualifier", "qualifier_value": "mouse"},
        ],
    ],
)
def test_qualifiers_may_stand_in_one_property(qualifiers: Any) -> None:
    found = edge(qualifiers=qualifiers)
    assert (found.predicate, found.qualifiers.species) == (Predicate.INCREASES, "mouse")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"subject_aspect_qualifier": "activity"}, "subject_aspect_qualifier"),
        ({"qualifiers": ["subject_direction_qualifier=decreased"]}, "would say more"),
        ({"qualifiers": "nonsense"}, "would say more"),
        ({"qualified_predicate": "biolink:contributes_to"}, "contributes_to"),
        ({"object_direction_qualifier": "sideways"}, "sideways"),
        ({"predicate": "biolink:treats", "object_direction_qualifier": "increased"}, "increased"),
    ],
)
def test_an_edge_is_refused_if_what_limits_it_cannot_be_kept(said: dict[str, Any], words: str) -> None:
    found = fault(**said)
    assert words in found.message
    assert json.loads(found.text) == EDGE | said


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"publications": []}, "without evidence"),
        ({"publications": ["Smith et al."]}, "without evidence"),
        ({"predicate": "biolink:likes"}, "not a relation"),
        ({"predicate": None}, "no predicate"),
        ({"object": ""}, "no end"),
        ({"subject": ["HGNC:29"]}, "a list or an object"),
        ({"negated": "perhaps"}, "denied"),
        ({"scidex_items": "{"}, "damaged"),
        ({"scidex_items": {"a": 1}}, "no list"),
        ({"scidex_items": ["x"]}, "no record"),
        ({"scidex_items": [{"weight": 1}]}, "weight"),
        ({"scidex_items": [{"note": "x"}]}, "names no source"),
        ({"scidex_items": [{"run": "r"}] * 1_001}, "more than 1,000 items"),
    ],
)
def test_a_record_that_says_something_wrong_is_left_out(said: dict[str, Any], words: str) -> None:
    assert words.casefold() in fault(**said).message.casefold()


def test_what_the_file_claims_about_an_item_is_told_apart_from_the_item() -> None:
    found = edge(publications=None, scidex_items=[{"source": "PMID:2", "judge": "person:ada", "checked": True}])
    assert found.items == (EdgeItem("pmid:2"),)
    assert found.extra == {"items/0/judge": "person:ada", "items/0/checked": "true"}


def test_other_properties_are_handed_on() -> None:
    found = edge(
        id="uuid:1", primary_knowledge_source="infores:x", knowledge_level="prediction", tags=["a", "b"], n={"x": 1}
    )
    assert found.extra == {
        "id": "uuid:1",
        "primary_knowledge_source": "infores:x",
        "knowledge_level": "prediction",
        "tags": "a|b",
        "n": '{"x":1}',
    }


@pytest.mark.parametrize("predicate", list(Predicate))
def test_every_predicate_is_exported_as_biolink_says_it_and_comes_back(predicate: Predicate) -> None:
    made = Edge(Statement(ABCA1.curie, predicate, APOE.curie), ABCA1, APOE, (EdgeItem("pmid:1"),))
    text = "".join(FORMATS["kgx-jsonl"].write([made]))
    record = json.loads(text)
    assert record["predicate"] == f"biolink:{MEANINGS[predicate].biolink}"
    assert record.get("object_direction_qualifier", "") == MEANINGS[predicate].direction
    [found] = FORMATS["kgx-jsonl"].read([text.encode()])
    assert isinstance(found, ReadEdge)
    assert found.predicate is predicate


def test_an_edit_made_elsewhere_stands_against_what_was_carried() -> None:
    made = Edge(Statement(ABCA1.curie, Predicate.APPROVED_FOR, APOE.curie), ABCA1, APOE, (EdgeItem("pmid:1"),))
    record = json.loads("".join(FORMATS["kgx-jsonl"].write([made])))
    [found] = lines(record | {"predicate": "biolink:causes"})
    assert found.predicate is Predicate.CAUSES
    [found] = lines(record | {"publications": ["PMID:1", "PMID:9"]})
    assert [item.source for item in found.items] == ["pmid:1", "pmid:9"]


def test_only_what_supports_is_exported_as_a_publication() -> None:
    items = (
        EdgeItem("pmid:1", stance=Stance.SUPPORTS),
        EdgeItem("pmid:2", stance=Stance.CONTRADICTS),
        EdgeItem("@a2010", stance=Stance.SUPPORTS),
    )
    made = Edge(Statement(ABCA1.curie, Predicate.TREATS, APOE.curie), ABCA1, APOE, items, verdict="mixed")
    record = json.loads("".join(FORMATS["kgx-jsonl"].write([made])))
    assert record["publications"] == ["PMID:1"]
    assert record["scidex_verdict"] == "mixed"


def test_entities_have_the_most_telling_category_and_their_other_names() -> None:
    [found] = tsv(
        "id\tcategory\tname\tsynonym\txref\tdescription",
        "MONDO:0004975\tbiolink:NamedThing|biolink:Disease\tAlzheimer disease\tAD|Alzheimer's\tDOID:10652\tOf the brain.",
    )
    assert isinstance(found, ReadEntity)
    assert found.entity == Entity(
        "MONDO:0004975",
        "Alzheimer disease",
        Category.DISEASE,
        ("AD", "Alzheimer's"),
        ("DOID:10652",),
        "Of the brain.",  # type: ignore[arg-type]
    )


def test_a_cross_reference_that_is_none_is_left_out_and_told() -> None:
    problem, found = lines({"id": "HGNC:29", "category": ["biolink:Gene"], "xref": ["XYZZY:1", "UniProtKB:O95477"]})
    assert "XYZZY" in problem.message
    assert problem.text == ""
    assert found.entity.xrefs == ("UniProtKB:O95477",)
    assert found.entity.name == "HGNC:29"


def test_entities_and_edges_may_stand_in_one_file_of_lines() -> None:
    found = lines({"id": "HGNC:29", "category": ["biolink:Gene"], "name": "ABCA1"}, EDGE, {"name": "x"}, [1])
    assert [type(each).__name__ for each in found] == ["ReadEntity", "ReadEdge", "Problem", "Problem"]
    assert [each.line for each in found] == [1, 2, 3, 4]


@pytest.mark.parametrize("text", ["", "[1]", "{", "subject\tobject", "1", '{"a":NaN}', "[" * 100_000])
def test_a_file_that_begins_with_no_record_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        list(FORMATS["kgx-jsonl"].read([text.encode()]))
    assert refused.value.cure


@pytest.mark.parametrize(
    ("header", "words"),
    [("subject\tpredicate", "no column object"), ("name\tx", "no column id"), ("id\tx", "neither category nor name")],
)
def test_a_table_without_the_columns_is_unreadable(header: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        tsv(header)


def test_quotation_marks_are_letters_in_a_kgx_table() -> None:
    [found] = tsv("id\tcategory\tname", 'HGNC:29\tbiolink:Gene\t"ABC" one')
    assert found.entity.name == '"ABC" one'


@pytest.mark.timeout(60)
def test_a_deep_or_wide_record_is_read_in_good_time() -> None:
    deep = '{"subject":' + "[" * 100_000 + "]" * 100_000 + "}"
    wide = json.dumps({f"p{n}": n for n in range(100_000)} | EDGE)
    found = list(FORMATS["kgx-jsonl"].read([f"{json.dumps(EDGE)}\n{deep}\n{wide}".encode()]))
    assert [type(each).__name__ for each in found] == ["ReadEdge", "Problem", "ReadEdge"]
