"""What an edge may say: a closed vocabulary, each predicate mapped to the Biolink Model.

Biolink says a direction with qualifiers ("affects", causing "increased" "abundance"); here the usual ones are predicates of
their own, and `Predicate.biolink` gives the predicate and qualifiers to export (Unni 2022, doi:10.1111/cts.13302).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from scidex.kernel.errors import Invalid


class Predicate(StrEnum):
    """A typed, directed relation: subject *predicate* object."""

    RELATED_TO = "related_to"
    ASSOCIATED_WITH = "associated_with"
    CORRELATED_WITH = "correlated_with"
    SUBCLASS_OF = "subclass_of"
    PART_OF = "part_of"
    LOCATED_IN = "located_in"
    DEVELOPS_FROM = "develops_from"
    CAPABLE_OF = "capable_of"
    PARTICIPATES_IN = "participates_in"
    ACTS_THROUGH = "acts_through"
    REQUIRES = "requires"
    EXPRESSES = "expresses"
    SECRETES = "secretes"
    TRANSFERS_TO = "transfers_to"
    TRANSPORTED_ACROSS = "transported_across"
    INTERACTS_WITH = "interacts_with"
    AFFECTS = "affects"
    INCREASES = "increases"
    DECREASES = "decreases"
    CAUSES = "causes"
    PREVENTS = "prevents"
    CONTRIBUTES_TO = "contributes_to"
    PREDISPOSES_TO = "predisposes_to"
    TREATS = "treats"
    AMELIORATES = "ameliorates"
    EXACERBATES = "exacerbates"
    STUDIED_TO_TREAT = "studied_to_treat"
    APPROVED_FOR = "approved_for"
    TESTED_IN = "tested_in"
    GIVEN_BY = "given_by"
    HAS_ADVERSE_EVENT = "has_adverse_event"
    HAS_PHENOTYPE = "has_phenotype"
    BIOMARKER_FOR = "biomarker_for"
    MODEL_OF = "model_of"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a predicate means.

    `words` are read from the subject and from the object. `biolink` is the exported predicate, `direction` Biolink's
    qualifier ("increased", "decreased", ""), and `exact` whether that says the same or something broader. `opposite` cannot
    hold together with it for the same subject, object and qualifiers.
    """

    words: tuple[str, str]
    biolink: str
    direction: str = ""
    exact: bool = True
    symmetric: bool = False
    transitive: bool = False
    opposite: Predicate | None = None


