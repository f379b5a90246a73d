"""`scidex search`: the same answers as the page and the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from scidex.atlas import queries
from scidex.atlas.kinds import all_kinds, kind_of
from scidex.atlas.searching.model import Mode, Passage
from scidex.atlas.searching.ports import Searching
from scidex.kernel.errors import Invalid, Refused
from scidex.kernel.installation import Installation
from scidex.surfaces.cli import terminal


def search_command(opened: Callable[[], Installation]) -> click.Command:
    """The command."""

    @click.command("search", short_help="Search everything", context_settings={"ignore_unknown_options": True})
    @click.argument("words", nargs=-1, metavar="QUERY...")
    @click.option(
        "--kind", type=click.Choice(list(all_kinds())), help="Only this kind; the same as kind:… in the query."
    )
    @click.option(
        "--mode", type=click.Choice([str(mode) for mode in Mode]), help="What decides: words, meaning or both."
    )
    @click.option("--limit", default=queries.PER_PAGE, show_default=True, type=click.IntRange(1, queries.MOST_ANSWERS))
    @click.option(
        "--offset", default=0, type=click.IntRange(0, queries.MOST_ANSWERS - 1), help="Leave out the first ones."
    )
    @click.option("--rebuild", is_flag=True, help="Make the index anew first.")
    @click.option("--embed", is_flag=True, help="Compute what is missing to search by meaning, first.")
    @click.option("--json", "as_json", is_flag=True, help="In JSON, as the web gives it.")
    def run(
        words: tuple[str, ...],
        kind: str | None,
        mode: str | None,
        limit: int,
        offset: int,
        rebuild: bool,
        embed: bool,
        as_json: bool,
    ) -> None:
        """Search titles, names and texts of everything here; the best answers come first.

        \b
        Words are wishes, operators are conditions:
          scidex search stem cell als
          scidex search '"stem cell" -mouse year:2019..2024'
          scidex search 'mesenchym* kind:paper'
          scidex search 'als OR mnd stance:contradicts'

        The index is brought up to date first; after a large import that shows its progress.
        """  # noqa: D301 (click reads the backspace as "keep these lines")
        installation = opened()
        searching = installation.service(Searching)
        # Bytes that are no UTF-8 arrive as half characters, which nothing else takes.
        text = " ".join(words).encode("utf-8", "replace").decode()
        if kind:
            text = f"{text} kind:{kind}"
        if not text.strip() and not (rebuild or embed):
            raise Invalid("There is nothing to search for.", cure="scidex search WORDS")
        with installation.storage.read() as connection:
            if rebuild:
                with _progress("indexing", quiet=as_json) as progress:
                    written = queries.rebuild_index(connection, searching.index, progress=progress)
                terminal.errors.print(Text(f"Indexed {written:,} artifacts."))
            if embed:
                if searching.embedder is None:
                    raise Refused(
                        "Search by meaning is not installed here.",
                        cure="Install it with `pip install 'scidex[embeddings]'`.",
                    )
                with _progress("embedding", quiet=as_json) as progress:
                    queries.embed_all(connection, searching.embedder, progress=progress)
            if not text.strip():
                return
            with _progress("indexing", quiet=as_json) as progress:
                results = queries.search(
                    connection,
                    searching,
                    text,
                    mode=Mode(mode) if mode else None,
                    limit=limit,
                    offset=offset,
                    progress=progress,
                )
        if as_json:
            terminal.print_json(queries.search_document(results))
        else:
            _print(results)

    return run


@contextmanager
def _progress(what: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, once there is something to wait for."""
    bar = Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=terminal.errors,
        disable=quiet or not terminal.errors.is_terminal,
        transient=True,
    )
    tasks: list[int] = []

    def tell(done: int, total: int) -> None:
        if not tasks:
            bar.start()
            tasks.append(bar.add_task(what, total=total))
        bar.update(tasks[0], completed=done, total=total)  # type: ignore[arg-type]

    try:
        yield tell
    finally:
        bar.stop()


def _print(results: queries.SearchResults) -> None:
    for note in results.notes:
        terminal.errors.print(terminal.clean(note))
    for number, hit in enumerate(results.hits, results.offset + 1):
        about = f", {hit.head.facet}" if hit.head.facet and hit.head.facet != "unspecified" else ""
        line = Text(f"{number:>3}  ").append_text(_shown(hit.title, "bold"))
        terminal.say(line)
        terminal.say(f"     {kind_of(hit.head.kind).label}{about} · /artifact/{hit.head.id}")
        if hit.passage.text:
            before, after = "… " if hit.passage.before else "", " …" if hit.passage.after else ""
            terminal.say(Text(f"     {before}").append_text(_shown(hit.passage, "")).append(after))
    if not results.hits:
        terminal.say("Nothing here matches." if results.offset == 0 else "There are no more answers.")
    if results.meant:
        terminal.say(f"Did you mean: {results.meant}")
    if results.hits:
        rest = results.next_offset
        more = f" More: --offset {rest}" if rest is not None else ""
        terminal.say(f"{results.total:,} found, by {_BY[results.mode]}.{more}")


_BY = {Mode.WORDS: "their words", Mode.MEANING: "their meaning", Mode.BOTH: "words and meaning"}


def _shown(passage: Passage, style: str) -> Text:
    """A passage with what matches set off."""
    text = Text()
    for piece, matches in passage.pieces:
        text.append(piece, style=f"{style} underline".strip() if matches else style)
    return text
