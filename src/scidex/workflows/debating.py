"""A round of a debate by the default debaters: search for and against, let each persona speak, sum up.

Every persona takes its position from the evidence alone, before it hears the others; what stands on an argument is argued
in the round after. A round that was cut short is carried on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scidex.agora import queries as agora
from scidex.agora.actions._turns import Argued, SaidArgument, SaidCitation
from scidex.agora.actions.certify import CertifySearch
from scidex.agora.actions.take_turn import TakeTurn
from scidex.agora.debaters import DraftTurn, Persona, personas, turn_by_rule
from scidex.agora.queries import KeptDebate
from scidex.atlas import queries
from scidex.atlas.model import Head
from scidex.atlas.searching.ports import Searching
from scidex.kernel.events import last_moment
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation

BY_RULE = "debaters-1"
"""Who wrote a turn that no model wrote: the rules of the default debaters, with their version."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Round:
    """What came of a round: the debate, which round it was, the turns taken, and the certificate of the search."""

    debate: Head
    number: int
    turns: tuple[Argued, ...]
    search: str

    @property
    def document(self) -> dict[str, Any]:
        """It in JSON: the same on the command line and over HTTP."""
        return {
            "debate": self.debate.id,
            "round": self.number,
            "turns": [turn.model_dump(mode="json") for turn in self.turns],
            "search": self.search,
        }


def debate_round(
    installation: Installation, reference: str, *, actor: ActorId, progress: Progress = lambda _words: None
) -> Round:
    """One round on a debate, or on an artifact, for which a debate is opened if it has none. Raises NotFound or Invalid."""
    debate = _debate(installation, reference, actor)
    kept = _read(installation, debate)
    number, spoken = _where(kept)
    progress("searching for and against")
    certificate = _search(installation, kept, actor)
    kept = _read(installation, debate)
    turns: list[Argued] = []
    before = agora.brief(kept)
    for persona in personas():
        if persona.name in spoken:
            continue
        brief = agora.brief(_read(installation, debate)) if persona.sums_up else before
        draft = turn_by_rule(persona, brief)
        if not draft.arguments and number > 1 and not (persona.sums_up and turns):
            continue
        progress(f"{persona.label}: {len(draft.arguments)} arguments")
        command = _command(debate, persona, draft, number, certificate if persona.searches else "")
        turns.append(installation.door.perform("debate.turn", command, actor))
    return Round(debate, number, tuple(turns), certificate)


def _debate(installation: Installation, reference: str, actor: ActorId) -> Head:
    with installation.storage.read() as connection:
        head = queries.find(connection, reference)[1]
        there = agora.debates_on(connection, head)
    if there:
        return there[-1]
    opened = installation.door.perform("debate.open", {"subject": head.id}, actor)
    with installation.storage.read() as connection:
        return queries.find(connection, opened.id)[1]


def _read(installation: Installation, debate: Head) -> KeptDebate:
    with installation.storage.read() as connection:
        return agora.kept_debate(connection, queries.find(connection, debate.id)[1])


def _where(kept: KeptDebate) -> tuple[int, frozenset[str]]:
    """Which round is to be held, and who has spoken in it already."""
    last = max((turn.body.round for turn in kept.turns), default=0)
    spoken = frozenset(turn.body.speaker for turn in kept.turns if turn.body.round == last and last)
    if last == 0 or {persona.name for persona in personas() if persona.sums_up} & spoken:
        return last + 1, frozenset()
    return last, spoken


def _search(installation: Installation, kept: KeptDebate, actor: ActorId) -> str:
    searching = installation.service(Searching)
    with installation.storage.read() as connection:
        as_of = last_moment(connection) or installation.door.clock.now()
        entries = (
            *agora.evidence_entries(connection, kept.subject, as_of),
            *agora.words_entries(connection, searching, kept.body.statement),
        )
    command = CertifySearch(subject=kept.subject.id, entries=entries, as_of=as_of)
    made = installation.door.perform("debate.certify", command, actor)
    return str(made.id)


def _command(debate: Head, persona: Persona, draft: DraftTurn, number: int, certificate: str) -> TakeTurn:
    return TakeTurn(
        debate=debate.id,
        arguments=tuple(
            SaidArgument(
                about=each.about,
                side=each.side.value,
                words=each.words,
                cites=tuple(SaidCitation(item=item, quote=quote) for item, quote in each.cites),
            )
            for each in draft.arguments
        ),
        words=draft.words,
        speaker=persona.name,
        round=number,
        search=certificate,
        written_by=BY_RULE,
    )
