"""Reopen a closed debate for a reason."""

from __future__ import annotations

from pydantic import Field

from scidex.agora.actions.open import OpenedDebate
from scidex.atlas import keeping
from scidex.atlas.kinds.debate import DebateBody
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Conflict


class ReopenDebate(Command):
    """Evidence that is new to a debate reopens it by itself; this is for other reasons. Its verdicts stay on record."""

    debate: str
    reason: str = Field(min_length=1, max_length=4000)


@action("debate.reopen", "Reopen a debate", command=ReopenDebate, result=OpenedDebate)
def reopen(command: ReopenDebate, work: Work) -> OpenedDebate:
    """Writes the next version, open again."""
    head, body = keeping.kept(work, command.debate, DebateBody)
    if body.state == "open":
        raise Conflict(f"“{head.title}” is open.", cure="Argue.")
    opened = body.model_copy(update={"state": "open", "reopened_because": command.reason})
    made = keeping.keep_again(work, head, opened, note=command.reason[:2000])
    work.emit("debate.reopened", head.id, reason=command.reason)
    return OpenedDebate(
        id=head.id, version=made.latest_version, state=opened.state, title=head.title, subject=body.subject
    )
