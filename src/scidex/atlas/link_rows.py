"""Rows of links, in and out. Private to the atlas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    Connection,
    select,
    update,
)

from scidex.atlas.aliases import alias_key
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.tables import (
    artifacts,
    links,
)
from scidex.kernel.actions import Work
from scidex.kernel.errors import Invalid
from scidex.kernel.ids import ArtifactId
from scidex.kernel.storage.chunks import chunks


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


def open_links(work: Work, made: Head, mentions: Iterable[Any]) -> None:
    """Writes the links of a first version."""
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


def replace_links(work: Work, new: Head, mentions: Iterable[Any]) -> None:
    """Ends the links that the text of a new version has no more, and writes those that it has for the first time."""
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
