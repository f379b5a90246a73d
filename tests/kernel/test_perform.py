"""The one door: what goes through it is whole, known by its origin, and done once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from scidex.atlas import store
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.tables import aliases, artifacts, links, transitions, versions
from scidex.kernel import events
from scidex.kernel.actions import Catalogue, Command, Door, Result, Verb, Work, action
from scidex.kernel.clock import Clock, FixedClock, SystemClock
from scidex.kernel.errors import Conflict, Defect, Forbidden, Invalid, NotFound, Refused
from scidex.kernel.events import Event
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation
from scidex.kernel.tables import activities, answers

Dump = Callable[[Any], dict[str, list[Any]]]
ADA = ActorId("person:ada")
BOB = ActorId("person:bob")
NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


class Shelve(Command):
    """Writes a paper, and one more inside for each of `inner`."""

    title: str
    inner: tuple[str, ...] = ()
    details: dict[str, Any] | None = None
    fail: bool = False


class Shelved(Result):
    """Which paper."""

    id: str


@action("paper.shelve", "Put a paper on the shelf", command=Shelve, result=Shelved)
def shelve(command: Shelve, work: Work) -> Shelved:
    """Writes; then, if told to, breaks."""
    head = store.create(work, kind_of("paper"), PaperBody(title=command.title))
    for title in command.inner:
        work.perform("paper.shelve", Shelve(title=title))
    assert work.connection.execute(select(artifacts.c.id).where(artifacts.c.id == head.id)).scalar() == head.id
    if command.fail:
        raise ZeroDivisionError
    return Shelved(id=head.id)


@action("paper.look", "Look and do nothing", command=Shelve, result=Shelved)
def look(_command: Shelve, _work: Work) -> Shelved:
    """Changes nothing."""
    return Shelved(id="")


def anyone(_actor: ActorId, _verb: Verb, _command: Command) -> None:
    """Everybody may do everything."""


def door_of(scidex: Installation, *gates: Any, permission: Any = anyone, clock: Clock | None = None) -> Door:
    """A door onto the installation's database with our verbs."""
    return Door(
        scidex.storage,
        Catalogue([shelve, look]),
        clock=clock or SystemClock(),
        permission=permission,
        method="test",
        gates=gates,
    )


def titles(scidex: Installation) -> list[str]:
    with scidex.storage.read() as connection:
        return sorted(connection.execute(select(artifacts.c.title)).scalars())


def test_what_an_actor_may_not_do_writes_nothing(scidex: Installation, dump: Dump) -> None:
    def only_ada(actor: ActorId, _verb: Verb, _command: Command) -> None:
        if actor != ADA:
            raise Forbidden("Only Ada may.", cure="Ask Ada.")

    door = door_of(scidex, permission=only_ada)
    with pytest.raises(Forbidden):
        door.perform("paper.shelve", {"title": "A"}, BOB, key="k")
    assert not any(dump(scidex.storage).values())


def test_permission_is_asked_again_for_what_a_verb_does_inside(scidex: Installation, dump: Dump) -> None:
    def nothing_called_b(_actor: ActorId, _verb: Verb, command: Command) -> None:
        if getattr(command, "title", "") == "B":
            raise Forbidden("No B.")

    with pytest.raises(Forbidden):
        door_of(scidex, permission=nothing_called_b).perform("paper.shelve", {"title": "A", "inner": ["B"]}, ADA)
    assert not any(dump(scidex.storage).values())


def test_the_same_key_and_command_answer_the_same_and_write_nothing(scidex: Installation, dump: Dump) -> None:
    door = door_of(scidex)
    first = door.perform("paper.shelve", {"title": "A", "details": {"a": 1, "b": 2}}, ADA, key="k")
    before = dump(scidex.storage)
    again = door.perform("paper.shelve", {"title": "A", "details": {"b": 2, "a": 1}}, ADA, key="k")
    assert again == first
    assert dump(scidex.storage) == before


