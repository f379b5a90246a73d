"""What debaters are given: made from a debate as it is kept."""

from __future__ import annotations

from scidex.agora.debaters import Brief, BriefItem
from scidex.agora.queries.kept import KeptDebate
from scidex.atlas import queries
from scidex.atlas.bibliography.csl import first_author, year_of
from scidex.atlas.importing.hypotheses_file import UNTITLED
from scidex.atlas.kinds.search_certificate import SearchBody
from scidex.atlas.queries import EvidenceView


def brief(kept: KeptDebate) -> Brief:
    """The brief of a debate: every item on its subject and on its arguments, argued from or not."""
    argued = {
        (cite.item, said.about)
        for turn in kept.turns
        if turn.stands
        for said in turn.body.arguments
        for cite in said.cites
        if not cite.fault
    }
    views = sorted((*kept.items.values(), *kept.waiting), key=lambda view: view.head.id)
    return Brief(
        kept.body.statement,
        tuple(map(_brief_item, views)),
        frozenset(argued),
        _found_by(kept.searches[-1][1]) if kept.searches else None,
    )


def _found_by(search: SearchBody) -> tuple[int, int]:
    """How many answers a search had, for and against."""
    for_, against = (sum(entry.total for entry in search.entries if entry.side == side) for side in ("for", "against"))
    return for_, against


def source_name(view: EvidenceView) -> str:
    """A short name of the source of an item: who and when, else what it is called."""
    if view.work is None:
        return view.body.source
    author, year = first_author(view.work.item), year_of(view.work.item)
    if not author:
        return view.work.title.removeprefix(UNTITLED)
    return " ".join(str(part) for part in (author, year) if part)


def _brief_item(view: EvidenceView) -> BriefItem:
    passage = view.body.passage
    on = view.body.claim
    return BriefItem(
        item=queries.as_item(view),
        on=on.partition("#")[2] if _is_dimension(on) else on if "#" in on else "",
        quote=passage.quote if passage else "",
        source=source_name(view),
        design=view.body.design,
        sample_size=view.body.sample_size,
        p=view.body.effect.p,
        extracted=passage is not None and passage.extracted,
    )


def _is_dimension(on: str) -> bool:
    part = on.partition("#")[2]
    return bool(part) and not part.isdigit()
