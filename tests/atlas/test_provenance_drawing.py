"""Provenance can be seen: every fact at hand is in the drawing, and nothing in it can do harm."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # reads only what draw() wrote
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scidex.atlas.provenance import ActivityFact, AgentFact, DerivedFact, EntityFact, ProvenanceGraph, UsedFact
from scidex.atlas.provenance_drawing import draw

SVG = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "desc", "g", "a", "rect", "polygon", "path", "text"}
ATTRIBUTES = {
    "role",
    "aria-labelledby",
    "aria-describedby",
    "width",
    "height",
    "viewBox",
    "font-family",
    "color",
    "id",
    "x",
    "y",
    "rx",
    "points",
    "d",
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-dasharray",
    "stroke-linejoin",
    "font-size",
    "font-weight",
    "text-anchor",
    "href",
}
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
IDS = st.sampled_from(["a", "b", "c", "d", "<&\"'>", "\x00\ud800"])
LABELS = st.text(max_size=40) | st.sampled_from(
    ["<script>alert(1)</script>", '"><svg onload=x>', "]]>", "&amp;", "\x00\x0b\ud800\ufffe", "間葉系" * 20, "", "a\nb"]
)
GRAPHS = st.builds(
    ProvenanceGraph,
    agents=st.lists(st.builds(AgentFact, IDS, st.just("person"), LABELS), max_size=3).map(tuple),
    activities=st.lists(
        st.builds(ActivityFact, IDS, LABELS, st.none(), st.just(NOON) | st.none(), IDS, st.none() | IDS, LABELS),
        max_size=4,
    ).map(tuple),
    entities=st.lists(
        st.builds(
            EntityFact, IDS, LABELS, LABELS, st.none() | st.integers(1, 9), LABELS, st.none() | IDS, st.none() | IDS
        ),
        max_size=5,
    ).map(tuple),
    used=st.lists(st.builds(UsedFact, IDS, IDS, LABELS, LABELS), max_size=4).map(tuple),
    derived=st.lists(st.builds(DerivedFact, IDS, IDS, IDS, LABELS), max_size=4).map(tuple),
)


def example() -> ProvenanceGraph:
    return ProvenanceGraph(
        agents=(AgentFact("importer", "software", "scidex-importer"),),
        activities=(ActivityFact("import", "import a page", NOON, NOON, "importer", None, "importer 1"),),
        entities=(
            EntityFact("file", "source file", "artifact.txt", None, "sha256:ab", None, None),
            EntityFact("page@1", "page", "Mesenchymal Stem Cell Therapy for Neurodegeneration", 1, "", "import", None),
            EntityFact("page@2", "page", "MSC therapy", 2, "", None, "page@1"),
        ),
        used=(UsedFact("import", "file", "1-3", "lead"), UsedFact("import", "file", "33-34", "body")),
        derived=(DerivedFact("page@1", "file", "import", "imported from"),),
    )


def chain(length: int) -> ProvenanceGraph:
    """A page revised over and over by a few people."""
    return ProvenanceGraph(
        agents=tuple(AgentFact(f"person {n}", "person", f"Person {n}") for n in range(3)),
        activities=tuple(
            ActivityFact(f"{n}", "revise", None, NOON, f"person {n % 3}", None, "") for n in range(length)
        ),
        entities=tuple(
            EntityFact(f"{n}", "page", f"Page {n}", n, "", f"{n}", f"{n - 1}" if n else None) for n in range(length)
        ),
        used=tuple(UsedFact(f"{n}", f"{n - 1}", "", "") for n in range(1, length)),
    )


def parsed(graph: ProvenanceGraph, address: str | None = None) -> ET.Element:
    return ET.fromstring(draw(graph, href=lambda _: address))


def texts(drawing: ET.Element) -> list[str]:
    return [node.text or "" for node in drawing.iter(f"{SVG}text")]


def box(shape: ET.Element) -> tuple[float, float, float, float]:
    if shape.tag == f"{SVG}rect":
        x, y = float(shape.attrib["x"]), float(shape.attrib["y"])
        return x, y, x + float(shape.attrib["width"]), y + float(shape.attrib["height"])
    corners = [tuple(map(float, corner.split(","))) for corner in shape.attrib["points"].split()]
    xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
    return min(xs), min(ys), max(xs), max(ys)


def test_every_kind_of_thing_and_relation_is_drawn_and_named() -> None:
    drawing = parsed(example())
    assert {"scidex-importer", "import a page", "artifact.txt", "MSC therapy", "page · version 2"} <= set(
        texts(drawing)
    )
    labels = {"used ×2", "wasGeneratedBy", "wasDerivedFrom", "wasAssociatedWith", "wasRevisionOf"}
    assert labels <= set(texts(drawing))
    # one of each more than the facts hold, for the legend
    assert len([r for r in drawing.iter(f"{SVG}rect") if float(r.attrib["rx"]) > 2]) == 4
    assert len([r for r in drawing.iter(f"{SVG}rect") if float(r.attrib["rx"]) == 2]) == 2
    assert len(list(drawing.iter(f"{SVG}polygon"))) == 2


def test_long_names_are_cut_and_told_in_full_on_hovering() -> None:
    drawing = parsed(example())
    assert any(text.endswith("…") and len(text) <= 22 for text in texts(drawing))
    titles = [title.text or "" for title in drawing.iter(f"{SVG}title")]
    assert any(title.startswith("Mesenchymal Stem Cell Therapy for Neurodegeneration\n") for title in titles)
    assert "used ×2\nlead lines 1-3\nbody lines 33-34" in titles


def test_causes_stand_left_of_effects_and_agents_above() -> None:
    drawing = parsed(example())
    place = {node.text: (float(node.attrib["x"]), float(node.attrib["y"])) for node in drawing.iter(f"{SVG}text")}
    assert place["artifact.txt"][0] < place["import a page"][0] < place["page · version 1"][0] < place["MSC therapy"][0]
    assert place["scidex-importer"][1] < min(place["artifact.txt"][1], place["import a page"][1])


@pytest.mark.parametrize("graph", [example(), chain(4), chain(28), chain(200)], ids=["example", "4", "28", "200"])
def test_no_two_shapes_overlap_and_all_are_inside(graph: ProvenanceGraph) -> None:
    drawing = parsed(graph)
    boxes = [box(shape) for tag in ("rect", "polygon") for shape in drawing.iter(f"{SVG}{tag}")]
    width, height = float(drawing.attrib["width"]), float(drawing.attrib["height"])
    for index, (left, top, right, bottom) in enumerate(boxes):
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        for other in boxes[:index]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_a_drawing_without_links_is_an_image_with_a_name_and_a_description() -> None:
    drawing = parsed(example())
    assert drawing.attrib["role"] == "img"
    title, description = drawing[0], drawing[1]
    assert (title.attrib["id"], description.attrib["id"]) == (
        drawing.attrib["aria-labelledby"],
        drawing.attrib["aria-describedby"],
    )
    assert title.text == "Provenance"
    assert (description.text or "").startswith("source or version: 3, activity: 1, agent: 1.")


def test_a_drawing_with_links_does_not_hide_them_in_an_image() -> None:
    drawing = parsed(example(), "/artifact/x?a=1&b=2")
    assert drawing.attrib["role"] == "group"
    assert [link.attrib["href"] for link in drawing.iter(f"{SVG}a")] == ["/artifact/x?a=1&b=2"] * 5


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.org", "/\\evil.org", " /x", ""])
def test_an_address_that_leads_nowhere_good_is_no_link(address: str) -> None:
    assert list(parsed(example(), address).iter(f"{SVG}a")) == []


def test_beyond_sixty_things_the_drawing_says_how_many_are_missing() -> None:
    drawing = parsed(chain(100))
    assert "… and 143 more, see the table" in texts(drawing)
    assert len([title for title in drawing.iter(f"{SVG}title") if "was" not in (title.text or "")]) > 60
    shapes = [*drawing.iter(f"{SVG}rect"), *drawing.iter(f"{SVG}polygon")]
    assert len(shapes) == 60 + 3
    assert not [text for text in texts(parsed(chain(28))) if "more" in text]


def test_facts_that_go_in_a_circle_are_still_drawn() -> None:
    circle = ProvenanceGraph(
        entities=tuple(EntityFact(f"{n}", "page", f"P{n}", n, "", None, f"{(n + 1) % 3}") for n in range(3)),
        derived=(DerivedFact("0", "0", "", "itself"),),
    )
    assert {"P0", "P1", "P2", "wasRevisionOf"} <= set(texts(parsed(circle)))


def test_nothing_known_is_an_empty_drawing() -> None:
    assert parsed(ProvenanceGraph()).attrib["role"] == "img"


@settings(max_examples=200, deadline=None)
@given(GRAPHS, st.none() | LABELS | st.just('/x"><script>'))
def test_whatever_the_facts_say_the_drawing_is_well_formed_and_harmless(
    graph: ProvenanceGraph, address: str | None
) -> None:
    svg = draw(graph, href=lambda _: address)
    svg.encode()
    for node in ET.fromstring(svg).iter():
        assert node.tag.removeprefix(SVG) in TAGS
        assert set(node.attrib) <= ATTRIBUTES
        assert re.match(r"https?://|/|#|\?", node.attrib.get("href", "/"))


@pytest.mark.timeout(60)
def test_a_large_graph_is_drawn_at_once() -> None:
    draw(chain(3_000), href=lambda _: None)
