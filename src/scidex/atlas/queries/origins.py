"""Where a version came from: its sources with places, the graph of activities around it, the reports about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from scidex.atlas import store
from scidex.atlas.kinds import kind_of
from scidex.atlas.model import Head
from scidex.atlas.provenance import (
    ActivityFact,
    AgentFact,
    DerivedFact,
    EntityFact,
    ProvenanceGraph,
    UsedFact,
)
from scidex.atlas.queries.artifacts import as_activity
from scidex.atlas.queries.views import ActivityView, OriginView, ReportView
from scidex.atlas.tables import blobs, derivations, imports, versions
from scidex.kernel.errors import NotFound
from scidex.kernel.ids import ActorId
from scidex.kernel.tables import activities

# How many versions before the one shown the graph reaches back; the history has them all.
_GENERATIONS = 8


def origins(connection: Connection, head: Head, number: int) -> tuple[OriginView, ...]:
    """What version `number` was made from."""
    rows = connection.execute(
        select(derivations)
        .where(derivations.c.artifact_id == head.id, derivations.c.version == number)
        .order_by(derivations.c.id)
    ).all()
    used = store.heads(connection, (row.used_id for row in rows))
    done = _activities(connection, {row.activity_id for row in rows})
    return tuple(
        OriginView(
            used[row.used_id],
            row.used_version,
            row.used_hash,
            row.relation,
            store.parts_of(row),
            done[row.activity_id],
        )
        for row in rows
    )


def imported(connection: Connection, hashes: Sequence[str]) -> set[str]:
    """Those of `hashes` whose files were imported already."""
    return {row.sha256 for row in store.imports_of(connection, hashes)}


def reports(connection: Connection, head: Head, *, limit: int = 20) -> tuple[ReportView, ...]:
    """The import reports about an artifact (or about what a source file became), newest first."""
    rows = connection.execute(
        select(imports.c.report_id)
        .where(or_(imports.c.artifact_id == head.id, imports.c.source_id == head.id))
        .order_by(imports.c.recorded_at.desc())
        .limit(limit)
    ).scalars()
    found = []
    for report_id in rows:
        report = store.head(connection, report_id)
        content = json.loads(store.version(connection, report.id, report.latest_version).content)
        found.append(ReportView(report, content))
    return tuple(found)


def source_bytes(connection: Connection, sha256: str) -> bytes:
    """The bytes of a source file, by hash. Raises NotFound."""
    data = connection.execute(select(blobs.c.data).where(blobs.c.sha256 == sha256)).scalar()
    if data is None:
        raise NotFound(f"No file with SHA-256 {sha256[:12]}… is kept here.")
    return bytes(data)


def provenance(connection: Connection, head: Head, number: int) -> ProvenanceGraph:
    """The PROV graph of a version: the versions before it, what they were made from, by which activity, by whom."""
    lowest = max(1, number - _GENERATIONS)
    chain = connection.execute(
        select(
            versions.c.artifact_id, versions.c.number, versions.c.title, versions.c.content_hash, versions.c.activity_id
        )
        .where(versions.c.artifact_id == head.id, versions.c.number.between(lowest, number))
        .order_by(versions.c.number)
    ).all()
    sources = connection.execute(
        select(derivations)
        .where(derivations.c.artifact_id == head.id, derivations.c.version.between(lowest, number))
        .order_by(derivations.c.id)
    ).all()
    outside = {(row.used_id, row.used_version) for row in sources} - {(head.id, row.number) for row in chain}
    used_heads = store.heads(connection, (id_ for id_, _ in outside))
    used_versions = [store.version(connection, used_heads[id_].id, used) for id_, used in sorted(outside)]
    done = _activities(
        connection, {row.activity_id for row in (*chain, *sources)} | {used.activity_id for used in used_versions}
    )
    done |= _activities(connection, {view.parent_id for view in done.values() if view.parent_id} - set(done))
    label = kind_of(head.kind).label
    entities = [
        EntityFact(
            id=f"{head.id}/v{row.number}",
            kind=label,
            label=f"{row.title} (version {row.number})",
            version=row.number,
            hash=row.content_hash,
            generated_by=row.activity_id,
            revision_of=f"{head.id}/v{row.number - 1}" if row.number > lowest else None,
        )
        for row in chain
    ]
    entities += [
        EntityFact(
            id=f"{used.artifact_id}/v{used.number}",
            kind=kind_of(used_heads[used.artifact_id].kind).label,
            label=used.title,
            version=used.number,
            hash=used.content_hash,
            generated_by=used.activity_id,
            revision_of=None,
        )
        for used in used_versions
    ]
    return ProvenanceGraph(
        agents=tuple(
            AgentFact(id=actor, type=ActorId(actor).type, label=ActorId(actor).name)
            for actor in sorted({view.actor for view in done.values()})
        ),
        activities=tuple(
            ActivityFact(
                id=view.id,
                action=view.action,
                started=view.started_at,
                ended=view.ended_at,
                agent_id=view.actor,
                parent_id=view.parent_id,
                method=view.method,
            )
            for view in sorted(done.values(), key=lambda view: view.id)
        ),
        entities=tuple(entities),
        used=tuple(
            UsedFact(
                activity_id=row.activity_id,
                entity_id=f"{row.used_id}/v{row.used_version}",
                lines=_lines(store.parts_of(row)),
                role="source",
            )
            for row in sources
        ),
        derived=tuple(
            DerivedFact(
                generated_id=f"{row.artifact_id}/v{row.version}",
                used_id=f"{row.used_id}/v{row.used_version}",
                activity_id=row.activity_id,
                relation=row.relation,
            )
            for row in sources
        ),
    )


def _activities(connection: Connection, ids: set[Any]) -> dict[str, ActivityView]:
    return {
        row.id: as_activity(row)
        for row in connection.execute(select(activities).where(activities.c.id.in_(sorted(ids))))
    }


def _lines(parts: dict[str, str]) -> str:
    """The span of lines that `parts` cover together, as "1-120"; empty if they name none."""
    numbers = [int(end) for place in parts.values() for span in place.split(",") for end in span.split("-")]
    return f"{min(numbers)}-{max(numbers)}" if numbers else ""
