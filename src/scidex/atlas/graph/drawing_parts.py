"""What drawings of the graph are put together from: text that fits, a shape for each category, a line for each verdict.

Only presentation attributes are used, since the pages' security policy forbids inline styles. Text is in the colour of the
surrounding text. The other colours are of Okabe and Ito's palette (2008), which colour-blind readers can tell apart on
light and dark grounds; shape and dashes say the same as colour.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from math import cos, pi, sin
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from scidex.atlas.graph.categories import LABELS, Category
from scidex.atlas.graph.model import Entity

Href = Callable[[str], str | None]
Point = tuple[float, float]

BLUE, SKY, GREEN, ORANGE, VERMILION, PURPLE, YELLOW = (
    *("#0072B2", "#56B4E9", "#009E73", "#E69F00"),
    *("#D55E00", "#CC79A7", "#F0E442"),
)
MARGIN = 12
BOX_HEIGHT = 30
_ICON = 8
"""Half the width of a category's shape."""
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SAFE_ADDRESS = re.compile(r"(?:https?://|/(?![/\\])|#|\?)")


class Line(NamedTuple):
    """How a verdict is drawn, and what it is called in the legend."""

    label: str
    colour: str
    dashes: str
    width: float
    crossed: bool = False


LINES: dict[str, Line] = {
    "supported": Line("supported", GREEN, "", 2.4),
    "contradicted": Line("contradicted", VERMILION, "11 4", 2.4, crossed=True),
    "mixed": Line("mixed", BLUE, "10 3 2 3", 2.4),
    "not-shown": Line("not shown", "currentColor", "5 4", 1.6),
    "unverifiable": Line("nothing counts yet", "currentColor", "1.5 4", 1.6),
}
"""By the verdict over an edge."""


def line_of(verdict: str) -> Line:
    """The line of a verdict; of one that is not known, that of edges for which nothing counts."""
    return LINES.get(verdict, LINES["unverifiable"])


# --- text


_NARROW, _WIDE = frozenset("iljI.,:;'|!()[]{}ft/ r-"), frozenset("mwMW@%—…")


def text_width(words: str, size: float) -> float:
    """How wide a text may become, in the drawing's units: rather too much than too little, since fonts differ."""
    return sum(map(_em, words)) * size


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.4
    if character in _WIDE or character.isupper():
        return 0.98 if character in _WIDE else 0.74
    if unicodedata.combining(character):
        return 0
    return 1.05 if unicodedata.east_asian_width(character) in "WF" or not character.isalnum() else 0.6


def fitting(words: str, width: float, size: float) -> str:
    """A text on one line that is no wider than `width`, cut with an ellipsis if it has to be."""
    line = " ".join(clean(words).split())
    if text_width(line, size) <= width:
        return line
    room, kept = width - text_width("…", size), 0
    for character in line:
        room -= _em(character) * size
        if room < 0:
            break
        kept += 1
    return line[:kept].rstrip(" .,;:-") + "…"


def in_lines(words: str, width: float, size: float) -> list[str]:
    """A text on one line or two, broken between words where that helps, the second cut if it has to be."""
    whole = fitting(words, width, size)
    if not whole.endswith("…"):
        return [whole]
    first, rest = "", " ".join(clean(words).split()).split(" ")
    while rest and text_width(f"{first} {rest[0]}", size) <= width:
        first = f"{first} {rest.pop(0)}".strip()
    return [first, fitting(" ".join(rest), width, size)] if first and rest else [whole]


def clean(words: str) -> str:
    """Text without what no XML may hold."""
    return _UNWRITABLE.sub("\ufffd", words)


def text(words: str) -> str:
    """Text as it stands in XML."""
    return escape(clean(words))


def written(x: float, y: float, words: str, *, size: int, weight: int = 400, anchor: str = "start") -> str:
    """Words at a place."""
    look = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="currentColor"'
    return f'<text x="{x:g}" y="{y:g}" {look}>{text(words)}</text>'


def linked(drawn: str, address: str | None) -> str:
    """What is drawn as a link, if the address leads somewhere good."""
    if address and _SAFE_ADDRESS.match(address):
        return f"<a href={quoteattr(clean(address))}>{drawn}</a>"
    return f"<g>{drawn}</g>"


# --- shapes


def _polygon(corners: Iterable[Point]) -> Callable[[float, float], str]:
    """A shape by its corners, in units of half its width, around a middle."""
    fixed = tuple(corners)
    return lambda x, y: (
        f'<polygon points="{" ".join(f"{x + _ICON * dx:.1f},{y + _ICON * dy:.1f}" for dx, dy in fixed)}"'
    )


