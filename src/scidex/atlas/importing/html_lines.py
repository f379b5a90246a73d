"""What comes out when the HTML of a source is read: lines, and the elements that stand between them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Cell:
    """One cell of an HTML table, its content already inline Markdown."""

    text: str
    header: bool
    first: int
    last: int


@dataclass(slots=True)
class HtmlTable:
    """A table that stood in the source as HTML."""

    style: str
    rows: list[list[Cell]] = field(default_factory=list)
    closed: bool = False


@dataclass(slots=True)
class EmbedFrame:
    """The frame of an embed snippet: only its address is of interest."""

    address: str


@dataclass(slots=True)
class Line:
    """One line after the markup is gone; it may come from several lines of the source, or be an element."""

    text: str
    first: int
    last: int
    element: HtmlTable | EmbedFrame | None = None


@dataclass(slots=True)
class Piece:
    """A stretch of output on one source line; `breaks` ends the line it stands on."""

    text: str
    line: int
    breaks: bool = False
    element: HtmlTable | EmbedFrame | None = None
    last: int = 0


@dataclass(slots=True)
class Hidden:
    """An element that must vanish, and where in the output it began."""

    name: str
    mark: int
    line: int
    why: str
    table: HtmlTable | None
    depth: int = 1
