"""Rows of the graph, in and out. Private to the atlas.

Many edges are written at once: staged in a temporary table and taken over by the database itself, in the order of its
indexes, so that a million of them take seconds. What is there already is left as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from scidex.atlas import store
from scidex.atlas.aliases import alias_key
from scidex.atlas.graph.model import Entity, Qualifiers, Statement, edge_number, in_words
from scidex.atlas.graph.predicates import Predicate
from scidex.atlas.graph.staging import COLUMNS, StagedRow, sealed_qualifiers
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.entity import EntityBody
from scidex.atlas.tables import edge_items, edges, entities, quarantine
from scidex.kernel.actions import Work
from scidex.kernel.errors import Invalid, NotFound
from scidex.kernel.ids import ArtifactId
from scidex.kernel.storage.chunks import chunks

FREE_NAME = "Take the name away from it, or use another identifier."
"""What to do about an identifier that names something else."""

_staging = Table(
    "edge_staging",
    MetaData(),
    *(Column(name, Integer if name in ("negated", "sample_size", "line") else Text) for name in COLUMNS),
    prefixes=["TEMPORARY"],
)
# Rows from which a plan that fits is worth the time it takes to look the tables over.
_MANY = 2_000
_STATEMENT = ("subject", "predicate", "object", "negated", "qualifiers")
_ITEM = COLUMNS[len(_STATEMENT) :]


@dataclass(frozen=True, slots=True)
class Stored:
    """How much was new; `unknown` are the ends of rows that are no entities here, so that those rows were left out."""

    edges: int
    items: int
    unknown: tuple[str, ...] = ()


def numbers(connection: Connection, curies: Iterable[str]) -> dict[str, int]:
    """The numbers of those of `curies` that are entities here."""
    found: dict[str, int] = {}
    for piece in chunks(sorted(set(curies))):
        rows = connection.execute(select(entities.c.curie, entities.c.number).where(entities.c.curie.in_(piece)))
        found.update((row.curie, row.number) for row in rows)
    return found


@dataclass(frozen=True, slots=True)
class MadeEntities:
    """How many entities are new; `refused` says of identifiers that name something else already why they name none."""

    new: int
    refused: dict[str, str]


def make_entities(work: Work, wanted: Iterable[Entity], *, derived: Sequence[store.Derivation] = ()) -> MadeEntities:
    """Writes those of `wanted` that are not here yet and may be."""
    by_curie = {str(each.curie): each for each in wanted}
    known = numbers(work.connection, by_curie)
    missing = {curie: entity for curie, entity in by_curie.items() if curie not in known}
    refused = _refused(work.connection, missing)
    kind = kind_of("entity")
    for curie, entity in missing.items():
        if curie in refused:
            continue
        body = EntityBody(
            curie=curie,
            name=entity.name[:500],
            category=entity.category,
            synonyms=entity.synonyms,
            xrefs=tuple(map(str, entity.xrefs)),
            about=entity.about[:4000],
            source=entity.source[:500],
        )
        store.create(work, kind, body, derived=derived, names_are_free=True)
    return MadeEntities(len(missing) - len(refused), refused)


def why_missing(connection: Connection, curies: Iterable[str]) -> dict[str, str]:
    """Why each of `curies` is no entity here."""
    wanted = list(curies)
    refused = _refused(connection, wanted)
    return {curie: refused.get(curie, f"There is no entity {curie} here any more.") for curie in wanted}


def _refused(connection: Connection, curies: Iterable[str]) -> dict[str, str]:
    """Which of `curies`, none of them an entity, name something else already, and what."""
    keys = {curie: alias_key(curie) for curie in curies}
    owners: dict[str, str] = {**store.ids_by_key(connection, sorted(set(keys.values())))} if keys else {}
    refused: dict[str, str] = {}
    for curie, key in keys.items():
        if key in owners:
            refused[curie] = f"{curie} already names {owners[key]}, which is not the entity {curie}."
        else:
            # Names are compared without regard to case: of two that differ in it alone, the second has none.
            owners[key] = curie
    return refused


def add_edges(work: Work, rows: Sequence[StagedRow], *, origin: ArtifactId | None, checked: bool = False) -> Stored:
    """Writes staged rows between entities that are here: new statements become edges, new items evidence of them.

    The caller has checked that each row names a source or run. A row without is written as an edge alone, with `checked`:
    its evidence is then an artifact that the caller links to it. An item of `origin` that was withdrawn stays withdrawn.
    """
    connection = work.connection
    dialect = connection.dialect.name
    _staging.create(connection, checkfirst=False)
    if dialect == "postgresql" and len(rows) >= _MANY:
        # They are sorted in memory and not on the disk.
        connection.exec_driver_sql("SET LOCAL work_mem = '64MB'")
    _look_over(connection, len(rows), entities)
    _stage(connection, rows)
    newest = connection.execute(select(func.coalesce(func.max(edges.c.number), 0))).scalar_one()
    before = connection.execute(select(func.coalesce(func.max(edge_items.c.number), 0))).scalar_one()
    subject, object_ = entities.alias("subject"), entities.alias("object")
    ends = _staging.join(subject, subject.c.curie == _staging.c.subject).join(
        object_, object_.c.curie == _staging.c.object
    )
    stated = (subject.c.number, _staging.c.predicate, object_.c.number, _staging.c.negated, _staging.c.qualifiers)
    statements = (
        select(*stated, literal(1), literal(int(checked)), _now(work), literal(work.activity_id))
        .select_from(ends)
        .distinct()
        .order_by(*stated)
    )
    made = connection.execute(
        _or_nothing(dialect, edges)
        .execution_options(preserve_rowcount=True)
        .from_select([*_STATEMENT, "live", "checked", "recorded_at", "activity_id"], statements)
    ).rowcount
    if made:
        _count_degrees(connection, newest)
    _look_over(connection, len(rows), edges)
    here = and_(*(edges.c[name] == value for name, value in zip(_STATEMENT, stated, strict=True)))
    again = _staging.c.fingerprint != ""
    if origin is not None:
        ended = edge_items.alias("ended")
        again = and_(
            again,
            ~exists().where(
                ended.c.edge == edges.c.number,
                ended.c.fingerprint == _staging.c.fingerprint,
                ended.c.origin_id == origin,
                ended.c.ended_at.is_not(None),
            ),
        )
    items = (
        select(
            edges.c.number,
            *(_staging.c[name] for name in _ITEM),
            literal(origin, String(21)),
            _now(work),
            literal(""),
            literal(work.activity_id),
        )
        .select_from(ends.join(edges, here))
        .where(again)
        .order_by(edges.c.number)
    )
    written = connection.execute(
        _or_nothing(dialect, edge_items)
        .execution_options(preserve_rowcount=True)
        .from_select(["edge", *_ITEM, "origin_id", "recorded_at", "ended_because", "activity_id"], items)
    ).rowcount
    if written:
        new = select(edge_items.c.edge).where(edge_items.c.number > before)
        connection.execute(update(edges).where(edges.c.live == 0, edges.c.number.in_(new)).values(live=1))
    known = select(entities.c.curie)
    lost = [select(end).where(end.not_in(known)) for end in (_staging.c.subject, _staging.c.object)]
    unknown = tuple(sorted(connection.execute(lost[0].union(lost[1])).scalars()))
    _staging.drop(connection, checkfirst=False)
    return Stored(made, written, unknown)


def _now(work: Work) -> BindParameter[datetime]:
    return bindparam("now", work.now, type_=edges.c.recorded_at.type)


def statement_number(connection: Connection, statement: Statement) -> int:
    """The number of the edge that states this. Raises NotFound."""
    kept = statement.in_order()
    ends = numbers(connection, (kept.subject, kept.object))
    if len(ends) == len({kept.subject, kept.object}):
        number = connection.execute(
            select(edges.c.number).where(
                edges.c.subject == ends[kept.subject],
                edges.c.predicate == kept.predicate,
                edges.c.object == ends[kept.object],
                edges.c.negated == int(kept.negated),
                edges.c.qualifiers == sealed_qualifiers(kept.qualifiers),
            )
        ).scalar()
        if number is not None:
            return int(number)
    raise NotFound("No edge states this.", cure="`scidex edge add` states it, with its evidence.")


def sentence(connection: Connection, number: int) -> str:
    """What edge `number` states, in words. Raises NotFound."""
    subject, object_ = entities.alias(), entities.alias()
    row = connection.execute(
        select(edges, subject.c.name.label("from_name"), object_.c.name.label("to_name"))
        .join(subject, subject.c.number == edges.c.subject)
        .join(object_, object_.c.number == edges.c.object)
        .where(edges.c.number == number)
    ).first()
    if row is None:
        raise NotFound(f"There is no edge {number}.", cure="`scidex graph show REF` shows the edges of an entity.")
    qualifiers = qualifiers_of(row.qualifiers)
    return in_words(row.from_name, Predicate(row.predicate), row.to_name, qualifiers, negated=bool(row.negated))


def put_in_quarantine(work: Work, origin: ArtifactId, rows: Iterable[tuple[int, str, str, str]]) -> int:
    """Keeps rows (line, row as it stood, reason, cure) that could not become edges; those kept before are not kept twice."""
    given = [
        {
            "origin_id": origin,
            "line": line,
            "row": row[:4000],
            "reason": reason[:1000],
            "cure": cure[:1000],
            "recorded_at": work.now,
            "settled_because": "",
            "activity_id": work.activity_id,
        }
        for line, row, reason, cure in rows
    ]
    if not given:
        return 0
    connection = work.connection
    before = connection.execute(select(func.coalesce(func.max(quarantine.c.number), 0))).scalar_one()
    connection.execute(_or_nothing(connection.dialect.name, quarantine), given)
    new = select(func.count()).select_from(quarantine).where(quarantine.c.number > before)
    return connection.execute(new).scalar_one()


def qualifiers_of(text: str) -> Qualifiers:
    """The qualifiers in a row."""
    return Qualifiers(**json.loads(text)) if text else Qualifiers()


def _count_degrees(connection: Connection, newest: int) -> None:
    """Adds the edges after number `newest` to the degrees of their ends."""
    new = edges.c.number > newest
    ends = union_all(select(edges.c.subject.label("entity")).where(new), select(edges.c.object).where(new)).subquery()
    counted = select(ends.c.entity, func.count().label("times")).group_by(ends.c.entity).subquery()
    connection.execute(
        update(entities).where(entities.c.number == counted.c.entity).values(degree=entities.c.degree + counted.c.times)
    )


def _look_over(connection: Connection, rows: int, table: Table) -> None:
    """Tells PostgreSQL's planner when a table has outgrown what it knows of it; else it walks where it should look up."""
    if connection.dialect.name != "postgresql" or rows < _MANY:
        return
    rows_known = text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)")
    known = connection.execute(rows_known, {"name": table.name}).scalar_one()
    newest = connection.execute(select(func.coalesce(func.max(table.c.number), 0))).scalar_one()
    if newest > 2 * known:
        connection.exec_driver_sql(f"ANALYZE {table.name}")


