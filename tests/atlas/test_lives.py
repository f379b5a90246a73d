"""Whatever is done to artifacts, in any order: nothing is lost, every name leads on, and the past stays as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from scidex.atlas import queries
from scidex.atlas.aliases import alias_key
from scidex.kernel import events
from scidex.kernel.clock import FixedClock
from scidex.kernel.errors import Conflict
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation

ADA = ActorId("person:ada")
NAMES = [f"/entities/n{number}" for number in range(5)]
MOST = 6
INDEX = st.integers(0, MOST - 1)
STEPS = st.sampled_from([timedelta(seconds=1), timedelta(0), timedelta(seconds=-30), timedelta(days=1)])


@dataclass
class Expected:
    """What an artifact should be, told without a database."""

    id: str
    states: list[str]
    versions: list[dict[str, Any]]
    redirect: str = ""
    made: list[tuple[str, str]] = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.states[-1]

    def links(self) -> set[tuple[str, str]]:
        told = {("mentions", alias_key(line[4:-1])) for line in self.versions[-1]["body"].split("\n") if line}
        return told | set(self.made)


class Lives(RuleBasedStateMachine):
    """Does the same to the library and to a model of it, and compares."""

    scidex: Installation
    clock: FixedClock

    def __init__(self, scidex: Installation, clock: FixedClock) -> None:
        super().__init__()
        self.scidex, self.clock = scidex, clock
        self.latest = clock.moment
        self.all: dict[str, Expected] = {}
        self.names: dict[str, str] = {}
        self.known: dict[datetime, dict[str, Any]] = {}
        self.moments: list[datetime] = []

    # What the model knows

    def led(self, key: str) -> str | None:
        id_ = self.names.get(key, key)
        if id_ not in self.all:
            return None
        while self.all[id_].redirect:
            id_ = self.all[id_].redirect
        return id_

    def pick(self, index: int) -> Expected:
        return list(self.all.values())[index % len(self.all)]

    def body(self, picks: list[int]) -> str:
        choice = [*NAMES, *(f"/artifact/{id_}" for id_ in self.all)]
        return "\n".join(f"[x]({choice[pick % len(choice)]})" for pick in picks)

    def attempt(self, allowed: bool, verb: str, **command: Any) -> Any:
        """Performs `verb`; it must succeed if `allowed`, else be a conflict that writes nothing."""
        with self.scidex.storage.read() as connection:
            before = events.last_seq(connection)
        if not allowed:
            with pytest.raises(Conflict):
                self.scidex.door.perform(verb, command, ADA)
        else:
            answer = self.scidex.door.perform(verb, command, ADA)
        with self.scidex.storage.read() as connection:
            wrote = events.last_seq(connection) != before
        if not allowed:
            assert not wrote
            return None
        if wrote:
            self.latest = max(self.latest, self.clock.moment)
        return answer

    # What can happen

    @initialize(picks=st.lists(INDEX, max_size=3))
    def begin(self, picks: list[int]) -> None:
        self.create(False, None, picks)
        self.create(True, 0, picks)

    @precondition(lambda self: len(self.all) < MOST)
    @rule(draft=st.booleans(), name=st.none() | st.integers(0, 4), picks=st.lists(st.integers(0, 10), max_size=4))
    def create(self, draft: bool, name: int | None, picks: list[int]) -> None:
        content = {"title": f"Artifact {len(self.all)}", "body": self.body(picks)}
        given = [NAMES[name]] if name is not None else []
        free = not given or alias_key(given[0]) not in self.names
        made = self.attempt(free, "artifact.create", kind="page", content=content, draft=draft, aliases=given)
        if free:
            self.all[made.id] = Expected(made.id, ["draft" if draft else "published"], [content])
            self.names.update((alias_key(alias), made.id) for alias in given)

    @rule(index=INDEX, title=st.sampled_from("ABC"), picks=st.lists(st.integers(0, 10), max_size=4), off=st.booleans())
    def revise(self, index: int, title: str, picks: list[int], off: bool) -> None:
        one = self.pick(index)
        content = {"title": f"Revised {title}", "body": self.body(picks)}
        expected = len(one.versions) + off
        allowed = one.state in ("draft", "published") and not off
        done = self.attempt(allowed, "artifact.revise", ref=one.id, content=content, expected_version=expected)
        if done and content != one.versions[-1]:
            one.versions.append(content)

    @rule(index=INDEX, number=st.integers(0, 9))
    def restore(self, index: int, number: int) -> None:
        one = self.pick(index)
        number %= len(one.versions)
        done = self.attempt(one.state in ("draft", "published"), "artifact.restore", ref=one.id, version=number + 1)
        if done and one.versions[number] != one.versions[-1]:
            one.versions.append(one.versions[number])

    @rule(index=INDEX, into=INDEX)
    def merge(self, index: int, into: int) -> None:
        one, target = self.pick(index), self.all[str(self.led(self.pick(into).id))]
        allowed = one.state not in ("merged", "tombstone") and one is not target and target.state != "tombstone"
        if self.attempt(allowed, "artifact.merge", ref=one.id, into=self.pick(into).id):
            one.states.append("merged")
            one.redirect = target.id
            target.made.append(("merged_from", one.id))

    @rule(index=INDEX)
    def unmerge(self, index: int) -> None:
        one = self.pick(index)
        if self.attempt(one.state == "merged", "artifact.unmerge", ref=one.id):
            one.states.pop()
            self.all[one.redirect].made.remove(("merged_from", one.id))
            one.redirect = ""

    @rule(index=INDEX, by=INDEX)
    def supersede(self, index: int, by: int) -> None:
        one, new = self.pick(index), str(self.led(self.pick(by).id))
        if self.attempt(
            one.state == "published" and one.id != new, "artifact.supersede", ref=one.id, by=self.pick(by).id
        ):
            one.states.append("superseded")
            one.made.append(("superseded_by", new))

    @rule(index=INDEX)
    def retract(self, index: int) -> None:
        one = self.pick(index)
        if self.attempt(one.state in ("published", "superseded"), "artifact.retract", ref=one.id, reason="Wrong."):
            one.states.append("retracted")

    @rule(index=INDEX)
    def tombstone(self, index: int) -> None:
        one = self.pick(index)
        if self.attempt(one.state not in ("merged", "tombstone"), "artifact.tombstone", ref=one.id, reason="Gone."):
            one.states.append("tombstone")

    @rule(index=INDEX)
    def reinstate(self, index: int) -> None:
        one = self.pick(index)
        done = self.attempt(one.state in ("retracted", "superseded", "tombstone"), "artifact.reinstate", ref=one.id)
        if done and one.states.pop() == "superseded":
            one.made = [link for link in one.made if link[0] != "superseded_by"]

    @rule(index=INDEX)
    def publish(self, index: int) -> None:
        one = self.pick(index)
        if self.attempt(one.state == "draft", "artifact.publish", ref=one.id):
            one.states = ["published"]

    @rule(index=INDEX, name=st.integers(0, 4))
    def alias(self, index: int, name: int) -> None:
        one, key = self.pick(index), alias_key(NAMES[name])
        if self.attempt(self.names.get(key, one.id) == one.id, "artifact.alias", ref=one.id, alias=NAMES[name]):
            self.names[key] = one.id

    @rule(step=STEPS)
    def time_passes(self, step: timedelta) -> None:
        self.clock.moment += step

    # What must hold

    def seen(self, as_of: datetime | None = None) -> dict[str, Any]:
        """Everything a reader sees of every artifact known at `as_of`."""
        found = {}
        with self.scidex.storage.read() as connection:
            for id_ in self.all:
                head = queries.find(connection, id_)[0]
                if as_of is not None and head.created_at > as_of:
                    continue
                view = queries.artifact(connection, head, as_of=as_of)
                notice = queries.notices(connection, head, as_of=as_of)
                links, total = queries.backlinks(connection, head, as_of=as_of, limit=500)
                assert total == len(links)
                found[id_] = (
                    view.content,
                    view.state,
                    view.version.number,
                    view.newest,
                    notice and (notice.state, notice.target and (notice.target.id, notice.target.title)),
                    [
                        (
                            link.relation,
                            link.key,
                            link.target and (link.target.id, link.target.title, link.target.state),
                        )
                        for link in queries.links_from(connection, head, as_of=as_of)[0]
                    ],
                    [(link.relation, link.source.id, link.source.title, link.source.state) for link in links],
                )
        return found

    @invariant()
    def check_finds_nothing(self) -> None:
        with self.scidex.storage.read() as connection:
            assert list(queries.check(connection)) == []

    @invariant()
    def every_artifact_is_as_expected_and_every_name_leads_to_the_right_one(self) -> None:
        with self.scidex.storage.read() as connection:
            for name in [*self.all, *self.names]:
                assert queries.find(connection, name)[1].id == self.led(name)
        now = self.seen()
        outward: Counter[tuple[str, str, str]] = Counter()
        for id_, (content, state, number, _, _, links, _) in now.items():
            one = self.all[id_]
            assert (content["title"], content["body"]) == (one.versions[-1]["title"], one.versions[-1]["body"])
            assert (state, number) == (one.state, len(one.versions))
            assert {(relation, key) for relation, key, _ in links} == one.links()
            assert len(links) == len(one.links())
            assert [target and target[0] for _, _, target in links] == [self.led(key) for _, key, _ in links]
            outward.update((id_, relation, target[0]) for relation, _, target in links if target and target[0] != id_)
        inward = Counter(
            (source, relation, id_)
            for id_, (*_, backlinks) in now.items()
            if not self.all[id_].redirect
            for relation, source, *_ in backlinks
        )
        # A source that leads here by two names of one artifact is told once.
        assert set(inward) == set(outward)
        assert set(inward.values()) <= {1}
        self.known[self.latest] = now

    @rule(pick=st.integers(0, 1000))
    def look_back(self, pick: int) -> None:
        past = sorted(self.known)
        moment = past[pick % len(past)]
        assert self.seen(moment) == self.known[moment]

    def teardown(self) -> None:
        for moment, remembered in self.known.items():
            assert self.seen(moment) == remembered
        with self.scidex.storage.read() as connection:
            for one in self.all.values():
                head = queries.find(connection, one.id)[0]
                history = queries.history(connection, head, limit=1000)
                assert [line.number for line in history] == list(range(len(one.versions), 0, -1))
                for number, content in enumerate(one.versions, 1):
                    kept = queries.artifact(connection, head, version=number)
                    assert (kept.content["title"], kept.content["body"]) == (content["title"], content["body"])
                    before = one.versions[number - 2] and queries.artifact(connection, head, version=number - 1 or 1)
                    assert kept.version.previous_seal == (before.version.seal if number > 1 else None)
        self.scidex.close()


@pytest.mark.parametrize(
    ("engine", "examples", "steps"), [("sqlite", 20, 35), ("postgresql", 4, 25)], ids=["sqlite", "postgresql"]
)
def test_after_anything_that_can_happen_nothing_is_lost_and_the_past_is_as_it_was(
    engine: str, examples: int, steps: int, open_scidex: Callable[..., Installation]
) -> None:
    def machine() -> Lives:
        clock = FixedClock(datetime(2026, 5, 13, 12, tzinfo=UTC))
        return Lives(open_scidex(engine, clock=clock), clock)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            # No shrinking: each try opens a database of its own.
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
