"""How fast one service is asked: a token bucket per lane, told by the service where it tells."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyrate_limiter import Rate, RateItem, StateBucket, TokenBucket


@dataclass(frozen=True, slots=True)
class Allowance:
    """`requests` within `seconds`, both at least 1."""

    requests: int
    seconds: int = 1


class Pace:
    """Waits before each request until the service's allowance lets it pass.

    A lane is a kind of request that the service counts by itself, such as single records and lists at Crossref.
    `monotonic` gives seconds, `sleep` waits as many. Between processes nothing is shared: there the service's own 429
    is what slows us down.
    """

    def __init__(self, allowance: Allowance, *, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._first = allowance
        self._monotonic = monotonic
        self._sleep = sleep
        self._lanes: dict[str, tuple[Allowance, StateBucket]] = {}
        self._lock = threading.Lock()

    def wait(self, lane: str) -> None:
        """Returns when the next request of this lane may go out."""
        while (pause := self._take(lane)) > 0:
            self._sleep(pause)

    def heed(self, lane: str, headers: Mapping[str, str]) -> None:
        """Takes over the allowance that an answer states in X-Rate-Limit-Limit and X-Rate-Limit-Interval."""
        told = _told(headers)
        with self._lock:
            if told and told != self._lane(lane)[0]:
                self._lanes[lane] = (told, _bucket(told))

    def _take(self, lane: str) -> float:
        """Takes a token; or gives the seconds until there will be one."""
        with self._lock:
            bucket = self._lane(lane)[1]
            item = RateItem(lane, math.floor(self._monotonic() * 1000))
            if bucket.put(item):
                return 0.0
            milliseconds = bucket.waiting(item)
            return max(milliseconds, 1) / 1000 if isinstance(milliseconds, int) else 1.0

    def _lane(self, lane: str) -> tuple[Allowance, StateBucket]:
        return self._lanes.setdefault(lane, (self._first, _bucket(self._first)))


def _bucket(allowance: Allowance) -> StateBucket:
    # One token: services count in windows of their own, so a burst could fall into one of them together with others.
    return StateBucket([Rate(allowance.requests, allowance.seconds * 1000, burst=1)], TokenBucket())


def _told(headers: Mapping[str, str]) -> Allowance | None:
    limit, interval = headers.get("x-rate-limit-limit", ""), headers.get("x-rate-limit-interval", "").removesuffix("s")
    if not (_small_number(limit) and _small_number(interval)):
        return None
    requests, seconds = int(limit), int(interval)
    # Slower than one a minute is no pace but a refusal, and comes as one; nobody sleeps through it.
    return Allowance(requests, seconds) if 0 < seconds <= 60 * requests else None


def _small_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5
