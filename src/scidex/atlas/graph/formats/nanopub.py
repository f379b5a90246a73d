"""An edge as a nanopublication: head, assertion, provenance and publication info (Groth 2010, doi:10.3233/ISU-2010-0613).

The assertion is a Biolink association, so that a denied or limited edge never stands there as a bare triple, which would
say the opposite or too much. The provenance holds every item of evidence. Terms that no vocabulary has begin with
``urn:scidex:``; they are names and lead nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, serialize

from scidex.atlas.bibliography.identifiers import WorkId
from scidex.atlas.evidence.model import Stance
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.formats import kgx
from scidex.atlas.graph.formats.checking import Checks, aspect_of, category_in, denied, no_evidence
from scidex.atlas.graph.formats.evidence import items_of, record_of
from scidex.atlas.graph.formats.kgx import reading_of, refuse_limits
from scidex.atlas.graph.formats.model import EntityRef, Problem, Read, ReadEdge, Unreadable, shown
from scidex.atlas.graph.formats.texts import LONGEST_NAME, name_in, passage_in
from scidex.atlas.graph.formats.trusty import CODE, UNKNOWN, code_of
from scidex.atlas.graph.model import Edge, EdgeItem, Entity, Qualifiers
from scidex.atlas.graph.predicates import MEANINGS, Reading
from scidex.atlas.graph.prefixes import OWN
from scidex.kernel.errors import Invalid

BASE = "https://w3id.org/np/"
"""Where nanopublications live; the rest of the name is made of the content."""
NP = "http://www.nanopub.org/nschema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
PROV = "http://www.w3.org/ns/prov#"
DCT = "http://purl.org/dc/terms/"
BIOLINK = "https://w3id.org/biolink/vocab/"
TERMS = "urn:scidex:term:"
ENTITY = "urn:scidex:entity:"
PREFIXES = {
    "np": NP,
    "rdf": RDF,
    "rdfs": RDFS,
    "xsd": XSD,
    "prov": PROV,
    "dct": DCT,
    "biolink": BIOLINK,
    "scidex": TERMS,
}

PARTS = ("hasAssertion", "hasProvenance", "hasPublicationInfo")
_QUALIFIERS = {
    "aspect": f"{BIOLINK}object_aspect_qualifier",
    "species": f"{BIOLINK}species_context_qualifier",
    "population": f"{BIOLINK}population_context_qualifier",
    "stage": f"{BIOLINK}stage_qualifier",
    "dose": f"{TERMS}dose",
}
_SOURCES = (f"{PROV}wasDerivedFrom", f"{PROV}hadPrimarySource", f"{DCT}source", f"{PROV}wasQuotedFrom")
_ITEM_FIELDS = {
    f"{TERMS}{term}": name
    for term, name in (
        *(("source", "source"), ("run", "run"), ("evidenceItem", "item"), ("stance", "stance"), ("quote", "quote")),
        *(
            ("checked", "checked"),
            ("design", "design"),
            ("sampleSize", "sample_size"),
            ("judge", "judge"),
            ("note", "note"),
        ),
    )
}
_TERM_OF = {name: term for term, name in _ITEM_FIELDS.items()}


class Recording(NamedTuple):
    """Who recorded an edge and when. `by` is an actor such as ``person:ada``, "" if unknown."""

    by: str = ""
    at: datetime | None = None


Recorded = Callable[[Edge], Recording]


class Nanopub(NamedTuple):
    """The statements of one nanopublication, by the part they stand in."""

    name: str
    quads: list[Quad]
    assertion: list[Quad]
    provenance: list[Quad]
    info: list[Quad]


def unrecorded(_edge: Edge) -> Recording:
    """The recording of an edge of which nothing is known."""
    return Recording()


def quads_of(edge: Edge, recording: Recording) -> list[Quad]:
    """The statements of an edge's nanopublication, under the name that follows from them."""
    code = code_of(_statements(edge, recording, BASE + UNKNOWN), UNKNOWN)
    return _statements(edge, recording, BASE + code)


