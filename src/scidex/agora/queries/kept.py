"""A debate as it is kept, put together: its turns, the evidence they cite, and what is known of its sources now or at a moment.

What evidence weighs is worked out here, from what the library knows. So a retraction is in every score that leans on the
work at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from scidex.agora.argumentation import Semantics
from scidex.agora.explaining import struck
from scidex.agora.model import Argument, Debate, Side
from scidex.agora.protocol import argument_id, cited_as
from scidex.agora.rules import Rules, rules
from scidex.agora.scoring import Score, Tier, score
from scidex.agora.verdicts import Standing, standing
from scidex.atlas import queries
from scidex.atlas.kinds.debate import DebateBody, DebateVerdict
from scidex.atlas.kinds.search_certificate import SearchBody
from scidex.atlas.kinds.turn import TurnArgument, TurnBody
from scidex.atlas.lifecycle import SPEAKING
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.queries import EvidenceView
from scidex.kernel.errors import Invalid, NotFound

MOST_TURNS = 200_000
_MOST_ITEMS = 20_000
_LOOKED_THROUGH = 500
"""Of so many turns is looked up which evidence on their arguments nobody has argued from; a longer debate shows the subject's."""


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn; `stands` is False once it was withdrawn, and then neither its arguments nor those about them count."""

    head: Head
    body: TurnBody

    @property
    def stands(self) -> bool:
        """Whether it still speaks."""
        return self.head.state in SPEAKING

    def arguments(self) -> Iterable[tuple[str, TurnArgument]]:
        """Its arguments by id."""
        return ((argument_id(self.head.id, place), each) for place, each in enumerate(self.body.arguments, 1))


@dataclass(frozen=True, slots=True)
class KeptDebate:
    """A debate with everything that its score is computed from.

    `items` are the items cited, by id; `waiting` those on the subject and on arguments that no turn cites.
    """

    head: Head
    body: DebateBody
    subject: Head
    turns: tuple[KeptTurn, ...]
    items: Mapping[str, EvidenceView]
    waiting: tuple[EvidenceView, ...]
    searches: tuple[tuple[Head, SearchBody], ...]

    @property
    def rules(self) -> Rules:
        """By what it is scored."""
        return rules(self.body.rules)

    @property
    def semantics(self) -> Semantics:
        """How strengths are computed."""
        return Semantics(self.body.semantics)

    def until(self, turn: int) -> KeptDebate:
        """The debate after a turn, by what is known of its evidence now. Raises NotFound."""
        if turn > len(self.turns):
            raise NotFound(f"“{self.head.title}” has {len(self.turns)} turns.", cure="Name one of them.")
        return replace(self, turns=self.turns[:turn])

    @property
    def cited(self) -> frozenset[str]:
        """The items that turns cite, whether or not they are there."""
        return cited_in(self.turns)

    def debate(self) -> Debate:
        """The debate as the arithmetic sees it. Put together anew each time."""
        return as_debate(self.turns, self.items)

    def standing(self) -> Standing:
        """Where it stands, computed whole."""
        return self.stands_with(score(self.debate(), self.rules, self.semantics))

    def stands_with(self, found: Score) -> Standing:
        """Where it stands with a score that was found for it."""
        return standing(found, before=self.before, searched=self.searched)

    def verdict(self, stands: Standing, note: str = "") -> DebateVerdict:
        """What the debate is closed with where it stands so."""
        found = stands.score
        return DebateVerdict(
            outcome=found.outcome.value,
            composite=found.composite,
            low=found.low,
            high=found.high,
            assessed=found.assessed,
            tier=stands.tier,
            tier_by_rule=found.tier,
            held_back=stands.held_back,
            kernel=found.kernel,
            rules=found.rules,
            semantics=found.semantics,
            inputs=found.inputs,
            turns=len(self.turns),
            note=note,
        )

    @property
    def searched(self) -> bool:
        """Whether a search for contrary evidence came back."""
        return any(search.contrary for _, search in self.searches)

    @property
    def before(self) -> Tier | None:
        """The tier that the one now rises or falls from: the last verdict's, of a closed debate the one's before."""
        earlier = self.body.verdicts[:-1] if self.body.state == "closed" else self.body.verdicts
        return Tier(earlier[-1].tier) if earlier else None

    def labels(self) -> Labels:
        """What readers call each argument: the number of its turn and its place in it."""
        return Labels(self.turns)


class Labels(Mapping[str, str]):
    """By id what readers call an argument (``3.2``). Nothing is written out before it is asked for: a page shows a few."""

    def __init__(self, turns: Sequence[KeptTurn]) -> None:
        self._turns = {str(turn.head.id): turn for turn in turns}

    def __getitem__(self, id_: str) -> str:
        turn, said = self.place(id_)
        return f"{turn.body.number}.{said}"

    def __iter__(self) -> Iterator[str]:
        return (id_ for turn in self._turns.values() for id_, _ in turn.arguments())

    def __len__(self) -> int:
        return sum(len(turn.body.arguments) for turn in self._turns.values())

    def place(self, id_: str) -> tuple[KeptTurn, int]:
        """The turn an argument stands in, and its place there from 1 on. Raises KeyError."""
        turn, _, place = id_.partition("#")
        found = self._turns[turn]
        if not (place.isascii() and place.isdigit() and 1 <= int(place) <= len(found.body.arguments)):
            raise KeyError(id_)
        return found, int(place)


def kept_debate(
    connection: Connection, head: Head, *, as_of: datetime | None = None, waiting: bool = True
) -> KeptDebate:
    """The debate `head`, now or as it stood. Raises Invalid if it is something else."""
    if head.kind != "debate":
        raise Invalid(f"“{head.title}” is a {head.kind}, not a debate.", cure="`scidex list --kind debate` shows them.")
    view = queries.artifact(connection, head, as_of=as_of)
    body = DebateBody.model_validate(view.content)
    subject = queries.targets(connection, [body.subject], as_of=as_of).get(body.subject)
    if subject is None:
        raise Invalid(f"What “{head.title}” is about, {body.subject}, is not here.", cure="Run `scidex check`.")
    turns = _turns(connection, view.head, as_of)
    items = evidence_items(connection, cited_in(turns), as_of)
    searches = queries.sources_of(connection, [subject], Relation.SEARCHED_FOR, as_of=as_of, limit=100)
    found = queries.contents_of(connection, [head for head, _, _ in searches])
    return KeptDebate(
        head=view.head,
        body=body,
        subject=subject,
        turns=turns,
        items=items,
        waiting=_waiting(connection, subject, turns, items, as_of) if waiting else (),
        searches=tuple((head, SearchBody.model_validate(found[head.id])) for head, _, _ in searches),
    )


def cited_in(turns: Iterable[KeptTurn]) -> frozenset[str]:
    """The items that turns cite, whether or not they are there."""
    return frozenset(cite.item for turn in turns for said in turn.body.arguments for cite in said.cites)


def as_debate(turns: Sequence[KeptTurn], items: Mapping[str, EvidenceView]) -> Debate:
    """The debate as the arithmetic sees it. Arguments of withdrawn turns are struck, with what is about them."""
    said = tuple(argument for turn in turns for argument in arguments_of(turn))
    views = list(items.values())
    whole = Debate(said, tuple(map(queries.as_item, views)), queries.sources_behind(views))
    gone = [id_ for turn in turns if not turn.stands for id_, _ in turn.arguments()]
    return struck(whole, gone) if gone else whole


def arguments_of(turn: KeptTurn) -> Iterable[Argument]:
    """The arguments of a turn as the arithmetic sees them."""
    for id_, said in turn.arguments():
        yield Argument(id_, said.about, Side(said.side), tuple(map(cited_as, said.cites)))


def evidence_items(
    connection: Connection, ids: Iterable[str], as_of: datetime | None = None
) -> dict[str, EvidenceView]:
    """Items of evidence by id; those that were withdrawn are left out."""
    heads = queries.targets(connection, ids, as_of=as_of)
    found = [(head, head.id, Relation.EVIDENCE_FOR) for head in heads.values() if head.kind == "evidence"]
    return {id_: views[0] for id_, views in queries.evidence_views(connection, found, as_of).items()}


def debates_on(connection: Connection, subject: Head, *, as_of: datetime | None = None) -> tuple[Head, ...]:
    """The debates on an artifact, the newest last; on a debate that is itself."""
    if subject.kind == "debate":
        return (subject,)
    found = queries.sources_of(connection, [subject], Relation.DEBATES, as_of=as_of, limit=50)
    return tuple(head for head, _, _ in found if head.state in SPEAKING)


def _turns(connection: Connection, head: Head, as_of: datetime | None) -> tuple[KeptTurn, ...]:
    found = [
        turn for turn, _, _ in queries.sources_of(connection, [head], Relation.ARGUED_IN, as_of=as_of, limit=MOST_TURNS)
    ]
    contents = queries.contents_of(connection, found)
    turns = (KeptTurn(turn, TurnBody.model_validate(contents[turn.id])) for turn in found)
    return tuple(sorted(turns, key=lambda turn: (turn.body.number, turn.head.id)))


def looked_through(subject: Head, turns: Sequence[KeptTurn]) -> list[Head]:
    """On what evidence is looked for that nobody has argued from: the subject, and the arguments of a debate of few turns."""
    return [subject, *(turn.head for turn in turns)] if len(turns) <= _LOOKED_THROUGH else [subject]


def _waiting(
    connection: Connection,
    subject: Head,
    turns: Sequence[KeptTurn],
    cited: Mapping[str, EvidenceView],
    as_of: datetime | None,
) -> tuple[EvidenceView, ...]:
    on = looked_through(subject, turns)
    found = queries.sources_of(connection, on, Relation.EVIDENCE_FOR, as_of=as_of, limit=_MOST_ITEMS)
    others = [(item, key, relation) for item, key, relation in found if item.id not in cited]
    views = queries.evidence_views(connection, others, as_of)
    return tuple(sorted((view for each in views.values() for view in each), key=lambda view: view.head.id))
