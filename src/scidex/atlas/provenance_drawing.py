"""A provenance graph as a drawing: a standalone SVG that can also stand inside a page.

Causes are left, effects right, agents above, in the shapes of PROV (entity round, activity square, agent a house);
arrows lead back to what a thing came from, as PROV draws them. The layout is Sugiyama's, made small: layers by
longest path, long edges bent through empty places in the layers between, order by barycentre.

Only presentation attributes are used, since the pages' security policy forbids inline styles. Lines and text are in
the colour of the surrounding text, shapes tinted with Okabe and Ito's palette, which colour-blind readers can tell
apart; shape says the same as colour.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from scidex.atlas.provenance import ProvenanceGraph

Shape = Literal["entity", "activity", "agent"]
Point = tuple[float, float]

MOST_NODES = 60
_TINTS: dict[Shape, str] = {"entity": "#F0E442", "activity": "#56B4E9", "agent": "#E69F00"}
_LEGEND: dict[Shape, str] = {"entity": "source or version", "activity": "activity", "agent": "agent"}
_WIDTH, _HEIGHT, _BEND_HEIGHT = 200, 50, 18
_COLUMN_GAP, _ROW_GAP, _MARGIN = 140, 32, 20
_LANE = 9
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SAFE_ADDRESS = re.compile(r"(?:https?://|/(?![/\\])|#|\?)")


@dataclass(frozen=True, slots=True)
class _Node:
    """One thing to draw. `key` is its id with its shape in front, since ids are unique within a shape only."""

    key: str
    id: str
    shape: Shape
    label: str
    note: str
    about: str


@dataclass(frozen=True, slots=True)
class _Edge:
    """From an effect to its cause. `about` is told on hovering."""

    start: str
    end: str
    label: str
    about: str


def draw(graph: ProvenanceGraph, *, href: Callable[[str], str | None]) -> str:
    """The drawing. `href` gives the address of an id, or None for things without a page of their own."""
    every = _nodes(graph)
    edges = _merged(edge for edge in _edges(graph) if edge.start in every and edge.end in every)
    nodes = _nearest(every, edges)
    edges = [edge for edge in edges if edge.start in nodes and edge.end in nodes]
    flow = [edge for edge in edges if nodes[edge.end].shape != "agent"]
    associated = [edge for edge in edges if nodes[edge.end].shape == "agent"]
    columns, bends = _columns([key for key, node in nodes.items() if node.shape != "agent"], flow)
    places, width, height = _places(columns, [key for key in nodes if nodes[key].shape == "agent"], associated)
    parts = [_flow(edge, places, bends[edge]) for edge in flow] + _associations(associated, places, columns)
    parts += [_linked(nodes[key], places[key], href(nodes[key].id)) for key in nodes]
    if len(every) > len(nodes):
        more = f"… and {len(every) - len(nodes)} more, see the table"
        parts.append(_words(width / 2, height + 14, more, size=13))
        height += 34
    parts.append(_legend(height))
    counts = {shape: sum(node.shape == shape for node in every.values()) for shape in _TINTS}
    told = ", ".join(f"{_LEGEND[shape]}: {count}" for shape, count in counts.items())
    return _svg(parts, max(width, 620), height + 46, f"{told}. Arrows lead from each thing to what it came from.")


# --- what to draw


def _nodes(graph: ProvenanceGraph) -> dict[str, _Node]:
    found: list[_Node] = []
    for entity in graph.entities:
        note = entity.kind if entity.version is None else f"{entity.kind} · version {entity.version}"
        about = "\n".join(part for part in (entity.label, note, entity.hash) if part)
        found.append(_Node(f"entity {entity.id}", entity.id, "entity", entity.label or entity.id, note, about))
    for activity in graph.activities:
        when = activity.ended or activity.started
        note = when.strftime("%Y-%m-%d %H:%M") if when else activity.method
        about = "\n".join(part for part in (activity.action, activity.method, when.isoformat() if when else "") if part)
        found.append(_Node(f"activity {activity.id}", activity.id, "activity", activity.action, note, about))
    for agent in graph.agents:
        about = f"{agent.label}\n{agent.type}"
        found.append(_Node(f"agent {agent.id}", agent.id, "agent", agent.label or agent.id, agent.type, about))
    return {node.key: node for node in found}


def _edges(graph: ProvenanceGraph) -> Iterable[_Edge]:
    for use in graph.used:
        about = " ".join(part for part in (use.role, f"lines {use.lines}" if use.lines else "") if part)
        yield _Edge(f"activity {use.activity_id}", f"entity {use.entity_id}", "used", about)
    for entity in graph.entities:
        if entity.generated_by:
            yield _Edge(f"entity {entity.id}", f"activity {entity.generated_by}", "wasGeneratedBy", "")
        if entity.revision_of:
            yield _Edge(f"entity {entity.id}", f"entity {entity.revision_of}", "wasRevisionOf", "")
    for derivation in graph.derived:
        start, end = f"entity {derivation.generated_id}", f"entity {derivation.used_id}"
        yield _Edge(start, end, "wasDerivedFrom", derivation.relation)
    for activity in graph.activities:
        yield _Edge(f"activity {activity.id}", f"agent {activity.agent_id}", "wasAssociatedWith", "")
        if activity.parent_id:
            yield _Edge(f"activity {activity.id}", f"activity {activity.parent_id}", "wasInformedBy", "")


def _merged(edges: Iterable[_Edge]) -> list[_Edge]:
    """One edge for all of the same name between the same two things; a revision says more than a derivation."""
    groups: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for edge in edges:
        if edge.start != edge.end:
            groups[edge.start, edge.end, edge.label].append(edge.about)
    merged: list[_Edge] = []
    for (start, end, label), abouts in groups.items():
        if label == "wasDerivedFrom" and (start, end, "wasRevisionOf") in groups:
            continue
        times = f" ×{len(abouts)}" if len(abouts) > 1 else ""
        merged.append(_Edge(start, end, label + times, "\n".join(dict.fromkeys(filter(None, abouts)))))
    return merged


def _nearest(nodes: dict[str, _Node], edges: Sequence[_Edge]) -> dict[str, _Node]:
    """The first `MOST_NODES` things, those connected with each other first."""
    if len(nodes) <= MOST_NODES:
        return nodes
    neighbours: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        neighbours[edge.start].append(edge.end)
        neighbours[edge.end].append(edge.start)
    kept: dict[str, None] = {}
    for first in nodes:
        waiting = deque([first])
        while waiting and len(kept) < MOST_NODES:
            key = waiting.popleft()
            if key not in kept:
                kept[key] = None
                waiting.extend(neighbours[key])
    return {key: node for key, node in nodes.items() if key in kept}


# --- where to draw it


def _columns(keys: Sequence[str], edges: Sequence[_Edge]) -> tuple[list[list[str]], dict[_Edge, list[str]]]:
    """The columns from cause to effect, and for each edge the places it bends through, from effect to cause."""
    causes: dict[str, set[str]] = {key: set() for key in keys}
    for edge in edges:
        causes[edge.start].add(edge.end)
    layer: dict[str, int] = {}
    waiting = dict.fromkeys(keys)
    while waiting:  # a circle, which only wrong facts can contain, is cut at the thing with the fewest open causes
        key = min(waiting, key=lambda one: len(causes[one] & waiting.keys()))
        layer[key] = max((layer[cause] + 1 for cause in causes[key] if cause in layer), default=0)
        del waiting[key]
    for edge in edges:  # a source first used late stands next to its first use
        effects = [layer[other.start] for other in edges if other.end == edge.end]
        if not causes[edge.end] and min(effects) > layer[edge.end] + 1:
            layer[edge.end] = min(effects) - 1
    columns: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for key in keys:
        columns[layer[key]].append(key)
    bends: dict[_Edge, list[str]] = {}
    links: list[tuple[str, str]] = []
    for number, edge in enumerate(edges):
        step = -1 if layer[edge.start] > layer[edge.end] else 1
        between = range(layer[edge.start] + step, layer[edge.end], step)
        bends[edge] = [f"bend {number} {column}" for column in between]
        for bend, column in zip(bends[edge], between, strict=True):
            columns[column].append(bend)
        path = [edge.start, *bends[edge], edge.end]
        links.extend(pairwise(path))
    return _untangled(columns, links), bends


def _untangled(columns: list[list[str]], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Each column in the order of where its neighbours in the columns beside it stand, swept there and back."""
    beside: dict[str, list[str]] = defaultdict(list)
    for one, other in links:
        beside[one].append(other)
        beside[other].append(one)
    rank = {key: index / len(column) for column in columns for index, key in enumerate(column)}
    for sweep in range(6):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            near = {key: [rank[other] for other in beside[key] if other not in column] or [rank[key]] for key in column}
            column.sort(key=lambda key: (sum(near[key]) / len(near[key]), key.startswith("bend")))
            rank.update({key: (index + 0.5) / len(column) for index, key in enumerate(column)})
    return columns


