"""Verbs that only measurements need: very many claims with one evidence item each, or publications, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from scidex.atlas import store
from scidex.atlas.kinds import kind_of
from scidex.kernel.actions import Catalogue, Command, Door, Result, Work, action
from scidex.kernel.installation import Installation


class ManyClaims(Command):
    """`number` claims from `start` on, each resting on `source`."""

    source: str
    start: int
    number: int


class ManyMade(Result):
    """The ids of the claims."""

    ids: tuple[str, ...]


@action("bench.claims", "Write many claims", command=ManyClaims, result=ManyMade)
def write_claims(command: ManyClaims, work: Work) -> ManyMade:
    """Through the same store as any other verb."""
    ids = []
    for number in range(command.start, command.start + command.number):
        claim = store.create(
            work, kind_of("claim"), store.validated(kind_of("claim"), {"statement": f"Statement {number}."})
        )
        item = {
            "claim": claim.id,
            "source": command.source,
            "stance": "supports",
            "judge": "person:bench",
            "passage": {"quote": "It did.", "text_sha256": "0" * 64, "start": 0, "end": 7, "text_kept": False},
        }
        store.create(work, kind_of("evidence"), store.validated(kind_of("evidence"), item))
        ids.append(str(claim.id))
    return ManyMade(ids=tuple(ids))


class ManyPapers(Command):
    """Publications as (title, abstract, year)."""

    papers: tuple[tuple[str, str, int], ...]


@action("bench.papers", "Write many publications", command=ManyPapers, result=ManyMade)
def write_papers(command: ManyPapers, work: Work) -> ManyMade:
    """Through the same store as any other verb."""
    kind = kind_of("paper")
    ids = []
    for title, abstract, year in command.papers:
        csl = {"type": "article-journal", "title": title, "abstract": abstract, "issued": {"date-parts": [[year]]}}
        ids.append(str(store.create(work, kind, store.validated(kind, {"csl": csl}), names_are_free=True).id))
    return ManyMade(ids=tuple(ids))


def many_papers(scidex: Installation, papers: Sequence[tuple[str, str, int]]) -> list[str]:
    """Writes them in one transaction and returns their ids."""
    door = scidex.door
    own = Door(door.storage, Catalogue([write_papers]), clock=door.clock, permission=lambda *_: None, method="bench")
    return list(own.perform("bench.papers", ManyPapers(papers=tuple(papers)), scidex.actor).ids)


def many_claims(scidex: Installation, source: str, start: int, number: int) -> list[str]:
    """Writes them and returns the ids of the claims."""
    door = scidex.door
    own = Door(door.storage, Catalogue([write_claims]), clock=door.clock, permission=lambda *_: None, method="bench")
    command = ManyClaims(source=source, start=start, number=number)
    return list(own.perform("bench.claims", command, scidex.actor).ids)
