"""Rows of the atlas, in and out. Private to the atlas. Writes go through a `Work`, which buffers them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    String,
    Subquery,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from scidex.atlas.aliases import alias_key
from scidex.atlas.bibliography.csl import title_of as title_of_record
from scidex.atlas.bibliography.csl import year_of
from scidex.atlas.bibliography.matching import title_key
from scidex.atlas.bibliography.resolution import Known, Question
from scidex.atlas.graph.categories import LABELS
from scidex.atlas.graph.predicates import MEANINGS
from scidex.atlas.kinds import Body, kind_of
from scidex.atlas.kinds.base import Kind, Mention, State
from scidex.atlas.kinds.entity import EntityBody
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.kinds.works import NoticeType
from scidex.atlas.links import Relation
from scidex.atlas.model import Head, Version, seal_of
from scidex.atlas.shelf import shelved
from scidex.atlas.tables import (
    aliases,
    artifacts,
    blobs,
    derivations,
    edge_items,
    edges,
    entities,
    imports,
    links,
    records,
    transitions,
    versions,
    works,
)
from scidex.kernel.actions import Work
from scidex.kernel.canonical import canonical_json, sha256
from scidex.kernel.errors import Conflict, Defect, Invalid, NotFound
from scidex.kernel.ids import ActivityId, ArtifactId

# SQLite's default limit on bound values in one statement is far above this.
_CHUNK = 500
# What fits an integer column.
_MOST = 2**31 - 1


def as_head(row: Row[Any]) -> Head:
    """A row of `artifacts` as a value."""
    return Head(
        ArtifactId(row.id),
        row.kind,
        State(row.state),
        row.title,
        row.facet,
        row.latest_version,
        ArtifactId(row.redirect_to) if row.redirect_to else None,
        row.created_at,
        row.updated_at,
    )


def as_version(row: Row[Any]) -> Version:
    """A row of `versions` as a value."""
    return Version(
        ArtifactId(row.artifact_id),
        row.number,
        row.title,
        row.content,
        row.content_hash,
        row.previous_seal,
        row.seal,
        row.note,
        row.valid_from,
        row.recorded_at,
        ActivityId(row.activity_id),
    )


def chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """`items` in pieces that fit one statement."""
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


def head(connection: Connection, artifact_id: ArtifactId) -> Head:
    """The head of an artifact. Raises NotFound."""
    row = connection.execute(select(artifacts).where(artifacts.c.id == artifact_id)).first()
    if row is None:
        raise NotFound(f"There is no artifact {artifact_id}.", cure="`scidex list` shows what there is.")
    return as_head(row)


def heads(connection: Connection, ids: Iterable[str]) -> dict[str, Head]:
    """The heads of those of `ids` that exist."""
    found: dict[str, Head] = {}
    for piece in chunks(sorted(set(ids))):
        for row in connection.execute(select(artifacts).where(artifacts.c.id.in_(piece))):
            found[row.id] = as_head(row)
    return found


def version(connection: Connection, artifact_id: ArtifactId, number: int) -> Version:
    """One version. Raises NotFound."""
    row = connection.execute(
        select(versions).where(versions.c.artifact_id == artifact_id, versions.c.number == min(number, _MOST))
    ).first()
    if row is None or row.number != number:
        raise NotFound(f"{artifact_id} has no version {number}.", cure="Its history lists the versions there are.")
    return as_version(row)


def ids_by_key(connection: Connection, keys: Iterable[str]) -> dict[str, ArtifactId]:
    """Which artifact each of `keys` names (ids name themselves); keys that name nothing are left out. No redirects."""
    wanted = sorted(set(keys))
    found: dict[str, ArtifactId] = {}
    for piece in chunks(wanted):
        for row in connection.execute(select(aliases.c.key, aliases.c.artifact_id).where(aliases.c.key.in_(piece))):
            found[row.key] = ArtifactId(row.artifact_id)
    ids = [key for key in wanted if ArtifactId.matches(key)]
    found.update((id_, ArtifactId(id_)) for id_ in heads(connection, ids))
    return found


def follow(connection: Connection, start: Head) -> Head:
    """Where merges lead from `start`. Raises Defect on a circle, which `merge` cannot make."""
    seen = {start.id}
    while start.redirect_to is not None:
        start = head(connection, start.redirect_to)
        if start.id in seen:
            raise Defect(f"The merges of {start.id} go in a circle.")
        seen.add(start.id)
    return start


def as_known(connection: Connection, found: dict[str, Head], as_of: datetime) -> dict[str, Head]:
    """Those of `found` (by id) that were known at `as_of`, as they stood then (but for the facet, which is today's)."""
    stood: dict[str, Head] = {}
    for piece in chunks(sorted(id_ for id_, now in found.items() if now.created_at <= as_of)):
        # One step down an index for each, however long its history is: max() would walk all of it.
        number = (
            select(versions.c.number)
            .where(versions.c.artifact_id == artifacts.c.id, versions.c.recorded_at <= as_of)
            .order_by(versions.c.recorded_at.desc(), versions.c.number.desc())
            .limit(1)
            .scalar_subquery()
        )
        move = (
            select(transitions.c.id)
            .where(transitions.c.artifact_id == artifacts.c.id, transitions.c.recorded_at <= as_of)
            .order_by(transitions.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        then = select(artifacts.c.id, number.label("number"), move.label("move")).where(artifacts.c.id.in_(piece)).cte()
        rows = connection.execute(
            select(
                versions.c.artifact_id,
                versions.c.number,
                versions.c.title,
                versions.c.recorded_at,
                transitions.c.state,
                transitions.c.redirect_to,
                transitions.c.recorded_at.label("moved_at"),
            )
            .join(then, and_(versions.c.artifact_id == then.c.id, versions.c.number == then.c.number))
            .join(transitions, transitions.c.id == then.c.move)
        )
        for row in rows:
            stood[row.artifact_id] = replace(
                found[row.artifact_id],
                state=State(row.state),
                title=row.title,
                latest_version=row.number,
                redirect_to=ArtifactId(row.redirect_to) if row.redirect_to else None,
                updated_at=max(row.recorded_at, row.moved_at),
            )
    return stood


def find(connection: Connection, reference: str) -> Head:
    """The artifact that `reference` (id, alias or path) names, merged or not. Raises NotFound or Invalid."""
    key = alias_key(reference)
    found = ids_by_key(connection, [key])
    if key not in found:
        raise NotFound(f"Nothing here is called “{reference[:80]}”.", cure="`scidex list` shows what there is.")
    return head(connection, found[key])


@dataclass(frozen=True, slots=True)
class Derivation:
    """That a version was made from another one; `parts` maps parts of the content to places in what was used."""

    used_id: ArtifactId
    used_version: int
    used_hash: str
    relation: str
    parts: dict[str, str]


def validated(kind: Kind, content: Any) -> Body:
    """`content` as the kind's body. Raises Invalid naming the fields."""
    try:
        return kind.complete(kind.body.model_validate(content))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'content'}: {e['msg']}" for e in error.errors()[:5])
        raise Invalid(f"This is not the content of a {kind.label.lower()}: {problems}.") from None


def check_generic(kind: Kind) -> None:
    """Raises Invalid if artifacts of `kind` are written by verbs of their own, which check what they say."""
    if kind.own_verbs:
        raise Invalid(
            f"A {kind.label.lower()} is not written as a whole: what it says would not be checked.",
            cure="Use its own verbs: `scidex claim`, `scidex evidence`, `scidex correction`.",
        )


def contents(connection: Connection, found: Iterable[Head]) -> dict[str, dict[str, Any]]:
    """The body of each head as stored, at the version the head is at, by id."""
    wanted = {(head.id, head.latest_version) for head in found}
    read: dict[str, dict[str, Any]] = {}
    for piece in chunks(sorted(wanted)):
        named = _pairs(connection, piece)
        here = and_(versions.c.artifact_id == named.c.id, versions.c.number == named.c.number)
        for row in connection.execute(select(versions.c.artifact_id, versions.c.content).join(named, here)):
            read[row.artifact_id] = json.loads(row.content)
    return read


def _pairs(connection: Connection, pairs: Sequence[tuple[str, int]]) -> Subquery:
    """Pairs of an id and a number as a table to join with: two bound values, so that the statement is always the same.

    Not as a list to compare with: SQLite looks pairs in a list up by reading the whole table.
    """
    if connection.dialect.name == "postgresql":
        ids, numbers = [id_ for id_, _ in pairs], [number for _, number in pairs]
        listed = (
            func.unnest(literal(ids, ARRAY(String)), literal(numbers, ARRAY(Integer)))
            .table_valued("id", "number")
            .render_derived()
        )
        return select(listed.c.id, listed.c.number).subquery()
    row = func.json_each(literal(json.dumps(pairs))).table_valued("value").c.value
    return select(
        func.json_extract(row, "$[0]").label("id"), func.json_extract(row, "$[1]", type_=Integer).label("number")
    ).subquery()


def is_newest(connection: Connection, old: Head, body: Body) -> bool:
    """Whether `body` is just what the newest version of `old` says already."""
    newest = version(connection, old.id, old.latest_version)
    return sha256(sealed_content(body)) == newest.content_hash


def sealed_content(body: Body) -> str:
    """The canonical JSON of a body."""
    return canonical_json(body.model_dump(mode="json"), typed=True)


def kept_blobs(connection: Connection, names: Iterable[str]) -> set[str]:
    """Those of `names`, SHA-256 of bytes, under which bytes are kept."""
    return {
        name
        for piece in chunks(sorted(set(names)))
        for name in connection.execute(select(blobs.c.sha256).where(blobs.c.sha256.in_(piece))).scalars()
    }


def keep_blob(work: Work, name: str, data: bytes) -> None:
    """Keeps bytes under their SHA-256 `name`, once."""
    if not kept_blobs(work.connection, [name]):
        work.add(blobs, sha256=name, data=data)


def works_at(connection: Connection, led: Mapping[str, Head]) -> dict[str, Known | Question]:
    """The works and open citations among `led` (where names lead, by key), as citations are resolved against them."""
    there = {
        key: found
        for key, found in led.items()
        if found.kind in ("paper", "open-citation") and found.state is not State.TOMBSTONE
    }
    read = contents(connection, there.values())
    made = {found.id: shelved(found, read[found.id]) for found in there.values()}
    return {key: made[found.id] for key, found in there.items()}


def create(
    work: Work,
    kind: Kind,
    body: Body,
    *,
    state: State = State.PUBLISHED,
    note: str = "",
    valid_from: datetime | None = None,
    derived: Sequence[Derivation] = (),
    artifact_id: ArtifactId | None = None,
    mentions: Sequence[Mention] | None = None,
    names_are_free: bool = False,
) -> Head:
    """Writes a new artifact with its first version. `mentions` are the body's, if the caller has them already.

    `names_are_free` says that the caller has looked up the body's names and none leads anywhere: bulk work asks once.
    """
    artifact_id = artifact_id or work.ids.make(ArtifactId, work.now)
    made = Head(artifact_id, kind.slug, state, title_of(kind, body), facet_of(body), 1, None, work.now, work.now)
    work.add(
        artifacts,
        id=made.id,
        kind=made.kind,
        state=state,
        title=made.title,
        facet=made.facet,
        latest_version=1,
        redirect_to=None,
        created_at=work.now,
        updated_at=work.now,
        activity_id=work.activity_id,
    )
    _append_version(work, made, body, previous_seal=None, note=note, valid_from=valid_from, derived=derived)
    _record_transition(work, made.id, None, state, None, "")
    _open_links(work, made, kind.mentions(body) if mentions is None else mentions)
    _project_records(work, made, body)
    _project_work(work, made, body)
    if names_are_free:
        insert_aliases(work, made.id, {alias_key(name): name for name in kind.names(body)})
    else:
        _take_names(work, made.id, kind.names(body))
    _project_entity(work, made, body)
    work.emit("artifact.created", made.id, kind=kind.slug, version=1)
    return made


def revise(
    work: Work,
    old: Head,
    body: Body,
    *,
    note: str = "",
    valid_from: datetime | None = None,
    derived: Sequence[Derivation] = (),
) -> Head:
    """Writes the next version of `old` and moves its links along. The caller checked state and expected version."""
    kind = kind_of(old.kind)
    before = version(work.connection, old.id, old.latest_version)
    earlier_names = kind.names(kind.body.model_validate_json(before.content))
    new = Head(
        old.id,
        old.kind,
        old.state,
        title_of(kind, body),
        facet_of(body),
        old.latest_version + 1,
        old.redirect_to,
        old.created_at,
        work.now,
    )
    _append_version(work, new, body, previous_seal=before.seal, note=note, valid_from=valid_from, derived=derived)
    work.connection.execute(
        update(artifacts)
        .where(artifacts.c.id == new.id)
        .values(title=new.title, facet=new.facet, latest_version=new.latest_version, updated_at=work.now)
    )
    _replace_links(work, new, kind.mentions(body))
    work.connection.execute(records.delete().where(records.c.artifact_id == new.id))
    _project_records(work, new, body)
    _project_work(work, new, body)
    _take_names(work, new.id, kind.names(body), earlier=earlier_names)
    _project_entity(work, new, body)
    work.emit("artifact.revised", new.id, version=new.latest_version)
    return new


def move(work: Work, old: Head, state: State, *, reason: str, redirect_to: ArtifactId | None = None) -> None:
    """Puts an artifact into another state of its life. The caller checked that the move is allowed."""
    work.connection.execute(
        update(artifacts)
        .where(artifacts.c.id == old.id)
        .values(state=state, redirect_to=redirect_to, updated_at=work.now)
    )
    _record_transition(work, old.id, old.state, state, redirect_to, reason)
    if old.kind == "evidence":
        _recheck_edges(work, old.id)
    work.emit(f"artifact.{state}", old.id, before=str(old.state), redirect_to=redirect_to, reason=reason)


def add_alias(work: Work, artifact_id: ArtifactId, given: str) -> None:
    """Lets `given` lead to the artifact. Raises Conflict if it leads elsewhere already."""
    key = alias_key(given)
    owner = ids_by_key(work.connection, [key]).get(key)
    if owner is not None and owner != artifact_id:
        raise Conflict(f"“{given}” already leads to {owner}.", cure="Merge the two artifacts, or choose another name.")
    if owner is None:
        insert_aliases(work, artifact_id, {key: given})


def insert_aliases(work: Work, artifact_id: ArtifactId, names: Mapping[str, str]) -> None:
    """Writes aliases (given by key) that the caller knows to be free."""
    for key, given in names.items():
        work.add(
            aliases, key=key, artifact_id=artifact_id, given=given, recorded_at=work.now, activity_id=work.activity_id
        )
    if names:
        work.emit("alias.added", artifact_id, keys=list(names))


def add_link(work: Work, source: Head, relation: Relation, target: ArtifactId, reason: str) -> None:
    """Links two artifacts outside of any body, such as by a merge."""
    _open(work, source, relation, target, target, "", reason, path="")


def end_links(work: Work, source_id: ArtifactId, relation: Relation, target: ArtifactId) -> None:
    """Ends the current links of one relation between two artifacts; they stay readable in the past."""
    work.connection.execute(
        update(links)
        .where(
            links.c.source_id == source_id,
            links.c.relation == relation,
            links.c.target_key == target,
            links.c.ended_at.is_(None),
        )
        .values(
            ended_at=work.now,
            last_version=select(artifacts.c.latest_version).where(artifacts.c.id == source_id).scalar_subquery(),
        )
    )


def targets(connection: Connection, source_id: ArtifactId, relation: Relation) -> list[ArtifactId]:
    """The artifacts that `source_id` is linked to now by verbs of one relation."""
    rows = connection.execute(
        select(links.c.target_key).where(
            links.c.source_id == source_id, links.c.relation == relation, links.c.ended_at.is_(None)
        )
    )
    return [ArtifactId.parse(row.target_key) for row in rows]


def state_before(connection: Connection, head: Head) -> State:
    """The state from which an artifact came into the one it is in, and to which undoing that leads back."""
    # `State` lists them in the order of life. A move down in it was an undoing, and is not undone in turn.
    earlier = list(State)[: list(State).index(head.state)]
    before = (
        select(transitions.c.before)
        .where(
            transitions.c.artifact_id == head.id,
            transitions.c.state == head.state,
            transitions.c.before.in_(earlier),
        )
        .order_by(transitions.c.id.desc())
        .limit(1)
    )
    return State(connection.execute(before).scalar_one())


def imports_of(connection: Connection, hashes: Sequence[str]) -> list[Row[Any]]:
    """The earlier imports of files with these hashes, with the title of what each became."""
    query = select(imports, artifacts.c.title).join(artifacts, artifacts.c.id == imports.c.artifact_id)
    return [
        row
        for piece in chunks(sorted(set(hashes)))
        for row in connection.execute(query.where(imports.c.sha256.in_(piece)))
    ]


def parts_of(row: Row[Any]) -> dict[str, str]:
    """The parts column of a derivation, read."""
    parts: dict[str, str] = json.loads(row.parts)
    return parts


def facet_of(body: Body) -> str:
    """What a body is about, for filtering: a page's entity type, an entity's category in the same words, else nothing."""
    return LABELS[body.category][0] if isinstance(body, EntityBody) else str(getattr(body, "entity_type", ""))


def title_of(kind: Kind, body: Body) -> str:
    """The title a body gives its artifact. Raises Invalid if it is empty or too long."""
    title = kind.title(body).strip()
    if not title:
        raise Invalid(f"A {kind.label.lower()} needs a title.", cure="Fill in its title.")
    if len(title) > 500:
        raise Invalid("The title is longer than 500 characters.", cure="Shorten it; the rest belongs in the text.")
    return title


def _append_version(
    work: Work,
    made: Head,
    body: Body,
    *,
    previous_seal: str | None,
    note: str,
    valid_from: datetime | None,
    derived: Sequence[Derivation],
) -> None:
    content = sealed_content(body)
    content_hash = sha256(content)
    valid_from = valid_from or work.now
    seal = seal_of(
        artifact_id=made.id,
        kind=made.kind,
        number=made.latest_version,
        content_hash=content_hash,
        previous_seal=previous_seal,
        note=note,
        valid_from=valid_from,
        recorded_at=work.now,
        activity_id=work.activity_id,
        actor=work.actor,
    )
    work.add(
        versions,
        artifact_id=made.id,
        number=made.latest_version,
        title=made.title,
        content=content,
        content_hash=content_hash,
        previous_seal=previous_seal,
        seal=seal,
        note=note,
        valid_from=valid_from,
        recorded_at=work.now,
        activity_id=work.activity_id,
    )
    for source in derived:
        work.add(
            derivations,
            artifact_id=made.id,
            version=made.latest_version,
            used_id=source.used_id,
            used_version=source.used_version,
            used_hash=source.used_hash,
            relation=source.relation,
            parts=canonical_json(source.parts),
            activity_id=work.activity_id,
        )


def _record_transition(
    work: Work,
    artifact_id: ArtifactId,
    before: State | None,
    state: State,
    redirect_to: ArtifactId | None,
    reason: str,
) -> None:
    work.add(
        transitions,
        artifact_id=artifact_id,
        before=before,
        state=state,
        redirect_to=redirect_to,
        reason=reason,
        recorded_at=work.now,
        activity_id=work.activity_id,
    )


_Wanted = dict[tuple[str, str], tuple[str, str, str, str]]


def wanted_links(mentions: Iterable[Any]) -> _Wanted:
    """(relation, key) -> (given, label, reason, path): the first mention of a target under a relation speaks for all."""
    wanted: _Wanted = {}
    for mention in mentions:
        try:
            key = alias_key(mention.target)
        except Invalid:
            continue
        try:
            relation = Relation(mention.relation)
        except ValueError:
            known = ", ".join(Relation)
            raise Invalid(
                f"There is no relation “{mention.relation[:60]}”.", cure=f"Known relations: {known}."
            ) from None
        wanted.setdefault((relation, key), (mention.target, mention.label, mention.reason, mention.path))
    return wanted


def _open_links(work: Work, made: Head, mentions: Iterable[Any]) -> None:
    for (relation, key), (given, label, reason, path) in wanted_links(mentions).items():
        _open(work, made, relation, key, given, label, reason, path)


def _open(work: Work, source: Head, relation: str, key: str, given: str, label: str, reason: str, path: str) -> None:
    work.add(
        links,
        source_id=source.id,
        relation=relation,
        target_key=key,
        target_given=given,
        label=label,
        reason=reason,
        path=path,
        first_version=source.latest_version,
        last_version=None,
        recorded_at=work.now,
        ended_at=None,
        activity_id=work.activity_id,
    )


def _replace_links(work: Work, new: Head, mentions: Iterable[Any]) -> None:
    wanted = wanted_links(mentions)
    current = work.connection.execute(select(links).where(links.c.source_id == new.id, links.c.ended_at.is_(None)))
    gone: list[int] = []
    for row in current:
        if not row.path:
            continue  # made by a verb such as merge, not by the text
        same = (row.target_given, row.label, row.reason, row.path)
        if wanted.get((row.relation, row.target_key)) == same:
            del wanted[(row.relation, row.target_key)]
        else:
            gone.append(row.id)
    for piece in chunks(gone):
        work.connection.execute(
            update(links).where(links.c.id.in_(piece)).values(last_version=new.latest_version - 1, ended_at=work.now)
        )
    for (relation, key), (given, label, reason, path) in wanted.items():
        _open(work, new, relation, key, given, label, reason, path)


def _take_names(work: Work, artifact_id: ArtifactId, names: Sequence[str], *, earlier: Sequence[str] = ()) -> None:
    """Lets the names a body brings along lead to its artifact, and no longer those it has dropped.

    Raises Conflict if one leads to another artifact: one identifier names one work.
    """
    if not names and not earlier:
        return
    wanted = {alias_key(name): name for name in names}
    dropped = {alias_key(name) for name in earlier} - wanted.keys()
    if dropped:
        work.connection.execute(
            delete(aliases).where(aliases.c.artifact_id == artifact_id, aliases.c.key.in_(sorted(dropped)))
        )
        work.emit("alias.removed", artifact_id, keys=sorted(dropped))
    owners = ids_by_key(work.connection, wanted)
    for key, owner in owners.items():
        if owner != artifact_id and follow(work.connection, head(work.connection, owner)).id != artifact_id:
            raise Conflict(
                f"“{wanted[key]}” already names {owner}: one name, one artifact.",
                cure=f"Revise {owner} instead, merge the two, or correct the identifier.",
            )
    insert_aliases(work, artifact_id, {key: name for key, name in wanted.items() if key not in owners})


def projected_work(body: Body) -> tuple[str, int | None, str, str] | None:
    """What the works table says of a body: title key, year, status, editorial status; None if it is no publication."""
    if not isinstance(body, PaperBody):
        return None
    gravest = next((type_ for type_ in NoticeType if any(notice.type is type_ for notice in body.notices)), None)
    return title_key(title_of_record(body.csl)), year_of(body.csl), str(body.verification.status), str(gravest or "")


def _project_work(work: Work, made: Head, body: Body) -> None:
    told = projected_work(body)
    if told is None:
        return
    if made.latest_version > 1:
        work.connection.execute(delete(works).where(works.c.artifact_id == made.id))
    work.add(
        works,
        artifact_id=made.id,
        version=made.latest_version,
        title_key=told[0],
        year=told[1],
        status=told[2],
        editorial=told[3],
        activity_id=work.activity_id,
    )


def projected_entity(body: Body) -> tuple[str, str, str] | None:
    """What the entities table says of a body: identifier, name, category; None if it is no entity."""
    return (body.curie, body.name, str(body.category)) if isinstance(body, EntityBody) else None


def _project_entity(work: Work, made: Head, body: Body) -> None:
    told = projected_entity(body)
    if told is None:
        return
    curie, name, category = told
    if made.latest_version == 1:
        work.add(
            entities,
            artifact_id=made.id,
            curie=curie,
            name=name,
            category=category,
            degree=0,
            activity_id=work.activity_id,
        )
        return
    # A name of what was merged into it leads here, but is still the identifier of that.
    holder = work.connection.execute(
        select(entities.c.artifact_id).where(entities.c.curie == curie, entities.c.artifact_id != made.id)
    ).scalar()
    if holder is not None:
        raise Conflict(f"{curie} is the identifier of {holder}.", cure=f"Revise {holder} first, or use another.")
    # Changed in place: edges name its number.
    work.connection.execute(
        update(entities)
        .where(entities.c.artifact_id == made.id)
        .values(curie=curie, name=name, category=category, activity_id=work.activity_id)
    )
    _turn_edges(work, made)


def _turn_edges(work: Work, made: Head) -> None:
    """Keeps symmetric edges in the order of their ends' identifiers (`Statement.in_order`) after one was changed."""
    one, other = entities.alias(), entities.alias()
    # As Python compares them, whatever the language of the database.
    letters = "C" if work.connection.dialect.name == "postgresql" else "BINARY"
    mine = select(entities.c.number).where(entities.c.artifact_id == made.id).scalar_subquery()
    wrong = (
        select(edges.c.number)
        .join(one, one.c.number == edges.c.subject)
        .join(other, other.c.number == edges.c.object)
        .where(
            or_(edges.c.subject == mine, edges.c.object == mine),
            edges.c.predicate.in_([each for each, meaning in MEANINGS.items() if meaning.symmetric]),
            one.c.curie.collate(letters) > other.c.curie.collate(letters),
        )
    )
    work.connection.execute(
        update(edges).where(edges.c.number.in_(wrong)).values(subject=edges.c.object, object=edges.c.subject)
    )


def evidence_in_view(name: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an evidence item that readers see is on what is called `name`."""
    return exists().where(
        links.c.target_key == name,
        links.c.relation == Relation.EVIDENCE_FOR,
        links.c.ended_at.is_(None),
        artifacts.c.id == links.c.source_id,
        artifacts.c.state.in_((State.PUBLISHED, State.SUPERSEDED)),
    )


def edge_name(edge: FromClause = edges) -> ColumnElement[str]:
    """The name of an edge of the table, in the database."""
    return literal("edge:").concat(cast(edge.c.number, String))


def _recheck_edges(work: Work, evidence: ArtifactId) -> None:
    """Notes for the edges that an evidence item is on whether they still rest on something."""
    named = work.connection.execute(
        select(links.c.target_key).where(
            links.c.source_id == evidence, links.c.relation == Relation.EVIDENCE_FOR, links.c.target_key.like("edge:%")
        )
    ).scalars()
    numbers = [int(name.removeprefix("edge:")) for name in set(named)]
    here = edges.c.number.in_(numbers)
    checked = evidence_in_view(edge_name())
    item = exists().where(edge_items.c.edge == edges.c.number, edge_items.c.ended_at.is_(None))
    for column, holds in ((edges.c.checked, checked), (edges.c.live, or_(checked, item))):
        work.connection.execute(update(edges).where(here).values({column: case((holds, 1), else_=0)}))


def _project_records(work: Work, made: Head, body: Body) -> None:
    for position, record in enumerate(getattr(body, "records", ())):
        work.add(
            records,
            artifact_id=made.id,
            position=position,
            version=made.latest_version,
            type=record.type,
            name=record.name,
            note=record.note,
            subject=record.subject,
            section=record.section,
            activity_id=work.activity_id,
        )
