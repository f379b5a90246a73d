"""Add an edge: one statement between two entities, with what it rests on."""

from __future__ import annotations

from pydantic import Field

from scidex.atlas import edge_store, store
from scidex.atlas.actions._entities import entity
from scidex.atlas.actions.add_evidence import AddEvidence
from scidex.atlas.actions.attach_text import LONGEST_TEXT
from scidex.atlas.evidence.model import Directness, RiskOfBias, Stance, StudyDesign
from scidex.atlas.graph.formats.model import EntityRef, ReadEdge
from scidex.atlas.graph.model import EDGE, EdgeItem, Qualifiers, Statement
from scidex.atlas.graph.predicates import predicate_of
from scidex.atlas.graph.staging import staged
from scidex.atlas.kinds import State, kind_of
from scidex.atlas.kinds.evidence_item import EvidenceBody
from scidex.atlas.model import Head
from scidex.kernel.actions import Command, Result, Work, action
from scidex.kernel.errors import Conflict, Invalid

_OF_EVIDENCE = ("source", "quote", "stance", "text", "design", "sample_size", "directness", "risk_of_bias", "note")


class AddEdge(Command):
    """Evidence is a passage of a source, an evidence item that is here already, or a run that computed the edge.

    The same statement is one edge: adding it again adds evidence.
    """

    subject: str = Field(description="The entity it is about: its identifier, such as MONDO:0004976.")
    predicate: str = Field(max_length=200, description="The relation, such as secretes or biolink:treats.")
    object: str = Field(description="The other entity.")
    negated: bool = Field(default=False, description="The edge denies the relation.")
    aspect: str = Field(
        default="", max_length=200, description="What of the object it is about (proliferation, activity)."
    )
    species: str = Field(default="", max_length=200)
    population: str = Field(default="", max_length=200)
    stage: str = Field(default="", max_length=200)
    dose: str = Field(default="", max_length=200)
    source: str = Field(default="", description="The work that says so: DOI, PMID, PMCID, NCT number, or its id here.")
    quote: str = Field(default="", max_length=4000, description="The passage, word for word.")
    stance: Stance | None = Field(default=None, description="What the passage says about the edge.")
    text: str = Field(
        default="",
        max_length=LONGEST_TEXT,
        description="File with the text of the source to check the quote in; only its hash is kept.",
        json_schema_extra={"file": True},
    )
    evidence: str = Field(
        default="", description="An evidence item that is here: its passage is evidence on the edge too."
    )
    run: str = Field(default="", description="The analysis that computed it.")
    design: StudyDesign | None = Field(default=None, description="Design of the study.")
    sample_size: int | None = Field(default=None, ge=0, description="How many were studied.")
    directness: Directness = Directness.DIRECT
    risk_of_bias: RiskOfBias = RiskOfBias.UNCLEAR
    note: str = Field(default="", max_length=4000)


class AddedEdge(Result):
    """The edge, its statement in words, whether it is new, and the evidence item that was written for it."""

    edge: str
    statement: str
    new: bool
    evidence: str = ""


@action("edge.add", "State an edge, with its evidence", command=AddEdge, result=AddedEdge)
def add_edge(command: AddEdge, work: Work) -> AddedEdge:
    """Refuses an edge that rests on nothing; writes the statement once, then its evidence."""
    given = [name for name in ("source", "evidence", "run") if getattr(command, name)]
    if len(given) != 1:
        raise Invalid(
            "An edge rests on one thing at a time, and never on nothing.",
            cure="Give one of --source (with --quote), --evidence or --run; add further evidence afterwards.",
        )
    reading = predicate_of(command.predicate)
    qualifiers = Qualifiers(
        command.aspect or reading.aspect, command.species, command.population, command.stage, command.dose
    )
    statement = Statement(
        entity(work, command.subject),
        reading.predicate,
        entity(work, command.object),
        command.negated != reading.negated,
        qualifiers,
    )
    if statement.subject == statement.object:
        raise Invalid(f"An edge from {statement.subject} to itself says nothing.", cure="Name two entities.")
    items = (EdgeItem(run=_run(work, command.run), note=command.note),) if command.run else ()
    read = ReadEdge(
        0,
        EntityRef(statement.subject),
        statement.predicate,
        EntityRef(statement.object),
        statement.negated,
        qualifiers,
        items,
    )
    stored = edge_store.add_edges(work, list(staged(read)), origin=None, checked=not items)
    new = stored.edges
    number = edge_store.statement_number(work.connection, statement)
    name = f"{EDGE}{number}"
    if new:
        work.emit("edge.added", name)
    elif stored.items:
        work.emit("edge.evidenced", name)
    evidence = ""
    if command.source:
        asked = {field: getattr(command, field) for field in _OF_EVIDENCE}
        evidence = work.perform("evidence.add", AddEvidence(claim=name, **asked)).id
    elif command.evidence:
        evidence = _copied(work, command.evidence, name)
    return AddedEdge(
        edge=name, statement=edge_store.sentence(work.connection, number), new=bool(new), evidence=evidence
    )


def _run(work: Work, reference: str) -> str:
    head = store.follow(work.connection, store.find(work.connection, reference))
    if head.kind != "analysis":
        raise Invalid(f"“{head.title}” is a {head.kind}, not an analysis.", cure="Name the run that computed the edge.")
    _check_stands(head)
    return head.id


def _check_stands(head: Head) -> None:
    """Raises Conflict if an edge may not rest on `head` any more."""
    if head.state in (State.RETRACTED, State.TOMBSTONE):
        raise Conflict(f"“{head.title}” is {head.state}: no edge rests on it.", cure="Reinstate it, or name another.")


def _copied(work: Work, reference: str, edge: str) -> str:
    """The passage of an item, as evidence on the edge: it was checked when it was written, and is derived from that item."""
    head = store.follow(work.connection, store.find(work.connection, reference))
    if head.kind != "evidence":
        raise Invalid(f"“{head.title}” is a {head.kind}, not an evidence item.")
    _check_stands(head)
    body = EvidenceBody.model_validate(store.contents(work.connection, [head])[head.id])
    version = store.version(work.connection, head.id, head.latest_version)
    origin = store.Derivation(head.id, version.number, version.content_hash, "prov:wasDerivedFrom", {})
    # Whether it speaks for the edge is another question than whether it speaks for the claim: the stance is to be judged.
    content = body.model_dump() | {"claim": edge, "stance": None, "judge": "", "judged_on": "", "suggested_by": ()}
    kind = kind_of("evidence")
    made = store.create(work, kind, store.validated(kind, content), derived=(origin,))
    return made.id
