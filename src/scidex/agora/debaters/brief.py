"""What a debater is given: the statement, the evidence there is on it, and what was said about it before."""

from __future__ import annotations

from dataclasses import dataclass

from scidex.atlas.evidence.model import EvidenceItem, StudyDesign


@dataclass(frozen=True, slots=True)
class BriefItem:
    """An item of evidence as a debater sees it. `on` is the part it stands on: a dimension, an argument's id, or "".

    `source` is a short name of the work, `p` the p value as printed; `extracted` if the quote is not in the source's own words.
    """

    item: EvidenceItem
    on: str
    quote: str
    source: str
    design: StudyDesign | None
    sample_size: int | None
    p: str
    extracted: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """`argued` are pairs of an item and what an argument from it is about, for all that was argued already.

    `searched` are the numbers of answers of the newest search, for and against; None if nobody has searched.
    """

    statement: str
    items: tuple[BriefItem, ...]
    argued: frozenset[tuple[str, str]] = frozenset()
    searched: tuple[int, int] | None = None
