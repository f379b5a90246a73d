"""A debate: what is argued about, by which rules it is scored, and the verdicts it was closed with.

What is said in it are its turns, artifacts of their own. So a debate stays small however long it goes on, and every turn
has its own origin and address.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scidex.atlas.kinds.base import Body, Kind, Mention


class DebateVerdict(Body):
    """What a debate was closed with. Strengths are in billionths; `inputs` is the hash of all that they were computed from.

    `turns` is how many turns had been taken, `held_back` why the tier is lower than the rule alone would have it.
    """

    outcome: Literal["scored", "not-enough-evidence"]
    composite: int | None
    low: int
    high: int
    assessed: int
    tier: str
    tier_by_rule: str
    held_back: str = ""
    kernel: str
    rules: str
    semantics: str
    inputs: str = Field(pattern=r"^[0-9a-f]{64}$")
    turns: int = Field(ge=0)
    note: str = Field(default="", max_length=4000)


class DebateBody(Body):
    """`subject` is the artifact that is debated, `statement` what is said of it; `verdicts` the newest last."""

    subject: str
    statement: str = Field(min_length=1, max_length=2000)
    state: Literal["open", "closed"] = "open"
    rules: str
    semantics: str
    verdicts: tuple[DebateVerdict, ...] = ()
    reopened_because: str = Field(default="", max_length=4000)


KIND = Kind(
    slug="debate",
    label="Debate",
    plural="Debates",
    about="What is argued for and against something from checked evidence, and the score that follows from it.",
    body=DebateBody,
    own_verbs=True,
    title=lambda body: f"Debate: {body.statement[:480]}",
    text=lambda body: body.statement,
    mentions=lambda body: (Mention("debates", body.subject, "What is debated.", "subject"),),
    example=lambda: DebateBody(
        subject="sx-000000000000000000",
        statement="Exosomes carry the benefit of MSC therapy.",
        rules="debate-1",
        semantics="df-quad",
    ),
)
