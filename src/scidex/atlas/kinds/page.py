"""A page: what is known about one therapy, gene, protein, disease, mechanism or cell type.

The body is Markdown whose headings start at ``##``. Citation markers stay in it as their author
wrote them (``[3]``, ``[@shi2010]``); the renderer numbers them. Everything that can be a field is a
field: the infobox, the records of a therapy, the metadata, so that later work can filter on it.
"""

from __future__ import annotations

from enum import StrEnum

from scidex.atlas.kinds.base import Body, Kind, Mention
from scidex.atlas.kinds.references import mentions_in


class EntityType(StrEnum):
    """What a page is about; the Biolink class each stands for is in `BIOLINK_CLASS`."""

    THERAPY = "therapy"
    GENE = "gene"
    PROTEIN = "protein"
    DISEASE = "disease"
    MECHANISM = "mechanism"
    CELL_TYPE = "cell type"
    UNSPECIFIED = "unspecified"


BIOLINK_CLASS: dict[EntityType, str] = {
    EntityType.THERAPY: "biolink:Treatment",
    EntityType.GENE: "biolink:Gene",
    EntityType.PROTEIN: "biolink:Protein",
    EntityType.DISEASE: "biolink:Disease",
    EntityType.MECHANISM: "biolink:BiologicalProcess",
    EntityType.CELL_TYPE: "biolink:Cell",
    EntityType.UNSPECIFIED: "biolink:NamedThing",
}


class RecordType(StrEnum):
    """What a structured record taken from a therapy page states."""

    MECHANISM = "mechanism"
    APPLICATION = "application"
    ROUTE = "administration route"
    CELL_SOURCE = "cell source"
    ADVERSE_EFFECT = "adverse effect"


class InfoboxField(Body):
    """One row of the infobox. `value` is inline Markdown."""

    label: str
    value: str


class Record(Body):
    """One fact of a therapy page in a form that can be filtered and compared.

    `name` is the thing itself ("Intrathecal injection"), `note` what the page adds in brackets or in
    the sentence; `subject` is the disease of an application and empty otherwise. `section` is the
    heading it stands under; `citations` are the markers beside it, as written.
    """

    type: RecordType
    name: str
    note: str = ""
    subject: str = ""
    section: str
    citations: tuple[str, ...] = ()


class Reference(Body):
    """One entry of the reference list. A key with no `text` is not resolved yet and says so.

    `status` is one of verified, from-memory, ambiguous, unresolvable, listed (stood in the source's own list,
    unchecked) and unresolved.
    """

    key: str
    text: str = ""
    url: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    status: str = "unresolved"


class RelatedItem(Body):
    """Another artifact this page names as related, and why.

    `relation` is ``related_hypothesis``, ``related_analysis`` or ``related``. `score` and `state` are what the source
    printed, as text; nothing here was recomputed.
    """

    target: str
    title: str
    relation: str = "related"
    reason: str = ""
    score: str = ""
    gene_target: str = ""
    state: str = ""


class MetadataField(Body):
    """One row of the source's metadata table, typed. `value` is None where the source said None."""

    name: str
    value: str | int | bool | None


class MergeRecord(Body):
    """What the source said about an earlier merge: when, and the identifier merged away."""

    merged_at: str = ""
    merged_id: str


class PageBody(Body):
    """The content of a page. See the module's docstring."""

    title: str
    slug: str = ""
    entity_type: EntityType = EntityType.UNSPECIFIED
    entity: str = ""
    lead: str = ""
    infobox: tuple[InfoboxField, ...] = ()
    body: str = ""
    records: tuple[Record, ...] = ()
    references: tuple[Reference, ...] = ()
    related: tuple[RelatedItem, ...] = ()
    metadata: tuple[MetadataField, ...] = ()
    merged_from: MergeRecord | None = None


def _mentions(page: PageBody) -> tuple[Mention, ...]:
    # What is related comes first: of a page with very many links only the first are listed.
    found = [
        Mention(item.relation, item.target, item.reason, f"related/{number}", item.title)
        for number, item in enumerate(page.related)
    ]
    found += mentions_in(page.lead, "lead")
    for number, row in enumerate(page.infobox):
        found += mentions_in(row.value, f"infobox/{number}")
    found += mentions_in(page.body, "body")
    return tuple(found)


def _text(page: PageBody) -> str:
    rows = "\n".join(f"{row.label}: {row.value}" for row in page.infobox)
    return "\n\n".join(part for part in (page.lead, rows, page.body) if part)


def _example() -> PageBody:
    return PageBody(
        title="Intranasal delivery",
        slug="entities-intranasal-delivery",
        entity_type=EntityType.MECHANISM,
        lead="A route to the brain that passes the olfactory epithelium; see [exosomes](/entities/exosomes).",
        infobox=(InfoboxField(label="Type", value="Route"),),
        body="## See Also\n\n- [Exosomes](/entities/exosomes)\n",
    )


KIND = Kind(
    slug="page",
    label="Page",
    plural="Pages",
    about="What is known about one therapy, gene, protein, disease, mechanism or cell type.",
    body=PageBody,
    title=lambda page: page.title,
    text=_text,
    mentions=_mentions,
    example=_example,
)
