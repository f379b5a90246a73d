"""Which of the three shapes a text has: by what stands in it, and only then by the name of its file."""

from __future__ import annotations

import re
from enum import StrEnum

from scidex.atlas.importing.chrome import is_cite_header

_FURNITURE = re.compile(
    r"<table[^<>]{0,200}class=[\"']?infobox|^[▸▾►▶]\s*Metadata|^\|\s*(?:slug|wiki_page_id|kg_node_id)\s*\||\?embed=1"
    r"|^No provenance edges found|^Related (?:Hypotheses|Analyses):?\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_FRONT = re.compile(r"---[ \t]*\n")
_HEADING = re.compile(r"^#{1,6}[ \t]+\S", re.MULTILINE)


class SourceShape(StrEnum):
    """The forms in which a page may come."""

    VISITOR_COPY = "visitor copy"
    MARKDOWN = "markdown"
    JSON = "json"


def shape_of(text: str, name: str) -> SourceShape:
    """The shape of a text. A file name decides only where the text leaves it open."""
    start = text.lstrip()
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if start[:1] == "{" or (extension == "json" and start[:1] in '["'):
        return SourceShape.JSON
    if _FRONT.match(text):
        return SourceShape.MARKDOWN
    first = start.split("\n", 1)[0].strip()
    if is_cite_header(first[:200]):
        return SourceShape.VISITOR_COPY
    if _FURNITURE.search(text):
        return SourceShape.VISITOR_COPY
    if first.startswith("# ") or (extension in ("md", "markdown") and _HEADING.search(text)):
        return SourceShape.MARKDOWN
    return SourceShape.MARKDOWN if extension in ("md", "markdown") else SourceShape.VISITOR_COPY
