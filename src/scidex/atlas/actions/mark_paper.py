"""Record what a publisher said of a work: that it is retracted, corrected, or under concern."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas.actions._common import Changed
from scidex.atlas.actions._papers import paper, rewritten
from scidex.atlas.bibliography.identifiers import WorkId
from scidex.atlas.kinds.works import EditorialNotice, NoticeType
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Invalid


class MarkPaper(Command):
    """`notice` is retraction, correction or expression of concern; `date` the day of the notice, `identifier` its DOI or PMID.

    Whatever leans on a retracted work loses that support at once: pages, claims and evidence read it when they are read.
    """

    ref: str
    notice: NoticeType
    date: str = Field(default="", description="Day of the notice (2021, 2021-05 or 2021-05-03).")
    identifier: str = Field(default="", description="DOI or PMID of the notice.")
    url: str = Field(default="", description="Address of the notice.")
    reason: str = Field(default="", max_length=4000)
    expected_version: int | None = None


@action("paper.mark", "Record a retraction, correction or expression of concern", command=MarkPaper, result=Changed)
def mark(command: MarkPaper, work: Work) -> Changed:
    """Adds the notice to the record. Taken back by `paper.unmark`."""
    head, body = paper(work, command.ref, command.expected_version)
    if command.url and not command.url.startswith(("http://", "https://")):
        raise Invalid(f"“{command.url[:60]}” is no web address.", cure="Begin it with https://.")
    identifier = str(WorkId.parse(command.identifier)) if command.identifier else ""
    notice = EditorialNotice(
        type=command.notice, date=_day(command.date), identifier=identifier, url=command.url, reason=command.reason
    )
    if notice in body.notices:
        return rewritten(work, head, body, "")
    answer = rewritten(work, head, body, f"Notice: {notice.words}"[:2000], notices=(*body.notices, notice))
    work.emit("paper.marked", head.id, notice=str(notice.type), date=notice.date)
    return answer


def _day(text: str) -> str:
    try:
        return EditorialNotice(type=NoticeType.RETRACTION, date=text.strip()).date
    except ValueError:
        raise Invalid(f"“{text[:30]}” is not a day.", cure="Write 2021, 2021-05 or 2021-05-03.") from None
