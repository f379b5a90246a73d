"""The values of searching: a question, what it leads to, and what is indexed. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Mode(StrEnum):
    """What decides which documents answer: their words, their meaning (if that part is installed), or both fused."""

    WORDS = "words"
    MEANING = "meaning"
    BOTH = "both"


class Facet(StrEnum):
    """A property that answers can be narrowed by and counted over; the value is its name in the query language."""

    KIND = "kind"
    ABOUT = "about"
    YEAR = "year"
    LEVEL = "level"
    STANCE = "stance"
    ENTITY = "entity"


class Form(StrEnum):
    """How the text of a term is compared."""

    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for."""

    text: str
    form: Form = Form.WORD


class Need(StrEnum):
    """What a clause does: rank (`WISH`), or decide whether a document is an answer at all."""

    WISH = "wish"
    MUST = "must"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Clause:
    """Terms of which one is enough."""

    terms: tuple[Term, ...]
    need: Need = Need.WISH


@dataclass(frozen=True, slots=True)
class Years:
    """From and to, both included; None is open."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on properties: `wanted` values of one facet are alternatives, facets add up, `unwanted` are excluded."""

    wanted: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    unwanted: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    years: tuple[Years, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is asked of any property."""
        return not (self.wanted or self.unwanted or self.years)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was read. `text` is what was read, cleaned; `notes` say what was not used, for the asker."""

    text: str
    clauses: tuple[Clause, ...] = ()
    filters: Filters = Filters()
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing."""
        return not self.clauses and self.filters.empty

    @property
    def terms(self) -> tuple[Term, ...]:
        """What answers may contain, in order: the terms of all clauses that exclude nothing."""
        return tuple(term for clause in self.clauses if clause.need is not Need.NOT for term in clause.terms)

    @property
    def words(self) -> str:
        """The same as plain words, without operators: what a comparison of meanings is made from."""
        return " ".join(term.text for term in self.terms)


@dataclass(frozen=True, slots=True)
class Document:
    """An artifact as it is indexed. `prior` multiplies its score, in thousandths; `background` is found only by kind."""

    id: str
    kind: str
    title: str
    text: str = ""
    names: tuple[str, ...] = ()
    about: str = ""
    year: int | None = None
    stances: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    prior: int = 1000
    background: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text and the stretches of it, in characters, that match. It was cut where `before`/`after` say so."""

    text: str
    spans: tuple[tuple[int, int], ...] = ()
    before: bool = False
    after: bool = False

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """The text in order, each piece with whether it matches.

        >>> Passage("Slow ALS.", ((5, 8),)).pieces
        (('Slow ', False), ('ALS', True), ('.', False))
        """
        made: list[tuple[str, bool]] = []
        at = 0
        for start, end in self.spans:
            made += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        made.append((self.text[at:], False))
        return tuple(piece for piece in made if piece[0])


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value of a facet, how many answers have it, and the query that asks for those only."""

    value: str
    label: str
    number: int
    query: str
    chosen: bool = False
