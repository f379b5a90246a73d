"""An evidence item: one passage of one source, its stance to one statement, and who judged that.

The statement is a claim, an edge, anything else that can be debated, or a part of it.
"""

from __future__ import annotations

from pydantic import Field

from scidex.atlas.evidence.model import Directness, Measure, RiskOfBias, Stance, StudyDesign
from scidex.atlas.kinds.base import Body, Kind, Mention
from scidex.atlas.kinds.works import TextLabel


class Effect(Body):
    """An effect as its source printed it: text, never a float."""

    measure: Measure | None = None
    estimate: str = ""
    low: str = ""
    high: str = ""
    level: str = ""
    p: str = ""


class Passage(Body):
    """The passage as it stands in the text: characters `start` to `end` of the text with this hash.

    A passage is only written once it has been found there, word for word; `text_kept` says whether the text is still
    here to look again, `text_label` what the text is. Where it is extracted facts, the words are those of whoever read the
    source and wrote the facts down, and not the source's own.
    """

    quote: str = Field(min_length=1, max_length=4000)
    text_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    text_kept: bool
    text_label: TextLabel | None = None

    @property
    def extracted(self) -> bool:
        """Whether the words are not the source's own."""
        return self.text_label == "extracted facts"


class EvidenceBody(Body):
    """`source` names the work (an identifier or an artifact id); `stance` is empty where nobody, and no rule, has decided.

    `judge` is empty while the stance is a suggestion, and `suggested_by` then says which rules made it. Without a `passage`
    the item is a pointer: shown, never counted.
    """

    claim: str = Field(min_length=1, max_length=300)
    source: str = Field(min_length=1, max_length=300)
    stance: Stance | None = None
    suggested_by: tuple[str, ...] = ()
    passage: Passage | None = None
    design: StudyDesign | None = None
    sample_size: int | None = Field(default=None, ge=0)
    effect: Effect = Effect()
    directness: Directness = Directness.DIRECT
    risk_of_bias: RiskOfBias = RiskOfBias.UNCLEAR
    judge: str = ""
    judged_on: str = ""
    note: str = Field(default="", max_length=4000)


def _title(body: EvidenceBody) -> str:
    said = " ".join((body.passage.quote if body.passage else body.source).split())
    return f"{body.stance or 'not judged'}: {said[:400]}"


def _mentions(body: EvidenceBody) -> tuple[Mention, ...]:
    return (
        # What it is on may be a part: a dimension of a hypothesis (sx-…#safety), an argument of a turn (sx-…#2).
        Mention("evidence_for", body.claim.partition("#")[0], f"Its stance: {body.stance or 'not judged'}.", "claim"),
        Mention("quotes", body.source, "The source of the passage.", "source"),
    )


KIND = Kind(
    slug="evidence",
    label="Evidence item",
    plural="Evidence items",
    about="One passage of one source and its stance to one claim.",
    body=EvidenceBody,
    own_verbs=True,
    title=_title,
    text=lambda body: "\n\n".join(part for part in (body.passage.quote if body.passage else "", body.note) if part),
    mentions=_mentions,
    example=lambda: EvidenceBody(
        claim="sx-000000000000000000",
        source="doi:10.5555/nothing.much",
        stance=Stance.NOT_SHOWN,
        design=StudyDesign.RANDOMISED_TRIAL,
        sample_size=48,
        effect=Effect(p="0.45"),
        judge="person:example",
    ),
    background=True,
)
