"""Commands that read: show, list, history, diff, export, check."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from scidex.atlas import provenance, queries
from scidex.atlas.diff import FieldDiff, Row, Segment, Skip, diff_bodies, summary
from scidex.atlas.kinds import State, all_kinds, kind_of
from scidex.atlas.model import Head
from scidex.kernel.clock import format_time, parse_time
from scidex.kernel.errors import Invalid
from scidex.kernel.installation import Installation
from scidex.surfaces.cli import terminal
from scidex.surfaces.cli.errors import FOUND_PROBLEMS

Opened = Callable[[], Installation]
EXPORT_FORMAT = "scidex/1"


def reading_commands(opened: Opened) -> list[click.Command]:
    """All of them."""
    return [_show(opened), _list(opened), _history(opened), _diff(opened), _export(opened), _check(opened)]


def _as_of(text: str | None) -> Any:
    return parse_time(text) if text else None


def envelope(head: Head, content: dict[str, Any], aliases: list[str]) -> dict[str, Any]:
    """What `export` writes and `import` reads back."""
    return {"format": EXPORT_FORMAT, "kind": head.kind, "aliases": aliases, "content": content}


def _show(opened: Opened) -> click.Command:
    @click.command("show", short_help="Show an artifact")
    @click.argument("ref")
    @click.option("--version", "number", type=int, help="This version instead of the newest.")
    @click.option("--as-of", help="What was known here at that moment (2026-05-13 or a full ISO 8601 time).")
    @click.option("--json", "as_json", is_flag=True, help="In JSON, as the web gives it.")
    def run(ref: str, number: int | None, as_of: str | None, as_json: bool) -> None:
        """Show an artifact as it stands, stood at a version, or was known at a moment.

        \b
        REF is an id (sx-…), an alias (wiki-…, h-…, SDA-…), an identifier of a work or a legacy path:
          scidex show /diseases/alzheimers-disease
          scidex show doi:10.1126/science.284.5411.143
        """  # noqa: D301 (click reads the backspace as "keep these lines")
        moment = _as_of(as_of)
        with opened().storage.read() as connection:
            named, head = queries.find(connection, ref, as_of=moment)
            view = queries.artifact(connection, head, version=number, as_of=moment)
            if as_json:
                terminal.print_json(queries.artifact_document(connection, view))
                return
            if named.id != head.id:
                terminal.say(f"“{named.title}” was merged into “{head.title}”.")
            notice = queries.notices(connection, head, as_of=moment)
            standing = queries.artifact_document(connection, view)
        terminal.say(Text(view.version.title, style="bold"))
        facet = f", {head.facet}" if head.facet else ""
        terminal.say(
            f"{kind_of(head.kind).label}{facet} · {view.state} · version {view.version.number} of {view.newest} · "
            f"{view.made_by.action} by {view.made_by.actor}, {format_time(view.version.recorded_at)}"
        )
        terminal.say(
            f"/artifact/{head.id} · linked from {standing['backlinks_total']} · "
            f"content SHA-256 {view.version.content_hash[:12]}…"
        )
        if notice is not None:
            terminal.say(Text(f"{notice.state}: {notice.reason}", style="yellow"))
        body = kind_of(head.kind).body.model_validate(view.content)
        _say_standing(standing)
        terminal.say("")
        terminal.say(kind_of(head.kind).text(body))

    return run


def _say_standing(document: dict[str, Any]) -> None:
    """What is worked out about a page, a publication or a claim: what a reader must know before reading on."""
    for notice in document["content"].get("notices", ()) if document["kind"] == "paper" else ():
        terminal.say(Text(f"{notice['type']} {notice['date']}: {notice['reason']}", style="bold red"))
    if document["kind"] == "paper":
        status = document["content"].get("verification", {}).get("status", "unverified")
        leaning = document["dependents"]
        terminal.say(f"record {status} · cited by {leaning['pages']} pages · evidence on {leaning['claims']} claims")
    if claim := document.get("claim"):
        terminal.say(Text(f"{claim['verdict']} (by {claim['by'] or 'nobody'})", style="bold"))
        for item in claim["evidence"]:
            why = "counts" if item["counts"] else f"not counted: {', '.join(item['why_not'])}"
            terminal.say(f"  {item['stance'] or 'not judged'}  {item['source']}  {why}")
    if document.get("claims"):
        covered = document["coverage"]
        terminal.say(
            f"{covered['statements']} statements: {covered['cited']} cited, {covered['verified']} verified, "
            f"{covered['contradicted']} contradicted, {covered['unverifiable']} unverifiable"
        )
    for citation in document.get("citations", ()):
        if citation["status"] in ("mismatch", "retracted", "unresolvable", "ambiguous"):
            terminal.say(Text(f"[{citation['number']}] {citation['key']}: {citation['says'][:200]}", style="yellow"))


def _list(opened: Opened) -> click.Command:
    @click.command("list", short_help="List artifacts")
    @click.option("--kind", type=click.Choice(list(all_kinds())), help="Only this kind.")
    @click.option("--type", "facet", default="", help="Only pages about this: therapy, disease, gene …")
    @click.option("--title", default="", help="Only titles that contain this.")
    @click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
    @click.option("--json", "as_json", is_flag=True, help="In JSON.")
    def run(kind: str | None, facet: str, title: str, limit: int, as_json: bool) -> None:
        """List artifacts, last changed first. Source files, import reports and evidence are listed when --kind asks."""
        # Bytes that are no UTF-8 arrive as half characters, which no database takes.
        title, facet = (text.encode("utf-8", "replace").decode() for text in (title, facet))
        with opened().storage.read() as connection:
            listed = queries.browse(connection, kind=kind or "", facet=facet, title=title, limit=limit)
        if as_json:
            terminal.print_json([queries.head_document(head) for head in listed.items])
            return
        if not listed.items:
            terminal.say("Nothing here matches. `scidex import PATH` brings pages in.")
            return
        if not terminal.console.is_terminal:
            for head in listed.items:
                cells = (head.id, head.kind, head.facet, str(head.latest_version), head.state, head.title)
                click.echo("\t".join(terminal.clean(cell).plain.replace("\t", " ") for cell in cells))
            return
        table = Table(box=None, pad_edge=False)
        for column in ("id", "kind", "about", "version", "state", "title"):
            table.add_column(column, no_wrap=column != "title")
        for head in listed.items:
            cells = (head.id, head.kind, head.facet, str(head.latest_version), head.state, head.title)
            table.add_row(*(terminal.clean(cell) for cell in cells))
        terminal.console.print(table)
        if listed.next:
            terminal.say(f"… and more: --limit {limit * 4}")

    return run


def _history(opened: Opened) -> click.Command:
    @click.command("history", short_help="List an artifact's versions")
    @click.argument("ref")
    @click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
    @click.option("--before", type=click.IntRange(1, 1_000_000_000), help="Only versions below this number.")
    @click.option("--json", "as_json", is_flag=True, help="In JSON.")
    def run(ref: str, limit: int, before: int | None, as_json: bool) -> None:
        """List an artifact's versions, newest first: who made each, when and why."""
        with opened().storage.read() as connection:
            head = queries.find(connection, ref)[1]
            versions = queries.history(connection, head, limit=limit, before=before)
        if as_json:
            terminal.print_json([queries.version_document(version) for version in versions])
            return
        for version in versions:
            terminal.say(
                Text(f"{version.number:>5}  ", style="bold")
                .append(f"{format_time(version.recorded_at)}  {version.activity.actor}  {version.activity.action}  ")
                .append(terminal.clean(version.note))
            )

    return run