def test_a_key_used_for_another_command_is_a_conflict_and_writes_nothing(scidex: Installation, dump: Dump) -> None:
    door = door_of(scidex)
    door.perform("paper.shelve", {"title": "A"}, ADA, key="k")
    before = dump(scidex.storage)
    with pytest.raises(Conflict, match="“k”"):
        door.perform("paper.shelve", {"title": "B"}, ADA, key="k")
    with pytest.raises(Conflict):
        door.perform("paper.look", {"title": "A"}, ADA, key="k")
    assert dump(scidex.storage) == before


def test_a_key_is_its_actors_own(scidex: Installation) -> None:
    door = door_of(scidex)
    one = door.perform("paper.shelve", {"title": "A"}, ADA, key="k")
    other = door.perform("paper.shelve", {"title": "A"}, BOB, key="k")
    assert one.id != other.id


def test_a_request_that_failed_does_not_use_its_key_up(scidex: Installation) -> None:
    door = door_of(scidex)
    with pytest.raises(ZeroDivisionError):
        door.perform("paper.shelve", {"title": "A", "fail": True}, ADA, key="k")
    door.perform("paper.shelve", {"title": "A"}, ADA, key="k", dry_run=True)
    door.perform("paper.shelve", {"title": "B"}, ADA, key="k")
    assert titles(scidex) == ["B"]


def test_a_key_that_is_too_long_is_refused_with_a_cure(scidex: Installation) -> None:
    with pytest.raises(Invalid) as refused:
        door_of(scidex).perform("paper.shelve", {"title": "A"}, ADA, key="k" * 201)
    assert refused.value.cure
    door_of(scidex).perform("paper.shelve", {"title": "A"}, ADA, key="k" * 200)


def test_eight_threads_with_one_key_write_once_and_all_get_the_one_answer(scidex: Installation) -> None:
    doors = [door_of(scidex) for _ in range(8)]
    start, answered = threading.Barrier(8), []

    def ask(door: Door) -> None:
        start.wait()
        answered.append(door.perform("paper.shelve", {"title": "A"}, ADA, key="k").id)

    threads = [threading.Thread(target=ask, args=(door,)) for door in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answered) == 8
    assert len(set(answered)) == 1
    assert titles(scidex) == ["A"]


def test_a_dry_run_answers_and_asks_the_gates_but_leaves_every_table_as_it_was(
    scidex: Installation, dump: Dump
) -> None:
    seen: list[tuple[str, ...]] = []

    def gate(connection: Connection, happened: tuple[Event, ...]) -> Iterable[str]:
        seen.append(tuple(event.kind for event in happened))
        assert connection.execute(select(artifacts.c.id)).scalars().all()
        return ()

    door = door_of(scidex, gate)
    door.perform("paper.shelve", {"title": "A"}, ADA)
    before = dump(scidex.storage)
    answer = door.perform("paper.shelve", {"title": "B", "inner": ["C"]}, ADA, key="k", dry_run=True)
    assert answer.id
    assert dump(scidex.storage) == before
    assert seen == [("artifact.created",), ("artifact.created", "artifact.created")]


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_gate_that_refuses_gives_its_reasons_and_nothing_is_written(
    scidex: Installation, dump: Dump, dry_run: bool
) -> None:
    def strict(_connection: Connection, happened: tuple[Event, ...]) -> Iterable[str]:
        return [f"no {event.kind}" for event in happened]

    door = door_of(scidex, strict, lambda _connection, _happened: ["never"])
    with pytest.raises(Refused) as refused:
        door.perform("paper.shelve", {"title": "A"}, ADA, key="k", dry_run=dry_run)
    assert refused.value.reasons == ("no artifact.created", "never")
    assert not any(dump(scidex.storage).values())


