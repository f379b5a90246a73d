"""`scidex token`: a secret is shown once, to the one who made it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from surface_support import COMMAND, Ran, environment

Run = Callable[..., Ran]


@pytest.fixture(params=["sqlite", "postgresql"])
def run(request: pytest.FixtureRequest, make_database: Callable[[str], str], tmp_path: Path) -> Run:
    """Runs the program on a new installation of each engine."""
    return on(tmp_path, make_database(request.param))


@pytest.fixture
def run_lite(tmp_path: Path) -> Run:
    """Runs it on SQLite, for what does not reach the database."""
    return on(tmp_path, "")


def on(data: Path, database: str) -> Run:

    def run_(*words: str, **more: str) -> Ran:
        settings = {"SCIDEX_DATA": str(data), "SCIDEX_DATABASE_URL": database, **more}
        ran = subprocess.run(
            [*COMMAND, *words], capture_output=True, text=True, env=environment(**settings), check=False
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return run_


def test_a_token_is_made_listed_and_revoked(run):
    made = run("token", "create", "--actor", "person:alice", "--label", "Notebook")
    assert made.code == 0
    assert re.fullmatch(r"scidex_[\w-]{43}\n", made.out)
    assert "person:alice" in made.err
    secret = made.out.strip()
    (listed,) = json.loads(run("token", "list", "--json").out)
    assert (listed["actor"], listed["label"], listed["live"]) == ("person:alice", "Notebook", True)
    revoked = run("token", "revoke", listed["id"])
    assert (revoked.code, revoked.out) == (0, f"{listed['id']} of person:alice is revoked.\n")
    after = run("token", "list").out
    assert after.startswith(f"{listed['id']}  person:alice  revoked 2")
    assert secret not in after
    assert run("check").code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("create", "--actor", "alice"), 2),
        (("create", "--expires", "0d"), 2),
        (("create", "--expires", "soon"), 2),
        (("create", "--expires", "٣d"), 2),
        (("create", "--label", "x" * 101), 2),
        (("revoke", "tk-000000000000000000"), 3),
        (("revoke", "' OR 1=1"), 3),
    ],
)
def test_what_cannot_be_is_told_with_a_cure(run_lite, words, code):
    ran = run_lite("token", *words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("error: ")


def test_a_token_never_expires_only_if_told_so_and_defaults_to_who_acts_here(run_lite):
    kept = json.loads(run_lite("token", "create", "--expires", "never", "--json", SCIDEX_ACTOR="person:ada").out)
    assert (kept["actor"], kept["expires_at"]) == ("person:ada", None)
    assert json.loads(run_lite("token", "create", "--json").out)["expires_at"]


def test_where_there_is_no_token_it_is_said_how_to_make_one(run_lite):
    assert "`scidex token create`" in run_lite("token", "list").out


def test_programs_make_no_tokens(run_lite):
    ran = run_lite("token", "create", "--actor", "person:alice", SCIDEX_ACTOR="software:robot")
    assert (ran.code, ran.out) == (5, "")
