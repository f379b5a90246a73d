"""A debate as SVG: dimensions at the left, and to the right of each what is said about it, and about that.

Support and attack differ by colour and by dashes, for colour-blind readers; what is not heard is dotted. Only presentation
attributes are used, since the pages' security policy forbids inline styles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import nlargest

from scidex.agora.argumentation import ONE
from scidex.agora.model import Dimension, Side
from scidex.agora.scoring import Score, ScoredArgument
from scidex.atlas.graph.drawing_parts import BLUE, MARGIN, VERMILION, fitting, text, written

MOST_DRAWN = 40
_WIDTH, _HEIGHT, _GAP, _COLUMN = 190, 44, 10, 240
_LEGEND = 34


@dataclass(frozen=True, slots=True)
class _Node:
    id: str
    depth: int
    y: float
    scored: ScoredArgument | None


def draw_debate(
    found: Score, labels: Mapping[str, str], words: Callable[[str], str], href: Callable[[str], str]
) -> tuple[str, int]:
    """The drawing, of the heaviest arguments and those they are about, and how many these are.

    `words` says what an argument is, `href` where it is read.
    """
    shown = _shown(found)
    about: dict[str, list[ScoredArgument]] = {}
    for each in shown:
        about.setdefault(each.weighed.argument.about, []).append(each)
    nodes: list[_Node] = []
    y = float(MARGIN)
    for dimension in Dimension:
        if dimension in about:
            y = _place(str(dimension), None, 0, y, about, nodes) + _GAP
    places = {node.id: node for node in nodes}
    wide = MARGIN * 2 + _WIDTH + max((node.depth for node in nodes), default=0) * _COLUMN
    high = y + _LEGEND
    parts = [_edge(node, places) for node in nodes if node.scored is not None]
    parts += [_box(node, found, labels, words, href) for node in nodes]
    parts.append(_legend(y + 4))
    title = "The arguments of this debate, by what they are about"
    wide = max(wide, 640)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" viewBox="0 0 {wide:g} {high:g}" role="img" '
        f'aria-label="{title}"><title>{title}</title>{"".join(parts)}</svg>'
    )
    return svg, len(shown)


def _shown(found: Score) -> list[ScoredArgument]:
    """The heaviest arguments with all that they are about, in the order in which they were made."""
    by_id = {each.weighed.argument.id: each for each in found.arguments}
    chosen: set[str] = set()
    for each in nlargest(2 * MOST_DRAWN, found.arguments, key=lambda each: (each.base, each.weighed.heard)):
        chain = []
        name = each.weighed.argument.id
        while name in by_id and name not in chosen:
            chain.append(name)
            name = by_id[name].weighed.argument.about
        if len(chosen) + len(chain) <= MOST_DRAWN:
            chosen.update(chain)
    if len(chosen) == len(by_id):
        return list(found.arguments)
    return sorted((by_id[name] for name in chosen), key=lambda each: each.weighed.argument.id)


def _place(
    name: str,
    scored: ScoredArgument | None,
    depth: int,
    y: float,
    about: Mapping[str, list[ScoredArgument]],
    nodes: list[_Node],
) -> float:
    """Puts a node and what is about it down from `y` on; where the next may begin."""
    end = y
    for each in about.get(name, ()):
        end = _place(each.weighed.argument.id, each, depth + 1, end, about, nodes)
    end = max(end, y + _HEIGHT + _GAP)
    nodes.append(_Node(name, depth, (y + end - _GAP - _HEIGHT) / 2, scored))
    return end


def _edge(node: _Node, places: Mapping[str, _Node]) -> str:
    assert node.scored is not None  # noqa: S101 - dimensions have no edge
    argument = node.scored.weighed.argument
    target = places[argument.about]
    x1, y1 = MARGIN + node.depth * _COLUMN, node.y + _HEIGHT / 2
    x2, y2 = MARGIN + target.depth * _COLUMN + _WIDTH, target.y + _HEIGHT / 2
    supports = argument.side is Side.SUPPORTS
    colour = "currentColor" if not node.scored.weighed.heard else BLUE if supports else VERMILION
    dashes = "1.5 4" if not node.scored.weighed.heard else "" if supports else "8 4"
    width = 1.2 + 2.4 * node.scored.strength / ONE
    bend = (x1 + x2) / 2
    return (
        f'<path d="M{x1:g} {y1:g} C{bend:g} {y1:g} {bend:g} {y2:g} {x2:g} {y2:g}" fill="none" stroke="{colour}" '
        f'stroke-width="{width:.1f}"{f" stroke-dasharray={chr(34)}{dashes}{chr(34)}" if dashes else ""}/>'
    )


def _box(
    node: _Node, found: Score, labels: Mapping[str, str], words: Callable[[str], str], href: Callable[[str], str]
) -> str:
    x = MARGIN + node.depth * _COLUMN
    if node.scored is None:
        line = next(line for line in found.lines if line.dimension == node.id)
        first = line.dimension.words
        second = "not assessed" if line.strength is None else f"strength {line.strength / ONE:.3f}"
        weight, target, dashed = 600, "#sum", False
    else:
        label = labels.get(node.id, node.id)
        first = f"{label} {words(node.id)}".strip()
        second = f"strength {node.scored.strength / ONE:.3f}" if node.scored.weighed.heard else "weighs nothing"
        weight, target, dashed = 400, href(node.id), not node.scored.weighed.heard
    dashes = ' stroke-dasharray="2 3"' if dashed else ""
    return (
        f'<a href="{text(target)}"><title>{text(first)}</title>'
        f'<rect x="{x:g}" y="{node.y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="5" fill="currentColor" fill-opacity="0.05" '
        f'stroke="currentColor" stroke-opacity="0.55"{dashes}/>'
        f"{written(x + 8, node.y + 18, fitting(first, _WIDTH - 16, 12), size=12, weight=weight)}"
        f"{written(x + 8, node.y + 35, second, size=11)}</a>"
    )


def _legend(y: float) -> str:
    lines = ((BLUE, "", "supports"), (VERMILION, "8 4", "attacks"), ("currentColor", "1.5 4", "weighs nothing"))
    parts = []
    x = float(MARGIN)
    for colour, dashes, label in lines:
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        parts.append(
            f'<line x1="{x:g}" y1="{y + 12:g}" x2="{x + 34:g}" y2="{y + 12:g}" stroke="{colour}" stroke-width="2.4"{dash}/>'
            f"{written(x + 42, y + 16, label, size=12)}"
        )
        x += 150
    return "".join(parts)
