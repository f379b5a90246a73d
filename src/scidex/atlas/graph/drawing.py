"""Drawings of the graph: what stands around an entity, and the ways from one to another. A standalone SVG, without script.

Around an entity, what points to it stands left and what it points to right, in groups of one relation, each thing on a line
of its own: labels cannot meet, however long they are. On narrow pages all stands in one column. The places follow from the
edges alone, so the same edges give the same drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scidex.atlas.graph import drawing_parts as parts
from scidex.atlas.graph.drawing_parts import BOX_HEIGHT, MARGIN, Href
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.predicates import MEANINGS, Predicate

MOST_EDGES = 60
"""Edges in one drawing; what is more is counted."""
NARROW = 328
"""The width of a drawing for a telephone."""
_BETWEEN, _HEADING, _AFTER_GROUP = 8, 24, 10
_STRETCH = 74
"""The length of the line that shows an edge: long enough for its dashes to be told apart."""
_BOX, _CENTRE = 236, 240
_TRUNK = 34
_PATH_BOX, _PATH_GAP, _PATH_ROW = 176, 150, 62
_MOST_ACROSS = 3
"""Entities of a path beside each other; longer ones go down."""


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An edge as it is drawn. `name` is what its page is called; `verdict` one of `parts.LINES`, "" if there is none."""

    name: str
    subject: Entity
    predicate: Predicate
    object: Entity
    negated: bool = False
    verdict: str = ""
    aspect: str = ""

    @property
    def told(self) -> str:
        """The edge and its verdict in words."""
        words = f"{'not: ' if self.negated else ''}{MEANINGS[self.predicate].words[0]}"
        aspect = f" ({self.aspect})" if self.aspect else ""
        return f"{self.subject.name} {words} {self.object.name}{aspect}\n{parts.line_of(self.verdict).label}"


