"""What an entity is: classes of the Biolink Model (Unni 2022, doi:10.1111/cts.13302), those that this field needs."""

from __future__ import annotations

from enum import StrEnum

from scidex.kernel.errors import Invalid


class Category(StrEnum):
    """A class of the Biolink Model by its name there, without the prefix ``biolink:``."""

    GENE = "Gene"
    PROTEIN = "Protein"
    CELL = "Cell"
    CELLULAR_COMPONENT = "CellularComponent"
    ANATOMICAL_ENTITY = "AnatomicalEntity"
    DISEASE = "Disease"
    PHENOTYPIC_FEATURE = "PhenotypicFeature"
    BIOLOGICAL_PROCESS = "BiologicalProcess"
    MOLECULAR_ACTIVITY = "MolecularActivity"
    PATHWAY = "Pathway"
    CHEMICAL_ENTITY = "ChemicalEntity"
    TREATMENT = "Treatment"
    PROCEDURE = "Procedure"
    DEVICE = "Device"
    ORGANISM_TAXON = "OrganismTaxon"
    CLINICAL_TRIAL = "Study"
    NAMED_THING = "NamedThing"


LABELS: dict[Category, tuple[str, str]] = {
    Category.GENE: ("gene", "genes"),
    Category.PROTEIN: ("protein", "proteins"),
    Category.CELL: ("cell type", "cell types"),
    Category.CELLULAR_COMPONENT: ("cellular component", "cellular components"),
    Category.ANATOMICAL_ENTITY: ("part of the body", "parts of the body"),
    Category.DISEASE: ("disease", "diseases"),
    Category.PHENOTYPIC_FEATURE: ("sign or symptom", "signs and symptoms"),
    Category.BIOLOGICAL_PROCESS: ("biological process", "biological processes"),
    Category.MOLECULAR_ACTIVITY: ("molecular activity", "molecular activities"),
    Category.PATHWAY: ("pathway", "pathways"),
    Category.CHEMICAL_ENTITY: ("chemical", "chemicals"),
    Category.TREATMENT: ("therapy", "therapies"),
    Category.PROCEDURE: ("procedure", "procedures"),
    Category.DEVICE: ("device", "devices"),
    Category.ORGANISM_TAXON: ("organism", "organisms"),
    Category.CLINICAL_TRIAL: ("study", "studies"),
    Category.NAMED_THING: ("other thing", "other things"),
}
"""One and many, for people."""

# Words that tables in the field use, beside Biolink's own.
_OTHER_NAMES = {
    "gene/protein": Category.GENE,
    "gene or protein": Category.GENE,
    "geneorgeneproduct": Category.GENE,
    "cell type": Category.CELL,
    "cell": Category.CELL,
    "celltype": Category.CELL,
    "anatomical entity": Category.ANATOMICAL_ENTITY,
    "anatomy": Category.ANATOMICAL_ENTITY,
    "tissue": Category.ANATOMICAL_ENTITY,
    "grossanatomicalstructure": Category.ANATOMICAL_ENTITY,
    "cellular component": Category.CELLULAR_COMPONENT,
    "disease model": Category.DISEASE,
    "diseaseorphenotypicfeature": Category.DISEASE,
    "adverse event": Category.PHENOTYPIC_FEATURE,
    "phenotype": Category.PHENOTYPIC_FEATURE,
    "symptom": Category.PHENOTYPIC_FEATURE,
    "mechanism": Category.BIOLOGICAL_PROCESS,
    "biological process": Category.BIOLOGICAL_PROCESS,
    "process": Category.BIOLOGICAL_PROCESS,
    "molecular activity": Category.MOLECULAR_ACTIVITY,
    "chemical": Category.CHEMICAL_ENTITY,
    "drug": Category.CHEMICAL_ENTITY,
    "smallmolecule": Category.CHEMICAL_ENTITY,
    "small molecule": Category.CHEMICAL_ENTITY,
    "therapy": Category.TREATMENT,
    "clinicalintervention": Category.TREATMENT,
    "route": Category.PROCEDURE,
    "clinical trial": Category.CLINICAL_TRIAL,
    "clinicaltrial": Category.CLINICAL_TRIAL,
    "trial": Category.CLINICAL_TRIAL,
    "organism": Category.ORGANISM_TAXON,
    "named thing": Category.NAMED_THING,
    "entity": Category.NAMED_THING,
}
_BY_NAME = {category.casefold(): category for category in Category} | _OTHER_NAMES


def category_of(text: str) -> Category:
    """The category called `text`: Biolink's name with or without prefix, or a usual word. Raises Invalid.

    >>> category_of("biolink:Cell"), category_of("gene/protein")
    (<Category.CELL: 'Cell'>, <Category.GENE: 'Gene'>)
    """
    found = _BY_NAME.get(text.strip().removeprefix("biolink:").casefold())
    if found is None:
        raise Invalid(f"“{text[:60]}” is not a category of entities.", cure=f"Known: {', '.join(Category)}.")
    return found
