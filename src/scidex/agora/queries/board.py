"""The scores of debates, kept up while events come in. What it answers is, to the bit, what computing all anew gives."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Connection

from scidex.agora.argumentation import Semantics
from scidex.agora.explaining import Contribution, Cruxes, contributions, cruxes
from scidex.agora.queries.kept import KeptDebate, KeptTurn, arguments_of, evidence_items, kept_debate, looked_through
from scidex.agora.queries.moves import Moments, Move, moves
from scidex.agora.scoring import LiveScore
from scidex.agora.verdicts import Standing
from scidex.atlas import queries
from scidex.atlas.kinds.turn import TurnBody
from scidex.atlas.model import Head
from scidex.atlas.queries import EvidenceView
from scidex.kernel.events import RecordedEvent, last_seq, since

Remembered = TypeVar("Remembered")
_MOST_DEBATES = 64
_MOST_EVENTS = 500
_CRUXES_TRIED = 400
"""On a page so many changed debates are scored; the command line tries more."""
_MOST_EXPLAINED = 100
"""Of a debate of more arguments a page does not wait for the explanation."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a score is what it is."""

    contributions: tuple[Contribution, ...]
    cruxes: Cruxes


@dataclass(slots=True)
class _Entry:
    seq: int
    kept: KeptDebate
    live: LiveScore
    standing: Standing
    sources: set[str]
    touched: set[str]
    nameless: bool


class Board:
    """One per process. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._moments: OrderedDict[str, Moments] = OrderedDict()
        self._explained: OrderedDict[str, Explained] = OrderedDict()

    def read(self, connection: Connection, head: Head) -> tuple[KeptDebate, Standing]:
        """The debate and where it stands, as `connection` sees it."""
        seq = last_seq(connection)
        with self._lock:
            entry = self._entries.get(head.id)
            if entry is not None and entry.seq <= seq:
                if entry.seq < seq:
                    entry = self._followed(connection, entry, since(connection, entry.seq, limit=_MOST_EVENTS))
                    entry.seq = seq
                self._keep(entry)
                return entry.kept, entry.standing
        kept = kept_debate(connection, head)
        if kept.semantics is not Semantics.DF_QUAD:
            return kept, kept.standing()
        entry = _entry(kept, seq)
        with self._lock:
            known = self._entries.get(head.id)
            if known is None or known.seq < seq:
                self._keep(entry)
        return entry.kept, entry.standing

    def moves(self, connection: Connection, kept: KeptDebate) -> tuple[Move, ...]:
        """How its score moved (`moves`)."""
        with self._lock:
            known = dict(self._moments.get(kept.head.id, {}))
        told = moves(connection, kept, known)
        with self._lock:
            _remember(self._moments, kept.head.id, known)
        return told

    def explained(self, kept: KeptDebate, stands: Standing) -> Explained | None:
        """What each argument contributes and on what the tier hangs; None of a debate too large for a page to wait.

        The same inputs have the same explanation.
        """
        if len(stands.score.arguments) > _MOST_EXPLAINED:
            return None
        key = stands.score.inputs
        with self._lock:
            if key in self._explained:
                self._explained.move_to_end(key)
                return self._explained[key]
        debate = kept.debate()
        found = Explained(contributions(debate, kept.rules), cruxes(debate, kept.rules, most=_CRUXES_TRIED))
        with self._lock:
            _remember(self._explained, key, found)
        return found

    def _keep(self, entry: _Entry) -> None:
        _remember(self._entries, entry.kept.head.id, entry)

    def _followed(self, connection: Connection, entry: _Entry, happened: Sequence[RecordedEvent]) -> _Entry:
        """The entry after what happened: by its new turns alone where nothing else of it changed, else made anew."""
        debate = entry.kept.head.id
        turns = [each.event.payload["turn"] for each in happened if _is_turn(each, debate)]
        own = set(turns)
        touched = any(_touches(each, entry, own) for each in happened if not _is_turn(each, debate))
        # What is about an argument that was withdrawn is struck too, which takes the whole debate to see.
        withdrawn = bool(turns) and not all(turn.stands for turn in entry.kept.turns)
        if touched or withdrawn or len(happened) == _MOST_EVENTS:
            return _entry(kept_debate(connection, queries.find(connection, debate)[1]), entry.seq)
        if turns:
            _grow(connection, entry, turns)
        made = {each.event.subject for each in happened if each.event.payload.get("kind") == "evidence"}
        if turns or made:
            _wait(connection, entry, made)
        return entry


def _remember(kept: OrderedDict[str, Remembered], key: str, value: Remembered) -> None:
    """Keeps `value` as the newest; what was used longest ago goes."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _MOST_DEBATES:
        kept.popitem(last=False)


