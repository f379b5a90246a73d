"""What questions to the graph share: rows of edges by number, and which entities are one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from scidex.atlas.links import Relation
from scidex.atlas.queries.links import stood
from scidex.atlas.tables import artifacts, edges, entities, links
from scidex.kernel.storage.among import among
from scidex.kernel.storage.chunks import chunks


@dataclass(frozen=True, slots=True)
class Same:
    """Which numbers are one entity, as others were merged into it; `into` is empty where nothing was merged."""

    into: dict[int, int]
    members: dict[int, list[int]]

    @classmethod
    def read(cls, connection: Connection, as_of: datetime | None) -> Same:
        """What was merged by now, or by a time."""
        old, new = entities.alias(), entities.alias()
        query = select(old.c.number.label("old"), new.c.number.label("new"))
        if as_of is None:
            query = (
                query.select_from(artifacts)
                .join(old, old.c.artifact_id == artifacts.c.id)
                .join(new, new.c.artifact_id == artifacts.c.redirect_to)
                .where(artifacts.c.redirect_to.is_not(None))
            )
        else:
            query = (
                query.select_from(links)
                .join(old, old.c.artifact_id == links.c.target_key)
                .join(new, new.c.artifact_id == links.c.source_id)
                .where(
                    links.c.relation == Relation.MERGED_FROM,
                    stood(links, as_of),
                )
            )
        step = {row.old: row.new for row in connection.execute(query)}
        into: dict[int, int] = {}
        members: dict[int, list[int]] = {}
        for number in step:
            last, seen = number, {number}
            while (following := step.get(last)) is not None and following not in seen:
                last = following
                seen.add(last)
            into[number] = last
            members.setdefault(last, [last]).append(number)
        return cls(into, members)

    def one(self, number: int) -> int:
        """The number under which an entity is told."""
        return self.into.get(number, number)

    def all(self, numbers: Iterable[int]) -> list[int]:
        """All numbers of some entities, in order."""
        if not self.into:
            return sorted(numbers)
        return sorted({each for number in numbers for each in self.members.get(self.one(number), (number,))})


def edge_rows(connection: Connection, numbers: Iterable[int]) -> dict[int, Row[Any]]:
    """Rows of edges by number; numbers of none are left out."""
    found: dict[int, Row[Any]] = {}
    for piece in chunks(sorted(set(numbers)), 2_000):
        rows = connection.execute(select(edges).where(among(edges.c.number, piece)))
        found.update((row.number, row) for row in rows)
    return found