def _stage(connection: Connection, rows: Iterable[StagedRow]) -> None:
    names = [column.name for column in _staging.c]
    driver = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor().copy(f"COPY edge_staging ({', '.join(names)}) FROM STDIN") as copy:  # type: ignore[union-attr]
            for row in rows:
                copy.write_row([value.replace("\0", "") if isinstance(value, str) else value for value in row])
        # Of what is joined and compared; looking at the texts too would take longer than it saves.
        connection.exec_driver_sql(
            "ANALYZE edge_staging (subject, predicate, object, negated, qualifiers, fingerprint)"
        )
        return
    marks = ", ".join("?" for _ in names)
    driver.executemany(f"INSERT INTO edge_staging VALUES ({marks})", rows)  # type: ignore[union-attr] # noqa: S608


def _or_nothing(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    made = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return made.on_conflict_do_nothing()


def withdraw(work: Work, name: str, item: int, reason: str) -> bool:
    """Ends an item of the edge called `name` and says whether the edge still rests on something. Raises NotFound."""
    number = edge_number(name)
    if number is None:
        raise Invalid(f"“{name[:40]}” is no name of an edge.", cure="It looks like edge:12.")
    here = edge_items.c.edge == number
    found = work.connection.execute(
        update(edge_items)
        .where(here, edge_items.c.number == item, edge_items.c.ended_at.is_(None))
        .values(ended_at=work.now, ended_because=reason)
    )
    if not found.rowcount:
        raise NotFound(f"{name} does not rest on an item {item}.", cure=f"`scidex graph show {name}` lists its items.")
    left = work.connection.execute(
        select(func.count()).select_from(edge_items).where(here, edge_items.c.ended_at.is_(None))
    ).scalar_one()
    checked = work.connection.execute(select(edges.c.checked).where(edges.c.number == number)).scalar_one()
    stands = bool(left or checked)
    if not stands:
        work.connection.execute(update(edges).where(edges.c.number == number).values(live=0))
    work.emit("edge.withdrawn", name, item=item, stands=stands)
    return stands


def settle(work: Work, row: int, reason: str) -> int:
    """Takes a row out of quarantine and says how many still wait. Raises NotFound."""
    waiting = quarantine.c.settled_at.is_(None)
    found = work.connection.execute(
        update(quarantine)
        .where(quarantine.c.number == row, waiting)
        .values(settled_at=work.now, settled_because=reason)
    )
    if not found.rowcount:
        raise NotFound(f"No row {row} waits in quarantine.", cure="`scidex graph quarantine` lists them.")
    work.emit("quarantine.settled", f"quarantine:{row}", reason=reason)
    return work.connection.execute(select(func.count()).select_from(quarantine).where(waiting)).scalar_one()
