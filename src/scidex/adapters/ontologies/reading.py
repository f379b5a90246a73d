"""Reads the index over the bundled set: the index is asked first, the bundled set adds its names and its own entities."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from scidex.adapters.ontologies.bundled import bundled
from scidex.adapters.ontologies.index import FILE, FORM
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.names import key
from scidex.atlas.graph.ports import Candidate, Entities, NameType, OntologySize, climbed


class _Handle(threading.local):
    """One connection for each thread, and the file it was opened on."""

    connection: sqlite3.Connection | None = None
    stamp: tuple[int, int] | None = None


class OpenOntology:
    """What is known: the index, if there is one, over the bundled set. A new index is seen without a restart."""

    def __init__(self, data: Path, under: Entities | None = None) -> None:
        self._path = data / FILE
        self._under = under if under is not None else bundled()
        self._handle = _Handle()

    # Reads

    @property
    def version(self) -> str:
        """The packages and the bundled set."""
        return f"{self._index_version()}{self._under.version}"

    @property
    def size(self) -> OntologySize:
        """The index and what the bundled set has beyond it."""
        under = self._under.size
        facts = self._facts()
        if not facts:
            return under
        sources = {**json.loads(facts["sources"]), **under.sources}
        names = list(self._under.names())
        both = self._indexed_entities(list(dict.fromkeys(curie for _, curie in names)))
        return OntologySize(
            sources,
            int(facts["entities"]) + under.entities - len(both),
            int(facts["names"]) + sum(curie not in both for _, curie in names),
            facts["built_at"],
        )

    def entity(self, curie: Curie) -> Entity | None:
        """The entity with this identifier."""
        return self.entities((curie,)).get(curie)

    def entities(self, curies: Iterable[Curie]) -> dict[Curie, Entity]:
        """Those that are known; what the bundled set knows besides is added to them."""
        wanted = list(dict.fromkeys(curies))
        under = self._under.entities(wanted)
        over = self._indexed_entities(wanted)
        found: dict[Curie, Entity] = {}
        for curie in wanted:
            first, second = over.get(curie), under.get(curie)
            if first is not None and second is not None:
                found[curie] = _joined(first, second)
            elif one := first or second:
                found[curie] = one
        return found

    def named(self, names: Iterable[str]) -> dict[str, tuple[Candidate, ...]]:
        """Who bears each name."""
        keys = {name: key(name) for name in names}
        found = self.keyed(keys.values())
        return {name: found[one] for name, one in keys.items() if one in found}

    def keyed(self, keys: Iterable[str]) -> dict[str, tuple[Candidate, ...]]:
        """Who bears a name with each key."""
        wanted = list(dict.fromkeys(filter(None, keys)))
        found: dict[str, dict[str, Candidate]] = {}
        for one, candidates in self._under.keyed(wanted).items():
            found[one] = {candidate.curie: candidate for candidate in candidates}
        for one, candidate in self._indexed_candidates(wanted):
            by_curie = found.setdefault(one, {})
            known = by_curie.get(candidate.curie)
            if known is None:
                by_curie[candidate.curie] = candidate
            else:
                nearer = candidate if candidate.type < known.type else known
                by_curie[candidate.curie] = replace(
                    nearer,
                    name=candidate.name,
                    category=candidate.category,
                    bundled=known.bundled,
                )
        return {one: tuple(by_curie.values()) for one, by_curie in found.items()}

    def parents(self, curie: Curie) -> tuple[Curie, ...]:
        """One step up, by the index and by the bundled set."""
        indexed = self._links(curie, "parent")
        return tuple(dict.fromkeys((*indexed, *self._under.parents(curie))))

    def ancestors(self, curies: Iterable[Curie]) -> dict[Curie, frozenset[Curie]]:
        """All steps up."""
        memory: dict[Curie, tuple[Curie, ...]] = {}

        def above(curie: Curie) -> tuple[Curie, ...]:
            if curie not in memory:
                memory[curie] = self.parents(curie)
            return memory[curie]

        return {curie: climbed(curie, above) for curie in curies}

    def replacements(self, curie: Curie) -> tuple[Curie, ...] | None:
        """What stands in for an obsolete identifier; None if it is in use or unknown."""
        connection = self._connection()
        if connection is not None:
            row = connection.execute("SELECT obsolete FROM entities WHERE curie = ?", (curie,)).fetchone()
            if row is not None:
                return tuple(self._links(curie, "replaced-by")) if row[0] else None
        return self._under.replacements(curie)

    def names(self) -> Iterator[tuple[str, Curie]]:
        """Every name with its entity, streamed."""
        yield from self._under.names()
        connection = self._connection()
        if connection is not None:
            rows = connection.execute(
                "SELECT names.name, entities.curie FROM names JOIN entities ON entities.id = names.entity"
            )
            for name, curie in rows:
                yield name, Curie(curie)

    # The file

    def _connection(self) -> sqlite3.Connection | None:
        """The index as it is now, or None if there is none of our form."""
        try:
            stat = self._path.stat()
        except OSError:
            stamp = None
        else:
            stamp = (stat.st_ino, stat.st_mtime_ns)
        if stamp != self._handle.stamp:
            if self._handle.connection is not None:
                self._handle.connection.close()
            self._handle.connection = _opened(self._path) if stamp else None
            self._handle.stamp = stamp
        return self._handle.connection

    def _facts(self) -> dict[str, str]:
        connection = self._connection()
        return dict(connection.execute("SELECT name, value FROM facts")) if connection is not None else {}

    def _index_version(self) -> str:
        facts = self._facts()
        if not facts:
            unusable = self._handle.stamp is not None
            return "an index that cannot be used (run `scidex ontology build`), " if unusable else ""
        said = ", ".join(f"{name} {version}" for name, version in json.loads(facts["sources"]).items())
        return f"{said}, "

    def _indexed_entities(self, curies: list[Curie]) -> dict[Curie, Entity]:
        connection = self._connection()
        if connection is None or not curies:
            return {}
        asked = json.dumps(curies)
        rows = connection.execute(
            "SELECT e.id, e.curie, e.name, e.category, e.about, e.source FROM json_each(?) AS asked "
            "CROSS JOIN entities AS e ON e.curie = asked.value",
            (asked,),
        ).fetchall()
        numbers = json.dumps([row[0] for row in rows])
        synonyms: dict[int, list[str]] = {}
        for entity, name in connection.execute(
            "SELECT n.entity, n.name FROM json_each(?) AS asked CROSS JOIN names AS n ON n.entity = asked.value "
            "WHERE n.type = 1 ORDER BY n.entity, n.name",
            (numbers,),
        ):
            synonyms.setdefault(entity, []).append(name)
        xrefs: dict[int, list[Curie]] = {}
        for entity, value in connection.execute(
            "SELECT l.entity, l.value FROM json_each(?) AS asked CROSS JOIN links AS l "
            "ON l.entity = asked.value AND l.type = 'xref'",
            (numbers,),
        ):
            xrefs.setdefault(entity, []).append(Curie(value))
        return {
            Curie(curie): Entity(
                Curie(curie),
                name,
                Category(category),
                tuple(synonyms.get(number, ())),
                tuple(xrefs.get(number, ())),
                about,
                source,
            )
            for number, curie, name, category, about, source in rows
        }

    def _indexed_candidates(self, keys: list[str]) -> Iterator[tuple[str, Candidate]]:
        connection = self._connection()
        if connection is None or not keys:
            return
        rows = connection.execute(
            "SELECT n.key, e.curie, e.name, e.category, n.name, n.type FROM json_each(?) AS asked "
            "CROSS JOIN names AS n ON n.key = asked.value CROSS JOIN entities AS e ON e.id = n.entity "
            "ORDER BY n.key, e.id, n.type, n.name",
            (json.dumps(keys),),
        )
        last: tuple[str, str] | None = None
        for one, curie, name, category, matched, type_ in rows:
            # Several names of one entity have this key ("IL-10", "IL10"); the nearest comes first.
            if last != (one, curie):
                last = (one, curie)
                yield one, Candidate(Curie(curie), name, Category(category), matched, NameType(type_))

    def _links(self, curie: Curie, type_: str) -> list[Curie]:
        connection = self._connection()
        if connection is None:
            return []
        rows = connection.execute(
            "SELECT l.value FROM entities AS e JOIN links AS l ON l.entity = e.id AND l.type = ? WHERE e.curie = ?",
            (type_, curie),
        )
        return [Curie(value) for (value,) in rows]


def _opened(path: Path) -> sqlite3.Connection | None:
    """The index for reading; None if it is no index of this form, which `version` says."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        form = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError:
        return None
    if form != FORM:
        connection.close()
        return None
    return connection


def _joined(first: Entity, second: Entity) -> Entity:
    """The index's name and category with the other names and references of both."""
    synonyms = dict.fromkeys((*first.synonyms, *second.synonyms))
    if second.name.casefold() != first.name.casefold():
        synonyms.setdefault(second.name)
    synonyms.pop(first.name, None)
    return replace(
        first,
        synonyms=tuple(synonyms),
        xrefs=tuple(dict.fromkeys((*first.xrefs, *second.xrefs))),
        about=first.about or second.about,
    )
