"""Durable workflows: long work that survives a crash. A port over DBOS, which keeps each finished step.

A story is a function ``(steps, argument) -> result`` that does everything of consequence in `steps.do(...)`. After a
crash the story runs again from the top, finished steps answer from the record, and the work goes on where it stopped.
Arguments and results of steps are JSON values.

Each process is an executor with a lock file in the data folder. Work whose executor is gone (its lock is free) is
taken over by the next process that opens the folder; work of a living one is left alone.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from scidex.kernel.settings import Settings


class Steps(Protocol):
    """What a story does its work through."""

    workflow_id: str

    def do(self, name: str, work: Callable[[], Any]) -> Any:
        """Runs `work` once, however often the story is started; later its recorded result is returned."""


Story = Callable[[Steps, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A workflow that a process which is gone has left behind."""

    workflow_id: str
    story: str
    argument: dict[str, Any]


class Workflows:
    """Runs stories. The engine starts on first use: short commands never pay for it."""

    def __init__(self, settings: Settings, stories: dict[str, Story], *, version: str) -> None:
        self._settings = settings
        self._stories = stories
        self._version = version
        self._lock = threading.Lock()
        self._engine: Any = None
        self._executor_lock: IO[str] | None = None
        self._run: Any = None
        self._named: Any = None

    def story(self, name: str) -> Story:
        """The story called `name`, to watch it or to set what it reports to."""
        return self._stories[name]

    def run(self, story: str, argument: dict[str, Any], *, workflow_id: str = "") -> Any:
        """Runs a story to its end and returns its result. Whatever error ended it is raised here."""
        engine = self._started()
        with self._named(workflow_id or f"{story}-{secrets.token_hex(8)}"):
            return engine.start_workflow(self._run, story, argument).get_result(polling_interval_sec=0.1)

    def unfinished(self) -> list[Unfinished]:
        """What processes that are gone have left behind. Does not start the engine if nothing ever used it."""
        if not self._has_state():
            return []
        return [
            Unfinished(status.workflow_id, *self._input(status))
            for status in self._started().list_workflows(status="PENDING", load_input=True)
            if self._is_gone(status.executor_id or "")
        ]

    def take_over(self, left: Unfinished) -> Any:
        """Carries an unfinished workflow on in this process, to its end, and returns its result."""
        engine = self._started()
        return engine.resume_workflow(left.workflow_id).get_result(polling_interval_sec=0.1)

    def close(self) -> None:
        """Stops the engine if it runs."""
        if self._engine is not None:
            self._engine.destroy(workflow_completion_timeout_sec=0)
            self._engine = None
        if self._executor_lock is not None:
            path = Path(self._executor_lock.name)
            path.unlink(missing_ok=True)
            self._executor_lock.close()
            self._executor_lock = None

    def _has_state(self) -> bool:
        return self._engine is not None or bool(list(self._executors().glob("*.lock")))

    def _executors(self) -> Path:
        return self._settings.data / "executors"

    def _started(self) -> Any:
        with self._lock:
            if self._engine is None:
                self._start()
        return self._engine

    def _start(self) -> None:
        # Imported here: it costs a third of a second that `scidex show` should not pay.
        from dbos import DBOS, SetWorkflowID  # noqa: PLC0415

        executor = f"{socket.gethostname()}~{os.getpid()}~{secrets.token_hex(4)}"
        self._executors().mkdir(parents=True, exist_ok=True)
        self._executor_lock = (self._executors() / f"{executor}.lock").open("w")
        fcntl.flock(self._executor_lock, fcntl.LOCK_EX)
        DBOS(
            config={
                "name": "scidex",
                "system_database_url": self._settings.workflows_url,
                "executor_id": executor,
                "application_version": self._version,
                "log_level": "ERROR",
                "console_log_level": "ERROR",
                "sys_db_pool_size": 4,
            }
        )
        stories = self._stories

        def run_story(story: str, argument: dict[str, Any]) -> Any:
            return stories[story](_RecordedSteps(DBOS), argument)

        self._run = DBOS.workflow(name="scidex_story")(run_story)
        DBOS.launch()
        self._named = SetWorkflowID
        self._engine = DBOS

    def _is_gone(self, executor: str) -> bool:
        host = executor.partition("~")[0]
        path = self._executors() / f"{executor}.lock"
        if host != socket.gethostname():
            return False
        if not path.exists():
            return True
        with path.open("r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    @staticmethod
    def _input(status: Any) -> tuple[str, dict[str, Any]]:
        story, argument = status.input["args"]
        return story, argument


class _RecordedSteps:
    """`Steps` over DBOS, inside a workflow."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.workflow_id = str(engine.workflow_id)

    def do(self, name: str, work: Callable[[], Any]) -> Any:
        """See `Steps`."""
        return self._engine.run_step({"name": name}, work)
