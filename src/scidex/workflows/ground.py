"""Look up what names stand for: outside of any transaction, since it takes long, then stored a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from scidex.atlas import queries
from scidex.atlas.actions.store_groundings import GroundedArtifact, NameGrounding, StoredGroundings, StoreGroundings
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.grounding import RULES, Grounding, ground, ground_name
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.ports import Candidate, Ontology
from scidex.atlas.kinds.page import BIOLINK_CLASS, EntityType
from scidex.atlas.model import Head
from scidex.kernel.actions import Door
from scidex.kernel.ids import ActorId

BATCH = 50
_LONGEST = 400_000

Progress = Callable[[int], None]


@dataclass(slots=True)
class GroundedLibrary:
    """How many artifacts were read with `method`, how many names they use, and how many of those nobody knows."""

    method: str
    artifacts: int = 0
    names: int = 0
    unresolved: int = 0

    @property
    def document(self) -> dict[str, Any]:
        """In JSON."""
        return {
            "method": self.method,
            "artifacts": self.artifacts,
            "names": self.names,
            "unresolved": self.unresolved,
        }


def method_of(ontology: Ontology) -> str:
    """How names are looked up: by which rules and which names. What was read by another method is read again."""
    return f"{RULES}, {ontology.version}"


def ground_library(
    door: Door,
    ontology: Ontology,
    *,
    actor: ActorId,
    refs: Sequence[str] = (),
    most: int = 0,
    progress: Progress = lambda _number: None,
) -> GroundedLibrary:
    """Reads the names of `refs`, or of all artifacts that changed since their names were read, and stores them.

    With `most`, it stops after so many artifacts.
    """
    told = GroundedLibrary(method_of(ontology))
    after = ""
    while True:
        with door.storage.read() as connection:
            if refs:
                heads = [queries.find(connection, ref)[1] for ref in refs]
            else:
                heads = queries.to_ground(connection, told.method, limit=BATCH, after=after)
            contents = queries.contents_of(connection, heads)
        if not heads:
            return told
        read = [_grounded(head, contents[head.id], ontology) for head in heads]
        found = ontology.entities({curie for _, curies in read for curie in curies})
        command = StoreGroundings(
            method=told.method,
            artifacts=tuple(each for each, _ in read),
            entities=tuple(_with_source(entity, ontology.version) for entity in found.values()),
        )
        stored: StoredGroundings = door.perform("grounding.store", command, actor)
        told.artifacts += stored.artifacts
        told.names += stored.names
        told.unresolved += stored.unresolved
        progress(told.artifacts)
        if refs or (most and told.artifacts >= most):
            return told
        after = heads[-1].id


def _with_source(entity: Entity, source: str) -> Entity:
    if entity.source:
        return entity
    return Entity(entity.curie, entity.name, entity.category, entity.synonyms, entity.xrefs, entity.about, source)


@dataclass(slots=True)
class _Name:
    """A name of one artifact, gathered from all the places it stands in."""

    chosen: Candidate | None
    runner_up: Candidate | None
    score: int
    why: tuple[str, ...]
    path: str
    start: int
    times: int = 0
    about: bool = False


def _grounded(head: Head, content: dict[str, Any], ontology: Ontology) -> tuple[GroundedArtifact, set[Any]]:
    """The names of one artifact, and the identifiers of what they stand for."""
    names: dict[str, _Name] = {}
    for path, text, expected in _about(head, content):
        _subjects(names, path, text, expected, ontology)
    for path, text in _texts(head, content):
        for grounding in ground(text[:_LONGEST], ontology):
            _gather(names, grounding, path)
    listed = tuple(
        NameGrounding(
            surface=surface,
            curie=str(name.chosen.curie) if name.chosen else "",
            about=name.about,
            times=name.times,
            path=name.path,
            start=name.start,
            score=name.score,
            runner_up=f"{name.runner_up.name} ({name.runner_up.curie})" if name.runner_up else "",
            why="; ".join(name.why),
        )
        for surface, name in names.items()
    )
    return (
        GroundedArtifact(artifact=head.id, version=head.latest_version, names=listed),
        {name.chosen.curie for name in names.values() if name.chosen},
    )


def _subjects(names: dict[str, _Name], path: str, text: str, expected: Category | None, ontology: Ontology) -> None:
    """What `text` is about as a whole; of a title that no entity bears, the entities that it is made of."""
    named = ground_name(text, ontology, expected=expected)
    surface = " ".join(text.split())[:200]
    if named.chosen is None:
        parts = [each for each in ground(text, ontology, expected=expected) if each.chosen is not None]
        for part in parts:
            _gather(names, part, path)
            names[" ".join(part.surface.split())[:200]].about = True
        if parts:
            return
    names[surface] = _Name(named.chosen, named.runner_up, named.score, named.why, path, 0, 1, about=True)


def _gather(names: dict[str, _Name], grounding: Grounding, path: str) -> None:
    surface = " ".join(grounding.surface.split())[:200]
    known = names.get(surface)
    if known is None:
        known = names[surface] = _Name(
            grounding.chosen, grounding.runner_up, grounding.score, grounding.why, path, grounding.start
        )
    known.times += 1


def _about(head: Head, content: dict[str, Any]) -> list[tuple[str, str, Category | None]]:
    """What an artifact says it is about, by the field that says so."""
    if head.kind == "page":
        class_ = BIOLINK_CLASS[EntityType(content.get("entity_type") or EntityType.UNSPECIFIED)]
        category = Category(class_.removeprefix("biolink:"))
        return [("title", head.title, None if category is Category.NAMED_THING else category)]
    if head.kind == "claim":
        return [(field, content[field], None) for field in ("subject", "object") if content.get(field)]
    return []


def _texts(head: Head, content: dict[str, Any]) -> list[tuple[str, str]]:
    """The texts of an artifact, by field."""
    if head.kind == "page":
        return [(path, content[path]) for path in ("lead", "body") if content.get(path)]
    if head.kind == "claim":
        return [("statement", content["statement"])]
    return [("title", head.title)]