def test_a_verb_that_breaks_midway_leaves_nothing_and_the_door_open(scidex: Installation, dump: Dump) -> None:
    door = door_of(scidex)
    with pytest.raises(ZeroDivisionError):
        door.perform("paper.shelve", {"title": "A", "inner": ["B"], "fail": True}, ADA)
    assert not any(dump(scidex.storage).values())
    door.perform("paper.shelve", {"title": "C"}, ADA)
    assert titles(scidex) == ["C"]


def test_a_verb_that_changes_nothing_leaves_nothing(scidex: Installation, dump: Dump) -> None:
    door_of(scidex).perform("paper.look", {"title": "A"}, ADA)
    assert not any(dump(scidex.storage).values())


def test_a_verb_inside_another_shares_its_transaction_and_names_it_as_its_parent(scidex: Installation) -> None:
    door_of(scidex).perform("paper.shelve", {"title": "A", "inner": ["B", "C"]}, ADA)
    with scidex.storage.read() as connection:
        rows = connection.execute(
            select(artifacts.c.title, activities.c.id, activities.c.parent_id, activities.c.started_at)
            .join(activities, activities.c.id == artifacts.c.activity_id)
            .order_by(artifacts.c.title)
        ).all()
    outer, *inner = rows
    assert [row.title for row in rows] == ["A", "B", "C"]
    assert outer.parent_id is None
    assert {row.parent_id for row in inner} == {outer.id}
    assert len({row.started_at for row in rows}) == 1


def test_a_verb_inside_that_fails_takes_the_whole_with_it(scidex: Installation, dump: Dump) -> None:
    with pytest.raises(Invalid):
        door_of(scidex).perform("paper.shelve", {"title": "A", "inner": ["B", " "]}, ADA)
    assert not any(dump(scidex.storage).values())


def test_a_reader_of_the_feed_misses_no_event_and_sees_them_in_the_order_of_commits(scidex: Installation) -> None:
    doors = [door_of(scidex) for _ in range(4)]
    read: list[events.RecordedEvent] = []
    committed: list[str] = []
    finished = threading.Event()

    def write(door: Door, name: str) -> None:
        for number in range(12):
            if number % 4 == 3:  # a number may be used up by what is rolled back
                door.perform("paper.shelve", {"title": "dry"}, ADA, dry_run=True)
            else:
                committed.append(door.perform("paper.shelve", {"title": f"{name}{number}"}, ADA).id)

    def follow() -> None:
        last = False
        while not last:
            last = finished.is_set()
            with scidex.storage.read() as connection:
                read.extend(events.since(connection, read[-1].seq if read else 0, limit=3))
                last = last and events.last_seq(connection) == read[-1].seq

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(door, str(number))) for number, door in enumerate(doors)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    finished.set()
    reader.join()
    assert len(committed) == 4 * 9
    assert sorted(event.event.subject for event in read) == sorted(committed)
    assert [event.seq for event in read] == sorted(event.seq for event in read)
    assert [event.at for event in read] == sorted(event.at for event in read)


def test_a_clock_that_is_set_back_does_not_put_a_change_before_one_already_known(scidex: Installation) -> None:
    clock = FixedClock(NOON)
    door = door_of(scidex, clock=clock)
    door.perform("paper.shelve", {"title": "A"}, ADA)
    clock.moment = NOON - timedelta(days=400)
    door.perform("paper.shelve", {"title": "B"}, ADA)
    # Another process, with a clock that is wrong in the same way.
    door_of(scidex, clock=clock).perform("paper.shelve", {"title": "C"}, ADA)
    clock.moment = NOON + timedelta(seconds=1)
    door.perform("paper.shelve", {"title": "D"}, ADA)
    with scidex.storage.read() as connection:
        rows = connection.execute(select(versions.c.title, versions.c.recorded_at).order_by(versions.c.title)).all()
    assert [tuple(row) for row in rows] == [("A", NOON), ("B", NOON), ("C", NOON), ("D", NOON + timedelta(seconds=1))]


