"""What is told twice, so that it can be found: projections of newest versions, and what edges rest on. Private to the atlas.

`scidex check` works each out anew and compares.
"""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    FromClause,
    String,
    case,
    cast,
    delete,
    exists,
    literal,
    or_,
    select,
    update,
)

from scidex.atlas.bibliography.csl import title_of as title_of_record
from scidex.atlas.bibliography.csl import year_of
from scidex.atlas.bibliography.matching import title_key
from scidex.atlas.graph.model import EDGE, edge_number
from scidex.atlas.graph.predicates import MEANINGS
from scidex.atlas.kinds import Body
from scidex.atlas.kinds.entity import EntityBody
from scidex.atlas.kinds.evidence_item import EvidenceBody
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.kinds.works import NoticeType
from scidex.atlas.lifecycle import SPEAKING
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.tables import (
    artifacts,
    edge_items,
    edges,
    entities,
    links,
    records,
    works,
)
from scidex.kernel.actions import Work
from scidex.kernel.errors import Conflict
from scidex.kernel.ids import ArtifactId


def project(work: Work, made: Head, body: Body) -> None:
    """Tells the newest version of an artifact where it is told twice. Its names have been taken already."""
    _project_records(work, made, body)
    _project_work(work, made, body)
    _project_entity(work, made, body)
    _project_evidence(work, made, body)


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
        artifacts.c.state.in_(SPEAKING),
    )


def edge_name(edge: FromClause = edges) -> ColumnElement[str]:
    """The name of an edge of the table, in the database."""
    return literal(EDGE).concat(cast(edge.c.number, String))


def _project_evidence(work: Work, made: Head, body: Body) -> None:
    """Notes for the edge that a new evidence item is on that it has evidence of its own."""
    number = edge_number(body.claim) if isinstance(body, EvidenceBody) and made.latest_version == 1 else None
    if number is not None:
        work.connection.execute(update(edges).where(edges.c.number == number).values(checked=1, live=1))
        work.emit("edge.evidenced", f"{EDGE}{number}")


def recheck_edges(work: Work, evidence: ArtifactId) -> None:
    """Notes for the edges that an evidence item is on whether they still rest on something."""
    named = work.connection.execute(
        select(links.c.target_key).where(
            links.c.source_id == evidence,
            links.c.relation == Relation.EVIDENCE_FOR,
            links.c.target_key.startswith(EDGE),
        )
    ).scalars()
    numbers = [number for name in set(named) if (number := edge_number(name)) is not None]
    here = edges.c.number.in_(numbers)
    checked = evidence_in_view(edge_name())
    item = exists().where(edge_items.c.edge == edges.c.number, edge_items.c.ended_at.is_(None))
    for column, holds in ((edges.c.checked, checked), (edges.c.live, or_(checked, item))):
        work.connection.execute(update(edges).where(here).values({column: case((holds, 1), else_=0)}))


def _project_records(work: Work, made: Head, body: Body) -> None:
    if made.latest_version > 1:
        work.connection.execute(delete(records).where(records.c.artifact_id == made.id))
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
