"""Other names for what a word of a question names, so that “ALS” finds what only says “amyotrophic lateral sclerosis”."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from scidex.atlas.graph.grounding import ground_name
from scidex.atlas.graph.names import is_symbol
from scidex.atlas.graph.ports import Ontology

MOST = 6
"""Other names of one word that are tried."""
_LONGEST = 80
_SHORT = 6


def synonyms(ontology: Ontology) -> Callable[[str], tuple[tuple[str, ...], ...]]:
    """A function from a word or phrase to the other names of the one entity it clearly names, each as its words.

    A common word names nothing by itself: only phrases, symbols and short forms are looked up.
    """

    @lru_cache(maxsize=4_096)
    def expand(text: str) -> tuple[tuple[str, ...], ...]:
        asked = " ".join(text.split())
        if len(asked) > _LONGEST or not (" " in asked or is_symbol(asked) or len(asked) <= _SHORT):
            return ()
        chosen = ground_name(asked, ontology).chosen
        entity = ontology.entity(chosen.curie) if chosen else None
        if entity is None:
            return ()
        others = dict.fromkeys(" ".join(name.split()) for name in (entity.name, *entity.synonyms))
        told = [name for name in others if name.casefold() != asked.casefold() and len(name) <= _LONGEST]
        return tuple(tuple(name.split()) for name in told[:MOST])

    return expand