def _is_turn(happened: RecordedEvent, debate: str) -> bool:
    return happened.event.kind == "debate.argued" and happened.event.subject == debate


def _touches(happened: RecordedEvent, entry: _Entry, own: set[str]) -> bool:
    event = happened.event
    if event.subject in own and event.kind == "artifact.created":
        return False
    if event.subject in entry.touched or any(
        isinstance(each, str) and each in entry.touched for each in event.payload.values()
    ):
        return True
    if event.kind == "artifact.created" and event.payload.get("kind") == "search":
        return True
    # A source that had no record here may have one now.
    return entry.nameless and (event.kind.startswith("alias.") or event.payload.get("kind") == "paper")


def _entry(kept: KeptDebate, seq: int) -> _Entry:
    debate = kept.debate()
    live = LiveScore(debate, kept.rules)
    touched = {kept.head.id, kept.subject.id, *kept.cited, *(turn.head.id for turn in kept.turns)}
    touched |= _named((*kept.items.values(), *kept.waiting))
    nameless = any(view.work is None for view in kept.items.values())
    sources = {source.id for source in debate.sources}
    return _Entry(seq, kept, live, kept.stands_with(live.score()), sources, touched, nameless)


def _wait(connection: Connection, entry: _Entry, made: Collection[str]) -> None:
    """Puts evidence that was added to what waits to be argued from, and takes out what was."""
    kept = entry.kept
    new = evidence_items(connection, [each for each in made if each not in kept.items])
    on = {head.id for head in looked_through(kept.subject, kept.turns)}
    waiting: dict[str, EvidenceView] = {view.head.id: view for view in kept.waiting if view.head.id not in kept.items}
    waiting |= {id_: view for id_, view in new.items() if view.body.claim.partition("#")[0] in on}
    entry.kept = replace(kept, waiting=tuple(waiting[id_] for id_ in sorted(waiting)))
    entry.touched |= _named(new.values())


def _named(views: Iterable[EvidenceView]) -> set[str]:
    """The items and the works whose change changes what a debate makes of them."""
    views = tuple(views)
    return {view.head.id for view in views} | {view.work.id for view in views if view.work is not None}


def _grow(connection: Connection, entry: _Entry, turns: Sequence[str]) -> None:
    heads = [queries.find(connection, turn)[1] for turn in turns]
    contents: dict[str, Any] = queries.contents_of(connection, heads)
    new = [KeptTurn(head, TurnBody.model_validate(contents[head.id])) for head in heads]
    cited = {cite.item for turn in new for said in turn.body.arguments for cite in said.cites if not cite.fault}
    items = evidence_items(connection, cited - entry.kept.items.keys())
    views = list(items.values())
    evidence = list(map(queries.as_item, views))
    sources = [source for source in queries.sources_behind(views) if source.id not in entry.sources]
    entry.sources |= {source.id for source in sources}
    for turn in new:
        for argument in arguments_of(turn):
            entry.live.add(argument, evidence, sources)
            evidence, sources = [], []
    kept = replace(
        entry.kept,
        turns=(*entry.kept.turns, *new),
        items={**entry.kept.items, **items},
    )
    entry.kept, entry.standing = kept, kept.stands_with(entry.live.score())
    entry.touched |= {*cited, *(turn.head.id for turn in new), *_named(views)}
    entry.nameless = entry.nameless or any(view.work is None for view in views)
