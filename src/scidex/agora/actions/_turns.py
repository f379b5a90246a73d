"""Taking a turn: what several verbs do with what somebody says in a debate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scidex.agora.model import Dimension
from scidex.agora.protocol import ArgumentRef, argument_id, checked_citation, parse_about
from scidex.agora.queries.kept import MOST_TURNS, kept_debate
from scidex.atlas import keeping, queries
from scidex.atlas.aliases import alias_key
from scidex.atlas.kinds.debate import DebateBody
from scidex.atlas.kinds.evidence_item import EvidenceBody
from scidex.atlas.kinds.search_certificate import SearchBody
from scidex.atlas.kinds.turn import MOST_ARGUMENTS, Citation, TurnArgument, TurnBody
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.kernel.actions import Result, Work
from scidex.kernel.errors import Conflict, Invalid
from scidex.kernel.ids import ArtifactId


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SaidCitation(_Said):
    """An item of evidence with the words of it that matter; without a quote its whole passage is taken."""

    item: str = Field(min_length=1, max_length=300)
    quote: str = Field(default="", max_length=4000)


class SaidArgument(_Said):
    """`about` is a dimension, an argument (``3.2``, ``sx-…#2``), or ``#1`` for an earlier one of the same turn."""

    about: str = Field(min_length=1, max_length=300)
    side: Literal["supports", "attacks"]
    words: str = Field(default="", max_length=4000)
    cites: tuple[SaidCitation, ...] = Field(default=(), max_length=100)


class Argued(Result):
    """The debate, the turn, its arguments by id and as readers call them, and the faults of citations, which weigh nothing."""

    id: str
    turn: str
    number: int
    arguments: tuple[str, ...]
    labels: tuple[str, ...]
    faults: tuple[str, ...]
    reopened: bool


def take(
    work: Work,
    debate: str,
    arguments: Sequence[SaidArgument],
    *,
    words: str = "",
    speaker: str = "",
    round_: int = 0,
    search: str = "",
    written_by: str = "",
) -> Argued:
    """Checks and keeps a turn. Evidence it has not weighed reopens a closed debate. Raises Invalid, NotFound or Conflict."""
    head, body = keeping.kept(work, debate, DebateBody)
    if not arguments and not words.strip():
        raise Invalid("A turn without an argument and without a word says nothing.", cure="Give an argument.")
    if len(arguments) > MOST_ARGUMENTS:
        raise Invalid(f"A turn has at most {MOST_ARGUMENTS} arguments.", cure="Take several turns.")
    certificate = keeping.kept(work, search, SearchBody)[0].id if search else ""
    turn = keeping.new_id(work)
    said = _checked(work, head, body, turn, arguments)
    reopened = body.state == "closed"
    if reopened:
        _reopen(work, head, body, said)
    number = queries.sources_total(work.connection, [head.id], Relation.ARGUED_IN) + 1
    content = TurnBody(
        debate=head.id,
        number=number,
        round=round_,
        speaker=speaker,
        words=words,
        arguments=said,
        search=certificate,
        written_by=written_by,
    )
    keeping.keep(work, content, "turn", artifact_id=turn)
    work.emit("debate.argued", head.id, turn=turn, number=number, arguments=len(said))
    places = range(1, len(said) + 1)
    return Argued(
        id=head.id,
        turn=turn,
        number=number,
        arguments=tuple(argument_id(turn, place) for place in places),
        labels=tuple(f"{number}.{place}" for place in places),
        faults=tuple(
            f"{number}.{place}, {each.item}: {each.why}"
            for place, argument in zip(places, said, strict=True)
            for each in argument.cites
            if each.fault
        ),
        reopened=reopened,
    )


def _checked(
    work: Work, head: Head, body: DebateBody, turn: ArtifactId, arguments: Sequence[SaidArgument]
) -> tuple[TurnArgument, ...]:
    subject = keeping.named(work, body.subject)
    items = _items(work, (cite.item for argument in arguments for cite in argument.cites))
    said = []
    for place, argument in enumerate(arguments, 1):
        about = _about(work, head, turn, argument.about, place)
        cites: dict[str, Citation] = {}
        for given in argument.cites:
            item, found = items.get(given.item, (given.item, None))
            cites.setdefault(item, checked_citation(item, found, given.quote, subject.id, about))
        said.append(TurnArgument(about=about, side=argument.side, words=argument.words, cites=tuple(cites.values())))
    return tuple(said)


def _items(work: Work, given: Iterable[str]) -> dict[str, tuple[str, EvidenceBody]]:
    """The items of evidence that are named, by name: id and body. Names that lead to none are left out."""
    keys: dict[str, str] = {}
    for name in given:
        try:
            keys[name] = alias_key(name)
        except Invalid:
            continue
    heads = queries.targets(work.connection, keys.values())
    evidence = {key: head for key, head in heads.items() if head.kind == "evidence"}
    contents = queries.contents_of(work.connection, list(evidence.values()))
    return {
        name: (evidence[key].id, EvidenceBody.model_validate(contents[evidence[key].id]))
        for name, key in keys.items()
        if key in evidence
    }


def _about(work: Work, head: Head, turn: ArtifactId, given: str, place: int) -> str:
    """What an argument is about, as it is kept: a dimension, or the id of an argument of this debate."""
    about = parse_about(given, place)
    if isinstance(about, Dimension):
        return about
    if isinstance(about, int):
        return argument_id(turn, about)
    return argument_id(*turn_of(work, head, about))


def turn_of(work: Work, head: Head, ref: ArgumentRef) -> tuple[str, int]:
    """The turn and place of an argument of the debate `head`. Raises NotFound or Invalid."""
    reference = ref.turn if isinstance(ref.turn, ArtifactId) else _turn_number(work, head, ref.turn)
    turn, body = keeping.kept(work, reference, TurnBody)
    if body.debate != head.id or not 1 <= ref.place <= len(body.arguments):
        raise Invalid(
            f"“{head.title}” has no argument {body.number}.{ref.place}.",
            cure="Its page shows the arguments with their numbers.",
        )
    return turn.id, ref.place


def _turn_number(work: Work, head: Head, number: int) -> ArtifactId:
    # Turns are kept in their order, so the one of a number is at its place among them.
    found = queries.sources_of(
        work.connection, [head], Relation.ARGUED_IN, limit=1, offset=min(number, MOST_TURNS) - 1, keys=[head.id]
    )
    if not found:
        raise Invalid(f"“{head.title}” has no turn {number}.", cure="Its page shows the turns with their numbers.")
    return found[0][0].id


def _reopen(work: Work, head: Head, body: DebateBody, said: Sequence[TurnArgument]) -> None:
    """Opens a closed debate if the turn cites evidence that it has not weighed. Raises Conflict if it does not."""
    weighed = kept_debate(work.connection, head, waiting=False).cited
    new = sorted({each.item for argument in said for each in argument.cites if not each.fault} - weighed)
    if not new:
        raise Conflict(
            f"“{head.title}” was closed with a verdict, and this argues from nothing that it has not weighed.",
            cure="Bring evidence that is new to it, or reopen it with a reason (`scidex debate reopen`).",
        )
    because = f"New evidence: {', '.join(new[:5])}{f' and {len(new) - 5} more' if len(new) > 5 else ''}."
    reopened = body.model_copy(update={"state": "open", "reopened_because": because})
    keeping.keep_again(work, head, reopened, note=because)
    work.emit("debate.reopened", head.id, reason=because)
