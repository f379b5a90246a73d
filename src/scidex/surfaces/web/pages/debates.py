"""A debate as shown: the verdict and its worked sum, both sides, what each argument rests on, what it hangs on, how it moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from scidex.agora import queries as agora
from scidex.agora.argumentation import ONE
from scidex.agora.drawing import draw_debate
from scidex.agora.model import Side
from scidex.agora.queries import Board, Explained, KeptDebate, KeptTurn, Labels, Move
from scidex.agora.queries.moves import MOST_ARGUMENTS as MOST_MOVED
from scidex.agora.scoring import ScoredArgument, Use
from scidex.agora.verdicts import Standing
from scidex.atlas import queries
from scidex.atlas.kinds.turn import Citation, TurnArgument
from scidex.atlas.lifecycle import SPEAKING
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.queries import ArtifactView, EvidenceView
from scidex.kernel.errors import NotFound

_SHOWN_SIDE = 25
_SHOWN_REPLIES = 10
_SHOWN_TURNS = 25
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Replay:
    """Which part of a debate a reader asked for: as it was after a turn, and the turns before one."""

    turn: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Debated:
    """That an artifact is debated, and where the debate stands."""

    head: Head
    standing: Standing

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        return standing_words(self.standing)


@dataclass(frozen=True, slots=True)
class CitationLine:
    """A citation as shown: the item it names if it is here, and why it weighs nothing ("" if it weighs)."""

    cite: Citation
    view: EvidenceView | None
    source: str
    weight: int
    why: str
    instead: str


@dataclass(frozen=True, slots=True)
class ArgumentLine:
    """An argument with what it cites and what is said about it; `more` replies are not shown."""

    id: str
    label: str
    said: TurnArgument
    speaker: str
    base: str
    strength: str
    heard: bool
    about: str
    contributes: str
    cites: tuple[CitationLine, ...]
    replies: tuple[ArgumentLine, ...]
    more: int


@dataclass(frozen=True, slots=True)
class DebateContext:
    """Everything that the debate's part of its page uses."""

    kept: KeptDebate
    standing: Standing
    sides: tuple[tuple[str, tuple[ArgumentLine, ...], int], ...]
    drawing: Markup
    drawn: int
    turns: tuple[tuple[KeptTurn, str], ...]
    earlier: int | None
    explained: Explained | None
    moves: tuple[Move, ...]
    too_large: bool
    labels: Labels
    imported: str
    imported_note: str
    replay: Replay
    live: bool
    href: Callable[[str], str]

    @property
    def total(self) -> int:
        """What the worked sum comes to, in hundredths of 1 / `ONE`."""
        return sum(line.product for line in self.standing.score.lines)


def told(strength: int | None, places: int = 3) -> str:
    """A strength as shown; a dash where there is none."""
    return "–" if strength is None else f"{strength / ONE:.{places}f}"


def standing_words(stands: Standing) -> str:
    """A standing on one line."""
    if stands.score.composite is None:
        return f"not enough evidence for a score; {stands.tier}"
    return f"{told(stands.score.composite)} ({told(stands.score.low)} to {told(stands.score.high)}); {stands.tier}"


def debates_of(
    connection: Connection,
    board: Board,
    heads: Sequence[Head],
    *,
    as_of: datetime | None = None,
    keys: Sequence[str] = (),
) -> dict[str, Debated]:
    """Which of `heads` are debated and where that stands, by id. `keys` are those of the first (`all_keys`)."""
    names = {str(head.id): str(head.id) for head in heads} | dict.fromkeys(keys, str(heads[0].id))
    found = queries.sources_by_key(connection, names, Relation.DEBATES, as_of=as_of, limit=500)
    told_: dict[str, Debated] = {}
    for debate, subject, _ in found:
        if debate.state in SPEAKING:
            if as_of is None:
                stands = board.read(connection, debate)[1]
            else:
                stands = agora.kept_debate(connection, debate, as_of=as_of, waiting=False).standing()
            told_[subject] = Debated(debate, stands)
    return told_


def read_debate(connection: Connection, board: Board, view: ArtifactView, asked: Replay) -> tuple[KeptDebate, Standing]:
    """The debate at the version and moment of a view, after a turn if one is asked for. Raises NotFound."""
    if view.is_newest and view.as_of is None:
        kept, stands = board.read(connection, view.head)
    else:
        moment = view.as_of if view.is_newest else view.version.recorded_at
        kept = agora.kept_debate(connection, view.head, as_of=moment)
        stands = kept.standing()
    if asked.turn is not None and asked.turn < len(kept.turns):
        kept = kept.until(asked.turn)
        stands = kept.standing()
    elif asked.turn is not None and asked.turn > len(kept.turns):
        raise NotFound(f"The debate has {len(kept.turns)} turns.", cure="Name one of them.")
    return kept, stands


