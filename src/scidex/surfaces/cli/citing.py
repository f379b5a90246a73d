"""`scidex cite`, `scidex resolve` and `scidex bibliography`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from scidex.atlas import queries
from scidex.atlas.bibliography.formats import FORMATS
from scidex.atlas.bibliography.formats.model import ReadEntry
from scidex.atlas.bibliography.identifiers import WorkId
from scidex.atlas.bibliography.matching import Cited, cited_of
from scidex.atlas.citing import CitationStyles
from scidex.kernel.errors import Invalid
from scidex.kernel.installation import Installation
from scidex.surfaces.cli import terminal
from scidex.surfaces.cli.errors import FOUND_PROBLEMS
from scidex.workflows.import_bibliography import bibliography_format
from scidex.workflows.lookup import look_up_missing

Opened = Callable[[], Installation]
_COLOURS = {"verified": "green", "mismatch": "bold red", "retracted": "bold red", "unresolvable": "bold red"}
# A citation that cannot stand. An open one only waits.
_FAULTS = frozenset({"mismatch", "retracted", "unresolvable"})
_BATCH = 200


def citing_commands(opened: Opened) -> list[click.Command]:
    """All of them."""
    return [_cite(opened), _resolve(opened), _bibliography(opened)]


def _cite(opened: Opened) -> click.Command:
    @click.command("cite", short_help="Cite an artifact in a style or a file format")
    @click.argument("ref")
    @click.option(
        "--style", default="", help="apa, vancouver, nature, harvard, ama, chicago, ieee or mla (default: all)."
    )
    @click.option("--format", "form", type=click.Choice(list(FORMATS)), help="A file format instead of a style.")
    @click.option("--version", "number", type=int, help="Pin the citation to this version.")
    @click.option("--json", "as_json", is_flag=True, help="In JSON.")
    def run(ref: str, style: str, form: str | None, number: int | None, as_json: bool) -> None:
        """Print how to cite an artifact: the newest, or a version for ever.

        \b
        Examples:
          scidex cite doi:10.1126/science.284.5411.143 --style vancouver
          scidex cite /diseases/alzheimers-disease --format bibtex --version 1
        """  # noqa: D301 (click reads the backspace as "keep these lines")
        installation = opened()
        with installation.storage.read() as connection:
            head = queries.find(connection, ref)[1]
            view = queries.artifact(connection, head, version=number)
        base = installation.settings.base_url or "http://localhost"
        item = queries.cited_record(view, base, pinned=number is not None)
        if form is not None:
            terminal.write(FORMATS[form].write([item]), None)
            return
        styles = installation.service(CitationStyles)
        if style and style not in styles.STYLES:
            raise Invalid(f"There is no style “{style[:30]}”.", cure=f"Known: {', '.join(styles.STYLES)}.")
        made = {style: styles.format([item], style, markup="text")[0]} if style else styles.format_all(item)
        if as_json:
            terminal.print_json({"item": item, "styles": made})
            return
        for slug, text in made.items():
            if not style:
                terminal.say(Text(styles.STYLES[slug], style="bold"))
            terminal.say(text)

    return run


def _resolve(opened: Opened) -> click.Command:
    @click.command("resolve", short_help="Find out what a citation means, and whether it is right")
    @click.argument("citation", nargs=-1, required=True, metavar="TEXT|FILE...")
    @click.option("--online", is_flag=True, help="Also ask the services that are switched on (SCIDEX_LOOKUP).")
    @click.option("--json", "as_json", is_flag=True, help="In JSON.")
    @click.pass_context
    def run(context: click.Context, citation: tuple[str, ...], online: bool, as_json: bool) -> None:
        """Resolve a key, a DOI, PMID or other identifier, a pasted reference, or each entry of a bibliography file.

        Three checks: the identifier exists, title, authors and year match it, and (where a passage is quoted) the passage
        is there. Exit code 1 if a citation is a mismatch, retracted or unresolvable.

        \b
        Examples:
          scidex resolve doi:10.1126/science.284.5411.143
          scidex resolve "Pittenger MF. Multilineage potential of adult human mesenchymal stem cells. Science 1999"
          scidex resolve references.bib --json
        """  # noqa: D301 (as above)
        installation = opened()
        cited = [each for text in citation for each in _asked(text)]
        documents: list[dict[str, Any]] = []
        for start in range(0, len(cited), _BATCH):
            batch = cited[start : start + _BATCH]
            absent = _looked_up(installation, batch) if online else frozenset()
            with installation.storage.read() as connection:
                verdicts = queries.resolve_all(connection, batch, absent=absent)
            documents += map(queries.resolution_document, batch, verdicts)
        if as_json:
            terminal.print_json(documents)
        else:
            for document in documents:
                _say(document)
        if any(document["status"] in _FAULTS for document in documents):
            context.exit(FOUND_PROBLEMS)

    return run


def _bibliography(opened: Opened) -> click.Command:
    @click.command("bibliography", short_help="Write the works of the library, or of a page, to a file")
    @click.argument("ref", required=False)
    @click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csl-json", show_default=True)
    @click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of standard output.")
    def run(ref: str | None, form: str, out: Path | None) -> None:
        """Write all publications of the library, or those that page REF cites, as BibTeX, RIS, CSL-JSON, PubMed or JATS."""
        installation = opened()
        with installation.storage.read() as connection:
            items: Iterator[dict[str, Any]] = queries.bibliography(connection, ref)
            # How far a record is confirmed is said in our own JSON only: elsewhere it would be taken for part of the work.
            items = items if form == "csl-json" else map(_without_verification, items)
            terminal.write(FORMATS[form].write(items), out)

    return run


def _without_verification(item: dict[str, Any]) -> dict[str, Any]:
    custom = {name: value for name, value in item.get("custom", {}).items() if name != "x-verification"}
    own = {name: value for name, value in custom.get("csl", {}).items() if name != "x-verification"}
    custom = {**custom, "csl": own} if own else {name: value for name, value in custom.items() if name != "csl"}
    bare = {name: value for name, value in item.items() if name != "custom"}
    return {**bare, "custom": custom} if custom else bare


def _looked_up(installation: Installation, batch: list[Cited]) -> frozenset[WorkId]:
    """Asks the services, tells what was stored and who was silent, and returns what does not exist."""
    told = look_up_missing(installation, batch)
    for work in told.stored:
        if work.outcome == "refused":
            terminal.complain(f"{work.title}: {work.problem}", work.cure)
    for service, message in told.silent.items():
        terminal.complain(
            f"{service} gave no answer: {message}", "What it would have said is unknown; ask again later."
        )
    return frozenset(told.absent)


def _asked(text: str) -> Iterator[Cited]:
    """What one argument asks for: the entries of a file if there is one of that name, else its own words."""
    path = Path(text)
    try:
        is_file = len(text) < 1000 and path.is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file:
        yield from queries.pasted(text)
        return
    name = bibliography_format(path)
    if name is None:
        yield from queries.pasted(path.read_text(encoding="utf-8", errors="replace"))
        return
    with path.open("rb") as stream:
        for entry in FORMATS[name].read(stream):
            if isinstance(entry, ReadEntry):
                yield cited_of(entry.item)
            else:
                terminal.complain(f"{path.name}, line {entry.line}: {entry.message}", entry.cure)


def _say(document: dict[str, Any]) -> None:
    status = str(document["status"])
    terminal.say(
        Text(f"{status:<13}", style=_COLOURS.get(status, "yellow")).append(terminal.clean(document["asked"][:200]))
    )
    if document["text"]:
        terminal.say(f"  {document['text']}")
        terminal.say(f"  /artifact/{document['work']}   {'  '.join(document['identifiers'])}")
    for difference in document["differences"]:
        terminal.say(
            f"  {difference['field']}: cited “{difference['cited']}”, the record says “{difference['record']}”"
        )
    for candidate in document["candidates"]:
        terminal.say(f"  candidate: {candidate}")
    checks = document["checks"]
    terminal.say(
        f"  identifier {checks['identifier']} · title, author, year {checks['metadata']} · passage {checks['passage']}"
    )