def _regular(number: int, turn: float = 0.0) -> Callable[[float, float], str]:
    """A regular polygon, a corner up."""
    return _polygon(
        (sin(2 * pi * (corner + turn) / number), -cos(2 * pi * (corner + turn) / number)) for corner in range(number)
    )


def _star(number: int) -> Callable[[float, float], str]:
    return _polygon(
        (
            (1 if corner % 2 == 0 else 0.45) * sin(pi * corner / number),
            -(1 if corner % 2 == 0 else 0.45) * cos(pi * corner / number),
        )
        for corner in range(2 * number)
    )


def _rect(width: float, height: float, round_: float) -> Callable[[float, float], str]:
    w, h = _ICON * width, _ICON * height
    return lambda x, y: (
        f'<rect x="{x - w:g}" y="{y - h:g}" width="{2 * w:g}" height="{2 * h:g}" rx="{_ICON * round_:g}"'
    )


def _circle(radius: float) -> Callable[[float, float], str]:
    return lambda x, y: f'<circle cx="{x:g}" cy="{y:g}" r="{_ICON * radius:g}"'


_PLUS = ((-0.35, -1), (0.35, -1), (0.35, -0.35), (1, -0.35), (1, 0.35), (0.35, 0.35), (0.35, 1))
_SHAPES: dict[Category, tuple[Callable[[float, float], str], str]] = {
    Category.GENE: (_rect(1, 0.55, 0), BLUE),
    Category.PROTEIN: (_rect(1, 0.7, 0.4), SKY),
    Category.CELL: (_circle(1), GREEN),
    Category.CELLULAR_COMPONENT: (_circle(0.6), GREEN),
    Category.ANATOMICAL_ENTITY: (_regular(5), GREEN),
    Category.DISEASE: (_regular(4), VERMILION),
    Category.PHENOTYPIC_FEATURE: (_regular(3), VERMILION),
    Category.BIOLOGICAL_PROCESS: (_regular(6), YELLOW),
    Category.MOLECULAR_ACTIVITY: (_regular(6, 0.5), YELLOW),
    Category.PATHWAY: (_polygon(((-1, -0.7), (0.3, -0.7), (1, 0), (0.3, 0.7), (-1, 0.7), (-0.4, 0))), YELLOW),
    Category.CHEMICAL_ENTITY: (_regular(8, 0.5), SKY),
    Category.TREATMENT: (_rect(1, 0.5, 0.5), PURPLE),
    Category.PROCEDURE: (
        _polygon((*_PLUS, (-0.35, 1), (-0.35, 0.35), (-1, 0.35), (-1, -0.35), (-0.35, -0.35))),
        PURPLE,
    ),
    Category.DEVICE: (_rect(0.8, 0.8, 0), PURPLE),
    Category.ORGANISM_TAXON: (_star(5), GREEN),
    Category.CLINICAL_TRIAL: (_polygon(((-0.75, -1), (0.25, -1), (0.75, -0.5), (0.75, 1), (-0.75, 1))), ORANGE),
    Category.NAMED_THING: (_regular(3, 1.5), ORANGE),
}


def icon(category: Category, x: float, y: float) -> str:
    """The shape of a category around a middle."""
    shape, tint = _SHAPES[category]
    return f'{shape(x, y)} fill="{tint}" fill-opacity="0.75" stroke="currentColor" stroke-width="1"/>'


def box_height(entity: Entity, width: float, *, strong: bool = False) -> float:
    """How tall the box of an entity is: a name that is too long for a line takes two."""
    return BOX_HEIGHT + 17 * (len(_name_lines(entity, width, strong=strong)) - 1)


def _name_lines(entity: Entity, width: float, *, strong: bool) -> list[str]:
    return in_lines(entity.name or entity.curie, width - 38, _BOLD * _STRONG if strong else _PLAIN)


_STRONG, _PLAIN = 14, 13
_BOLD = 1.12
"""How much wider bold letters are."""


def box(entity: Entity, left: float, middle: float, width: float, *, href: Href, strong: bool = False) -> str:
    """An entity: its shape and its name in a frame that links to it."""
    told = f"{entity.name}\n{LABELS[entity.category][0]}, {entity.curie}"
    lines = _name_lines(entity, width, strong=strong)
    first = middle + 4.5 - 8.5 * (len(lines) - 1)
    size, weight = (_STRONG, 600) if strong else (_PLAIN, 400)
    names = "".join(
        written(left + 30, first + 17 * row, words, size=size, weight=weight) for row, words in enumerate(lines)
    )
    outline = frame(left, middle, width, box_height(entity, width, strong=strong), strong=strong)
    return linked(
        f"<title>{text(told)}</title>{outline}{icon(entity.category, left + 16, middle)}{names}", href(entity.curie)
    )


