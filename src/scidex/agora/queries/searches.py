"""Searching the library for and against a statement, and doing it again from a certificate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scidex.atlas import queries
from scidex.atlas.evidence.model import Stance
from scidex.atlas.kinds.search_certificate import SearchBody, SearchEntry
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.searching.model import Mode
from scidex.atlas.searching.ports import Searching
from scidex.kernel.clock import parse_time

MOST_FOUND = 50
_MOST_ITEMS = 20_000
_STANCES = {
    "for": (Stance.SUPPORTS, Stance.MIXED),
    "against": (Stance.CONTRADICTS, Stance.NOT_SHOWN, Stance.MIXED),
}
_CONTRARY = (
    'failed OR ineffective OR contradicts OR refuted OR worse OR harm OR retracted OR "no effect" OR "no benefit"'
    ' OR "no difference" OR "did not" OR "not shown" OR "not met"'
)
_OPERATORS = re.compile(r"[^\w\s]|_")


def evidence_entries(connection: Connection, subject: Head, as_of: datetime | None = None) -> tuple[SearchEntry, ...]:
    """The evidence that stands on `subject` and its dimensions, by what it says; to the item the same again at `as_of`."""
    found = queries.sources_of(connection, [subject], Relation.EVIDENCE_FOR, as_of=as_of, limit=_MOST_ITEMS)
    views = [view for each in queries.evidence_views(connection, found, as_of).values() for view in each]
    entries = []
    for side, stances in _STANCES.items():
        of = sorted(view.head.id for view in views if view.body.stance in stances)
        entries.append(
            SearchEntry.model_validate(
                {
                    "side": side,
                    "method": "evidence",
                    "query": " ".join(stances),
                    "total": len(of),
                    "found": of[:MOST_FOUND],
                }
            )
        )
    return tuple(entries)


def words_entries(connection: Connection, searching: Searching, statement: str) -> tuple[SearchEntry, ...]:
    """What the library's full text has on a statement, and on the contrary. What is found is to be read, and weighs nothing."""
    words = " ".join(_OPERATORS.sub(" ", statement).casefold().split())[:1500]
    asked = {"for": words, "against": f"{words} {_CONTRARY}"}
    return tuple(_words(connection, searching, side, query) for side, query in asked.items())


@dataclass(frozen=True, slots=True)
class Replayed:
    """An entry of a certificate, asked again: `same` if the answers are those that it names, else how they differ."""

    entry: SearchEntry
    again: SearchEntry

    @property
    def same(self) -> bool:
        """Whether nothing has changed."""
        return self.entry == self.again

    @property
    def new(self) -> tuple[str, ...]:
        """What is found now and was not then."""
        return tuple(each for each in self.again.found if each not in self.entry.found)

    @property
    def gone(self) -> tuple[str, ...]:
        """What was found then and is not now."""
        return tuple(each for each in self.entry.found if each not in self.again.found)


def replayed(connection: Connection, searching: Searching, subject: Head, body: SearchBody) -> tuple[Replayed, ...]:
    """A certificate asked again: evidence as of its moment, words as of today."""
    evidence = {entry.side: entry for entry in evidence_entries(connection, subject, parse_time(body.as_of))}
    return tuple(
        Replayed(
            entry,
            evidence[entry.side]
            if entry.method == "evidence"
            else _words(connection, searching, entry.side, entry.query),
        )
        for entry in body.entries
    )


def _words(connection: Connection, searching: Searching, side: str, query: str) -> SearchEntry:
    results = queries.search(connection, searching, query, mode=Mode.WORDS, limit=MOST_FOUND, facets=False)
    found = [hit.head.id for hit in results.hits]
    return SearchEntry.model_validate(
        {"side": side, "method": "words", "query": query, "total": results.total, "found": found}
    )
