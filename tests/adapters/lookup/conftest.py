from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from recorded import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    return World(tmp_path)
