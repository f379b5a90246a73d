"""What several verbs share: their usual answer, and the optimistic lock."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator

from scidex.atlas import store
from scidex.atlas.kinds import Body
from scidex.atlas.model import Head
from scidex.kernel.actions import Result, Work
from scidex.kernel.clock import in_utc
from scidex.kernel.errors import Conflict

Moment = Annotated[datetime, AfterValidator(in_utc)]
"""A time in a command; without a zone it is UTC, wherever the server stands."""


class Changed(Result):
    """Which artifact a verb changed, and how it stands now.

    `citation_faults` says what is wrong with the citations of a page that was written: it is kept, and they are flagged.
    """

    id: str
    version: int
    state: str
    title: str
    unchanged: bool = False
    citation_faults: tuple[str, ...] = ()


def changed(head: Head, *, unchanged: bool = False, citation_faults: tuple[str, ...] = ()) -> Changed:
    """The usual answer."""
    return Changed(
        id=head.id,
        version=head.latest_version,
        state=head.state,
        title=head.title,
        unchanged=unchanged,
        citation_faults=citation_faults,
    )


def written(work: Work, head: Head, body: Body, note: str) -> Changed:
    """Writes `body` as the next version; nothing if that is what stands there."""
    if store.is_newest(work.connection, head, body):
        return changed(head, unchanged=True)
    return changed(store.revise(work, head, body, note=note))


def expect(work: Work, reference: str, expected_version: int | None) -> Head:
    """The artifact `reference` names. Raises Conflict if the caller looked at another version than the newest."""
    head = store.find(work.connection, reference)
    if expected_version is not None and expected_version != head.latest_version:
        raise Conflict(
            f"“{head.title}” is at version {head.latest_version}; the change was made on version {expected_version}.",
            cure=f"Look at `scidex diff {head.id} {expected_version} {head.latest_version}`, then make it on the newest.",
        )
    return head


def refreshed(work: Work, head: Head) -> Changed:
    """The answer after a change of state."""
    return changed(store.head(work.connection, head.id))
