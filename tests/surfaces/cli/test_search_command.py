"""`scidex search`: answers on a terminal and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from surface_support import run

from scidex.kernel.content import content_folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    assert run(folder, "import", str(content_folder("atlas", "pages"))).exit_code == 0
    return folder


def test_answers_with_passages(data: Path) -> None:
    told = run(data, "search", "exosome", "--kind", "page", "--limit", "2")
    assert told.exit_code == 0, told.output
    assert "  1  Exosome Therapy for Neurodegeneration\n     Page, therapy · /artifact/sx-" in told.output
    assert "found, by their words. More: --offset 2" in told.output


def test_operators_reach_the_question(data: Path) -> None:
    assert run(data, "search", "exosome", "-therapy", "kind:page").exit_code == 0
    without = json.loads(run(data, "search", "--json", "exosome -therapy").output)
    assert without["query"] == "exosome -therapy"
    assert without["total"] < json.loads(run(data, "search", "--json", "exosome").output)["total"]


def test_json_is_what_the_web_gives(data: Path) -> None:
    told = json.loads(run(data, "search", "--json", "--kind", "page", "mesenchymal").output)
    assert told["query"] == "mesenchymal kind:page"
    assert {hit["kind"] for hit in told["hits"]} == {"page"}
    assert told["mode"] == "words"


def test_a_misspelled_word_is_corrected(data: Path) -> None:
    assert "Did you mean: +mesenchymal" in run(data, "search", "+mesenchimal").output


def test_the_index_can_be_made_anew(data: Path) -> None:
    told = run(data, "search", "--rebuild")
    assert told.exit_code == 0
    assert "Indexed" in told.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("search",), "There is nothing to search for."),
        (("search", "cell", "--offset", "999"), "999"),
        (("search", "cell", "--mode", "magic"), "magic"),
    ],
)
def test_what_cannot_be_done_is_said(data: Path, arguments: tuple[str, ...], says: str) -> None:
    told = run(data, *arguments)
    assert told.exit_code != 0
    assert says in told.output + str(told.exception)
