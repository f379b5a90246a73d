"""The port to outside services that know works: what is asked, what comes back, and that no answer is no finding. Pure.

Adapters fill `WorkIndex`; `Lookup` asks several of them and keeps their answers apart, so that they can be compared.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any, Protocol

from scidex.atlas.bibliography.identifiers import WorkId
from scidex.kernel.errors import Conflict


class NoticeType(StrEnum):
    """What a notice does to the work it is about."""

    RETRACTION = "retraction"
    CORRECTION = "correction"
    CONCERN = "expression-of-concern"


@dataclass(frozen=True, slots=True)
class FoundNotice:
    """A notice that a service reports about the work.

    `date` is ISO 8601, as exact as the service says it, and empty if it says none; `identifiers` and `url` are those of
    the notice, empty if the service only says that there is one; `label` is the service's own word for it.
    """

    type: NoticeType
    date: str = ""
    identifiers: tuple[str, ...] = ()
    url: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class FoundWork:
    """One service's record of one work.

    `item` is CSL-JSON in the form `checked_item` gives; `identifiers` are texts such as ``doi:10.1000/182``. `notices`
    are about this work: what a notice itself retracts stands in ``item["custom"]["update-to"]``. `registrations` are
    trials as ``nct:NCT…`` or a number as other registries print it. `abstract` is plain text. `source` is the service,
    `address` the public page of its record, `retrieved_at` the moment the service said it (not that of a cached read).
    """

    item: dict[str, Any]
    identifiers: tuple[str, ...]
    notices: tuple[FoundNotice, ...]
    registrations: tuple[str, ...]
    abstract: str
    source: str
    address: str
    retrieved_at: str


class Reason(StrEnum):
    """Why a service gave no answer that can be used."""

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    FAILED = "failed"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"
    UNFIT = "unfit"
    OTHER_RECORD = "other-record"


# These are about one record; the service may well answer about the next.
_OF_THE_RECORD = frozenset({Reason.TOO_LARGE, Reason.UNFIT, Reason.OTHER_RECORD})


class Unavailable(Conflict):
    """The service gave no answer that can be used. It says nothing about whether the record exists."""

    def __init__(self, service: str, reason: Reason, message: str, *, cure: str = "Try again later.") -> None:
        super().__init__(message, cure=cure)
        self.service = service
        self.reason = reason


class WorkIndex(Protocol):
    """A service that knows works. Its name, the schemes it can be asked by, and how many values fit in one request."""

    @property
    def name(self) -> str:
        """The service, as in `FoundWork.source`."""

    @property
    def schemes(self) -> frozenset[str]:
        """The schemes of identifiers that it can be asked by."""

    @property
    def at_once(self) -> int:
        """The most values that `look_up_many` takes."""

    def look_up(self, scheme: str, value: str) -> FoundWork | None:
        """The record of this identifier; None if the service answered that it has none. Raises Unavailable."""

    def look_up_many(self, scheme: str, values: Sequence[str]) -> Mapping[str, FoundWork | None]:
        """The record of each value, or None where the service answered that it has none. Raises Unavailable."""

    def search(self, *, title: str, author: str, year: int | None, limit: int) -> tuple[FoundWork, ...]:
        """At most `limit` records like the given words, best first; empty words and None are not asked for.

        Raises Unavailable.
        """


class LookupStatus(StrEnum):
    """Whether anybody was asked."""

    OFF = "off"
    NO_SERVICE = "no-service"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Silence:
    """A service that gave no usable answer, and why."""

    service: str
    reason: Reason
    message: str
    cure: str


@dataclass(frozen=True, slots=True)
class LookupResult:
    """What the services said. `without` names those that have no such record; `silent` those that gave no answer.

    With status ``off`` no service is enabled, with ``no-service`` none of the enabled can be asked by this scheme;
    both are no finding about the work.
    """

    status: LookupStatus
    found: tuple[FoundWork, ...] = ()
    without: tuple[str, ...] = ()
    silent: tuple[Silence, ...] = ()


class Lookup:
    """Asks every enabled service that knows a scheme, in order, and keeps each one's answer.

    A service that does not answer is reported and left in peace for the rest of the call; the others are still asked.
    """

    def __init__(self, indexes: Sequence[WorkIndex] = (), *, on_close: Callable[[], None] = lambda: None) -> None:
        self.indexes = tuple(indexes)
        self._on_close = on_close

    def close(self) -> None:
        """Lets go of the connections."""
        self._on_close()

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the enabled services, in the order they are asked."""
        return tuple(index.name for index in self.indexes)

    def look_up(self, scheme: str, value: str) -> LookupResult:
        """What the services know by this identifier. Raises Invalid if it is none of its scheme."""
        wanted = WorkId.of(scheme, value).value
        return self.look_up_many(scheme, (wanted,))[wanted]

    def look_up_many(self, scheme: str, values: Sequence[str]) -> dict[str, LookupResult]:
        """What the services know by each identifier, under its one spelling. Raises Invalid if one is none of its scheme."""
        wanted = list(dict.fromkeys(WorkId.of(scheme, value).value for value in values))
        asked = [index for index in self.indexes if scheme in index.schemes]
        if not asked:
            return dict.fromkeys(wanted, LookupResult(self._status_without_anybody()))
        gathered = {value: _Gathering() for value in wanted}
        for index in asked:
            _ask(index, scheme, wanted, gathered)
        return {value: gathering.result() for value, gathering in gathered.items()}

    def search(self, *, title: str = "", author: str = "", year: int | None = None, limit: int = 5) -> LookupResult:
        """Records of each service like the given words, at most `limit` of each."""
        if not self.indexes:
            return LookupResult(LookupStatus.OFF)
        gathering = _Gathering()
        for index in self.indexes:
            try:
                found = index.search(title=title, author=author, year=year, limit=limit)
            except Unavailable as fault:
                gathering.silent.append(_silence(fault))
            else:
                gathering.add(index.name, *found)
        return gathering.result()

    def _status_without_anybody(self) -> LookupStatus:
        return LookupStatus.NO_SERVICE if self.indexes else LookupStatus.OFF


