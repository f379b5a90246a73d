"""A graph file becomes edges: wrong identifiers are caught, nothing is lost, twice is once, and a dead reader is told."""

from __future__ import annotations

import csv
import os
import signal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from scidex.atlas import queries
from scidex.atlas.graph.formats import FORMATS
from scidex.atlas.graph.ports import Ontology
from scidex.atlas.tables import edge_items, edges, quarantine
from scidex.kernel.content import content_folder
from scidex.kernel.errors import Invalid
from scidex.kernel.installation import Installation
from scidex.workflows import graph_batches
from scidex.workflows import import_graph as story
from scidex.workflows.import_graph import import_graph, import_graph_stream

FACTS = Path(__file__).parents[3] / "shared" / "data" / "kg-facts.csv"
HEADER = "subject,subject_id,predicate,object,object_id,source,quote\n"
RIGHT = "neuron,CL:0000540,related_to,astrocyte,CL:0000127,pmid:1,They were seen together.\n"


def load(scidex: Installation, data: bytes | str, name: str = "facts.csv", **more: Any) -> Any:
    data = data.encode() if isinstance(data, str) else data
    ontology = scidex.service(Ontology)
    return import_graph_stream(scidex.door, BytesIO(data), name, ontology, actor=scidex.actor, **more)


def number_of(scidex: Installation, table: Any) -> int:
    with scidex.storage.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def facts() -> Path:
    if not FACTS.is_file():
        pytest.fail("The data is missing: expected at ../shared/data/kg-facts.csv beside the project.")
    return FACTS


def test_each_row_of_the_facts_becomes_an_edge_or_waits_with_its_reason(scidex: Installation, facts: Path) -> None:
    told = import_graph(scidex.door, facts, scidex.service(Ontology), actor=scidex.actor)
    with facts.open(encoding="utf-8") as stream:
        lines = {number for number, _ in enumerate(csv.DictReader(stream), 2)}
    with scidex.storage.read() as connection:
        waiting = {row.line: row for row in queries.quarantined(connection, limit=200)}
        became = set(connection.execute(select(edge_items.c.line)).scalars())
        views = list(queries.exported_edges(connection))
    assert became | waiting.keys() == lines
    assert not became & waiting.keys()
    assert all(row.reason and row.cure and row.row for row in waiting.values())
    assert told.edges == len(views) == number_of(scidex, edges)
    # Nobody has found their passages yet: they are shown, and count for nothing.
    assert {view.verdict for view in views} == {"unverifiable"}


def test_the_same_file_again_writes_no_row(scidex: Installation, facts: Path) -> None:
    ontology = scidex.service(Ontology)
    import_graph(scidex.door, facts, ontology, actor=scidex.actor)
    before = [number_of(scidex, table) for table in (edges, edge_items, quarantine)]
    again = import_graph(scidex.door, facts, ontology, actor=scidex.actor)
    assert (again.edges, again.items, again.entities, again.quarantined) == (0, 0, 0, 0)
    assert [number_of(scidex, table) for table in (edges, edge_items, quarantine)] == before


def test_an_identifier_of_something_else_is_caught_and_the_right_one_is_named(scidex: Installation) -> None:
    wrong = "Alzheimer disease,MONDO:0004976,related_to,astrocyte,CL:0000127,pmid:1,\n"
    told = load(scidex, HEADER + RIGHT + wrong)
    assert (told.edges, told.quarantined) == (1, 1)
    (problem,) = told.problems
    assert problem.line == 3
    assert "amyotrophic lateral sclerosis" in problem.message
    assert "MONDO:0004975" in problem.cure


def test_an_entity_that_no_ontology_here_knows_is_kept_and_marked_as_not_checked(scidex: Installation) -> None:
    load(scidex, HEADER + "made-up disease,MONDO:9999998,related_to,neuron,CL:0000540,pmid:1,\n")
    with scidex.storage.read() as connection:
        head = queries.find(connection, "MONDO:9999998")[1]
        content = queries.contents_of(connection, [head])[head.id]
    assert content["name"] == "made-up disease"
    assert "not checked" in content["source"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("neuron,CL:0000540,related_to,neuron,CL:0000540,pmid:1,\n", "to itself"),
        ("neuron,CL:0000540,related_to,astrocyte,CL:0000127,,\n", "without evidence or run"),
        ("neuron,CL:0000540,adores,astrocyte,CL:0000127,pmid:1,\n", "not a relation"),
        ("neuron,NOPE:1,related_to,astrocyte,CL:0000127,pmid:1,\n", "NOPE"),
        ("neuron,CL:abc,related_to,astrocyte,CL:0000127,pmid:1,\n", "CL:abc"),
        ("neuron,CL:0000540,related_to\n", "cells"),
    ],
)
def test_what_is_no_edge_waits_with_reason_cure_and_line(scidex: Installation, row: str, reason: str) -> None:
    told = load(scidex, HEADER + RIGHT + row)
    assert told.edges == 1
    (problem,) = told.problems
    assert reason in problem.message or reason in problem.text
    assert problem.line == 3
    assert problem.cure
    with scidex.storage.read() as connection:
        assert [each.line for each in queries.quarantined(connection)] == [3]


