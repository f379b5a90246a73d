"""What the tests of the surfaces share: an imported library on each engine, and its site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from surface_support import Client, Library, filled, new_database, site_of

from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.main import open_installation


@pytest.fixture
def site_at() -> Callable[[Installation, str], Client]:
    """A site that was told its own address (SCIDEX_BASE_URL)."""

    def make(installation: Installation, base: str) -> Client:
        return site_of(replace(installation, settings=replace(installation.settings, base_url=base)))

    return make


@pytest.fixture(scope="session", params=("sqlite", "postgresql"))
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The seed page and the bundled library on each engine, shared: tests that use it do not write."""
    data = tmp_path_factory.mktemp("library")
    if request.param == "sqlite":
        installation = open_installation(Settings(data=data))
        yield filled(installation)
        installation.close()
        return
    with new_database(request.getfixturevalue("postgres_address")) as address:
        installation = open_installation(Settings(data=data, database_url=address))
        yield filled(installation)
        installation.close()


@pytest.fixture
def own_library(scidex: Installation) -> Library:
    """The same on an installation of its own, for tests that write."""
    return filled(scidex)


@pytest.fixture
def empty(scidex: Installation) -> Library:
    """An installation without any page."""
    return Library(scidex, site_of(scidex))
