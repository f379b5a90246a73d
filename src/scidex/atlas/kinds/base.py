"""What every kind of artifact is made of: a frozen body model and a `Kind` describing it.

A new kind is one file in this folder with a module-level ``KIND``. Bodies are stored as canonical JSON,
so they hold text, whole numbers, booleans, lists and nested bodies, never floats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from scidex.kernel.errors import Invalid


class Body(BaseModel):
    """Base of all bodies and of their nested parts: frozen, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)


class State(StrEnum):
    """Where an artifact stands in its life. The moves between states are in `scidex.atlas.lifecycle`."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"
    MERGED = "merged"
    TOMBSTONE = "tombstone"


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference from a body to another artifact, before it is resolved.

    `target` is written as in the source (an id, an alias, a legacy path), `relation` is one of
    `scidex.atlas.links.Relation`, `path` the part of the body it stands in.
    """

    relation: str
    target: str
    reason: str = ""
    path: str = ""
    label: str = ""


def no_mentions(_body: Body) -> tuple[Mention, ...]:
    """For kinds whose bodies name no other artifact."""
    return ()


def no_names(_body: Body) -> tuple[str, ...]:
    """For kinds whose bodies carry no name of their own."""
    return ()


def no_parts(_body: Body, part: str) -> str:
    """For kinds that have no parts of their own to say something about."""
    raise Invalid(f"It has no part “{part[:40]}” that evidence could stand on.")


def as_it_is(body: Body) -> Body:
    """For kinds whose bodies need nothing added."""
    return body


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of artifact.

    `slug` is stored, `label` shown; `title` and `text` (for search and diff) are read from a body; `mentions` lists
    the artifacts a body refers to; `names` the names it brings along, such as identifiers, which lead to it as long as
    its newest version has them; `complete` adds what a body may not be kept without; `part` says in words what a
    numbered part of a body states, for kinds whose parts are argued about; `example` is a valid body that every test
    over all kinds uses. `background` kinds document others and are left out of lists unless asked for.
    """

    slug: str
    label: str
    plural: str
    about: str
    body: type[Body]
    title: Callable[..., str]
    text: Callable[..., str]
    example: Callable[[], Body]
    mentions: Callable[..., tuple[Mention, ...]] = no_mentions
    names: Callable[..., tuple[str, ...]] = no_names
    complete: Callable[..., Body] = as_it_is
    part: Callable[..., str] = no_parts
    background: bool = False
    own_verbs: bool = False
