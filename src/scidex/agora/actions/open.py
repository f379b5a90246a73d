"""Open a debate on an artifact."""

from __future__ import annotations

from pydantic import Field

from scidex.agora.argumentation import Semantics
from scidex.agora.queries.kept import debates_on
from scidex.agora.rules import NEWEST, rules
from scidex.atlas import keeping
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.debate import DebateBody
from scidex.kernel.actions import Command, Result, Work, action
from scidex.kernel.errors import Conflict, Invalid


class OpenDebate(Command):
    """`subject` is what is debated: a hypothesis, a claim, a page. One artifact has one debate, so that it has one score."""

    subject: str
    statement: str = Field(default="", max_length=2000, description="What is debated, if its title does not say it.")
    rules: str = Field(default=NEWEST, max_length=64, description="By which rules it is scored.")


class OpenedDebate(Result):
    """The debate and what it is about."""

    id: str
    version: int
    state: str
    title: str
    subject: str


@action("debate.open", "Open a debate", command=OpenDebate, result=OpenedDebate)
def open_debate(command: OpenDebate, work: Work) -> OpenedDebate:
    """Refuses where there is one already: it is continued, or reopened."""
    subject = keeping.named(work, command.subject)
    kind = kind_of(subject.kind)
    if kind.background or subject.kind == "debate":
        raise Invalid(
            f"“{subject.title}” is a {kind.label.lower()}, which states nothing to debate.",
            cure="Name a hypothesis, a claim, a page, a publication.",
        )
    if there := debates_on(work.connection, subject):
        raise Conflict(
            f"“{subject.title}” is debated already in {there[-1].id}.",
            cure="Argue there; evidence that is new to it reopens a closed debate.",
        )
    body = DebateBody(
        subject=subject.id,
        statement=command.statement.strip() or subject.title,
        rules=rules(command.rules).version,
        semantics=Semantics.DF_QUAD,
    )
    head = keeping.keep(work, body, "debate")
    work.emit("debate.opened", head.id, about=subject.id)
    return OpenedDebate(id=head.id, version=head.latest_version, state=body.state, title=head.title, subject=subject.id)
