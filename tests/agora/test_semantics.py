"""The semantics: what was published, what the formulas say, and what must hold whatever the graph."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scidex.agora.argumentation import ONE, ArgumentGraph, Semantics, semantics, strengths
from scidex.agora.argumentation.components import components
from scidex.kernel.errors import Invalid

ALL = pytest.mark.parametrize("by", list(Semantics))


def of_names(bases: dict[str, float], supports: list[str], attacks: list[str]) -> tuple[list[str], ArgumentGraph]:
    """A graph of named arguments; "P1 A1" says that P1 is about A1."""
    names = list(bases)
    relations = [
        (*(names.index(name) for name in pair.split()), sign)
        for sign, pairs in ((True, supports), (False, attacks))
        for pair in pairs
    ]
    return names, ArgumentGraph.of([round(base * ONE) for base in bases.values()], relations)


# --- published graphs ---


def test_the_debate_of_rago_and_others_2016() -> None:
    """The e-democracy debate of the paper on DF-QuAD, with the strengths that Uncertainpy computes for it."""
    names, graph = of_names(
        {"A1": 0.5, "A2": 0.5, "P1": 0.7, "P2": 0.5, "P3": 0.9, "C1": 0.2, "C2": 0.2, "C3": 0.6, "C4": 0.5},
        supports=["P1 A1", "P2 A1", "P3 A2"],
        attacks=["C1 A2", "C2 P2", "C3 P2", "C4 P2"],
    )
    found = dict(zip(names, strengths(graph).values, strict=True))
    assert found["A1"] == 862_000_000
    assert found["A2"] == 850_000_000
    assert found["P2"] == 80_000_000


def test_the_stock_example_of_potyka_2018() -> None:
    """With a cycle: buying and selling speak against each other. Strengths as Uncertainpy prints them, to its 0.002."""
    names, graph = of_names(
        {"Buy": 0.5, "Sell": 0.5, "1": 0.8, "2": 0.7, "3": 0.3, "4": 0.9, "5": 0.9},
        supports=["1 Sell", "2 Buy", "4 Buy", "5 2"],
        attacks=["Buy Sell", "Sell Buy", "2 1", "4 1", "3 2", "5 3"],
    )
    told = strengths(graph, Semantics.QUADRATIC_ENERGY)
    found = {name: value / ONE for name, value in zip(names, told.values, strict=True)}
    printed = {"Buy": 0.8208, "Sell": 0.3635, "1": 0.2049, "2": 0.8050, "3": 0.1658, "4": 0.9, "5": 0.9}
    assert found == pytest.approx(printed, abs=0.002)
    assert not told.unsettled


def test_two_that_attack_each_other() -> None:
    graph = ArgumentGraph.of([ONE, ONE // 2], [(0, 1, False), (1, 0, False)])
    assert strengths(graph).values == pytest.approx((ONE, 0), abs=2)
    # v = w (1 - v), so v = w / (1 + w).
    alike = ArgumentGraph.of([ONE // 2] * 2, [(0, 1, False), (1, 0, False)])
    assert strengths(alike).values == pytest.approx([ONE // 3] * 2, abs=16)


# --- the formulas ---


def by_formula(graph: ArgumentGraph, by: Semantics) -> list[float]:
    """In floating point, straight from the table."""
    values = [base / ONE for base in graph.bases]
    for argument in reversed(range(len(values))):
        base = values[argument]
        for_ = [values[source] for source, supports in graph.into[argument] if supports]
        against = [values[source] for source, supports in graph.into[argument] if not supports]
        if by is Semantics.DF_QUAD:
            moved = math.prod(1 - value for value in against) - math.prod(1 - value for value in for_)
        elif by is Semantics.QUADRATIC_ENERGY:
            energy = sum(for_) - sum(against)
            moved = math.copysign(energy**2 / (1 + energy**2), energy)
        else:
            energy = sum(for_) - sum(against)
            values[argument] = 1 - (1 - base**2) / (1 + base * math.exp(energy))
            continue
        values[argument] = base + (1 - base if moved >= 0 else base) * moved
    return values


bases = st.integers(0, ONE) | st.sampled_from([0, 1, ONE // 2, ONE - 1, ONE])


@st.composite
def graphs(draw: st.DrawFn, *, cycles: bool = False, most: int = 9) -> ArgumentGraph:
    number = draw(st.integers(1, most))
    pairs = [(a, b) for a in range(number) for b in range(number if cycles else a)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20)) if pairs else []
    return ArgumentGraph.of(
        draw(st.lists(bases, min_size=number, max_size=number)), [(*pair, draw(st.booleans())) for pair in chosen]
    )


@ALL
@given(graph=graphs())
def test_they_are_the_formulas(graph: ArgumentGraph, by: Semantics) -> None:
    found = strengths(graph, by)
    assert not found.unsettled
    assert [value / ONE for value in found.values] == pytest.approx(by_formula(graph, by), abs=1e-6)


@ALL
@given(graph=graphs())
def test_every_way_to_compute_them_gives_the_same_bits(graph: ArgumentGraph, by: Semantics) -> None:
    found = strengths(graph, by).values
    assert semantics._in_order(graph, by) == found
    assert semantics._with_cycles(graph, by).values == found


@given(number=st.integers(1, 60), data=st.data())
def test_a_tree_is_computed_as_any_graph(number: int, data: st.DataObject) -> None:
    relations = [(n, data.draw(st.integers(0, n - 1)), data.draw(st.booleans())) for n in range(1, number)]
    graph = ArgumentGraph.of(data.draw(st.lists(bases, min_size=number, max_size=number)), relations)
    assert strengths(graph).values == semantics._with_cycles(graph, Semantics.DF_QUAD).values


# --- what must hold whatever the graph (Baroni, Rago and Toni 2019) ---


@ALL
@settings(max_examples=60)
@given(graph=graphs(cycles=True))
def test_strengths_stay_in_range_and_settle_or_say_so(graph: ArgumentGraph, by: Semantics) -> None:
    found = strengths(graph, by)
    assert all(0 <= value <= ONE for value in found.values)
    for argument, base in enumerate(graph.bases):
        if not graph.into[argument]:
            assert found.values[argument] == base


@ALL
@settings(max_examples=60)
@given(graph=graphs(cycles=True, most=6))
def test_what_has_settled_is_a_solution(graph: ArgumentGraph, by: Semantics) -> None:
    found = strengths(graph, by)
    for argument in set(range(len(graph.bases))) - found.unsettled:
        again = semantics._MOVES[by](graph.bases[argument], graph.into[argument], found.values)
        assert abs(again - found.values[argument]) <= 2 * semantics._STEPS[-1]


@ALL
@given(graph=graphs(), base=bases, supports=st.booleans())
def test_support_never_lowers_and_attack_never_raises(
    graph: ArgumentGraph, base: int, supports: bool, by: Semantics
) -> None:
    before = strengths(graph, by).values[0]
    new = len(graph.bases)
    more = ArgumentGraph((*graph.bases, base), (new, *graph.sources), (0, *graph.targets), (supports, *graph.supports))
    after = strengths(more, by).values[0]
    assert after >= before if supports else after <= before
    if base == 0:
        assert after == before


@given(graph=graphs())
def test_df_quad_is_even_handed(graph: ArgumentGraph) -> None:
    """What is for and what is against the first argument weighs alike: with both turned round, so is the result."""
    turned = ArgumentGraph(
        (ONE - graph.bases[0], *graph.bases[1:]),
        graph.sources,
        graph.targets,
        tuple(sign if target else not sign for target, sign in zip(graph.targets, graph.supports, strict=True)),
    )
    assert strengths(turned).values[0] == pytest.approx(ONE - strengths(graph).values[0], abs=2)


# --- cycles ---


def test_what_does_not_settle_is_said_and_so_is_what_rests_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = ArgumentGraph.of([ONE // 2] * 5, [(0, 1, False), (1, 0, False), (1, 2, True), (2, 3, True), (4, 0, True)])
    assert not strengths(graph).unsettled
    monkeypatch.setattr(semantics, "ROUNDS", 1)
    assert strengths(graph).unsettled == {0, 1, 2, 3}


def test_arguments_that_attack_in_a_ring_settle_although_they_would_swing() -> None:
    """All at 1: each says no to the next. Undamped they would all go on and off for ever."""
    graph = ArgumentGraph.of([ONE] * 3, [(0, 1, False), (1, 2, False), (2, 0, False)])
    found = strengths(graph)
    assert not found.unsettled
    assert found.values == pytest.approx([ONE // 2] * 3, abs=20)


def test_an_argument_against_itself() -> None:
    assert strengths(ArgumentGraph.of([ONE], [(0, 0, False)])).values[0] == pytest.approx(ONE // 2, abs=20)


@given(graph=graphs(cycles=True))
def test_components_are_those_that_reach_each_other(graph: ArgumentGraph) -> None:
    number = len(graph.bases)
    reach = [{n} for n in range(number)]
    for _ in range(number):
        for source, target in zip(graph.sources, graph.targets, strict=True):
            reach[source] |= reach[target]
    found = components(graph)
    assert sorted(member for group in found for member in group) == list(range(number))
    for group in found:
        assert set(group) == {n for n in range(number) if n in reach[group[0]] and group[0] in reach[n]}
    place = {member: at for at, group in enumerate(found) for member in group}
    assert all(place[a] <= place[b] for a, b in zip(graph.sources, graph.targets, strict=True))


def test_a_very_long_chain_is_no_matter() -> None:
    number = 200_000
    there = ArgumentGraph.of([ONE // 2] * number, [(n, n - 1, n % 2 == 0) for n in range(1, number)])
    turned = ArgumentGraph.of([ONE // 2] * number, [(number - 1 - n, number - n, n % 2 == 0) for n in range(1, number)])
    assert strengths(there).values == strengths(turned).values[::-1]


# --- what is no graph ---


@pytest.mark.parametrize(
    ("given_bases", "relations", "said"),
    [
        ([ONE + 1], [], "between 0 and 1"),
        ([-1], [], "between 0 and 1"),
        ([0], [(1, 0, True)], "not in the graph"),
        ([0, 0], [(1, -1, True)], "not in the graph"),
        ([0, 0], [(1, 0, True), (1, 0, False)], "twice"),
        ([0, 0, 0], [(2, 0, True), (2, 1, True), (2, 0, True)], "twice"),
    ],
)
def test_what_is_no_graph_is_refused(given_bases: list[int], relations: list[tuple[int, int, bool]], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        ArgumentGraph.of(given_bases, relations)


def test_relations_out_of_order_or_without_a_sign_are_refused() -> None:
    with pytest.raises(Invalid, match="order"):
        ArgumentGraph((0, 0, 0), (1, 2), (0, 0), (True, True))
    with pytest.raises(Invalid, match="sign"):
        ArgumentGraph((0, 0), (1,), (0,), ())


def test_nothing_is_a_graph_too() -> None:
    assert strengths(ArgumentGraph.of([])).values == ()