def _diff(opened: Opened) -> click.Command:
    @click.command("diff", short_help="Compare two versions")
    @click.argument("ref")
    @click.argument("old", type=int, required=False)
    @click.argument("new", type=int, required=False)
    def run(ref: str, old: int | None, new: int | None) -> None:
        """Compare two versions word by word: by default the newest with the one before it.

        \b
        Words added are {+like this+}, words taken away [-like this-]; on a terminal in green and red.
        """  # noqa: D301 (as above)
        with opened().storage.read() as connection:
            head = queries.find(connection, ref)[1]
            new = new or head.latest_version
            old = old if old is not None else max(1, new - 1)
            before, after = queries.version_texts(connection, head, old, new)
        fields = diff_bodies(before, after)
        terminal.say(Text(f"{head.title}: version {old} → {new}", style="bold"))
        if not fields:
            terminal.say("No difference.")
            return
        _print_fields(fields, "")
        amount = summary(fields)
        terminal.say(f"\n{amount.words_added} words added, {amount.words_removed} taken away.")

    return run


def _print_fields(fields: tuple[FieldDiff, ...], prefix: str) -> None:
    for field in fields:
        path = f"{prefix}{field.path}"
        terminal.say(Text(f"\n{path}", style="bold cyan"))
        if field.reordered:
            terminal.say("  (the order changed)")
        for row in field.rows:
            terminal.say(f"  … {row.lines} lines as before" if isinstance(row, Skip) else _marked(row))
        for item in field.items:
            terminal.say(Text(f"  {item.change}: ", style="bold").append(terminal.clean(item.name)))
            _print_fields(item.fields, f"{path} › {item.name} › ")


