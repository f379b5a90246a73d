"""The second defence: whatever the writer lets through by mistake, this list does not.

Named are the tags, attributes, classes and schemes the writer uses, nothing else. No style attribute, no image.
"""

from __future__ import annotations

import nh3

from scidex.surfaces.web.rendering.claims import SYMBOLS
from scidex.surfaces.web.rendering.links import EXTERNAL_REL

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

TAGS = frozenset(
    {
        *HEADINGS,
        *("p", "blockquote", "ul", "ol", "li", "pre", "code", "hr", "br", "div"),
        *("a", "em", "strong", "s", "sup", "span"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
)

ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "id", "title", "aria-describedby", "aria-label"}),
    "span": frozenset({"id"}),
    "ol": frozenset({"start"}),
    **{heading: frozenset({"id"}) for heading in HEADINGS},
}

ATTRIBUTE_VALUES: dict[str, dict[str, frozenset[str]]] = {
    "a": {"rel": frozenset({EXTERNAL_REL})},
    "span": {"role": frozenset({"tooltip"})},
    "div": {"role": frozenset({"region"}), "tabindex": frozenset({"0"}), "aria-label": frozenset({"table"})},
    "pre": {"tabindex": frozenset({"0"})},
}

_ALIGNMENTS = frozenset({"align-left", "align-center", "align-right"})
CLASSES: dict[str, frozenset[str]] = {
    "a": frozenset({"link", "link-wanted", "link-external", "link-image", "origin"}),
    "span": frozenset({"hovering", "card", "card-text", "card-status", "flag"}),
    "sup": frozenset({"citation", "flagged", "claim", *(f"claim-{name.replace(' ', '-')}" for name in SYMBOLS)}),
    "div": frozenset({"scroll"}),
    "pre": frozenset({"scroll"}),
    "p": frozenset({"rendering-note"}),
    "th": _ALIGNMENTS,
    "td": _ALIGNMENTS,
}

SCHEMES = frozenset({"http", "https", "mailto"})

_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    tag_attribute_values={
        tag: {name: set(values) for name, values in named.items()} for tag, named in ATTRIBUTE_VALUES.items()
    },
    allowed_classes={tag: set(names) for tag, names in CLASSES.items()},
    url_schemes=set(SCHEMES),
    link_rel=None,
)


def sanitize(html: str) -> str:
    """Keep what is on the list. Text is never lost, except inside script and style tags."""
    return _CLEANER.clean(html)
