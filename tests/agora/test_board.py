"""The board's scores, kept up while things happen, are those that computing all anew gives, to the bit."""

from __future__ import annotations

from typing import Any

import pytest
from debate_support import argue, evidence, hypothesis, opened, perform, read, work
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scidex.agora import queries as agora
from scidex.atlas import queries
from scidex.kernel.installation import Installation

STEPS = (
    "evidence",
    "argue",
    "argue-new",
    "contest",
    "empty",
    "retract-work",
    "unmark",
    "judge",
    "withdraw",
    "reinstate",
)
STEPS += ("withdraw-turn", "other", "confirm", "close", "search")


class Room:
    """A debate in which things happen, as a test tells."""

    def __init__(self, scidex: Installation) -> None:
        self.scidex = scidex
        self.subject = hypothesis(scidex)
        self.debate = opened(scidex, self.subject)
        self.works = [work(scidex, number, confirmed=number > 1) for number in range(1, 4)]
        self.items: list[str] = []
        self.turns: list[Any] = []
        self.board = agora.Board()

    def step(self, name: str, number: int) -> None:  # noqa: C901, PLR0912 - one line for each thing that can happen
        scidex = self.scidex
        source = self.works[number % 3]
        stance = ("supports", "contradicts", "not-shown")[number % 3]
        if name == "evidence":
            self.items.append(evidence(scidex, self.subject, source, stance))
        elif name == "argue" and self.items:
            side = "supports" if number % 2 else "attacks"
            self.turns.append(argue(scidex, self.debate, self.items[number % len(self.items)], side=side))
        elif name == "argue-new":
            self.items.append(
                evidence(scidex, self.subject, "doi:10.5555/77" if number == 7 else source, stance, **_unknown(number))
            )
            self.turns.append(argue(scidex, self.debate, self.items[-1]))
        elif name == "contest" and self.turns:
            turn = self.turns[number % len(self.turns)].turn
            item = evidence(scidex, f"{turn}#1", source, "contradicts")
            self.turns.append(argue(scidex, self.debate, item, about=f"{turn}#1", side="attacks"))
        elif name == "empty":
            self.turns.append(argue(scidex, self.debate, about="novelty"))
        elif name == "retract-work":
            perform(scidex, "paper.mark", ref=source, notice="retraction", reason="Fabricated.")
        elif name == "unmark":
            perform(scidex, "paper.unmark", ref=source, notice="retraction", reason="Not this one.")
        elif name == "judge" and self.items:
            perform(scidex, "evidence.judge", ref=self.items[number % len(self.items)], stance=stance)
        elif name == "withdraw" and self.items:
            perform(scidex, "artifact.retract", ref=self.items[number % len(self.items)], reason="Wrong.")
        elif name == "reinstate" and self.items:
            perform(scidex, "artifact.reinstate", ref=self.items[number % len(self.items)], reason="Right.")
        elif name == "withdraw-turn" and self.turns:
            perform(scidex, "artifact.retract", ref=self.turns[number % len(self.turns)].turn, reason="Wrong.")
        elif name == "other":
            argue(scidex, opened(scidex, hypothesis(scidex, "Another")))
        elif name == "confirm":
            perform(scidex, "paper.confirm", ref=self.works[0], source="https://example.org/")
        elif name == "close":
            perform(scidex, "debate.close", debate=self.debate)
        elif name == "search":
            entries = [
                {"side": "against", "method": method, "query": "x", "total": 0} for method in ("evidence", "words")
            ]
            perform(scidex, "debate.certify", subject=self.subject, entries=entries, as_of="2020-01-01T00:00:00Z")

    def compare(self) -> None:
        with self.scidex.storage.read() as connection:
            kept, stands = self.board.read(connection, queries.find(connection, self.debate)[1])
            assert stands == read(self.scidex, self.debate).standing()
            fresh = read(self.scidex, self.debate)
            assert kept.searched == fresh.searched
            assert kept.waiting == fresh.waiting
            assert kept.body == fresh.body
            again = self.board.read(connection, kept.head)
            assert again[1] is stands


def _unknown(number: int) -> dict[str, Any]:
    return {"quote": ""} if number == 7 else {}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 8)), max_size=10))
def test_after_every_step_the_board_says_what_computing_anew_says(
    open_scidex: Any, steps: list[tuple[str, int]]
) -> None:
    from scidex.kernel.errors import ScidexError

    room = Room(open_scidex("sqlite"))
    room.compare()
    for name, number in [("evidence", 0), ("argue", 1), *steps]:
        try:
            room.step(name, number)
        except ScidexError:
            continue
        room.compare()


@pytest.mark.parametrize("last", STEPS)
def test_each_step_is_noticed_by_the_board(scidex: Installation, last: str) -> None:
    room = Room(scidex)
    for name, number in (("evidence", 1), ("argue-new", 0), ("argue-new", 7), ("argue", 0), ("contest", 1)):
        room.step(name, number)
    if last == "unmark":
        room.step("retract-work", 0)
    if last == "reinstate":
        room.step("withdraw", 0)
    room.compare()
    room.step(last, 0)
    room.compare()


def test_a_record_that_comes_later_is_noticed(scidex: Installation) -> None:
    room = Room(scidex)
    room.step("argue-new", 7)
    room.compare()
    work(scidex, 77)
    room.compare()


def test_a_board_that_is_asked_about_an_older_state_does_not_answer_with_a_newer(scidex: Installation) -> None:
    room = Room(scidex)
    room.step("argue-new", 0)
    with scidex.storage.read() as old:
        head = queries.find(old, room.debate)[1]
        before = room.board.read(old, head)[1]
        room.step("argue-new", 1)
        room.compare()
        assert room.board.read(old, head)[1] == before
    room.compare()
