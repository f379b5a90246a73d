"""The atlas's values: an artifact's head, a sealed version, a link. Frozen; the rules over them are pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scidex.atlas.kinds.base import State
from scidex.kernel.canonical import canonical_json, sha256
from scidex.kernel.clock import format_time
from scidex.kernel.ids import ActivityId, ActorId, ArtifactId


@dataclass(frozen=True, slots=True)
class Head:
    """An artifact as it stands now."""

    id: ArtifactId
    kind: str
    state: State
    title: str
    facet: str
    latest_version: int
    redirect_to: ArtifactId | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One sealed version. `valid_from`: true since; `recorded_at`: known here since."""

    artifact_id: ArtifactId
    number: int
    title: str
    content: str
    content_hash: str
    previous_seal: str | None
    seal: str
    note: str
    valid_from: datetime
    recorded_at: datetime
    activity_id: ActivityId


def seal_of(
    *,
    artifact_id: ArtifactId,
    kind: str,
    number: int,
    content_hash: str,
    previous_seal: str | None,
    note: str,
    valid_from: datetime,
    recorded_at: datetime,
    activity_id: ActivityId,
    actor: ActorId,
) -> str:
    """The seal of a version: SHA-256 over the canonical JSON of everything that identifies it, the seal before it included.

    So a changed, dropped or reordered version breaks every seal that follows.
    """
    return sha256(
        canonical_json(
            {
                "activity": activity_id,
                "actor": actor,
                "artifact": artifact_id,
                "content": content_hash,
                "kind": kind,
                "note": note,
                "previous": previous_seal,
                "recorded_at": format_time(recorded_at),
                "valid_from": format_time(valid_from),
                "version": number,
            },
            typed=True,
        )
    )
