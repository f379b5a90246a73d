"""What verbs on entities and edges share."""

from __future__ import annotations

from scidex.atlas import store
from scidex.atlas.graph.curies import Curie
from scidex.atlas.kinds.entity import EntityBody
from scidex.kernel.actions import Work
from scidex.kernel.errors import Invalid, NotFound


def entity(work: Work, reference: str) -> Curie:
    """The identifier of the entity that `reference` names (identifier, id or path), through merges. Raises Invalid."""
    try:
        head = store.follow(work.connection, store.find(work.connection, reference))
    except NotFound:
        raise Invalid(
            f"There is no entity “{reference[:80]}” here.",
            cure="`scidex entity add CURIE NAME` adds it; `scidex ontology show NAME` finds its identifier.",
        ) from None
    if head.kind != "entity":
        raise Invalid(
            f"“{head.title}” is a {head.kind}, not an entity.", cure="`scidex list --kind entity` shows them."
        )
    return Curie(EntityBody.model_validate(store.contents(work.connection, [head])[head.id]).curie)
