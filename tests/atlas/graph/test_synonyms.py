"""A short form in a question finds what bears the long one, and a common word stands for itself."""

from __future__ import annotations

from scidex.adapters.ontologies import bundled
from scidex.atlas.graph.synonyms import MOST, synonyms


def test_a_short_form_stands_for_the_entity_it_clearly_names() -> None:
    expand = synonyms(bundled())
    assert ("amyotrophic", "lateral", "sclerosis") in expand("ALS")
    assert ("ALS",) in expand("amyotrophic lateral sclerosis")
    assert all(len(expand(text)) <= MOST for text in ("ALS", "MSC", "BDNF", "x" * 5_000, "", " ", "\0"))


def test_what_names_nothing_stands_for_itself() -> None:
    expand = synonyms(bundled())
    assert [expand(text) for text in ("therapy", "zzzz", "progression", "( OR )")] == [(), (), (), ()]
