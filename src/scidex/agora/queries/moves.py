"""How a score came to be what it is: each move with its cause, computed from what was known at the time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scidex.agora.queries.kept import KeptDebate, kept_debate
from scidex.agora.scoring import Tier
from scidex.agora.verdicts import Standing
from scidex.atlas import queries
from scidex.atlas.bibliography.resolution import Known
from scidex.kernel.events import Event, of_subjects

MOST_ARGUMENTS = 300
"""Of a debate with more, every moment of the past would take long to compute; its verdicts are told instead."""
MOST_MOMENTS = 60
"""So many moments are looked at, the newest."""


@dataclass(frozen=True, slots=True)
class Move:
    """A moment at which a score was another one than before, in units of 1 / `ONE`, and what moved it.

    `subject` is the artifact that the cause is about, `composite` None where there was not enough evidence.
    """

    at: datetime
    cause: str
    subject: str
    composite: int | None
    low: int
    high: int
    tier: Tier


Moments = dict[datetime, Standing]


def moves(connection: Connection, kept: KeptDebate, known: Moments | None = None) -> tuple[Move, ...]:
    """The moves of a debate's score, oldest first; none of a debate too large for it.

    `known` remembers moments of this debate that were computed: what was known at a moment never changes.
    """
    if sum(len(turn.body.arguments) for turn in kept.turns) > MOST_ARGUMENTS:
        return ()
    known = {} if known is None else known
    causes = _causes(connection, kept)
    found: list[Move] = []
    before: tuple[object, ...] | None = None
    for at in sorted(causes)[-MOST_MOMENTS:]:
        if at not in known:
            known[at] = kept_debate(connection, kept.head, as_of=at, waiting=False).standing()
        stands = known[at]
        now = (stands.score.composite, stands.score.low, stands.score.high, stands.tier)
        if now != before:
            cause, subject = causes[at]
            found.append(Move(at, cause, subject, *now))
        before = now
    return tuple(found)


_DONE = {
    "artifact.revised": "was changed",
    "artifact.retracted": "was withdrawn",
    "artifact.tombstone": "was removed",
    "artifact.published": "was reinstated",
    "artifact.merged": "was merged",
    "artifact.superseded": "was superseded",
}
_OF_DEBATES = {"debate.closed": "The debate was closed", "debate.reopened": "The debate was reopened"}


def _causes(connection: Connection, kept: KeptDebate) -> dict[datetime, tuple[str, str]]:
    """The moments at which something happened that may have moved the score: what, to which artifact."""
    names = dict.fromkeys(kept.cited, "An item of evidence")
    for work in _works(connection, kept):
        state = "the retracted work" if work.retracted else "the work"
        names[work.id] = f"The record of {state} “{work.title}”"
    names |= {turn.head.id: turn.head.title for turn in kept.turns}
    searches = {str(head.id) for head, _ in kept.searches}
    causes = {kept.head.created_at: ("The debate was opened", str(kept.head.id))}
    happened = of_subjects(connection, {*names, *searches, kept.head.id}, after=kept.head.created_at)
    for each in happened:
        if cause := _cause(each.event, names, searches):
            causes[each.at] = cause
    return causes


def _works(connection: Connection, kept: KeptDebate) -> list[Known]:
    """The works that are quoted, also by items that were withdrawn since."""
    works = [view.work for view in kept.items.values() if view.work is not None]
    withdrawn = list(queries.targets(connection, kept.cited - kept.items.keys()).values())
    sources = {str(content.get("source", "")) for content in queries.contents_of(connection, withdrawn).values()}
    named = queries.works_named(connection, sources - {""}).values()
    return [*works, *(work for work in named if isinstance(work, Known))]


def _cause(event: Event, names: Mapping[str, str], searches: Collection[str]) -> tuple[str, str] | None:
    if event.kind == "debate.argued":
        turn = str(event.payload["turn"])
        return names.get(turn, "A turn was taken"), turn
    if event.kind in _OF_DEBATES:
        return _OF_DEBATES[event.kind], event.subject
    if event.subject in searches:
        return ("The library was searched for and against", event.subject) if event.kind == "artifact.created" else None
    if event.kind in _DONE and event.subject in names:
        return f"{names[event.subject]} {_DONE[event.kind]}", event.subject
    return None
