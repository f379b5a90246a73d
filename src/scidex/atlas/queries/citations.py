"""What the citations of a page lead to: worked out when it is read, so that nothing shown is ever stale.

A paper that arrives, a retraction, a merge or an undo is seen by every page at once, and nothing has to be recomputed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, func, select

from scidex.atlas import store
from scidex.atlas.bibliography.csl import reference_line
from scidex.atlas.bibliography.identifiers import Scheme, WorkId, identifiers_in
from scidex.atlas.bibliography.matching import Cited, best_titles, runs_of, title_key
from scidex.atlas.bibliography.resolution import (
    CitationStatus,
    Known,
    Outcome,
    Question,
    Resolution,
    Shelf,
    resolve,
    resolve_chosen,
)
from scidex.atlas.kinds import State
from scidex.atlas.kinds.page import PageBody, Reference
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.lifecycle import SPEAKING
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.queries.links import targets
from scidex.atlas.shelf import cited_by, known_work, name_key, names_of, resolved, shelf_of, wanted_names
from scidex.atlas.tables import aliases, artifacts, links, works
from scidex.kernel.storage.chunks import chunks

# Letters of a title that is looked for among the parts of a pasted reference; a shorter part is no title.
_SHORTEST_TITLE = 15
_KEY = re.compile(r"\[?@?[A-Za-z][\w.:-]{1,199}\]?")


@dataclass(frozen=True, slots=True)
class OpenView:
    """A name that citations use and the library has no work for, and how many artifacts use it."""

    name: str
    cited_by: int


def citations(
    connection: Connection, references: Sequence[Reference], *, as_of: datetime | None = None
) -> tuple[Resolution, ...]:
    """The verdict over each of `references`, in their order. A fixed number of queries, however many there are."""
    return resolved(references, works_named(connection, wanted_names(references), as_of=as_of))


def resolve_all(
    connection: Connection,
    cited: Sequence[Cited],
    *,
    as_of: datetime | None = None,
    absent: frozenset[WorkId] = frozenset(),
) -> tuple[Resolution, ...]:
    """The verdict over each of `cited`; one that only gives words is looked for by its title too.

    `absent` are identifiers whose registry was asked and does not have them.
    """
    shelf = shelf_of(cited, works_named(connection, names_of(cited), as_of=as_of), absent=absent)
    return tuple(_with_candidates(connection, each, resolve(each, shelf)) for each in cited)


def works_named(
    connection: Connection, names: Iterable[str], *, as_of: datetime | None = None
) -> dict[str, Known | Question]:
    """The works and open citations that `names` lead to, by the key of the name."""
    keys = {name_key(name) for name in names} - {""}
    if not keys:
        return {}
    return store.works_at(connection, targets(connection, keys, as_of=as_of))


def bibliography(connection: Connection, page: str | None = None) -> Iterator[dict[str, Any]]:
    """The records of all publications in view, or of those that a page cites, with the key they are cited by as id."""
    if page is not None:
        head = store.follow(connection, store.find(connection, page))
        references = PageBody.model_validate(store.contents(connection, [head])[head.id]).references
        for reference, verdict in zip(references, citations(connection, references), strict=True):
            if verdict.work is not None and verdict.status is not CitationStatus.MISMATCH:
                yield {**verdict.work.item, "id": reference.key}
        return
    ids = connection.execute(
        select(artifacts.c.id)
        .join(works, works.c.artifact_id == artifacts.c.id)
        .where(artifacts.c.state.in_(SPEAKING))
        .order_by(artifacts.c.id)
    ).scalars()
    for piece in chunks(list(ids)):
        for id_, content in store.contents(connection, store.heads(connection, piece).values()).items():
            body = content if "csl" in content else PaperBody.model_validate(content).model_dump(mode="json")
            yield {**body["csl"], "id": body.get("key") or id_}


def wanted_works(connection: Connection, *, limit: int = 100, offset: int = 0) -> tuple[tuple[OpenView, ...], int]:
    """Identifiers and keys that are cited and lead to no work here, the most cited first, and how many there are."""
    query = (
        select(links.c.target_key, func.min(links.c.target_given).label("given"), func.count().label("number"))
        .where(
            links.c.relation.in_([Relation.CITES, Relation.QUOTES]),
            links.c.ended_at.is_(None),
            ~exists().where(aliases.c.key == links.c.target_key),
            ~exists().where(artifacts.c.id == links.c.target_key),
        )
        .group_by(links.c.target_key)
    )
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = connection.execute(query.order_by(func.count().desc(), links.c.target_key).limit(limit).offset(offset))
    return tuple(OpenView(row.given, row.number) for row in rows), total


def flagged_works(connection: Connection, *, limit: int = 200) -> tuple[tuple[Head, str, str], ...]:
    """Publications that carry no weight or are under a notice: head, status, editorial status."""
    rows = connection.execute(
        select(artifacts, works.c.status, works.c.editorial)
        .join(works, works.c.artifact_id == artifacts.c.id)
        .where(and_(artifacts.c.state == State.PUBLISHED, (works.c.status != "verified") | (works.c.editorial != "")))
        .order_by(works.c.editorial.desc(), artifacts.c.id)
        .limit(limit)
    )
    return tuple((store.as_head(row), row.status, row.editorial) for row in rows)


def pasted(text: str) -> tuple[Cited, ...]:
    """What somebody asks for by pasting it: identifiers, a key, or a whole reference. One line is one citation."""
    found = []
    for line in text.splitlines()[:200]:
        words = line.strip()
        if not words:
            continue
        if WorkId.matches(words):
            found.append(Cited(identifiers=(WorkId.parse(words),)))
        elif _KEY.fullmatch(words):
            found.append(Cited(key=words.strip("[]@")))
        else:
            found.append(Cited(identifiers=identifiers_in(words), text=words))
    return tuple(found)


def resolution_document(cited: Cited, verdict: Resolution) -> dict[str, Any]:
    """A verdict in JSON: the same on the command line and on the web."""
    work = verdict.work
    return {
        "asked": cited.text or cited.title or ", ".join(map(str, cited.identifiers)) or cited.key,
        "status": str(verdict.status),
        "says": verdict.sentence,
        "work": work.id if work else None,
        "text": reference_line(work.item) if work else None,
        "identifiers": sorted(map(str, work.identifiers)) if work else [],
        "differences": [
            {"field": each.field, "cited": each.cited, "record": each.record} for each in verdict.differences
        ],
        "candidates": list(verdict.candidates),
        "checks": {
            "identifier": str(verdict.identity),
            "metadata": str(verdict.metadata),
            "passage": str(verdict.passage),
        },
    }


def resolution_document_of(reference: Reference, verdict: Resolution) -> dict[str, Any]:
    """The verdict over an entry of a page's reference list, in JSON, with what the page itself says of it."""
    document = resolution_document(cited_by(reference), verdict)
    del document["asked"]
    return {**document, "printed": reference.text, "page_says": reference.status}