MEANINGS: dict[Predicate, Meaning] = {
    Predicate.RELATED_TO: Meaning(("is related to", "is related to"), "related_to", symmetric=True),
    Predicate.ASSOCIATED_WITH: Meaning(("is associated with", "is associated with"), "associated_with", symmetric=True),
    Predicate.CORRELATED_WITH: Meaning(("correlates with", "correlates with"), "correlated_with", symmetric=True),
    Predicate.SUBCLASS_OF: Meaning(("is a kind of", "has the kind"), "subclass_of", transitive=True),
    Predicate.PART_OF: Meaning(("is part of", "has the part"), "part_of", transitive=True),
    Predicate.LOCATED_IN: Meaning(("is located in", "is the location of"), "located_in", transitive=True),
    Predicate.DEVELOPS_FROM: Meaning(("develops from", "develops into"), "develops_from", transitive=True),
    Predicate.CAPABLE_OF: Meaning(("is capable of", "is a capability of"), "capable_of"),
    Predicate.PARTICIPATES_IN: Meaning(("takes part in", "has the participant"), "participates_in"),
    Predicate.ACTS_THROUGH: Meaning(("acts through", "is a way of acting of"), "has_part", exact=False),
    Predicate.REQUIRES: Meaning(("requires", "is required by"), "related_to", exact=False),
    Predicate.EXPRESSES: Meaning(("expresses", "is expressed in"), "expresses"),
    Predicate.SECRETES: Meaning(("secretes", "is secreted by"), "produces", exact=False),
    Predicate.TRANSFERS_TO: Meaning(("transfers to", "receives from"), "affects", exact=False),
    Predicate.TRANSPORTED_ACROSS: Meaning(("carries across", "is crossed with"), "related_to", exact=False),
    Predicate.INTERACTS_WITH: Meaning(("interacts with", "interacts with"), "interacts_with", symmetric=True),
    Predicate.AFFECTS: Meaning(("affects", "is affected by"), "affects"),
    Predicate.INCREASES: Meaning(
        ("increases", "is increased by"), "affects", direction="increased", opposite=Predicate.DECREASES
    ),
    Predicate.DECREASES: Meaning(
        ("decreases", "is decreased by"), "affects", direction="decreased", opposite=Predicate.INCREASES
    ),
    Predicate.CAUSES: Meaning(("causes", "is caused by"), "causes", opposite=Predicate.PREVENTS),
    Predicate.PREVENTS: Meaning(
        ("prevents", "is prevented by"), "preventative_for_condition", opposite=Predicate.CAUSES
    ),
    Predicate.CONTRIBUTES_TO: Meaning(("contributes to", "has the contributor"), "contributes_to"),
    Predicate.PREDISPOSES_TO: Meaning(("predisposes to", "has the predisposing factor"), "predisposes_to_condition"),
    Predicate.TREATS: Meaning(("treats", "is treated by"), "treats"),
    Predicate.AMELIORATES: Meaning(
        ("ameliorates", "is ameliorated by"), "ameliorates_condition", opposite=Predicate.EXACERBATES
    ),
    Predicate.EXACERBATES: Meaning(
        ("makes worse", "is made worse by"), "exacerbates_condition", opposite=Predicate.AMELIORATES
    ),
    Predicate.STUDIED_TO_TREAT: Meaning(("is studied to treat", "is the target of studies of"), "studied_to_treat"),
    Predicate.APPROVED_FOR: Meaning(("is approved to treat", "has the approved therapy"), "treats", exact=False),
    Predicate.TESTED_IN: Meaning(("is tested in", "tests"), "related_to", exact=False),
    Predicate.GIVEN_BY: Meaning(("is given by", "is the way to give"), "related_to", exact=False),
    Predicate.HAS_ADVERSE_EVENT: Meaning(("has the adverse event", "is an adverse event of"), "has_adverse_event"),
    Predicate.HAS_PHENOTYPE: Meaning(("shows", "is seen in"), "has_phenotype"),
    Predicate.BIOMARKER_FOR: Meaning(("is a biomarker for", "has the biomarker"), "biomarker_for"),
    Predicate.MODEL_OF: Meaning(("is a model of", "has the model"), "model_of"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a relation written elsewhere is kept: a predicate, whether it is denied, and the aspect it is about."""

    predicate: Predicate
    negated: bool = False
    aspect: str = ""


_P = Predicate
# Relations as tables in the field write them. What is not here and not Biolink's is refused: a vocabulary that takes
# everything says nothing.
_OTHER_NAMES: dict[str, Reading] = {
    "has_capability": Reading(_P.CAPABLE_OF),
    "has_effect_via": Reading(_P.ACTS_THROUGH),
    "occurs_via": Reading(_P.ACTS_THROUGH),
    "negatively_regulates_proliferation_of": Reading(_P.DECREASES, aspect="proliferation"),
    "negatively_regulates_activity_of": Reading(_P.DECREASES, aspect="activity"),
    "positively_regulates_activity_of": Reading(_P.INCREASES, aspect="activity"),
    "positively_regulates": Reading(_P.INCREASES),
    "negatively_regulates": Reading(_P.DECREASES),
    "upregulates": Reading(_P.INCREASES),
    "downregulates": Reading(_P.DECREASES),
    "increases_release_by_immune_cells_of": Reading(_P.INCREASES, aspect="release by immune cells"),
    "induces_apoptosis_of": Reading(_P.INCREASES, aspect="apoptosis"),
    "promotes_survival_of": Reading(_P.INCREASES, aspect="survival"),
    "loss_causes_death_of": Reading(_P.INCREASES, aspect="survival"),
    "promotes": Reading(_P.INCREASES),
    "inhibits": Reading(_P.DECREASES),
    "coactivates": Reading(_P.INCREASES, aspect="activity"),
    "lipidates": Reading(_P.INCREASES, aspect="lipidation"),
    "loss_increases": Reading(_P.DECREASES),
    "antagonism_decreases": Reading(_P.INCREASES),
    "mediates_hyperactivity_of": Reading(_P.INCREASES, aspect="activity"),
    "loss_of_function_increases_risk_of": Reading(_P.PREDISPOSES_TO, aspect="loss of function"),
    "does_not_express": Reading(_P.EXPRESSES, negated=True),
    "is_not_a": Reading(_P.SUBCLASS_OF, negated=True),
    "is_a": Reading(_P.SUBCLASS_OF),
    "not_increased_in": Reading(_P.ASSOCIATED_WITH, negated=True),
    "transfers_mitochondria_to": Reading(_P.TRANSFERS_TO, aspect="mitochondria"),
    "mediates_transport_across": Reading(_P.TRANSPORTED_ACROSS),
    "ameliorates_condition": Reading(_P.AMELIORATES),
    "exacerbates_condition": Reading(_P.EXACERBATES),
    "slows_brain_volume_loss_in": Reading(_P.AMELIORATES, aspect="brain volume loss"),
    "improves_motor_score_in": Reading(_P.AMELIORATES, aspect="motor score"),
    "investigated_for": Reading(_P.STUDIED_TO_TREAT),
    "tested_in_condition": Reading(_P.STUDIED_TO_TREAT),
    "tested_in_trial": Reading(_P.TESTED_IN),
    "administered_by": Reading(_P.GIVEN_BY),
    "can_transform_to": Reading(_P.CAUSES),
    "product_quality_issue": Reading(_P.ASSOCIATED_WITH, aspect="product quality"),
    "correlated_with_improvement_after": Reading(_P.CORRELATED_WITH, aspect="improvement"),
    "predisposes_to_condition": Reading(_P.PREDISPOSES_TO),
    "preventative_for_condition": Reading(_P.PREVENTS),
    "produces": Reading(_P.SECRETES),
    "gene_associated_with_condition": Reading(_P.ASSOCIATED_WITH),
}
_APPROVAL = re.compile(r"approved_for_treatment(?:_(?:in|by)_(?P<place>.+))?")
_BY_NAME: dict[str, Reading] = {str(predicate): Reading(predicate) for predicate in Predicate} | _OTHER_NAMES


def predicate_of(text: str) -> Reading:
    """The predicate called `text`: ours, Biolink's (with or without prefix), or a usual one. Raises Invalid.

    >>> predicate_of("biolink:located_in").predicate
    <Predicate.LOCATED_IN: 'located_in'>
    >>> predicate_of("does_not_express")
    Reading(predicate=<Predicate.EXPRESSES: 'expresses'>, negated=True, aspect='')
    """
    name = text.strip().removeprefix("biolink:").casefold().replace(" ", "_")
    if (found := _BY_NAME.get(name)) is not None:
        return found
    if _APPROVAL.fullmatch(name) and (match := _APPROVAL.fullmatch(text.strip().removeprefix("biolink:"))):
        place = (match["place"] or "").replace("_", " ")
        return Reading(_P.APPROVED_FOR, aspect=place[:100])
    raise Invalid(f"“{text[:60]}” is not a relation of this graph.", cure=f"Known: {', '.join(Predicate)}.")
