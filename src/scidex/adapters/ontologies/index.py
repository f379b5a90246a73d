"""Builds the index: one SQLite file, written beside the old one and put in its place when it is whole."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from scidex.adapters.ontologies.guide import read_guide
from scidex.adapters.ontologies.indra import read_indra
from scidex.adapters.ontologies.terms import INSTALL, Package, Progress, Terms, hand_over, pruned
from scidex.atlas.graph.names import key
from scidex.atlas.graph.ports import NameType, OntologySize
from scidex.kernel.clock import Clock, SystemClock, format_time
from scidex.kernel.errors import Refused

LONGEST_NAME = 120
"""The most characters of a name that can be looked up; longer ones are those of chemicals nobody writes."""

FORM = 1
"""The form of the file; one of another form is not read."""

FILE = "ontologies.sqlite"


# The package on the registry, and the module whose folder it is.
_PACKAGES = {"cellxgene-ontology-guide": "cellxgene_ontology_guide", "indra": "indra"}


def installed_packages() -> tuple[Package, ...]:
    """Those of the known packages that are here."""
    found: list[Package] = []
    for name, module in _PACKAGES.items():
        spec = importlib.util.find_spec(module)
        if spec is not None and spec.submodule_search_locations:
            version = importlib.metadata.version(name)
            found.append(Package(name, version, Path(spec.submodule_search_locations[0])))
    return tuple(found)


_READERS = {"cellxgene-ontology-guide": read_guide, "indra": read_indra}


def no_progress(_what: str, _count: int) -> None:
    """Says nothing."""


_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entities (
  id INTEGER PRIMARY KEY, curie TEXT NOT NULL, name TEXT NOT NULL, category TEXT NOT NULL,
  about TEXT NOT NULL, source TEXT NOT NULL, obsolete INTEGER NOT NULL
);
CREATE TABLE gathered (key TEXT, entity INTEGER, type INTEGER, name TEXT);
CREATE TABLE links (
  entity INTEGER NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (entity, type, value)
) WITHOUT ROWID;
CREATE TABLE names (
  key TEXT NOT NULL, entity INTEGER NOT NULL, type INTEGER NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (key, entity, name)
) WITHOUT ROWID;
"""
_FINISH = """
INSERT OR IGNORE INTO names SELECT key, entity, type, name FROM gathered ORDER BY key, entity, type;
DROP TABLE gathered;
CREATE UNIQUE INDEX entities_by_curie ON entities (curie);
CREATE INDEX names_by_entity ON names (entity);
"""


class Index:
    """The index in a data folder. It is read through `OpenOntology`; this builds it."""

    def __init__(
        self,
        data: Path,
        *,
        packages: Callable[[], tuple[Package, ...]] = installed_packages,
        clock: Clock | None = None,
    ) -> None:
        self.path = data / FILE
        self._packages = packages
        self._clock = clock or SystemClock()

    def build(self, progress: Progress = no_progress) -> OntologySize:
        """Builds it anew from the installed packages. The old one is in use until the new one is whole. Raises Refused."""
        packages = self._packages()
        if not packages:
            raise Refused("No package that carries ontologies is installed.", cure=INSTALL)
        terms: Terms = {}
        for package in packages:
            _READERS[package.name](package, terms, progress)
        if not terms:
            raise Refused("The installed packages hold no ontology that is known here.", cure=INSTALL)
        terms = pruned(terms)
        hand_over(terms)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{FILE}.", suffix=".new", dir=self.path.parent)
        os.close(handle)
        new = Path(name)
        try:
            size = _written(new, terms, packages, format_time(self._clock.now()), progress)
            new.chmod(0o644)
            new.replace(self.path)
        finally:
            new.unlink(missing_ok=True)
        return size


def _written(
    file: Path, terms: Terms, packages: tuple[Package, ...], built_at: str, progress: Progress
) -> OntologySize:
    progress("writing the index", len(terms))
    sources = {package.name: package.version for package in packages}
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA user_version = {FORM}; BEGIN;{_SCHEMA}")
        connection.executemany("INSERT INTO entities VALUES (?, ?, ?, ?, ?, ?, ?)", _entity_rows(terms))
        connection.executemany("INSERT INTO gathered VALUES (?, ?, ?, ?)", _name_rows(terms))
        connection.executemany("INSERT OR IGNORE INTO links VALUES (?, ?, ?)", _link_rows(terms))
        for statement in filter(str.strip, _FINISH.split(";")):
            connection.execute(statement)
        names = connection.execute("SELECT count(*) FROM names").fetchone()[0]
        size = OntologySize(sources, len(terms), names, built_at)
        facts = {"sources": json.dumps(sources), "entities": len(terms), "names": names, "built_at": built_at}
        connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
        connection.execute("COMMIT")
        # What was dropped leaves holes.
        connection.execute("VACUUM")
    with file.open("rb+") as written:
        os.fsync(written.fileno())
    return size


def _entity_rows(terms: Terms) -> Iterator[tuple[Any, ...]]:
    for number, (curie, term) in enumerate(terms.items()):
        obsolete = term.replaced_by is not None
        yield number, curie, term.name, str(term.category), term.about, term.source, obsolete


def _name_rows(terms: Terms) -> Iterator[tuple[Any, ...]]:
    for number, term in enumerate(terms.values()):
        if term.replaced_by is not None:
            continue
        groups = ((NameType.PRIMARY, [term.name]), (NameType.EXACT, term.exact), (NameType.RELATED, term.related))
        seen: set[str] = set()
        for type_, names in groups:
            for name in names:
                if name not in seen and len(name) <= LONGEST_NAME and (found := key(name)):
                    seen.add(name)
                    yield found, number, int(type_), name


def _link_rows(terms: Terms) -> Iterator[tuple[Any, ...]]:
    for number, term in enumerate(terms.values()):
        for type_, values in (("xref", term.xrefs), ("parent", term.parents), ("replaced-by", term.replaced_by or ())):
            for value in values:
                yield number, type_, value
