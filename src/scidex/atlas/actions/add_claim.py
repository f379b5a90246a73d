"""State a claim: one falsifiable statement, at its place in a page."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._claims import page, span_of
from scidex.atlas.actions._common import Changed, changed
from scidex.atlas.bibliography.markers import cited_keys
from scidex.atlas.kinds import kind_of
from scidex.kernel.actions import Command, Work, action


class AddClaim(Command):
    """`statement` in your words; `passage` the sentence of `page` that makes it, word for word. An omission has none."""

    statement: str = Field(max_length=2000)
    page: str = Field(default="", description="The page that makes the claim.")
    passage: str = Field(default="", max_length=4000, description="The sentence of the page, word for word.")
    subject: str = ""
    relation: str = ""
    object: str = ""
    species: str = ""
    population: str = ""
    stage: str = ""
    dose: str = ""
    comparator: str = ""
    outcome: str = ""
    label: str = Field(default="", max_length=64)
    omission: bool = Field(default=False, description="The page leaves this out.")
    note: str = Field(default="", max_length=2000)


_CONTEXT = ("species", "population", "stage", "dose", "comparator", "outcome")


@action("claim.add", "State a claim at its place in a page", command=AddClaim, result=Changed)
def add_claim(command: AddClaim, work: Work) -> Changed:
    """Finds the passage in the newest version of the page and keeps its span."""
    content = command.model_dump(exclude={"note", "page", "passage", *_CONTEXT})
    content["context"] = {name: getattr(command, name) for name in _CONTEXT}
    if command.page:
        head, body = page(work, command.page)
        content["page"] = head.id
        if command.passage:
            span = span_of(head, body, command.passage)
            content["span"] = span.model_dump(mode="json")
            content["cited"] = list(dict.fromkeys(cited_keys(span.passage)))
    kind = kind_of("claim")
    return changed(store.create(work, kind, store.validated(kind, content), note=command.note))
