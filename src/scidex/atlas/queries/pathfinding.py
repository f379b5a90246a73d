"""How one entity leads to another: a search from both ends at once, bounded, with what each step rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    func,
    select,
)

from scidex.atlas.queries.edges import (
    EdgeView,
    EntityView,
    current,
    edge_views,
    entities_by_number,
)
from scidex.atlas.queries.graph_rows import Same, edge_rows
from scidex.atlas.queries.links import stood
from scidex.atlas.tables import edge_items, edges, entities
from scidex.kernel.errors import Invalid
from scidex.kernel.storage.among import among
from scidex.kernel.storage.chunks import chunks

MOST_FOLLOWED = 3_000
"""Nothing is followed through an entity with more edges than this: what leads through everything explains nothing."""
MOST_VISITED = 60_000
"""Entities that one search for paths may come to before it stops and says so."""
MOST_HOPS = 4
# Paths that compete for the few places there are.
_MOST_RANKED = {False: 300, True: 2_000}


@dataclass(frozen=True, slots=True)
class Path:
    """A way from one entity to another. `weight` and `sources` are those of its weakest edge."""

    nodes: tuple[EntityView, ...]
    edges: tuple[EdgeView, ...]
    weight: int
    sources: int


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths, and whether all of that length were looked at; `visited` entities were come to."""

    paths: tuple[Path, ...]
    complete: bool
    visited: int


def paths(
    connection: Connection,
    start: Sequence[EntityView],
    goal: Sequence[EntityView],
    *,
    hops: int = MOST_HOPS,
    limit: int = 10,
    strongest: bool = False,
    as_of: datetime | None = None,
) -> Paths:
    """The shortest paths of at most `hops` edges between two entities, in either direction of each edge.

    With `strongest`, paths of every length up to `hops` compete: the one whose weakest edge weighs most comes first, then
    the one whose weakest edge has most sources, then the shorter. Denied edges lead nowhere.
    """
    if not 1 <= hops <= MOST_HOPS:
        raise Invalid(f"A path has 1 to {MOST_HOPS} edges.", cure=f"Ask for --hops {MOST_HOPS}.")
    search = _Search(connection, {each.number for each in start}, {each.number for each in goal}, as_of)
    if search.ends_meet:
        return Paths((), complete=True, visited=0)
    search.run(hops, stop_at_first=not strongest)
    found = sorted(search.found(hops, shortest_only=not strongest, most=max(limit, _MOST_RANKED[strongest])))
    numbers = {number for path in found for number in path[1]}
    rows = edge_rows(connection, numbers)
    weights = _weights(connection, rows, as_of)
    nodes = entities_by_number(connection, {node for path in found for node in path[0]})
    # The weight and the sources of the weakest edge of each.
    weakest = {path: (min(weights[n][0] for n in path[1]), min(weights[n][1] for n in path[1])) for path in found}
    ranked = sorted(
        found,
        key=lambda path: (
            tuple(-each for each in weakest[path]) if strongest else (),
            len(path[1]),
            tuple(-each for each in weakest[path]),
            # What leads through an entity with few edges tells more.
            max(nodes[node].degree for node in path[0][1:-1]) if path[0][1:-1] else 0,
            path,
        ),
    )[:limit]
    chosen = {number for path in ranked for number in path[1]}
    views = {view.number: view for view in edge_views(connection, [rows[n] for n in sorted(chosen)], as_of=as_of)}
    return Paths(
        tuple(
            Path(
                tuple(nodes[node] for node in walk),
                tuple(views[number] for number in along),
                *weakest[walk, along],
            )
            for walk, along in ranked
        ),
        complete=search.complete,
        visited=len(search.forward) + len(search.backward),
    )


