"""Propose to correct a passage of a page."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._claims import claim, page, span_of
from scidex.atlas.actions._common import Changed, changed
from scidex.atlas.kinds import kind_of
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Conflict


class ProposeCorrection(Command):
    """`original` is the passage of the page, word for word; `proposed` what shall stand there instead."""

    page: str
    original: str = Field(max_length=20_000, description="The passage of the page, word for word.")
    proposed: str = Field(max_length=20_000, description="What shall stand there instead.")
    reason: str = Field(max_length=4000)
    claims: tuple[str, ...] = Field(default=(), description="A claim it follows from (repeatable).")


@action("correction.propose", "Propose to correct a passage of a page", command=ProposeCorrection, result=Changed)
def propose(command: ProposeCorrection, work: Work) -> Changed:
    """Keeps the proposal beside the page, which stays as it is until somebody accepts it."""
    head, body = page(work, command.page)
    span = span_of(head, body, command.original)
    if command.proposed == span.passage:
        raise Conflict("This is what already stands there.", cure="Propose another text.")
    content = {
        "page": head.id,
        "version": head.latest_version,
        "path": span.path,
        "original": span.passage,
        "proposed": command.proposed,
        "reason": command.reason,
        "claims": [claim(work, each).id for each in command.claims],
    }
    kind = kind_of("correction")
    return changed(store.create(work, kind, store.validated(kind, content)))
