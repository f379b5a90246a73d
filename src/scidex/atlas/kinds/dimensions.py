"""The ten dimensions that a hypothesis is scored on. Evidence may stand on one of them, and not on the whole."""

from __future__ import annotations

from enum import StrEnum

from scidex.kernel.errors import Invalid


class Dimension(StrEnum):
    """What a hypothesis is scored on."""

    MECHANISTIC_PLAUSIBILITY = "mechanistic-plausibility"
    EVIDENCE_STRENGTH = "evidence-strength"
    NOVELTY = "novelty"
    FEASIBILITY = "feasibility"
    THERAPEUTIC_IMPACT = "therapeutic-impact"
    DRUGGABILITY = "druggability"
    SAFETY = "safety"
    COMPETITIVE_LANDSCAPE = "competitive-landscape"
    DATA_AVAILABILITY = "data-availability"
    REPRODUCIBILITY = "reproducibility"

    @property
    def words(self) -> str:
        """Its name as it is shown."""
        return self.value.replace("-", " ")


def dimension(text: str) -> Dimension:
    """The dimension that `text` names, with spaces or hyphens. Raises Invalid."""
    try:
        return Dimension("-".join(text.split()).casefold().replace("_", "-"))
    except ValueError:
        raise Invalid(f"“{text[:60]}” is no dimension.", cure=f"There are {', '.join(Dimension)}.") from None
