"""A turn of a debate: what one speaker says at once, as typed arguments that cite evidence items word for word.

The words weigh nothing. What weighs is the evidence cited, and only where the quote given stands in the item.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scidex.atlas.kinds.base import Body, Kind, Mention
from scidex.kernel.errors import Invalid

MOST_ARGUMENTS = 1000


class Citation(Body):
    """An item of evidence as an argument cites it. `fault` says why it cannot weigh here; empty if it can."""

    item: str = Field(min_length=1, max_length=300)
    quote: str = Field(default="", max_length=4000)
    fault: Literal["", "not-there", "misquoted", "on-another-statement"] = ""
    why: str = Field(default="", max_length=1000)


class TurnArgument(Body):
    """`about` is a dimension, or an argument as ``sx-…#2``: the second of that turn."""

    about: str = Field(min_length=1, max_length=300)
    side: Literal["supports", "attacks"]
    words: str = Field(default="", max_length=4000)
    cites: tuple[Citation, ...] = ()


class TurnBody(Body):
    """`number` counts the turns of the debate, `round` the rounds of the debaters (0: outside of them).

    `speaker` is a persona, or "" for whoever did it; `search` a certificate; `written_by` the program or
    model that wrote it, "" if whoever took the turn did.
    """

    debate: str
    number: int = Field(ge=1)
    round: int = Field(default=0, ge=0)
    speaker: str = Field(default="", max_length=64)
    words: str = Field(default="", max_length=20_000)
    arguments: tuple[TurnArgument, ...] = Field(default=(), max_length=MOST_ARGUMENTS)
    search: str = ""
    written_by: str = Field(default="", max_length=200)


def _title(body: TurnBody) -> str:
    said = body.words or next((each.words for each in body.arguments if each.words), "")
    who = f" ({body.speaker})" if body.speaker else ""
    return f"Turn {body.number}{who}: {' '.join(said.split())[:400] or f'{len(body.arguments)} arguments'}"


def _mentions(body: TurnBody) -> tuple[Mention, ...]:
    cited = [
        Mention("argues_from", cite.item, "", f"arguments/{number}")
        for number, each in enumerate(body.arguments, 1)
        for cite in each.cites
        if cite.fault != "not-there"
    ]
    return (Mention("argued_in", body.debate, "", "debate"), *cited)


def _part(body: TurnBody, part: str) -> str:
    if not (part.isascii() and part.isdigit() and 1 <= int(part) <= len(body.arguments)):
        raise Invalid(f"This turn has no argument {part[:20]}.", cure=f"It has {len(body.arguments)}, from 1 on.")
    said = body.arguments[int(part) - 1]
    return said.words or f"An argument that {said.side} {said.about}."


KIND = Kind(
    slug="turn",
    label="Turn of a debate",
    plural="Turns of debates",
    about="What one speaker says at once in a debate: arguments that cite evidence.",
    body=TurnBody,
    own_verbs=True,
    title=_title,
    text=lambda body: "\n\n".join(part for part in (body.words, *(each.words for each in body.arguments)) if part),
    mentions=_mentions,
    part=_part,
    example=lambda: TurnBody(
        debate="sx-000000000000000000",
        number=1,
        round=1,
        speaker="skeptic",
        arguments=(
            TurnArgument(
                about="evidence-strength",
                side="attacks",
                words="The largest trial did not show it.",
                cites=(Citation(item="sx-000000000000000001", quote="did not differ"),),
            ),
        ),
    ),
    background=True,
)
