"""Provenance leaves SciDEX in a form other programs read back unchanged."""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prov.model import ProvAgent, ProvDocument, ProvEntity

from scidex.atlas.provenance import (
    ActivityFact,
    AgentFact,
    DerivedFact,
    EntityFact,
    ProvenanceGraph,
    UsedFact,
    local_name,
    prov_json,
    prov_n,
    to_prov_document,
)

SITE = "https://scidex.example"
HOSTILE = [
    '"',
    '"""',
    "\\",
    '\\"',
    "%%",
    '" %% xsd:int',
    "\n",
    "\r\n",
    "\t",
    "'",
    "]",
    ")\nendDocument",
    "β🔄",
    "\u2028",
    "%41",
]
IDS = st.text(min_size=1, max_size=8) | st.sampled_from(
    ["-x", "x.", ".", "a b", "a/b", "a:b", "%41", "é", "#", "=()[];'"]
)
LABELS = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=5), max_size=4).map("".join)
TIMES = st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
MAYBE = st.none() | IDS

GRAPHS = st.builds(
    ProvenanceGraph,
    agents=st.lists(
        st.builds(AgentFact, IDS, st.sampled_from(["person", "software", "organization"]), LABELS), max_size=2
    ).map(tuple),
    activities=st.lists(
        st.builds(ActivityFact, IDS, LABELS, TIMES, TIMES, IDS, MAYBE, LABELS), max_size=3, unique_by=lambda a: a.id
    ).map(tuple),
    entities=st.lists(
        st.builds(EntityFact, IDS, LABELS, LABELS, st.none() | st.integers(0, 10**6), LABELS, MAYBE, MAYBE), max_size=3
    ).map(tuple),
    used=st.lists(st.builds(UsedFact, IDS, IDS, LABELS, LABELS), max_size=2).map(tuple),
    derived=st.lists(st.builds(DerivedFact, IDS, IDS, IDS, LABELS), max_size=2).map(tuple),
)


def example(label: str = "MSC therapy") -> ProvenanceGraph:
    started, ended = datetime(2026, 4, 1, 9, tzinfo=UTC), datetime(2026, 4, 1, 10, tzinfo=UTC)
    return ProvenanceGraph(
        agents=(AgentFact("importer", "software", label),),
        activities=(
            ActivityFact("import", "import a page", started, ended, "importer", None, "scidex-importer 1"),
            ActivityFact("read", "read a file", None, None, "importer", "import", ""),
        ),
        entities=(
            EntityFact("file", "source file", label, None, "sha256:ab", None, None),
            EntityFact("page@1", "page", label, 1, "sha256:cd", "import", None),
            EntityFact("page@2", "page", label, 2, "sha256:ef", None, "page@1"),
        ),
        used=(UsedFact("import", "file", "33-34", "body"),),
        derived=(DerivedFact("page@1", "file", "import", "imported from"),),
    )


@settings(max_examples=150, deadline=None)
@given(GRAPHS)
def test_prov_json_is_read_back_as_the_same_document(graph: ProvenanceGraph) -> None:
    text = prov_json(graph, SITE)
    text.encode()
    assert ProvDocument.deserialize(content=text, format="json") == to_prov_document(graph, SITE)


@settings(max_examples=100, deadline=None)
@given(GRAPHS)
def test_prov_n_is_read_back_as_the_same_document(graph: ProvenanceGraph) -> None:
    assert ProvDocument.deserialize(content=prov_n(graph, SITE), format="provn") == to_prov_document(graph, SITE)


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_survives_both_forms(label: str) -> None:
    graph = example(label)
    for text, form in ((prov_json(graph, SITE), "json"), (prov_n(graph, SITE), "provn")):
        (agent,) = ProvDocument.deserialize(content=text, format=form).get_records(ProvAgent)
        assert agent.label == label


def test_a_lone_surrogate_does_not_break_the_document() -> None:
    text = prov_json(example("a\ud800b"), SITE)
    text.encode()
    assert "a?b" in text


@given(st.text(min_size=1) | st.just("\ud800"))
def test_any_id_becomes_a_local_name_and_comes_back(identifier: str) -> None:
    name = local_name(identifier)
    assert name.isascii()
    assert unquote(name, errors="surrogatepass") == identifier


def test_a_thing_without_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="without an id"):
        prov_json(ProvenanceGraph(agents=(AgentFact("", "person", "x"),)), SITE)


def test_names_are_addresses_of_this_site() -> None:
    entities = to_prov_document(example(), SITE + "/").get_records(ProvEntity)
    assert [entity.identifier.uri for entity in entities if entity.identifier] == [
        f"{SITE}/artifact/file",
        f"{SITE}/artifact/page%401",
        f"{SITE}/artifact/page%402",
    ]


def test_every_recorded_relation_is_in_prov_n() -> None:
    text = prov_n(example(), SITE)
    for line in (
        "agent(agent:importer, [prov:type='prov:SoftwareAgent', prov:label=\"MSC therapy\"])",
        "wasAssociatedWith(activity:import, agent:importer, -)",
        "wasInformedBy(activity:read, activity:import)",
        "wasGeneratedBy(scidex:page%401, activity:import, 2026-04-01T10:00:00+00:00)",
        'used(activity:import, scidex:file, -, [prov:role="body", terms:lines="33-34"])',
        "wasDerivedFrom(scidex:page%402, scidex:page%401, -, -, -, [prov:type='prov:Revision'])",
        'wasDerivedFrom(scidex:page%401, scidex:file, activity:import, -, -, [terms:relation="imported from"])',
    ):
        assert line in text


def test_prov_json_holds_hash_version_and_times() -> None:
    content = json.loads(prov_json(example(), SITE))
    assert content["entity"]["scidex:page%401"]["terms:hash"] == "sha256:cd"
    assert content["entity"]["scidex:page%401"]["terms:version"]["$"] == "1"
    assert content["activity"]["activity:import"]["prov:startTime"] == "2026-04-01T09:00:00+00:00"


def test_the_prov_package_has_nothing_to_warn_about() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        graph = example()
        ProvDocument.deserialize(content=prov_json(graph, SITE), format="json")
        ProvDocument.deserialize(content=prov_n(graph, SITE), format="provn")
