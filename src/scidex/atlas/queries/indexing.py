"""Keeps the indexes of searching up to date with the database, from the log of events alone."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import Connection, func, select

from scidex.atlas import store
from scidex.atlas.kinds import all_kinds
from scidex.atlas.kinds.evidence_item import EvidenceBody
from scidex.atlas.lifecycle import HIDDEN
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.searching.documents import PRIORS, document, hidden
from scidex.atlas.searching.model import Document
from scidex.atlas.searching.ports import Described, Embedder, IndexWriter, Mark, TextIndex
from scidex.atlas.tables import aliases, artifacts, entities, groundings, links
from scidex.kernel import events
from scidex.kernel.ids import ArtifactId
from scidex.kernel.storage.chunks import chunks
from scidex.kernel.tables import events as event_rows

Progress = Callable[[int, int], None]
"""Is told how many documents are done, of how many."""

_CHUNK = 500
_EVENTS = 5_000
# Beyond this many events, and if they are most of the library, everything is read anew with more memory.
_MANY_EVENTS = 20_000
_EMBEDDED_AT_ONCE = 64
_DESCRIBED = 1_200
_INLINE_EVENTS = 200


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where an index is: `newest` is the mark of this connection's state; `behind` events; `lost` if it is of another library."""

    newest: Mark
    behind: int
    lost: bool = False


def catch_up(connection: Connection, index: TextIndex, *, progress: Progress | None = None) -> int:
    """Brings `index` to what `connection` sees, or later; gives how many documents were written. Raises Conflict.

    Costs one small query if nothing happened. An index that is empty, of another database, or of a time that a backup took
    back is made anew.
    """
    standing = _standing(connection, index.covered())
    if not standing.behind and not standing.lost:
        return 0
    with index.writing(bulk=_anew(connection, standing)) as writer:
        # While we waited for the lock another process may have done it.
        mark = index.covered()
        standing = _standing(connection, mark)
        if not standing.behind and not standing.lost:
            return 0
        if _anew(connection, standing):
            written = _rebuild(connection, writer, progress)
        else:
            written = _update(connection, writer, _changed(connection, mark), progress)
        writer.commit(standing.newest)
    return written


def rebuild(connection: Connection, index: TextIndex, *, progress: Progress | None = None) -> int:
    """Makes `index` anew whatever it says of itself; gives how many documents it holds. Raises Conflict."""
    with index.writing(bulk=True) as writer:
        written = _rebuild(connection, writer, progress)
        writer.commit(_newest(connection))
    return written


def catch_up_meanings(
    connection: Connection, embedder: Embedder, *, everything: bool = False, progress: Progress | None = None
) -> None:
    """Brings the vectors up to date: a few changes at once, many only if `everything` is asked for, since it takes long."""
    mark = embedder.covered()
    standing = _standing(connection, mark)
    if not standing.behind and not standing.lost:
        return
    if standing.lost or not mark.seq:
        if not everything:
            return
        if standing.lost:
            embedder.forget(None)
        ids = set(_all_ids(connection))
    else:
        if standing.behind > _INLINE_EVENTS and not everything:
            return
        ids = _changed(connection, mark)
    done = 0
    for chunk in chunks(sorted(ids)):
        made = {each.id: each for each in documents(connection, chunk) if not each.background}
        embedder.forget([id_ for id_ in chunk if id_ not in made])
        missing = embedder.missing([Described(each.id, described(each)) for each in made.values()])
        for start in range(0, len(missing), _EMBEDDED_AT_ONCE):
            embedder.embed(missing[start : start + _EMBEDDED_AT_ONCE])
            if progress:
                progress(done + start, len(ids))
        done += len(chunk)
        if progress:
            progress(done, len(ids))
    embedder.cover(standing.newest)


def described(document_: Document) -> str:
    """What a document's vector is made of: its title and the beginning of its text; the model reads no more."""
    return f"{document_.title}. {document_.text}"[:_DESCRIBED]


def documents(connection: Connection, ids: Iterable[str]) -> Iterator[Document]:
    """Those of `ids` that are in view, as they are now."""
    heads = [head for head in store.heads(connection, ids).values() if head.state not in HIDDEN]
    contents = store.contents(connection, heads)
    names: dict[str, list[str]] = {}
    for piece in chunks([head.id for head in heads]):
        rows = select(aliases.c.artifact_id, aliases.c.given).where(aliases.c.artifact_id.in_(piece))
        for row in connection.execute(rows.order_by(aliases.c.key)):
            names.setdefault(row.artifact_id, []).append(row.given)
    evidence = _evidence(connection, [head.id for head in heads if head.kind == "claim"])
    named = _named_entities(connection, [head.id for head in heads])
    for head in heads:
        on_it = evidence.get(head.id, ())
        yield _document(head, contents[head.id], names.get(head.id, ()), on_it, named.get(head.id, ()))


