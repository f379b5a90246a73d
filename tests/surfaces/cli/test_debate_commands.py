"""`scidex debate` and `scidex recompute` in a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from surface_support import run

from scidex.agora.verifier import verify
from scidex.kernel.content import content_folder
from scidex.kernel.errors import Invalid, NotFound
from scidex.kernel.settings import Settings
from scidex.main import open_installation

FILE = content_folder("atlas", "hypotheses") / "hypotheses.json"
STROKE = "h-iv-msc-stroke"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    assert run(folder, "hypothesis", "load", str(FILE)).exit_code == 0
    return folder


def said(data: Path, *arguments: str) -> str:
    told = run(data, *arguments)
    assert told.exit_code == 0, (told.output, told.exception)
    return told.output


def asked(data: Path, *arguments: str) -> Any:
    return json.loads(said(data, *arguments, "--json"))


def test_a_debate_is_started_continued_shown_contested_and_closed(data: Path, tmp_path: Path) -> None:
    assert "Nothing is debated" in said(data, "debate", "list")
    started = said(data, "debate", "run", STROKE)
    assert "Round 1: 5 turns" in started
    assert "nobody took a turn" in said(data, "debate", "run", STROKE)
    shown = said(data, "debate", "show", STROKE, "--explain", "--moves")
    for words in ("2.2 weighs nothing: counted-once", "crux: ", "The debate was opened", "not argued from", "Score 0."):
        assert words in shown
    document = asked(data, "debate", "show", STROKE)
    argument = document["turns"][1]["arguments"][0]["id"]
    told = said(data, "debate", "contest", argument, "--words", "Nobody was blinded.")
    assert "labels: 6.1" in told
    assert len(asked(data, "debate", "show", STROKE, "--turn", "2")["turns"]) == 2
    export = tmp_path / "score.json"
    said(data, "debate", "show", STROKE, "--export", str(export))
    assert verify(json.loads(export.read_text())) == []
    assert "Every number is right" in said(data, "verify", str(export))
    said(data, "debate", "close", document["id"])
    assert asked(data, "debate", "list")[0]["state"] == "closed"
    assert "every verdict is what its inputs give" in said(data, "recompute", "--check")


def test_a_certificate_is_replayed(data: Path) -> None:
    certificate = asked(data, "debate", "run", STROKE)["search"]
    assert "the same again" in said(data, "debate", "replay", certificate)
    told = asked(data, "debate", "replay", certificate)
    assert [each["side"] for each in told] == ["for", "against", "for", "against"]
    refused = run(data, "debate", "replay", STROKE)
    assert isinstance(refused.exception, Invalid)


def test_recompute_tells_what_moved_and_finds_a_verdict_that_was_tampered_with(data: Path) -> None:
    debate = asked(data, "debate", "run", STROKE)["debate"]
    said(data, "debate", "close", debate)
    source = re.search(r"(sx-\w+)", said(data, "show", "doi:10.1212/WNL.0000000000011440"))
    assert source
    said(data, "paper", "mark", source[1], "retraction", "--reason", "A test.")
    told = asked(data, "recompute", "--check")
    assert [(each["right"], each["moved"]) for each in told] == [(True, True)]
    assert "moved" in said(data, "recompute", "--check")
    installation = open_installation(Settings(data=data))
    with installation.storage.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA query_only = 0")
        for name in ("versions_sealed_update", "versions_sealed_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        old = connection.execute(
            text("SELECT content FROM versions WHERE content LIKE '%\"composite\":%' ORDER BY number DESC")
        ).scalar_one()
        composite = json.loads(old)["verdicts"][0]["composite"]
        connection.execute(
            text("UPDATE versions SET content = :new WHERE content = :old"),
            {"old": old, "new": old.replace(f'"composite":{composite}', '"composite":900000000')},
        )
    installation.close()
    wrong = run(data, "recompute", "--check")
    assert wrong.exit_code == 1
    assert "composite: written 900000000" in wrong.output
    assert run(data, "recompute").exit_code == 0


def test_what_cannot_be_shown_says_what_to_do(data: Path) -> None:
    for arguments in (("debate", "show", STROKE), ("debate", "show", "nothing"), ("recompute", "h-4bb7fd8c")):
        told = run(data, *arguments)
        assert isinstance(told.exception, NotFound)
        assert told.exception.cure
    said(data, "debate", "run", STROKE)
    told = run(data, "debate", "show", STROKE, "--turn", "99")
    assert isinstance(told.exception, NotFound)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("nothing", "line 1: this is no JSON"),
        ("[{]", "line 1"),
        ('{"hypotheses": 1}', "no"),
        (
            '[{"hypothesis_id": "h-1", "title": "T", "evidence": [{"citation": "c", "stance": "loves", "finding": "f", "verified": true}]}]',
            "evidence, number 1, stance",
        ),
        (
            '[{"hypothesis_id": "h-1", "title": "T", "evidence": [{"citation": "c", "stance": "contradicts", "finding": "f", "verified": true, "effect": {"p": "0.45"}}]}]',
            "shows nothing either way",
        ),
        ('[{"hypothesis_id": "h-1", "title": "T", "beauty": 1}]', "beauty"),
    ],
)
def test_a_bad_file_of_hypotheses_is_refused_whole(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content)
    told = run(tmp_path / "data", "hypothesis", "load", str(file))
    assert isinstance(told.exception, Invalid), told.output
    assert words in told.exception.message or words == "no"
    assert told.exception.cure
    assert "No artifact" in run(tmp_path / "data", "list").output or "h-1" not in run(tmp_path / "data", "list").output


def test_loading_twice_writes_nothing_and_what_was_withdrawn_stays_so(data: Path) -> None:
    first = asked(data, "hypothesis", "load", str(FILE))
    assert (first["created"], first["evidence"], first["works"]) == (0, 0, 0)
    debate = asked(data, "debate", "run", STROKE)
    shown = asked(data, "debate", "show", debate["debate"])
    item = shown["turns"][1]["arguments"][0]["cites"][0]["item"]
    said(data, "retract", item, "--reason", "A test.")
    again = asked(data, "hypothesis", "load", str(FILE))
    assert (again["evidence"], again["unchanged"]) == (0, first["unchanged"])


def test_a_record_that_was_here_learns_which_people_it_studied(tmp_path: Path) -> None:
    """Else two reports of one cohort would weigh twice in a library that had their records already."""
    folder = tmp_path / "data"
    for doi in ("10.1002/ana.20501", "10.1002/stem.430"):
        record = tmp_path / "record.json"
        record.write_text(json.dumps({"csl": {"type": "article-journal", "title": f"A report {doi}", "DOI": doi}}))
        said(folder, "create", "paper", str(record))
        said(folder, "paper", "confirm", f"doi:{doi}", "https://example.org/")
    said(folder, "hypothesis", "load", str(FILE))
    said(folder, "debate", "run", STROKE)
    shown = said(folder, "debate", "show", STROKE)
    assert "2.2 weighs nothing: counted-once" in shown
    again = asked(folder, "hypothesis", "load", str(FILE))
    assert (again["evidence"], again["works"]) == (0, 0)