def _marked(row: Row) -> Text:
    colour = terminal.console.is_terminal
    text = Text("  ")
    for segment in row.segments:
        text.append_text(_marked_segment(segment, colour))
    return text


def _marked_segment(segment: Segment, colour: bool) -> Text:
    words = terminal.clean(segment.text).plain
    if segment.op == "insert":
        return Text(words if colour else f"{{+{words}+}}", style="green")
    if segment.op == "delete":
        return Text(words if colour else f"[-{words}-]", style="red strike")
    return Text(words)


def _export(opened: Opened) -> click.Command:
    @click.command("export", short_help="Write artifacts or their provenance to files")
    @click.argument("ref", required=False)
    @click.option(
        "--all",
        "everything",
        type=click.Path(path_type=Path, file_okay=False),
        help="Write all pages into this folder.",
    )
    @click.option(
        "--format", "form", type=click.Choice(["json", "prov-json", "prov-n"]), default="json", show_default=True
    )
    @click.option("--version", "number", type=int, help="This version instead of the newest.")
    @click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of standard output.")
    def run(ref: str | None, everything: Path | None, form: str, number: int | None, out: Path | None) -> None:
        """Write an artifact as JSON that `scidex import` reads back, or its provenance as W3C PROV."""
        installation = opened()
        if (ref is None) == (everything is None):
            raise Invalid("Name one artifact, or a folder with --all.")
        with installation.storage.read() as connection:
            if everything is not None:
                everything.mkdir(parents=True, exist_ok=True)
                ids = queries.listing(connection, kind="page")
                for id_ in ids:
                    head = queries.find(connection, id_)[0]
                    if head.state not in (State.MERGED, State.TOMBSTONE):
                        (everything / f"{head.id}.json").write_text(_exported(connection, head, None), encoding="utf-8")
                terminal.say(f"Wrote {len(ids):,} pages to {everything}.")
                return
            head = queries.find(connection, ref or "")[1]
            if form == "json":
                text = _exported(connection, head, number)
            else:
                graph = queries.provenance(connection, head, number or head.latest_version)
                base = installation.settings.base_url or "http://localhost"
                text = (
                    provenance.prov_json(graph, base)
                    if form == "prov-json"
                    else terminal.clean(provenance.prov_n(graph, base)).plain
                )
        if out is not None:
            out.write_text(text + "\n", encoding="utf-8")
        else:
            click.echo(text)

    return run


def _exported(connection: Any, head: Head, number: int | None) -> str:
    view = queries.artifact(connection, head, version=number)
    written = envelope(head, view.content, queries.names(connection, head))
    return terminal.inert_json(json.dumps(written, ensure_ascii=False, indent=2, sort_keys=True))


def _check(opened: Opened) -> click.Command:
    @click.command("check", short_help="Check the integrity of everything stored")
    @click.option("--json", "as_json", is_flag=True, help="In JSON.")
    @click.pass_context
    def run(context: click.Context, as_json: bool) -> None:
        """Recompute every hash, seal and derived table, and follow every reference.

        Exit code 1 if anything does not agree with itself.
        """
        with opened().storage.read() as connection:
            problems = list(queries.check(connection))
            amount = queries.statistics(connection)
        if as_json:
            terminal.print_json({"problems": [[problem.subject, problem.problem] for problem in problems]})
        else:
            for problem in problems:
                terminal.say(
                    Text("problem  ", style="bold red").append(terminal.clean(f"{problem.subject}: {problem.problem}"))
                )
            if not problems:
                terminal.say(
                    f"All is well: {amount.artifacts:,} artifacts, {amount.versions:,} versions, {amount.links:,} links, "
                    f"{amount.activities:,} activities agree with their hashes and with each other."
                )
        if problems:
            context.exit(FOUND_PROBLEMS)

    return run
