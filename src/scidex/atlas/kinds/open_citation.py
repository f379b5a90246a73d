"""An open citation: a key or reference that stands for no one work, with what it might mean and why it is open."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scidex.atlas.kinds.base import Body, Kind, Mention
from scidex.atlas.kinds.works import Candidate


class OpenCitationBody(Body):
    """`status` is ``ambiguous`` (more than one work fits) or ``unresolvable`` (none was found)."""

    key: str = Field(min_length=1, max_length=200)
    status: Literal["ambiguous", "unresolvable"]
    note: str = Field(default="", max_length=4000)
    source: str = Field(default="", max_length=2000)
    confidence: Literal["", "high", "medium", "low"] = ""
    candidates: tuple[Candidate, ...] = ()


def _mentions(body: OpenCitationBody) -> tuple[Mention, ...]:
    return tuple(
        Mention(
            "may_mean",
            candidate.identifiers[0],
            candidate.why or "A candidate.",
            f"candidates/{number}",
            candidate.title,
        )
        for number, candidate in enumerate(body.candidates)
        if candidate.identifiers
    )


KIND = Kind(
    slug="open-citation",
    label="Open citation",
    plural="Open citations",
    about="A citation key that stands for no one work, with its candidates.",
    body=OpenCitationBody,
    title=lambda body: f"@{body.key}: {body.status}",
    text=lambda body: "\n\n".join((body.note, *(candidate.words for candidate in body.candidates))),
    mentions=_mentions,
    names=lambda body: (f"@{body.key}",),
    example=lambda: OpenCitationBody(
        key="kim2020a",
        status="ambiguous",
        note="Surname and year fit many papers.",
        candidates=(Candidate(title="A trial", first_author="Kim H", year=2020, why="surname and year fit"),),
    ),
)
