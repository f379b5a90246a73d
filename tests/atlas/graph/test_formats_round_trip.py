"""Graph formats: whatever is written is read again, and any bytes at all are read without a crash."""

from __future__ import annotations

import gzip
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from edges_to_write import ENTITIES, as_read, edges, joined, written
from hypothesis import given, settings
from hypothesis import strategies as st

from scidex.atlas.graph.formats import (
    FORMATS,
    Problem,
    ReadEdge,
    ReadEntity,
    Unreadable,
    format_for_media_type,
    format_named,
    json_ld,
    sniff,
    trig,
)
from scidex.atlas.graph.formats.nanopub import Recording
from scidex.atlas.graph.model import Edge, Entity
from scidex.kernel.errors import NotFound

FAITHFUL = [name for name in FORMATS if name != "sif"]
WITH_ENTITIES = [name for name, form in FORMATS.items() if form.write_entities]


@pytest.mark.parametrize("name", FAITHFUL)
@settings(max_examples=60, deadline=None)
@given(given_edges=st.lists(edges(), min_size=1, max_size=3, unique_by=lambda edge: repr(as_read(edge))))
def test_edges_written_are_read_again(name: str, given_edges: list[Edge]) -> None:
    form = FORMATS[name]
    data = written(form, given_edges)
    found = joined(form.read([data]), [len(edge.items) for edge in given_edges])
    assert found == [as_read(edge) for edge in given_edges]


@pytest.mark.parametrize("name", WITH_ENTITIES)
@settings(max_examples=60, deadline=None)
@given(given_entities=st.lists(ENTITIES, min_size=1, max_size=4))
def test_entities_written_are_read_again(name: str, given_entities: list[Entity]) -> None:
    form = FORMATS[name]
    data = "".join(form.write_entities(given_entities)).encode()
    found = list(form.read([data]))
    assert [each.entity for each in found if isinstance(each, ReadEntity)] == given_entities
    assert len(found) == len(given_entities)


@pytest.mark.parametrize("name", FAITHFUL)
@settings(max_examples=15, deadline=None)
@given(edge=edges())
def test_how_the_bytes_come_makes_no_difference(name: str, edge: Edge) -> None:
    form = FORMATS[name]
    data = written(form, [edge])
    whole = list(form.read([data]))
    assert list(form.read(bytes([byte]) for byte in data)) == whole
    assert list(form.read([gzip.compress(data)])) == whole


@pytest.mark.parametrize("name", FAITHFUL)
@settings(max_examples=15, deadline=None)
@given(edge=edges())
def test_what_is_written_is_known_by_its_beginning(name: str, edge: Edge) -> None:
    assert sniff(written(FORMATS[name], [edge])[:4_096], "export") == name


@pytest.mark.parametrize("name", list(FORMATS))
@settings(max_examples=60, deadline=None)
@given(junk=st.binary(max_size=300))
def test_any_bytes_give_rows_or_are_unreadable(name: str, junk: bytes) -> None:
    _survives(name, junk)


@pytest.mark.parametrize("name", FAITHFUL)
@settings(max_examples=60, deadline=None)
@given(edge=edges(), data=st.data())
def test_damage_costs_rows_and_says_so(name: str, edge: Edge, data: st.DataObject) -> None:
    whole = bytearray(written(FORMATS[name], [edge, edge]))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    _survives(name, bytes(whole))


def _survives(name: str, junk: bytes) -> None:
    with suppress(Unreadable):
        for each in FORMATS[name].read([junk]):
            assert isinstance(each, ReadEdge | ReadEntity | Problem)
            if isinstance(each, Problem):
                assert each.message
                assert each.cure
                assert len(each.text) <= 2_000
            if isinstance(each, ReadEdge):
                assert each.items
                assert not any(item.checked or item.judge for item in each.items)


@settings(max_examples=15, deadline=None)
@given(edge=edges())
def test_who_recorded_an_edge_and_when_is_in_its_nanopublication(edge: Edge) -> None:
    noon = datetime(2026, 4, 1, 12, tzinfo=UTC)
    for form in (trig, json_ld):
        text = "".join(form.write([edge], recorded=lambda _: Recording("person:ada", noon)))
        found = next(iter(form.read([text.encode()])))
        assert isinstance(found, ReadEdge)
        assert found.extra["recorded_by"] == "person:ada"
        assert found.extra["recorded_at"] == noon.isoformat()


def test_no_edges_are_a_file_all_the_same() -> None:
    for name in ("csv", "tsv", "kgx-tsv", "json-ld"):
        assert list(FORMATS[name].read([written(FORMATS[name], [])])) == []
    for name in ("kgx-jsonl", "trig", "sif"):
        with pytest.raises(Unreadable):
            list(FORMATS[name].read([written(FORMATS[name], [])]))


def test_formats_are_found_by_name_and_media_type() -> None:
    assert format_named("trig").label == "nanopublications, TriG"
    assert format_for_media_type("application/ld+json; profile=x") is FORMATS["json-ld"]
    assert format_for_media_type("text/html") is None
    with pytest.raises(NotFound, match="no graph format"):
        format_named("xlsx")


@pytest.mark.parametrize(
    ("head", "name", "form"),
    [
        (b"subject,relation,object,evidence,polarity\n", "x", "csv"),
        (b"\xef\xbb\xbfsubject;predicate;object\r\n", "x", "csv"),
        (b"subject\tpredicate\tobject\tsource\n", "x", "tsv"),
        (b"id\tsubject\tpredicate\tobject\tprimary_knowledge_source\n", "x.tsv", "kgx-tsv"),
        (b"id\tcategory\tname\n", "nodes.tsv", "kgx-tsv"),
        (b'{"id":"HGNC:29","category":["biolink:Gene"]}\n', "x", "kgx-jsonl"),
        (b'{"subject":"a","predicate":"b","object":"c"}\n', "x", "kgx-jsonl"),
        (b'[{"@graph": []}]', "x", "json-ld"),
        (b"@prefix np: <http://www.nanopub.org/nschema#> .", "x", "trig"),
        (b"A\tpp\tB\n", "net.sif", "sif"),
        (b"id,section,claim,verdict\n", "claims.csv", None),
        (b'[{"type":"book","title":"x"}]', "x.json", None),
        (b"# A page\n\nAbout the subject, its predicate and object", "page.md", None),
        (b"\x1f\x8bxx", "x.gz", None),
        (b"", "x", None),
    ],
)
def test_a_file_is_known_by_its_beginning(head: bytes, name: str, form: str | None) -> None:
    assert sniff(head, name) == form
