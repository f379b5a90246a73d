"""Say that one artifact is superseded by another."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import link_rows, store
from scidex.atlas.actions._common import Changed, expect, refreshed
from scidex.atlas.kinds import State
from scidex.atlas.lifecycle import check_move
from scidex.atlas.links import Relation
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Conflict


class SupersedeArtifact(Command):
    """`ref` stays readable at its address and points to `by`."""

    ref: str
    by: str
    reason: str = Field(default="", max_length=2000)
    expected_version: int | None = None


@action("artifact.supersede", "Mark an artifact as superseded by another", command=SupersedeArtifact, result=Changed)
def supersede(command: SupersedeArtifact, work: Work) -> Changed:
    """Unlike a merge the old text stays in view, with a notice."""
    old = expect(work, command.ref, command.expected_version)
    new = store.follow(work.connection, store.find(work.connection, command.by))
    if new.id == old.id:
        raise Conflict(f"“{old.title}” cannot supersede itself.")
    check_move(old.title, old.state, State.SUPERSEDED)
    store.move(work, old, State.SUPERSEDED, reason=command.reason)
    link_rows.add_link(work, old, Relation.SUPERSEDED_BY, new.id, command.reason or "Superseded.")
    return refreshed(work, old)
