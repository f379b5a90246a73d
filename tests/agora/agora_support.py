"""Debates for tests, by hand and made up."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from scidex.agora.model import Argument, Debate, Dimension, Side
from scidex.atlas.evidence.model import EvidenceItem, Source, Stance

EVIDENCE = Dimension.EVIDENCE_STRENGTH


def item(name: str, stance: Stance | None = Stance.SUPPORTS, weight: int = 600, **more: Any) -> EvidenceItem:
    """An item that counts, but for what `more` says."""
    told = {"source": f"source of {name}", "quote_checked": True, "source_verified": True, "source_retracted": False}
    return EvidenceItem(id=name, stance=stance, weight=weight, **{**told, "judged_by": "person:ada", **more})


def supports(name: str, *cites: str, about: str = EVIDENCE) -> Argument:
    return Argument(name, about, Side.SUPPORTS, cites)


def attacks(name: str, *cites: str, about: str = EVIDENCE) -> Argument:
    return Argument(name, about, Side.ATTACKS, cites)


names = st.sampled_from(["NCT 01", "nct-01", "Mayo", "mayo", "ZÜRICH", "zürich", "—", ""])


@st.composite
def debates(draw: st.DrawFn, *, most: int = 12) -> Debate:
    """Any debate: deep and flat, with items that count and that do not, and sources that share people or do not."""
    number = draw(st.integers(0, 8))
    sources = [
        Source(
            f"s{n}",
            frozenset(draw(st.lists(names, max_size=1))),
            frozenset(draw(st.lists(names, max_size=1))),
            frozenset(draw(st.lists(st.sampled_from(["s0", "s1", "s9"]), max_size=1))),
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    items = tuple(
        EvidenceItem(
            id=f"e{n}",
            source=draw(st.sampled_from(["s0", "s1", "s2", "s7", "s8"])),
            stance=draw(st.sampled_from([*Stance, None])),
            quote_checked=draw(st.sampled_from([True, True, True, False])),
            source_verified=draw(st.sampled_from([True, True, True, False])),
            source_retracted=draw(st.sampled_from([False, False, False, True])),
            judged_by=draw(st.sampled_from(["person:ada", "person:ada", ""])),
            weight=draw(st.integers(0, 1000)),
        )
        for n in range(number)
    )
    arguments: list[Argument] = []
    for n in range(draw(st.integers(0, most))):
        targets = [*list(Dimension)[:3], *(each.id for each in arguments)]
        cites = draw(st.lists(st.sampled_from([*(each.id for each in items), "nowhere"]), max_size=3))
        arguments.append(
            Argument(f"a{n}", str(draw(st.sampled_from(targets))), draw(st.sampled_from(list(Side))), tuple(cites))
        )
    return Debate(tuple(arguments), items, tuple(sources))
