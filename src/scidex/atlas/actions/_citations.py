"""What a verb that writes pages tells about their citations, so that a wrong one does not enter unnoticed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scidex.atlas import store
from scidex.atlas.bibliography.resolution import CitationStatus, Known, Question
from scidex.atlas.kinds import Body
from scidex.atlas.kinds.page import PageBody
from scidex.atlas.shelf import resolved, wanted_names
from scidex.kernel.actions import Work

_FAULTS = frozenset(
    {CitationStatus.MISMATCH, CitationStatus.AMBIGUOUS, CitationStatus.UNRESOLVABLE, CitationStatus.RETRACTED}
)
MOST_TOLD = 100


def citation_faults(work: Work, body: Body) -> tuple[str, ...]:
    """What is wrong with the citations of a body, one sentence each; none if it is no page."""
    return faults_of(work, {"": body}).get("", ())


def faults_of(work: Work, bodies: Mapping[str, Body]) -> dict[str, tuple[str, ...]]:
    """The same for many bodies by name, with the questions of one."""
    pages = {name: body for name, body in bodies.items() if isinstance(body, PageBody) and body.references}
    keys = {key for page in pages.values() for key in wanted_names(page.references)}
    if not keys:
        return {}
    connection = work.connection
    owners = store.ids_by_key(connection, keys)
    found = store.heads(connection, owners.values())
    by_name = store.works_at(connection, {key: store.follow(connection, found[owner]) for key, owner in owners.items()})
    return {name: _told(page, by_name) for name, page in pages.items()}


def _told(page: PageBody, by_name: Mapping[str, Known | Question]) -> tuple[str, ...]:
    verdicts = resolved(page.references, by_name)
    told: Sequence[str] = [
        f"[{number}] {reference.key}: {verdict.sentence}"[:600]
        for number, (reference, verdict) in enumerate(zip(page.references, verdicts, strict=True), 1)
        if verdict.status in _FAULTS
    ]
    more = (f"… and {len(told) - MOST_TOLD} more.",) if len(told) > MOST_TOLD else ()
    return (*told[:MOST_TOLD], *more)
