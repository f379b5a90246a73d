"""`scidex demo`: the main job in one command: imports the bundled library, serves it in the background, says where."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from scidex.agora import queries as agora
from scidex.atlas import queries
from scidex.atlas.graph.ports import Ontology
from scidex.kernel.content import content_folder
from scidex.kernel.errors import Conflict
from scidex.kernel.installation import Installation
from scidex.surfaces.cli import terminal
from scidex.workflows.debating import debate_round
from scidex.workflows.ground import ground_library
from scidex.workflows.import_bibliography import import_bibliography
from scidex.workflows.import_graph import import_graph
from scidex.workflows.import_paths import ImportPaths, files_under
from scidex.workflows.sorting import SortedFiles, sort_files

_FIRST_PORT, _LAST_PORT = 8000, 8050
_PATIENCE_SECONDS = 30.0


def demo_command(opened: Callable[[], Installation]) -> click.Command:
    """The command."""

    @click.command("demo", short_help="Import the bundled library and serve it")
    @click.argument("pages", nargs=-1, type=click.Path(path_type=Path, exists=True), metavar="[PATH...]")
    @click.option("--stop", is_flag=True, help="Stop the server that an earlier demo started.")
    def run(pages: tuple[Path, ...], stop: bool) -> None:
        """Import the library that comes with SciDEX, and your own PATHs if you name any; serve it in the background.

        Running it again imports what is new and keeps the server.
        """
        installation = opened()
        process = _Server(installation.settings.data)
        if stop:
            terminal.say("Stopped." if process.stop() else "No demo server is running.")
            return
        bundled = sort_files(
            files_under([content_folder("atlas", name) for name in ("bibliography", "pages", "claims", "graph")])
        )
        given = sort_files(files_under(pages)) if pages else SortedFiles()
        outcomes = _import(installation, bundled, judge="organization:scidex")
        outcomes += _import(installation, given, judge="")
        _debate(installation)
        base = process.start()
        terminal.say("")
        terminal.say(f"  SciDEX is at         {base}/")
        wanted = [outcome for outcome in outcomes if outcome.artifact]
        shown = (
            wanted[-max(len(pages), 1) :] if pages else [o for o in wanted if o.name.startswith(("thera", "visitor"))]
        )
        for outcome in shown[:5]:
            terminal.say(f"  {outcome.title[:40]:<40}  {base}/artifact/{outcome.artifact}")
        copies = [outcome for outcome in shown if outcome.name.endswith(".txt")]
        for outcome in copies[:1]:
            terminal.say(f"  {'what was wrong with its source':<40}  {base}/artifact/{outcome.artifact}/report")
        terminal.say(f"  {'hypotheses, by what was argued':<40}  {base}/debates")
        terminal.say(f"  {'how things are related':<40}  {base}/graph")
        terminal.say("")
        terminal.say(
            "  Stop it with `make stop` (or `scidex demo --stop`). The data is in " + str(installation.settings.data)
        )

    return run


def _import(installation: Installation, files: SortedFiles, *, judge: str) -> list[Any]:
    """Imports bibliographies, pages, claims and graphs, in this order, and says what came of it."""
    door, actor = installation.door, installation.actor
    for path in files.bibliographies:
        told = import_bibliography(door, path, actor=actor)
        counted = ", ".join(f"{number} {outcome}" for outcome, number in told.outcomes.items())
        terminal.say(f"{path.name}: {counted}.")
        for work in told.refused:
            terminal.complain(f"{path.name}, line {work.line}: {work.problem}", work.cure)
    outcomes = list(ImportPaths(door).import_now(files.pages, actor=actor)) if files.pages else []
    if outcomes:
        new = sum(outcome.outcome == "created" for outcome in outcomes)
        findings = sum(len(outcome.findings) for outcome in outcomes)
        terminal.say(f"{len(outcomes)} files: {new} new pages, {findings} findings about their sources.")
    for outcome in outcomes:
        if outcome.outcome == "refused":
            terminal.complain(f"{outcome.name}:{outcome.line}: {outcome.problem}", outcome.cure)
    for path in files.claims:
        command = {"table": path.read_text(encoding="utf-8-sig"), "name": path.name, "judge": judge}
        loaded = door.perform("claim.load", command, actor)
        terminal.say(
            f"{path.name}: {loaded.created} claims on “{loaded.title}”, {len(loaded.corrections)} corrections proposed."
        )
    ontology = installation.service(Ontology)
    for path in files.graphs:
        graph = import_graph(door, path, ontology, actor=actor)
        terminal.say(
            f"{path.name}: {graph.edges} edges between {graph.entities} entities, {graph.quarantined} rows to quarantine."
        )
    grounded = ground_library(door, ontology, actor=actor)
    if grounded.artifacts:
        terminal.say(f"{grounded.names:,} names looked up, {grounded.unresolved:,} of them not known.")
    return outcomes


def _debate(installation: Installation) -> None:
    """Loads the bundled hypotheses with their evidence, and lets the default debaters argue about each that is not debated."""
    actor = installation.actor
    hypotheses: list[str] = []
    for path in sorted(content_folder("atlas", "hypotheses").glob("*.json")):
        command = {"table": path.read_text(encoding="utf-8"), "name": path.name, "judge": "organization:scidex"}
        hypotheses += installation.door.perform("hypothesis.load", command, actor).hypotheses
    with installation.storage.read() as connection:
        heads = [queries.find(connection, each)[1] for each in hypotheses]
        fresh = [head for head in heads if not agora.debates_on(connection, head)]
    for head in fresh:
        debate_round(installation, head.id, actor=actor)
    terminal.say(f"{len(heads)} hypotheses with their evidence, {len(fresh)} of them debated now.")


class _Server:
    """The background server of one data folder, remembered in a file."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._note = data / "serve.pid"

    def start(self) -> str:
        """Its address; started only if it does not run yet. Raises Conflict if it does not come up."""
        if (base := self._running()) is not None:
            return base
        port = _free_port()
        base = f"http://127.0.0.1:{port}"
        log = self._data / "serve.log"
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 (our own program)
                [sys.executable, "-m", "scidex", "--data", str(self._data), "serve", "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._note.write_text(f"{process.pid} {base}\n", encoding="utf-8")
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            if _answers(base):
                return base
            time.sleep(0.1)
        self.stop()
        raise Conflict("The server did not come up.", cure=f"Its last words are in {log}.")

    def stop(self) -> bool:
        """Stops it; False if none was running."""
        running = self._running() is not None
        if running:
            os.kill(int(self._note.read_text(encoding="utf-8").split()[0]), signal.SIGTERM)
        self._note.unlink(missing_ok=True)
        return running

    def _running(self) -> str | None:
        try:
            pid, base = self._note.read_text(encoding="utf-8").split()
            command = Path(f"/proc/{pid}/cmdline")
            # A number may by now be another program's: it must be ours, and it must answer.
            ours = not command.exists() or b"scidex" in command.read_bytes()
            return base if ours and _answers(base) else None
        except (OSError, ValueError):
            return None


def _answers(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/healthz", timeout=2) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    for port in range(_FIRST_PORT, _LAST_PORT):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Conflict(
        f"No port from {_FIRST_PORT} to {_LAST_PORT - 1} is free.", cure="Stop something that listens there."
    )
