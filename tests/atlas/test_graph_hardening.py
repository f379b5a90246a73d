"""The graph under attack: odd orders of events, hostile values, and what must not be lost or counted."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import graph_support
import networkx as nx
import pytest
from graph_support import ADA, ALS, BDNF, MSC, QUOTE, add_work, entity, perform, view
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from scidex.atlas import queries
from scidex.atlas.graph.formats import FORMATS
from scidex.atlas.graph.ports import Ontology
from scidex.atlas.graph.predicates import Predicate
from scidex.atlas.kinds import kind_of
from scidex.atlas.queries.integrity import check
from scidex.atlas.searching.ports import Searching
from scidex.atlas.tables import edge_items
from scidex.kernel.clock import FixedClock
from scidex.kernel.errors import Conflict, Invalid, NotFound, ScidexError
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation
from scidex.workflows import graph_batches
from scidex.workflows import import_graph as story
from scidex.workflows.import_graph import import_graph_stream

BOT = ActorId("software:bot")
OTHER = "CL:0002540"
HEADER = "subject,predicate,object,source,stance,quote\n"


def add_entities(scidex: Installation) -> None:
    graph_support.add_entities(scidex)
    perform(scidex, "entity.add", curie=OTHER, name="bone-marrow MSC", category="Cell")


def add_run(scidex: Installation) -> str:
    made: str = perform(
        scidex, "artifact.create", kind="analysis", content=kind_of("analysis").example().model_dump(mode="json")
    ).id
    return made


def add(scidex: Installation, subject: str = MSC, object_: str = BDNF, predicate: str = "secretes", **more: Any) -> Any:
    more = more if "run" in more else {"source": "pmid:16336965", **more}
    return perform(scidex, "edge.add", subject=subject, predicate=predicate, object=object_, **more)


def load(scidex: Installation, data: bytes | str, name: str = "facts.csv", **more: Any) -> Any:
    data = data.encode() if isinstance(data, str) else data
    return import_graph_stream(scidex.door, BytesIO(data), name, scidex.service(Ontology), actor=ADA, **more)


def ask(scidex: Installation, question: Callable[..., Any], *given: Any, **more: Any) -> Any:
    with scidex.storage.read() as connection:
        return question(connection, *given, **more)


def sound(scidex: Installation) -> None:
    with scidex.storage.read() as connection:
        assert list(check(connection)) == []


def standing(scidex: Installation, name: str, moment: datetime) -> tuple[bool, bool]:
    """Whether an edge is listed at its subject at a moment, and says itself that it is in view."""
    then = view(scidex, name, as_of=moment)
    page = ask(scidex, queries.neighbourhood, (then.subject,), as_of=moment)
    return name in {each.name for each in page.edges}, then.live


# --- nothing is lost


def test_a_run_is_kept_as_a_further_reason_of_an_edge_that_is_there(scidex: Installation) -> None:
    add_entities(scidex)
    first = add(scidex)
    run = add_run(scidex)
    again = add(scidex, run=run)
    assert (again.edge, again.new) == (first.edge, False)
    assert [item.run for item in view(scidex, first.edge).items] == [run]


def test_a_file_with_names_that_differ_in_case_alone_keeps_its_other_rows(scidex: Installation) -> None:
    rows = HEADER + f"hgnc.symbol:SOD1,affects,{BDNF},pmid:1,,\nhgnc.symbol:Sod1,affects,{BDNF},pmid:1,,\n"
    told = load(scidex, rows)
    assert (told.edges, told.quarantined) == (1, 1)
    (waiting,) = ask(scidex, queries.quarantined)
    assert waiting.line == 3
    assert "already names" in waiting.reason
    assert load(scidex, rows).quarantined == 0
    sound(scidex)


def test_no_row_is_left_out_in_silence_when_its_entity_could_not_be_made_batches_ago(
    scidex: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_batches(monkeypatch)
    page = kind_of("page").example().model_dump(mode="json")
    made = perform(scidex, "artifact.create", kind="page", content=page).id
    perform(scidex, "artifact.alias", ref=made, alias=ALS)
    told = load(scidex, HEADER + "".join(f"MONDO:{n:07d},affects,{ALS},pmid:1,,\n" for n in range(1, 8)))
    assert (told.edges, told.quarantined) == (0, 7)


def test_a_dry_run_of_many_batches_counts_what_the_import_writes(
    scidex: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_small_batches(monkeypatch)
    rows = HEADER + "".join(f"{MSC},affects,MONDO:{n:07d},pmid:1,,\n" for n in range(1, 9))
    dry = load(scidex, rows, dry_run=True)
    wet = load(scidex, rows)
    assert (dry.edges, dry.quarantined) == (wet.edges, wet.quarantined) == (8, 0)


def in_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "batches", lambda found: graph_batches.batches(found, 2))


@pytest.mark.timeout(60)
def test_two_imports_of_one_file_a_merge_and_readers_at_once_leave_each_row_once(scidex: Installation) -> None:
    add_entities(scidex)
    rows = HEADER + "".join(f"{OTHER},affects,MONDO:{n:07d},pmid:{n},,\n" for n in range(1, 200))
    failures: list[Exception] = []

    def merging() -> None:
        for _ in range(4):
            perform(scidex, "artifact.merge", ref=OTHER, into=MSC)
            perform(scidex, "artifact.unmerge", ref=OTHER)

    def reading() -> None:
        for _ in range(8):
            ask(scidex, lambda connection: queries.neighbourhood(connection, queries.entities_named(connection, MSC)))

    def guarded(work: Callable[[], Any]) -> None:
        try:
            work()
        except Exception as error:  # told to the test's thread
            failures.append(error)

    def importing() -> None:
        load(scidex, rows)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in (importing, importing, merging, reading)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with scidex.storage.read() as connection:
        assert connection.execute(select(func.count()).select_from(edge_items)).scalar_one() == 199
    sound(scidex)


# --- one edge, one name; numbers that fit


@pytest.mark.parametrize(
    "name", ["edge:0", "edge:-1", "edge:1 ", " edge:1", "edge:\uff11", "edge:01", "edge:" + "9" * 40]
)
def test_an_edge_has_one_name(scidex: Installation, name: str) -> None:
    add_entities(scidex)
    add_work(scidex)
    edge = add(scidex).edge
    for attempt in (
        lambda: perform(scidex, "evidence.add", claim=name, source="pmid:16336965", quote=QUOTE, stance="supports"),
        lambda: perform(scidex, "edge.withdraw", edge=name, item=1, reason="x"),
        lambda: view(scidex, name),
    ):
        with pytest.raises((Invalid, NotFound)):
            attempt()
    assert len(view(scidex, edge).evidence) == 1


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_that_no_database_holds_is_refused(scidex: Installation, number: int) -> None:
    add_entities(scidex)
    edge = add(scidex).edge
    with pytest.raises((Invalid, NotFound)):
        perform(scidex, "edge.withdraw", edge=edge, item=number, reason="x")
    with pytest.raises((Invalid, NotFound)):
        perform(scidex, "edge.settle", row=number, reason="x")


# --- entities that change


def test_an_identifier_of_what_was_merged_away_is_not_taken_over(scidex: Installation) -> None:
    add_entities(scidex)
    perform(scidex, "artifact.merge", ref=OTHER, into=MSC)
    with pytest.raises(Conflict, match="is the identifier of"):
        perform(scidex, "artifact.revise", ref=MSC, content={"curie": OTHER, "name": "x", "category": "Cell"})
    sound(scidex)


def test_a_symmetric_statement_stays_one_edge_when_an_end_gets_another_identifier(scidex: Installation) -> None:
    add_entities(scidex)
    one = add(scidex, predicate="related_to", run=add_run(scidex))
    perform(scidex, "artifact.revise", ref=MSC, content={"curie": "UBERON:0001013", "name": "x", "category": "Cell"})
    assert add(scidex, subject="UBERON:0001013", predicate="related_to").edge == one.edge
    perform(scidex, "artifact.restore", ref="UBERON:0001013", version=1)
    assert add(scidex, predicate="related_to").edge == one.edge
    sound(scidex)


def test_edges_that_a_file_brings_for_a_merged_entity_go_with_it_when_the_merge_is_undone(scidex: Installation) -> None:
    add_entities(scidex)
    perform(scidex, "artifact.merge", ref=OTHER, into=MSC)
    load(scidex, HEADER + f"{OTHER},secretes,{BDNF},pmid:1,,\n")
    assert len(ask(scidex, queries.neighbourhood, entity(scidex, MSC)).edges) == 1
    perform(scidex, "artifact.unmerge", ref=OTHER)
    assert len(ask(scidex, queries.neighbourhood, entity(scidex, OTHER)).edges) == 1
    assert len(ask(scidex, queries.neighbourhood, entity(scidex, MSC)).edges) == 0
    sound(scidex)


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_the_edges_of_merged_entities_come_by_the_page_without_gap_or_repeat(scidex: Installation, limit: int) -> None:
    add_entities(scidex)
    run = add_run(scidex)
    for number in range(3):
        add(scidex, subject=OTHER, object_=MSC, predicate="related_to", run=run, aspect=f"a{number}")
        add(scidex, subject=BDNF, object_=MSC, predicate="affects", run=run, aspect=f"b{number}")
        add(scidex, subject=MSC, object_=ALS, predicate="affects", run=run, aspect=f"c{number}")
    perform(scidex, "artifact.merge", ref=OTHER, into=MSC)
    centre = entity(scidex, MSC)
    seen: list[int] = []
    cursor = ""
    for _ in range(12):
        page = ask(scidex, queries.neighbourhood, centre, limit=limit, cursor=cursor)
        seen += [each.number for each in page.edges]
        if not (cursor := page.next):
            break
    assert sorted(seen) == list(range(1, 10))


@pytest.fixture
def through_merged(scidex: Installation) -> Installation:
    """BDNF and ALS are connected only if two entities in the middle are known to be one."""
    add_entities(scidex)
    run = add_run(scidex)
    add(scidex, subject=BDNF, object_=OTHER, predicate="subclass_of", run=run)
    add(scidex, subject=MSC, object_=ALS, predicate="subclass_of", run=run)
    add(scidex, subject=OTHER, object_=ALS, predicate="increases", run=run)
    add(scidex, subject=MSC, object_=ALS, predicate="decreases", run=run)
    perform(scidex, "artifact.merge", ref=OTHER, into=MSC)
    return scidex


@pytest.mark.parametrize("strongest", [True, False])
def test_questions_see_merged_entities_as_one(through_merged: Installation, strongest: bool) -> None:
    scidex = through_merged
    ends = entity(scidex, BDNF), entity(scidex, ALS)
    paths = ask(scidex, queries.paths, *ends, strongest=strongest).paths
    assert {tuple(node.curie for node in path.nodes) for path in paths} == {(BDNF, MSC, ALS)}
    assert {each.entity.curie for each in ask(scidex, queries.shared, *ends)} == {MSC}
    reached = ask(scidex, queries.closure, ends[0], Predicate.SUBCLASS_OF)
    assert [(each.curie, steps) for each, steps in reached] == [(MSC, 1), (ALS, 2)]
    (conflict,) = ask(scidex, queries.conflicts)
    assert {conflict.one.predicate, conflict.other.predicate} == {Predicate.INCREASES, Predicate.DECREASES}
    perform(scidex, "artifact.unmerge", ref=OTHER)
    assert not ask(scidex, queries.conflicts)
    assert {each.entity.curie for each in ask(scidex, queries.shared, *ends)} == {OTHER}


def test_paths_see_a_merge_from_the_moment_it_was_made(open_scidex: Callable[..., Installation]) -> None:
    clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    scidex = open_scidex("sqlite", clock=clock)
    add_entities(scidex)
    load(scidex, HEADER + f"{BDNF},affects,{OTHER},pmid:1,,\n{MSC},affects,{ALS},pmid:1,,\n")
    before = clock.now()
    clock.moment += timedelta(days=1)
    perform(scidex, "artifact.merge", ref=OTHER, into=MSC)
    ends = entity(scidex, BDNF), entity(scidex, ALS)
    assert not ask(scidex, queries.paths, *ends, as_of=before).paths
    assert ask(scidex, queries.paths, *ends, as_of=clock.now()).paths


STEPS = st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from(["related_to", "affects"]), st.booleans())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS.filter(lambda step: step[0] != step[1]), min_size=1, max_size=24))
def test_all_simple_paths_compete_for_the_best_founded_one(steps: list[Any], open_scidex: Any) -> None:
    scidex = open_scidex("sqlite")
    graph = nx.Graph()
    rows = "subject,predicate,object,negated,source\n"
    for start, end, predicate, negated in steps:
        rows += f"MONDO:{start + 1:07d},{predicate},MONDO:{end + 1:07d},{str(negated).lower()},pmid:1\n"
        graph.add_nodes_from((start, end))
        if not negated:
            graph.add_edge(start, end)
    load(scidex, rows)
    start, end = steps[0][:2]
    ends = (entity(scidex, f"MONDO:{each + 1:07d}") for each in (start, end))
    found = ask(scidex, queries.paths, *ends, strongest=True, limit=2_000)
    told = {tuple(int(node.curie[6:]) - 1 for node in path.nodes) for path in found.paths}
    assert found.complete
    assert told == {tuple(path) for path in nx.all_simple_paths(graph, start, end, cutoff=queries.MOST_HOPS)}


def test_a_name_that_nobody_can_see_is_no_name(scidex: Installation) -> None:
    with pytest.raises(Invalid):
        perform(scidex, "artifact.create", kind="entity", content={"curie": "scidex:a", "name": "\u200b"})
    content = {"curie": "scidex:a", "name": "tau\u202e\n\n protein", "synonyms": ["\x07", "MAP\u200bT"]}
    made = perform(scidex, "artifact.create", kind="entity", content=content)
    assert made.title == "tau protein"
    assert ask(scidex, lambda connection: next(iter(queries.exported_entities(connection)))).synonyms == ("MAPT",)


# --- nothing counts that should not


def test_what_was_retracted_is_no_reason_for_an_edge(scidex: Installation) -> None:
    add_entities(scidex)
    add_work(scidex)
    evidence = add(scidex, quote=QUOTE, stance="supports").evidence
    run = add_run(scidex)
    for each in (evidence, run):
        perform(scidex, "artifact.retract", ref=each, reason="mistaken")
    with pytest.raises(Conflict):
        perform(scidex, "edge.add", subject=MSC, predicate="affects", object=ALS, evidence=evidence)
    with pytest.raises(Conflict):
        add(scidex, run=run)


def test_an_edge_is_in_view_exactly_while_something_stands_under_it(open_scidex: Callable[..., Installation]) -> None:
    clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    scidex = open_scidex("sqlite", clock=clock)
    add_entities(scidex)
    add_work(scidex)
    edge = add(scidex, run=add_run(scidex)).edge
    moments = [clock.now()]

    def later(verb: str, **command: Any) -> Any:
        clock.moment += timedelta(days=1)
        moments.append(clock.now())
        return perform(scidex, verb, **command)

    later("edge.withdraw", edge=edge, item=view(scidex, edge).items[0].number, reason="mistaken")
    stated = {"subject": MSC, "predicate": "secretes", "object": BDNF, "quote": QUOTE, "stance": "supports"}
    evidence = later("edge.add", source="pmid:16336965", **stated).evidence
    later("artifact.retract", ref=evidence, reason="mistaken")
    assert view(scidex, edge).live is False
    later("artifact.reinstate", ref=evidence)
    assert view(scidex, edge).live is True
    expected = [True, False, True, False, True]
    assert [standing(scidex, edge, moment) for moment in moments] == [(each, each) for each in expected]
    assert [view(scidex, edge, as_of=moment).confidence is not None for moment in moments] == [
        False, False, True, False, True,
    ]  # fmt: skip
    sound(scidex)


def test_a_stance_that_was_withdrawn_is_not_found_and_conflicts_know_the_time(
    open_scidex: Callable[..., Installation],
) -> None:
    clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    scidex = open_scidex("sqlite", clock=clock)
    load(scidex, HEADER + f"{MSC},increases,{BDNF},pmid:1,supports,\n{MSC},increases,{BDNF},pmid:2,contradicts,\n")
    before = clock.now()
    clock.moment += timedelta(days=1)
    load(scidex, HEADER + f"{MSC},decreases,{BDNF},pmid:3,supports,\n", "more.csv")
    item = next(each for each in view(scidex, "edge:1").items if each.stance == "contradicts")
    perform(scidex, "edge.withdraw", edge="edge:1", item=item.number, reason="mistaken")
    centre = entity(scidex, MSC)
    assert not ask(scidex, queries.neighbourhood, centre, stance="contradicts").edges
    assert ask(scidex, queries.neighbourhood, centre, stance="contradicts", as_of=before).edges
    assert len(ask(scidex, queries.conflicts)) == 1
    assert not ask(scidex, queries.conflicts, as_of=before)


def test_nobody_passes_a_guess_off_as_a_choice(scidex: Installation) -> None:
    page = kind_of("page").example().model_dump(mode="json")
    made = perform(scidex, "artifact.create", kind="page", content=page).id
    found = {"artifact": made, "version": 1, "names": [{"surface": "ALS"}]}
    with pytest.raises(Invalid):
        scidex.door.perform("grounding.store", {"method": "chosen by person:ada", "artifacts": [found]}, BOT)
    for names in ([{"surface": "A"}] * 2, [{"surface": "A", "times": 10**30}], [{"surface": "A", "path": "p" * 99}]):
        with pytest.raises(Invalid):
            scidex.door.perform("grounding.store", {"method": "m", "artifacts": [found | {"names": names}]}, BOT)


# --- text is shown as a reader sees it; the index follows


def test_hidden_characters_reach_neither_answers_nor_the_queue_nor_files(scidex: Installation) -> None:
    hidden = "zebra \u202eevil\u200b \x07 end"
    perform(scidex, "entity.add", curie="scidex:h", name="zebra", about=hidden)
    add_entities(scidex)
    add(scidex, note=hidden)
    load(scidex, HEADER + f'{MSC},affects,NOPE:1,pmid:1,,"{hidden}"\n')
    told = [
        str(queries.search_document(search(scidex, "zebra"))),
        ask(scidex, queries.quarantined)[0].row,
        *("".join(FORMATS[name].write(ask(scidex, lambda c: list(queries.exported_edges(c))))) for name in FORMATS),
    ]
    assert "zebra" in told[1]
    for text in told:
        assert not {"\u202e", "\u200b", "\x07"} & set(text)


def test_what_names_an_entity_is_found_by_its_new_identifier(scidex: Installation) -> None:
    add_entities(scidex)
    page = kind_of("page").example().model_dump(mode="json")
    made = perform(scidex, "artifact.create", kind="page", content=page).id
    grounded = {"artifact": made, "version": 1, "names": [{"surface": "ALS"}]}
    perform(scidex, "grounding.store", method="by hand", artifacts=[grounded])
    perform(scidex, "grounding.choose", ref=made, surface="ALS", entity=ALS)
    assert made in {hit.head.id for hit in search(scidex, f"entity:{ALS}").hits}
    perform(scidex, "artifact.revise", ref=ALS, content={"curie": "MESH:D000690", "name": "ALS", "category": "Disease"})
    assert made in {hit.head.id for hit in search(scidex, "entity:MESH:D000690").hits}
    assert made not in {hit.head.id for hit in search(scidex, f"entity:{ALS}").hits}


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "question",
    ["a" * 10_000_000, "(" * 5_000, '"' * 999, "kind:" * 500, "a OR " * 3_000, "a*" * 1_000, "entity:\x00", "[a TO b]"],
)
def test_a_hostile_question_gets_an_answer_or_a_reason(open_scidex: Any, question: str) -> None:
    scidex = open_scidex("sqlite")
    add_entities(scidex)
    with contextlib.suppress(ScidexError):
        queries.search_document(search(scidex, question))


def search(scidex: Installation, question: str) -> Any:
    return ask(scidex, queries.search, scidex.service(Searching), question)
