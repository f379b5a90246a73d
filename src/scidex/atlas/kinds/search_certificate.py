"""A search certificate: what was searched for in the library, for and against something, and what came back.

It can be replayed: evidence on a statement is found again as of that moment to the item, words as of today.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scidex.atlas.kinds.base import Body, Kind, Mention


class SearchEntry(Body):
    """One question and its answers. `total` is how many there were, `found` the first of them in order.

    `method` says how it was asked: ``evidence`` lists the items that stand on the statement with one of the stances in
    `query`, ``words`` asks the library's full text.
    """

    side: Literal["for", "against"]
    method: Literal["evidence", "words"]
    query: str = Field(max_length=2000)
    total: int = Field(ge=0)
    found: tuple[str, ...] = Field(default=(), max_length=200)


class SearchBody(Body):
    """`subject` is what evidence was searched on, `as_of` the moment the library was read at (ISO 8601)."""

    subject: str
    statement: str = Field(max_length=2000)
    as_of: str
    entries: tuple[SearchEntry, ...] = Field(min_length=1, max_length=20)

    @property
    def contrary(self) -> bool:
        """Whether somebody looked for what speaks against it, by both ways of asking."""
        return {entry.method for entry in self.entries if entry.side == "against"} == {"evidence", "words"}


def _title(body: SearchBody) -> str:
    found = {side: sum(entry.total for entry in body.entries if entry.side == side) for side in ("for", "against")}
    return f"Search for and against ({found['for']}, {found['against']} found): {body.statement[:400]}"


KIND = Kind(
    slug="search",
    label="Search certificate",
    plural="Search certificates",
    about="What was searched for in the library, for and against something, and what came back.",
    body=SearchBody,
    own_verbs=True,
    title=_title,
    text=lambda body: body.statement,
    mentions=lambda body: (Mention("searched_for", body.subject, "", "subject"),),
    example=lambda: SearchBody(
        subject="sx-000000000000000000",
        statement="Exosomes carry the benefit of MSC therapy.",
        as_of="2026-01-01T00:00:00Z",
        entries=(SearchEntry(side="against", method="words", query="exosomes no benefit", total=0),),
    ),
    background=True,
)
