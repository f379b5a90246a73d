"""Store what the names in an artifact stand for, as it was worked out from its newest version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from scidex.atlas import edge_store, store
from scidex.atlas.actions._entities import entity
from scidex.atlas.graph.model import CHOSEN, Entity
from scidex.atlas.tables import groundings
from scidex.kernel.actions import Command, Result, Work, action
from scidex.kernel.canonical import canonical_json, sha256
from scidex.kernel.errors import Conflict, Invalid, NotFound
from scidex.kernel.storage.chunks import chunks


class NameGrounding(BaseModel):
    """One name of an artifact: where it first stands, how often, and what it stands for (`curie` "" if nobody knows).

    `about` says that it names what the artifact is about; `score` is in thousandths; `runner_up` the next best, `why` the rules.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    surface: str = Field(min_length=1, max_length=200)
    curie: str = ""
    about: bool = False
    times: int = Field(default=1, ge=0, lt=2**31)
    path: str = Field(default="", max_length=64)
    start: int = Field(default=0, ge=0, lt=2**31)
    score: int = Field(default=0, ge=0, le=1000)
    runner_up: str = ""
    why: str = ""


class GroundedArtifact(BaseModel):
    """An artifact, the version that was read, and its names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    artifact: str
    version: int
    names: tuple[NameGrounding, ...]

    @field_validator("names")
    @classmethod
    def _each_once(cls, names: tuple[NameGrounding, ...]) -> tuple[NameGrounding, ...]:
        if len({name.surface for name in names}) < len(names):
            raise ValueError("a name stands there twice")
        return names


class StoreGroundings(Command):
    """`method` says what knew the names; `entities` are the `Entity` values of those that were found."""

    method: str = Field(max_length=1000)
    artifacts: tuple[GroundedArtifact, ...]
    entities: Any = ()

    def fingerprint(self) -> str:
        """Over what was found."""
        return sha256(canonical_json({"method": self.method, "found": [each.model_dump() for each in self.artifacts]}))


class StoredGroundings(Result):
    """How many artifacts were written, and how many of their names nobody knows."""

    artifacts: int
    names: int
    unresolved: int


@action("grounding.store", "Store what names stand for", command=StoreGroundings, result=StoredGroundings)
def store_groundings(command: StoreGroundings, work: Work) -> StoredGroundings:
    """Replaces what was worked out before; what somebody chose stays. Artifacts that were revised meanwhile are left out."""
    if command.method.startswith(CHOSEN):
        raise Invalid("Nobody is said to have chosen what was worked out.", cure="`grounding.choose` says so.")
    wanted: Sequence[Entity] = [each for each in command.entities if isinstance(each, Entity)]
    edge_store.make_entities(work, wanted)
    numbered = edge_store.numbers(work.connection, (str(each.curie) for each in wanted))
    heads = store.heads(work.connection, (each.artifact for each in command.artifacts))
    current = [
        each
        for each in command.artifacts
        if each.artifact in heads and heads[each.artifact].latest_version == each.version
    ]
    ids = [each.artifact for each in current]
    chosen = _chosen(work, ids)
    for piece in chunks(sorted(ids)):
        work.connection.execute(
            groundings.delete().where(groundings.c.artifact_id.in_(piece), ~groundings.c.method.startswith(CHOSEN))
        )
    names = unresolved = 0
    for each in current:
        there = {name.surface for name in each.names}
        kept = chosen.get(each.artifact, set())
        if kept:
            _follow(work, each, kept & there, kept - there)
        # One row says that the artifact was read, even if it names nothing.
        rows = each.names or (NameGrounding(surface="∅"),)
        for name in rows:
            if name.surface in kept:
                continue
            number = numbered.get(name.curie) if name.curie else None
            names += bool(each.names)
            unresolved += bool(each.names) and number is None
            work.add(
                groundings,
                artifact_id=each.artifact,
                surface=name.surface,
                version=each.version,
                entity=number,
                about=int(name.about),
                times=name.times if each.names else 0,
                path=name.path,
                start=name.start,
                score=name.score,
                runner_up=name.runner_up[:300],
                why=name.why[:1000],
                method=command.method,
                activity_id=work.activity_id,
            )
        work.emit("artifact.grounded", each.artifact, names=len(each.names))
    return StoredGroundings(artifacts=len(current), names=names, unresolved=unresolved)


def _follow(work: Work, each: GroundedArtifact, kept: set[str], gone: set[str]) -> None:
    """What somebody chose stays as long as the name stands there."""
    here = groundings.c.artifact_id == each.artifact
    work.connection.execute(groundings.delete().where(here, groundings.c.surface.in_(sorted(gone))))
    work.connection.execute(
        groundings.update().where(here, groundings.c.surface.in_(sorted(kept))).values(version=each.version)
    )


def _chosen(work: Work, ids: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for piece in chunks(sorted(set(ids))):
        rows = work.connection.execute(
            groundings.select().where(groundings.c.artifact_id.in_(piece), groundings.c.method.startswith(CHOSEN))
        )
        for row in rows:
            found.setdefault(row.artifact_id, set()).add(row.surface)
    return found


class ChooseGrounding(Command):
    """`surface` is the name as it stands in the artifact; an empty `entity` says that it stands for none."""

    ref: str = Field(description="The artifact that uses the name.")
    surface: str = Field(min_length=1, max_length=200, description="The name as it stands there.")
    entity: str = Field(default="", description="The entity it stands for; none if left out.")


class ChosenGrounding(Result):
    """What the name stands for now."""

    artifact: str
    surface: str
    curie: str


@action("grounding.choose", "Say what a name stands for", command=ChooseGrounding, result=ChosenGrounding)
def choose(command: ChooseGrounding, work: Work) -> ChosenGrounding:
    """A person's word stands above any rule, and is kept when the names are worked out again."""
    head = store.follow(work.connection, store.find(work.connection, command.ref))
    here = (groundings.c.artifact_id == head.id, groundings.c.surface == command.surface)
    row = work.connection.execute(groundings.select().where(*here)).first()
    if row is None:
        raise NotFound(
            f"“{command.surface}” is not a name in “{head.title}”.", cure=f"`scidex graph names {head.id}` lists them."
        )
    if row.version != head.latest_version:
        raise Conflict(
            f"“{head.title}” was revised since its names were read.", cure="`scidex graph ground` reads them."
        )
    curie = entity(work, command.entity) if command.entity else ""
    number = edge_store.numbers(work.connection, [curie]).get(curie) if curie else None
    work.connection.execute(
        groundings.update()
        .where(*here)
        .values(
            entity=number,
            score=1000,
            runner_up="",
            why="",
            method=f"{CHOSEN}{work.actor}",
            activity_id=work.activity_id,
        )
    )
    work.emit("grounding.chosen", head.id, surface=command.surface, curie=curie)
    return ChosenGrounding(artifact=head.id, surface=command.surface, curie=curie)
