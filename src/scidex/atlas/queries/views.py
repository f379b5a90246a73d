"""What readers get: frozen values, ready to be shown, with no way back to the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scidex.atlas.kinds.base import State
from scidex.atlas.model import Head, Version


@dataclass(frozen=True, slots=True)
class ActivityView:
    """Who did what and when. `method` names the program and version that did it."""

    id: str
    action: str
    actor: str
    started_at: datetime
    ended_at: datetime
    method: str
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class ArtifactView:
    """One version of an artifact as it is read: `state` and `newest` hold for the `as_of` it was read at.

    `content` is the body as stored; `made_by` the activity of this version, `created_by` that of the first.
    """

    head: Head
    version: Version
    state: State
    newest: int
    content: dict[str, Any]
    made_by: ActivityView
    created_by: ActivityView
    as_of: datetime | None = None

    @property
    def is_newest(self) -> bool:
        """Whether nothing newer was known at `as_of`."""
        return self.version.number == self.newest


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link from an artifact. `target` is None while nobody has written the page."""

    relation: str
    words: str
    given: str
    key: str
    label: str
    reason: str
    target: Head | None
    activity_id: str


@dataclass(frozen=True, slots=True)
class BacklinkView:
    """A link that leads to an artifact."""

    relation: str
    words: str
    reason: str
    source: Head
    activity_id: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """One line of a history."""

    number: int
    title: str
    note: str
    recorded_at: datetime
    valid_from: datetime
    content_hash: str
    seal: str
    activity: ActivityView


@dataclass(frozen=True, slots=True)
class Notice:
    """A move in an artifact's life that a reader must know about."""

    state: State
    reason: str
    at: datetime
    target: Head | None
    activity_id: str


@dataclass(frozen=True, slots=True)
class OriginView:
    """That a version was made from another. `parts` maps parts of the content to lines ("12-14", "3-3,9-9")."""

    used: Head
    used_version: int
    used_hash: str
    relation: str
    parts: dict[str, str]
    activity: ActivityView


@dataclass(frozen=True, slots=True)
class ReportView:
    """An import report and its findings, as stored."""

    head: Head
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListedView:
    """One page of a list, with the cursor of the next ("" at the end)."""

    items: tuple[Head, ...]
    next: str


@dataclass(frozen=True, slots=True)
class WantedView:
    """A page nobody has written, and how many artifacts link to it."""

    key: str
    given: str
    label: str
    wanted_by: int


@dataclass(frozen=True, slots=True)
class RecordView:
    """One record of a therapy page, with the page it stands on."""

    type: str
    name: str
    note: str
    subject: str
    section: str
    artifact: Head


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much is kept."""

    artifacts: int
    versions: int
    links: int
    activities: int


@dataclass(frozen=True, slots=True)
class FoundProblem:
    """Something `check` found that should not be so."""

    subject: str
    problem: str
