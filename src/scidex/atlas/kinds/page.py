"""A page: what is known about one therapy, gene, protein, disease, mechanism or cell type.

The body is Markdown whose headings start at ``##``. Citation markers stay in it as their author
wrote them (``[3]``, ``[@shi2010]``); the renderer numbers them. Everything that can be a field is a
field: the infobox, the records of a therapy, the metadata, so that later work can filter on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from typing import Literal

from scidex.atlas.bibliography.identifiers import Scheme, WorkId, identifiers_in, ordered
from scidex.atlas.bibliography.markers import cited_keys
from scidex.atlas.kinds.base import Body, Kind, Mention
from scidex.atlas.kinds.references import mentions_in
from scidex.kernel.errors import Invalid

_MOST_REFERENCES = 20_000


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


ReferenceStatus = Literal["verified", "from-memory", "ambiguous", "unresolvable", "listed", "unresolved"]


class Reference(Body):
    """One entry of the reference list. A key with no `text` is not resolved yet and says so.

    `status` is what whoever wrote the page says of it: verified, from-memory, ambiguous, unresolvable, listed (stood in
    the source's own list, unchecked) or unresolved. What the library finds is worked out when the page is read, and never
    taken from here. `paper` is the artifact that somebody chose for it, where keys and identifiers do not say it.
    """

    key: str
    text: str = ""
    url: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    status: ReferenceStatus = "unresolved"
    paper: str = ""

    @cached_property
    def identifiers(self) -> tuple[WorkId, ...]:
        """The well-formed identifiers of the entry: its own fields first, then those that stand in its text and address."""
        if not (self.text or self.url or self.doi or self.pmid or self.pmcid):
            return ()
        found = {each: None for _, each in self._in_fields() if each is not None}
        for each in identifiers_in(f"{self.text[:4000]} {self.url}"):
            # A registry number in the words of an article is the study it reports, not the article.
            if each.scheme is not Scheme.NCT or not found:
                found[each] = None
        return ordered(found)

    @property
    def malformed(self) -> tuple[str, ...]:
        """What stands in the identifier fields and is no identifier."""
        return tuple(text for text, identifier in self._in_fields() if identifier is None)

    def _in_fields(self) -> Iterator[tuple[str, WorkId | None]]:
        """What stands in the identifier fields, and which identifier it is, if it is one."""
        for scheme, text in ((Scheme.DOI, self.doi), (Scheme.PMID, self.pmid), (Scheme.PMCID, self.pmcid)):
            if text:
                try:
                    yield text, WorkId.of(scheme, text)
                except Invalid:
                    yield text, None

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which the library may have the work: a chosen artifact, identifiers, else the key."""
        if self.paper:
            return (self.paper,)
        return tuple(map(str, self.identifiers)) or (() if self.key.isdigit() else (f"@{self.key}",))


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
    for number, reference in enumerate(page.references):
        reason = f"Cited as [{number + 1}], {reference.key}."
        found += [Mention("cites", name, reason, f"references/{number}", reference.key) for name in reference.names]
    return tuple(found)


def _complete(page: PageBody) -> PageBody:
    """Every key that a marker of the text names has an entry; one that nobody explained is entered as unresolved.

    So no page is kept with a citation that is neither resolved nor flagged.
    """
    # Records quote markers of the body; where they are all there is, the body was changed and they were not.
    rows = [row.value for row in page.infobox if "[" in row.value]
    markers = dict.fromkeys(marker for record in page.records for marker in record.citations)
    known = {reference.key for reference in page.references}
    text = "\n\n".join((page.lead, *rows, *markers, page.body))
    missing = dict.fromkeys(key for key in cited_keys(text) if key not in known)
    if not missing:
        return page
    added = tuple(Reference(key=key) for key in list(missing)[:_MOST_REFERENCES])
    return page.model_copy(update={"references": (*page.references, *added)})


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
    complete=_complete,
    example=_example,
)
