"""Reading links in both directions, and the pages that are wanted but not written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Connection, FromClause, Select, and_, exists, func, or_, select

from scidex.atlas import store
from scidex.atlas.kinds.base import State
from scidex.atlas.links import WORDS, Relation
from scidex.atlas.model import Head
from scidex.atlas.queries.views import BacklinkView, LinkView, WantedView
from scidex.atlas.tables import aliases, artifacts, links
from scidex.kernel.ids import ArtifactId
from scidex.kernel.storage.chunks import chunks

# More links than this are counted and not listed: no page can show them, and no reader wants them.
MOST_LINKS = 2000
# What is wanted by these is a work or a claim, which nobody writes as a page: the open citations list them.
_OF_CITATIONS = (
    Relation.CITES,
    Relation.MAY_MEAN,
    Relation.STATED_IN,
    Relation.EVIDENCE_FOR,
    Relation.QUOTES,
    Relation.CORRECTS,
    Relation.FOLLOWS_FROM,
    Relation.DEBATES,
    Relation.ARGUED_IN,
    Relation.ARGUES_FROM,
    Relation.SEARCHED_FOR,
)
# A report or a file says where a page came from, not what it has to do with: that is the provenance section's.
_PLUMBING = (Relation.REPORTS_ON, Relation.USED)


def stood(table: FromClause, as_of: datetime | BindParameter[datetime] | None) -> ColumnElement[bool]:
    """Whether a row of a table whose rows are recorded and ended (links, items of edges) stands: now, or at a time."""
    if as_of is None:
        now: ColumnElement[bool] = table.c.ended_at.is_(None)
        return now
    return and_(table.c.recorded_at <= as_of, or_(table.c.ended_at.is_(None), table.c.ended_at > as_of))


def targets(connection: Connection, keys: Iterable[str], *, as_of: datetime | None = None) -> dict[str, Head]:
    """Where each of `keys` leads, through merges; keys that lead nowhere (or did not yet at `as_of`) are left out."""
    wanted = sorted(set(keys))
    found: dict[str, Head] = {}
    for piece in chunks(wanted):
        named = select(aliases.c.key, artifacts).join(artifacts, artifacts.c.id == aliases.c.artifact_id)
        if as_of is not None:
            named = named.where(aliases.c.recorded_at <= as_of)
        for row in connection.execute(named.where(aliases.c.key.in_(piece))):
            found[row.key] = store.as_head(row)
    ids = [key for key in wanted if key not in found and ArtifactId.matches(key)]
    found.update(store.heads(connection, ids))
    if as_of is None:
        return {key: store.follow(connection, head) for key, head in found.items()}
    return _led(connection, found, as_of)


def _led(connection: Connection, found: dict[str, Head], as_of: datetime) -> dict[str, Head]:
    """Where merges led from each of `found` at `as_of`, as it stood then; what was not known then is left out."""
    stood: dict[str, Head] = {}
    unknown: dict[str, Head] = {head.id: head for head in found.values()}
    while unknown:
        stood.update(store.as_known(connection, unknown, as_of))
        further = {head.redirect_to for head in stood.values() if head.redirect_to} - stood.keys()
        unknown = {head.id: head for head in store.heads(connection, further).values()}
    led: dict[str, Head] = {}
    for key, head in found.items():
        at = stood.get(head.id)
        for _ in stood:
            if at is None or at.redirect_to is None:
                break
            at = stood.get(at.redirect_to)
        if at is not None:
            led[key] = at
    return led


def links_from(
    connection: Connection,
    head: Head,
    *,
    relation: Relation | None = None,
    as_of: datetime | None = None,
    limit: int = MOST_LINKS,
) -> tuple[tuple[LinkView, ...], int]:
    """The current links of an artifact (of one relation, if given) in the order they were made, and how many there are."""
    where = and_(links.c.source_id == head.id, stood(links, as_of))
    if relation is not None:
        where = and_(where, links.c.relation == relation)
    rows = connection.execute(select(links).where(where).order_by(links.c.id).limit(limit)).all()
    total = len(rows)
    if total == limit:
        total = connection.execute(select(func.count()).select_from(links).where(where)).scalar_one()
    found = targets(connection, (row.target_key for row in rows), as_of=as_of)
    return tuple(
        LinkView(
            row.relation,
            WORDS[Relation(row.relation)][0],
            row.target_given,
            row.target_key,
            row.label,
            row.reason,
            found.get(row.target_key),
            row.activity_id,
        )
        for row in rows
    ), total


def backlinks(
    connection: Connection,
    head: Head,
    *,
    as_of: datetime | None = None,
    limit: int = 50,
    offset: int = 0,
    keys: Sequence[str] = (),
) -> tuple[tuple[BacklinkView, ...], int]:
    """Who links here (also through names of artifacts merged into this one), newest first, and how many there are.

    `keys` are those of `all_keys`, if the caller has them already.
    """
    keys = keys or all_keys(connection, head, as_of)
    where = and_(
        links.c.target_key.in_(keys),
        stood(links, as_of),
        links.c.source_id != head.id,
        links.c.relation.not_in(_PLUMBING),
    )
    # One artifact may lead here by several names, such as the DOI and the PMID of one work: it is told once.
    once = (
        select(func.max(links.c.id).label("id")).where(where).group_by(links.c.source_id, links.c.relation).subquery()
    )
    rows = connection.execute(
        select(links).join(once, once.c.id == links.c.id).order_by(links.c.id.desc()).limit(limit).offset(offset)
    ).all()
    total = len(rows)
    if total == limit or offset:
        total = connection.execute(select(func.count()).select_from(once)).scalar_one()
    sources = store.heads(connection, (row.source_id for row in rows))
    if as_of is not None:
        sources = store.as_known(connection, sources, as_of)
    return (
        tuple(
            BacklinkView(
                row.relation, WORDS[Relation(row.relation)][1], row.reason, sources[row.source_id], row.activity_id
            )
            for row in rows
        ),
        total,
    )


def all_keys(connection: Connection, head: Head, as_of: datetime | None = None) -> list[str]:
    """Every name by which links lead to an artifact: its id and aliases, and those of what was merged into it."""
    ids: set[str] = {head.id}
    frontier: set[str] = {head.id}
    while frontier:
        frontier = _merged_into(connection, frontier, as_of) - ids
        ids |= frontier
    names = select(aliases.c.key).where(aliases.c.artifact_id.in_(sorted(ids)))
    if as_of is not None:
        names = names.where(aliases.c.recorded_at <= as_of)
    return [*ids, *connection.execute(names).scalars()]


def sources_of(
    connection: Connection,
    heads: Sequence[Head],
    *relations: Relation,
    as_of: datetime | None = None,
    limit: int = 50,
    offset: int = 0,
    keys: Sequence[str] = (),
) -> list[tuple[Head, str, Relation]]:
    """Who is linked to one of `heads` by one of `relations`, oldest first: who, the id it leads to, by which relation.

    `keys` are those of `all_keys`, if there is one head and the caller has them already.
    """
    if len(heads) == 1:
        ids = dict.fromkeys(keys or all_keys(connection, heads[0], as_of), str(heads[0].id))
    else:
        ids = {str(head.id): str(head.id) for head in heads}
    return sources_by_key(connection, ids, *relations, as_of=as_of, limit=limit, offset=offset)


def sources_by_key(
    connection: Connection,
    ids: Mapping[str, str],
    *relations: Relation,
    as_of: datetime | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[tuple[Head, str, Relation]]:
    """As `sources_of`, by the names that links lead to, each with what it stands for (``edge:12`` for itself)."""
    found: dict[tuple[str, str, str], None] = {}
    for piece in chunks(sorted(ids)):
        rows = connection.execute(
            select(links.c.source_id, links.c.target_key, links.c.relation)
            .where(links.c.target_key.in_(piece), links.c.relation.in_(relations), stood(links, as_of))
            .group_by(links.c.source_id, links.c.target_key, links.c.relation)
            .order_by(links.c.source_id)
            .limit(limit)
            .offset(offset)
        )
        found.update({(row.source_id, ids[row.target_key], row.relation): None for row in rows})
    sources = store.heads(connection, (source for source, _, _ in found))
    if as_of is not None and sources:
        sources = store.as_known(connection, sources, as_of)
    return [(sources[source], target, Relation(name)) for source, target, name in found if source in sources]


def _merged_into(connection: Connection, ids: set[str], as_of: datetime | None) -> set[str]:
    if as_of is None:
        return set(connection.execute(select(artifacts.c.id).where(artifacts.c.redirect_to.in_(sorted(ids)))).scalars())
    # A merge leaves a link behind, which tells when it stood.
    merged = select(links.c.target_key).where(
        links.c.source_id.in_(sorted(ids)), links.c.relation == Relation.MERGED_FROM, stood(links, as_of)
    )
    return set(connection.execute(merged).scalars())


def _unwritten() -> ColumnElement[bool]:
    return and_(
        links.c.ended_at.is_(None),
        links.c.relation.not_in([*_PLUMBING, *_OF_CITATIONS, Relation.MERGED_FROM, Relation.SUPERSEDED_BY]),
        ~exists().where(aliases.c.key == links.c.target_key),
        ~exists().where(artifacts.c.id == links.c.target_key),
        ~exists().where(artifacts.c.id == links.c.source_id, artifacts.c.state == State.TOMBSTONE),
    )


def _wanted_query() -> Select[tuple[str, str, str, int]]:
    return (
        select(
            links.c.target_key,
            func.min(links.c.target_given).label("given"),
            func.min(links.c.label).label("label"),
            func.count(links.c.source_id.distinct()).label("wanted_by"),
        )
        .where(_unwritten())
        .group_by(links.c.target_key)
    )


def wanted(connection: Connection, *, limit: int = 100, offset: int = 0) -> tuple[tuple[WantedView, ...], int]:
    """Pages that are linked to and not written, the most wanted first, and how many there are."""
    query = _wanted_query()
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = connection.execute(
        query.order_by(func.count(links.c.source_id.distinct()).desc(), links.c.target_key).limit(limit).offset(offset)
    )
    return tuple(WantedView(row.target_key, row.given, row.label, row.wanted_by) for row in rows), total


def wanted_by(connection: Connection, key: str, *, limit: int = 50) -> tuple[BacklinkView, ...]:
    """Who links to a page that is not written."""
    rows = connection.execute(
        select(links)
        .where(links.c.target_key == key, links.c.ended_at.is_(None))
        .order_by(links.c.id.desc())
        .limit(limit)
    ).all()
    sources = store.heads(connection, (row.source_id for row in rows))
    return tuple(
        BacklinkView(
            row.relation, WORDS[Relation(row.relation)][1], row.reason, sources[row.source_id], row.activity_id
        )
        for row in rows
        if sources[row.source_id].state is not State.TOMBSTONE
    )
