"""Edges and entities of every sort, for the tests of graph formats."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from scidex.atlas.evidence.model import Stance, StudyDesign
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.formats.model import EntityRef, Format, Problem, ReadEdge
from scidex.atlas.graph.formats.texts import one_line, passage_in
from scidex.atlas.graph.model import Edge, EdgeItem, Entity, Qualifiers, Statement
from scidex.atlas.graph.predicates import Predicate

TELLING = [
    '=HYPERLINK("http://x")',
    "'=1",
    "'",
    "+1",
    "@x",
    "-",
    "a|b",
    'a "b" c',
    "a,b;c",
    "&amp;",
    "\\n",
    "\\",
    "間葉系",
    "α",
    "None",
]
NAMES = st.one_of(st.text(max_size=20), st.sampled_from(TELLING)).map(one_line)
PASSAGES = st.one_of(st.text(max_size=30), st.sampled_from([*TELLING, "a\nb", "a\tb\n\nc", "=\n="])).map(
    lambda text: passage_in(text, "text")
)
CURIES = st.one_of(
    st.sampled_from(["MONDO:0004975", "HGNC:29", "CL:0000134", "GO:0045444", "clinicaltrials:NCT03280056", "UMLS:C1"]),
    st.from_regex(r"scidex:[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True).filter(str.isascii),
).map(Curie)
SOURCES = st.one_of(
    st.integers(1, 10**8).map(lambda number: f"pmid:{number}"),
    st.from_regex(r"doi:10\.1[0-9]{3}/[a-z0-9()|;%<>._-]{1,12}[a-z0-9]", fullmatch=True).filter(str.isascii),
    st.from_regex(r"@[a-z]{1,8}([0-9]{4}[a-z]?)?", fullmatch=True).filter(str.isascii),
    st.sampled_from(
        ["nct:NCT03280056", "pmcid:PMC5845209", "@PMC1", "@a:b.c", "arxiv:2101.00001", "isbn:9780306406157"]
    ),
)
ITEMS = st.builds(
    EdgeItem,
    source=st.one_of(SOURCES, st.just("")),
    run=NAMES,
    item=NAMES,
    stance=st.none() | st.sampled_from(Stance),
    quote=PASSAGES,
    checked=st.booleans(),
    design=st.none() | st.sampled_from(StudyDesign),
    sample_size=st.none() | st.integers(1, 10**6),
    judge=st.sampled_from(["", "person:ada", "software:x"]),
    note=PASSAGES,
).filter(lambda item: bool(item.source or item.run or item.item))
ENTITIES = st.builds(
    Entity,
    CURIES,
    NAMES,
    st.sampled_from(Category),
    st.lists(NAMES.filter(bool), max_size=3, unique=True).map(tuple),
    st.lists(CURIES, max_size=2, unique=True).map(tuple),
    PASSAGES,
    NAMES,
).map(lambda entity: entity if entity.name else replace(entity, name=str(entity.curie)))


@st.composite
def edges(draw: Any) -> Edge:
    subject, object_ = draw(ENTITIES), draw(ENTITIES)
    if subject.curie == object_.curie:  # one thing has one name and one category
        object_ = subject
    statement = Statement(
        subject.curie,
        draw(st.sampled_from(Predicate)),
        object_.curie,
        draw(st.booleans()),
        draw(st.builds(Qualifiers, NAMES, NAMES, NAMES, NAMES, NAMES)),
    )
    return Edge(statement, subject, object_, draw(st.lists(ITEMS, min_size=1, max_size=3).map(tuple)))


def end(entity: Entity) -> EntityRef:
    return EntityRef(entity.curie, entity.name, entity.category)


def as_read(edge: Edge) -> tuple[Any, ...]:
    """What a file says of an edge; of its items, only what a file can vouch for."""
    items = tuple(replace(item, checked=False, judge="") for item in edge.items)
    claims = {
        (position, name): value
        for position, item in enumerate(edge.items)
        for name, value in (("judge", item.judge), ("checked", "true" if item.checked else ""))
        if value
    }
    return end(edge.subject), edge.statement, end(edge.object), items, claims


def joined(found: Iterable[Any], sizes: Iterable[int]) -> list[tuple[Any, ...]]:
    """Edges read, those that were written as several rows put together again: `sizes` says how many items each has."""
    waiting, made = list(found), []
    assert not [each for each in waiting if isinstance(each, Problem)], waiting
    for size in sizes:
        parts: list[ReadEdge] = []
        while sum(len(part.items) for part in parts) < size:
            parts.append(waiting.pop(0))
        claims: dict[tuple[int, str], str] = {}
        passed = 0
        for part in parts:
            for path, value in part.extra.items():
                if match := re.fullmatch(r"items/(\d+)/(judge|checked)", path):
                    claims[passed + int(match[1]), match[2]] = value
            passed += len(part.items)
        first = parts[0]
        items = tuple(item for part in parts for item in part.items)
        made.append((first.subject, first.statement, first.object, items, claims))
    assert not waiting
    return made


def written(form: Format, given: Iterable[Edge]) -> bytes:
    return "".join(form.write(given)).encode()
