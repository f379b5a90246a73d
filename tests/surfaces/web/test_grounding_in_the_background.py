"""`scidex serve` looks up the names of what was written, whether it is a little or a lot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from scidex.atlas import queries
from scidex.atlas.graph.ports import Ontology
from scidex.kernel.installation import Installation
from scidex.surfaces.web import server
from scidex.workflows.ground import method_of


@pytest.fixture(params=["here", "in a process of its own"])
def grounder(
    request: pytest.FixtureRequest, scidex: Installation, monkeypatch: pytest.MonkeyPatch
) -> Iterator[server._Grounder]:
    monkeypatch.setattr(server, "_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(server, "_FEW", 20 if request.param == "here" else 0)
    thread = server._Grounder(scidex)
    thread.start()
    yield thread
    thread.stop()
    assert not thread.is_alive()


def create(scidex: Installation, title: str) -> str:
    content = {"title": title, "body": "Motor neurons die in ALS."}
    made: str = scidex.door.perform("artifact.create", {"kind": "page", "content": content}, scidex.actor).id
    return made


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_names_are_looked_up_while_it_serves(scidex: Installation, grounder: server._Grounder) -> None:
    for title in ("First", "Second"):
        made = create(scidex, title)

        def read(made: str = made) -> bool:
            with scidex.storage.read() as connection:
                head = queries.find(connection, made)[1]
                return any(
                    name.entity and name.entity.name == "amyotrophic lateral sclerosis"
                    for name in queries.grounded_names(connection, head)
                )

        eventually(read)
    with scidex.storage.read() as connection:
        assert queries.to_ground(connection, method_of(scidex.service(Ontology)), limit=9) == []
