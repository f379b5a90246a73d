"""How other rooms keep artifacts of kinds that are written by verbs of theirs. They do not know the tables."""

from __future__ import annotations

from typing import TypeVar

from scidex.atlas import store
from scidex.atlas.kinds import Body, all_kinds, kind_of
from scidex.atlas.lifecycle import check_revisable
from scidex.atlas.model import Head
from scidex.kernel.actions import Work
from scidex.kernel.errors import Invalid
from scidex.kernel.ids import ArtifactId

Kept = TypeVar("Kept", bound=Body)


def new_id(work: Work) -> ArtifactId:
    """An id for an artifact that is about to be kept, for content that names itself."""
    return work.ids.make(ArtifactId, work.now)


def keep(work: Work, content: Body, kind: str, *, artifact_id: ArtifactId | None = None) -> Head:
    """A new artifact of `kind`."""
    return store.create(work, kind_of(kind), content, artifact_id=artifact_id)


def keep_again(work: Work, head: Head, content: Body, *, note: str) -> Head:
    """The next version of an artifact. Raises Conflict in a state in which none can be written."""
    check_revisable(head.title, head.state)
    return store.revise(work, head, content, note=note)


def kept(work: Work, reference: str, body: type[Kept]) -> tuple[Head, Kept]:
    """The artifact that `reference` names, with its newest body. Raises NotFound, or Invalid if its body is another one."""
    head = named(work, reference)
    kind = kind_of(head.kind)
    if kind.body is not body:
        wanted = next(each for each in all_kinds().values() if each.body is body)
        raise Invalid(
            f"“{head.title}” is a {kind.label.lower()}, not a {wanted.label.lower()}.",
            cure=f"`scidex list --kind {wanted.slug}` shows them.",
        )
    return head, body.model_validate(store.contents(work.connection, [head])[head.id])


def named(work: Work, reference: str) -> Head:
    """The artifact that `reference` names, wherever merges lead. Raises NotFound."""
    return store.follow(work.connection, store.find(work.connection, reference))
