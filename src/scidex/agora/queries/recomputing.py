"""Recomputing every score there is: verdicts from what was known when they were given, and what stands today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scidex.agora.queries.kept import KeptDebate, kept_debate
from scidex.agora.verdicts import Standing
from scidex.atlas import queries
from scidex.atlas.kinds.debate import DebateVerdict
from scidex.atlas.model import Head
from scidex.kernel.errors import ScidexError

_PAGE = 200


@dataclass(frozen=True, slots=True)
class RecomputedVerdict:
    """A verdict and what its inputs give now; `differences` names what is not as it was written."""

    at: datetime
    verdict: DebateVerdict
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A debate computed anew: where it stands today, and its verdicts. `moved` says whether the last one is still what stands."""

    kept: KeptDebate
    standing: Standing
    verdicts: tuple[RecomputedVerdict, ...]

    @property
    def right(self) -> bool:
        """Whether every verdict is what its inputs give."""
        return not any(each.differences for each in self.verdicts)

    @property
    def moved(self) -> bool:
        """Whether a closed debate stands elsewhere today than where its verdict left it."""
        if self.kept.body.state != "closed" or not self.kept.body.verdicts:
            return False
        last = self.kept.body.verdicts[-1]
        return (last.composite, last.tier) != (self.standing.score.composite, self.standing.tier)


def all_debates(connection: Connection) -> Iterator[Head]:
    """Every debate, however many."""
    cursor = ""
    while True:
        page = queries.browse(connection, kind="debate", cursor=cursor, limit=_PAGE)
        yield from page.items
        if not page.next:
            return
        cursor = page.next


def recomputed(connection: Connection, head: Head) -> Recomputed:
    """A debate and all its verdicts, computed anew from what was known at the time of each."""
    kept = kept_debate(connection, head, waiting=False)
    told: list[RecomputedVerdict] = []
    for moment in _written(connection, head) if kept.body.verdicts else ():
        then = kept_debate(connection, head, as_of=moment, waiting=False)
        if len(then.body.verdicts) > len(told) and then.body.state == "closed":
            told.append(_checked(then, moment))
    missing = [
        RecomputedVerdict(head.updated_at, verdict, ("no version of the debate was closed with it",))
        for verdict in kept.body.verdicts[len(told) :]
    ]
    return Recomputed(kept, kept.standing(), (*told, *missing))


def _written(connection: Connection, head: Head) -> list[datetime]:
    """When each version of a debate was written, oldest first."""
    found: list[datetime] = []
    before: int | None = None
    while page := queries.history(connection, head, before=before, limit=_PAGE):
        found += [version.recorded_at for version in page]
        before = page[-1].number
    return found[::-1]


def _checked(then: KeptDebate, at: datetime) -> RecomputedVerdict:
    verdict = then.body.verdicts[-1]
    try:
        found = then.verdict(then.standing(), verdict.note).model_dump(mode="json")
    except ScidexError as error:
        return RecomputedVerdict(at, verdict, (error.message,))
    return RecomputedVerdict(
        at,
        verdict,
        tuple(
            f"{name}: written {written}, computed {found[name]}"
            for name, written in verdict.model_dump(mode="json").items()
            if written != found[name]
        ),
    )