def frame(
    left: float, middle: float, width: float, height: float, *, strong: bool = False, dashed: bool = False
) -> str:
    """The frame of a box."""
    look = 'fill="currentColor" fill-opacity="0.05" stroke="currentColor"'
    weight = f'stroke-width="{2 if strong else 1}" stroke-opacity="{1 if strong else 0.55}"'
    dashes = ' stroke-dasharray="4 4"' if dashed else ""
    place = f'x="{left:g}" y="{middle - height / 2:g}" width="{width:g}" height="{height:g}"'
    return f'<rect {place} rx="6" {look} {weight}{dashes}/>'


# --- lines


def stretch(start: Point, end: Point, verdict: str, *, negated: bool, arrow: bool) -> str:
    """A straight line, level or upright, from subject to object, with an arrow's head, a bar across if it is denied."""
    line = line_of(verdict)
    length = max(abs(end[0] - start[0]), abs(end[1] - start[1]))
    dx, dy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    stop = (end[0] - 8 * dx, end[1] - 8 * dy) if arrow else end
    dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
    look = f'fill="none" stroke="{line.colour}" stroke-width="{line.width:g}"'
    parts = [f'<path d="M{_at(start)}L{_at(stop)}" {look}{dashes}/>']
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    solid = f'fill="none" stroke="{line.colour}" stroke-width="2.4"'
    if line.crossed:
        x, y = middle[0] - 10 * dx, middle[1] - 10 * dy
        parts.append(
            f'<path d="M{x - 5:g},{y - 5:g}L{x + 5:g},{y + 5:g}M{x - 5:g},{y + 5:g}L{x + 5:g},{y - 5:g}" {solid}/>'
        )
    if negated:
        x, y = middle[0] + 8 * dx, middle[1] + 8 * dy
        parts.append(f'<path d="M{x - 7 * dy:g},{y - 7 * dx:g}L{x + 7 * dy:g},{y + 7 * dx:g}" {solid}/>')
    if arrow:
        left, right = (
            (end[0] - 9 * dx - 5 * dy, end[1] - 9 * dy - 5 * dx),
            (end[0] - 9 * dx + 5 * dy, end[1] - 9 * dy + 5 * dx),
        )
        parts.append(f'<path d="M{_at(end)}L{_at(left)}L{_at(right)}Z" fill="{line.colour}"/>')
    return "".join(parts)


def _at(point: Point) -> str:
    return f"{point[0]:g},{point[1]:g}"


def legend(
    categories: Iterable[Category], verdicts: Iterable[str], top: float, width: float, *, negated: bool
) -> tuple[str, float]:
    """What the shapes and lines in a drawing mean, and where it ends."""
    used, drawn = set(categories), {line_of(verdict).label for verdict in verdicts}
    entries = [(LABELS[each][0], _icon_sample(each), 24.0) for each in Category if each in used]
    entries += [(line.label, _sample(name, negated=False), 60.0) for name, line in LINES.items() if line.label in drawn]
    if negated:
        entries.append(("denied", _sample("not-shown", negated=True), 60.0))
    parts: list[str] = []
    x, y = float(MARGIN), top + 14
    for label, draw, room in entries:
        wide = room + text_width(label, 11.5) + 14
        if x > MARGIN and x + wide > width - MARGIN:
            x, y = float(MARGIN), y + 22
        parts += [draw(x, y), written(x + room, y + 4, label, size=11)]
        x += wide
    return f"<g>{''.join(parts)}</g>", y + 14


def _icon_sample(category: Category) -> Callable[[float, float], str]:
    return lambda x, y: icon(category, x + 9, y)


def _sample(verdict: str, *, negated: bool) -> Callable[[float, float], str]:
    return lambda x, y: stretch((x, y), (x + 52, y), verdict, negated=negated, arrow=False)


def svg(parts: Sequence[str], width: float, height: float, title: str, description: str) -> str:
    """The drawing. One that holds links is a group, since the content of an image is hidden from assistive technology."""
    content = "".join(parts)
    role = "group" if "<a href=" in content else "img"
    name = f"graph-{sha256(f'{width} {content}'.encode()).hexdigest()[:12]}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" '
        f'aria-labelledby="{name}-title" aria-describedby="{name}-desc" '
        f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" '
        'font-family="system-ui, sans-serif" color="currentColor">'
        f'<title id="{name}-title">{text(title)}</title><desc id="{name}-desc">{text(description)}</desc>{content}</svg>'
    )