class _Statements:
    """The statements of one nanopublication, collected graph by graph."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.quads: list[Quad] = []
        self._graph = self.part("Head")

    def part(self, part: str) -> NamedNode:
        return NamedNode(f"{self.name}#{part}" if part else self.name)

    def graph(self, part: str) -> NamedNode:
        """Makes this the graph in which statements are said from now on."""
        self._graph = self.part(part)
        return self._graph

    def say(self, subject: NamedNode, predicate: str, *objects: NamedNode | Literal) -> None:
        self.quads += (Quad(subject, NamedNode(predicate), each, self._graph) for each in objects)


def _statements(edge: Edge, recording: Recording, name: str) -> list[Quad]:
    said = _Statements(name)
    this, assertion = said.part(""), said.part("assertion")
    said.graph("Head")
    said.say(this, f"{RDF}type", NamedNode(f"{NP}Nanopublication"))
    for part, graph in zip(PARTS, ("assertion", "provenance", "pubinfo"), strict=True):
        said.say(this, f"{NP}{part}", said.part(graph))
    said.graph("assertion")
    _assert(said, edge)
    said.graph("provenance")
    for position, item in enumerate(edge.items):
        _rest_on(said, assertion, item, position)
    if not edge.items:
        said.say(assertion, f"{TERMS}restsOn", NamedNode(f"{TERMS}nothing"))
    said.graph("pubinfo")
    for end in (edge.subject, edge.object):
        _describe(said, end)
    if recording.at is not None:
        said.say(this, f"{DCT}created", Literal(recording.at.isoformat(), datatype=NamedNode(f"{XSD}dateTime")))
    for term, value in (
        (f"{DCT}creator", recording.by),
        (f"{TERMS}verdict", edge.verdict),
        (f"{TERMS}origin", edge.origin),
    ):
        if value:
            said.say(this, term, Literal(value))
    return said.quads


def _assert(said: _Statements, edge: Edge) -> None:
    statement, meaning = edge.statement, MEANINGS[edge.statement.predicate]
    one = said.part("association")
    said.say(one, f"{RDF}type", NamedNode(f"{BIOLINK}Association"))
    said.say(one, f"{RDF}subject", address(statement.subject))
    said.say(one, f"{RDF}predicate", NamedNode(f"{BIOLINK}{meaning.biolink}"))
    said.say(one, f"{RDF}object", address(statement.object))
    said.say(one, f"{TERMS}predicate", Literal(str(statement.predicate)))
    said.say(one, f"{BIOLINK}negated", Literal(statement.negated))
    if meaning.direction:
        said.say(one, f"{BIOLINK}qualified_predicate", NamedNode(f"{BIOLINK}causes"))
        said.say(one, f"{BIOLINK}object_direction_qualifier", Literal(meaning.direction))
    for name, value in statement.qualifiers.given().items():
        said.say(one, _QUALIFIERS[name], Literal(value))


def _rest_on(said: _Statements, assertion: NamedNode, item: EdgeItem, position: int) -> None:
    node = said.part(f"item-{position + 1}")
    said.say(assertion, f"{TERMS}restsOn", node)
    said.say(node, f"{TERMS}position", Literal(position))
    if item.source and WorkId.matches(item.source):
        page = NamedNode(WorkId.parse(item.source).url)
        said.say(node, f"{PROV}hadPrimarySource", page)
        if item.stance is Stance.SUPPORTS:
            said.say(assertion, f"{PROV}wasDerivedFrom", page)
    for name, value in record_of(item).items():
        said.say(node, _TERM_OF[name], Literal(value))


def _describe(said: _Statements, entity: Entity) -> None:
    node = address(entity.curie)
    said.say(node, f"{RDFS}label", Literal(entity.name))
    said.say(node, f"{BIOLINK}category", NamedNode(f"{BIOLINK}{entity.category}"))


@lru_cache(65_536)
def address(curie: Curie) -> NamedNode:
    """The name of an entity in RDF: the address that its registry gives it, or one under ``urn:scidex:entity:``."""
    if curie.prefix == OWN:
        return NamedNode(ENTITY + curie.local)
    try:
        node = NamedNode(curie.address)
        if _entity_at(curie.address) == curie:
            return node
    except (ValueError, Invalid):
        pass
    return NamedNode(f"https://bioregistry.io/{quote(curie, safe=':')}")


@lru_cache(65_536)
def _entity_at(text: str) -> Curie:
    if text.startswith(ENTITY):
        return Curie.parse(f"{OWN}:{text[len(ENTITY) :]}")
    return Curie.parse(unquote(text) if "%" in text else text)


# --- reading


def edge_of(nanopub: Nanopub, line: int, checks: Checks) -> ReadEdge:
    """The edge that a nanopublication asserts. Raises Invalid."""
    code = CODE.search(nanopub.name)
    extra: dict[str, str] = {}
    if code and code_of(nanopub.quads, code[0]) != code[0]:
        message = f"The nanopublication {nanopub.name[:120]} does not say what its name was made of: it was changed."
        checks.tell(line, message, "Compare it with where it was published.")
    else:
        extra["nanopub"] = nanopub.name[:LONGEST_NAME]
    node = _association(nanopub.assertion)
    subject, predicate, object_, said = _asserted(nanopub, node)
    reading, qualifiers = _meant(predicate, said, checks)
    negated = denied(reading, text) if (text := _one(said, f"{BIOLINK}negated")) else reading.negated
    items, claims = _items(nanopub, checks)
    labels, categories = _told(nanopub.info, f"{RDFS}label"), _told(nanopub.info, f"{BIOLINK}category")
    ends = [
        EntityRef(
            _entity_at(end),
            name_in(labels.get(end, ""), "name"),
            category_in(categories.get(end, "").removeprefix(BIOLINK)),
        )
        for end in (subject, object_)
    ]
    about = {quad.predicate.value: _text(quad.object) for quad in nanopub.info if _text(quad.subject) == nanopub.name}
    for name, term in _EXTRA.items():
        if term in about:
            extra[name] = passage_in(about[term], name)[:LONGEST_NAME]
    return ReadEdge(line, ends[0], reading.predicate, ends[1], negated, qualifiers, items, {**extra, **claims})


def _association(assertion: list[Quad]) -> str:
    """The name of the association that is asserted, "" if it is a plain statement."""
    found = {_text(quad.subject) for quad in assertion if quad.predicate.value == f"{RDF}subject"}
    if len(found) > 1:
        raise Invalid("The nanopublication asserts several edges.", cure="Publish each on its own.")
    return next(iter(found), "")


def _asserted(nanopub: Nanopub, node: str) -> tuple[str, str, str, dict[str, list[str]]]:
    said: dict[str, list[str]] = {}
    if node:
        for quad in nanopub.assertion:
            if _text(quad.subject) == node:
                said.setdefault(quad.predicate.value, []).append(_text(quad.object))
        return (*(_one(said, f"{RDF}{part}", needed=True) for part in ("subject", "predicate", "object")), said)  # type: ignore[return-value]  # three of them
    if len(nanopub.assertion) != 1 or isinstance(nanopub.assertion[0].object, Literal):
        raise Invalid(
            "The nanopublication does not assert one relation between two entities.",
            cure="Assert one statement, or a Biolink association.",
        )
    quad = nanopub.assertion[0]
    return _text(quad.subject), quad.predicate.value, _text(quad.object), said


def _one(said: Mapping[str, list[str]], term: str, *, needed: bool = False) -> str:
    values = said.get(term, [])
    if len(values) > 1 or (needed and not values):
        how = "several times" if values else "not"
        raise Invalid(f"The assertion says {term.rpartition('#')[2] or term} {how}.", cure="Say it once.")
    return values[0] if values else ""


def _meant(predicate: str, said: Mapping[str, list[str]], checks: Checks) -> tuple[Reading, Qualifiers]:
    """The predicate and qualifiers of an association. What limits it in a way that is not kept here is refused."""
    limits = {
        term.removeprefix(BIOLINK): _one(said, term)
        for term in said
        if term.endswith(("_qualifier", "qualified_predicate"))
    }
    limits = {name: value.removeprefix(BIOLINK) for name, value in limits.items()}
    refuse_limits(limits)
    own = _one(said, f"{TERMS}predicate")
    name = predicate.rpartition("/")[2].rpartition("#")[2]
    reading = reading_of(name, limits, f"{kgx.OWN}{own}" if own else "", checks)
    given = {name: _one(said, term) for name, term in _QUALIFIERS.items()}
    return reading, checks.qualifiers(
        aspect_of(reading, given["aspect"]), given["species"], given["population"], given["stage"], given["dose"]
    )


def _items(nanopub: Nanopub, checks: Checks) -> tuple[tuple[EdgeItem, ...], dict[str, str]]:
    fields: dict[str, dict[str, str]] = {}
    positions: dict[str, int] = {}
    sources: dict[str, None] = {}
    assertion = _text(nanopub.assertion[0].graph_name)
    for quad in nanopub.provenance:
        subject, predicate, object_ = _text(quad.subject), quad.predicate.value, _text(quad.object)
        if predicate in _ITEM_FIELDS:
            fields.setdefault(subject, {})[_ITEM_FIELDS[predicate]] = object_
        elif predicate == f"{TERMS}position" and object_.isdigit() and len(object_) < 9:
            positions[subject] = int(object_)
        elif subject == assertion and predicate in _SOURCES:
            sources[object_] = None
    order = sorted(fields, key=lambda name: (positions.get(name, len(positions)), name))
    if order:
        return items_of([fields[name] for name in order], checks)
    items: list[EdgeItem] = []
    for source in sources:
        try:
            items.append(EdgeItem(checks.source(source)[0], stance=Stance.SUPPORTS))
        except Invalid as error:
            checks.tell(0, f"A source of {nanopub.name[:120]} was left out: {error.message}", error.cure)
    if not items:
        raise no_evidence()
    return tuple(items), {}


def _told(info: list[Quad], predicate: str) -> dict[str, str]:
    return {_text(quad.subject): _text(quad.object) for quad in info if quad.predicate.value == predicate}


def _text(node: object) -> str:
    return node.value if isinstance(node, NamedNode | Literal) else str(node)


_EXTRA = {
    "recorded_at": f"{DCT}created",
    "recorded_by": f"{DCT}creator",
    "scidex_verdict": f"{TERMS}verdict",
    "origin": f"{TERMS}origin",
}


class Gathering:
    """Puts statements that come one by one together to nanopublications, of which few are open at a time."""

    def __init__(self) -> None:
        self._graphs: dict[str, dict[Quad, None]] = {}  # a graph is a set: what is said twice is said once
        self._heads: dict[str, dict[str, str]] = {}
        self._owners: dict[str, str] = {}
        self._owned: dict[str, dict[str, None]] = {}
        self._current = ""
        self._held = 0
        self.begun = False
        self.outside = 0
        """Statements that stand in no named graph."""

    def add(self, quad: Quad) -> Nanopub | None:
        """Takes a statement; gives a nanopublication that it shows to be complete. Raises Unreadable if too many are open."""
        self.begun = True
        if isinstance(quad.graph_name, DefaultGraph):
            self.outside += 1
            return None
        graph = _text(quad.graph_name)
        part = quad.predicate.value.removeprefix(NP)
        if part in PARTS:
            name = _text(quad.subject)
            self._heads.setdefault(name, {})[part] = _text(quad.object)
            for owned in (graph, _text(quad.object)):
                self._owners[owned] = name
                self._owned.setdefault(name, {})[owned] = None
        done = None
        owner = self._owners.get(graph, "")
        if owner and owner != self._current:
            done = self._closed(self._current) if self._complete(self._current) else None
            self._current = owner
        held = self._graphs.setdefault(graph, {})
        self._held += quad not in held
        held[quad] = None
        if self._held > MOST_HELD:
            raise Unreadable(
                f"More than {MOST_HELD:,} statements stand apart from the rest of their nanopublications.",
                cure="Write the four graphs of each nanopublication one after the other.",
            )
        return done

    def rest(self) -> Iterator[Nanopub | str]:
        """What is open at the end: nanopublications, and the names of those that lack a part."""
        for name in list(self._heads):
            if self._complete(name):
                yield self._closed(name)
            else:
                yield name
                self._forget(name)
        self.outside += sum(map(len, self._graphs.values()))

    def _complete(self, name: str) -> bool:
        head = self._heads.get(name, {})
        return all(self._graphs.get(head.get(part, "")) for part in PARTS)

    def _closed(self, name: str) -> Nanopub:
        head = self._heads[name]
        assertion, provenance, info = (list(self._graphs[head[part]]) for part in PARTS)
        return Nanopub(name, self._forget(name), assertion, provenance, info)

    def _forget(self, name: str) -> list[Quad]:
        """All statements of a nanopublication, which is then no longer held."""
        del self._heads[name]
        quads: list[Quad] = []
        for graph in self._owned.pop(name, {}):
            self._owners.pop(graph, None)
            quads += self._graphs.pop(graph, {})
        self._held -= len(quads)
        return quads


MOST_HELD = 200_000
"""Statements held at a time."""


def read_all(quads: Iterable[Quad], line: int, checks: Checks, gathering: Gathering) -> Iterator[Read]:
    """The edges of the nanopublications that statements complete."""
    for quad in quads:
        if (done := gathering.add(quad)) is not None:
            yield from read_one(done, line, checks)


def read_one(nanopub: Nanopub, line: int, checks: Checks) -> Iterator[Read]:
    """The edge of a nanopublication, or what is wrong with it."""
    try:
        edge = edge_of(nanopub, line, checks)
    except Invalid as error:
        text = serialize(nanopub.quads, format=RdfFormat.N_QUADS)
        yield Problem(line, error.message, error.cure, shown((text or b"").decode(errors="replace")))
        return
    for quad in nanopub.quads:
        if isinstance(quad.object, Literal) and not quad.object.value.isascii():
            checks.tell_hidden(line, quad.object.value)
    yield from checks.told()
    yield edge


def read_rest(gathering: Gathering, line: int, checks: Checks) -> Iterator[Read]:
    """What is open at the end of a file."""
    for each in gathering.rest():
        if isinstance(each, Nanopub):
            yield from read_one(each, line, checks)
        else:
            message = f"The nanopublication {each[:120]} lacks its assertion, its provenance or its publication info."
            yield Problem(line, message, "Write all four graphs, one after the other.", each[:LONGEST_NAME])
    if gathering.outside:
        message = f"{gathering.outside:,} statements stand in no nanopublication; nothing says where they come from."
        yield Problem(line, message, "Publish each with its provenance, as a nanopublication.")
