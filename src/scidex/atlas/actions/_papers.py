"""What verbs on publications share: reading the record, and writing it anew."""

from __future__ import annotations

from typing import Any

from scidex.atlas import store
from scidex.atlas.actions._common import Changed, changed, expect
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.lifecycle import check_revisable
from scidex.atlas.model import Head
from scidex.kernel.actions import Work
from scidex.kernel.errors import Invalid


def paper(work: Work, reference: str, expected_version: int | None = None) -> tuple[Head, PaperBody]:
    """The publication `reference` names, through merges, and its record. Raises Invalid if it is something else."""
    head = store.follow(work.connection, expect(work, reference, expected_version))
    if head.kind != "paper":
        raise Invalid(
            f"“{head.title}” is a {head.kind}, not a publication.", cure="`scidex list --kind paper` shows them."
        )
    check_revisable(head.title, head.state)
    return head, PaperBody.model_validate(store.contents(work.connection, [head])[head.id])


def rewritten(work: Work, head: Head, body: PaperBody, note: str, **changes: Any) -> Changed:
    """Writes `body` with `changes` as the next version; nothing if that is what stands there."""
    new = store.validated(kind_of("paper"), {**body.model_dump(mode="json"), **changes})
    if store.is_newest(work.connection, head, new):
        return changed(head, unchanged=True)
    return changed(store.revise(work, head, new, note=note))
