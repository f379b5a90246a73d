"""What the renderer is told about a body's links and citations, and what it gives back.

Nothing here knows the database: the page that renders a body looks the targets up and hands them over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Origin = Callable[[int, int], tuple[str, str] | None]
"""From the first and last line of a block in the body (1-based) to the address and name of where it came from."""


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where an internal link of a body leads. `written` is false while nobody has written that artifact yet.

    `title` and `summary` fill the hover card; without a summary there is none.
    """

    href: str
    written: bool
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class CitationTarget:
    """One entry of the reference list. `text` may be empty: the source may give a key and nothing else.

    `status` is a word of `scidex.atlas.kinds.page.Reference`, put into a sentence here, or a sentence of its own. `flag` is
    a word that stands beside the number where the citation cannot be relied on ("mismatch"), empty otherwise.
    """

    number: int
    key: str
    text: str
    url: str
    status: str
    flag: str = ""


@dataclass(frozen=True, slots=True)
class ClaimMark:
    """A claim as marked in a text: its name, the anchor of its entry, the verdict in a word and in a sentence."""

    name: str
    anchor: str
    statement: str
    verdict: str
    words: str


@dataclass(frozen=True, slots=True)
class Heading:
    """One line of a body's table of contents."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class RenderedBody:
    """A body as HTML that is safe to put into a page as it stands, and its table of contents."""

    html: str
    contents: tuple[Heading, ...]


@dataclass(slots=True)
class Rendering:
    """The state of one call. It travels in markdown-it's `env`, so that all threads can share one parser.

    `identified` is false where many results share a page and ids would clash; where two do, one has a `prefix` to its
    ids. `any_citation` makes every marker a citation whether or not it is known, which is how plain text gets rid of them.
    """

    links: Mapping[str, LinkTarget] = field(default_factory=dict)
    citations: Mapping[str, CitationTarget] = field(default_factory=dict)
    claims: Mapping[int, ClaimMark] = field(default_factory=dict)
    identified: bool = True
    prefix: str = ""
    any_citation: bool = False
    cited: Counter[int] = field(default_factory=Counter)
    cards: int = 0
    heading_ids: set[str] = field(default_factory=set)
    open_links: list[str] = field(default_factory=list)

    def next_card(self) -> str:
        """An id no other hover card of this call has."""
        self.cards += 1
        return f"{self.prefix}card-{self.cards}"
