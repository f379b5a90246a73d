"""The values of the graph: an entity, what an edge states, and one item of what it rests on. Frozen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scidex.atlas.evidence.model import Stance, StudyDesign
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.predicates import MEANINGS, Predicate

EDGE = "edge:"
"""What the name of an edge begins with; its number follows."""
_NAME = re.compile(rf"{EDGE}([1-9][0-9]{{0,14}})")
CHOSEN = "chosen by "
"""What the method of a grounding begins with that somebody chose; who follows."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that edges are about. `synonyms` are other names, `xrefs` its identifiers elsewhere, `source` who says so."""

    curie: Curie
    name: str
    category: Category
    synonyms: tuple[str, ...] = ()
    xrefs: tuple[Curie, ...] = ()
    about: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Qualifiers:
    """What an edge is limited to: an aspect of its object ("proliferation"), and where it holds; empty where not said."""

    aspect: str = ""
    species: str = ""
    population: str = ""
    stage: str = ""
    dose: str = ""

    def given(self) -> dict[str, str]:
        """Those that say something, by name."""
        named = {name: getattr(self, name) for name in ("aspect", "species", "population", "stage", "dose")}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Statement:
    """What an edge states. Equal statements are one edge, however many items of evidence it has."""

    subject: Curie
    predicate: Predicate
    object: Curie
    negated: bool = False
    qualifiers: Qualifiers = Qualifiers()

    def in_order(self) -> Statement:
        """The same statement as it is kept: a symmetric one reads the same from both ends and is kept once."""
        if MEANINGS[self.predicate].symmetric and self.object < self.subject:
            return Statement(self.object, self.predicate, self.subject, self.negated, self.qualifiers)
        return self


@dataclass(frozen=True, slots=True)
class EdgeItem:
    """One item of evidence for or against an edge.

    `source` names the work (an identifier or citation key), `run` an analysis that computed it, `item` an evidence item of
    this library; one of them is given. `quote` is the passage as the file gives it, `checked` whether it was found in a
    stored text. `judge` typed the stance; "" if nobody did.
    """

    source: str = ""
    run: str = ""
    item: str = ""
    stance: Stance | None = None
    quote: str = ""
    checked: bool = False
    design: StudyDesign | None = None
    sample_size: int | None = None
    judge: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge with what it rests on, and the names of its ends for people. `number` is 0 before it is kept."""

    statement: Statement
    subject: Entity
    object: Entity
    items: tuple[EdgeItem, ...] = ()
    number: int = 0
    verdict: str = ""
    origin: str = field(default="", compare=False)

    def sentence(self) -> str:
        """The statement in words."""
        stated = self.statement
        return in_words(
            self.subject.name, stated.predicate, self.object.name, stated.qualifiers, negated=stated.negated
        )


def in_words(subject: str, predicate: Predicate, object_: str, qualifiers: Qualifiers, *, negated: bool) -> str:
    """A statement as a sentence without its full stop.

    >>> in_words("MSC", Predicate.SECRETES, "NTF3", Qualifiers(species="mouse"), negated=True)
    'it is not so that MSC secretes NTF3 (species: mouse)'
    """
    said = f"{subject} {MEANINGS[predicate].words[0]} {object_}"
    limits = ", ".join(f"{name}: {value}" for name, value in qualifiers.given().items())
    return f"{'it is not so that ' if negated else ''}{said}{f' ({limits})' if limits else ''}"


def edge_number(name: str) -> int | None:
    """The number in the name of an edge (``edge:12``), None if it is no such name. One edge has one name.

    >>> edge_number("edge:12"), edge_number("edge:012"), edge_number("edge:x"), edge_number("12")
    (12, None, None, None)
    """
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None