@dataclass(slots=True)
class _Search:
    """A search for paths from both ends at once: each side is a breadth-first search that remembers every way to a node.

    The side that costs fewer edges goes on, so that the busy end of a path is left alone as long as possible.
    """

    connection: Connection
    start: set[int]
    goal: set[int]
    as_of: datetime | None
    complete: bool = True
    forward: dict[int, int] = field(default_factory=dict)
    backward: dict[int, int] = field(default_factory=dict)
    # (node, steps) -> (node before it, edge) for each way there of so many steps that is no detour, or for all of them
    ways: dict[bool, dict[tuple[int, int], list[tuple[int, int]]]] = field(
        default_factory=lambda: {True: defaultdict(list), False: defaultdict(list)}
    )
    depth: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    same: Same = field(init=False)

    def __post_init__(self) -> None:
        self.same = Same.read(self.connection, self.as_of)
        self.start, self.goal = ({self.same.one(number) for number in end} for end in (self.start, self.goal))

    @property
    def ends_meet(self) -> bool:
        """Whether start and goal are one."""
        return bool(self.start & self.goal)

    def run(self, hops: int, *, stop_at_first: bool) -> None:
        """Goes on until the sides together are `hops` deep, or have met if that is enough."""
        self.forward = dict.fromkeys(self.start, 0)
        self.backward = dict.fromkeys(self.goal, 0)
        frontiers = {True: sorted(self.start), False: sorted(self.goal)}
        depth = self.depth
        plans: dict[bool, tuple[list[int], int]] = {}
        while depth[True] + depth[False] < hops:
            open_sides = [side for side in (True, False) if frontiers[side]]
            if not open_sides or (stop_at_first and self.forward.keys() & self.backward.keys()):
                return
            if len(self.forward) + len(self.backward) > MOST_VISITED:
                self.complete = False
                return
            for side in open_sides:
                if side not in plans:
                    plans[side] = self._followed(frontiers[side], first=depth[side] == 0)
            side = min(open_sides, key=lambda side: (plans[side][1], not side))
            depth[side] += 1
            frontiers[side] = self._expand(plans.pop(side)[0], side, depth[side], every=not stop_at_first)

    def found(self, hops: int, *, shortest_only: bool, most: int) -> set[tuple[tuple[int, ...], tuple[int, ...]]]:
        """The paths, as their nodes and their edges; at most `most`."""
        paths: set[tuple[tuple[int, ...], tuple[int, ...]]] = set()
        for node, before, after in self._meetings(hops, shortest_only=shortest_only):
            for nodes_to, edges_to in self._ways_to(node, True, before):
                for nodes_on, edges_on in self._ways_to(node, False, after):
                    nodes = (*reversed(nodes_to), node, *nodes_on)
                    if len(set(nodes)) == len(nodes):
                        paths.add((nodes, (*reversed(edges_to), *edges_on)))
                    if len(paths) >= most:
                        self.complete = False
                        return paths
        return paths

    def _meetings(self, hops: int, *, shortest_only: bool) -> Iterator[tuple[int, int, int]]:
        """Where both sides came to, and in how many steps each; what makes short paths comes first."""
        if shortest_only:
            meeting = self.forward.keys() & self.backward.keys()
            lengths = {node: self.forward[node] + self.backward[node] for node in meeting}
            least = min(hops, *lengths.values()) if lengths else 0
            for node in sorted(meeting):
                if lengths[node] == least:
                    yield node, self.forward[node], self.backward[node]
            return
        there: dict[bool, dict[int, set[int]]] = {True: defaultdict(set), False: defaultdict(set)}
        for side, end in ((True, self.start), (False, self.goal)):
            there[side][0] = set(end)
            for node, steps in self.ways[side]:
                there[side][steps].add(node)
        for length in range(1, hops + 1):
            # One place on each path is enough to find it.
            before = min(length, self.depth[True])
            for node in sorted(there[True][before] & there[False][length - before]):
                yield node, before, length - before

    def _ways_to(self, node: int, side: bool, steps: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        """From `node` back to where its side began, in so many steps: the nodes after it, and the edges."""
        if steps == 0:
            yield (), ()
            return
        for before, edge in self.ways[side].get((node, steps), ()):
            for nodes, along in self._ways_to(before, side, steps - 1):
                yield (before, *nodes), (edge, *along)

    def _followed(self, frontier: Sequence[int], *, first: bool) -> tuple[list[int], int]:
        """Which of the frontier may be followed, and how many edges they have together."""
        degrees: dict[int, int] = defaultdict(int)
        for piece in chunks(self.same.all(frontier), 5_000):
            rows = self.connection.execute(
                select(entities.c.number, entities.c.degree).where(among(entities.c.number, piece))
            )
            for row in rows:
                degrees[self.same.one(row.number)] += row.degree
        small = [number for number in frontier if degrees.get(number, 0) <= MOST_FOLLOWED]
        if len(small) == len(frontier):
            return small, sum(degrees.values())
        if first:
            # An end of the path itself: its first edges are read, and the answer says that there are more.
            return list(frontier), sum(degrees.values())
        self.complete = False
        return small, sum(degrees[number] for number in small)

    def _expand(self, numbers: Sequence[int], side: bool, depth: int, *, every: bool) -> list[int]:
        mine, here, there = (self.forward, self.start, self.goal) if side else (self.backward, self.goal, self.start)
        new: set[int] = set()
        for piece in chunks(numbers, 2_000):
            for near, far, number in self._adjacent(piece):
                if every:
                    if far in here:
                        continue
                    mine.setdefault(far, depth)
                    new.add(far)
                else:
                    known = mine.get(far)
                    if known is None:
                        mine[far] = depth
                        new.add(far)
                    elif known != depth:
                        continue
                self.ways[side][far, depth].append((near, number))
        # No path leads through its own end.
        return sorted(new - there)

    def _adjacent(self, numbers: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        there = set(self.same.all(numbers))
        most = MOST_FOLLOWED * 40
        for near, far in ((edges.c.subject, edges.c.object), (edges.c.object, edges.c.subject)):
            query = (
                select(near, far, edges.c.number)
                .where(among(near, sorted(there)), edges.c.negated == 0, current(self.as_of))
                .limit(most)
            )
            rows = self.connection.execute(query).all()
            if len(rows) == most:
                self.complete = False
            for near_to, far_from, number in rows:
                one, other = self.same.one(near_to), self.same.one(far_from)
                if one != other:
                    yield one, other, number


def _weights(connection: Connection, rows: dict[int, Row[Any]], as_of: datetime | None) -> dict[int, tuple[int, int]]:
    """How much each edge weighs, and how many sources it has. Only edges with checked evidence weigh anything."""
    checked = [row for row in rows.values() if row.checked or as_of is not None]
    weighed = {view.number: view for view in edge_views(connection, checked, as_of=as_of, items=0, works=False)}
    sources: dict[int, int] = {}
    for piece in chunks(sorted(rows), 2_000):
        counted = (
            select(edge_items.c.edge, func.count(edge_items.c.source_key.distinct()).label("times"))
            .where(among(edge_items.c.edge, piece), stood(edge_items, as_of))
            .group_by(edge_items.c.edge)
        )
        sources.update((row.edge, row.times) for row in connection.execute(counted))
    weights = {}
    for number in rows:
        view = weighed.get(number)
        support = max(view.confidence or 0, 0) if view else 0
        own = view.standing.sources if view else 0
        weights[number] = (support, sources.get(number, 0) + own)
    return weights
