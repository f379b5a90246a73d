"""One cohort counts once, in whatever order its reports come."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.evidence.independence import effective_sources
from scidex.atlas.evidence.model import Source

IDS = st.sampled_from([f"s{number}" for number in range(8)])
SOURCES = st.lists(
    st.builds(
        Source,
        IDS,
        st.frozensets(st.sampled_from(["NCT01", "NCT02", "NCT03"]), max_size=2),
        st.frozensets(st.sampled_from(["ADNI", "ROSMAP"]), max_size=1),
        st.frozensets(IDS, max_size=1),
        st.none() | st.integers(1, 500),
    ),
    max_size=8,
    unique_by=lambda source: source.id,
)


@given(SOURCES, st.randoms())
def test_order_does_not_matter(sources: list[Source], random) -> None:
    shuffled = list(sources)
    random.shuffle(shuffled)
    assert effective_sources(shuffled) == effective_sources(sources)


@given(SOURCES)
def test_groups_hold_each_source_once(sources: list[Source]) -> None:
    made = effective_sources(sources)
    assert sorted(each for group in made.groups for each in group) == sorted(source.id for source in sources)
    assert made.effective == len(made.groups) <= made.count == len(sources)


@given(SOURCES.filter(bool), IDS, st.data())
def test_a_link_more_never_raises_the_number(sources: list[Source], other: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sources) - 1))
    linked = [*sources]
    linked[at] = replace(linked[at], linked=linked[at].linked | {other})
    before, after = effective_sources(sources).effective, effective_sources(linked).effective
    assert before - 1 <= after <= before


@given(SOURCES)
def test_a_brute_force_twin_finds_the_same_groups(sources: list[Source]) -> None:
    sharing = {source.id: source.registry_ids | source.cohorts | source.linked | {source.id} for source in sources}
    groups = [(set(names), {each}) for each, names in sharing.items()]
    merged = True
    while merged:
        merged = False
        for one in groups:
            other = next((each for each in groups if each is not one and each[0] & one[0]), None)
            if other is not None:
                groups = [each for each in groups if each is not one and each is not other]
                groups.append((one[0] | other[0], one[1] | other[1]))
                merged = True
                break
    assert sorted(tuple(sorted(ids)) for _, ids in groups) == list(effective_sources(sources).groups)


@given(SOURCES)
def test_kish_is_between_one_and_the_number_of_groups(sources: list[Source]) -> None:
    made = effective_sources(sources)
    if made.by_size is not None:
        assert 1000 <= made.by_size <= 1000 * made.effective


def test_kish_of_equal_groups_is_their_number_and_a_large_one_outweighs() -> None:
    assert effective_sources([Source("a", size=50), Source("b", size=50)]).by_size == 2000
    assert effective_sources([Source("a", size=900), Source("b", size=100)]).by_size == 1219
    assert effective_sources([Source("a", size=900), Source("b")]).by_size is None


def test_names_are_compared_without_case_spaces_and_hyphens_and_empty_ones_join_nothing() -> None:
    same = [Source("a", frozenset({"NCT 0328-0056"})), Source("b", frozenset({"nct03280056"}))]
    assert effective_sources(same).effective == 1
    assert (
        effective_sources([Source("a", frozenset({""})), Source("b", frozenset({" - "}), frozenset({""}))]).effective
        == 2
    )


def test_two_sources_are_joined_through_a_third() -> None:
    chain = [
        Source("a", frozenset({"NCT1"})),
        Source("b", frozenset({"NCT1"}), frozenset({"ADNI"})),
        Source("c", cohorts=frozenset({"adni"})),
    ]
    assert effective_sources(chain).groups == (("a", "b", "c"),)


def test_a_long_chain_is_one_group() -> None:
    chain = [Source(str(number), linked=frozenset({str(number + 1)})) for number in range(20_000)]
    assert effective_sources(chain).effective == 1
