"""A file of hypotheses with the evidence somebody found for and against each: JSON, checked whole before anything is written.

What a study found stands in the words of whoever read it (`finding`). An entry that was not seen at its source says so
(``verified: false``), and identifiers that were remembered are named.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from scidex.atlas.evidence.model import Directness, Measure, RiskOfBias, Stance, StudyDesign
from scidex.atlas.importing.model import Unreadable
from scidex.atlas.kinds.dimensions import Dimension

UNTITLED = "[title not recorded] "
"""What stands before the title of a work of which only the citation is known."""
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
_CURE = "docs/how-to/load-hypotheses.md has an example"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReadEffect(_Part):
    """An effect, every number the text of the source."""

    measure: Measure | None = None
    estimate: str = Field(default="", max_length=64)
    low: str = Field(default="", max_length=64)
    high: str = Field(default="", max_length=64)
    p: str = Field(default="", max_length=64)


class ReadEvidence(_Part):
    """One finding of one source. `on` is the dimension it speaks to, if not the whole; ``context`` speaks to neither side."""

    citation: _Line
    PMID: str | None = None
    PMCID: str | None = None
    DOI: str | None = None
    stance: Stance | Literal["context"]
    finding: str = Field(min_length=1, max_length=4000)
    verified: bool
    source: str | None = Field(default=None, max_length=2000)
    ids_from_memory: tuple[str, ...] = ()
    note: str | None = Field(default=None, max_length=4000)
    on: Dimension | None = None
    design: StudyDesign | None = None
    sample_size: int | None = Field(default=None, ge=0)
    effect: ReadEffect = ReadEffect()
    directness: Directness = Directness.DIRECT
    risk_of_bias: RiskOfBias = RiskOfBias.UNCLEAR
    registrations: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()

    @property
    def identifiers(self) -> dict[str, str]:
        """The identifiers that were seen, under their names in CSL. One that is only remembered may be another work's."""
        given = {"DOI": self.DOI, "PMID": self.PMID, "PMCID": self.PMCID}
        return {name: value for name, value in given.items() if value and name not in self.ids_from_memory}

    @property
    def remembered(self) -> str:
        """What is only remembered of the identifiers, in words."""
        ids = [f"{name} {value}" for name in self.ids_from_memory if (value := getattr(self, name[:5].strip(), None))]
        return f"From memory, and not used: {', '.join(ids)}." if ids else ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which the work is known, if it is."""
        return (*(f"{name.lower()}:{value}" for name, value in self.identifiers.items()), f"@{self.key}")

    @property
    def key(self) -> str:
        """A citation key made of the citation, for works without an identifier."""
        return re.sub(r"[^a-z0-9]+", "-", self.citation.casefold()).strip("-")[:80]


class ReadHypothesis(_Part):
    """One hypothesis. `seed_score` is what a source printed, as it printed it."""

    hypothesis_id: _Line
    title: _Line
    statement: str = Field(default="", max_length=4000)
    targets: tuple[str, ...] = ()
    seed_score: str = Field(default="", max_length=40)
    overall_reading: str = Field(default="", max_length=4000)
    evidence: tuple[ReadEvidence, ...] = Field(default=(), max_length=2000)


class _File(_Part):
    hypotheses: tuple[ReadHypothesis, ...] = Field(max_length=5000)


def read_hypotheses(text: str) -> tuple[ReadHypothesis, ...]:
    """The hypotheses of a file. Raises Unreadable with the line or the place, and the cure."""
    try:
        # Numbers with a point stay the text that was written.
        told: Any = json.loads(text, parse_float=str)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise Unreadable("this is no JSON", line=line, cure=_CURE) from None
    try:
        return _File.model_validate({"hypotheses": told} if isinstance(told, list) else told).hypotheses
    except ValidationError as error:
        first = error.errors()[0]
        place = ", ".join(f"{part}" if isinstance(part, str) else f"number {part + 1}" for part in first["loc"][1:])
        raise Unreadable(f"{place or 'the whole'}: {first['msg']}", line=1, cure=_CURE) from None
