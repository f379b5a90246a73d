"""Starts the web server, and beside it what keeps the library's names looked up."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading

import uvicorn

from scidex.atlas import queries
from scidex.atlas.graph.ports import Ontology
from scidex.kernel.errors import ScidexError
from scidex.kernel.events import last_seq
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation
from scidex.surfaces.web.app import build
from scidex.workflows.ground import ground_library, method_of

_PAUSE_SECONDS = 2.0
_FEW = 20
_GROUNDER = ActorId("software:scidex-grounder")
_log = logging.getLogger(__name__)


def run(installation: Installation, host: str, port: int) -> None:
    """Serves until it is stopped."""
    # Behind a proxy the public address comes from SCIDEX_BASE_URL, never from forwarded headers anyone can send.
    config = uvicorn.Config(
        build(installation), host=host, port=port, log_level="warning", proxy_headers=False, server_header=False
    )
    grounder = _Grounder(installation)
    grounder.start()
    try:
        uvicorn.Server(config).run()
    finally:
        grounder.stop()


class _Grounder(threading.Thread):
    """Looks up the names of what was written meanwhile, however it was written.

    A few artifacts here; many in a process of their own that yields to everybody, so that no reader waits for it.
    """

    def __init__(self, installation: Installation) -> None:
        super().__init__(name="grounder", daemon=True)
        self._installation = installation
        self._stopped = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._seen = -1

    def run(self) -> None:
        """Looks now and then whether something happened."""
        while not self._stopped.wait(_PAUSE_SECONDS):
            try:
                self._look()
            except ScidexError as error:
                # Another process may be writing; what was not looked up now is looked up the next time.
                _log.warning("Names were not looked up: %s", error)

    def stop(self) -> None:
        """Ends it, and the process it may have started: the next one goes on where that one stopped."""
        self._stopped.set()
        self.join(timeout=10)
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)

    def _look(self) -> None:
        if self._process is not None:
            ended = self._process.poll()
            if ended is None:
                return
            self._process = None
            if ended:
                # Tried again when something else has happened, not for ever.
                _log.warning("Names were not looked up: `scidex graph ground` ended with %s.", ended)
                with self._installation.storage.read() as connection:
                    self._seen = last_seq(connection)
        ontology = self._installation.service(Ontology)
        with self._installation.storage.read() as connection:
            newest = last_seq(connection)
            if newest == self._seen:
                return
            waiting = len(queries.to_ground(connection, method_of(ontology), limit=_FEW + 1))
        if waiting > _FEW:
            self._process = self._ground_apart()
            return
        if waiting:
            ground_library(self._installation.door, ontology, actor=_GROUNDER)
        self._seen = newest

    def _ground_apart(self) -> subprocess.Popen[bytes]:
        # (A thread has a `_started` of its own.)
        settings = self._installation.settings
        command = [sys.executable, "-m", "scidex", "--data", str(settings.data), "graph", "ground", "--json"]
        environment = {**os.environ, "SCIDEX_ACTOR": str(_GROUNDER), "SCIDEX_DATABASE_URL": settings.database_url}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603  # our own program
        if hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, process.pid, 10)
        return process
