"""`scidex graph`: questions to the knowledge graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from scidex.atlas import queries
from scidex.atlas.graph.categories import LABELS, category_of
from scidex.atlas.graph.formats import FORMATS
from scidex.atlas.graph.ports import Ontology
from scidex.atlas.graph.predicates import MEANINGS, Predicate, predicate_of
from scidex.atlas.queries import EdgeView, EntityView
from scidex.kernel.clock import parse_time
from scidex.kernel.errors import Invalid
from scidex.kernel.installation import Installation
from scidex.surfaces.cli import terminal
from scidex.workflows.ground import ground_library

Opened = Callable[[], Installation]
_COLOURS = {"supported": "green", "contradicted": "bold red", "mixed": "yellow", "not-shown": "yellow"}
_JSON = click.option("--json", "as_json", is_flag=True, help="In JSON, as the web gives it.")
_AS_OF = click.option("--as-of", help="What was known here at that moment (2026-05-13 or a full ISO 8601 time).")


def graph_commands(opened: Opened) -> click.Group:
    """The group."""
    group = click.Group(
        "graph",
        help="Entities and the edges between them: neighbours, paths, conflicts, what could not be read.",
        short_help="Ask the knowledge graph",
    )
    for make in (_show, _path, _shared, _conflicts, _closure, _names, _ground, _quarantine, _export):
        group.add_command(make(opened))
    return group


def _show(opened: Opened) -> click.Command:
    @click.command("show", short_help="Show the edges of an entity, or one edge with its evidence")
    @click.argument("ref")
    @click.option("--predicate", help="Only this relation (secretes, biolink:treats …).")
    @click.option("--category", help="Only edges to entities of this category (Disease, Gene …).")
    @click.option(
        "--direction", type=click.Choice(["out", "in"]), help="Only edges that it is the subject (out) or object of."
    )
    @click.option("--stance", help="Only edges with an item of this stance (supports, contradicts, not-shown …).")
    @click.option(
        "--hops", type=click.IntRange(1, 2), default=1, show_default=True, help="2 adds its neighbours' edges."
    )
    @click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
    @click.option("--cursor", default="", help="Where the last page ended.")
    @_AS_OF
    @_JSON
    def run(
        ref: str,
        predicate: str | None,
        category: str | None,
        direction: str | None,
        stance: str | None,
        hops: int,
        limit: int,
        cursor: str,
        as_of: str | None,
        as_json: bool,
    ) -> None:
        """Show what an entity (MONDO:0004976, a name, a path, an id) has edges with, or what an edge (edge:12) rests on.

        \b
        Examples:
          scidex graph show MONDO:0004976
          scidex graph show CL:0000134 --predicate secretes --json
          scidex graph show edge:1
        """  # noqa: D301 (click reads the backspace as "keep these lines")
        moment = parse_time(as_of) if as_of else None
        with opened().storage.read() as connection:
            if ref.startswith("edge:"):
                _answer(queries.edge_view(connection, ref, as_of=moment), as_json=as_json)
                return
            centre = queries.entities_meant(connection, ref, as_of=moment)
            if hops == 2:
                found = queries.two_hops(connection, centre, first=limit, as_of=moment)
                following, document = "", {"edges": [queries.edge_document(edge) for edge in found]}
            else:
                page = queries.neighbourhood(
                    connection,
                    centre,
                    predicate=predicate_of(predicate).predicate if predicate else None,
                    category=category_of(category) if category else None,
                    direction=direction or "",
                    stance=stance or "",
                    limit=limit,
                    cursor=cursor,
                    as_of=moment,
                )
                found, following, document = page.edges, page.next, queries.neighbourhood_document(page)
        if as_json:
            terminal.print_json(document)
        else:
            _say_entity(centre[0])
            _say_edges(found, following)

    return run


def _answer(edge: EdgeView, *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(queries.edge_document(edge))
    else:
        _say_edge_at_length(edge)


def _say_edges(edges: Sequence[EdgeView], following: str) -> None:
    if not edges:
        terminal.say("No edge says anything about it. `scidex edge add` states one, with its evidence.")
    for edge in edges:
        _say_edge(edge)
    if following:
        terminal.say(Text(f"There are more: --cursor {following}", style="dim"))


def _path(opened: Opened) -> click.Command:
    @click.command("path", short_help="How one entity leads to another, with the passage on each step")
    @click.argument("start")
    @click.argument("goal")
    @click.option("--hops", type=click.IntRange(1, queries.MOST_HOPS), default=queries.MOST_HOPS, show_default=True)
    @click.option("--strongest", is_flag=True, help="The best founded first, not the shortest.")
    @click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True)
    @_AS_OF
    @_JSON
    def run(start: str, goal: str, hops: int, strongest: bool, limit: int, as_of: str | None, as_json: bool) -> None:
        """Show the paths between two entities. Edges are followed in either direction; denied ones lead nowhere.

        \b
        Example:
          scidex graph path CL:0000134 MONDO:0004975 --strongest
        """  # noqa: D301 (as above)
        moment = parse_time(as_of) if as_of else None
        with opened().storage.read() as connection:
            ends = [queries.entities_meant(connection, ref, as_of=moment) for ref in (start, goal)]
            found = queries.paths(connection, *ends, hops=hops, limit=limit, strongest=strongest, as_of=moment)
        if as_json:
            terminal.print_json(queries.paths_document(found))
            return
        if not found.paths:
            terminal.say(f"No path of at most {hops} edges leads from {ends[0][0].name} to {ends[1][0].name}.")
        for place, path in enumerate(found.paths, 1):
            terminal.say(Text(f"{place}. {' → '.join(node.name for node in path.nodes)}", style="bold"))
            for edge in path.edges:
                _say_edge(edge, indent="   ")
        if not found.complete:
            terminal.say(
                Text("Not everything was looked at: some entities here have too many edges to follow.", style="dim")
            )

    return run


def _shared(opened: Opened) -> click.Command:
    @click.command("shared", short_help="What two entities both have edges with: why they are related")
    @click.argument("first")
    @click.argument("second")
    @click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
    @_AS_OF
    @_JSON
    def run(first: str, second: str, limit: int, as_of: str | None, as_json: bool) -> None:
        """Show the entities that two others both have edges with, those with few other edges first."""
        moment = parse_time(as_of) if as_of else None
        with opened().storage.read() as connection:
            ends = [queries.entities_meant(connection, ref, as_of=moment) for ref in (first, second)]
            found = queries.shared(connection, *ends, limit=limit, as_of=moment)
        if as_json:
            terminal.print_json(queries.shared_document(found))
            return
        if not found:
            terminal.say(f"{ends[0][0].name} and {ends[1][0].name} have no neighbour in common.")
        for each in found:
            terminal.say(Text(each.entity.name, style="bold"))
            for edge in (*each.first, *each.second):
                _say_edge(edge, indent="   ")

    return run


def _conflicts(opened: Opened) -> click.Command:
    @click.command("conflicts", short_help="Edges that cannot both hold")
    @click.argument("ref", required=False)
    @click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
    @_JSON
    def run(ref: str | None, limit: int, as_json: bool) -> None:
        """List pairs of edges that contradict each other (increases, decreases; stated, denied), of an entity or of all."""
        with opened().storage.read() as connection:
            about = queries.entities_meant(connection, ref) if ref else ()
            found = queries.conflicts(connection, about=about, limit=limit)
        if as_json:
            terminal.print_json(queries.conflicts_document(found))
            return
        if not found:
            terminal.say("No two edges here contradict each other.")
        for pair in found:
            terminal.say(Text(pair.reason, style="yellow"))
            for edge in (pair.one, pair.other):
                _say_edge(edge, indent="   ")

    return run


def _closure(opened: Opened) -> click.Command:
    transitive = [str(each) for each, meaning in MEANINGS.items() if meaning.transitive]

    @click.command("closure", short_help="What a term is a kind (or part) of, or its kinds, all the way")
    @click.argument("ref")
    @click.option("--predicate", type=click.Choice(transitive), default="subclass_of", show_default=True)
    @click.option("--down", is_flag=True, help="Its kinds instead of what it is a kind of.")
    @click.option("--limit", type=click.IntRange(1, 5000), default=500, show_default=True)
    @_AS_OF
    @_JSON
    def run(ref: str, predicate: str, down: bool, limit: int, as_of: str | None, as_json: bool) -> None:
        """Follow a transitive relation from a term to everything it leads to, with the number of steps."""
        moment = parse_time(as_of) if as_of else None
        with opened().storage.read() as connection:
            start = queries.entities_meant(connection, ref, as_of=moment)
            found = queries.closure(connection, start, Predicate(predicate), down=down, limit=limit, as_of=moment)
        if as_json:
            terminal.print_json([queries.entity_document(view) | {"steps": steps} for view, steps in found])
            return
        for view, steps in found:
            terminal.say(f"{'  ' * steps}{view.name}  {view.curie}")
        if not found:
            terminal.say(f"Nothing here says what {start[0].name} {'has under it' if down else 'is under'}.")

    return run


def _names(opened: Opened) -> click.Command:
    @click.command("names", short_help="What the names in an artifact stand for, or the names nobody knows")
    @click.argument("ref", required=False)
    @click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
    @_JSON
    def run(ref: str | None, limit: int, as_json: bool) -> None:
        """Show the entities an artifact names, with score and runner-up; without REF, the names that nobody knows."""
        with opened().storage.read() as connection:
            if ref is None:
                unknown, total = queries.unresolved_names(connection, limit=limit)
                document: Any = queries.unresolved_document(unknown, total)
            else:
                head = queries.find(connection, ref)[1]
                names = queries.grounded_names(connection, head)
                document = {"names": [queries.grounded_document(name) for name in names]}
        if as_json:
            terminal.print_json(document)
            return
        if ref is None:
            for each in unknown:
                maybe = f"   perhaps {each.runner_up}" if each.runner_up else ""
                terminal.say(f"{each.surface}   in {each.artifacts}, such as “{each.first.title}”{maybe}")
            terminal.say(f"{total:,} names are not known.")
            return
        if not names:
            terminal.say("No name was looked up here yet, or none was found: `scidex graph ground` looks.")
        for name in names:
            meant = f"{name.entity.name}  {name.entity.curie}" if name.entity else "nobody knows"
            about = "  what it is about" if name.about else ""
            second = f"   runner-up {name.runner_up}" if name.runner_up else ""
            terminal.say(f"{name.surface} ×{name.times}  {meant}  {name.score / 1000:.2f}{about}{second}")

    return run


def _ground(opened: Opened) -> click.Command:
    @click.command("ground", short_help="Look up what the names in the library stand for")
    @click.argument("refs", nargs=-1, metavar="[REF...]")
    @_JSON
    def run(refs: tuple[str, ...], as_json: bool) -> None:
        """Find the entities that pages, claims, hypotheses and titles name: of all that changed since the last time, or REFs."""
        installation = opened()
        ontology = installation.service(Ontology)
        with terminal.counting("artifacts read", quiet=as_json) as progress:
            told = ground_library(installation.door, ontology, refs=refs, actor=installation.actor, progress=progress)
        if as_json:
            terminal.print_json(told.document)
            return
        terminal.say(
            f"Read {told.artifacts:,} artifacts: {told.names:,} names, {told.unresolved:,} of them not known "
            f"(with {told.method})."
        )

    return run


def _quarantine(opened: Opened) -> click.Command:
    @click.command("quarantine", short_help="Rows of files that could not become edges, and why")
    @click.option("--settled", is_flag=True, help="Those that were settled.")
    @click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
    @click.option("--after", type=click.IntRange(0, 10**15), default=0, help="Go on after this row.")
    @_JSON
    def run(settled: bool, limit: int, after: int, as_json: bool) -> None:
        """List rows in quarantine. Correct the file and import it again, or settle a row with `scidex edge settle`."""
        with opened().storage.read() as connection:
            rows = queries.quarantined(connection, limit=limit, after=after, settled=settled)
            total = queries.quarantine_count(connection)
        if as_json:
            terminal.print_json({"rows": [queries.quarantined_document(row) for row in rows], "waiting": total})
            return
        for row in rows:
            terminal.say(Text(f"{row.number}  {row.file}, line {row.line}: {row.reason}", style="yellow"))
            terminal.say(f"   {row.row[:200]}")
            terminal.say(f"   try: {row.cure}" if row.cure else "")
        terminal.say("No row waits in quarantine." if not total else f"{total:,} rows wait in quarantine.")

    return run


def _export(opened: Opened) -> click.Command:
    @click.command("export", short_help="Write the graph, or an entity's edges, to a file")
    @click.argument("ref", required=False)
    @click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
    @click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of standard output.")
    @click.option(
        "--entities", is_flag=True, help="The entities instead of the edges, where the format keeps them apart."
    )
    def run(ref: str | None, form: str, out: Path | None, entities: bool) -> None:
        """Write edges with their evidence as CSV, KGX, JSON-LD, nanopublications or SIF."""
        chosen = FORMATS[form]
        if entities and chosen.write_entities is None:
            raise Invalid(f"{chosen.label} has no file of entities.", cure="Leave --entities away.")
        with opened().storage.read() as connection:
            centre = queries.entities_meant(connection, ref) if ref else ()
            if entities and chosen.write_entities is not None:
                pieces = chosen.write_entities(queries.exported_entities(connection, centre))
            else:
                pieces = chosen.write(queries.exported_edges(connection, centre))
            terminal.write(pieces, out)

    return run


def _say_entity(view: EntityView) -> None:
    terminal.say(Text(view.name, style="bold"))
    terminal.say(f"{view.curie} · {LABELS[view.category][0]} · {view.degree:,} edges · /artifact/{view.artifact}")


def _say_edge(edge: EdgeView, *, indent: str = "") -> None:
    line = Text(f"{indent}{edge.verdict:<13}", style=_COLOURS.get(edge.verdict, "dim"))
    terminal.say(line.append(terminal.clean(f"{edge.sentence}  ")).append(edge.name, style="dim"))
    if edge.passage:
        terminal.say(f"{indent}              “{edge.passage[:300]}”")
    sources = [*(item.source_line for item in edge.evidence), *(item.source_line for item in edge.items)]
    more = edge.items_total + len(edge.evidence) - len(sources[:2])
    if sources:
        terminal.say(
            f"{indent}              {'; '.join(source[:120] for source in sources[:2])}"
            + (f" and {more} more" if more > 0 else "")
        )


def _say_edge_at_length(edge: EdgeView) -> None:
    terminal.say(Text(edge.sentence, style="bold"))
    confidence = "nothing counts" if edge.confidence is None else f"confidence {edge.confidence / 1000:.3f}"
    terminal.say(f"{edge.name} · {edge.verdict} · {confidence}" + ("" if edge.live else " · withdrawn"))
    for item in edge.evidence:
        why = "counts" if item.counts else f"not counted: {', '.join(item.uncounted)}"
        terminal.say(f"  {item.body.stance or 'not judged'}  {item.source_line}  {why}  /artifact/{item.head.id}")
        if item.body.passage:
            terminal.say(f"    “{item.body.passage.quote[:400]}”")
    for row in edge.items:
        terminal.say(
            f"  {row.stance or 'not judged'}  {row.source_line}  not counted: quote-not-checked  item {row.number}"
        )
        if row.quote:
            terminal.say(f"    “{row.quote[:400]}”")
        if row.note:
            terminal.say(f"    {row.note[:300]}")
    if edge.items_total > len(edge.items):
        terminal.say(f"  … and {edge.items_total - len(edge.items):,} more items")
