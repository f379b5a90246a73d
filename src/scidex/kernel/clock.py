"""Time comes from here, so that tests can hold it still."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from scidex.kernel.errors import Invalid


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The present moment, in UTC."""


class SystemClock:
    """The machine's clock, in UTC, to the microsecond."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment


# All rows of one transaction carry the same moment.
@lru_cache(maxsize=64)
def format_time(moment: datetime) -> str:
    """ISO 8601 in UTC with microseconds and ``Z``: fixed width, so text order is time order.

    >>> format_time(datetime(2026, 5, 13, tzinfo=UTC))
    '2026-05-13T00:00:00.000000Z'
    """
    # Not strftime: it writes the year 500 with three digits.
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """A moment from ISO 8601. A bare date means its end, so that ``as_of`` that day includes that day.

    Raises Invalid if the text is no date or time.

    >>> parse_time("2026-05-13").isoformat()
    '2026-05-13T23:59:59.999999+00:00'
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            f"“{text[:60]}” is not a date or time.", cure="Write it as 2026-05-13 or 2026-05-13T09:30:00Z."
        ) from None
    if len(text.strip()) <= 10:
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999999)
    return in_utc(moment)


def in_utc(moment: datetime) -> datetime:
    """`moment` in UTC, which is also what a moment without a zone means. Raises Invalid beyond the calendar."""
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise Invalid(f"“{moment.isoformat()}” is out of the calendar.", cure="Use a year from 1 to 9999.") from None