def _places(
    columns: Sequence[Sequence[str]], agents: Sequence[str], associations: Sequence[_Edge]
) -> tuple[dict[str, Point], float, float]:
    """The middle of everything, and the size of the drawing. Agents stand above the middle of their activities."""
    tall = [sum(_tall(key) for key in column) + _ROW_GAP * (len(column) - 1) for column in columns]
    top = _MARGIN + (_HEIGHT + 2 * _ROW_GAP + _LANE * len(agents) if agents else 0)
    places: dict[str, Point] = {}
    for number, column in enumerate(columns):
        x = _MARGIN + _WIDTH / 2 + number * (_WIDTH + _COLUMN_GAP)
        y: float = top + (max(tall) - tall[number]) / 2
        for key in column:
            places[key] = (x, y + _tall(key) / 2)
            y += _tall(key) + _ROW_GAP
    wish = {key: [places[edge.start][0] for edge in associations if edge.end == key] for key in agents}
    right: float = _MARGIN - _ROW_GAP
    for key in sorted(agents, key=lambda one: sum(wish[one]) / len(wish[one]) if wish[one] else 0.0):
        middle = sum(wish[key]) / len(wish[key]) if wish[key] else 0.0
        x = max(middle, right + _ROW_GAP + _WIDTH / 2)
        places[key], right = (x, _MARGIN + _HEIGHT / 2), x + _WIDTH / 2
    width = max([right, *(x + _WIDTH / 2 for x, _ in places.values())]) + _MARGIN
    return places, width, top + max(tall, default=0) + _MARGIN


