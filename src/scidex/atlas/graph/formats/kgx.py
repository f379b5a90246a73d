"""KGX records (Biolink Model, Unni 2022, doi:10.1111/cts.13302): what their properties mean, both ways.

Biolink says less than an edge here: what it has no slot for stands in properties that begin with ``scidex_``, which other
software passes over. They count only as far as the slots beside them were not changed elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from scidex.atlas.evidence.model import Stance
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.formats.checking import Checks, aspect_of, category_in, denied, few, no_evidence, parted
from scidex.atlas.graph.formats.evidence import items_of, publication, record_of, text_of
from scidex.atlas.graph.formats.identity import statement_name
from scidex.atlas.graph.formats.model import NO_QUALIFIERS, NOTHING, EntityRef, ReadEdge
from scidex.atlas.graph.formats.texts import LONGEST_NAME, name_in, one_line, passage_in
from scidex.atlas.graph.model import Edge, EdgeItem, Entity
from scidex.atlas.graph.predicates import MEANINGS, Predicate, Reading
from scidex.kernel.errors import Invalid

Record = Mapping[str, Any]

EDGE_COLUMNS = (
    *("id", "subject", "predicate", "object", "negated"),
    *("qualified_predicate", "object_aspect_qualifier", "object_direction_qualifier"),
    *("species_context_qualifier", "population_context_qualifier", "stage_qualifier"),
    *("publications", "knowledge_level", "agent_type", "primary_knowledge_source", "original_predicate"),
    *("subject_name", "subject_category", "object_name", "object_category"),
    *("scidex_dose", "scidex_verdict", "scidex_items"),
)
NODE_COLUMNS = ("id", "category", "name", "synonym", "xref", "description", "provided_by", "scidex_entity")
KNOWLEDGE_SOURCE = "infores:scidex"
OWN = "scidex:"
"""Before a predicate of ours in ``original_predicate``."""
_BY_NAME = {str(predicate): predicate for predicate in Predicate}
_READ_HERE = frozenset(EDGE_COLUMNS) - {
    "id",
    "knowledge_level",
    "agent_type",
    "primary_knowledge_source",
    "scidex_verdict",
}
_ALSO_READ = frozenset({"qualifiers", "category", "type", "relation"})
_DIRECTIONS = {
    "increased": Predicate.INCREASES,
    "upregulated": Predicate.INCREASES,
    "decreased": Predicate.DECREASES,
    "downregulated": Predicate.DECREASES,
}
_QUALIFIERS = (
    "qualified_predicate",
    "object_aspect_qualifier",
    "object_direction_qualifier",
    "species_context_qualifier",
    "population_context_qualifier",
    "stage_qualifier",
)
_MOST_EXTRA = 50


def other_columns(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Of the properties that a file has, those that limit an edge in a way that is not kept here, and all others."""
    known = _READ_HERE | _ALSO_READ
    left = [name for name in names if name and name not in known]
    limiting = [name for name in left if name.endswith(("_qualifier", "_qualifiers", "qualified_predicate"))]
    return limiting, [name for name in left if name not in limiting][:_MOST_EXTRA]


def edge_of(record: Record, line: int, checks: Checks, limiting: list[str], others: list[str]) -> ReadEdge:
    """The edge that a record of a table or of JSON states. Raises Invalid."""
    get = record.get
    if limiting:
        refuse_limits({name: get(name) for name in limiting})
    subject = _end(checks, get("subject"), get("subject_name"), get("subject_category"))
    object_ = _end(checks, get("object"), get("object_name"), get("object_category"))
    predicate = _given(get("predicate"), "predicate")
    qualifiers = NO_QUALIFIERS
    limits = {name: text_of(value) for name in _QUALIFIERS if (value := get(name))}
    if listed := get("qualifiers"):
        limits |= _listed(listed)
    dose = text_of(get("scidex_dose"))
    if limits or get("original_predicate"):
        reading = reading_of(predicate, limits, text_of(get("original_predicate")), checks)
    else:
        reading = checks.predicate(predicate)
    if limits or dose or reading.aspect:
        qualifiers = checks.qualifiers(
            aspect_of(reading, limits.get("object_aspect_qualifier", "")),
            limits.get("species_context_qualifier", ""),
            limits.get("population_context_qualifier", ""),
            limits.get("stage_qualifier", ""),
            dose,
        )
    negated = denied(reading, text_of(said)) if (said := get("negated")) else reading.negated
    items, claims = _items(get("scidex_items"), get("publications"), line, checks)
    if others:
        claims |= {name: _told(value) for name in others if (value := get(name))}
    return ReadEdge(line, subject, reading.predicate, object_, negated, qualifiers, items, claims or NOTHING)


