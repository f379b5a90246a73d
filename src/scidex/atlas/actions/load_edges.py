"""Load edges of a file: what is a statement with evidence becomes an edge, the rest goes to quarantine with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from scidex.atlas import edge_store, store
from scidex.atlas.actions.store_works import BibliographyFile, file_artifact
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.staging import COLUMNS, has_reason
from scidex.kernel.actions import Command, Result, Work, action
from scidex.kernel.canonical import sha256
from scidex.kernel.errors import Invalid

MOST = 100_000
"""Edges of one command."""
_SUBJECT, _PREDICATE, _OBJECT, _LINE = (COLUMNS.index(name) for name in ("subject", "predicate", "object", "line"))


class LoadEdges(Command):
    """One batch of a file, read and checked already.

    `entities` are the `Entity` values that the rows name and that may be new, `rows` those of `scidex.atlas.graph.staging`,
    `problems` rows that cannot become edges as (line, row, reason, cure).
    """

    file: BibliographyFile
    # Checked where they are read; looking at a hundred thousand of them again would take longer than writing them.
    entities: Any = Field(default=())
    rows: Any = Field(default=())
    problems: Any = Field(default=())

    def fingerprint(self) -> str:
        """Over the file's hash and which of its lines these are."""
        told = [len(self.rows), self.rows[:1], self.rows[-1:], [row[0] for row in self.problems]]
        return sha256(f"{self.file.sha256} {told}")


class LoadedEdges(Result):
    """How many entities, edges and items of evidence are new, how many rows went to quarantine, and the file as an artifact."""

    source: str
    entities: int
    edges: int
    items: int
    quarantined: int


@action("edge.load", "Load edges of a file", command=LoadEdges, result=LoadedEdges)
def load(command: LoadEdges, work: Work) -> LoadedEdges:
    """Writes a batch; what is here already is left as it is."""
    rows: Sequence[Any] = command.rows
    if len(rows) > MOST or not all(
        isinstance(row, tuple) and len(row) == len(COLUMNS) and has_reason(row) for row in rows
    ):
        raise Invalid("Edges are loaded from a file.", cure="`scidex import FILE` reads and checks them.")
    source = file_artifact(work, command.file)
    origin = store.Derivation(source.id, 1, command.file.sha256, "prov:wasDerivedFrom", {})
    wanted: Sequence[Entity] = [each for each in command.entities if isinstance(each, Entity)]
    entities = edge_store.make_entities(work, wanted, derived=(origin,))
    stored = edge_store.add_edges(work, rows, origin=source.id)
    problems: Sequence[Any] = command.problems
    if entities.refused:
        # Those that no row names would go without a word.
        silent = entities.refused.keys() - {end for row in rows for end in (row[_SUBJECT], row[_OBJECT])}
        problems = [*problems, *((0, curie, entities.refused[curie], edge_store.FREE_NAME) for curie in sorted(silent))]
    if stored.unknown:
        problems = [*problems, *_left_out(work, rows, stored.unknown)]
    quarantined = edge_store.put_in_quarantine(work, source.id, problems)
    if stored.items or stored.edges or entities.new or quarantined:
        work.emit("edges.loaded", source.id, edges=stored.edges, items=stored.items, quarantined=quarantined)
    return LoadedEdges(
        source=source.id, entities=entities.new, edges=stored.edges, items=stored.items, quarantined=quarantined
    )


def _left_out(work: Work, rows: Sequence[Any], unknown: Sequence[str]) -> Iterator[tuple[int, str, str, str]]:
    """The rows with an end that is no entity here, as they wait in quarantine."""
    reasons = edge_store.why_missing(work.connection, unknown)
    for row in rows:
        if (reason := reasons.get(row[_SUBJECT]) or reasons.get(row[_OBJECT])) is not None:
            yield row[_LINE], f"{row[_SUBJECT]}, {row[_PREDICATE]}, {row[_OBJECT]}", reason, edge_store.FREE_NAME
