"""Choose the work that a page's citation means, where key and identifiers leave it open."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._common import Changed, expect, written
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.page import PageBody
from scidex.atlas.lifecycle import check_revisable
from scidex.kernel.actions import Command, Work, action
from scidex.kernel.errors import Invalid, NotFound


class ChooseCitation(Command):
    """On page `ref`, the citation `citation_key` means the publication `paper`; an empty `paper` takes the choice back."""

    ref: str
    citation_key: str
    paper: str = ""
    note: str = Field(default="", max_length=2000)
    expected_version: int | None = None


@action("citation.choose", "Say which work a page's citation means", command=ChooseCitation, result=Changed)
def choose(command: ChooseCitation, work: Work) -> Changed:
    """Writes a version of the page whose reference names the work. The work is still compared with what the entry says."""
    head = expect(work, command.ref, command.expected_version)
    if head.kind != "page":
        raise Invalid(f"“{head.title}” is a {head.kind}; only pages have numbered citations.")
    check_revisable(head.title, head.state)
    page = PageBody.model_validate(store.contents(work.connection, [head])[head.id])
    key = command.citation_key.lstrip("@")
    if key not in {reference.key for reference in page.references}:
        raise NotFound(f"“{head.title}” has no citation “{key[:60]}”.", cure="Its reference list names the keys.")
    chosen = ""
    if command.paper:
        paper = store.follow(work.connection, store.find(work.connection, command.paper))
        if paper.kind != "paper":
            raise Invalid(f"“{paper.title}” is a {paper.kind}, not a publication.")
        chosen = paper.id
    references = tuple(
        each.model_copy(update={"paper": chosen}) if each.key == key else each for each in page.references
    )
    new = store.validated(kind_of("page"), page.model_copy(update={"references": references}).model_dump(mode="json"))
    note = command.note or (f"@{key} means {chosen}." if chosen else f"@{key} is open again.")
    return written(work, head, new, note)
