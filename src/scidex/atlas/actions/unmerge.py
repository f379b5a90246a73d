"""Undo a merge."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import link_rows, store
from scidex.atlas.actions._common import Changed, refreshed
from scidex.atlas.links import Relation
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Conflict


class UndoMerge(Command):
    """The artifact that was merged away; its id names it even while its aliases lead elsewhere."""

    ref: str
    reason: str = Field(default="", max_length=2000)


@action("artifact.unmerge", "Undo a merge", command=UndoMerge, result=Changed)
def unmerge(command: UndoMerge, work: Work) -> Changed:
    """Gives the artifact back its address and the state it had before."""
    source = store.find(work.connection, command.ref)
    if source.redirect_to is None:
        raise Conflict(f"“{source.title}” is not merged into anything.")
    before = store.state_before(work.connection, source)
    target = source.redirect_to
    store.move(work, source, before, reason=command.reason)
    link_rows.end_links(work, target, Relation.MERGED_FROM, source.id)
    return refreshed(work, source)
