"""Leave a tombstone where an artifact stood."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._common import Changed, expect, refreshed
from scidex.atlas.kinds import State
from scidex.atlas.lifecycle import check_move
from scidex.kernel.actions import Command, Work, action


class BuryArtifact(Command):
    """What a reader of the old address is told."""

    ref: str
    reason: str = Field(min_length=1, max_length=2000)
    expected_version: int | None = None


@action("artifact.tombstone", "Remove an artifact from view, leaving a tombstone", command=BuryArtifact, result=Changed)
def bury(command: BuryArtifact, work: Work) -> Changed:
    """The address answers with the reason; the versions are kept and can be reinstated."""
    head = expect(work, command.ref, command.expected_version)
    check_move(head.title, head.state, State.TOMBSTONE)
    store.move(work, head, State.TOMBSTONE, reason=command.reason)
    return refreshed(work, head)
