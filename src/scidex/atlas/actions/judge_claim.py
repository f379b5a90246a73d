"""Give a verdict on a claim, in one's own name."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._claims import claim
from scidex.atlas.actions._common import Changed, written
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.claim import ClaimBody, Judgement, Verdict
from scidex.atlas.lifecycle import check_revisable
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.clock import format_time


class JudgeClaim(Command):
    """A verdict stands beside what the checked passages say and never replaces it."""

    ref: str
    verdict: Verdict
    note: str = Field(default="", max_length=4000)
    sources: str = Field(default="", max_length=4000, description="What the verdict rests on.")


@action("claim.judge", "Give a verdict on a claim", command=JudgeClaim, result=Changed)
def judge(command: JudgeClaim, work: Work) -> Changed:
    """Writes the verdict with its judge and day; an earlier one stays in the history."""
    head = claim(work, command.ref)
    check_revisable(head.title, head.state)
    body = ClaimBody.model_validate(store.contents(work.connection, [head])[head.id])
    judgement = Judgement(
        verdict=command.verdict,
        judge=work.actor,
        date=format_time(work.now)[:10],
        note=command.note,
        sources=command.sources,
    )
    new = store.validated(kind_of("claim"), {**body.model_dump(), "judgement": judgement.model_dump()})
    return written(work, head, new, f"Judged {command.verdict}.")
