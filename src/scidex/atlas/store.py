"""Rows of the atlas, in and out. Private to the atlas. Writes go through a `Work`, which buffers them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import (
    Connection,
    Integer,
    Row,
    String,
    Subquery,
    and_,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from scidex.atlas import link_rows, projections
from scidex.atlas.aliases import alias_key
from scidex.atlas.bibliography.resolution import Known, Question
from scidex.atlas.graph.categories import LABELS
from scidex.atlas.kinds import Body, kind_of
from scidex.atlas.kinds.base import Kind, Mention, State
from scidex.atlas.kinds.entity import EntityBody
from scidex.atlas.model import Head, Version, seal_of
from scidex.atlas.shelf import shelved
from scidex.atlas.tables import (
    aliases,
    artifacts,
    blobs,
    derivations,
    imports,
    transitions,
    versions,
)
from scidex.kernel.actions import Work
from scidex.kernel.canonical import canonical_json, sha256
from scidex.kernel.errors import Conflict, Defect, Invalid, NotFound
from scidex.kernel.ids import ActivityId, ArtifactId
from scidex.kernel.storage.chunks import chunks

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


# A page asks these many times: putting them together anew takes longer than answering them.
_HEAD = select(artifacts).where(artifacts.c.id == bindparam("id"))
_HEADS = select(artifacts).where(artifacts.c.id.in_(bindparam("ids", expanding=True)))
_VERSION = select(versions).where(
    versions.c.artifact_id == bindparam("artifact"), versions.c.number == bindparam("version")
)
_NAMED = select(aliases.c.key, aliases.c.artifact_id).where(aliases.c.key.in_(bindparam("names", expanding=True)))


def head(connection: Connection, artifact_id: ArtifactId) -> Head:
    """The head of an artifact. Raises NotFound."""
    row = connection.execute(_HEAD, {"id": artifact_id}).first()
    if row is None:
        raise NotFound(f"There is no artifact {artifact_id}.", cure="`scidex list` shows what there is.")
    return as_head(row)


def heads(connection: Connection, ids: Iterable[str]) -> dict[str, Head]:
    """The heads of those of `ids` that exist."""
    found: dict[str, Head] = {}
    for piece in chunks(sorted(set(ids))):
        for row in connection.execute(_HEADS, {"ids": piece}).all():
            found[row.id] = as_head(row)
    return found


def version(connection: Connection, artifact_id: ArtifactId, number: int) -> Version:
    """One version. Raises NotFound."""
    row = connection.execute(_VERSION, {"artifact": artifact_id, "version": min(number, _MOST)}).first()
    if row is None or row.number != number:
        raise NotFound(f"{artifact_id} has no version {number}.", cure="Its history lists the versions there are.")
    return as_version(row)


def ids_by_key(connection: Connection, keys: Iterable[str]) -> dict[str, ArtifactId]:
    """Which artifact each of `keys` names (ids name themselves); keys that name nothing are left out. No redirects."""
    wanted = sorted(set(keys))
    found: dict[str, ArtifactId] = {}
    for piece in chunks(wanted):
        for row in connection.execute(_NAMED, {"names": piece}).all():
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
    # An id names itself, whatever else is called so.
    if ArtifactId.matches(key) and (itself := heads(connection, [key])):
        return itself[key]
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
            cure="Use its own verbs: `scidex claim`, `scidex evidence`, `scidex correction`, `scidex debate`.",
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
    link_rows.open_links(work, made, kind.mentions(body) if mentions is None else mentions)
    if names_are_free:
        insert_aliases(work, made.id, {alias_key(name): name for name in kind.names(body)})
    else:
        _take_names(work, made.id, kind.names(body))
    projections.project(work, made, body)
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
    link_rows.replace_links(work, new, kind.mentions(body))
    _take_names(work, new.id, kind.names(body), earlier=earlier_names)
    projections.project(work, new, body)
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
        projections.recheck_edges(work, old.id)
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
