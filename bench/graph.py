"""How fast edges come in, and how fast the graph answers, beside a library that holds all of it in memory."""

from __future__ import annotations

import bisect
import gc
import itertools
import json
import random
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import rustworkx

from bench.figures import Figure, percentile
from bench.library import SEED
from bench.running import Place, run, run_code
from scidex.atlas import queries
from scidex.atlas.graph.predicates import Predicate
from scidex.atlas.queries import EntityView

EDGES = 2_000_000
LOADED = 1_000_000
_SECONDS = 90
_ENTITIES = 50_000
_ASKED = 300
_TWO_HOPS_P99 = 30
_PATH_P99 = 250
_MEGABYTES = 1_500
_PREDICATES = tuple(Predicate)


def measure(place: Place, folder: Path, edges: int) -> list[Figure]:
    """Loads `edges` edges in files of at most a million, then asks. The first file is timed, and loaded again."""
    nodes = folder / "made_nodes.tsv"
    nodes.write_text("".join(_nodes()), encoding="utf-8")
    run(place, "import", str(nodes))
    files: list[tuple[Path, int]] = []
    for number, start in enumerate(range(0, edges, LOADED)):
        file = folder / f"made{number}.tsv"
        amount = min(LOADED, edges - start)
        with file.open("w", encoding="utf-8") as stream:
            stream.writelines(_edges(number, amount))
        files.append((file, amount))
    plain = _stored_as_they_are(files[0][0], place.data.with_suffix(".edges"))
    first = run(place, "import", str(files[0][0]), "--json")
    again = run(place, "import", str(files[0][0]), "--json")
    told = json.loads(again.said)["files"][0]
    if told["edges"] or told["items"]:
        raise SystemExit(f"The second import wrote {told['edges']} edges and {told['items']} items.")
    for file, _ in files[1:]:
        run(place, "import", str(file), "--json")
    amount = files[0][1]
    figures = [
        Figure(
            f"{amount:,} edges in, whole program",
            first.seconds,
            "s",
            f"{plain:.1f} s: read, one SQLite row each",
            first.seconds / plain,
            _SECONDS if amount == LOADED else None,
        ),
        Figure("The same file again", again.seconds, "s", "writes 0 rows", None),
    ]
    return [
        *figures,
        *_asked(place),
        Figure("Memory of a process that asks", memory_while_asking(place), "MiB", goal=_MEGABYTES),
    ]


def _asked(place: Place) -> list[Figure]:
    installation = place.open()
    try:
        with installation.storage.read() as connection:
            total = queries.edge_count(connection)
            ends = [
                (row[0], row[1])
                for row in connection.exec_driver_sql("SELECT subject, object FROM edges WHERE live = 1")
            ]
            memory = rustworkx.PyGraph(multigraph=False)
            memory.add_nodes_from(range(max(map(max, ends)) + 1))
            memory.add_edges_from_no_data(ends)
            rng = random.Random(SEED)
            chosen = [rng.randrange(1, _ENTITIES) for _ in range(2 * _ASKED)]
            hub = max(range(1, 200), key=memory.degree)
            views = {view.number: (view,) for view in queries.entities_by_number(connection, [*chosen, hub]).values()}
            pairs = [
                (views[chosen[n]], views[chosen[n + 1]]) for n in range(0, len(chosen), 2) if chosen[n] != chosen[n + 1]
            ]
            # What the baseline holds in memory is no part of what is measured, nor is looking through it for garbage.
            del ends
            gc.collect()
            gc.freeze()
            hops = _times(lambda pair: queries.two_hops(connection, pair[0]), pairs)
            plain_hops = _times(lambda pair: _two_hops_in_memory(memory, pair[0][0].number), pairs)
            paths = _times(lambda pair: queries.paths(connection, *pair), pairs)
            plain_paths = _times(lambda pair: _path_in_memory(memory, pair), pairs)
            busiest = _times(lambda _: queries.neighbourhood(connection, views[hub]), pairs[:50])
    finally:
        installation.close()
    figures: list[Figure] = []
    for name, values, plain, goal in (
        ("Two hops with evidence", hops, plain_hops, _TWO_HOPS_P99),
        ("Shortest paths of up to four edges", paths, plain_paths, _PATH_P99),
    ):
        for word, share in (("p50", 0.5), ("p99", 0.99)):
            value, least = percentile(values, share), percentile(plain, share)
            figures.append(
                Figure(
                    f"{name}, {total:,} edges, {word}",
                    value,
                    "ms",
                    f"{least:.3f} ms: rustworkx, numbers only, all in memory",
                    value / least,
                    goal if word == "p99" else None,
                )
            )
    figures.append(
        Figure(f"First page of the busiest entity ({memory.degree(hub):,} edges), p99", percentile(busiest, 0.99), "ms")
    )
    return figures


