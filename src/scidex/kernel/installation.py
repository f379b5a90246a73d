"""One SciDEX, opened: what the composition root hands to every surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from scidex.kernel.actions import Door
from scidex.kernel.errors import Refused
from scidex.kernel.ids import ActorId
from scidex.kernel.settings import Settings
from scidex.kernel.storage.engine import Storage
from scidex.kernel.workflows import Workflows

Port = TypeVar("Port")


@dataclass(frozen=True, slots=True)
class Installation:
    """`actor` is who acts from this machine; surfaces that know better pass their own.

    `services` open the adapters to the outside, by the port they answer to; each is opened when it is first asked for.
    """

    settings: Settings
    storage: Storage
    door: Door
    workflows: Workflows
    actor: ActorId
    version: str
    services: Mapping[type[Any], Callable[[], Any]] = field(default_factory=dict)

    def service(self, port: type[Port]) -> Port:
        """What answers to `port` here. Raises Refused if nothing was put in."""
        try:
            opened = self.services[port]
        except KeyError:
            raise Refused(f"This installation has no {port.__name__}.", cure="Open it through scidex.main.") from None
        return cast("Port", opened())

    def close(self) -> None:
        """Lets go of the database and of background work."""
        self.workflows.close()
        self.storage.dispose()