def _named_entities(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """The identifiers of the entities that each artifact names."""
    found: dict[str, list[str]] = {}
    for piece in chunks(sorted(ids)):
        rows = connection.execute(
            select(groundings.c.artifact_id, entities.c.curie)
            .join(entities, entities.c.number == groundings.c.entity)
            .where(groundings.c.artifact_id.in_(piece))
            .distinct()
            .order_by(groundings.c.artifact_id, entities.c.curie)
        )
        for row in rows:
            found.setdefault(row.artifact_id, []).append(row.curie)
    return found


def _evidence(connection: Connection, claims: Sequence[str]) -> dict[str, list[EvidenceBody]]:
    """The evidence in view on each of `claims`, by the claim's id."""
    on: dict[str, str] = {}
    for piece in chunks(sorted(claims)):
        here = (links.c.target_key.in_(piece), links.c.relation == Relation.EVIDENCE_FOR, links.c.ended_at.is_(None))
        for row in connection.execute(select(links.c.source_id, links.c.target_key).where(*here)):
            on[row.source_id] = row.target_key
    shown = [head for head in store.heads(connection, on).values() if head.state not in HIDDEN]
    found: dict[str, list[EvidenceBody]] = {}
    for id_, content in store.contents(connection, shown).items():
        with contextlib.suppress(ValidationError):
            found.setdefault(on[id_], []).append(EvidenceBody.model_validate(content))
    return found


def _with_claims(connection: Connection, changed: set[str]) -> set[str]:
    """`changed`, and the claims that evidence among it is on: they are found by its stances and levels."""
    claims: set[str] = set()
    for piece in chunks(sorted(changed)):
        here = (links.c.source_id.in_(piece), links.c.relation == Relation.EVIDENCE_FOR)
        claims |= set(connection.execute(select(links.c.target_key).where(*here)).scalars())
    return changed | {claim for claim in claims if ArtifactId.matches(claim)}


def _document(
    head: Head,
    content: object,
    names: Iterable[str],
    evidence: Sequence[EvidenceBody] = (),
    named: Sequence[str] = (),
) -> Document:
    kind = all_kinds().get(head.kind)
    about = head.facet if head.facet != "unspecified" else ""
    if kind is None:
        return Document(head.id, head.kind, head.title, names=tuple(names), about=about)
    try:
        body = kind.body.model_validate(content)
    except ValidationError:
        # Written in a form that is no longer read: findable by its title.
        return Document(
            head.id,
            head.kind,
            head.title,
            names=tuple(names),
            prior=PRIORS.get(head.kind, 1000),
            background=hidden(kind),
        )
    return document(
        head.id, kind, body, title=head.title, about=about, names=tuple(names), evidence=evidence, entities=named
    )


def _newest(connection: Connection) -> Mark:
    row = connection.execute(
        select(event_rows.c.seq, event_rows.c.activity_id).order_by(event_rows.c.seq.desc()).limit(1)
    ).first()
    return Mark(row.seq, row.activity_id) if row else Mark()


def _standing(connection: Connection, mark: Mark) -> _Standing:
    newest_seq = select(func.max(event_rows.c.seq)).scalar_subquery()
    rows = {
        row.seq: row.activity_id
        for row in connection.execute(
            select(event_rows.c.seq, event_rows.c.activity_id).where(
                (event_rows.c.seq == newest_seq) | (event_rows.c.seq == mark.seq)
            )
        )
    }
    newest = Mark(max(rows), rows[max(rows)]) if rows else Mark()
    if not mark.seq:
        return _Standing(newest, newest.seq)
    if mark.seq <= newest.seq:
        return _Standing(newest, newest.seq - mark.seq, lost=rows.get(mark.seq) != mark.activity)
    # Later than what we see: either somebody has caught up since our state began, or it is another library.
    with connection.engine.connect() as now:
        activity = now.execute(
            select(event_rows.c.activity_id).where(event_rows.c.seq == mark.seq)
        ).scalar_one_or_none()
    return _Standing(newest, 0, lost=activity != mark.activity)


def _anew(connection: Connection, standing: _Standing) -> bool:
    if standing.lost or standing.behind == standing.newest.seq:
        return True
    if standing.behind < _MANY_EVENTS:
        return False
    total = connection.execute(select(func.count()).select_from(artifacts)).scalar_one()
    return standing.behind > total // 2


def _changed(connection: Connection, mark: Mark) -> set[str]:
    """The artifacts something happened to since `mark`."""
    changed: set[str] = set()
    revised: set[str] = set()
    seq = mark.seq
    while recorded := events.since(connection, seq, limit=_EVENTS):
        changed |= {each.event.subject for each in recorded if ArtifactId.matches(each.event.subject)}
        revised |= {each.event.subject for each in recorded if each.event.kind == "artifact.revised"}
        seq = recorded[-1].seq
    return _with_claims(connection, changed | _naming(connection, revised))


def _naming(connection: Connection, revised: set[str]) -> set[str]:
    """What names an entity among `revised`: it is found by the identifier, which may be another now."""
    found: set[str] = set()
    for piece in chunks(sorted(revised)):
        rows = (
            select(groundings.c.artifact_id)
            .join(entities, entities.c.number == groundings.c.entity)
            .where(entities.c.artifact_id.in_(piece))
        )
        found |= set(connection.execute(rows.distinct()).scalars())
    return found


def _all_ids(connection: Connection) -> list[str]:
    rows = select(artifacts.c.id).where(artifacts.c.state.not_in(HIDDEN)).order_by(artifacts.c.id)
    return list(connection.execute(rows).scalars())


def _rebuild(connection: Connection, writer: IndexWriter, progress: Progress | None) -> int:
    writer.clear()
    ids = _all_ids(connection)
    for start in range(0, len(ids), _CHUNK):
        for each in documents(connection, ids[start : start + _CHUNK]):
            writer.put(each)
        if progress:
            progress(min(start + _CHUNK, len(ids)), len(ids))
    return len(ids)


def _update(connection: Connection, writer: IndexWriter, changed: set[str], progress: Progress | None) -> int:
    done = 0
    for chunk in chunks(sorted(changed)):
        there = set()
        for each in documents(connection, chunk):
            writer.put(each)
            there.add(each.id)
        for gone in set(chunk) - there:
            writer.drop(gone)
        done += len(chunk)
        if progress:
            progress(done, len(changed))
    return done
