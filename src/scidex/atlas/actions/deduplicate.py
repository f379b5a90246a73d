"""Merge publications that are one work."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func, select

from scidex.atlas import store
from scidex.atlas.actions.merge import MergeArtifacts
from scidex.atlas.bibliography.matching import same_work
from scidex.atlas.kinds.base import State
from scidex.atlas.tables import artifacts, works
from scidex.kernel.actions import Command, Result, Work, action


class Deduplicate(Command):
    """Looks for works of the same title, first author and year whose identifiers do not contradict each other."""

    most: int = 1000


class Deduplicated(Result):
    """Which artifact was merged into which. Each merge is undone by `scidex unmerge`."""

    merged: tuple[tuple[str, str], ...]


@action("paper.deduplicate", "Merge publications that are one work", command=Deduplicate, result=Deduplicated)
def deduplicate(command: Deduplicate, work: Work) -> Deduplicated:
    """Merges the younger into the elder, at most `most` groups at a time."""
    twice = (
        select(works.c.title_key)
        .join(artifacts, artifacts.c.id == works.c.artifact_id)
        .where(works.c.title_key != "", artifacts.c.state == State.PUBLISHED)
        .group_by(works.c.title_key)
        .having(func.count() > 1)
        .order_by(works.c.title_key)
        .limit(command.most)
    )
    rows = work.connection.execute(
        select(works.c.title_key, artifacts)
        .join(artifacts, artifacts.c.id == works.c.artifact_id)
        .where(works.c.title_key.in_(twice), artifacts.c.state == State.PUBLISHED)
        .order_by(artifacts.c.created_at, artifacts.c.id)
    ).all()
    groups = defaultdict(list)
    for row in rows:
        groups[row.title_key].append(store.as_head(row))
    contents = store.contents(work.connection, [head for group in groups.values() for head in group])
    merged: list[tuple[str, str]] = []
    for group in groups.values():
        eldest, *others = group
        for other in others:
            if same_work(contents[eldest.id]["csl"], contents[other.id]["csl"]):
                reason = "The same title, first author and year."
                work.perform("artifact.merge", MergeArtifacts(ref=other.id, into=eldest.id, reason=reason))
                merged.append((other.id, eldest.id))
    return Deduplicated(merged=tuple(merged))
