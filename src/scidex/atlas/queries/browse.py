"""Lists: artifacts by kind and facet, records of therapies, and how much there is of everything."""

from __future__ import annotations

from sqlalchemy import Connection, and_, func, or_, select

from scidex.atlas import store
from scidex.atlas.kinds import all_kinds
from scidex.atlas.lifecycle import HIDDEN
from scidex.atlas.queries.views import ListedView, RecordView, Statistics
from scidex.atlas.tables import artifacts, links, versions
from scidex.atlas.tables import records as record_rows
from scidex.kernel.clock import format_time, parse_time
from scidex.kernel.errors import Invalid
from scidex.kernel.tables import activities


def browse(
    connection: Connection,
    *,
    kind: str = "",
    facet: str = "",
    title: str = "",
    cursor: str = "",
    limit: int = 50,
) -> ListedView:
    """Artifacts in view, last changed first. `title` keeps those whose title contains it; `cursor` is from the page before.

    Merged artifacts and tombstones are not listed (their addresses still answer), nor are background kinds such as
    source files unless `kind` asks for them.
    """
    query = select(artifacts).where(artifacts.c.state.not_in(HIDDEN))
    if kind:
        query = query.where(artifacts.c.kind == kind)
    else:
        query = query.where(
            artifacts.c.kind.in_([known.slug for known in all_kinds().values() if not known.background])
        )
    if facet:
        query = query.where(artifacts.c.facet == facet)
    if title:
        query = query.where(func.lower(artifacts.c.title).contains(title.lower(), autoescape=True))
    if cursor:
        moment, _, last = cursor.partition("_")
        try:
            at = parse_time(moment)
        except Invalid:
            raise Invalid("This is not a place in the list.", cure="Start from the first page.") from None
        query = query.where(or_(artifacts.c.updated_at < at, and_(artifacts.c.updated_at == at, artifacts.c.id < last)))
    rows = connection.execute(
        query.order_by(artifacts.c.updated_at.desc(), artifacts.c.id.desc()).limit(limit + 1)
    ).all()
    items = tuple(store.as_head(row) for row in rows[:limit])
    following = f"{format_time(items[-1].updated_at)}_{items[-1].id}" if len(rows) > limit else ""
    return ListedView(items, following)


def listing(connection: Connection, *, kind: str = "") -> list[str]:
    """The ids of everything in view, oldest first: for exports that walk it all."""
    query = select(artifacts.c.id).order_by(artifacts.c.id)
    if kind:
        query = query.where(artifacts.c.kind == kind)
    return list(connection.execute(query).scalars())


def counts(connection: Connection) -> dict[tuple[str, str], int]:
    """How many artifacts are in view, by (kind, facet)."""
    rows = connection.execute(
        select(artifacts.c.kind, artifacts.c.facet, func.count().label("number"))
        .where(artifacts.c.state.not_in(HIDDEN))
        .group_by(artifacts.c.kind, artifacts.c.facet)
    )
    return {(row.kind, row.facet): row.number for row in rows}


def records(connection: Connection, *, type_: str = "", subject: str = "", limit: int = 500) -> tuple[RecordView, ...]:
    """Records of therapies in view, by type and name; `subject` is the disease of an application."""
    query = (
        select(record_rows, artifacts.c.id)
        .join(artifacts, artifacts.c.id == record_rows.c.artifact_id)
        .where(artifacts.c.state.not_in(HIDDEN))
        .order_by(record_rows.c.type, record_rows.c.name, record_rows.c.artifact_id)
        .limit(limit)
    )
    if type_:
        query = query.where(record_rows.c.type == type_)
    if subject:
        query = query.where(func.lower(record_rows.c.subject) == subject.lower())
    rows = connection.execute(query).all()
    heads = store.heads(connection, (row.artifact_id for row in rows))
    return tuple(
        RecordView(row.type, row.name, row.note, row.subject, row.section, heads[row.artifact_id]) for row in rows
    )


def statistics(connection: Connection) -> Statistics:
    """How much is kept."""

    def number(table: object) -> int:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]

    return Statistics(
        artifacts=number(artifacts),
        versions=number(versions),
        links=connection.execute(
            select(func.count()).select_from(links).where(links.c.ended_at.is_(None))
        ).scalar_one(),
        activities=number(activities),
    )
