"""What is said about published works, shared by the kinds that name them: notices, candidates, verification, texts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from scidex.atlas.bibliography.identifiers import WorkId
from scidex.atlas.kinds.base import Body
from scidex.kernel.errors import Invalid


def _identifier(text: str) -> str:
    try:
        return str(WorkId.parse(text))
    except Invalid as error:
        raise ValueError(str(error)) from None


IdentifierText = Annotated[str, AfterValidator(_identifier)]
"""An identifier in its one spelling, such as ``doi:10.1126/science.284.5411.143``."""


class NoticeType(StrEnum):
    """What a publisher said of a work after it appeared (the words of Crossref and PubMed)."""

    RETRACTION = "retraction"
    EXPRESSION_OF_CONCERN = "expression of concern"
    CORRECTION = "correction"


class EditorialNotice(Body):
    """One notice: of which day (ISO 8601, as exactly as known), under which identifier, and what it says."""

    type: NoticeType
    date: Annotated[str, Field(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")] = ""
    identifier: IdentifierText | Literal[""] = ""
    url: str = Field(default="", max_length=2000)
    reason: str = Field(default="", max_length=4000)

    @property
    def words(self) -> str:
        """The notice on one line."""
        where = f" ({self.identifier})" if self.identifier else ""
        when = f" of {self.date}" if self.date else ""
        return f"{self.type}{when}{where}{f': {self.reason}' if self.reason else ''}"


class Candidate(Body):
    """A work that something might mean, as whoever wrote it down knew it; nothing of it is checked here."""

    title: str
    first_author: str = ""
    container: str = ""
    year: int | None = None
    identifiers: tuple[IdentifierText, ...] = ()
    status: str = ""
    source: str = ""
    why: str = ""

    @property
    def words(self) -> str:
        """The candidate on one line."""
        where = " ".join(str(part) for part in (self.container, self.year) if part)
        return ". ".join(part for part in (self.first_author, self.title, where) if part)


class RecordStatus(StrEnum):
    """Whether somebody has seen the record at its source. Only `VERIFIED` ones can carry weight."""

    VERIFIED = "verified"
    FROM_MEMORY = "from-memory"
    UNVERIFIED = "unverified"


class Verification(Body):
    """How far a record is confirmed: where it was seen, which fields were, and what is only remembered.

    `confidence` is about the key: how surely it stands for this work (high, medium, low, or empty). `candidates` are
    other works it might stand for.
    """

    status: RecordStatus = RecordStatus.UNVERIFIED
    source: str = Field(default="", max_length=2000)
    note: str = Field(default="", max_length=4000)
    confidence: Literal["", "high", "medium", "low"] = ""
    fields_seen: tuple[str, ...] = ()
    fields_from_memory: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


TextLabel = Literal["abstract", "full text", "excerpt", "extracted facts"]
"""What a text of a work is. Extracted facts are what somebody read in the source, in that reader's words."""


class StoredText(Body):
    """A text of the work that quotes are checked against: by hash, kept here only if its licence allows (`kept`).

    `length` is in characters (code points).
    """

    label: TextLabel
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    length: int
    kept: bool
    licence: str = Field(default="", max_length=300)
