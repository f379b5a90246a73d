"""Merge one artifact into another."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import link_rows, store
from scidex.atlas.actions._common import Changed, expect, refreshed
from scidex.atlas.actions._papers import check_notices_survive
from scidex.atlas.kinds import State
from scidex.atlas.lifecycle import check_move
from scidex.atlas.links import Relation
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Conflict, Invalid


class MergeArtifacts(Command):
    """`ref` is merged into `into`: its address and aliases then lead there. Nothing of it is lost."""

    ref: str
    into: str
    reason: str = Field(default="", max_length=2000)
    expected_version: int | None = None


@action("artifact.merge", "Merge an artifact into another", command=MergeArtifacts, result=Changed)
def merge(command: MergeArtifacts, work: Work) -> Changed:
    """Redirects `ref` to `into` and links them. Undone by `artifact.unmerge`."""
    source = expect(work, command.ref, command.expected_version)
    target = store.follow(work.connection, store.find(work.connection, command.into))
    if source.redirect_to is not None:
        raise Conflict(f"“{source.title}” is already merged into {source.redirect_to}.", cure="Undo that merge first.")
    if target.id == source.id:
        raise Conflict(f"“{source.title}” cannot be merged into itself.")
    if source.kind != target.kind:
        raise Invalid(f"A {source.kind} cannot be merged into a {target.kind}.", cure="Link them instead.")
    if target.state is State.TOMBSTONE:
        raise Conflict(f"“{target.title}” is a tombstone.", cure="Reinstate it first.")
    check_notices_survive(work, source, target)
    check_move(source.title, source.state, State.MERGED)
    store.move(work, source, State.MERGED, reason=command.reason, redirect_to=target.id)
    link_rows.add_link(work, target, Relation.MERGED_FROM, source.id, command.reason or "Merged.")
    return refreshed(work, source)
