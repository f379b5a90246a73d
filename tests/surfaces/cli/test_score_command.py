"""`scidex score` and `scidex verify`: a file in, a worked sum out, and somebody else's arithmetic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from surface_support import run

from scidex.kernel.errors import Invalid

COUNTS = {"quote_checked": True, "source_verified": True, "judged": True}
DEBATE: dict[str, Any] = {
    "arguments": [
        {"id": "a", "about": "evidence-strength", "side": "supports", "cites": ["e"]},
        {"id": "b", "about": "a", "side": "attacks", "cites": ["f"]},
        {"id": "c", "about": "safety", "side": "supports", "cites": ["e"]},
        {"id": "d", "about": "novelty", "side": "supports", "cites": ["e"]},
        {"id": "words", "about": "novelty", "side": "attacks"},
    ],
    "items": [
        {"id": "e", "source": "s", "stance": "supports", "weight": 600, **COUNTS},
        {"id": "f", "source": "t", "stance": "contradicts", "weight": 500, **COUNTS},
    ],
}


@pytest.fixture
def debate(tmp_path: Path) -> Path:
    file = tmp_path / "debate.json"
    file.write_text(json.dumps(DEBATE))
    return file


def score(file: Path, *arguments: str) -> dict[str, Any]:
    told = run(file.parent / "data", "score", str(file), "--json", *arguments)
    assert told.exit_code == 0, told.output
    found: dict[str, Any] = json.loads(told.output)
    return found


def refused(told: Result, words: str) -> None:
    assert isinstance(told.exception, Invalid), told.output
    assert words in told.exception.message
    assert told.exception.cure


def test_a_score_is_told_in_words_and_in_json(debate: Path) -> None:
    shown = run(debate.parent / "data", "score", str(debate), "--explain").output
    found = score(debate, "--explain")
    assert f"Score {found['composite'] / 1e9:.4f}" in shown
    assert "words weighs nothing: cites no evidence" in shown
    assert "4 of 5 arguments weigh something." in shown
    assert {each["argument"] for each in found["contributions"]} == {"a", "b", "c", "d"}
    assert not (debate.parent / "data").exists(), "it opens no library"


def test_not_enough_evidence_is_said(debate: Path) -> None:
    shown = run(debate.parent / "data", "score", str(debate), "--strike", "a", "--strike", "d").output
    assert "Not enough evidence: dimensions that weigh 8 % were argued about. No score." in shown
    assert score(debate, "--strike", "a", "--strike", "d")["composite"] is None


def test_what_is_exported_verifies_and_is_a_debate_again(debate: Path) -> None:
    out = debate.with_name("score.json")
    found = score(debate, "--export", str(out))
    assert score(out) == found
    right = run(debate.parent / "data", "verify", str(out), "--json")
    assert json.loads(right.output) == {"right": True, "differences": []}
    told = json.loads(out.read_text())
    told["score"]["tier"] = "axiom"
    out.write_text(json.dumps(told))
    wrong = run(debate.parent / "data", "verify", str(out))
    assert wrong.exit_code == 1
    assert "wrong  tier: it says 'axiom'" in wrong.output


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON"),
        ("{", "line 1 is no JSON"),
        ("\xff\xfe", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "the whole"),
        ('{"arguments": [{"id": "a", "about": "b", "side": "supports"}]}', "said before"),
        ('{"arguments": [{"id": "a", "about": "novelty", "side": "pro"}]}', "arguments.0.side"),
        ('{"items": [{"id": "e", "source": "s", "weight": 1001}]}', "items.0.weight"),
        ('{"items": [{"id": "e", "source": "s", "weight": 5.5}]}', "items.0.weight"),
        ('{"items": [{"id": "e", "source": "s", "weight": 5, "judged": "yes"}]}', "items.0.judged"),
        ('{"verdict": "true"}', "verdict"),
        (json.dumps({"items": [DEBATE["items"][0]] * 2}), "twice"),
    ],
)
def test_what_is_no_debate_is_refused_with_the_place(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "debate.json"
    file.write_bytes(text.encode("latin-1"))
    refused(run(tmp_path / "data", "score", str(file)), words)


def test_an_argument_that_is_not_there_cannot_be_struck(debate: Path) -> None:
    refused(run(debate.parent / "data", "score", str(debate), "--strike", "z"), "no argument z")
    refused(run(debate.parent / "data", "score", str(debate), "--rules", "debate-0"), "no rules debate-0")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "scidex-score/1"}', "[" * 100_000, '{"format": 7}'])
def test_what_is_no_score_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "score.json"
    file.write_text(text)
    refused(run(tmp_path / "data", "verify", str(file)), "no exported score")


def test_names_cannot_drive_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "debate.json"
    file.write_text(json.dumps({"arguments": [{"id": "\x1b[2J[red]", "about": "novelty", "side": "supports"}]}))
    shown = run(tmp_path / "data", "score", str(file), "--explain").output
    assert "\x1b" not in shown
    assert "[red] weighs nothing" in shown
