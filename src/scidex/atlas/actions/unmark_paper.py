"""Take back a notice that was recorded by mistake."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas.actions._common import Changed
from scidex.atlas.actions._papers import paper, rewritten
from scidex.atlas.kinds.works import NoticeType
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Conflict


class UnmarkPaper(Command):
    """Takes back every notice of this type; the versions that had them stay in the history."""

    ref: str
    notice: NoticeType
    reason: str = Field(max_length=2000)
    expected_version: int | None = None


@action("paper.unmark", "Take back a recorded notice", command=UnmarkPaper, result=Changed)
def unmark(command: UnmarkPaper, work: Work) -> Changed:
    """Writes the record without the notices; what leaned on the work stands again."""
    head, body = paper(work, command.ref, command.expected_version)
    left = tuple(notice for notice in body.notices if notice.type is not command.notice)
    if len(left) == len(body.notices):
        raise Conflict(f"“{head.title}” has no {command.notice} to take back.")
    answer = rewritten(work, head, body, f"Took back the {command.notice}: {command.reason}"[:2000], notices=left)
    work.emit("paper.unmarked", head.id, notice=str(command.notice))
    return answer