def memory_while_asking(place: Place) -> float:
    """The most memory, in MiB, of a process that asks as above and holds nothing else."""
    code = "import sys; from bench.graph import ask_alone; ask_alone(sys.argv[1], sys.argv[2])"
    return float(run_code(place, code))


def ask_alone(data: str, database_url: str) -> None:
    """Asks a thousand questions and prints the most memory it took, in MiB."""
    installation = Place(Path(data), database_url).open()
    rng = random.Random(SEED)
    with installation.storage.read() as connection:
        for _ in range(500):
            a, b = rng.sample(range(1, _ENTITIES), 2)
            found = queries.entities_by_number(connection, [a, b])
            queries.two_hops(connection, (found[a],))
            queries.paths(connection, (found[a],), (found[b],))
    installation.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _times(
    ask: Callable[[tuple[tuple[EntityView, ...], tuple[EntityView, ...]]], object],
    pairs: Sequence[tuple[tuple[EntityView, ...], tuple[EntityView, ...]]],
) -> list[float]:
    taken = []
    for pair in pairs:
        begun = time.perf_counter()
        ask(pair)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def _two_hops_in_memory(graph: rustworkx.PyGraph, start: int) -> set[int]:
    near = graph.neighbors(start)
    return {far for node in near for far in graph.neighbors(node)}


def _path_in_memory(graph: rustworkx.PyGraph, pair: tuple[tuple[EntityView, ...], tuple[EntityView, ...]]) -> object:
    return rustworkx.dijkstra_shortest_paths(graph, pair[0][0].number, pair[1][0].number)


def _stored_as_they_are(file: Path, database: Path) -> float:
    database.parent.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE edges (subject TEXT, predicate TEXT, object TEXT, publications TEXT, quote TEXT)")
    with file.open(encoding="utf-8") as stream:
        next(stream)
        rows = (line.rstrip("\n").split("\t")[:5] for line in stream)
        connection.executemany("INSERT INTO edges VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("CREATE INDEX ends ON edges (subject, object)")
    connection.commit()
    connection.close()
    taken = time.perf_counter() - begun
    database.unlink()
    return taken


def _nodes() -> Iterator[str]:
    yield "id\tcategory\tname\n"
    for number in range(_ENTITIES):
        yield f"MONDO:{number:07d}\tbiolink:Disease\tmade-up disease {number}\n"


def _edges(part: int, amount: int) -> Iterator[str]:
    """Edges whose ends are drawn so that few entities have very many: the busiest some ten thousand of two million."""
    rng = random.Random(SEED + part)
    weights = list(itertools.accumulate(1 / (rank + 10) ** 0.8 for rank in range(_ENTITIES)))
    yield "subject\tpredicate\tobject\tpublications\tquote\n"
    for number in range(amount):
        start = end = 0
        while start == end:
            start, end = (bisect.bisect(weights, rng.random() * weights[-1]) for _ in "ab")
        predicate = _PREDICATES[rng.randrange(len(_PREDICATES))]
        yield (
            f"MONDO:{start:07d}\tbiolink:{predicate}\tMONDO:{end:07d}\tPMID:{rng.randrange(1, 40_000_000)}\t"
            f"In this study of {number} the one was seen with the other.\n"
        )