def _tall(key: str) -> int:
    return _BEND_HEIGHT if key.startswith("bend") else _HEIGHT


# --- drawing it


def _edge(edge: _Edge, path: str, arrow: str, words: str) -> str:
    dashes = ' stroke-dasharray="5 4"' if edge.label.startswith(("wasDerived", "wasRevision")) else ""
    look = f'fill="none" stroke="currentColor" stroke-width="1.3" stroke-opacity="0.6" stroke-linejoin="round"{dashes}'
    about = f"{edge.label}\n{edge.about}" if edge.about else edge.label
    return f'<g><title>{_text(about)}</title><path d="{path}" {look}/>{arrow}{words}</g>'


def _flow(edge: _Edge, places: dict[str, Point], bends: Sequence[str]) -> str:
    """An edge between columns: curved across the gaps, straight past what stands in the columns between."""
    start, end = places[edge.start], places[edge.end]
    side = -1 if end[0] < start[0] else 1
    points = [(start[0] + side * _WIDTH / 2, start[1])]
    for x, y in (places[bend] for bend in bends):
        points += [(x - side * _WIDTH / 2, y), (x + side * _WIDTH / 2, y)]
    points.append((end[0] - side * _WIDTH / 2, end[1]))
    path = f"M{_at(points[0])}"
    for index, (here, there) in enumerate(pairwise(points)):
        half = (here[0] + there[0]) / 2
        path += f"L{_at(there)}" if index % 2 else f"C{_at((half, here[1]))} {_at((half, there[1]))} {_at(there)}"
    if bends:  # named on its straight stretch, which no other line shares
        x, y = 0.7 * points[1][0] + 0.3 * points[2][0], points[1][1]
    else:  # named near the effect, where lines that meet in one cause are still apart
        x, y = points[0][0] + 0.42 * (points[1][0] - points[0][0]), points[0][1] + 0.3 * (points[1][1] - points[0][1])
    return _edge(edge, path, _arrow(points[-1], (side, 0)), _words(x, y - 5, edge.label, size=11))


