"""An old artifact costs no more than a new one, and no question is answered by reading a whole table."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from scidex.atlas import queries
from scidex.atlas.diff import diff_bodies
from scidex.atlas.graph.ports import Ontology
from scidex.atlas.model import Head
from scidex.kernel import events
from scidex.kernel.clock import FixedClock
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation
from scidex.kernel.storage.types import metadata
from scidex.workflows.import_graph import import_graph_stream

ADA = ActorId("person:ada")
NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


@contextmanager
def statements(scidex: Installation) -> Iterator[list[tuple[str, Any]]]:
    """The statements sent to the database meanwhile."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        if not statement.startswith(("PRAGMA", "EXPLAIN", "BEGIN")):
            sent.append((statement, parameters))

    event.listen(scidex.storage.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(scidex.storage.engine, "before_cursor_execute", note)


def content(turn: int) -> dict[str, Any]:
    return {"title": f"Page {turn}", "body": f"Turn {turn}: [ALS](/diseases/als), [x](/entities/x{turn % 3})"}


def aged(open_scidex: Callable[..., Installation], engine: str, versions: int) -> tuple[Installation, str, FixedClock]:
    """A page with two names, two neighbours, and `versions` versions, one a minute."""
    clock = FixedClock(NOON)
    scidex = open_scidex(engine, clock=clock)
    perform = scidex.door.perform
    perform("artifact.create", {"kind": "page", "content": content(-1), "aliases": ["/diseases/als"]}, ADA)
    merged = perform("artifact.create", {"kind": "page", "content": content(-2), "aliases": ["/entities/old"]}, ADA).id
    page = perform("artifact.create", {"kind": "page", "content": content(1), "aliases": ["/entities/page"]}, ADA).id
    perform("artifact.merge", {"ref": merged, "into": page}, ADA)
    for turn in range(2, versions + 1):
        clock.moment += timedelta(minutes=1)
        perform("artifact.revise", {"ref": page, "content": content(turn)}, ADA)
    return scidex, page, clock


def reads(version: int, moment: datetime) -> dict[str, Callable[[Connection, Head], Any]]:
    """What pages ask about an artifact at a version and at a moment."""
    return {
        "artifact": queries.artifact,
        "artifact at a version": lambda c, head: queries.artifact(c, head, version=version),
        "artifact as of": lambda c, head: queries.artifact(c, head, as_of=moment),
        "find": lambda c, head: queries.find(c, "/entities/old"),
        "notices": queries.notices,
        "names": queries.names,
        "history": lambda c, head: queries.history(c, head, limit=20),
        "diff": lambda c, head: diff_bodies(*queries.version_texts(c, head, max(version - 1, 1), version)),
        "moves": queries.moves,
        "links": queries.links_from,
        "backlinks": queries.backlinks,
        "origins": lambda c, head: queries.origins(c, head, version),
        "provenance": lambda c, head: queries.provenance(c, head, version),
        "reports": queries.reports,
        "events": lambda c, head: events.since(c, max(events.last_seq(c) - 5, 0)),
    }


def costs(scidex: Installation, page: str, version: int, clock: FixedClock) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, read in reads(version, clock.moment).items():
        with scidex.storage.read() as connection:
            head = queries.find(connection, page)[1]
            with statements(scidex) as sent:
                read(connection, head)
            found[name] = len(sent)
    for verb, more in {"artifact.revise": {"content": content(1000)}, "artifact.restore": {"version": 1}}.items():
        with statements(scidex) as sent:
            scidex.door.perform(verb, {"ref": page, **more}, ADA)
        found[verb] = len(sent)
    return found


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_version_300_is_opened_compared_and_followed_by_as_few_statements_as_version_2(
    engine: str, open_scidex: Callable[..., Installation]
) -> None:
    versions = 300 if engine == "sqlite" else 60
    young = costs(*aged(open_scidex, engine, 2)[:2], 2, FixedClock(NOON))
    scidex, page, clock = aged(open_scidex, engine, versions)
    assert costs(scidex, page, versions, clock) == young
    assert max(young.values()) <= 25


def scans(scidex: Installation, sent: list[tuple[str, Any]]) -> set[str]:
    """The steps of the statements' plans that read a whole table."""
    found: set[str] = set()
    with scidex.storage.read() as connection:
        for statement, parameters in sent:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            # "SCAN links USING INDEX" walks along an index up to a limit; the log has no other order than its own.
            found |= {row[3] for row in plan if row[3] in {f"SCAN {table}" for table in metadata.tables}}
    return found - {"SCAN events"}


@pytest.mark.parametrize("name", [*reads(1, NOON), "artifact.revise", "artifact.alias", "artifact.retract"])
def test_no_question_about_one_artifact_reads_a_whole_table(
    name: str, open_scidex: Callable[..., Installation]
) -> None:
    scidex, page, clock = aged(open_scidex, "sqlite", 3)
    verbs: dict[str, dict[str, Any]] = {
        "artifact.revise": {"content": content(9)},
        "artifact.alias": {"alias": "n"},
        "artifact.retract": {"reason": "r"},
    }
    if name in verbs:
        with statements(scidex) as sent:
            scidex.door.perform(name, {"ref": page, **verbs[name]}, ADA)
        sent = [(statement, parameters) for statement, parameters in sent if isinstance(parameters, tuple)]
    else:
        with scidex.storage.read() as connection:
            head = queries.find(connection, page)[1]
            with statements(scidex) as sent:
                reads(2, clock.moment)[name](connection, head)
    assert sent
    assert scans(scidex, sent) == set()


@pytest.mark.parametrize("name", ["links", "backlinks"])
def test_links_of_the_past_are_found_without_reading_all_links(
    name: str, open_scidex: Callable[..., Installation]
) -> None:
    scidex, page, _ = aged(open_scidex, "sqlite", 3)
    with scidex.storage.read() as connection:
        head = queries.find(connection, page)[1]
        with statements(scidex) as sent:
            {"links": queries.links_from, "backlinks": queries.backlinks}[name](connection, head, as_of=NOON)
    assert scans(scidex, sent) == set()


def test_the_newest_event_is_found_without_reading_the_log(open_scidex: Callable[..., Installation]) -> None:
    scidex, _, _ = aged(open_scidex, "sqlite", 3)
    with scidex.storage.read() as connection:
        with statements(scidex) as sent:
            events.last_seq(connection)
        plan = connection.execute(text("EXPLAIN QUERY PLAN SELECT at FROM events ORDER BY seq DESC LIMIT 1")).all()
    assert len(sent) == 1
    assert not any("TEMP B-TREE" in row[3] for row in plan)


@pytest.mark.parametrize("name", ["first page", "two hops", "paths"])
def test_no_question_to_the_graph_reads_a_whole_table(name: str, open_scidex: Callable[..., Installation]) -> None:
    scidex = open_scidex("sqlite")
    rows = [f"MONDO:{n:07},treats,MONDO:{n + 1:07},PMID:{n}\n" for n in range(1, 6)]
    file = io.BytesIO(("subject,predicate,object,source\n" + "".join(rows)).encode())
    import_graph_stream(scidex.door, file, "chain.csv", scidex.service(Ontology), actor=ADA)
    with scidex.storage.read() as connection:
        start, goal = (queries.entities_named(connection, f"MONDO:{n:07}") for n in (2, 4))
        with statements(scidex) as sent:
            found = {
                "first page": lambda: queries.neighbourhood(connection, start).edges,
                "two hops": lambda: queries.two_hops(connection, start),
                "paths": lambda: queries.paths(connection, start, goal).paths,
            }[name]()
        assert found
        plans = [
            row[3]
            for statement, given in sent
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        ]
    assert any(step.startswith("SEARCH edges ") for step in plans)
    assert not [step for step in plans if re.match("SCAN (edges|edge_items|entities)\\b", step)]
