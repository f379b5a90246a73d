"""Sites that are written to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from api_support import Api

from scidex.kernel.clock import FixedClock
from scidex.kernel.installation import Installation


@pytest.fixture
def api(scidex: Installation) -> Api:
    """On each engine, with one token."""
    return Api(scidex)


@pytest.fixture
def lite(open_scidex: Callable[..., Installation]) -> Api:
    """On SQLite, for what does not reach the database."""
    return Api(open_scidex())


@pytest.fixture
def clock() -> FixedClock:
    """Time that stands still until it is moved."""
    return FixedClock(datetime(2026, 5, 13, 12, tzinfo=UTC))


@pytest.fixture(params=["sqlite", "postgresql"])
def timed(request: pytest.FixtureRequest, open_scidex: Callable[..., Installation], clock: FixedClock) -> Api:
    """A site whose time is `clock`."""
    return Api(open_scidex(request.param, clock=clock))
