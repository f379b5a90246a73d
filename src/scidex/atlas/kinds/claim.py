"""A claim: one falsifiable statement, at a span of a page, with a verdict and by whom.

The verdict here is somebody's judgement. What the checked passages say is worked out from the evidence items when the
claim is read, by the rules of `scidex.atlas.evidence`, and stands beside it.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from scidex.atlas.kinds.base import Body, Kind, Mention


class Verdict(StrEnum):
    """What a judge found. Unverifiable is a finding too: nothing was found that could decide."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    CONTRADICTED = "contradicted"
    UNVERIFIABLE = "unverifiable"


class ClaimContext(Body):
    """Where the statement is meant to hold; empty where it does not say."""

    species: str = ""
    population: str = ""
    stage: str = ""
    dose: str = ""
    comparator: str = ""
    outcome: str = ""


class ClaimSpan(Body):
    """The statement's place: characters `start` to `end` of field `path` of a version of a page, and what stands there."""

    page: str
    version: int = Field(ge=1)
    path: str = Field(pattern=r"^(lead|body)$")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    passage: str = Field(max_length=4000)


class Judgement(Body):
    """A verdict, by whom, on which day (ISO 8601 or empty), and why; `sources` as the judge named them."""

    verdict: Verdict
    judge: str
    date: str = ""
    note: str = Field(default="", max_length=4000)
    sources: str = Field(default="", max_length=4000)


class ClaimBody(Body):
    """`page` is the artifact that makes the claim; `span` is empty for something the page leaves out (`omission`)."""

    statement: str = Field(min_length=1, max_length=2000)
    subject: str = ""
    relation: str = ""
    object: str = ""
    context: ClaimContext = ClaimContext()
    page: str = ""
    label: str = Field(default="", max_length=64)
    section: str = ""
    cited: tuple[str, ...] = ()
    span: ClaimSpan | None = None
    omission: bool = False
    judgement: Judgement | None = None


def _mentions(body: ClaimBody) -> tuple[Mention, ...]:
    return (Mention("stated_in", body.page, "The page that states it.", "page"),) if body.page else ()


def _text(body: ClaimBody) -> str:
    judged = f"{body.judgement.verdict}: {body.judgement.note}" if body.judgement else ""
    return "\n\n".join(part for part in (body.statement, judged) if part)


KIND = Kind(
    slug="claim",
    label="Claim",
    plural="Claims",
    about="One falsifiable statement, at its place in a page, with the evidence for and against it.",
    body=ClaimBody,
    own_verbs=True,
    title=lambda body: body.statement[:500],
    text=_text,
    mentions=_mentions,
    example=lambda: ClaimBody(
        statement="MSC therapy slows the progression of ALS.",
        subject="MSC therapy",
        relation="slows",
        object="progression of ALS",
        context=ClaimContext(species="human"),
        judgement=Judgement(verdict=Verdict.PARTLY, judge="person:example"),
    ),
)
