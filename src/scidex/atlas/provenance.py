"""Who made what from what, as W3C PROV.

The facts come from the caller, who read them from what was recorded; nothing is inferred. The mapping follows PROV-DM
(https://www.w3.org/TR/prov-dm/): a version of an artifact is an entity, a recorded verb an activity, its actor an
agent. Revision is derivation with the type prov:Revision, and a verb inside another was informed by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from prov.identifier import Namespace, QualifiedName
from prov.model import PROV, ProvDocument

AgentType = Literal["person", "software", "organization"]

_AGENT_CLASSES: dict[AgentType, str] = {"person": "Person", "software": "SoftwareAgent", "organization": "Organization"}


@dataclass(frozen=True, slots=True)
class AgentFact:
    """Someone or something that bears responsibility."""

    id: str
    type: AgentType
    label: str


@dataclass(frozen=True, slots=True)
class ActivityFact:
    """A verb that was performed. `method` names what did it, such as a parser and its version; it may be empty."""

    id: str
    action: str
    started: datetime | None
    ended: datetime | None
    agent_id: str
    parent_id: str | None
    method: str


@dataclass(frozen=True, slots=True)
class EntityFact:
    """One version of an artifact, or a source file. `hash` is that of its content, with its algorithm in front."""

    id: str
    kind: str
    label: str
    version: int | None
    hash: str
    generated_by: str | None
    revision_of: str | None


@dataclass(frozen=True, slots=True)
class UsedFact:
    """An activity read an entity, or those `lines` of it, in a `role`."""

    activity_id: str
    entity_id: str
    lines: str
    role: str


@dataclass(frozen=True, slots=True)
class DerivedFact:
    """One entity came out of another in an activity; `relation` says how, in SciDEX's words."""

    generated_id: str
    used_id: str
    activity_id: str
    relation: str


@dataclass(frozen=True, slots=True)
class ProvenanceGraph:
    """All that is known about where something came from. An id may name a thing whose facts are not at hand."""

    agents: tuple[AgentFact, ...] = ()
    activities: tuple[ActivityFact, ...] = ()
    entities: tuple[EntityFact, ...] = ()
    used: tuple[UsedFact, ...] = ()
    derived: tuple[DerivedFact, ...] = ()


class _Names:
    """Turns ids into qualified names under the site's address, and SciDEX's own words into its vocabulary."""

    def __init__(self, base_url: str) -> None:
        base = base_url.rstrip("/")
        self.artifact = Namespace("scidex", f"{base}/artifact/")
        self.activity = Namespace("activity", f"{base}/activity/")
        self.agent = Namespace("agent", f"{base}/agent/")
        self.terms = Namespace("terms", f"{base}/terms#")

    def all(self) -> tuple[Namespace, ...]:
        """For the head of the document."""
        return (self.artifact, self.activity, self.agent, self.terms)


def local_name(identifier: str) -> str:
    """An id as the local part of a qualified name; `urllib.parse.unquote` is the way back.

    >>> local_name("wiki/β (draft)")
    'wiki%2F%CE%B2%20%28draft%29'
    """
    if not identifier:
        raise ValueError("a thing without an id cannot be named in a provenance document")
    return quote(identifier, safe="", errors="surrogatepass")


def _name(namespace: Namespace, identifier: str) -> QualifiedName:
    return namespace[local_name(identifier)]


def to_prov_document(graph: ProvenanceGraph, base_url: str) -> ProvDocument:
    """The facts as a document of the `prov` package. `base_url` is the address of this site."""
    names = _Names(base_url)
    document = ProvDocument(namespaces=names.all())
    for agent in graph.agents:
        document.agent(
            _name(names.agent, agent.id),
            ((PROV["type"], PROV[_AGENT_CLASSES[agent.type]]), (PROV["label"], _text(agent.label))),
        )
    for activity in graph.activities:
        _add_activity(document, names, activity)
    ends = {activity.id: activity.ended for activity in graph.activities}
    for entity in graph.entities:
        _add_entity(document, names, entity, ends)
    for use in graph.used:
        document.used(
            _name(names.activity, use.activity_id),
            _name(names.artifact, use.entity_id),
            other_attributes=_filled((PROV["role"], use.role), (names.terms["lines"], use.lines)),
        )
    for derivation in graph.derived:
        document.wasDerivedFrom(
            _name(names.artifact, derivation.generated_id),
            _name(names.artifact, derivation.used_id),
            activity=_name(names.activity, derivation.activity_id) if derivation.activity_id else None,
            other_attributes=_filled((names.terms["relation"], derivation.relation)),
        )
    return document


def _add_activity(document: ProvDocument, names: _Names, activity: ActivityFact) -> None:
    this = _name(names.activity, activity.id)
    told = _filled((PROV["label"], activity.action), (names.terms["method"], activity.method))
    document.activity(this, activity.started, activity.ended, told)
    if activity.agent_id:
        document.wasAssociatedWith(this, _name(names.agent, activity.agent_id))
    if activity.parent_id:
        document.wasInformedBy(this, _name(names.activity, activity.parent_id))


def _add_entity(document: ProvDocument, names: _Names, entity: EntityFact, ends: dict[str, datetime | None]) -> None:
    this = _name(names.artifact, entity.id)
    told: list[tuple[QualifiedName, object]] = [
        *_filled((PROV["label"], entity.label), (names.terms["hash"], entity.hash)),
    ]
    if entity.kind:
        told.append((PROV["type"], _name(names.terms, entity.kind)))
    if entity.version is not None:
        told.append((names.terms["version"], entity.version))
    document.entity(this, told)
    if entity.generated_by:
        maker = _name(names.activity, entity.generated_by)
        document.wasGeneratedBy(this, maker, time=ends.get(entity.generated_by))
    if entity.revision_of:
        document.wasRevisionOf(this, _name(names.artifact, entity.revision_of))


def _filled(*attributes: tuple[QualifiedName, str]) -> tuple[tuple[QualifiedName, str], ...]:
    return tuple((name, _text(value)) for name, value in attributes if value)


def _text(value: str) -> str:
    """Text that can be sent as UTF-8: a lone surrogate becomes a question mark."""
    return value.encode("utf-8", "replace").decode("utf-8")


def prov_json(graph: ProvenanceGraph, base_url: str) -> str:
    """The facts as PROV-JSON (https://www.w3.org/submissions/prov-json/)."""
    return str(to_prov_document(graph, base_url).serialize(format="json"))


def prov_n(graph: ProvenanceGraph, base_url: str) -> str:
    """The facts as PROV-N (https://www.w3.org/TR/prov-n/), the notation for people."""
    return str(to_prov_document(graph, base_url).get_provn())
