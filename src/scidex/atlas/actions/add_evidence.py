"""Add an evidence item: one passage of one source, for or against one claim or edge."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._claims import quoted, subject
from scidex.atlas.actions._common import Changed, changed
from scidex.atlas.actions._stances import check_stance
from scidex.atlas.actions.attach_text import LONGEST_TEXT
from scidex.atlas.bibliography.identifiers import WorkId
from scidex.atlas.evidence.model import Directness, Effect, Measure, RiskOfBias, Stance, StudyDesign
from scidex.atlas.evidence.quotes import QuoteFault, QuoteMatch, find_quote
from scidex.atlas.evidence.suggestions import suggest_stance
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.kinds.works import StoredText
from scidex.atlas.model import Head
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.clock import format_time
from scidex.kernel.errors import Forbidden, Invalid, NotFound
from scidex.kernel.ids import ArtifactId


class AddEvidence(Command):
    """`quote` must stand in a text of `source`, word for word; without one the item is a pointer and counts for nothing.

    Without a `stance` one is suggested by rule, marked as a suggestion, and counts for nothing until somebody judges.
    """

    claim: str = Field(
        max_length=300,
        description="The claim, hypothesis or edge (edge:12); a dimension of it (REF#safety); an argument (TURN#2).",
    )
    source: str = Field(description="The work: DOI, PMID, PMCID, NCT number, or its id here.")
    quote: str = Field(default="", max_length=4000, description="The passage, word for word.")
    stance: Stance | None = Field(default=None, description="What the passage says about the claim.")
    text: str = Field(
        default="",
        max_length=LONGEST_TEXT,
        description="File with the text of the source to check the quote in; only its hash is kept.",
        json_schema_extra={"file": True},
    )
    design: StudyDesign | None = Field(default=None, description="Design of the study.")
    sample_size: int | None = Field(default=None, ge=0, description="How many were studied.")
    measure: Measure | None = Field(default=None, description="What the effect is measured as.")
    estimate: str = Field(default="", max_length=64)
    low: str = Field(default="", max_length=64, description="Lower end of the interval.")
    high: str = Field(default="", max_length=64, description="Upper end of the interval.")
    p: str = Field(default="", max_length=64, description="The p value as printed.")
    directness: Directness = Directness.DIRECT
    risk_of_bias: RiskOfBias = RiskOfBias.UNCLEAR
    note: str = Field(default="", max_length=4000)


@action("evidence.add", "Add a passage for or against a claim", command=AddEvidence, result=Changed)
def add_evidence(command: AddEvidence, work: Work) -> Changed:
    """Checks the quote, then writes the item. A result that shows nothing may not be filed as contradicting."""
    name, statement = subject(work, command.claim)
    source, record = _source(work, command.source)
    effect = Effect(command.measure, command.estimate, command.low, command.high, "", command.p)
    if command.stance is not None:
        check_stance(command.stance, effect)
    stance, judge = command.stance, str(work.actor) if command.stance else ""
    suggested_by: tuple[str, ...] = ()
    if stance is None and command.quote:
        suggestion = suggest_stance(statement, command.quote)
        stance, suggested_by = suggestion.stance, tuple(str(rule) for rule in suggestion.rules)
    content = command.model_dump(include={"design", "sample_size", "directness", "risk_of_bias", "note"}, mode="json")
    content |= {
        "claim": name,
        "source": source,
        "stance": stance,
        "suggested_by": suggested_by,
        "judge": judge,
        "judged_on": format_time(work.now)[:10] if judge else "",
        "effect": command.model_dump(include={"measure", "estimate", "low", "high", "p"}, mode="json"),
        "passage": _passage(work, command, record),
    }
    kind = kind_of("evidence")
    return changed(store.create(work, kind, store.validated(kind, content)))


def _source(work: Work, given: str) -> tuple[str, PaperBody | None]:
    """The name the source is kept under, and its record if the library has one."""
    try:
        head = store.follow(work.connection, store.find(work.connection, given))
    except NotFound:
        if WorkId.matches(given):
            return str(WorkId.parse(given)), None
        raise
    if head.kind != "paper":
        raise Invalid(f"“{head.title}” is a {head.kind}, not a publication.", cure="Name a work, not a page.")
    return _name(head, given), PaperBody.model_validate(store.contents(work.connection, [head])[head.id])


def _name(head: Head, given: str) -> str:
    # An identifier outlives what this library calls the work.
    return str(WorkId.parse(given)) if WorkId.matches(given) and not ArtifactId.matches(given) else head.id


def _passage(work: Work, command: AddEvidence, record: PaperBody | None) -> dict[str, object] | None:
    if not command.quote:
        return None
    if command.text:
        if work.actor.type == "software":
            raise Forbidden(
                f"{work.actor} may not bring the text that its own quote is checked in.",
                cure="A person attaches the text (`scidex paper attach`), or leave the quote out.",
            )
        found = find_quote(command.text, command.quote)
        if isinstance(found, QuoteFault):
            raise Invalid(f"The quote does not stand in the text you gave: {found.message}", cure=found.cure)
        return _found(found, None)
    if record is None:
        raise Invalid(
            f"{command.source} is no work of this library, so the quote cannot be checked.",
            cure="Import its record and attach its text, or give the text with --text.",
        )
    return _found(*quoted(work, command.source, record, command.quote))


def _found(found: QuoteMatch, text: StoredText | None) -> dict[str, object]:
    return {
        "quote": found.passage,
        "text_sha256": found.text_sha256,
        "start": found.start,
        "end": found.end,
        "text_kept": text is not None,
        "text_label": text.label if text else None,
    }