def refuse_limits(limits: Mapping[str, Any]) -> None:
    """Raises Invalid if an edge is limited in a way that is not kept here: without it, it would say more than its source."""
    for name, value in limits.items():
        if value and name not in _QUALIFIERS:
            raise Invalid(
                f"The edge is limited by {name[:60]}, which cannot be kept here; without it, it would say more.",
                cure="Leave the edge out, or say it with another relation.",
            )


def _end(checks: Checks, curie: Any, name: Any, category: Any) -> EntityRef:
    if isinstance(category, list):
        category = "|".join(map(text_of, category))
    if isinstance(curie, str) and curie and not name and not category:  # how most files have them
        return checks.entity(curie, "", "")
    return checks.entity(_given(curie, "end"), text_of(name), text_of(category))


def _given(value: Any, what: str) -> str:
    text = text_of(value)
    if not text.strip():
        raise Invalid(f"The edge has no {what}.", cure="Give it subject, predicate and object.")
    return text


def _listed(value: Any) -> dict[str, str]:
    """Qualifiers as one property holds them: ``type=value`` or objects of the Translator's form."""
    found: dict[str, str] = {}
    for each in value if isinstance(value, list) else text_of(value).split("|"):
        if isinstance(each, Mapping):
            name, what = text_of(each.get("qualifier_type_id")), text_of(each.get("qualifier_value"))
        else:
            name, _, what = text_of(each).rpartition("=")
        name = name.strip().removeprefix("biolink:")
        if name not in _QUALIFIERS or not what.strip():
            raise Invalid(
                f"The edge is limited by “{str(each)[:60]}”, which cannot be kept here; without it, it would say more.",
                cure=f"Write NAME=VALUE, the name one of {', '.join(_QUALIFIERS)}.",
            )
        found[name] = what.strip()
    return found


def reading_of(predicate: str, limits: Mapping[str, str], original: str, checks: Checks) -> Reading:
    """What Biolink's predicate and its qualifiers mean together; the one they were written from, if they still agree.

    Raises Invalid for a meaning that no predicate here has.
    """
    direction = limits.get("object_direction_qualifier", "")
    if original.startswith(OWN) and original.removeprefix(OWN) in _BY_NAME:
        meant = _BY_NAME[original.removeprefix(OWN)]
        if MEANINGS[meant].biolink == predicate.removeprefix("biolink:") and MEANINGS[meant].direction == direction:
            return Reading(meant)
    reading = checks.predicate(predicate)
    qualified = limits.get("qualified_predicate", "").removeprefix("biolink:")
    if qualified and not (qualified == "causes" and direction):
        raise Invalid(f"The qualified predicate “{qualified[:40]}” cannot be kept here.", cure="Leave the edge out.")
    if not direction:
        return reading
    if direction not in _DIRECTIONS or reading.predicate not in (Predicate.AFFECTS, _DIRECTIONS[direction]):
        raise Invalid(
            f"“{reading.predicate}” with the direction “{direction[:40]}” cannot be kept here.",
            cure=f"A direction goes with affects and is one of {', '.join(_DIRECTIONS)}.",
        )
    return Reading(_DIRECTIONS[direction], reading.negated, reading.aspect)


def _items(own: Any, publications: Any, line: int, checks: Checks) -> tuple[tuple[EdgeItem, ...], dict[str, str]]:
    items: tuple[EdgeItem, ...] = ()
    claims: dict[str, str] = {}
    if own:
        items, claims = items_of(_loaded(own), checks)
    fault: Invalid | None = None
    if publications:
        named = few(publications) if isinstance(publications, list) else parted(text_of(publications))
        known = {item.source for item in items}
        for each in named:
            try:
                source, beside = checks.source(text_of(each))
            except Invalid as error:
                fault = error
                continue
            if source not in known:
                known.add(source)
                # Biolink: publications report the statement or support it. Nobody here has judged that.
                items += (EdgeItem(source, "", "", Stance.SUPPORTS, "", False, None, None, "", beside),)
    if not items:
        raise (
            no_evidence()
            if fault is None
            else Invalid(f"This is an edge without evidence or run: {fault.message}", cure=fault.cure)
        )
    if fault is not None:
        checks.tell(line, f"One of the publications was left out: {fault.message}", fault.cure)
    return items, claims


def _loaded(own: Any) -> list[Any]:
    if isinstance(own, str):
        try:
            own = orjson.loads(own)
        except orjson.JSONDecodeError:
            raise Invalid("What SciDEX wrote into scidex_items is damaged.", cure="Export the edge again.") from None
    if not isinstance(own, list):
        raise Invalid("scidex_items is no list.", cure="Export the edge again.")
    return own


