"""Entities and edges through the door: one statement is one edge, none stands on nothing, and only checked passages count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import networkx as nx
import pytest
from graph_support import ADA, ALS, BDNF, MSC, QUOTE, add_entities, add_work, entity, perform, unsealed, view
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from scidex.atlas import queries
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.formats.model import EntityRef, ReadEdge
from scidex.atlas.graph.model import EdgeItem, Entity
from scidex.atlas.graph.predicates import Predicate
from scidex.atlas.graph.staging import staged
from scidex.atlas.queries import pathfinding as questions
from scidex.atlas.tables import edge_items, edges, entities, quarantine
from scidex.kernel.clock import FixedClock
from scidex.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation


def secretes(scidex: Installation, **more: Any) -> Any:
    command = {"subject": MSC, "predicate": "secretes", "object": BDNF, "source": "pmid:16336965", **more}
    return perform(scidex, "edge.add", **command)


def number_of(scidex: Installation, table: Any) -> int:
    with scidex.storage.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


# --- entities


def test_an_entity_is_found_by_every_spelling_of_its_identifier(scidex: Installation) -> None:
    perform(scidex, "entity.add", curie="mondo:0004976", name="ALS", category="Disease")
    for spelling in ("MONDO:0004976", "mondo:0004976", "/artifact/MONDO:0004976"):
        assert entity(scidex, spelling)[0].name == "ALS"


def test_one_identifier_names_one_entity(scidex: Installation) -> None:
    add_entities(scidex)
    with pytest.raises(Conflict):
        perform(scidex, "entity.add", curie=ALS, name="something else")


@pytest.mark.parametrize("curie", ["NOSUCHPREFIX:1", "MONDO:", ":1", "ALS", "MONDO:abc", "doi:10.1/x", "МONDO:0004976"])
def test_what_is_no_identifier_of_an_entity_is_refused_and_leaves_nothing(scidex: Installation, curie: str) -> None:
    with pytest.raises(Invalid):
        perform(scidex, "entity.add", curie=curie, name="x")
    assert number_of(scidex, entities) == 0


def test_a_renamed_entity_keeps_its_edges(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    edge = secretes(scidex).edge
    content = {"curie": BDNF, "name": "brain-derived neurotrophic factor", "category": "Gene"}
    perform(scidex, "artifact.revise", ref=BDNF, content=content)
    assert view(scidex, edge).sentence == "mesenchymal stem cell secretes brain-derived neurotrophic factor"


def test_the_edges_of_a_merged_entity_are_shown_at_the_one_it_was_merged_into(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    perform(scidex, "entity.add", curie="CL:0002540", name="bone-marrow MSC", category="Cell")
    edge = secretes(scidex, subject="CL:0002540").edge
    perform(scidex, "artifact.merge", ref="CL:0002540", into=MSC)
    with scidex.storage.read() as connection:
        page = queries.neighbourhood(connection, queries.entities_named(connection, MSC))
    assert [each.name for each in page.edges] == [edge]


# --- what an edge rests on


def test_an_edge_with_a_checked_passage_of_a_verified_work_is_supported_and_says_how(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    made = secretes(scidex, quote=QUOTE, stance="supports", design="in-vitro")
    found = view(scidex, made.edge)
    assert (found.verdict, found.passage) == ("supported", QUOTE)
    assert found.confidence == found.standing.for_.weight > 0
    assert [item.counts for item in found.evidence] == [True]


def test_an_edge_without_evidence_or_run_cannot_be_stored(scidex: Installation) -> None:
    add_entities(scidex)
    with pytest.raises(Invalid, match="never on nothing"):
        perform(scidex, "edge.add", subject=MSC, predicate="secretes", object=BDNF)
    with pytest.raises(Invalid):
        secretes(scidex, quote="They never said this.")
    assert number_of(scidex, edges) == 0


def test_the_database_itself_refuses_an_item_without_source_or_run(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    edge = int(secretes(scidex).edge.removeprefix("edge:"))
    with scidex.storage.write() as connection:
        activity = connection.execute(select(edges.c.activity_id)).scalars().first()
        empty = dict.fromkeys(("source_key", "source", "run", "quote", "judge", "note", "ended_because"), "")
        row = {"edge": edge, "line": 0, "fingerprint": "x", "recorded_at": datetime(2026, 1, 1, tzinfo=UTC)}
        with pytest.raises(IntegrityError):
            connection.execute(edge_items.insert().values(**empty, **row, activity_id=activity))


def test_the_same_statement_with_other_evidence_is_one_edge_with_two_items(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    one, two = secretes(scidex), secretes(scidex, source="pmid:17000000")
    assert (one.edge, one.new, two.new) == (two.edge, True, False)
    assert len(view(scidex, one.edge).evidence) == 2


def test_a_symmetric_statement_is_one_edge_from_both_ends(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    first = secretes(scidex, predicate="associated_with")
    second = secretes(scidex, predicate="associated_with", subject=BDNF, object=MSC)
    assert first.edge == second.edge


def test_qualifiers_and_denial_make_another_edge(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    made = {
        secretes(scidex, **more).edge for more in ({}, {"species": "mouse"}, {"negated": True}, {"aspect": "protein"})
    }
    assert len(made) == 4


def test_an_edge_to_itself_is_refused(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    with pytest.raises(Invalid, match="to itself"):
        secretes(scidex, object=MSC)


def test_a_retraction_is_seen_by_every_edge_at_once(scidex: Installation) -> None:
    add_entities(scidex)
    work = add_work(scidex)
    edge = secretes(scidex, quote=QUOTE, stance="supports").edge
    perform(scidex, "paper.mark", ref=work, notice="retraction", reason="Made-up data.")
    found = view(scidex, edge)
    assert (found.verdict, found.confidence) == ("unverifiable", None)
    assert [str(reason) for reason in found.evidence[0].uncounted] == ["source-retracted"]


def test_an_item_of_a_claim_becomes_evidence_on_an_edge_and_waits_to_be_judged(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    claim = perform(scidex, "claim.add", statement="MSC secrete BDNF.").id
    item = perform(scidex, "evidence.add", claim=claim, source="pmid:16336965", quote=QUOTE, stance="supports").id
    edge = secretes(scidex, source="", evidence=item)
    assert view(scidex, edge.edge).verdict == "unverifiable"
    perform(scidex, "evidence.judge", ref=edge.evidence, stance="supports")
    assert view(scidex, edge.edge).verdict == "supported"


def test_a_program_cannot_vouch_for_its_own_edge(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    command = {"subject": MSC, "predicate": "secretes", "object": BDNF, "source": "pmid:16336965"}
    with pytest.raises(Forbidden):
        scidex.door.perform("edge.add", {**command, "quote": "x", "text": "x"}, ActorId("software:robot"))


def test_a_withdrawn_item_is_ended_and_an_edge_without_items_leaves_the_view(scidex: Installation) -> None:
    load(scidex, [edge_between(0, 1)])
    (item,) = view(scidex, "edge:1").items
    assert perform(scidex, "edge.withdraw", edge="edge:1", item=item.number, reason="mistaken").stands is False
    with scidex.storage.read() as connection:
        assert not queries.neighbourhood(connection, queries.entities_named(connection, curie(0))).edges
    assert view(scidex, "edge:1").live is False
    # The same file again does not take back what somebody decided; another source is another reason.
    load(scidex, [edge_between(0, 1)])
    assert view(scidex, "edge:1").live is False
    load(scidex, [edge_between(0, 1, source="pmid:2")])
    assert view(scidex, "edge:1").live is True
    with pytest.raises(NotFound):
        perform(scidex, "edge.withdraw", edge="edge:1", item=item.number, reason="again")


def test_the_past_does_not_know_later_edges_or_items(open_scidex: Callable[..., Installation]) -> None:
    clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    scidex = open_scidex("sqlite", clock=clock)
    load(scidex, [edge_between(0, 1)])
    before = clock.now()
    clock.moment += timedelta(days=1)
    load(scidex, [edge_between(0, 1, source="pmid:2"), edge_between(1, 2)])
    with scidex.storage.read() as connection:
        centre = queries.entities_named(connection, curie(1))
        then = queries.neighbourhood(connection, centre, as_of=before)
        now = queries.neighbourhood(connection, centre)
    assert [len(each.items) for each in then.edges] == [1]
    assert sorted(len(each.items) for each in now.edges) == [1, 2]


# --- loading many


def curie(number: int) -> str:
    return f"MONDO:{number + 1:07d}"


def edge_between(
    start: int, end: int, predicate: Predicate = Predicate.INCREASES, *, source: str = "pmid:1", negated: bool = False
) -> ReadEdge:
    ends = [EntityRef(Curie(curie(number)), f"thing {number}", Category.DISEASE) for number in (start, end)]
    return ReadEdge(1, ends[0], predicate, ends[1], negated, items=(EdgeItem(source=source),))


def load(scidex: Installation, given: list[ReadEdge], problems: tuple[Any, ...] = ()) -> Any:
    named = {end.curie: end for each in given for end in (each.subject, each.object)}
    wanted = tuple(Entity(each.curie, each.name, Category.DISEASE) for each in named.values())
    file = {"name": "facts.csv", "sha256": "a" * 64, "size": 1}
    rows = [row for each in given for row in staged(each)]
    command = {"file": file, "entities": wanted, "rows": rows, "problems": problems}
    return scidex.door.perform("edge.load", command, ADA)


def test_a_second_load_of_the_same_edges_writes_nothing(scidex: Installation) -> None:
    given = [edge_between(start, end) for start in range(20) for end in range(20) if start != end]
    first = load(scidex, given)
    before = [number_of(scidex, table) for table in (edges, edge_items, entities)]
    second = load(scidex, given)
    assert (first.edges, first.items, first.entities) == (380, 380, 20)
    assert (second.edges, second.items, second.entities, second.quarantined) == (0, 0, 0, 0)
    assert [number_of(scidex, table) for table in (edges, edge_items, entities)] == before


def test_edges_are_only_loaded_from_what_a_reader_has_checked(scidex: Installation) -> None:
    for wrong in ([{"subject": "MONDO:0000001"}], ["x"], list(staged(edge_between(0, 1)._replace(items=())))):
        with pytest.raises(Invalid):
            scidex.door.perform(
                "edge.load",
                {"file": {"name": "x", "sha256": "b" * 64, "size": 1}, "rows": wrong},
                ADA,
            )
    assert number_of(scidex, edges) == 0


def test_a_row_in_quarantine_is_kept_once_and_can_be_settled(scidex: Installation) -> None:
    problem = (7, "a,b,c", "an edge without evidence or run", "Name the source.")
    load(scidex, [], (problem,))
    load(scidex, [], (problem,))
    assert number_of(scidex, quarantine) == 1
    with scidex.storage.read() as connection:
        (row,) = queries.quarantined(connection)
    assert (row.line, row.row, row.file) == (7, "a,b,c", "facts.csv")
    assert perform(scidex, "edge.settle", row=row.number, reason="no edge").waiting == 0
    with pytest.raises(NotFound):
        perform(scidex, "edge.settle", row=row.number, reason="again")


def test_a_file_may_not_take_the_name_of_something_else(scidex: Installation) -> None:
    page = perform(scidex, "artifact.create", kind="page", content=example_of("page")).id
    perform(scidex, "artifact.alias", ref=page, alias=curie(0))
    load(scidex, [edge_between(0, 1), edge_between(1, 2)])
    with scidex.storage.read() as connection:
        (row,) = queries.quarantined(connection)
    assert "already names" in row.reason
    assert number_of(scidex, edges) == 1


# --- questions


def test_neighbours_come_by_the_page_without_gap_or_repeat(scidex: Installation) -> None:
    given = [
        edge_between(0, end, predicate) for end in range(1, 31) for predicate in (Predicate.CAUSES, Predicate.TREATS)
    ]
    given += [edge_between(end, 0, Predicate.CAUSES) for end in range(1, 11)]
    load(scidex, given)
    with scidex.storage.read() as connection:
        centre = queries.entities_named(connection, curie(0))
        seen: list[int] = []
        cursor = ""
        while True:
            page = queries.neighbourhood(connection, centre, limit=7, cursor=cursor)
            seen += [each.number for each in page.edges]
            cursor = page.next
            if not cursor:
                break
        only = queries.neighbourhood(connection, centre, predicate=Predicate.TREATS, direction="out", limit=100)
    assert len(seen) == len(set(seen)) == 70
    assert page.totals == {
        (Predicate.CAUSES, "out"): 30, (Predicate.TREATS, "out"): 30, (Predicate.CAUSES, "in"): 10,
    }  # fmt: skip
    assert {each.predicate for each in only.edges} == {Predicate.TREATS}


@pytest.mark.parametrize(
    "cursor", ["x", "out.causes.1", "out.causes.x.1", "in.' OR 1=1.1.1", "out.causes.1.1.1", "." * 500]
)
def test_a_cursor_from_elsewhere_is_refused(scidex: Installation, cursor: str) -> None:
    load(scidex, [edge_between(0, 1)])
    with scidex.storage.read() as connection, pytest.raises(Invalid):
        queries.neighbourhood(connection, queries.entities_named(connection, curie(0)), cursor=cursor)


GRAPHS = st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda ends: ends[0] != ends[1]), max_size=20)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=GRAPHS)
def test_paths_are_those_an_independent_library_finds(pairs: set[tuple[int, int]], open_scidex: Any) -> None:
    scidex = open_scidex("sqlite")
    if not pairs:
        return
    load(scidex, [edge_between(start, end) for start, end in sorted(pairs)])
    oracle = nx.Graph(pairs)
    with scidex.storage.read() as connection:
        views = {number: queries.entities_named(connection, curie(number)) for number in oracle}
        for start in list(oracle)[:3]:
            for goal in oracle:
                if start == goal:
                    continue
                found = queries.paths(connection, views[start], views[goal], limit=1000)
                named = {tuple(int(node.curie[6:]) - 1 for node in path.nodes) for path in found.paths}
                short = nx.has_path(oracle, start, goal) and nx.shortest_path_length(oracle, start, goal) <= 4
                wanted = {tuple(path) for path in nx.all_shortest_paths(oracle, start, goal)} if short else set()
                assert named == wanted
                assert found.complete
                every = queries.paths(connection, views[start], views[goal], limit=10_000, strongest=True)
                simple = {tuple(path) for path in nx.all_simple_paths(oracle, start, goal, cutoff=4)}
                told = {tuple(int(node.curie[6:]) - 1 for node in path.nodes) for path in every.paths}
                assert wanted <= told <= simple


def test_the_best_founded_path_comes_before_a_shorter_one(scidex: Installation) -> None:
    load(scidex, [edge_between(0, 1)])
    several = [edge_between(*ends, source=f"pmid:{n}") for ends in ((0, 2), (2, 1)) for n in (1, 2, 3)]
    load(scidex, several)
    with scidex.storage.read() as connection:
        ends = [queries.entities_named(connection, curie(number)) for number in (0, 1)]
        short = queries.paths(connection, *ends)
        strong = queries.paths(connection, *ends, strongest=True)
    assert [len(path.edges) for path in short.paths] == [1]
    assert [(len(path.edges), path.sources) for path in strong.paths] == [(2, 3), (1, 1)]


def test_a_denied_edge_leads_nowhere(scidex: Installation) -> None:
    load(scidex, [edge_between(0, 1, negated=True)])
    with scidex.storage.read() as connection:
        ends = [queries.entities_named(connection, curie(number)) for number in (0, 1)]
        assert queries.paths(connection, *ends).paths == ()


def test_nothing_is_followed_through_an_entity_with_very_many_edges(
    scidex: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST_FOLLOWED", 5)
    hubs = [edge_between(hub, end) for hub, ends in ((0, range(2, 12)), (1, range(12, 22))) for end in ends]
    load(scidex, [*hubs, edge_between(0, 1)])
    with scidex.storage.read() as connection:
        ends = [queries.entities_named(connection, curie(number)) for number in (2, 12, 3)]
        found = queries.paths(connection, ends[0], ends[1])
        assert (found.paths, found.complete) == ((), False)
        meeting = queries.paths(connection, ends[0], ends[2])
        assert [len(path.edges) for path in meeting.paths] == [2]


def test_what_two_things_share_starts_with_what_is_shared_by_few(scidex: Installation) -> None:
    load(scidex, [edge_between(start, middle) for middle in (2, 3) for start in (0, 1)] + [edge_between(9, 3)])
    with scidex.storage.read() as connection:
        ends = [queries.entities_named(connection, curie(number)) for number in (0, 1)]
        found = queries.shared(connection, *ends)
    assert [each.entity.curie for each in found] == [curie(2), curie(3)]
    assert {edge.subject.curie for each in found for edge in each.first} == {curie(0)}
    assert {edge.subject.curie for each in found for edge in each.second} == {curie(1)}


def test_opposite_and_denied_statements_are_listed_as_conflicts(scidex: Installation) -> None:
    load(
        scidex,
        [
            edge_between(0, 1, Predicate.INCREASES),
            edge_between(0, 1, Predicate.DECREASES),
            edge_between(2, 3, Predicate.TREATS),
            edge_between(2, 3, Predicate.TREATS, negated=True),
            edge_between(1, 0, Predicate.DECREASES),
            edge_between(4, 5, Predicate.INCREASES),
            edge_between(4, 5, Predicate.DECREASES, negated=True),
        ],
    )
    with scidex.storage.read() as connection:
        found = queries.conflicts(connection)
        one = queries.conflicts(connection, about=queries.entities_named(connection, curie(2)))
        with_first = queries.conflicts_with(connection, found[0].one)
    pairs = {frozenset((pair.one.subject.curie, pair.one.object.curie)) for pair in found}
    assert pairs == {frozenset((curie(0), curie(1))), frozenset((curie(2), curie(3)))}
    assert len(found) == 2
    assert [pair.reason for pair in one] == ["one states what the other denies"]
    assert with_first == (found[0].other,)


def test_a_transitive_relation_is_followed_to_its_end_and_circles_stop(scidex: Installation) -> None:
    chain = [edge_between(number, number + 1, Predicate.SUBCLASS_OF) for number in range(5)]
    load(scidex, [*chain, edge_between(5, 0, Predicate.SUBCLASS_OF)])
    with scidex.storage.read() as connection:
        start = queries.entities_named(connection, curie(0))
        up = queries.closure(connection, start, Predicate.SUBCLASS_OF)
        down = queries.closure(connection, start, Predicate.SUBCLASS_OF, down=True)
        with pytest.raises(Invalid, match="does not carry over"):
            queries.closure(connection, start, Predicate.TREATS)
    assert [(view.curie, steps) for view, steps in up] == [(curie(number), number) for number in range(1, 6)]
    assert [steps for _, steps in down] == [1, 2, 3, 4, 5]


def test_two_hops_bring_the_neighbours_edges_with_their_evidence(scidex: Installation) -> None:
    load(scidex, [edge_between(0, 1), edge_between(1, 2), edge_between(2, 3)])
    with scidex.storage.read() as connection:
        found = queries.two_hops(connection, queries.entities_named(connection, curie(0)))
    assert {each.number for each in found} == {1, 2}
    assert all(each.items for each in found)


def test_the_number_of_queries_does_not_grow_with_the_edges(scidex: Installation) -> None:
    from sqlalchemy import event

    asked: list[str] = []
    event.listen(scidex.storage.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for start in (0, 100):
        load(scidex, [edge_between(start, start + end) for end in range(1, 5 if start == 0 else 40)])
        with scidex.storage.read() as connection:
            centre = queries.entities_named(connection, curie(start))
            asked.clear()
            queries.neighbourhood(connection, centre)
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_run_is_a_reason_for_an_edge_and_only_an_analysis_is_a_run(scidex: Installation) -> None:
    add_entities(scidex)
    work = add_work(scidex)
    with pytest.raises(Invalid, match="not an analysis"):
        secretes(scidex, source="", run=work)
    analysis = perform(scidex, "artifact.create", kind="analysis", content=example_of("analysis")).id
    edge = secretes(scidex, source="", run=analysis).edge
    assert [item.run for item in view(scidex, edge).items] == [analysis]


def example_of(kind: str) -> dict[str, Any]:
    from scidex.atlas.kinds import kind_of

    return kind_of(kind).example().model_dump(mode="json")


def test_a_dry_run_leaves_no_edge(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    command = {"subject": MSC, "predicate": "secretes", "object": BDNF, "source": "pmid:16336965"}
    scidex.door.perform("edge.add", command, ADA, dry_run=True)
    assert number_of(scidex, edges) == 0
    with pytest.raises((Invalid, Refused)):
        perform(scidex, "edge.add", subject="MONDO:9999999", predicate="secretes", object=BDNF, source="pmid:1")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE edges SET live = 0", "out of view and rests on something"),
        ("DELETE FROM edge_items", "rests on nothing"),
        ("UPDATE edges SET object = subject", "to itself"),
        ("UPDATE edges SET predicate = 'adores'", "unknown relation"),
        ("UPDATE entities SET degree = 7", "number of its edges"),
        ("UPDATE entities SET name = 'another'", "entities table differs"),
    ],
)
def test_what_is_changed_behind_the_back_of_the_program_is_found(scidex: Installation, damage: str, said: str) -> None:
    load(scidex, [edge_between(0, 1)])
    with scidex.storage.read() as connection:
        assert list(queries.check(connection)) == []
    with scidex.storage.write() as connection:
        unsealed(connection, "edges", "edge_items")
        connection.exec_driver_sql(damage)
        connection.commit()
    with scidex.storage.read() as connection:
        assert any(said in problem.problem for problem in queries.check(connection))
