"""Contest an argument: bring a passage against it, and argue from it."""

from __future__ import annotations

from pydantic import Field

from scidex.agora.actions._turns import Argued, SaidArgument, SaidCitation, take
from scidex.atlas import keeping
from scidex.atlas.actions.add_evidence import AddEvidence
from scidex.atlas.actions.attach_text import LONGEST_TEXT
from scidex.atlas.evidence.model import Directness, RiskOfBias, Stance, StudyDesign
from scidex.atlas.kinds.turn import TurnBody
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Invalid


class Contest(Command):
    """`argument` is its id (TURN#2). Evidence against it is a passage of a source, or an item that stands on it already.

    Without evidence the objection is kept and weighs nothing.
    """

    argument: str = Field(max_length=300, description="The argument, by id: TURN#2.")
    words: str = Field(default="", max_length=4000, description="The objection in a sentence.")
    source: str = Field(default="", description="The work that speaks against it: DOI, PMID, PMCID, or its id here.")
    quote: str = Field(default="", max_length=4000, description="The passage, word for word.")
    text: str = Field(
        default="",
        max_length=LONGEST_TEXT,
        description="File with the text of the source to check the quote in; only its hash is kept.",
        json_schema_extra={"file": True},
    )
    cites: tuple[str, ...] = Field(
        default=(), max_length=100, description="An item of evidence on the argument (repeatable)."
    )
    design: StudyDesign | None = Field(default=None, description="Design of the study.")
    sample_size: int | None = Field(default=None, ge=0, description="How many were studied.")
    directness: Directness = Directness.DIRECT
    risk_of_bias: RiskOfBias = RiskOfBias.UNCLEAR


@action("debate.contest", "Contest an argument", command=Contest, result=Argued)
def contest(command: Contest, work: Work) -> Argued:
    """The passage becomes an item of evidence on the argument, in the same transaction."""
    whole, _, place = command.argument.partition("#")
    turn, body = keeping.kept(work, whole, TurnBody)
    if not place:
        raise Invalid(f"“{turn.title}” is a turn of several arguments.", cure=f"Name one: {turn.id}#1.")
    argument = f"{turn.id}#{place}"
    cites = command.cites
    if command.source:
        asked = command.model_dump(exclude={"argument", "words", "cites"})
        evidence = AddEvidence(claim=argument, stance=Stance.CONTRADICTS if command.quote else None, **asked)
        cites = (*cites, work.perform("evidence.add", evidence).id)
    said = SaidArgument(
        about=argument, side="attacks", words=command.words, cites=tuple(SaidCitation(item=item) for item in cites)
    )
    return take(work, body.debate, [said])
