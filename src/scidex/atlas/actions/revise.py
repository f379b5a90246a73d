"""Write a new version of an artifact."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._citations import citation_faults
from scidex.atlas.actions._common import Changed, Moment, changed, expect
from scidex.atlas.actions._papers import check_vouching
from scidex.atlas.kinds import kind_of
from scidex.atlas.lifecycle import check_revisable
from scidex.kernel.actions import Command, Work, action


class ReviseArtifact(Command):
    """The whole new content. `expected_version` is the one the author looked at; without it the last writer wins."""

    ref: str
    content: dict[str, Any]
    expected_version: int | None = None
    note: str = Field(default="", max_length=2000)
    valid_from: Moment | None = None


@action("artifact.revise", "Write a new version", command=ReviseArtifact, result=Changed)
def revise(command: ReviseArtifact, work: Work) -> Changed:
    """Appends a version. The same content again writes nothing and says so."""
    head = expect(work, command.ref, command.expected_version)
    check_revisable(head.title, head.state)
    store.check_generic(kind_of(head.kind))
    body = store.validated(kind_of(head.kind), command.content)
    if store.is_newest(work.connection, head, body):
        return changed(head, unchanged=True)
    if head.kind == "paper":
        before = store.validated(kind_of(head.kind), store.contents(work.connection, [head])[head.id])
        check_vouching(work, before, body)
    made = store.revise(work, head, body, note=command.note, valid_from=command.valid_from)
    return changed(made, citation_faults=citation_faults(work, body))
