"""Whether a long history costs anything: the same work on an artifact with few versions and on one with very many.

Both lie in the same database and take turns, so that whatever else the machine does meets both.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message

from bench.figures import Figure, percentile
from bench.library import Library
from bench.running import Place
from scidex.atlas.importing import parse_source
from scidex.kernel.installation import Installation
from scidex.surfaces.web.app import build

GOAL = 1.2
# Both have more versions than a page of history shows, so that it is the same amount of work for both.
_YOUNG = 50, 100
_RECENT = 48
_TURNS = 500
_WARMING = 20


class Subject:
    """One artifact under measurement."""

    def __init__(self, installation: Installation, content: dict[str, Any]) -> None:
        self._installation = installation
        self._content = content
        made = installation.door.perform("artifact.create", {"kind": "page", "content": content}, installation.actor)
        self.id = str(made.id)
        self.version = 1

    def publish(self) -> None:
        """Writes the next version, which differs in a sentence."""
        self.version += 1
        content = self._content | {"lead": f"{self._content['lead']} Revision {self.version} says a little more."}
        self._installation.door.perform(
            "artifact.revise", {"ref": self.id, "content": content}, self._installation.actor
        )

    def recent(self, rng: random.Random) -> int:
        """One of its newest versions that has one before it."""
        return rng.randint(max(2, self.version - _RECENT), self.version)


def measure(place: Place, versions: int) -> list[Figure]:
    """Writes `versions` versions, then lets old and young take turns."""
    installation = place.open()
    try:
        content = parse_source(Library(100).page(7).encode(), "page.txt").content
        old = Subject(installation, content)
        while old.version < versions:
            old.publish()

        def young() -> Subject:
            subject = Subject(installation, content)
            while subject.version < _YOUNG[0]:
                subject.publish()
            return subject

        # All made beforehand: what a burst of writing leaves behind must not fall on the young alone.
        needed = 1 + 2 * (_TURNS + _WARMING) // (_YOUNG[1] - _YOUNG[0])
        return _compared(installation, old, [young() for _ in range(needed)])
    finally:
        installation.close()


def _compared(installation: Installation, old: Subject, waiting: list[Subject]) -> list[Figure]:
    app = build(installation)
    reached = old.version
    rng = random.Random(3)
    times: dict[str, tuple[list[float], list[float]]] = {}
    # One loop for all requests: starting one is no part of answering.
    with asyncio.Runner() as runner:
        few = waiting.pop()
        for turn in range(_TURNS + _WARMING):
            if few.version >= _YOUNG[1]:
                few = waiting.pop()
            pair = (old, few) if turn % 2 else (few, old)
            for subject in pair:
                for name, work in _works(subject, app, runner, turn, rng):
                    begun = time.perf_counter()
                    work()
                    taken = (time.perf_counter() - begun) * 1000
                    if turn >= _WARMING:
                        times.setdefault(name, ([], []))[subject is old].append(taken)
    return [
        Figure(
            f"{name}, {word}, at {reached:,} versions",
            percentile(long, share),
            "ms",
            f"{percentile(short, share):.2f} ms at {_YOUNG[0]} to {_YOUNG[1]}",
            percentile(long, share) / percentile(short, share),
            GOAL,
            judged_by_ratio=True,
        )
        for name, (short, long) in times.items()
        for word, share in (("median", 0.5), ("p99", 0.99))
    ]


def _works(
    subject: Subject, app: ASGIApp, runner: asyncio.Runner, turn: int, rng: random.Random
) -> list[tuple[str, Callable[[], None]]]:
    subject.publish()  # not timed: whatever was cached is stale now, for both alike
    number = subject.recent(rng)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60))

    def reading(path: str, query: str) -> Callable[[], None]:
        return lambda: runner.run(_read(app, f"/artifact/{subject.id}{path}", f"{query}&turn={turn}"))

    return [
        ("Open the newest", reading("", "")),
        ("Open a version", reading("", f"version={number}")),
        ("Open as of a time", reading("", f"as_of={moment}")),
        ("Diff of neighbours", reading("/diff", f"old={number - 1}&new={number}")),
        ("Page of history", reading("/history", "")),
        ("Publish", subject.publish),
    ]


async def _read(app: ASGIApp, path: str, query: str) -> None:
    """One GET straight through the application, without a network."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "headers": [(b"host", b"localhost"), (b"accept-encoding", b"br")],
        "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
        "state": {},
    }
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    if statuses != [200]:
        raise SystemExit(f"{path}?{query} answered {statuses}.")