def test_every_row_names_an_activity_that_is_recorded_with_its_actor_and_method(scidex: Installation) -> None:
    perform = scidex.door.perform
    one = perform("artifact.create", {"kind": "page", "content": page("One", "/wiki/two")}, ADA).id
    two = perform("artifact.create", {"kind": "page", "content": page("Two"), "aliases": ["wiki-two"]}, BOB).id
    perform("artifact.revise", {"ref": one, "content": page("One again", "/wiki/three")}, BOB)
    perform("artifact.merge", {"ref": two, "into": one}, ADA)
    with scidex.storage.read() as connection:
        done = {row.id: row for row in connection.execute(select(activities))}
        for table in (artifacts, versions, links, aliases, transitions, events.events):
            made_by = connection.execute(select(table.c.activity_id)).scalars().all()
            assert made_by, table.name
            assert set(made_by) <= done.keys(), table.name
    assert {row.actor for row in done.values()} == {ADA, BOB}
    assert all(row.method and row.command_hash and row.ended_at >= row.started_at for row in done.values())


def page(title: str, *mentions: str) -> dict[str, Any]:
    return {"title": title, "body": "\n".join(f"- [x]({target})" for target in mentions)}


def test_an_action_that_does_not_exist_is_not_found_and_the_known_ones_are_named(scidex: Installation) -> None:
    with pytest.raises(NotFound) as missing:
        door_of(scidex).perform("paper.burn", {}, ADA)
    assert "paper.burn" in missing.value.message
    assert "paper.look, paper.shelve" in missing.value.cure


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ({}, ["title"]),
        ({"title": "A", "colour": "red"}, ["colour"]),
        ({"title": 1, "inner": 2}, ["title", "inner"]),
        ({"title": "A", "inner": ["B", 3]}, ["inner.1"]),
        ("title", ["command"]),
        (None, ["command"]),
    ],
)
def test_a_command_that_does_not_fit_is_refused_by_naming_the_fields(
    scidex: Installation, dump: Dump, command: Any, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        door_of(scidex).perform("paper.shelve", command, ADA)
    assert all(f"{field}: " in str(refused.value) for field in fields)
    assert not any(dump(scidex.storage).values())


@pytest.mark.parametrize("deep", [300, 100_000])
def test_a_command_nested_too_deeply_is_refused_and_does_not_overflow(scidex: Installation, deep: int) -> None:
    value: Any = 1
    for _ in range(deep):
        value = [value]
    with pytest.raises(Invalid):
        door_of(scidex).perform("paper.shelve", {"title": "A", "details": {"a": value}}, ADA)


@pytest.mark.parametrize("title", ["\ud800", "a\0b"])
def test_text_that_a_database_cannot_hold_is_refused_by_both(scidex: Installation, dump: Dump, title: str) -> None:
    with pytest.raises(Invalid):
        scidex.door.perform("artifact.create", {"kind": "paper", "content": {"title": title}}, ADA)
    made = scidex.door.perform("artifact.create", {"kind": "paper", "content": {"title": "A"}}, ADA).id
    before = dump(scidex.storage)
    with pytest.raises(Invalid):
        scidex.door.perform("artifact.retract", {"ref": made, "reason": title}, ADA)
    assert dump(scidex.storage) == before


def test_two_verbs_of_one_name_are_a_defect() -> None:
    with pytest.raises(Defect):
        Catalogue([shelve, shelve])


def test_an_answer_is_stored_with_the_activity_that_gave_it(scidex: Installation) -> None:
    door_of(scidex).perform("paper.shelve", {"title": "A"}, ADA, key="k")
    with scidex.storage.read() as connection:
        stored = connection.execute(select(answers)).one()
        made_by = connection.execute(select(artifacts.c.activity_id)).scalar_one()
    assert (stored.actor, stored.key, stored.action, stored.activity_id) == (ADA, "k", "paper.shelve", made_by)
