"""`python -m bench`: measures and, after a whole run, writes the figures into docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

from bench import citations, debates, graph, importing, kept_debates, search, versions, web
from bench.figures import Figure, Section, markdown, text, write
from bench.library import Library
from bench.running import ENGINES, places, run

PARTS = ("import", "web", "versions", "memory", "citations", "graph", "search", "debates")
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_OUT = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def main() -> None:
    """The program."""
    given = _arguments()
    chosen = set(given.only)
    # Asked to stop, it still stops the servers it started and takes its folders away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: given.cores])
    engines = ENGINES if given.engine == "both" else (given.engine,)
    sections: list[Section] = []
    databases: list[str] = []
    for engine in engines:
        pages = given.pages if engine == "sqlite" else min(given.pages, given.pages_postgresql)
        figures, database = _measured(engine, pages, given.versions, given.documents, given.edges, chosen)
        title = f"{_NAMES[engine]}, {pages:,} pages"
        sections.append(Section(title, tuple(figures)))
        databases += [database] if database else []
        print(text(sections[-1]), flush=True)
    if chosen == set(PARTS):
        write(given.out, markdown(sections, pages=given.pages, versions=given.versions, databases=databases))
        print(f"Written to {given.out}.")


def _measured(
    engine: str, pages: int, most: int, documents: int, edges: int, chosen: set[str]
) -> tuple[list[Figure], str]:
    figures: list[Figure] = []
    with places(engine) as (place, database), tempfile.TemporaryDirectory(prefix="scidex-pages-") as folder:
        if chosen & {"import", "web", "memory"}:
            _say(f"{engine}: writing {pages:,} pages")
            files = Library(pages).write(Path(folder))
            library = place()
            _say(f"{engine}: importing them")
            if "import" in chosen:
                figures += importing.measure(library, Path(folder), files)
            else:
                run(library, "import", folder)
            if chosen & {"web", "memory"}:
                # Else the server would do it while it is measured.
                run(library, "graph", "ground")
                _say(f"{engine}: reading them")
                figures += web.measure(library, chosen)
        if "versions" in chosen:
            _say(f"{engine}: a history of {most:,} versions")
            figures += versions.measure(place(), most)
        if "citations" in chosen:
            _say(f"{engine}: citations with planted faults, and a retraction")
            figures += citations.measure(place())
        if "graph" in chosen:
            _say(f"{engine}: {edges:,} edges")
            figures += graph.measure(place(), Path(folder), edges)
        if "debates" in chosen and engine == "sqlite":
            _say(f"{engine}: strengths of arguments")
            figures += debates.measure()
        if "debates" in chosen:
            _say(f"{engine}: a debate of {kept_debates.ARGUMENTS:,} arguments")
            figures += kept_debates.measure(place())
        if "search" in chosen:
            _say(f"{engine}: searching {documents:,} documents")
            figures += search.measure(place(), documents=documents)
    return figures, database


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("--pages", type=int, default=20_000, help="size of the library (default 20,000)")
    parser.add_argument("--pages-postgresql", type=int, default=2_000, help="at most so many there (default 2,000)")
    parser.add_argument("--versions", type=int, default=10_000, help="length of the long history (default 10,000)")
    parser.add_argument(
        "--documents", type=int, default=search.DOCUMENTS, help="how many are searched (default 200,000)"
    )
    parser.add_argument("--edges", type=int, default=graph.EDGES, help="edges of the graph (default 2,000,000)")
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    parser.add_argument("--only", type=_parts, default=PARTS, help=f"some of {','.join(PARTS)}; prints, does not write")
    parser.add_argument("--cores", type=int, default=2, help="how many cores everything shares (default 2)")
    parser.add_argument("--out", type=Path, default=_OUT, help="the page the figures go into")
    return parser.parse_args()


def _parts(given: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in given.split(","))
    if set(parts) - set(PARTS):
        raise argparse.ArgumentTypeError(f"choose from {', '.join(PARTS)}")
    return parts


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
