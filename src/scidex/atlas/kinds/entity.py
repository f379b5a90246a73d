"""An entity: a thing that claims and edges are about, under the identifier by which everybody knows it."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas.graph.categories import LABELS, Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.formats.texts import one_line
from scidex.atlas.kinds.base import Body, Kind


class EntityBody(Body):
    """`curie` is its identifier here, `xrefs` those it has elsewhere; `source` says who gave name and identifier."""

    curie: str = Field(min_length=3, max_length=200)
    name: str = Field(min_length=1, max_length=500)
    category: Category = Category.NAMED_THING
    synonyms: tuple[str, ...] = ()
    xrefs: tuple[str, ...] = ()
    about: str = Field(default="", max_length=4000)
    source: str = Field(default="", max_length=500)


def _complete(body: EntityBody) -> EntityBody:
    """Identifiers in their one spelling, names once. Raises Invalid."""
    name = one_line(body.name)
    synonyms = dict.fromkeys(each for given in body.synonyms if (each := one_line(given)) != name)
    return body.model_copy(
        update={
            "name": name,
            "curie": str(Curie.parse(body.curie)),
            "xrefs": tuple(dict.fromkeys(str(Curie.parse(each)) for each in body.xrefs)),
            "synonyms": tuple(each for each in synonyms if each),
        }
    )


def _text(body: EntityBody) -> str:
    also = f"Also called {', '.join(body.synonyms)}." if body.synonyms else ""
    lines = (f"{body.curie}: {LABELS[body.category][0]}.", also, body.about)
    return "\n\n".join(line for line in lines if line)


KIND = Kind(
    slug="entity",
    label="Entity",
    plural="Entities",
    about="A gene, cell, disease, therapy or other thing, under its standard identifier; edges lead from one to another.",
    body=EntityBody,
    title=lambda body: body.name,
    text=_text,
    names=lambda body: (body.curie,),
    complete=_complete,
    example=lambda: EntityBody(
        curie="MONDO:0004976",
        name="amyotrophic lateral sclerosis",
        category=Category.DISEASE,
        synonyms=("ALS", "motor neuron disease"),
        source="MONDO",
    ),
)
