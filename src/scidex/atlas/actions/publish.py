"""Publish a draft."""

from __future__ import annotations

from scidex.atlas import store
from scidex.atlas.actions._common import Changed, expect, refreshed
from scidex.atlas.kinds import State
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Conflict


class PublishArtifact(Command):
    """The draft to publish."""

    ref: str
    expected_version: int | None = None


@action("artifact.publish", "Publish a draft", command=PublishArtifact, result=Changed)
def publish(command: PublishArtifact, work: Work) -> Changed:
    """From now on it counts as said."""
    head = expect(work, command.ref, command.expected_version)
    if head.state is not State.DRAFT:
        raise Conflict(f"“{head.title}” is {head.state}, not a draft.")
    store.move(work, head, State.PUBLISHED, reason="")
    return refreshed(work, head)
