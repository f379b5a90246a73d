"""Close a debate with its verdict."""

from __future__ import annotations

from pydantic import Field

from scidex.agora.queries.kept import kept_debate
from scidex.atlas import keeping
from scidex.atlas.kinds.debate import DebateBody
from scidex.kernel.actions import Command, Result, Work, action
from scidex.kernel.errors import Conflict


class CloseDebate(Command):
    """The verdict is worked out by the rules from what was argued; nobody writes it."""

    debate: str
    note: str = Field(default="", max_length=4000)


class ClosedDebate(Result):
    """The verdict. Strengths are in billionths; `composite` is empty where there is not enough evidence."""

    id: str
    version: int
    outcome: str
    composite: int | None
    low: int
    high: int
    tier: str
    held_back: str
    inputs: str


@action("debate.close", "Close a debate with its verdict", command=CloseDebate, result=ClosedDebate)
def close(command: CloseDebate, work: Work) -> ClosedDebate:
    """Keeps the score with the hash of its inputs, so that anybody can recompute it from what was known then."""
    head, body = keeping.kept(work, command.debate, DebateBody)
    if body.state == "closed":
        raise Conflict(f"“{head.title}” is closed already.", cure="New evidence, or a reason, reopens it.")
    kept = kept_debate(work.connection, head, waiting=False)
    stands = kept.standing()
    found = stands.score
    verdict = kept.verdict(stands, command.note)
    closed = body.model_copy(update={"state": "closed", "verdicts": (*body.verdicts, verdict)})
    made = keeping.keep_again(work, head, closed, note=command.note or f"Closed: {stands.tier}.")
    work.emit("debate.closed", head.id, tier=str(stands.tier), composite=found.composite, inputs=found.inputs)
    return ClosedDebate(
        id=head.id,
        version=made.latest_version,
        outcome=found.outcome,
        composite=found.composite,
        low=found.low,
        high=found.high,
        tier=stands.tier,
        held_back=stands.held_back,
        inputs=found.inputs,
    )
