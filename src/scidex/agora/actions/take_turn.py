"""Take a turn of several arguments."""

from __future__ import annotations

from pydantic import Field

from scidex.agora.actions._turns import Argued, SaidArgument, take
from scidex.kernel.actions import Command, Work, action


class TakeTurn(Command):
    """`arguments` are typed and cite items of evidence by id; see `scidex debate argue` for one argument.

    What is wrong with a citation is kept and told; it weighs nothing.
    """

    debate: str
    arguments: tuple[SaidArgument, ...] = Field(default=(), max_length=1000)
    words: str = Field(default="", max_length=20_000)
    speaker: str = Field(default="", max_length=64)
    round: int = Field(default=0, ge=0, le=1000)
    search: str = ""
    written_by: str = Field(default="", max_length=200)


@action("debate.turn", "Take a turn of several arguments", command=TakeTurn, result=Argued)
def take_turn(command: TakeTurn, work: Work) -> Argued:
    """Wholly or not at all."""
    return take(
        work,
        command.debate,
        command.arguments,
        words=command.words,
        speaker=command.speaker,
        round_=command.round,
        search=command.search,
        written_by=command.written_by,
    )
