"""Argue for or against a dimension of what is debated, or an argument."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scidex.agora.actions._turns import Argued, SaidArgument, SaidCitation, take
from scidex.kernel.actions import Command, Work, action


class Argue(Command):
    """What weighs is the evidence cited: items on the hypothesis, on the dimension, or on the argument. Words weigh nothing."""

    debate: str
    about: str = Field(description="A dimension, such as evidence-strength, or an argument, such as 3.2.")
    side: Literal["supports", "attacks"]
    words: str = Field(default="", max_length=4000, description="The argument in a sentence.")
    cites: tuple[str, ...] = Field(default=(), max_length=100, description="An item of evidence (repeatable).")
    quote: str = Field(
        default="", max_length=4000, description="The words of the item that matter, if only one is cited."
    )
    speaker: str = Field(default="", max_length=64, description="The part you take, such as skeptic.")


@action("debate.argue", "Argue for or against", command=Argue, result=Argued)
def argue(command: Argue, work: Work) -> Argued:
    """A turn of one argument."""
    cites = tuple(SaidCitation(item=item, quote=command.quote) for item in command.cites)
    said = SaidArgument(about=command.about, side=command.side, words=command.words, cites=cites)
    return take(work, command.debate, [said], speaker=command.speaker)
