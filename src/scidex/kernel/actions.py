"""`perform()`: the one door for writes, and the catalogue of verbs that go through it.

A verb is a function of a typed command and a `Work`. The door checks the actor and the idempotency key, opens the one
transaction, runs the verb, lets the gates look at what happened, appends the events and commits. A dry run is the same
code rolled back. Surfaces name verbs by their catalogue name and never import them.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection, Table, insert, select, update

from scidex.kernel.canonical import canonical_json, sha256
from scidex.kernel.clock import Clock
from scidex.kernel.errors import Conflict, Defect, Invalid, NotFound, Refused
from scidex.kernel.events import Event
from scidex.kernel.ids import ActivityId, ActorId, IdFactory
from scidex.kernel.storage.engine import Storage
from scidex.kernel.storage.types import metadata
from scidex.kernel.tables import activities, answers, events


class Command(BaseModel):
    """What a caller asks of a verb: frozen, typed, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def fingerprint(self) -> str:
        """A hash that is equal for equal requests; recorded with the activity."""
        try:
            return sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True))
        except (ValueError, RecursionError, TypeError):
            raise Invalid("The request holds a value that cannot be written as JSON, or nests too deeply.") from None


class Result(BaseModel):
    """What a verb answers. Stored with an idempotency key, so it must survive a round trip through JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Verb:
    """One entry of the catalogue."""

    name: str
    summary: str
    command: type[Command]
    result: type[Result]
    run: Callable[[Any, Work], Result]


def action(
    name: str, summary: str, *, command: type[Command], result: type[Result]
) -> Callable[[Callable[..., Any]], Verb]:
    """Turns a function ``(command, work) -> result`` into a verb called `name` (``noun.verb``)."""

    def declare(run: Callable[..., Any]) -> Verb:
        return Verb(name, summary, command, result, run)

    return declare


class Catalogue:
    """All verbs, by name."""

    def __init__(self, verbs: Iterable[Verb]) -> None:
        self._verbs: dict[str, Verb] = {}
        for verb in verbs:
            if verb.name in self._verbs:
                raise Defect(f"Two verbs are called {verb.name}.")
            self._verbs[verb.name] = verb

    @classmethod
    def collect(cls, *packages: ModuleType) -> Catalogue:
        """The verbs declared in the modules of `packages`, one file each."""
        found: list[Verb] = []
        for package in packages:
            for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
                contents = vars(importlib.import_module(module.name)).values()
                found.extend(value for value in contents if isinstance(value, Verb))
        return cls(found)

    def __getitem__(self, name: str) -> Verb:
        try:
            return self._verbs[name]
        except KeyError:
            raise NotFound(f"There is no action “{name}”.", cure=f"Known: {', '.join(sorted(self._verbs))}.") from None

    def __iter__(self) -> Any:
        return iter(sorted(self._verbs.values(), key=lambda verb: verb.name))


class Permission(Protocol):
    """Decides who may do what; handed to the door by the composition root."""

    def __call__(self, actor: ActorId, verb: Verb, command: Command, /) -> None:
        """Raises Forbidden if `actor` may not."""


class Gate(Protocol):
    """A check over everything a transaction did, before it commits."""

    def __call__(self, connection: Connection, happened: tuple[Event, ...], /) -> Iterable[str]:
        """The reasons to refuse; none lets the change pass."""


@dataclass(slots=True)
class _Transaction:
    """What all activities of one transaction share."""

    door: Door
    connection: Connection
    actor: ActorId
    now: datetime
    dry_run: bool
    pending: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    happened: list[tuple[Event, ActivityId]] = field(default_factory=list)

    def flush(self) -> None:
        """Sends buffered rows, parents before children."""
        if self.pending:
            for table in metadata.sorted_tables:
                rows = self.pending.get(table)
                if rows:
                    self.connection.execute(insert(table), rows)
            self.pending.clear()


@dataclass(frozen=True, slots=True)
class Work:
    """What a verb is given: the connection, who acts, the time, and how to write.

    Inserts are buffered (`add`) so that bulk work costs few statements; asking for the `connection` sends them first, so
    a verb always reads its own writes.
    """

    activity_id: ActivityId
    _transaction: _Transaction

    @property
    def connection(self) -> Connection:
        """The open write transaction, with everything added so far in it."""
        self._transaction.flush()
        return self._transaction.connection

    @property
    def actor(self) -> ActorId:
        """Who acts."""
        return self._transaction.actor

    @property
    def now(self) -> datetime:
        """The moment all records of this transaction carry."""
        return self._transaction.now

    @property
    def ids(self) -> IdFactory:
        """Makes identifiers."""
        return self._transaction.door.ids

    def add(self, table: Table, **row: Any) -> None:
        """Inserts a row. All rows added to one table in one transaction name the same columns."""
        self._transaction.pending[table].append(row)

    def emit(self, happening: str, subject: str, **payload: Any) -> None:
        """Says that something happened; gates see it, and it is logged if the change commits."""
        self._transaction.happened.append((Event(happening, subject, payload), self.activity_id))

    def perform(self, name: str, command: Command) -> Any:
        """A nested verb: through the same door, in this transaction, as an activity inside this one."""
        return self._transaction.door.run(self._transaction, name, command, parent=self.activity_id)

    def begin(self, action_name: str, *, command_hash: str, method: str) -> Work:
        """A part of this work that is worth an activity of its own, such as one file of many."""
        return self._transaction.door.record_activity(
            self._transaction, action_name, command_hash, method, parent=self.activity_id
        )


class Door:
    """Where every change enters. One per process."""

    def __init__(
        self,
        storage: Storage,
        catalogue: Catalogue,
        *,
        clock: Clock,
        permission: Permission,
        method: str,
        gates: Iterable[Gate] = (),
    ) -> None:
        self.storage = storage
        self.catalogue = catalogue
        self.clock = clock
        self.permission = permission
        self.method = method
        self.gates = tuple(gates)
        self.ids = IdFactory()

    def perform(
        self,
        name: str,
        command: Command | Mapping[str, Any],
        actor: ActorId,
        *,
        key: str = "",
        dry_run: bool = False,
    ) -> Any:
        """Runs the verb `name` as `actor` in one transaction and returns its result.

        `key` makes the request idempotent: the same actor's same key with the same command answers what it answered
        before and writes nothing. A `dry_run` does everything, gates included, and rolls back. What no event tells of and
        no key asks for is not kept: a verb that changed nothing leaves no activity.

        Raises Invalid, NotFound, Conflict, Forbidden or Refused; then nothing was written.
        """
        verb = self.catalogue[name]
        command = _validated(verb, command)
        self.permission(actor, verb, command)
        if len(key) > 200:
            raise Invalid("The idempotency key is longer than 200 characters.", cure="Use a UUID.")
        with self.storage.write() as connection:
            if key and (answer := self._earlier_answer(connection, verb, command, actor, key)) is not None:
                return answer
            transaction = _Transaction(self, connection, actor, self._moment(connection), dry_run)
            result = self.run(transaction, name, command, parent=None, key=key)
            transaction.flush()
            self._pass_gates(transaction)
            self._append_events(transaction)
            if not dry_run and (transaction.happened or key):
                connection.commit()
        return result

    def run(
        self, transaction: _Transaction, name: str, command: Command, *, parent: ActivityId | None, key: str = ""
    ) -> Any:
        """Runs a verb inside an open transaction; `perform()` and `Work.perform()` are the ways in."""
        verb = self.catalogue[name]
        command = _validated(verb, command)
        if parent is not None:
            self.permission(transaction.actor, verb, command)
        fingerprint = command.fingerprint()
        work = self.record_activity(transaction, name, fingerprint, self.method, parent=parent)
        result = verb.run(command, work)
        if key:
            work.add(
                answers,
                actor=transaction.actor,
                key=key,
                action=name,
                command_hash=fingerprint,
                result=result.model_dump_json(),
                activity_id=work.activity_id,
            )
        return result

    def record_activity(
        self, transaction: _Transaction, name: str, command_hash: str, method: str, *, parent: ActivityId | None
    ) -> Work:
        """Writes down that an activity takes place and returns the work to be done in it."""
        work = Work(self.ids.make(ActivityId, transaction.now), transaction)
        work.add(
            activities,
            id=work.activity_id,
            action=name,
            actor=transaction.actor,
            parent_id=parent,
            command_hash=command_hash,
            method=method,
            started_at=transaction.now,
            ended_at=transaction.now,
        )
        return work

    def _moment(self, connection: Connection) -> datetime:
        # A clock that was set back must not put a change before one that is already known.
        latest = connection.execute(select(events.c.at).order_by(events.c.seq.desc()).limit(1)).scalar()
        now = self.clock.now()
        return max(now, latest) if latest else now

    def _earlier_answer(
        self, connection: Connection, verb: Verb, command: Command, actor: ActorId, key: str
    ) -> Result | None:
        row = connection.execute(select(answers).where(answers.c.actor == actor, answers.c.key == key)).first()
        if row is None:
            return None
        if row.action != verb.name or row.command_hash != command.fingerprint():
            raise Conflict(
                f"The idempotency key “{key}” was already used for another request.",
                cure="Use a new key for a new request.",
            )
        return verb.result.model_validate_json(row.result)

    def _pass_gates(self, transaction: _Transaction) -> None:
        happened = tuple(event for event, _ in transaction.happened)
        reasons = tuple(reason for gate in self.gates for reason in gate(transaction.connection, happened))
        if reasons:
            raise Refused("A gate refused this change: " + "; ".join(reasons), reasons=reasons)

    def _append_events(self, transaction: _Transaction) -> None:
        if not transaction.happened:
            return
        ended = max(transaction.now, self.clock.now())
        rows = [
            {
                "kind": event.kind,
                "subject": event.subject,
                "payload": canonical_json(event.payload),
                "activity_id": activity,
                "at": transaction.now,
            }
            for event, activity in transaction.happened
        ]
        transaction.connection.execute(insert(events), rows)
        made = {activity for _, activity in transaction.happened}
        if len(made) == 1:
            transaction.connection.execute(
                update(activities).where(activities.c.id == made.pop()).values(ended_at=ended)
            )


def _validated(verb: Verb, command: Command | Mapping[str, Any]) -> Command:
    if isinstance(command, verb.command):
        return command
    try:
        return verb.command.model_validate(command)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'command'}: {e['msg']}" for e in error.errors()[:5])
        raise Invalid(f"{verb.name} was asked in a way it does not understand: {problems}.") from None
