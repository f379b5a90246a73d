"""Undo a retraction, a supersession or a tombstone."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import link_rows, store
from scidex.atlas.actions._common import Changed, expect, refreshed
from scidex.atlas.kinds import State
from scidex.atlas.links import Relation
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Conflict


class ReinstateArtifact(Command):
    """What shall stand as it stood before."""

    ref: str
    reason: str = Field(default="", max_length=2000)
    expected_version: int | None = None


@action("artifact.reinstate", "Undo a retraction, supersession or tombstone", command=ReinstateArtifact, result=Changed)
def reinstate(command: ReinstateArtifact, work: Work) -> Changed:
    """Goes back to the state it was in before it came into this one."""
    head = expect(work, command.ref, command.expected_version)
    if head.state not in (State.RETRACTED, State.SUPERSEDED, State.TOMBSTONE):
        cure = "Use `scidex unmerge`." if head.state is State.MERGED else ""
        raise Conflict(f"“{head.title}” is {head.state}; there is nothing to undo.", cure=cure)
    before = store.state_before(work.connection, head)
    if head.state is State.SUPERSEDED:
        for target in link_rows.targets(work.connection, head.id, Relation.SUPERSEDED_BY):
            link_rows.end_links(work, head.id, Relation.SUPERSEDED_BY, target)
    store.move(work, head, before, reason=command.reason)
    return refreshed(work, head)
