"""`check`: recomputes everything that is stored twice or sealed, and says where it does not agree."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, exists, func, select, text, union_all

from scidex.atlas import link_rows, projections, store
from scidex.atlas.aliases import alias_key
from scidex.atlas.graph.model import EDGE
from scidex.atlas.graph.predicates import Predicate
from scidex.atlas.kinds import Body, kind_of
from scidex.atlas.links import Relation
from scidex.atlas.model import Head, seal_of
from scidex.atlas.queries.views import FoundProblem
from scidex.atlas.tables import (
    aliases,
    artifacts,
    blobs,
    edge_items,
    edges,
    entities,
    groundings,
    imports,
    links,
    records,
    transitions,
    versions,
    works,
)
from scidex.kernel.canonical import canonical_json, sha256
from scidex.kernel.errors import ScidexError
from scidex.kernel.ids import ActorId, ArtifactId
from scidex.kernel.tables import activities


def check(connection: Connection, *, progress: Callable[[int], None] = lambda _done: None) -> Iterator[FoundProblem]:
    """Yields each problem found. `progress` is told after each artifact how many are done."""
    yield from _database(connection)
    yield from _blobs(connection)
    ids = connection.execute(select(artifacts.c.id).order_by(artifacts.c.id)).scalars().all()
    for done, id_ in enumerate(ids, 1):
        try:
            yield from _artifact(connection, store.heads(connection, [id_])[id_])
        except (ScidexError, ValueError) as error:
            yield FoundProblem(id_, f"it cannot be read: {error}")
        progress(done)
    yield from _links(connection)
    yield from _graph(connection)


def _database(connection: Connection) -> Iterator[FoundProblem]:
    if connection.dialect.name == "sqlite":
        for row in connection.execute(text("PRAGMA integrity_check")):
            if row[0] != "ok":
                yield FoundProblem("database", str(row[0]))
        for row in connection.execute(text("PRAGMA foreign_key_check")):
            yield FoundProblem(f"table {row[0]}", f"row {row[1]} refers to a missing row of {row[2]}")


def _blobs(connection: Connection) -> Iterator[FoundProblem]:
    for name in connection.execute(select(blobs.c.sha256)).scalars().all():
        data = connection.execute(select(blobs.c.data).where(blobs.c.sha256 == name)).scalar_one()
        if not isinstance(data, bytes) or sha256(data) != name:
            yield FoundProblem(f"file {name[:12]}…", "its bytes do not have the hash they are kept under")
    missing = select(imports.c.file).where(imports.c.sha256.not_in(select(blobs.c.sha256)))
    for file in connection.execute(missing).scalars():
        yield FoundProblem(file, "the imported file's bytes are gone")


def _artifact(connection: Connection, head: Head) -> Iterator[FoundProblem]:
    rows = connection.execute(
        select(versions, activities.c.actor)
        .join(activities, activities.c.id == versions.c.activity_id)
        .where(versions.c.artifact_id == head.id)
        .order_by(versions.c.number)
    )
    previous, number = None, 0
    for row in rows:
        number += 1
        where = f"{head.id} version {row.number}"
        if row.number != number:
            yield FoundProblem(where, f"version {number} is missing")
            number = row.number
        if sha256(row.content) != row.content_hash:
            yield FoundProblem(where, "the content does not have the hash it was sealed with")
        seal = seal_of(
            artifact_id=head.id,
            kind=head.kind,
            number=row.number,
            content_hash=row.content_hash,
            previous_seal=previous,
            note=row.note,
            valid_from=row.valid_from,
            recorded_at=row.recorded_at,
            activity_id=row.activity_id,
            actor=ActorId(row.actor),
        )
        if seal != row.seal or row.previous_seal != previous:
            yield FoundProblem(where, "the seal is broken: something it covers was changed")
        previous = row.seal
    if number != head.latest_version:
        yield FoundProblem(head.id, f"the newest version is {number}, the list says {head.latest_version}")
    yield from _newest(connection, head)


def _newest(connection: Connection, head: Head) -> Iterator[FoundProblem]:
    try:
        newest = store.version(connection, head.id, head.latest_version)
        body = store.validated(kind_of(head.kind), json.loads(newest.content))
        if canonical_json(body.model_dump(mode="json")) != newest.content:
            yield FoundProblem(head.id, "the content is not in canonical form")
        if (head.title, head.facet) != (newest.title, store.facet_of(body)):
            yield FoundProblem(head.id, "the title or facet in the list is not that of the newest version")
    except (ScidexError, ValueError) as error:
        yield FoundProblem(head.id, f"the newest content cannot be read: {error}")
        return
    yield from _projections(connection, head, body)
    last = connection.execute(
        select(transitions).where(transitions.c.artifact_id == head.id).order_by(transitions.c.id.desc()).limit(1)
    ).first()
    if last is None or (last.state, last.redirect_to) != (head.state, head.redirect_to):
        yield FoundProblem(head.id, "its state is not the one its last recorded move led to")
    if head.redirect_to is not None:
        try:
            store.follow(connection, head)
        except ScidexError as error:
            yield FoundProblem(head.id, str(error))


def _projections(connection: Connection, head: Head, body: Body) -> Iterator[FoundProblem]:
    """What other tables repeat from the newest version, so that it can be found."""
    stored = connection.execute(
        select(records.c.type, records.c.name, records.c.note, records.c.subject, records.c.section)
        .where(records.c.artifact_id == head.id)
        .order_by(records.c.position)
    ).all()
    sealed = [(r.type, r.name, r.note, r.subject, r.section) for r in getattr(body, "records", ())]
    if [tuple(row) for row in stored] != sealed:
        yield FoundProblem(head.id, "the records table differs from the records in the newest version")
    kept_work = connection.execute(
        select(works.c.title_key, works.c.year, works.c.status, works.c.editorial).where(works.c.artifact_id == head.id)
    ).first()
    if (tuple(kept_work) if kept_work else None) != projections.projected_work(body):
        yield FoundProblem(head.id, "the works table differs from the record in the newest version")
    kept_entity = connection.execute(
        select(entities.c.curie, entities.c.name, entities.c.category).where(entities.c.artifact_id == head.id)
    ).first()
    if (tuple(kept_entity) if kept_entity else None) != projections.projected_entity(body):
        yield FoundProblem(head.id, "the entities table differs from the newest version")
    names = {alias_key(name): name for name in kind_of(head.kind).names(body)}
    owners = store.ids_by_key(connection, names) if names else {}
    for key, name in names.items():
        owner = owners.get(key)
        if owner is None or (owner != head.id and not _leads_to(connection, owner, head)):
            yield FoundProblem(head.id, f"its name {name} does not lead to it")
    told = link_rows.wanted_links(kind_of(head.kind).mentions(body))
    kept = connection.execute(
        select(links).where(links.c.source_id == head.id, links.c.ended_at.is_(None), links.c.path != "")
    )
    if sorted((*key, *value) for key, value in told.items()) != sorted(
        (row.relation, row.target_key, row.target_given, row.label, row.reason, row.path) for row in kept
    ):
        yield FoundProblem(head.id, "the links table differs from the links in the newest version")


def _leads_to(connection: Connection, owner: ArtifactId, head: Head) -> bool:
    """Whether a name of another artifact leads to `head` through merges, or `head` itself leads on."""
    return head.redirect_to is not None or store.follow(connection, store.head(connection, owner)).id == head.id


def _links(connection: Connection) -> Iterator[FoundProblem]:
    beyond = (
        select(links.c.id, links.c.source_id)
        .join(artifacts, artifacts.c.id == links.c.source_id)
        .where(func.coalesce(links.c.last_version, links.c.first_version) > artifacts.c.latest_version)
    )
    for row in connection.execute(beyond):
        yield FoundProblem(row.source_id, f"link {row.id} stands in a version that does not exist")
    known = [relation.value for relation in Relation]
    for row in connection.execute(select(links.c.id, links.c.relation).where(links.c.relation.not_in(known))):
        yield FoundProblem(f"link {row.id}", f"has the unknown relation “{row.relation}”")
    lost = select(aliases.c.key).where(aliases.c.artifact_id.not_in(select(artifacts.c.id)))
    for key in connection.execute(lost).scalars():
        yield FoundProblem(key, "this name leads to an artifact that does not exist")


def _graph(connection: Connection) -> Iterator[FoundProblem]:
    """Edges and what they rest on, each question asked of all of them at once."""
    known = [str(predicate) for predicate in Predicate]
    for row in connection.execute(select(edges.c.number, edges.c.predicate).where(edges.c.predicate.not_in(known))):
        yield FoundProblem(f"{EDGE}{row.number}", f"has the unknown relation “{row.predicate}”")
    itself = select(edges.c.number).where(edges.c.subject == edges.c.object)
    for number in connection.execute(itself).scalars():
        yield FoundProblem(f"{EDGE}{number}", "leads from an entity to itself")
    item = exists().where(edge_items.c.edge == edges.c.number, edge_items.c.ended_at.is_(None))
    bare = select(edges.c.number).where(edges.c.live == 1, edges.c.checked == 0, ~item)
    for number in connection.execute(bare).scalars():
        yield FoundProblem(f"{EDGE}{number}", "is in view and rests on nothing")
    seen = projections.evidence_in_view(projections.edge_name())
    for number in connection.execute(select(edges.c.number).where(edges.c.checked == 1, ~seen)).scalars():
        yield FoundProblem(f"{EDGE}{number}", "is marked to have evidence of its own and has none")
    hidden = select(edges.c.number).where(edges.c.live == 0, item)
    for number in connection.execute(hidden).scalars():
        yield FoundProblem(f"{EDGE}{number}", "is out of view and rests on something")
    ends = union_all(select(edges.c.subject.label("end")), select(edges.c.object.label("end"))).subquery()
    counted = select(ends.c.end, func.count().label("times")).group_by(ends.c.end).subquery()
    wrong = (
        select(entities.c.curie)
        .outerjoin(counted, counted.c.end == entities.c.number)
        .where(entities.c.degree != func.coalesce(counted.c.times, 0))
    )
    for curie in connection.execute(wrong).scalars():
        yield FoundProblem(curie, "its number of edges is not the number of its edges")
    late = (
        select(groundings.c.artifact_id, groundings.c.surface)
        .join(artifacts, artifacts.c.id == groundings.c.artifact_id)
        .where(groundings.c.version > artifacts.c.latest_version)
    )
    for row in connection.execute(late):
        yield FoundProblem(row.artifact_id, f"the name “{row.surface}” was read in a version that does not exist")
