"""What a debate consists of, as values: arguments about a dimension or about each other, and the evidence they cite."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import StrEnum

from scidex.atlas.evidence.model import EvidenceItem, Source
from scidex.atlas.kinds.dimensions import Dimension
from scidex.kernel.errors import Invalid

__all__ = ["Argument", "Debate", "Dimension", "Side", "check_argument"]


class Side(StrEnum):
    """What an argument does to what it is about."""

    SUPPORTS = "supports"
    ATTACKS = "attacks"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: `about` is a dimension or the id of an earlier argument, `cites` the ids of evidence items.

    The stance of an item is towards what the argument is about. What the argument says in words is not here: it weighs nothing.
    """

    id: str
    about: str
    side: Side
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Debate:
    """Arguments in the order in which they were made, with the evidence items they cite and what is known of their sources.

    Raises Invalid where an argument is about none that was made before, or where ids repeat.
    """

    arguments: tuple[Argument, ...]
    items: tuple[EvidenceItem, ...] = ()
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        made = {str(dimension) for dimension in Dimension}
        for argument in self.arguments:
            check_argument(argument, made)
            made.add(argument.id)
        if len({item.id for item in self.items}) < len(self.items):
            raise Invalid("An item of evidence is there twice.", cure="Give each once; arguments may share it.")

    def with_more(
        self, argument: Argument, items: Iterable[EvidenceItem] = (), sources: Iterable[Source] = ()
    ) -> Debate:
        """The debate with one argument more, and the evidence and sources it brings. Raises Invalid."""
        return Debate((*self.arguments, argument), (*self.items, *items), (*self.sources, *sources))


def check_argument(argument: Argument, made: Container[str]) -> None:
    """Raises Invalid where an argument cannot follow those that are `made`, dimensions included."""
    if argument.id in made:
        raise Invalid(f"There are two arguments {argument.id}.", cure="Give each an id of its own.")
    if argument.about not in made:
        raise Invalid(
            f"Argument {argument.id} is about {argument.about}, which was not said before it.",
            cure="An argument is about a dimension or about an earlier argument.",
        )
