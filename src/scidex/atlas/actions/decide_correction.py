"""Accept or decline a proposed correction."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._claims import page
from scidex.atlas.actions._common import Changed, changed
from scidex.atlas.actions.revise import ReviseArtifact
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.correction import CorrectionBody
from scidex.atlas.lifecycle import check_revisable
from scidex.atlas.model import Head
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Conflict, Invalid


class AcceptCorrection(Command):
    """The page gets a new version with the proposed text; the one before it stays in the history."""

    ref: str
    note: str = Field(default="", max_length=2000)


class DeclineCorrection(Command):
    """The page stays as it is; the proposal and the reason stay on record."""

    ref: str
    note: str = Field(max_length=2000)


@action("correction.accept", "Accept a proposed correction", command=AcceptCorrection, result=Changed)
def accept(command: AcceptCorrection, work: Work) -> Changed:
    """Replaces the passage, if it still stands on the page just once. Undone by `scidex restore`."""
    head, body = _open(work, command.ref)
    target, text = page(work, body.page)
    field = getattr(text, body.path)
    if field.count(body.original) != 1:
        state = "no longer stands" if body.original not in field else "stands more than once"
        raise Conflict(
            f"The passage {state} on “{target.title}”.",
            cure="Decline this correction and propose it on the newest version.",
        )
    content = text.model_copy(update={body.path: field.replace(body.original, body.proposed)}).model_dump(mode="json")
    note = f"Correction {head.id}: {body.reason}"[:2000]
    made = work.perform("artifact.revise", ReviseArtifact(ref=target.id, content=content, note=note))
    return _decided(work, head, body, "accepted", command.note, became_version=made.version)


@action("correction.decline", "Decline a proposed correction", command=DeclineCorrection, result=Changed)
def decline(command: DeclineCorrection, work: Work) -> Changed:
    """Writes down that the page stays as it is, and why."""
    head, body = _open(work, command.ref)
    return _decided(work, head, body, "declined", command.note, became_version=None)


def _open(work: Work, reference: str) -> tuple[Head, CorrectionBody]:
    head = store.find(work.connection, reference)
    if head.kind != "correction":
        raise Invalid(f"“{head.title}” is a {head.kind}, not a correction.")
    check_revisable(head.title, head.state)
    body = CorrectionBody.model_validate(store.contents(work.connection, [head])[head.id])
    if body.decision != "open":
        raise Conflict(f"This correction is already {body.decision}.", cure="Propose another one.")
    return head, body


def _decided(
    work: Work,
    head: Head,
    body: CorrectionBody,
    decision: Literal["accepted", "declined"],
    note: str,
    *,
    became_version: int | None,
) -> Changed:
    update = {"decision": decision, "decided_by": work.actor, "decision_note": note, "became_version": became_version}
    new = store.validated(kind_of("correction"), {**body.model_dump(), **update})
    return changed(store.revise(work, head, new, note=f"{decision.capitalize()}."))
