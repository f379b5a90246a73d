"""`scidex import`: files and folders, with progress, resumable, and a report for each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from scidex.atlas.graph.ports import Ontology
from scidex.kernel.errors import Invalid, Refused, ScidexError
from scidex.kernel.installation import Installation
from scidex.surfaces.cli import terminal
from scidex.workflows.ground import ground_library
from scidex.workflows.import_bibliography import import_bibliography
from scidex.workflows.import_graph import import_graph
from scidex.workflows.import_paths import BATCH, ImportPaths, files_under
from scidex.workflows.sorting import sort_files

_OUTCOMES = {
    "created": "new",
    "revised": "became a new version",
    "unchanged": "same content as before",
    "known": "already imported, nothing written",
    "refused": "refused",
    "completed": "completed a work that was here",
}


# Artifacts whose names are looked up at once after an import; those of thousands of works are left to a quiet hour.
_MOST_GROUNDED = 500


def import_command(opened: Callable[[], Installation]) -> click.Command:
    """The command."""

    @click.command("import", short_help="Import pages, bibliographies, claims and graphs from files and folders")
    @click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
    @click.option("--strict", is_flag=True, help="Refuse a page that has any warning or error, instead of mending it.")
    @click.option("--dry-run", is_flag=True, help="Read and report, write nothing (up to 128 files).")
    @click.option("--page", default="", help="The page that a table of claims is about, if its keys do not tell.")
    @click.option("--json", "as_json", is_flag=True, help="Report in JSON.")
    def run(paths: tuple[Path, ...], strict: bool, dry_run: bool, page: str, as_json: bool) -> None:
        """Import artifact pages: a visitor's copy of a page, Markdown with front matter, or JSON from `scidex export`.

        Bibliographies too (BibTeX, RIS, CSL-JSON, PubMed XML, JATS), tables of claims (CSV with the columns id, section,
        claim, verdict), and graphs (CSV with the columns subject, relation or predicate, object and evidence; KGX; JSON-LD;
        nanopublications). Bibliographies are read first, so that pages find their works, and claims and graphs last.

        Each file becomes an artifact, the file itself is kept, and a report says what was wrong with it and what was
        done about it. Importing the same file again writes nothing; a changed file becomes a new version. An
        import that was interrupted goes on when you give the same command again.

        \b
        Examples:
          scidex import page.txt
          scidex import pages/ --json
          scidex import page.md --strict --dry-run
          scidex import references.bib pages/ claims.csv
        """  # noqa: D301 (click reads the backspace as "keep these lines")
        installation = opened()
        found = sort_files(files_under(paths))
        results = [_bibliography(installation, path, dry_run=dry_run, quiet=as_json) for path in found.bibliographies]
        if found.pages:
            results += _pages(installation, found.pages, strict=strict, dry_run=dry_run)
        results += [_claims(installation, path, page, dry_run=dry_run) for path in found.claims]
        results += [_graph(installation, path, dry_run=dry_run, quiet=as_json) for path in found.graphs]
        grounded = not dry_run and _grounded(installation, len(found.pages))
        if as_json:
            terminal.print_json({"files": results, "outcomes": dict(Counter(file["outcome"] for file in results))})
        else:
            _print(results, dry_run=dry_run)
            if not (dry_run or grounded):
                terminal.say(
                    "The names in them are not looked up yet: `scidex graph ground` does it, as does a running server."
                )
        lost = sum(file.get("records", {}).get("refused", 0) for file in results)
        if lost:
            records = sum(sum(file.get("records", {}).values()) for file in results)
            raise Refused(
                f"{lost:,} of {records:,} records were refused; the others are in.",
                cure="Correct them as said above and import the file again.",
            )
        refused = sum(file["outcome"] == "refused" for file in results)
        if refused:
            raise Refused(
                _refused_words(refused, len(results)),
                cure="Mend them as said above and import again.",
            )

    return run


def _pages(installation: Installation, files: list[Path], *, strict: bool, dry_run: bool) -> list[dict[str, Any]]:
    story = ImportPaths(installation.door)
    if len(files) <= BATCH:
        outcomes = story.import_now(files, actor=installation.actor, strict=strict, dry_run=dry_run)
        return [outcome.model_dump() for outcome in outcomes]
    if dry_run:
        raise Refused(f"A dry run takes up to {BATCH} files; these are {len(files):,}.", cure="Name fewer files.")
    finish_unfinished(installation)
    argument = {"files": [str(file.absolute()) for file in files], "strict": strict, "actor": str(installation.actor)}
    return _with_progress(installation, len(files), lambda: installation.workflows.run("import", argument))


def _bibliography(installation: Installation, path: Path, *, dry_run: bool, quiet: bool) -> dict[str, Any]:
    """One bibliography as one result; its records are counted, and those refused are listed."""
    with terminal.counting(f"records of {path.name}", quiet=quiet) as progress:
        try:
            told = import_bibliography(
                installation.door, path, actor=installation.actor, dry_run=dry_run, progress=progress
            )
        except ScidexError as error:
            return _refusal(path, error)
    return told.document


def _grounded(installation: Installation, pages: int) -> bool:
    """Looks up the names in what was imported, unless that would take as long again as importing it."""
    if pages > BATCH:
        return False
    told = ground_library(
        installation.door, installation.service(Ontology), actor=installation.actor, most=_MOST_GROUNDED
    )
    return told.artifacts < _MOST_GROUNDED


def _graph(installation: Installation, path: Path, *, dry_run: bool, quiet: bool) -> dict[str, Any]:
    """One graph file as one result; its new edges are counted, and rows in quarantine are listed."""
    ontology = installation.service(Ontology)
    with terminal.counting(f"rows of {path.name}", quiet=quiet) as progress:
        try:
            told = import_graph(
                installation.door, path, ontology, actor=installation.actor, dry_run=dry_run, progress=progress
            )
        except ScidexError as error:
            return _refusal(path, error)
    return told.document


def _claims(installation: Installation, path: Path, page: str, *, dry_run: bool) -> dict[str, Any]:
    """One table of claims as one result."""
    try:
        table = path.read_bytes().decode("utf-8-sig")
        command = {"table": table, "page": page, "name": path.name}
        made = installation.door.perform("claim.load", command, installation.actor, dry_run=dry_run)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return _refusal(path, Invalid("The table is not UTF-8.", cure="Save it as UTF-8."), line)
    except ScidexError as error:
        return _refusal(path, error)
    told = made.model_dump()
    return {
        "name": path.name,
        "outcome": "claims",
        "artifact": told["page"],
        "title": told["title"],
        "claims": told,
        "findings": [],
    }


def _refusal(path: Path, error: ScidexError, line: int = 0) -> dict[str, Any]:
    problem = {
        "name": path.name,
        "outcome": "refused",
        "title": "",
        "line": line,
        "problem": error.message,
        "cure": error.cure,
    }
    return {**problem, "artifact": "", "findings": []}


def _refused_words(refused: int, total: int) -> str:
    if refused < total:
        return f"{refused:,} of {total:,} files {'was' if refused == 1 else 'were'} refused; the others are in."
    return "The file was refused; nothing was written." if total == 1 else f"All {total:,} files were refused."


def finish_unfinished(installation: Installation) -> None:
    """Carries on imports that a process which is gone has left behind."""
    for left in installation.workflows.unfinished():
        total = len(left.argument.get("files", ()))
        terminal.errors.print(Text(f"Going on with an interrupted import of {total:,} files."))
        _with_progress(installation, total, lambda left=left: installation.workflows.take_over(left))  # type: ignore[misc]


def _with_progress(installation: Installation, total: int, work: Callable[[], Any]) -> list[dict[str, Any]]:
    story: Any = installation.workflows.story("import")
    bar = Progress(
        TextColumn("importing"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=terminal.errors,
        disable=not terminal.errors.is_terminal,
    )
    with bar:
        task = bar.add_task("importing", total=total)
        story.progress = lambda files, _total: bar.advance(task, len(files))
        results: list[dict[str, Any]] = work()
    return results


def _print(results: Sequence[dict[str, Any]], *, dry_run: bool) -> None:
    few = len(results) <= 20
    for file in results:
        if few or file["outcome"] == "refused":
            _print_file(file)
    counted = Counter(file["outcome"] for file in results)
    parts = [f"{number:,} {_OUTCOMES.get(outcome, outcome)}" for outcome, number in counted.most_common()]
    amount = "1 file" if len(results) == 1 else f"{len(results):,} files"
    done = "Would have imported" if dry_run else "Imported"
    terminal.say(f"{done} {amount}: {', '.join(parts)}.")


def _print_records(file: dict[str, Any]) -> None:
    counted = ", ".join(f"{number:,} {outcome}" for outcome, number in file["records"].items()) or "no record"
    terminal.say(
        Text.assemble(
            ("bibliography", "bold green"), "  ", terminal.clean(file["name"]), f" ({file['format']}): {counted}"
        )
    )
    refused = [work for work in file["works"] if work["outcome"] == "refused"]
    for work in refused[:20]:
        terminal.say(f"  line {work['line']}: {work['title']}")
        terminal.say(f"    {work['problem']}")
        terminal.say(f"    try: {work['cure']}")
    if len(refused) > 20:
        terminal.say(f"  … and {len(refused) - 20} more; --json lists them.")


def _print_claims(file: dict[str, Any]) -> None:
    told = file["claims"]
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in told["verdicts"].items())
    terminal.say(
        Text.assemble(
            ("claims", "bold green"), "  ", terminal.clean(f"{file['name']} on “{told['title']}”: {verdicts}")
        )
    )
    terminal.say(
        f"  /artifact/{told['page']}   {told['created']} new, {told['revised']} changed, {told['unchanged']} as before"
    )
    if told["without_place"]:
        terminal.say(f"  no single sentence makes: {', '.join(told['without_place'])}")
    if told["corrections"]:
        terminal.say(
            f"  {len(told['corrections'])} corrections proposed; `scidex correction accept` writes one into the page."
        )


def _print_graph(file: dict[str, Any]) -> None:
    terminal.say(
        Text.assemble(
            ("graph", "bold green"),
            "  ",
            terminal.clean(
                f"{file['name']} ({file['format']}): {file['rows']:,} rows, {file['edges']:,} new edges with "
                f"{file['items']:,} items of evidence, {file['entities']:,} new entities, "
                f"{file['quarantined']:,} rows to quarantine"
            ),
        )
    )
    for problem in file["problems"][:20]:
        where = f"line {problem['line']}: " if problem["line"] else ""
        terminal.say(f"  {where}{problem['problem']}")
        terminal.say(f"    try: {problem['cure']}" if problem["cure"] else "")
    if len(file["problems"]) > 20:
        terminal.say("  … and more; `scidex graph quarantine` lists them.")


def _print_file(file: dict[str, Any]) -> None:
    if file["outcome"] == "graph":
        _print_graph(file)
        return
    if file["outcome"] == "bibliography":
        _print_records(file)
        return
    if file["outcome"] == "claims":
        _print_claims(file)
        return
    style = "bold red" if file["outcome"] == "refused" else "bold green"
    terminal.say(
        Text.assemble((_OUTCOMES[file["outcome"]], style), "  ", terminal.clean(file["title"] or file["name"]))
    )
    if file["outcome"] == "refused":
        where = f"{file['name']}:{file['line']}" if file["line"] else file["name"]
        terminal.say(f"  {where}: {file['problem']}")
        terminal.say(f"  try: {file['cure']}" if file["cure"] else "")
        return
    terminal.say(f"  /artifact/{file['artifact']}   from {file['name']}   report /artifact/{file['report']}")
    for finding in file["findings"]:
        label = Text(f"  {finding['severity']:<8}", style=terminal.STYLES.get(finding["severity"], ""))
        place = finding["lines"] or "whole file"
        terminal.say(label.append(f"{place}: ", style="dim").append(terminal.clean(finding["message"])))
        terminal.say(f"            {finding['action'].rstrip('.')} · the reader sees: {finding['shown']}")
    for fault in file.get("citation_faults", ()):
        terminal.say(Text("  citation ", style=terminal.STYLES["warning"]).append(terminal.clean(fault)))
