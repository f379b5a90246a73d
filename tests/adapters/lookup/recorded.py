"""Services that answer from a script, and a time that only moves when somebody waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from scidex.adapters.lookup import open_lookup
from scidex.atlas.ports import Lookup

ANSWERS = Path(__file__).parent / "answers"


def recorded(name: str) -> bytes:
    return (ANSWERS / name).read_bytes()


def reply(body: bytes = b"", status: int = 200, **headers: str) -> httpx.Response:
    """A response whose bytes come in pieces, as from a socket."""
    pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
    return httpx.Response(
        status, headers={name.replace("_", "-"): value for name, value in headers.items()}, content=iter(pieces)
    )


class Time:
    """The wall clock, the monotonic clock and the sleep of one world."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=self.seconds - 1000)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.seconds += seconds


Answering = Callable[[httpx.Request], httpx.Response]


class Services(httpx.BaseTransport):
    """The network: gives the scripted answers in turn, the last one for ever, and remembers what was asked, and when."""

    def __init__(self, time: Time, *answers: Answering | Exception) -> None:
        self.time = time
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.moments: list[float] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.moments.append(self.time.seconds)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request)

    @property
    def addresses(self) -> list[str]:
        return [str(request.url) for request in self.asked]


@dataclass
class World:
    """A folder, a time and services in it."""

    data: Path
    time: Time = field(default_factory=Time)

    def lookup(self, service: str, *answers: Answering | Exception, **settings: object) -> tuple[Lookup, Services]:
        services = Services(self.time, *answers)
        lookup = open_lookup(
            enabled=frozenset(service.split()),
            contact="ada@lab.example",
            data=self.data,
            version="0.1",
            transport=services,
            clock=self.time,
            monotonic=self.time.monotonic,
            sleep=self.time.sleep,
            **settings,
        )
        return lookup, services


def says(body: bytes = b"", status: int = 200, **headers: str) -> Answering:
    return lambda _request: reply(body, status, **headers)


def pieces_for_ever(body: bytes) -> Iterator[bytes]:
    while True:
        yield body
