"""Type the stance of an evidence item, in one's own name: a suggestion becomes a judgement, or another judgement replaces one."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._common import Changed, written
from scidex.atlas.actions._stances import check_stance
from scidex.atlas.evidence.model import Effect, Stance
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.evidence_item import EvidenceBody
from scidex.atlas.lifecycle import check_revisable
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.clock import format_time
from scidex.kernel.errors import Invalid


class JudgeEvidence(Command):
    """An item counts once its stance is judged, its quote is checked and its source is verified."""

    ref: str
    stance: Stance
    note: str = Field(default="", max_length=4000)


@action("evidence.judge", "Judge the stance of an evidence item", command=JudgeEvidence, result=Changed)
def judge(command: JudgeEvidence, work: Work) -> Changed:
    """Writes the stance with its judge and day."""
    head = store.find(work.connection, command.ref)
    if head.kind != "evidence":
        raise Invalid(f"“{head.title}” is a {head.kind}, not an evidence item.")
    check_revisable(head.title, head.state)
    body = EvidenceBody.model_validate(store.contents(work.connection, [head])[head.id])
    check_stance(command.stance, Effect(**body.effect.model_dump()))
    update = {
        "stance": command.stance,
        "judge": work.actor,
        "judged_on": format_time(work.now)[:10],
        "note": command.note or body.note,
    }
    new = store.validated(kind_of("evidence"), {**body.model_dump(), **update})
    return written(work, head, new, f"Judged {command.stance}.")
