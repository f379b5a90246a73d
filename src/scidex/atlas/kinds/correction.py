"""A correction: a proposed change to one passage of a page, with its reason. Accepting it writes a new version."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scidex.atlas.kinds.base import Body, Kind, Mention


class CorrectionBody(Body):
    """`original` is what stands in field `path` of version `version` of `page`; `proposed` is what shall stand there."""

    page: str
    version: int = Field(ge=1)
    path: Literal["lead", "body"]
    original: str = Field(min_length=1, max_length=20_000)
    proposed: str = Field(max_length=20_000)
    reason: str = Field(min_length=1, max_length=4000)
    claims: tuple[str, ...] = ()
    decision: Literal["open", "accepted", "declined"] = "open"
    decided_by: str = ""
    decision_note: str = Field(default="", max_length=2000)
    became_version: int | None = None


def _mentions(body: CorrectionBody) -> tuple[Mention, ...]:
    claims = [
        Mention("follows_from", claim, "What the correction rests on.", f"claims/{number}")
        for number, claim in enumerate(body.claims)
    ]
    return (Mention("corrects", body.page, body.reason[:300], "page"), *claims)


KIND = Kind(
    slug="correction",
    label="Correction",
    plural="Corrections",
    about="A proposed change to a passage of a page, with its reason.",
    body=CorrectionBody,
    own_verbs=True,
    title=lambda body: f"Correction ({body.decision}): {body.original[:300]}",
    text=lambda body: f"{body.reason}\n\nFrom: {body.original}\n\nTo: {body.proposed}",
    mentions=_mentions,
    example=lambda: CorrectionBody(
        page="sx-000000000000000000",
        version=1,
        path="body",
        original="It is approved in Australia.",
        proposed="It is not approved in Australia for this.",
        reason="The licence was to manufacture.",
    ),
)
