"""The JSON face of what the atlas keeps: the same on the command line and on the web."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from scidex.atlas.citing import cited_item
from scidex.atlas.kinds.page import PageBody
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.queries.citations import citations, resolution_document_of
from scidex.atlas.queries.claims import (
    claim_document,
    claim_view,
    claims_total,
    coverage,
    page_statements,
    sources_total,
)
from scidex.atlas.queries.edges import entities_of
from scidex.atlas.queries.groundings import grounded_document, grounded_names
from scidex.atlas.queries.links import MOST_LINKS, all_keys, backlinks, links_from
from scidex.atlas.queries.neighbourhoods import neighbourhood, neighbourhood_document
from scidex.atlas.queries.related import related, related_document
from scidex.atlas.queries.views import ActivityView, ArtifactView, BacklinkView, LinkView, VersionView
from scidex.atlas.tables import aliases
from scidex.kernel.clock import format_time


def names(connection: Connection, head: Head) -> list[str]:
    """The other names an artifact is found by, as they were given."""
    rows = select(aliases.c.given).where(aliases.c.artifact_id == head.id).order_by(aliases.c.key)
    return list(connection.execute(rows).scalars())


def head_document(head: Head) -> dict[str, Any]:
    """An artifact in a list."""
    return {
        "id": head.id,
        "address": f"/artifact/{head.id}",
        "kind": head.kind,
        "about": head.facet,
        "state": head.state,
        "title": head.title,
        "version": head.latest_version,
        "created_at": format_time(head.created_at),
        "updated_at": format_time(head.updated_at),
    }


def activity_document(activity: ActivityView) -> dict[str, Any]:
    """An activity: the origin of something."""
    return {
        "id": activity.id,
        "action": activity.action,
        "actor": activity.actor,
        "at": format_time(activity.started_at),
        "method": activity.method,
        "within": activity.parent_id,
    }


def version_document(version: VersionView) -> dict[str, Any]:
    """One line of a history."""
    return {
        "version": version.number,
        "title": version.title,
        "note": version.note,
        "recorded_at": format_time(version.recorded_at),
        "valid_from": format_time(version.valid_from),
        "content_hash": version.content_hash,
        "seal": version.seal,
        "origin": activity_document(version.activity),
    }


def link_document(link: LinkView) -> dict[str, Any]:
    """A link out; `target` is null while the page is not written."""
    return {
        "relation": link.relation,
        "target": link.target.id if link.target else None,
        "title": link.target.title if link.target else None,
        "given": link.given,
        "label": link.label,
        "reason": link.reason,
        "origin": link.activity_id,
    }


def backlink_document(link: BacklinkView) -> dict[str, Any]:
    """A link in."""
    return {
        "relation": link.relation,
        "source": link.source.id,
        "title": link.source.title,
        "reason": link.reason,
        "origin": link.activity_id,
    }


def cited_record(view: ArtifactView, base: str, *, pinned: bool) -> dict[str, Any]:
    """The artifact as a CSL record: the work itself if it is one, else the artifact, pinned to a version or the latest.

    What somebody's software added to the record (``custom``) is no part of a citation.
    """
    csl = view.content.get("csl")
    return cited_item(
        artifact_id=view.head.id,
        kind=view.head.kind,
        title=view.version.title,
        version=view.version.number,
        pinned=pinned,
        base_url=base,
        created_by=view.created_by.actor,
        recorded_at=view.version.recorded_at,
        content_hash=view.version.content_hash,
        csl={name: value for name, value in csl.items() if name != "custom"} if csl else None,
    )


def artifact_document(connection: Connection, view: ArtifactView) -> dict[str, Any]:
    """An artifact at a version, whole; of very many links in either direction only the first."""
    keys = all_keys(connection, view.head, view.as_of)
    links, links_total = links_from(connection, view.head, as_of=view.as_of)
    backwards, backlinks_total = backlinks(connection, view.head, as_of=view.as_of, limit=MOST_LINKS, keys=keys)
    return {
        **head_document(view.head),
        "title": view.version.title,
        "state": view.state,
        "version": view.version.number,
        "newest_version": view.newest,
        "as_of": format_time(view.as_of) if view.as_of else None,
        "recorded_at": format_time(view.version.recorded_at),
        "valid_from": format_time(view.version.valid_from),
        "content_hash": view.version.content_hash,
        "seal": view.version.seal,
        "note": view.version.note,
        "origin": activity_document(view.made_by),
        "content": view.content,
        "links": [link_document(link) for link in links],
        "links_total": links_total,
        "backlinks": [backlink_document(link) for link in backwards],
        "backlinks_total": backlinks_total,
        **_worked_out(connection, view, keys),
        **_in_the_graph(connection, view),
    }


def _in_the_graph(connection: Connection, view: ArtifactView) -> dict[str, Any]:
    """The entities that the newest version names, what it is related to, and an entity's edges; all as of today."""
    if view.as_of is not None or not view.is_newest:
        return {}
    told: dict[str, Any] = {
        "entities": [grounded_document(name) for name in grounded_names(connection, view.head)],
        "related": related_document(related(connection, view.head)),
    }
    if centre := entities_of(connection, view.head):
        told["graph"] = neighbourhood_document(neighbourhood(connection, centre))
    return told


def _worked_out(connection: Connection, view: ArtifactView, keys: Sequence[str]) -> dict[str, Any]:
    """What is no content of the artifact and follows from what else is here: verdicts over citations and claims.

    `keys` are those of `all_keys` at the moment of the view.
    """
    head = view.head
    if head.kind == "claim":
        return {"claim": claim_document(claim_view(connection, head, as_of=view.as_of))}
    if head.kind == "paper":
        # What leans on a work is told as of today, also beside an earlier state of its record.
        today = all_keys(connection, head) if view.as_of else keys
        pages = sources_total(connection, today, Relation.CITES)
        return {"dependents": {"pages": pages, "claims": claims_total(connection, today)}}
    if head.kind != "page":
        return {}
    references = PageBody.model_validate(view.content).references
    verdicts = citations(connection, references, as_of=view.as_of)
    claims, corrections = page_statements(connection, head, as_of=view.as_of, keys=keys)
    return {
        "citations": [
            {"number": number, "key": reference.key, **resolution_document_of(reference, verdict)}
            for number, (reference, verdict) in enumerate(zip(references, verdicts, strict=True), 1)
        ],
        "coverage": asdict(coverage(claims)),
        "claims": [claim_document(claim) for claim in claims],
        "corrections": [
            {"id": correction.id, "decision": body.decision, "original": body.original, "proposed": body.proposed}
            for correction, body in corrections
        ],
    }
