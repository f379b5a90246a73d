"""How sure it is that a name means an entity: points in thousandths, each with its reason. Decision 22 has the table."""

from __future__ import annotations

from collections.abc import Sequence

from scidex.atlas.graph.categories import LABELS, Category
from scidex.atlas.graph.names import letters
from scidex.atlas.graph.ports import Candidate, NameType

RULES = "grounding-1"
"""The version of the rules. It changes with every change of a result: what was read by others is then read again."""

THRESHOLD = 500
"""The lowest score, in thousandths, with which a candidate is chosen."""

MARGIN = 40
"""How far ahead it must be of a candidate that is another kind of thing."""

_BASE = {NameType.PRIMARY: 600, NameType.EXACT: 560, NameType.RELATED: 470}
_NAMES_OF = {NameType.PRIMARY: "its own name", NameType.EXACT: "a synonym", NameType.RELATED: "a looser synonym"}
# Which vocabulary is at home in a category. MeSH is at home nowhere and everywhere second.
_HOMES = {
    Category.GENE: "HGNC",
    Category.CELL: "CL",
    Category.ANATOMICAL_ENTITY: "UBERON",
    Category.DISEASE: "MONDO",
    Category.PHENOTYPIC_FEATURE: "HP",
    Category.CHEMICAL_ENTITY: "CHEBI",
    Category.BIOLOGICAL_PROCESS: "GO",
    Category.CELLULAR_COMPONENT: "GO",
    Category.MOLECULAR_ACTIVITY: "GO",
}
# What may be meant where the other is asked for.
_NEAR = (
    frozenset({Category.GENE, Category.PROTEIN}),
    frozenset({Category.DISEASE, Category.PHENOTYPIC_FEATURE}),
    frozenset({Category.TREATMENT, Category.PROCEDURE}),
    frozenset({Category.BIOLOGICAL_PROCESS, Category.PATHWAY, Category.MOLECULAR_ACTIVITY}),
    frozenset({Category.CHEMICAL_ENTITY, Category.PROTEIN}),
    frozenset({Category.CELL, Category.CELLULAR_COMPONENT, Category.ANATOMICAL_ENTITY}),
)


class Scored:
    """A candidate while its points are added up."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        self.points = 0
        self.why: list[str] = []
        self.supported = False

    @property
    def score(self) -> int:
        """Between 0 and 1000."""
        return max(0, min(1000, self.points))

    def rank(self) -> tuple[int, int, str]:
        """Best first; ties go to the nearer name, then to the smaller identifier, so that the order is always the same."""
        return -self.points, self.candidate.type, self.candidate.curie

    def add(self, points: int, why: str, *, supports: bool = False) -> None:
        """Adds points for a reason. What `supports` is a sign from outside the name."""
        self.points += points
        self.why.append(f"{points:+d} {why}")
        self.supported |= supports

    def nearness(self, written: str) -> None:
        """How near the written name is to the entity's own."""
        candidate = self.candidate
        self.add(_BASE[candidate.type], f"{_NAMES_OF[candidate.type]}: “{candidate.matched}”")
        if candidate.bundled:
            self.add(100, "in the set that was chosen for this subject")
        if _HOMES.get(candidate.category) == candidate.curie.prefix:
            self.add(60, f"{candidate.curie.prefix} is the vocabulary of {LABELS[candidate.category][1]}")
        elif candidate.curie.prefix == "MESH":
            self.add(-40, "a heading of MeSH, where a special vocabulary may have its own")
        if " " in candidate.matched.strip() or len(letters(candidate.matched)) >= 8:
            self.add(60, "a long name, which little else has")
        if letters(written) == letters(candidate.matched):
            self.add(20, "written the same")

    def expectation(self, expected: Category | None) -> None:
        """Whether it is the kind of thing that is looked for."""
        if expected is None or expected is Category.NAMED_THING:
            return
        mine = self.candidate.category
        if mine is expected:
            self.add(160, f"a {LABELS[expected][0]} was expected", supports=True)
        elif any({mine, expected} <= near for near in _NEAR):
            self.add(60, f"near to a {LABELS[expected][0]}, which was expected", supports=True)
        else:
            self.add(-340, f"a {LABELS[expected][0]} was expected")


def decided(scored: Sequence[Scored]) -> tuple[Candidate | None, tuple[str, ...]]:
    """Which of the candidates, best first, is meant, and why; None if the best is not sure enough or not far enough ahead."""
    best = scored[0]
    if best.score < THRESHOLD:
        return None, (*best.why, f"below {THRESHOLD}: left open")
    for other in scored[1:]:
        if best.score - other.score >= MARGIN:
            break
        if not _same_sort(best.candidate, other.candidate):
            remark = f"{other.candidate.curie} ({other.candidate.name}) is as likely: left open"
            return None, (*best.why, remark)
    return best.candidate, tuple(best.why)


def _same_sort(one: Candidate, other: Candidate) -> bool:
    """Whether a mistake between the two would be small: the same thing in two vocabularies."""
    near = one.category is other.category or any({one.category, other.category} <= group for group in _NEAR)
    return near and one.curie.prefix != other.curie.prefix
