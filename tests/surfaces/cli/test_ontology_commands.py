"""`scidex ontology` and `scidex ground`, as programs call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scidex.adapters.ontologies import Index
from scidex.atlas.graph.ports import OntologyIndex
from scidex.kernel.errors import Invalid, NotFound, Refused
from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.main import open_installation
from scidex.surfaces.cli.ontologies import ontology_commands


@pytest.fixture
def run(tmp_path: Path):
    installation = open_installation(Settings(data=tmp_path / "data"))
    groups = {command.name: command for command in ontology_commands(lambda: installation)}

    def run(*arguments: str, given: bytes = b""):
        return CliRunner().invoke(groups[arguments[0]], arguments[1:], input=given)

    run.installation = installation
    yield run
    installation.close()


def test_groundings_come_as_json(run) -> None:
    answer = json.loads(run("ground", "NLRP3 protein and А1", "--json").output)
    assert answer["ontology"].startswith("bundled set of ")
    (one,) = answer["groundings"]
    assert (one["start"], one["end"], one["surface"]) == (0, 5, "NLRP3")
    assert one["chosen"] == {
        "curie": "HGNC:16400",
        "name": "NLRP3",
        "category": "Gene",
        "matched": "NLRP3",
        "name_type": "primary",
        "bundled": True,
    }
    assert one["runner_up"] is None
    assert one["why"]


def test_a_text_is_read_from_standard_input(run) -> None:
    assert "MONDO:0005180" in run("ground", "-", given="Parkinson’s disease".encode()).output
    assert run("ground", "nothing here").output == "No entity that is known here is named.\n"
    refused = run("ground", "-", given=b"ab\xff")
    assert isinstance(refused.exception, Invalid)
    assert "byte 2" in refused.exception.message


def test_the_kind_that_is_looked_for_is_named_by_its_usual_words(run) -> None:
    assert "HP:0002664" in run("ontology", "show", "tumour", "--type", "symptom").output
    assert isinstance(run("ontology", "show", "tumour", "--type", "nonsense").exception, Invalid)


def test_an_entity_comes_as_json(run) -> None:
    answer = json.loads(run("ontology", "show", "CL:0002540", "--json").output)
    assert answer["name"] == "mesenchymal stem cell of the bone marrow"
    assert answer["parents"] == [{"curie": "CL:0000134", "name": "mesenchymal stem cell"}]
    assert answer["obsolete"] is False
    assert answer["address"] == "http://purl.obolibrary.org/obo/CL_0002540"
    named = json.loads(run("ontology", "show", "MSC", "--json").output)
    assert named["chosen"]["curie"] == "CL:0000134"


def test_what_is_unknown_is_said_with_a_cure(run) -> None:
    unknown = run("ontology", "show", "MONDO:0099999").exception
    assert isinstance(unknown, NotFound)
    assert "scidex ontology build" in unknown.cure
    assert isinstance(run("ontology", "show", "no such thing").exception, NotFound)
    malformed = run("ontology", "show", "MONDO:49").exception
    assert isinstance(malformed, Invalid)


def test_without_packages_a_build_is_refused(run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installation: Installation = run.installation
    nothing = Index(tmp_path, packages=tuple)
    monkeypatch.setitem(installation.services, OntologyIndex, lambda: nothing)
    refused = run("ontology", "build").exception
    assert isinstance(refused, Refused)
    assert "make ontologies" in refused.cure
    said = json.loads(run("ontology", "show", "--json").output)
    assert said["built_at"] is None
