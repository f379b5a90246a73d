"""`scidex graph`: answers on a terminal and in JSON, from the bundled facts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from surface_support import run

from scidex.kernel.content import content_folder
from scidex.kernel.errors import Invalid, NotFound

MSC = "CL:0000134"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph")
    files = [str(content_folder("atlas", name)) for name in ("bibliography", "pages", "graph")]
    told = run(folder, "import", *files)
    assert told.exit_code == 0, told.output
    assert "new edges" in told.output
    return folder


def told(data: Path, *arguments: str):
    answer = run(data, "graph", *arguments, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


def test_an_entity_is_shown_with_its_edges_by_page_and_narrowed_down(data: Path) -> None:
    shown = run(data, "graph", "show", MSC, "--limit", "3").output
    assert shown.startswith("mesenchymal stem cell\nCL:0000134 · cell type · ")
    assert "There are more: --cursor out." in shown
    secreted = told(data, "show", MSC, "--predicate", "secretes", "--direction", "out")["edges"]
    assert "BDNF" in {edge["object"]["name"] for edge in secreted}
    assert {edge["predicate"] for edge in secreted} == {"secretes"}
    genes = told(data, "show", MSC, "--category", "Gene")["edges"]
    assert {edge["object"]["category"] for edge in genes} == {"biolink:Gene"}
    near, far = (told(data, "show", "HGNC:1033", *hops)["edges"] for hops in ((), ("--hops", "2")))
    assert {edge["id"] for edge in near} < {edge["id"] for edge in far}


def test_an_edge_says_what_it_rests_on_and_why_it_does_not_count(data: Path) -> None:
    shown = run(data, "graph", "show", "edge:1").output
    assert "unverifiable · nothing counts" in shown
    assert "not counted: quote-not-checked" in shown


def test_paths_shared_neighbours_and_closure(data: Path) -> None:
    (path, *_) = told(data, "path", "HGNC:1033", "UBERON:0001013")["paths"]
    assert [node["name"] for node in path["nodes"]] == ["BDNF", "mesenchymal stem cell", "adipose tissue"]
    assert (
        "1. BDNF → mesenchymal stem cell → adipose tissue"
        in run(data, "graph", "path", "HGNC:1033", "UBERON:0001013").output
    )
    (both,) = told(data, "shared", "HGNC:1033", "UBERON:0001013")["shared"]
    assert both["entity"]["curie"] == MSC
    assert told(data, "closure", "UBERON:0001013") == []


def test_names_are_told_for_an_artifact_and_for_the_library(data: Path) -> None:
    names = told(data, "names", "/diseases/amyotrophic-lateral-sclerosis")["names"]
    assert names[0]["about"]
    assert names[0]["entity"]["curie"] == "MONDO:0004976"
    assert {"names", "total"} == told(data, "names").keys()
    assert told(data, "ground")["artifacts"] == 0


def test_the_graph_is_written_to_a_file_and_comes_back(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "graph.csv"
    assert run(data, "graph", "export", "--out", str(out)).exit_code == 0
    again = run(data, "import", str(out), "--json")
    assert json.loads(again.output)["files"][0]["edges"] == 0
    nodes = run(data, "graph", "export", "--format", "kgx-tsv", "--entities").output
    assert nodes.startswith("id\tcategory\tname")
    assert run(data, "graph", "export", MSC, "--format", "sif").exit_code == 0


def test_what_is_not_there_is_an_error_with_a_cure(data: Path) -> None:
    for arguments, kind in (
        (("show", "MONDO:0000000"), NotFound),
        (("show", "edge:99999"), NotFound),
        (("show", "/diseases/alzheimers-disease"), Invalid),
        (("show", MSC, "--predicate", "adores"), Invalid),
        (("show", MSC, "--cursor", "x"), Invalid),
        (("path", MSC, "nothing"), NotFound),
        (("export", "--format", "csv", "--entities"), Invalid),
    ):
        error = run(data, "graph", *arguments).exception
        assert isinstance(error, kind), arguments
        assert error.cure


def test_a_row_that_is_no_edge_waits_and_is_settled(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "facts.csv"
    file.write_text("subject,predicate,object,source\nCL:0000540,related_to,CL:0000127,\n", encoding="utf-8")
    assert "1 rows to quarantine" in run(data, "import", str(file)).output
    (row,) = told(data, "quarantine")["rows"]
    assert (row["file"], row["line"]) == ("facts.csv", 2)
    assert run(data, "edge", "settle", str(row["row"]), "--reason", "no source was named").exit_code == 0
    assert told(data, "quarantine")["waiting"] == 0
    assert told(data, "quarantine", "--settled")["rows"][0]["settled"] == "no source was named"