def _told(value: Any) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_NAME and value.isprintable():
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return passage_in("|".join(value), "property")
    return passage_in(orjson.dumps(value).decode() if isinstance(value, list | dict) else text_of(value), "property")


def entity_of(record: Record, line: int, checks: Checks, *, bars: bool) -> Entity:
    """The entity that a record describes; with `bars`, its lists are parted by them. Raises Invalid."""
    if not text_of(record.get("id")).strip():
        raise Invalid("The entity has no id.", cure="Give it one, such as MONDO:0004975.")
    curie = Curie.parse(text_of(record["id"]))
    category = category_in("|".join(_many(record.get("category"), bars=True))) or Category.NAMED_THING
    synonyms = tuple(_many(record.get("synonym"), bars=bars))
    about = passage_in(text_of(record.get("description")), "description")
    kept = _kept(record.get("scidex_entity"))
    if isinstance(said := kept.get("synonyms"), list) and _barred(map(text_of, said)) == _barred(synonyms):
        synonyms = tuple(map(text_of, said))
    if isinstance(told := kept.get("about"), str) and one_line(told) == one_line(about):
        about = passage_in(told, "description")
    xrefs: list[Curie] = []
    for each in _many(record.get("xref"), bars=bars):
        try:
            xrefs.append(Curie.parse(each))
        except Invalid as error:
            checks.tell_once(
                line,
                "xref",
                f"A cross-reference here, and maybe others further down, was left out: {error.message}",
                error.cure,
            )
    return Entity(
        curie,
        name_in(text_of(record.get("name")), "name") or curie,
        category,
        tuple(dict.fromkeys(name_in(each, "synonym") for each in synonyms if each.strip())),
        tuple(dict.fromkeys(xrefs)),
        about,
        name_in("|".join(_many(record.get("provided_by"), bars=False)), "source"),
    )


def _kept(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str) and value:
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise Invalid("What SciDEX wrote into scidex_entity is damaged.", cure="Export the entity again.") from None
    return value if isinstance(value, Mapping) else {}


def _many(value: Any, *, bars: bool) -> list[str]:
    if isinstance(value, list):
        return [text_of(each) for each in value if each]
    text = text_of(value)
    return [part.strip() for part in text.split("|") if part.strip()] if bars else [text] if text else []


def _barred(names: Iterable[str]) -> list[str]:
    """What is left of a list of names once bars have parted it."""
    return [one_line(part) for part in "|".join(names).split("|") if part.strip()]


def edge_record(edge: Edge) -> dict[str, Any]:
    """The properties of an edge, in the order of `EDGE_COLUMNS`; those without a value are left out."""
    statement = edge.statement
    meaning = MEANINGS[statement.predicate]
    qualifiers = statement.qualifiers
    supporting = (publication(item.source) for item in edge.items if item.stance is Stance.SUPPORTS)
    judges = [item.judge for item in edge.items if item.judge]
    people = bool(judges) and not any(judge.startswith("software:") for judge in judges)
    written = {
        "id": statement_name(statement),
        "subject": statement.subject,
        "predicate": f"biolink:{meaning.biolink}",
        "object": statement.object,
        "negated": statement.negated,
        "qualified_predicate": "biolink:causes" if meaning.direction else "",
        "object_aspect_qualifier": qualifiers.aspect,
        "object_direction_qualifier": meaning.direction,
        "species_context_qualifier": qualifiers.species,
        "population_context_qualifier": qualifiers.population,
        "stage_qualifier": qualifiers.stage,
        "publications": list(dict.fromkeys(filter(None, supporting))),
        "knowledge_level": "knowledge_assertion" if judges else "not_provided",
        "agent_type": ("manual_agent" if people else "automated_agent") if judges else "not_provided",
        "primary_knowledge_source": KNOWLEDGE_SOURCE,
        "original_predicate": f"{OWN}{statement.predicate}",
        "subject_name": edge.subject.name,
        "subject_category": f"biolink:{edge.subject.category}",
        "object_name": edge.object.name,
        "object_category": f"biolink:{edge.object.category}",
        "scidex_dose": qualifiers.dose,
        "scidex_verdict": edge.verdict,
        "scidex_items": [record_of(item) for item in edge.items],
    }
    return {name: value for name, value in written.items() if value}


def node_record(entity: Entity) -> dict[str, Any]:
    """The properties of an entity, in the order of `NODE_COLUMNS`; those without a value are left out."""
    written = {
        "id": entity.curie,
        "category": [f"biolink:{entity.category}"],
        "name": entity.name,
        "synonym": list(entity.synonyms),
        "xref": list(entity.xrefs),
        "description": entity.about,
        "provided_by": entity.source,
    }
    return {name: value for name, value in written.items() if value}
