"""Add an entity: a thing that edges are about, under its standard identifier."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._common import Changed, changed
from scidex.atlas.graph.categories import Category
from scidex.atlas.kinds import kind_of
from scidex.kernel.actions import Command, Work, action


class AddEntity(Command):
    """`curie` is checked against the registry of prefixes and brought into its one spelling."""

    curie: str = Field(
        max_length=500, description="Its identifier, such as MONDO:0004976, or scidex:slug if none has one."
    )
    name: str = Field(min_length=1, max_length=500)
    category: Category = Field(default=Category.NAMED_THING, description="What it is, as a class of the Biolink Model.")
    synonyms: tuple[str, ...] = Field(default=(), description="Another name (repeatable).")
    xrefs: tuple[str, ...] = Field(default=(), description="Its identifier elsewhere (repeatable).")
    about: str = Field(default="", max_length=4000, description="What it is, in a sentence.")
    source: str = Field(default="", max_length=500, description="Who gave it this name and identifier.")


@action("entity.add", "Add an entity under its identifier", command=AddEntity, result=Changed)
def add_entity(command: AddEntity, work: Work) -> Changed:
    """Writes it; an identifier names one entity."""
    kind = kind_of("entity")
    body = store.validated(kind, command.model_dump(mode="json"))
    return changed(store.create(work, kind, body))
