"""The bundled hypotheses, debated, for tests of the surfaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surface_support import Client, site_of

from scidex.kernel.content import content_folder
from scidex.kernel.installation import Installation
from scidex.workflows.debating import debate_round

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)> \u202e\u200b]]>'
STROKE = "h-iv-msc-stroke"


@dataclass(frozen=True)
class Debated:
    """An installation in which the stroke hypothesis is debated, and others are there."""

    installation: Installation
    client: Client
    id: str

    @property
    def address(self) -> str:
        """Where the debate is read."""
        return f"/artifact/{self.id}"

    def do(self, verb: str, **command: Any) -> Any:
        """Performs a verb as the local person."""
        return self.installation.door.perform(verb, command, self.installation.actor)

    def json(self, path: str) -> Any:
        """The JSON at an address."""
        answer = self.client.get(path, {"accept": "application/json"})
        assert answer.status == 200, answer.text
        return answer.json()


def debated(installation: Installation) -> Debated:
    """Loads the bundled hypotheses and holds a round on one."""
    path = content_folder("atlas", "hypotheses") / "hypotheses.json"
    command = {"table": path.read_text(encoding="utf-8"), "judge": "organization:scidex"}
    installation.door.perform("hypothesis.load", command, installation.actor)
    told = debate_round(installation, STROKE, actor=installation.actor)
    return Debated(installation, site_of(installation), told.debate.id)
