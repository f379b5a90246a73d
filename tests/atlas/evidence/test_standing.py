"""A claim stands on what was checked, and on nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.evidence.model import EvidenceItem, Source, Stance
from scidex.atlas.evidence.standing import Reason, Verdict, reasons_against, standing

ITEMS = st.lists(
    st.builds(
        EvidenceItem,
        st.integers(0, 20).map(str),
        st.sampled_from(["a", "b", "c", "d"]),
        st.none() | st.sampled_from(Stance),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["", "person:ada"]),
        st.integers(0, 1000),
    ),
    max_size=10,
)
SOURCES = st.lists(
    st.builds(Source, st.sampled_from("abcd"), st.frozensets(st.sampled_from(["NCT1", "NCT2"]), max_size=1)), max_size=4
)


def item(name: str, stance: Stance, *, weight: int = 500, source: str = "") -> EvidenceItem:
    return EvidenceItem(name, source or f"source {name}", stance, True, True, False, "person:ada", weight)


@given(ITEMS, SOURCES, st.randoms())
def test_order_and_repetition_do_not_matter(items: list[EvidenceItem], sources: list[Source], random) -> None:
    shuffled = [*items, *items]
    random.shuffle(shuffled)
    assert standing(shuffled, sources) == standing(items, sources)


@given(ITEMS, SOURCES)
def test_what_does_not_count_changes_nothing(items: list[EvidenceItem], sources: list[Source]) -> None:
    whole = standing(items, sources)
    counting = standing([each for each in items if not reasons_against(each)], sources)
    assert replace(whole, uncounted=()) == counting
    assert len(whole.counted) + len(whole.uncounted) == len(set(items))
    assert (whole.verdict is Verdict.UNVERIFIABLE) == (not whole.counted)


@given(ITEMS, SOURCES)
def test_shared_cohorts_never_add_weight(items: list[EvidenceItem], sources: list[Source]) -> None:
    apart, shared = standing(items), standing(items, sources)
    for one, other in ((apart.for_, shared.for_), (apart.against, shared.against), (apart.null, shared.null)):
        assert one.items == other.items
        assert one.weight >= other.weight
    assert shared.effective_sources <= shared.sources == apart.sources


@given(ITEMS)
def test_a_contradiction_more_never_leaves_a_claim_supported(items: list[EvidenceItem]) -> None:
    assert standing([*items, item("new", Stance.CONTRADICTS, weight=0)]).verdict in {
        Verdict.CONTRADICTED,
        Verdict.MIXED,
    }


@given(ITEMS)
def test_a_null_result_never_makes_a_claim_contradicted(items: list[EvidenceItem]) -> None:
    before, after = standing(items).verdict, standing([*items, item("new", Stance.NOT_SHOWN)]).verdict
    assert (after is Verdict.CONTRADICTED) == (before is Verdict.CONTRADICTED)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"quote_checked": False}, Reason.QUOTE_NOT_CHECKED),
        ({"source_verified": False}, Reason.SOURCE_NOT_VERIFIED),
        ({"source_retracted": True}, Reason.SOURCE_RETRACTED),
        ({"judged_by": ""}, Reason.ONLY_SUGGESTED),
        ({"stance": None}, Reason.NO_STANCE),
        ({"stance": Stance.OFF_TOPIC}, Reason.OFF_TOPIC),
    ],
)
def test_each_reason_alone_keeps_an_item_from_counting(changed: dict, reason: Reason) -> None:
    made = standing([replace(item("1", Stance.SUPPORTS), **changed)])
    assert made.uncounted == (("1", (reason,)),)
    assert made.verdict is Verdict.UNVERIFIABLE


@pytest.mark.parametrize(
    ("stances", "verdict"),
    [
        ("", "unverifiable"),
        ("s", "supported"),
        ("c", "contradicted"),
        ("n", "not-shown"),
        ("m", "mixed"),
        ("sc", "mixed"),
        ("ssn", "supported"),
        ("sn", "mixed"),
        ("snn", "mixed"),
        ("cn", "contradicted"),
        ("sm", "mixed"),
    ],
)
def test_the_verdicts_are_these(stances: str, verdict: str) -> None:
    words = {"s": Stance.SUPPORTS, "c": Stance.CONTRADICTS, "n": Stance.NOT_SHOWN, "m": Stance.MIXED}
    assert standing([item(str(at), words[each]) for at, each in enumerate(stances)]).verdict == verdict


def test_two_reports_of_one_trial_weigh_once() -> None:
    items = [item("1", Stance.SUPPORTS, weight=600, source="a"), item("2", Stance.SUPPORTS, weight=400, source="b")]
    made = standing(items, [Source("a", frozenset({"NCT1"})), Source("b", frozenset({"NCT1"}))])
    assert (made.for_.weight, made.sources, made.effective_sources) == (600, 2, 1)
    assert standing(items).for_.weight == 1000
