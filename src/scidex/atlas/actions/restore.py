"""Bring back an earlier version, as a new one."""

from __future__ import annotations

import json

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._common import Changed, changed, expect
from scidex.atlas.actions._papers import check_notices_survive
from scidex.atlas.kinds import kind_of
from scidex.atlas.lifecycle import check_revisable
from scidex.kernel.actions import Command, Work, action


class RestoreVersion(Command):
    """Which version shall be the newest again. What came after it stays in the history."""

    ref: str
    version: int = Field(ge=1)
    expected_version: int | None = None
    note: str = Field(default="", max_length=2000)


@action("artifact.restore", "Make an earlier version the newest again", command=RestoreVersion, result=Changed)
def restore(command: RestoreVersion, work: Work) -> Changed:
    """Appends a version with the old content, derived from the old version."""
    head = expect(work, command.ref, command.expected_version)
    check_revisable(head.title, head.state)
    old = store.version(work.connection, head.id, command.version)
    newest = store.version(work.connection, head.id, head.latest_version)
    if old.content_hash == newest.content_hash:
        return changed(head, unchanged=True)
    check_notices_survive(work, head, head, version=old.number)
    body = store.validated(kind_of(head.kind), json.loads(old.content))
    origin = store.Derivation(old.artifact_id, old.number, old.content_hash, "prov:wasRevisionOf", {})
    note = command.note or f"Restored version {old.number}."
    return changed(store.revise(work, head, body, note=note, derived=(origin,)))
