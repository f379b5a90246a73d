"""One SciDEX, opened: what the composition root hands to every surface."""

from __future__ import annotations

from dataclasses import dataclass

from scidex.kernel.actions import Door
from scidex.kernel.ids import ActorId
from scidex.kernel.settings import Settings
from scidex.kernel.storage.engine import Storage
from scidex.kernel.workflows import Workflows


@dataclass(frozen=True, slots=True)
class Installation:
    """`actor` is who acts from this machine; surfaces that know better pass their own."""

    settings: Settings
    storage: Storage
    door: Door
    workflows: Workflows
    actor: ActorId
    version: str

    def close(self) -> None:
        """Lets go of the database and of background work."""
        self.workflows.close()
        self.storage.dispose()
