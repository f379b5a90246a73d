"""Give an artifact another name to be found by."""

from __future__ import annotations

from scidex.atlas import store
from scidex.atlas.actions._common import Changed, changed
from scidex.kernel.actions import Command, Work, action


class AddAlias(Command):
    """An identifier, slug or path that shall lead to `ref`."""

    ref: str
    alias: str


@action("artifact.alias", "Give an artifact another name", command=AddAlias, result=Changed)
def name(command: AddAlias, work: Work) -> Changed:
    """A name that already leads there changes nothing."""
    head = store.find(work.connection, command.ref)
    store.add_alias(work, head.id, command.alias)
    return changed(head)
