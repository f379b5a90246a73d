"""The port to what is known about entities: who bears a name, what an identifier is, what it is a kind of. Pure.

An adapter fills `Ontology`. `Entities` fills it from values alone: the bundled set, and what tests need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.names import key


class NameType(IntEnum):
    """What a name is to its entity; smaller is nearer. ``RELATED`` ones are looser: narrower terms, aliases in use."""

    PRIMARY = 0
    EXACT = 1
    RELATED = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that bears a name.

    `matched` is the name as the ontology writes it, `name` the entity's own. What is obsolete bears no name here; its name
    is one of what replaced it. `bundled` marks names of the set that comes
    with SciDEX, which was chosen for this library's subject.
    """

    curie: Curie
    name: str
    category: Category
    matched: str
    type: NameType = NameType.PRIMARY
    bundled: bool = False


@dataclass(frozen=True, slots=True)
class OntologySize:
    """What an index holds: packages with their versions, counts, and when it was built ("" if it is built in)."""

    sources: Mapping[str, str]
    entities: int
    names: int
    built_at: str = ""


class Ontology(Protocol):
    """What is known about entities. Unknown identifiers and names are answered with nothing, never with an error."""

    @property
    def version(self) -> str:
        """What answers, in one line: packages and versions. Equal versions give equal answers."""

    @property
    def size(self) -> OntologySize:
        """What it holds."""

    def entity(self, curie: Curie) -> Entity | None:
        """The entity with this identifier, obsolete ones too."""

    def entities(self, curies: Iterable[Curie]) -> dict[Curie, Entity]:
        """Those of the identifiers that are known."""

    def named(self, names: Iterable[str]) -> dict[str, tuple[Candidate, ...]]:
        """Who bears each name, by the name as it was asked; names that nobody bears are left out."""

    def keyed(self, keys: Iterable[str]) -> dict[str, tuple[Candidate, ...]]:
        """The same by keys that `names.key` gave."""

    def parents(self, curie: Curie) -> tuple[Curie, ...]:
        """What it is a kind or a part of, one step up."""

    def ancestors(self, curies: Iterable[Curie]) -> dict[Curie, frozenset[Curie]]:
        """What each is a kind or a part of, all steps up, without itself."""

    def replacements(self, curie: Curie) -> tuple[Curie, ...] | None:
        """What stands in for an obsolete identifier, perhaps nothing; None if it is in use or unknown."""

    def names(self) -> Iterator[tuple[str, Curie]]:
        """Every name with the entity that bears it."""


class OntologyIndex(Protocol):
    """The index of the optional ontologies: it can be built anew from installed packages."""

    def build(self, progress: Callable[[str, int], None]) -> OntologySize:
        """Builds it, reporting what is read and how many entities it gave. The old one stays until the new one is whole.

        Raises Refused if no package is installed, or one cannot be read.
        """


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """An entity with its place among the others. `related` are looser names, beside its synonyms."""

    entity: Entity
    parents: tuple[Curie, ...] = ()
    related: tuple[str, ...] = ()
    replaced_by: tuple[Curie, ...] | None = None

    def all_names(self) -> Iterator[tuple[str, NameType]]:
        """Each name and what it is to the entity, nearest first."""
        yield self.entity.name, NameType.PRIMARY
        for name in self.entity.synonyms:
            yield name, NameType.EXACT
        for name in self.related:
            yield name, NameType.RELATED


class Entities:
    """An ontology of entities that are given."""

    def __init__(self, known: Iterable[KnownEntity], *, version: str, bundled: bool = False) -> None:
        self._known = {one.entity.curie: one for one in known}
        self._version = version
        self._by_key: dict[str, list[Candidate]] = {}
        self._count = 0
        for one in self._known.values():
            for name, type_ in one.all_names():
                self._count += 1
                found = self._by_key.setdefault(key(name), [])
                if all(candidate.curie != one.entity.curie for candidate in found):
                    found.append(
                        Candidate(
                            one.entity.curie,
                            one.entity.name,
                            one.entity.category,
                            name,
                            type_,
                            bundled,
                        )
                    )

    @property
    def version(self) -> str:
        """As it was given."""
        return self._version

    @property
    def size(self) -> OntologySize:
        """Counted."""
        name, _, version = self._version.partition(" ")
        return OntologySize({name: version}, len(self._known), self._count)

    def entity(self, curie: Curie) -> Entity | None:
        """The entity with this identifier."""
        one = self._known.get(curie)
        return one.entity if one else None

    def entities(self, curies: Iterable[Curie]) -> dict[Curie, Entity]:
        """Those that are known."""
        return {curie: self._known[curie].entity for curie in curies if curie in self._known}

    def named(self, names: Iterable[str]) -> dict[str, tuple[Candidate, ...]]:
        """Who bears each name."""
        return {name: tuple(found) for name in names if (found := self._by_key.get(key(name)))}

    def keyed(self, keys: Iterable[str]) -> dict[str, tuple[Candidate, ...]]:
        """Who bears a name with each key."""
        return {one: tuple(found) for one in keys if one and (found := self._by_key.get(one))}

    def parents(self, curie: Curie) -> tuple[Curie, ...]:
        """As they were given."""
        one = self._known.get(curie)
        return one.parents if one else ()

    def ancestors(self, curies: Iterable[Curie]) -> dict[Curie, frozenset[Curie]]:
        """Followed step by step."""
        return {curie: climbed(curie, self.parents) for curie in curies}

    def replacements(self, curie: Curie) -> tuple[Curie, ...] | None:
        """As they were given."""
        one = self._known.get(curie)
        return one.replaced_by if one else None

    def names(self) -> Iterator[tuple[str, Curie]]:
        """In the order given."""
        for curie, one in self._known.items():
            for name, _type in one.all_names():
                yield name, curie


def climbed(curie: Curie, parents: Callable[[Curie], Iterable[Curie]]) -> frozenset[Curie]:
    """All that `parents` leads to from `curie`, without itself; circles end."""
    found: set[Curie] = set()
    waiting = [curie]
    while waiting:
        for parent in parents(waiting.pop()):
            if parent not in found and parent != curie:
                found.add(parent)
                waiting.append(parent)
    return frozenset(found)