def debated_document(board: Board, connection: Connection, view: ArtifactView, asked: Replay) -> dict[str, Any]:
    """The debate in the JSON of its artifact."""
    kept, stands = read_debate(connection, board, view, asked)
    document = agora.debate_document(kept, stands)
    document["moves"] = [agora.move_document(move) for move in board.moves(connection, kept)]
    if (explained := board.explained(kept, stands)) is not None:
        document |= agora.explanation_document(explained.contributions, explained.cruxes)
    return document


def debate_context(connection: Connection, board: Board, view: ArtifactView, asked: Replay) -> DebateContext:
    """Looks everything up."""
    kept, stands = read_debate(connection, board, view, asked)
    explained = board.explained(kept, stands)
    labels = kept.labels()
    lines = _Lines(kept, stands, explained, labels)
    turns = [turn for turn in kept.turns if asked.before is None or turn.body.number < asked.before]
    shown = turns[-_SHOWN_TURNS:]
    makers = queries.makers(connection, [turn.head.id for turn in shown])
    subject = queries.artifact_content(connection, kept.subject) if kept.subject.kind == "hypothesis" else {}
    sides = lines.sides()
    drawing, drawn = draw_debate(stands.score, labels, lines.source, lines.href)
    return DebateContext(
        kept=kept,
        standing=stands,
        sides=sides,
        drawing=Markup(drawing),  # noqa: S704 - every text in it is escaped
        drawn=drawn,
        turns=tuple((turn, makers.get(turn.head.id, "")) for turn in shown),
        earlier=shown[0].body.number if shown and len(turns) > len(shown) else None,
        explained=explained,
        moves=board.moves(connection, kept)[::-1] if asked.turn is None else (),
        too_large=len(stands.score.arguments) > MOST_MOVED,
        labels=labels,
        imported=str(subject.get("score", "")),
        imported_note=str(subject.get("score_note", "")),
        replay=asked,
        live=view.is_newest and view.as_of is None and asked.turn is None,
        href=lines.href,
    )


class _Lines:
    """Makes the lines of arguments."""

    def __init__(self, kept: KeptDebate, stands: Standing, explained: Explained | None, labels: Labels) -> None:
        self._kept, self._labels = kept, labels
        self._about: dict[str, list[ScoredArgument]] = {}
        for each in stands.score.arguments:
            self._about.setdefault(each.weighed.argument.about, []).append(each)
        self._contributes = {each.argument: each.of_dimension for each in explained.contributions} if explained else {}
        self._scored = stands.score.arguments
        self._shown: set[str] = set()

    def href(self, id_: str) -> str:
        """Where an argument is read: on the page if `sides` shows it there, else its turn."""
        return f"#a-{self._labels[id_]}" if id_ in self._shown else f"/artifact/{id_.partition('#')[0]}"

    def source(self, id_: str) -> str:
        """The source that an argument argues from, in short; without one its words."""
        turn, place = self._labels.place(id_)
        said = turn.body.arguments[place - 1]
        view = next((self._kept.items[cite.item] for cite in said.cites if cite.item in self._kept.items), None)
        return agora.source_name(view) if view else said.words[:80]

    def sides(self) -> tuple[tuple[str, tuple[ArgumentLine, ...], int], ...]:
        """For and against, the strongest first; of each how many there are."""
        sides = []
        for name, side in (("For", Side.SUPPORTS), ("Against", Side.ATTACKS)):
            here = [each for each in self._scored if each.weighed.depth == 0 and each.weighed.argument.side is side]
            strongest = nlargest(_SHOWN_SIDE, here, key=lambda each: each.strength)
            sides.append((name, tuple(self._line(each, 0) for each in strongest), len(here)))
        return tuple(sides)

    def _line(self, each: ScoredArgument, depth: int) -> ArgumentLine:
        id_ = each.weighed.argument.id
        turn, place = self._labels.place(id_)
        said = turn.body.arguments[place - 1]
        self._shown.add(id_)
        replies = self._about.get(id_, [])
        shown = replies[:_SHOWN_REPLIES] if depth < _DEEPEST else []
        contributes = self._contributes.get(id_)
        return ArgumentLine(
            id=id_,
            label=self._labels[id_],
            said=said,
            speaker=turn.body.speaker,
            base=told(each.base),
            strength=told(each.strength),
            heard=each.weighed.heard,
            about=self._labels.get(said.about, said.about.replace("-", " ")),
            contributes=f"{contributes / ONE:+.3f}" if contributes is not None else "",
            cites=tuple(self._citation(cite, use) for cite, use in zip(said.cites, each.weighed.uses, strict=True)),
            replies=tuple(self._line(reply, depth + 1) for reply in shown),
            more=len(replies) - len(shown),
        )

    def _citation(self, cite: Citation, use: Use) -> CitationLine:
        view = self._kept.items.get(cite.item)
        why = cite.why or ", ".join(str(reason).replace("-", " ") for reason in use.why)
        instead = self._labels.get(use.instead[0], use.instead[0]) if use.instead else ""
        return CitationLine(cite, view, agora.source_name(view) if view else cite.item, use.weight, why, instead)
