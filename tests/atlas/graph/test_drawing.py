"""The graph can be seen: everything is named and linked, nothing overlaps or is cut off, and nothing in it can do harm."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # reads only what the drawing wrote
from itertools import cycle, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scidex.atlas.graph.categories import LABELS, Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.drawing import MOST_EDGES, NARROW, DrawnEdge, draw_neighbourhood, draw_paths
from scidex.atlas.graph.drawing_parts import _SHAPES, BOX_HEIGHT, LINES, fitting, in_lines, text_width
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.predicates import MEANINGS, Predicate

SVG = "{http://www.w3.org/2000/svg}"
TAGS = {"svg", "title", "desc", "g", "a", "rect", "polygon", "circle", "path", "text"}
LABEL_TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><svg onload=x>',
        "]]>",
        "&amp;",
        "\x00\x0b\ud800\ufffe",
        "間葉系" * 40,
        "",
        "a\nb",
        "W" * 90,
    ]
)
MSC = Entity(Curie("CL:0000134"), "mesenchymal stem/stromal cell", Category.CELL)
LONG = "radicular pain with thickened lumbosacral roots after repeated intrathecal injections of cells"


def thing(number: int, name: str = "", category: Category = Category.GENE) -> Entity:
    return Entity(Curie(f"HGNC:{number + 1}"), name or f"gene {number}", category)


def around(count: int) -> list[DrawnEdge]:
    """Edges of every predicate, category and verdict, in and out, some denied, some with long names."""
    verdicts, predicates, categories = cycle(LINES), cycle(Predicate), cycle(Category)
    made = []
    for number in range(count):
        other = thing(number, LONG if number % 7 == 0 else "", next(categories))
        ends = (MSC, other) if number % 3 else (other, MSC)
        made.append(DrawnEdge(f"e{number}", ends[0], next(predicates), ends[1], number % 5 == 0, next(verdicts)))
    return made


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def drawn(count: int, *, narrow: bool = False, more: int = 0) -> ET.Element:
    return parsed(draw_neighbourhood(MSC, around(count), href=lambda key: f"/x/{key}", more=more, narrow=narrow))


def texts(drawing: ET.Element) -> list[str]:
    return [node.text or "" for node in drawing.iter(f"{SVG}text")]


Box = tuple[float, float, float, float]


def frames(drawing: ET.Element) -> list[Box]:
    return [
        (
            x := float(rect.attrib["x"]),
            y := float(rect.attrib["y"]),
            x + float(rect.attrib["width"]),
            y + float(rect.attrib["height"]),
        )
        for rect in drawing.iter(f"{SVG}rect")
        if float(rect.attrib["height"]) >= BOX_HEIGHT
    ]


def text_boxes(drawing: ET.Element) -> list[Box]:
    made = []
    for node in drawing.iter(f"{SVG}text"):
        size = float(node.attrib["font-size"])
        x, y, width = float(node.attrib["x"]), float(node.attrib["y"]), text_width(node.text or "", size)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[node.attrib["text-anchor"]]
        made.append((left, y - 0.8 * size, left + width, y + 0.22 * size))
    return made


def apart(one: Box, other: Box) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def inside(one: Box, other: Box) -> bool:
    return other[0] <= one[0] and other[1] <= one[1] and one[2] <= other[2] and one[3] <= other[3]


def nothing_collides(drawing: ET.Element) -> None:
    boxes, labels = frames(drawing), text_boxes(drawing)
    page = (0.0, 0.0, float(drawing.attrib["width"]), float(drawing.attrib["height"]))
    for index, label in enumerate(labels):
        assert inside(label, page), texts(drawing)[index]
        assert all(apart(label, other) for other in labels[:index]), texts(drawing)[index]
        assert all(apart(label, box) or inside(label, box) for box in boxes), texts(drawing)[index]
    for index, box in enumerate(boxes):
        assert inside(box, page)
        assert all(apart(box, other) for other in boxes[:index])


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("count", [0, 1, 2, 17, 60, 200])
def test_no_labels_or_boxes_collide_and_none_is_cut_off(count: int, narrow: bool) -> None:
    drawing = drawn(count, narrow=narrow, more=count // 2)
    nothing_collides(drawing)
    if narrow:
        assert float(drawing.attrib["width"]) == NARROW <= 360
    assert min(float(node.attrib["font-size"]) for node in drawing.iter(f"{SVG}text")) >= 11


def test_every_neighbour_and_edge_is_drawn_named_and_linked() -> None:
    drawing = drawn(60)
    links = [link.attrib["href"] for link in drawing.iter(f"{SVG}a")]
    assert set(links) == {f"/x/{edge.name and f'edge:{edge.name}'}" for edge in around(60)} | {
        f"/x/{entity.curie}" for edge in around(60) for entity in (edge.subject, edge.object)
    }
    titles = {title.text for title in drawing.iter(f"{SVG}title")}
    for edge in around(60):
        assert edge.told in titles
    assert {MEANINGS[Predicate.ASSOCIATED_WITH].words[0], "not: is related to"} <= set(texts(drawing))


def test_what_points_to_the_centre_stands_left_and_what_it_points_to_right() -> None:
    other, symmetric = thing(1, "other"), thing(2, "friend")
    drawing = parsed(
        draw_neighbourhood(
            MSC,
            [
                DrawnEdge("a", MSC, Predicate.SECRETES, thing(0, "HGF")),
                DrawnEdge("b", other, Predicate.INCREASES, MSC),
                DrawnEdge("c", symmetric, Predicate.INTERACTS_WITH, MSC),
            ],
            href=lambda _: None,
        )
    )
    place = {node.text: float(node.attrib["x"]) for node in drawing.iter(f"{SVG}text")}
    assert place["other"] < place["mesenchymal"] < place["HGF"] == place["friend"]
    assert "is increased by" in place


def test_where_neither_end_is_the_centre_the_other_end_is_named() -> None:
    part, far = thing(1, "bone-marrow-derived MSC", Category.CELL), thing(2, "stroke", Category.DISEASE)
    drawing = parsed(draw_neighbourhood(MSC, [DrawnEdge("a", part, Predicate.TREATS, far)], href=lambda _: None))
    assert "bone-marrow-derived MSC: treats" in texts(drawing)


def test_a_verdict_is_told_by_its_line_and_not_by_colour_alone() -> None:
    looks = set()
    for verdict in LINES:
        drawing = parsed(
            draw_neighbourhood(
                MSC, [DrawnEdge("a", MSC, Predicate.TREATS, thing(0), False, verdict)], href=lambda _: "/x"
            )
        )
        [link] = [each for each in drawing.iter(f"{SVG}a") if LINES[verdict].label in (each[0].text or "")]
        looks.add((tuple(path.attrib.get("stroke-dasharray") for path in link.iter(f"{SVG}path")), len(list(link))))
        assert LINES[verdict].label in texts(drawing)
    assert len(looks) == len(LINES)


def test_a_denied_edge_has_a_bar_and_says_not() -> None:
    plain, denied = (
        parsed(
            draw_neighbourhood(MSC, [DrawnEdge("a", MSC, Predicate.EXPRESSES, thing(0), negated)], href=lambda _: "/x")
        )
        for negated in (False, True)
    )
    assert "not: expresses" in texts(denied)
    assert "denied" in texts(denied)
    assert "denied" not in texts(plain)


def test_each_category_has_a_shape_of_its_own() -> None:
    assert set(_SHAPES) == set(Category)
    assert len({shape(0, 0) for shape, _ in _SHAPES.values()}) == len(Category)
    assert {LABELS[category][0] for category in Category} <= set(texts(drawn(60)))


def test_what_is_left_out_is_counted() -> None:
    assert "+145 more, in the list" in texts(drawn(MOST_EDGES + 140, more=5))
    assert "+5 more, in the list" in texts(drawn(3, more=5))
    assert not [text for text in texts(drawn(60)) if "more" in text]


def test_the_same_edges_give_the_same_drawing() -> None:
    first, second = (draw_neighbourhood(MSC, around(40), href=lambda key: key) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "address", [None, "javascript:alert(1)", "data:text/html,x", "//evil.org", "/\\evil.org", " /x", ""]
)
def test_an_address_that_leads_nowhere_good_is_no_link(address: str | None) -> None:
    drawing = parsed(draw_neighbourhood(MSC, around(5), href=lambda _: address))
    assert list(drawing.iter(f"{SVG}a")) == []
    assert drawing.attrib["role"] == "img"


def test_the_drawing_has_a_name_and_a_description() -> None:
    drawing = drawn(4, more=3)
    assert drawing.attrib["role"] == "group"
    title, description = drawing[0], drawing[1]
    assert (title.attrib["id"], description.attrib["id"]) == (
        drawing.attrib["aria-labelledby"],
        drawing.attrib["aria-describedby"],
    )
    assert title.text == "Around mesenchymal stem/stromal cell"
    assert (description.text or "").startswith("4 edges, and 3 more that are not drawn. ")
    assert "gene 1" in (description.text or "")


def paths() -> list[tuple[list[Entity], list[DrawnEdge]]]:
    short = [thing(0, "HGF"), MSC, thing(1, "Alzheimer disease", Category.DISEASE)]
    long = [*short, *(thing(number, LONG, Category.PATHWAY) for number in range(2, 5))]
    edges = [
        DrawnEdge(f"e{n}", one, Predicate.HAS_ADVERSE_EVENT, other, n == 1, "mixed")
        for n, (one, other) in enumerate(pairwise(long))
    ]
    edges[0] = DrawnEdge("e0", MSC, Predicate.SECRETES, short[0], verdict="supported")
    return [(short, edges[:2]), (long, edges)]


@pytest.mark.parametrize("narrow", [False, True])
def test_paths_go_from_one_end_to_the_other(narrow: bool) -> None:
    drawing = parsed(draw_paths(paths(), href=lambda key: f"/x/{key}", narrow=narrow))
    nothing_collides(drawing)
    assert "Path 1: HGF – mesenchymal stem/stromal cell – Alzheimer disease." in (drawing[1].text or "")
    assert len([link for link in drawing.iter(f"{SVG}a") if "/x/edge:" in link.attrib["href"]]) == 7
    assert "secretes" in texts(drawing)


def test_an_arrow_leads_from_subject_to_object_whichever_way_the_path_goes() -> None:
    drawing = parsed(draw_paths([paths()[0]], href=lambda key: f"/x/{key}"))
    tips = {}
    for link in drawing.iter(f"{SVG}a"):
        if "edge:" in link.attrib["href"]:
            [head] = [path.attrib["d"] for path in link.iter(f"{SVG}path") if path.attrib["d"].endswith("Z")]
            [line, *_] = [path.attrib["d"] for path in link.iter(f"{SVG}path")]
            tips[link.attrib["href"][-2:]] = float(head[1:].split(",")[0]) - float(line[1:].split(",")[0])
    assert tips["e0"] < 0 < tips["e1"]


def test_no_paths_and_no_edges_are_drawings_too() -> None:
    assert parsed(draw_paths([], href=lambda _: None)).attrib["role"] == "img"
    assert "mesenchymal" in texts(drawn(0))


ENTITIES = st.builds(
    Entity, st.sampled_from([MSC.curie, Curie("HGNC:1"), Curie("HGNC:2")]), LABEL_TEXTS, st.sampled_from(Category)
)
EDGES = st.builds(
    DrawnEdge,
    LABEL_TEXTS,
    ENTITIES,
    st.sampled_from(Predicate),
    ENTITIES,
    st.booleans(),
    LABEL_TEXTS | st.sampled_from(sorted(LINES)),
    LABEL_TEXTS,
)


@settings(max_examples=150, deadline=None)
@given(ENTITIES, st.lists(EDGES, max_size=5), st.none() | LABEL_TEXTS | st.just('/x"><script>'), st.booleans())
def test_whatever_things_are_called_the_drawing_is_well_formed_and_harmless(
    centre: Entity, edges: list[DrawnEdge], address: str | None, narrow: bool
) -> None:
    ways = [([edge.subject, edge.object], [edge]) for edge in edges]
    for svg in (
        draw_neighbourhood(centre, edges, href=lambda _: address, narrow=narrow),
        draw_paths(ways, href=lambda _: address, narrow=narrow),
    ):
        svg.encode()
        drawing = parsed(svg)
        nothing_collides(drawing)
        for node in drawing.iter():
            assert node.tag.removeprefix(SVG) in TAGS
            assert not [name for name in node.attrib if name.startswith("on") or name == "style"]
            assert re.match(r"https?://|/|#|\?", node.attrib.get("href", "/"))


@given(LABEL_TEXTS, st.integers(30, 300))
def test_a_fitted_text_fits(words: str, width: int) -> None:
    assert text_width(fitting(words, width, 13), 13) <= width
    lines = in_lines(words, width, 13)
    assert 1 <= len(lines) <= 2
    assert all(text_width(line, 13) <= width for line in lines)


@pytest.mark.timeout(60)
def test_a_large_neighbourhood_is_drawn_at_once() -> None:
    draw_neighbourhood(MSC, around(20_000), href=lambda _: None)
