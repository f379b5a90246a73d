"""A service's door, and a question put to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from scidex.adapters.lookup.pace import Allowance


class UnreadableBodyError(ValueError):
    """What a service sent is not in the form that it documents."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service's door: its name here and for readers, the one host that is spoken to, how fast, and who we are there.

    `credentials` are sent with each request and are not part of a question: they are neither cached nor shown.
    """

    name: str
    label: str
    host: str
    allowance: Allowance
    credentials: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One request: the path, percent-encoded where it has to be, and its parameters.

    `lane` is what the service counts by. `absent` says of a status and a body whether they mean “no such record”, and
    `passing` whether they mean a trouble that passes, where the service says so in ways of its own.
    """

    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    lane: str = "record"
    absent: Callable[[int, bytes], bool] = lambda _status, _body: False
    passing: Callable[[int, bytes], bool] = lambda _status, _body: False

    @property
    def key(self) -> str:
        """The question in one text."""
        return str(httpx.URL(self.path, params=self.parameters)) if self.parameters else self.path


def missing(status: int, _body: bytes) -> bool:
    """Whether the service says that there is no such record, where each record has an address of its own."""
    return status == httpx.codes.NOT_FOUND