def test_one_statement_in_two_files_is_one_edge_with_two_items(scidex: Installation) -> None:
    load(scidex, HEADER + RIGHT)
    told = load(scidex, HEADER + RIGHT.replace("pmid:1", "pmid:2"), "other.csv")
    assert (told.edges, told.items) == (0, 1)
    with scidex.storage.read() as connection:
        assert [item.source_key for item in queries.edge_view(connection, "edge:1").items] == ["pmid:1", "pmid:2"]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "sif"])
def test_what_is_exported_comes_back_as_the_same_edges(
    scidex: Installation, open_scidex: Any, facts: Path, name: str
) -> None:
    if scidex.storage.dialect == "postgresql" and name != "kgx-tsv":
        pytest.skip("one format is enough on the second engine: formats do not know the database")
    import_graph(scidex.door, facts, scidex.service(Ontology), actor=scidex.actor)
    form = FORMATS[name]
    with scidex.storage.read() as connection:
        told = list(queries.exported_edges(connection))
        text = "".join(form.write(iter(told)))
    other = open_scidex("sqlite")
    load(other, text, f"graph{form.extensions[0]}")
    with other.storage.read() as connection:
        back = list(queries.exported_edges(connection))
    assert {edge.sentence() for edge in back} == {edge.sentence() for edge in told}
    assert {(edge.statement, item.source, item.stance, item.quote) for edge in back for item in edge.items} == {
        (edge.statement, item.source, item.stance, item.quote) for edge in told for item in edge.items
    }


def test_a_large_file_is_read_by_another_process_with_the_same_result(
    scidex: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "LARGE", 0)
    file = tmp_path / "facts.csv"
    file.write_text(HEADER + RIGHT + "neuron,CL:0000540,adores,astrocyte,CL:0000127,pmid:1,\n", encoding="utf-8")
    told = import_graph(scidex.door, file, scidex.service(Ontology), actor=scidex.actor)
    assert (told.edges, told.items, told.quarantined) == (1, 1, 1)
    file.write_bytes(b"subject,object\nx,y\n")
    with pytest.raises(Invalid, match="no graph"):
        import_graph(scidex.door, file, scidex.service(Ontology), actor=scidex.actor)


@pytest.mark.timeout(60)
def test_a_reader_that_dies_is_told_and_leaves_whole_batches(
    scidex: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story, "LARGE", 0)
    file = tmp_path / "facts.csv"
    lines = (RIGHT.replace("pmid:1", f"pmid:{number}") for number in range(1, 400_000))
    with file.open("w", encoding="utf-8") as stream:
        stream.write(HEADER)
        stream.writelines(lines)
    killed: list[int] = []

    def kill(_read: int) -> None:
        if not killed:
            (reader,) = graph_batches.multiprocessing.active_children()
            killed.append(reader.pid or 0)
            os.kill(killed[0], signal.SIGKILL)

    with pytest.raises(Invalid, match="has died"):
        import_graph(scidex.door, file, scidex.service(Ontology), actor=scidex.actor, progress=kill)
    assert number_of(scidex, edge_items) % graph_batches.BATCH == 0
    assert number_of(scidex, edges) == 1


def test_a_dry_run_tells_and_keeps_nothing(scidex: Installation) -> None:
    told = load(scidex, HEADER + RIGHT, dry_run=True)
    assert (told.edges, told.items) == (1, 1)
    assert number_of(scidex, edges) == 0


def test_the_bundled_facts_are_all_edges(scidex: Installation) -> None:
    file = content_folder("atlas", "graph") / "stem-cell-therapy.csv"
    told = import_graph(scidex.door, file, scidex.service(Ontology), actor=scidex.actor)
    assert told.edges > 70
    assert told.problems == []
