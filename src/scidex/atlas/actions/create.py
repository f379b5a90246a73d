"""Create an artifact of any kind."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._citations import citation_faults
from scidex.atlas.actions._common import Changed, Moment, changed
from scidex.atlas.actions._papers import check_vouching
from scidex.atlas.kinds import State, kind_of
from scidex.kernel.actions import Command, Work, action


class CreateArtifact(Command):
    """`content` must fit the kind; `aliases` are other names it shall be found by."""

    kind: str
    content: dict[str, Any]
    aliases: tuple[str, ...] = ()
    draft: bool = False
    note: str = Field(default="", max_length=2000)
    valid_from: Moment | None = None


@action("artifact.create", "Create an artifact", command=CreateArtifact, result=Changed)
def create(command: CreateArtifact, work: Work) -> Changed:
    """Writes version 1 and its aliases."""
    kind = kind_of(command.kind)
    store.check_generic(kind)
    body = store.validated(kind, command.content)
    check_vouching(work, None, body)
    state = State.DRAFT if command.draft else State.PUBLISHED
    head = store.create(work, kind, body, state=state, note=command.note, valid_from=command.valid_from)
    for alias in command.aliases:
        store.add_alias(work, head.id, alias)
    return changed(head, citation_faults=citation_faults(work, body))
