"""What verbs on publications share: reading the record, and writing it anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scidex.atlas import store
from scidex.atlas.actions._common import Changed, expect, written
from scidex.atlas.kinds import Body, kind_of
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.kinds.works import RecordStatus
from scidex.atlas.lifecycle import check_revisable
from scidex.atlas.model import Head
from scidex.kernel.actions import Work
from scidex.kernel.errors import Conflict, Forbidden, Invalid
from scidex.kernel.ids import ActorId

LOOKUP = ActorId("software:scidex-lookup")
"""Who stores what the services said."""


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
    return written(work, head, new, note)


def check_vouching(work: Work, before: Body | None, after: Body) -> None:
    """Raises Forbidden if a program vouches for a record, changes one that is vouched for, or takes a notice away.

    Only a person can say that a record was seen at its source; what a program brings stays unverified until one does.
    The look-up of this installation is the exception: it reads the registries themselves.
    """
    if work.actor.type != "software" or work.actor == LOOKUP or not isinstance(after, PaperBody):
        return
    old = before if isinstance(before, PaperBody) else None
    was = old is not None and old.verification.status is RecordStatus.VERIFIED
    vouched = was or after.verification.status is RecordStatus.VERIFIED
    if vouched and (old is None or old.verification != after.verification or old.csl != after.csl):
        raise Forbidden(
            f"{work.actor} may not vouch for a record.", cure="Bring it as unverified; a person confirms it."
        )
    if old is not None and set(old.notices) - set(after.notices):
        raise Forbidden(f"{work.actor} may not take a notice away.", cure="Ask a person: `scidex paper unmark`.")


def check_notices_survive(work: Work, gone: Head, stays: Head, *, version: int | None = None) -> None:
    """Raises Conflict if a notice on `gone` would be lost to readers: by a merge into `stays`, or by going back to `version`.

    A retraction is taken back by saying so, and never on the way.
    """
    if gone.kind != "paper" or stays.kind != "paper":
        return
    before = PaperBody.model_validate(store.contents(work.connection, [gone])[gone.id])
    later = replace(stays, latest_version=version) if version else stays
    after = PaperBody.model_validate(store.contents(work.connection, [later])[stays.id])
    kept = {(notice.type, notice.date) for notice in after.notices}
    lost = next((notice for notice in before.notices if (notice.type, notice.date) not in kept), None)
    if lost is not None:
        raise Conflict(
            f"“{gone.title}” is under a {lost.words[:200]}, which would be lost.",
            cure="Record it on the other one first (`scidex paper mark`), or take it back (`scidex paper unmark`).",
        )