def _associations(edges: Sequence[_Edge], places: dict[str, Point], columns: Sequence[Sequence[str]]) -> list[str]:
    """Edges to agents: up beside the column, along the agent's own lane, up to the agent."""
    lanes = {key: number for number, key in enumerate(dict.fromkeys(edge.end for edge in edges))}
    ranks = {key: rank for column in columns for rank, key in enumerate(k for k in column if _tall(k) == _HEIGHT)}
    parts: list[str] = []
    for edge in edges:
        (x, y), (end, bottom) = places[edge.start], places[edge.end]
        y, bottom, rank = y - _HEIGHT / 2, bottom + _HEIGHT / 2, ranks[edge.start]
        lane = bottom + _ROW_GAP / 2 + _LANE * (lanes[edge.end] + 1)
        if rank == 0:
            path, riser = f"M{x:g},{y:g}", x
        else:
            riser = x + _WIDTH / 2 + 8 + 6 * (rank % 8)
            path = f"M{x + _WIDTH / 2 - 14:g},{y:g}V{y - 9:g}H{riser:g}"
        path += f"V{lane:g}H{end:g}V{bottom:g}" if riser != end else f"V{bottom:g}"
        words = _words(riser + 5, y - 13, edge.label, size=11, anchor="start")
        parts.append(_edge(edge, path, _arrow((end, bottom), (0, -1)), words))
    return parts


def _arrow(tip: Point, toward: Point) -> str:
    (x, y), (dx, dy) = tip, toward
    left, right = (x - 9 * dx - 4 * dy, y - 9 * dy - 4 * dx), (x - 9 * dx + 4 * dy, y - 9 * dy + 4 * dx)
    return f'<path d="M{_at(tip)}L{_at(left)}L{_at(right)}Z" fill="currentColor"/>'


def _linked(node: _Node, middle: Point, address: str | None) -> str:
    x, y = middle
    label, note = _shortened(node.label, 22), _shortened(node.note, 28)
    lines = _words(x, y + (-3 if note else 5), label, size=13, weight=600)
    lines += _words(x, y + 14, note, size=11) if note else ""
    drawn = f"<title>{_text(node.about)}</title>{_outline(node.shape, middle, _WIDTH, _HEIGHT)}{lines}"
    if address and _SAFE_ADDRESS.match(address):
        return f"<a href={quoteattr(_clean(address))}>{drawn}</a>"
    return f"<g>{drawn}</g>"


def _outline(shape: Shape, middle: Point, width: float, height: float) -> str:
    x, y = middle[0] - width / 2, middle[1] - height / 2
    ink = f'fill="{_TINTS[shape]}" fill-opacity="0.3" stroke="currentColor" stroke-width="1.3"'
    if shape == "agent":
        roof = height * 0.24
        corners = [(x, y + height), (x, y + roof), (x + width / 2, y), (x + width, y + roof), (x + width, y + height)]
        return f'<polygon points="{" ".join(_at(corner) for corner in corners)}" {ink}/>'
    round_ = height / 2 if shape == "entity" else 2
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round_:g}" {ink}/>'


def _legend(top: float) -> str:
    parts, x = [], float(_MARGIN)
    for shape, name in _LEGEND.items():
        parts.append(_outline(shape, (x + 15, top + 16), 30, 18))
        parts.append(_words(x + 38, top + 20, name, size=11, anchor="start"))
        x += 38 + 7 * len(name) + 24
    parts.append(_words(x, top + 20, "arrows lead to what a thing came from", size=11, anchor="start"))
    return f"<g>{''.join(parts)}</g>"


def _svg(parts: Sequence[str], width: float, height: float, description: str) -> str:
    content = "".join(parts)
    # The content of an image is hidden from assistive technology, so one that holds links is a group instead.
    role = "group" if any(part.startswith("<a ") for part in parts) else "img"
    name = f"provenance-{sha256(content.encode()).hexdigest()[:12]}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc" '
        f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" '
        'font-family="system-ui, sans-serif" color="currentColor">'
        f'<title id="{name}-title">Provenance</title><desc id="{name}-desc">{_text(description)}</desc>{content}</svg>'
    )


def _words(x: float, y: float, words: str, *, size: int, weight: int = 400, anchor: str = "middle") -> str:
    look = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="currentColor"'
    return f'<text x="{x:g}" y="{y:g}" {look}>{_text(words)}</text>'


def _shortened(words: str, columns: int) -> str:
    """Text that fits, wide characters counted twice."""
    room, line = columns, " ".join(words.split())
    for index, character in enumerate(line):
        room -= 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if room < 0:
            return line[: index - 1].rstrip(" .,;:") + "…"
    return line


def _clean(words: str) -> str:
    return _UNWRITABLE.sub("\ufffd", words)


def _text(words: str) -> str:
    return escape(_clean(words))


def _at(point: Point) -> str:
    return f"{point[0]:g},{point[1]:g}"
