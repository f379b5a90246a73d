"""What an artifact is related to, each with its reasons: an entity both name, a work both cite, an edge between their subjects.

Nothing is related by words alone. A reason that many artifacts share weighs little: an entity named everywhere relates
nothing in particular.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass
from math import log2
from urllib.parse import quote

from sqlalchemy import Connection, and_, func, or_, select

from scidex.atlas import store
from scidex.atlas.lifecycle import HIDDEN
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.queries.edges import edge_views, entities_by_number, entities_of
from scidex.atlas.tables import artifacts, edges, groundings, links

RELATED_KINDS = ("page", "hypothesis", "analysis", "dataset", "paper")
# What more artifacts than this share says nothing about two of them.
_MOST_SHARING = 200
_MOST_EDGES = 200
_MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class RelatedReason:
    """Why two artifacts are related, in words, and the address of what says so."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class RelatedArtifact:
    """A related artifact; `weight` only orders."""

    head: Head
    reasons: tuple[RelatedReason, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class _Found:
    """One reason before it is put into words: entity, work or edge, by its key, and how much it weighs."""

    sort: str
    key: str
    weight: float


def related(
    connection: Connection, head: Head, *, limit: int = 12, also: Collection[str] = ()
) -> tuple[RelatedArtifact, ...]:
    """The artifacts most related to the newest version of `head`, with up to three reasons each. A fixed number of queries.

    After them come those of `also` (ids) that are related at all.
    """
    found: dict[str, list[_Found]] = defaultdict(list)
    named = connection.execute(
        select(groundings.c.entity, func.max(groundings.c.about).label("about"))
        .where(groundings.c.artifact_id == head.id, groundings.c.entity.is_not(None))
        .group_by(groundings.c.entity)
        .order_by(func.max(groundings.c.about).desc(), func.sum(groundings.c.times).desc())
        .limit(200)
    ).all()
    # An entity is about itself.
    itself = {each.number: True for each in entities_of(connection, head)}
    about = {row.entity for row in named if row.about} | itself.keys()
    _by_entity(connection, head, {row.entity: bool(row.about) for row in named} | itself, found)
    _by_work(connection, head, found)
    _by_edge(connection, head, about, found)
    weights = {id_: sum(reason.weight for reason in reasons) for id_, reasons in found.items()}
    ranked = sorted(weights, key=lambda id_: (-weights[id_], id_))
    chosen = ranked[: 3 * limit]
    asked = [id_ for id_ in ranked if id_ in also]
    heads = {
        id_: each
        for id_, each in store.heads(connection, [*chosen, *asked]).items()
        if each.state not in HIDDEN and each.kind in RELATED_KINDS
    }
    shown = list(
        dict.fromkeys([*[id_ for id_ in chosen if id_ in heads][:limit], *(id_ for id_ in asked if id_ in heads)])
    )
    kept = {id_: sorted(set(found[id_]), key=lambda reason: (-reason.weight, reason.key))[:3] for id_ in shown}
    words = _in_words(connection, [reason for reasons in kept.values() for reason in reasons], itself)
    return tuple(
        RelatedArtifact(heads[id_], reasons, weights[id_])
        for id_ in shown
        if (reasons := tuple(words[each.sort, each.key] for each in kept[id_] if (each.sort, each.key) in words))
    )


def _rarity(sharing: int) -> float:
    return 1 / log2(2 + sharing)


def _by_entity(connection: Connection, head: Head, named: dict[int, bool], found: dict[str, list[_Found]]) -> None:
    if not named:
        return
    counted = connection.execute(
        select(groundings.c.entity, func.count(groundings.c.artifact_id.distinct()).label("times"))
        .where(groundings.c.entity.in_(sorted(named)))
        .group_by(groundings.c.entity)
    )
    sharing = {row.entity: row.times for row in counted if row.times <= _MOST_SHARING}
    rows = connection.execute(
        select(groundings.c.artifact_id, groundings.c.entity, func.max(groundings.c.about).label("about"))
        .join(artifacts, artifacts.c.id == groundings.c.artifact_id)
        .where(
            groundings.c.entity.in_(sorted(sharing)),
            groundings.c.artifact_id != head.id,
            artifacts.c.kind.in_(RELATED_KINDS),
        )
        .group_by(groundings.c.artifact_id, groundings.c.entity)
        .limit(_MOST_ROWS)
    )
    for row in rows:
        # Both about it, one about it, or both only name it.
        nearness = (1.0, 0.35, 0.1)[2 - named[row.entity] - bool(row.about)]
        found[row.artifact_id].append(_Found("entity", str(row.entity), nearness * _rarity(sharing[row.entity])))


def _by_work(connection: Connection, head: Head, found: dict[str, list[_Found]]) -> None:
    here = and_(links.c.relation == Relation.CITES, links.c.ended_at.is_(None))
    cited = connection.execute(
        select(links.c.target_key).where(links.c.source_id == head.id, here).limit(_MOST_SHARING)
    ).scalars()
    keys = sorted(set(cited))
    if not keys:
        return
    rows = connection.execute(
        select(links.c.source_id, links.c.target_key)
        .where(links.c.target_key.in_(keys), here, links.c.source_id != head.id)
        .limit(_MOST_ROWS)
    ).all()
    sharing: dict[str, int] = defaultdict(int)
    for row in rows:
        sharing[row.target_key] += 1
    for row in rows:
        found[row.source_id].append(_Found("work", row.target_key, 0.5 * _rarity(sharing[row.target_key])))


def _by_edge(connection: Connection, head: Head, about: set[int], found: dict[str, list[_Found]]) -> None:
    if not about:
        return
    ours = sorted(about)
    rows = connection.execute(
        select(edges.c.number, edges.c.subject, edges.c.object)
        .where(or_(edges.c.subject.in_(ours), edges.c.object.in_(ours)), edges.c.live == 1)
        .limit(_MOST_EDGES)
    ).all()
    far: dict[int, int] = {}
    for row in rows:
        far.setdefault(row.object if row.subject in about else row.subject, row.number)
    if not far:
        return
    told = connection.execute(
        select(groundings.c.artifact_id, groundings.c.entity)
        .where(groundings.c.entity.in_(sorted(far)), groundings.c.about == 1, groundings.c.artifact_id != head.id)
        .limit(_MOST_ROWS)
    )
    for named in told:
        found[named.artifact_id].append(_Found("edge", str(far[named.entity]), 0.6))


def _in_words(
    connection: Connection, reasons: Sequence[_Found], itself: Container[int]
) -> dict[tuple[str, str], RelatedReason]:
    words: dict[tuple[str, str], RelatedReason] = {}
    entities = entities_by_number(connection, (int(each.key) for each in reasons if each.sort == "entity"))
    for number, view in entities.items():
        words["entity", str(number)] = RelatedReason(
            f"names {view.name}" if number in itself else f"both name {view.name}", f"/artifact/{view.artifact}"
        )
    numbers = sorted({int(each.key) for each in reasons if each.sort == "edge"})
    rows = connection.execute(select(edges).where(edges.c.number.in_(numbers))).all() if numbers else []
    for view_ in edge_views(connection, rows, items=1, works=False):
        words["edge", str(view_.number)] = RelatedReason(view_.sentence, f"/edge/{view_.number}")
    works = sorted({each.key for each in reasons if each.sort == "work"})
    led = store.ids_by_key(connection, works)
    found = store.heads(connection, led.values())
    for key in works:
        work = found.get(led[key]) if key in led else None
        if work is not None and work.kind != "paper":
            continue
        title = work.title if work else key
        address = f"/artifact/{work.id}" if work else f"/citations?q={quote(key)}"
        words["work", key] = RelatedReason(f"both cite {title[:120]}", address)
    return words


def related_document(found: Sequence[RelatedArtifact]) -> list[dict[str, object]]:
    """Related artifacts in JSON."""
    return [
        {
            "id": each.head.id,
            "kind": each.head.kind,
            "title": each.head.title,
            "reasons": [{"words": reason.words, "address": reason.address} for reason in each.reasons],
        }
        for each in found
    ]