def _with_candidates(connection: Connection, cited: Cited, verdict: Resolution) -> Resolution:
    """Where nothing names the work, works of the same title: one that agrees in all is the answer.

    A made-up identifier under a real title is caught here: the title's own work has another one.
    """
    if verdict.status is not CitationStatus.UNRESOLVED or not (cited.title or cited.text):
        return verdict
    known = _of_title(connection, cited)
    judged = [resolve_chosen(cited, work, Shelf({}, {})) for work in known]
    if cited.identifiers:
        other = [each for each in judged if each.differences and _only_identifiers(each)]
        return other[0] if len(other) == 1 else verdict
    fitting = [each for each in judged if each.metadata is Outcome.PASSED]
    if len(fitting) == 1:
        return fitting[0]
    likely = best_titles(cited.title or cited.text, [(work.id, work.title) for work in known])
    if not likely:
        return verdict
    return Resolution(
        CitationStatus.AMBIGUOUS, None, verdict.identity, verdict.metadata, verdict.passage, candidates=tuple(likely)
    )


def _only_identifiers(verdict: Resolution) -> bool:
    labels = {WorkId(scheme, "").label for scheme in Scheme}
    return all(difference.field in labels for difference in verdict.differences)


def _of_title(connection: Connection, cited: Cited) -> list[Known]:
    keys = {title_key(cited.title)} if cited.title else {title_key(run) for run in runs_of(cited.text)}
    keys = {key for key in keys if len(key) >= _SHORTEST_TITLE or cited.title} - {""}
    if not keys:
        return []
    rows = connection.execute(_titled().where(works.c.title_key.in_(sorted(keys))).limit(50))
    heads = [store.as_head(row) for row in rows]
    contents = store.contents(connection, heads)
    return [known_work(head, contents[head.id]) for head in heads]


def _titled() -> Any:
    return (
        select(artifacts).join(works, works.c.artifact_id == artifacts.c.id).where(artifacts.c.state == State.PUBLISHED)
    )
