"""Retract an artifact: it stays readable, under a notice that says why."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._common import Changed, expect, refreshed
from scidex.atlas.kinds import State
from scidex.atlas.lifecycle import check_move
from scidex.kernel.actions import Command, Work, action


class RetractArtifact(Command):
    """A retraction needs its reason."""

    ref: str
    reason: str = Field(min_length=1, max_length=2000)
    expected_version: int | None = None


@action("artifact.retract", "Retract an artifact", command=RetractArtifact, result=Changed)
def retract(command: RetractArtifact, work: Work) -> Changed:
    """Embeds of a retracted artifact show the notice instead of the text."""
    head = expect(work, command.ref, command.expected_version)
    check_move(head.title, head.state, State.RETRACTED)
    store.move(work, head, State.RETRACTED, reason=command.reason)
    return refreshed(work, head)
