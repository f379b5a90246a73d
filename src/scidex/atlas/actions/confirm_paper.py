"""Say that a record was seen at its source, so that it may carry weight."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas.actions._common import Changed
from scidex.atlas.actions._papers import paper, rewritten
from scidex.atlas.kinds.works import RecordStatus, Verification
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Invalid


class ConfirmPaper(Command):
    """`source` is the address where you saw the record: the publisher's, PubMed's or the registry's."""

    ref: str
    source: str = Field(max_length=2000)
    note: str = Field(default="", max_length=2000)
    expected_version: int | None = None


@action("paper.confirm", "Say that you saw a record at its source", command=ConfirmPaper, result=Changed)
def confirm(command: ConfirmPaper, work: Work) -> Changed:
    """Raises the record to verified, in the name of the actor."""
    head, body = paper(work, command.ref, command.expected_version)
    if not command.source.startswith(("http://", "https://")):
        raise Invalid(f"“{command.source[:60]}” is no web address.", cure="Give the address where you saw the record.")
    seen = tuple(sorted(name for name in body.csl if name not in ("id", "custom")))
    verification = Verification(
        status=RecordStatus.VERIFIED, source=command.source, note=command.note, confidence="high", fields_seen=seen
    )
    note = f"Seen at {command.source}."
    return rewritten(work, head, body, note, verification=verification.model_dump(mode="json"))