class _Gathering:
    """The answers about one thing while they come in."""

    def __init__(self) -> None:
        self.found: list[FoundWork] = []
        self.without: list[str] = []
        self.silent: list[Silence] = []

    def add(self, service: str, *found: FoundWork) -> None:
        self.found.extend(found)
        if not found:
            self.without.append(service)

    def result(self) -> LookupResult:
        return LookupResult(LookupStatus.ASKED, tuple(self.found), tuple(self.without), tuple(self.silent))


def _ask(index: WorkIndex, scheme: str, wanted: list[str], gathered: dict[str, _Gathering]) -> None:
    groups = deque(wanted[start : start + index.at_once] for start in range(0, len(wanted), index.at_once))
    while groups:
        group = groups.popleft()
        try:
            answers = _answers(index, scheme, group)
        except Unavailable as fault:
            if fault.reason not in _OF_THE_RECORD:
                for value in chain(group, *groups):
                    gathered[value].silent.append(_silence(fault))
                return
            if len(group) > 1:
                # One bad record must not take its neighbours with it.
                groups.extendleft([value] for value in reversed(group))
            else:
                gathered[group[0]].silent.append(_silence(fault))
        else:
            for value in group:
                gathered[value].add(index.name, *filter(None, [answers[value]]))


def _answers(index: WorkIndex, scheme: str, group: list[str]) -> Mapping[str, FoundWork | None]:
    if len(group) == 1:
        return {group[0]: index.look_up(scheme, group[0])}
    return index.look_up_many(scheme, group)


def _silence(fault: Unavailable) -> Silence:
    return Silence(fault.service, fault.reason, fault.message, fault.cure)