@dataclass(frozen=True, slots=True)
class _Neighbour:
    """A thing beside the centre: `out` if the edge leads to it."""

    edge: DrawnEdge
    entity: Entity
    out: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbours by one relation, and the words that lead from the centre to them."""

    heading: str
    members: tuple[_Neighbour, ...]

    def height(self, width: float) -> float:
        """How tall it is with boxes of this width."""
        boxes = sum(parts.box_height(each.entity, width) + _BETWEEN for each in self.members)
        return _HEADING + boxes + _AFTER_GROUP


def draw_neighbourhood(
    centre: Entity, edges: Sequence[DrawnEdge], *, href: Href, more: int = 0, narrow: bool = False
) -> str:
    """What stands around `centre`. `more` is how many edges are left out besides those beyond `MOST_EDGES`.

    `href` gives the address of an entity (by its identifier) or of an edge (``edge:`` and its name), None for none.
    """
    shown, left_out = edges[:MOST_EDGES], more + max(0, len(edges) - MOST_EDGES)
    groups = _groups(centre, shown)
    incoming = [group for group in groups if not group.members[0].out]
    outgoing = [group for group in groups if group.members[0].out]
    drawn, width, height = (_column if narrow else _sides)(centre, incoming, outgoing, left_out, href)
    told = f"{len(shown)} edges" + (f", and {left_out} more that are not drawn" if left_out else "")
    legend, height = _legend(
        [centre, *(each.entity for group in groups for each in group.members)], shown, height, width
    )
    return parts.svg([*drawn, legend], width, height, f"Around {centre.name}", f"{told}. {_summary(groups)}")


def _summary(groups: Sequence[_Group]) -> str:
    return " ".join(
        f"{group.heading[:1].upper()}{group.heading[1:]}: {', '.join(each.entity.name for each in group.members)}."
        for group in groups
    )


def _groups(centre: Entity, edges: Sequence[DrawnEdge]) -> list[_Group]:
    found: dict[tuple[bool, Predicate, bool, str], list[_Neighbour]] = {}
    for edge in edges:
        meaning = MEANINGS[edge.predicate]
        from_centre, to_centre = edge.subject.curie == centre.curie, edge.object.curie == centre.curie
        out = from_centre or meaning.symmetric or not to_centre
        entity = edge.object if from_centre or not to_centre else edge.subject
        # Where neither end is the centre, as for something it contains, the other end is named.
        through = "" if from_centre or to_centre else edge.subject.name
        found.setdefault((out, edge.predicate, edge.negated, through), []).append(_Neighbour(edge, entity, out))
    groups = []
    for (out, predicate, negated, through), members in found.items():
        words = MEANINGS[predicate].words[0 if out else 1]
        heading = f"{through}: {words}" if through else words
        groups.append(_Group(f"not: {heading}" if negated else heading, tuple(members)))
    return groups


def _sides(
    centre: Entity, incoming: list[_Group], outgoing: list[_Group], more: int, href: Href
) -> tuple[list[str], float, float]:
    """The drawing for a wide page, its width and its height."""
    right_extra = BOX_HEIGHT + _BETWEEN if more else 0
    tall = [sum(group.height(_BOX) for group in side) for side in (incoming, outgoing)]
    height = max(tall[0], tall[1] + right_extra, parts.box_height(centre, _CENTRE, strong=True) + _AFTER_GROUP)
    middle = MARGIN + height / 2
    reach = _TRUNK + _STRETCH + _BOX
    left = MARGIN + (reach if incoming else 0)
    right = left + _CENTRE
    drawn: list[str] = []
    if incoming:
        drawn += _side(incoming, left - _TRUNK, middle, MARGIN + (height - tall[0]) / 2, left, href, mirrored=True)
    if outgoing or more:
        top = MARGIN + (height - tall[1] - right_extra) / 2
        drawn += _side(outgoing, right + _TRUNK, middle, top, right, href, mirrored=False)
        if more:
            drawn.append(_more(right + _TRUNK + _STRETCH, top + tall[1] + BOX_HEIGHT / 2, _BOX, more))
    drawn.append(parts.box(centre, left, middle, _CENTRE, href=href, strong=True))
    return drawn, right + (reach if outgoing or more else 0) + MARGIN, MARGIN + height


def _side(
    groups: Sequence[_Group], spine: float, middle: float, top: float, edge: float, href: Href, *, mirrored: bool
) -> list[str]:
    """Groups below each other beside an upright line, which a level one joins to the centre."""
    if not groups:
        return []
    box = spine - _STRETCH - _BOX if mirrored else spine + _STRETCH
    drawn, ends = _rows(groups, spine, box, _BOX, top, href, mirrored=mirrored)
    low, high = min(middle, ends[0]), max(middle, ends[1])
    return [_joint(f"M{edge:g},{middle:g}H{spine:g}M{spine:g},{low:g}V{high:g}"), *drawn]


def _column(
    centre: Entity, incoming: list[_Group], outgoing: list[_Group], more: int, href: Href
) -> tuple[list[str], float, float]:
    """The drawing for a narrow page, its width and its height."""
    groups = [*outgoing, *incoming]
    head = parts.box_height(centre, NARROW - 2 * MARGIN, strong=True)
    spine, top = MARGIN + 8.0, MARGIN + head + 6
    box = spine + _STRETCH - 8
    width = NARROW - MARGIN - box
    drawn = [parts.box(centre, MARGIN, MARGIN + head / 2, NARROW - 2 * MARGIN, href=href, strong=True)]
    if groups:
        rows, ends = _rows(groups, spine, box, width, top, href, mirrored=False)
        drawn += [_joint(f"M{spine:g},{MARGIN + head:g}V{ends[1]:g}"), *rows]
    top += sum(group.height(width) for group in groups)
    if more:
        drawn.append(_more(box, top + BOX_HEIGHT / 2, width, more))
        top += BOX_HEIGHT + _BETWEEN
    return drawn, NARROW, top


def _rows(
    groups: Sequence[_Group], spine: float, box: float, width: float, top: float, href: Href, *, mirrored: bool
) -> tuple[list[str], tuple[float, float]]:
    """The headings and neighbours of groups, and the heights of the first and last."""
    drawn: list[str] = []
    heights: list[float] = []
    near = box + width if mirrored else box
    for group in groups:
        heading = parts.fitting(group.heading, width + _STRETCH - 16, 13.5)
        at = spine - 12 if mirrored else spine + 12
        drawn.append(parts.written(at, top + 16, heading, size=12, weight=600, anchor="end" if mirrored else "start"))
        top += _HEADING
        for each in group.members:
            tall = parts.box_height(each.entity, width)
            y = top + tall / 2
            drawn += [_edge(each, (spine, y), (near, y), href), parts.box(each.entity, box, y, width, href=href)]
            heights.append(y)
            top += tall + _BETWEEN
        top += _AFTER_GROUP
    return drawn, (heights[0], heights[-1])


def _edge(each: _Neighbour, inner: parts.Point, outer: parts.Point, href: Href) -> str:
    edge = each.edge
    start, end = (inner, outer) if each.out else (outer, inner)
    arrow = not MEANINGS[edge.predicate].symmetric
    return _linked_line(edge, start, end, href, arrow=arrow)


def _linked_line(edge: DrawnEdge, start: parts.Point, end: parts.Point, href: Href, *, arrow: bool) -> str:
    """The line of an edge, with a broad one that cannot be seen above it, to be hit with a finger."""
    line = parts.stretch(start, end, edge.verdict, negated=edge.negated, arrow=arrow)
    broad = f'<path d="M{start[0]:g},{start[1]:g}L{end[0]:g},{end[1]:g}" fill="none" stroke="currentColor" '
    target = f'{broad}stroke-width="24" stroke-opacity="0"/>'
    return parts.linked(f"<title>{parts.text(edge.told)}</title>{line}{target}", href(f"edge:{edge.name}"))


def _joint(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="1.2" stroke-opacity="0.55"/>'


def _more(left: float, middle: float, width: float, more: int) -> str:
    words = parts.written(left + width / 2, middle + 4.5, f"+{more:,} more, in the list", size=13, anchor="middle")
    return f"<g>{parts.frame(left, middle, width, BOX_HEIGHT, dashed=True)}{words}</g>"


def _legend(entities: Sequence[Entity], edges: Sequence[DrawnEdge], top: float, width: float) -> tuple[str, float]:
    return parts.legend(
        (entity.category for entity in entities),
        (edge.verdict for edge in edges),
        top,
        width,
        negated=any(edge.negated for edge in edges),
    )


# --- paths


Path = tuple[Sequence[Entity], Sequence[DrawnEdge]]
"""The entities on a way in order, and the edges between them, each in its own direction."""


def draw_paths(paths: Sequence[Path], *, href: Href, narrow: bool = False) -> str:
    """Ways from one entity to another, one below the other; arrows lead from subject to object, whichever way one goes."""
    drawn: list[str] = []
    top, width = float(MARGIN), float(NARROW)
    for entities, edges in paths:
        if narrow or len(entities) > _MOST_ACROSS + 1:
            made, wide, tall = _downwards(entities, edges, top, href)
        else:
            made, wide, tall = _across(entities, edges, top, href)
        drawn += made
        top, width = top + tall + 16, max(width, wide)
    every = [entity for entities, _ in paths for entity in entities]
    edges_drawn = [edge for _, edges in paths for edge in edges]
    legend, height = _legend(every, edges_drawn, top, width)
    told = " ".join(
        f"Path {number}: {' – '.join(entity.name for entity in entities)}."
        for number, (entities, _) in enumerate(paths, start=1)
    )
    ends = f" from {every[0].name} to {every[-1].name}" if every else ""
    return parts.svg([*drawn, legend], width, height, f"{len(paths)} paths{ends}", told)


def _across(
    entities: Sequence[Entity], edges: Sequence[DrawnEdge], top: float, href: Href
) -> tuple[list[str], float, float]:
    """A path from left to right, its width and height."""
    y = top + _PATH_ROW / 2
    drawn: list[str] = []
    left = float(MARGIN)
    for position, entity in enumerate(entities):
        drawn.append(parts.box(entity, left, y, _PATH_BOX, href=href, strong=position in (0, len(entities) - 1)))
        left += _PATH_BOX
        if position < len(edges):
            edge = edges[position]
            drawn.append(_step(edge, entity, (left + 4, y), (left + _PATH_GAP - 4, y), href))
            words = parts.fitting(_words(edge), _PATH_GAP - 8, 11.5)
            drawn.append(parts.written(left + _PATH_GAP / 2, y - 10, words, size=11, anchor="middle"))
            left += _PATH_GAP
    return drawn, left + MARGIN, _PATH_ROW


def _downwards(
    entities: Sequence[Entity], edges: Sequence[DrawnEdge], top: float, href: Href
) -> tuple[list[str], float, float]:
    """A path from top to bottom, its width and height."""
    width = NARROW - 2 * MARGIN
    drawn: list[str] = []
    y = top
    for position, entity in enumerate(entities):
        strong = position in (0, len(entities) - 1)
        tall = parts.box_height(entity, width, strong=strong)
        drawn.append(parts.box(entity, MARGIN, y + tall / 2, width, href=href, strong=strong))
        y += tall
        if position < len(edges):
            edge = edges[position]
            drawn.append(_step(edge, entity, (MARGIN + 16, y + 3), (MARGIN + 16, y + 47), href))
            words = parts.fitting(_words(edge), width - 50, 12.5)
            drawn.append(parts.written(MARGIN + 36, y + 29, words, size=12))
            y += 50
    return drawn, NARROW, y - top


def _step(edge: DrawnEdge, here: Entity, near: parts.Point, far: parts.Point, href: Href) -> str:
    start, end = (near, far) if edge.subject.curie == here.curie else (far, near)
    return _linked_line(edge, start, end, href, arrow=not MEANINGS[edge.predicate].symmetric)


def _words(edge: DrawnEdge) -> str:
    words = MEANINGS[edge.predicate].words[0]
    return f"not: {words}" if edge.negated else words
