"""Fixtures of the importer tests; the folder is put on the path so that they share their pages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def seed_bytes() -> bytes:
    """The page the project starts from. It lies beside the project, not in it."""
    path = Path(__file__).parents[4] / "shared" / "seed" / "msc-therapy-artifact.txt"
    if not path.is_file():
        pytest.fail(f"The seed page is missing: expected {path}.")
    return path.read_bytes()
