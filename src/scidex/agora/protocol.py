"""What may be said in a debate: what an argument is about, and whether a citation can weigh there. Pure.

Everybody argues under it, people and programs alike. What breaks it is kept and shown with its fault, and weighs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scidex.agora.model import Dimension
from scidex.atlas.evidence.quotes import QuoteFault, find_quote
from scidex.atlas.kinds.dimensions import dimension
from scidex.atlas.kinds.evidence_item import EvidenceBody
from scidex.atlas.kinds.turn import Citation
from scidex.kernel.errors import Invalid
from scidex.kernel.ids import ArtifactId

OF_THE_WHOLE = frozenset(
    {Dimension.EVIDENCE_STRENGTH, Dimension.MECHANISTIC_PLAUSIBILITY, Dimension.THERAPEUTIC_IMPACT}
)
"""Dimensions on which evidence for or against the whole hypothesis speaks too. On others it must stand on the dimension."""

_LABEL = re.compile(r"([1-9][0-9]{0,5})\.([1-9][0-9]{0,3})")
_HERE = re.compile(r"#?([1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True)
class ArgumentRef:
    """An argument: the `place`-th of a turn, by the turn's id or its number in the debate."""

    turn: ArtifactId | int
    place: int


def parse_about(text: str, here: int) -> Dimension | ArgumentRef | int:
    """What an argument says it is about: a dimension, an argument (``sx-…#2``, ``3.2``), or the place of one before it.

    `here` is its own place in its turn; ``#1`` is an earlier argument of the same turn. Raises Invalid.
    """
    given = text.strip()
    whole, _, part = given.partition("#")
    if ArtifactId.matches(whole) and part.isascii() and part.isdigit() and len(part) < 5:
        return ArgumentRef(ArtifactId(whole), int(part))
    if (label := _LABEL.fullmatch(given)) is not None:
        return ArgumentRef(int(label[1]), int(label[2]))
    if given.startswith("#") and (near := _HERE.fullmatch(given)) is not None:
        if int(near[1]) >= here:
            raise Invalid(
                f"Argument {here} is about #{near[1]}, which is not before it.", cure="Name an earlier argument."
            )
        return int(near[1])
    try:
        return dimension(given)
    except Invalid:
        raise Invalid(
            f"“{given[:60]}” is nothing that an argument can be about.",
            cure=f"Name a dimension ({', '.join(Dimension)}) or an argument, such as 3.2.",
        ) from None


def argument_id(turn: str, place: int) -> str:
    """The id of an argument."""
    return f"{turn}#{place}"


def stands_on(item: EvidenceBody, subject: str, about: str) -> bool:
    """Whether an item is evidence on what an argument is about: a dimension of the debated artifact, or an argument."""
    if "#" in about:
        return item.claim == about
    if item.claim == f"{subject}#{about}":
        return True
    return item.claim == subject and Dimension(about) in OF_THE_WHOLE


def checked_citation(item: str, body: EvidenceBody | None, quote: str, subject: str, about: str) -> Citation:
    """The citation of `item` (its body, None if there is no such item), with the quote as it stands or with its fault."""
    if body is None:
        return Citation(item=item[:300], quote=quote, fault="not-there", why="There is no such item of evidence.")
    if not stands_on(body, subject, about):
        why = f"The item is evidence on {body.claim}, and not on what the argument is about."
        return Citation(item=item, quote=quote, fault="on-another-statement", why=why)
    if not quote:
        return Citation(item=item, quote=body.passage.quote if body.passage else "")
    if body.passage is None:
        return Citation(item=item, quote=quote, fault="misquoted", why="The item holds no passage that was checked.")
    found = find_quote(body.passage.quote, quote)
    if isinstance(found, QuoteFault):
        return Citation(item=item, quote=quote, fault="misquoted", why=f"Not in the item: {found.message}"[:1000])
    return Citation(item=item, quote=found.passage)


def cited_as(citation: Citation) -> str:
    """The name under which a citation enters the arithmetic: one that has a fault names no item there."""
    return f"{citation.fault}:{citation.item}" if citation.fault else citation.item
