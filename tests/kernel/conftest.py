"""A door of our own, and a way to see everything a database holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from scidex.kernel.storage.engine import Storage
from scidex.kernel.storage.types import metadata


def dump(storage: Storage) -> dict[str, list[Any]]:
    """Every row of every table."""
    with storage.read() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in metadata.sorted_tables}


@pytest.fixture(name="dump")
def _dump() -> Callable[[Storage], dict[str, list[Any]]]:
    return dump
