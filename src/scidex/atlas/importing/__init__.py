"""Reads foreign files into artifact bodies. Pure: bytes in, values out, no database, no network."""

from __future__ import annotations

from scidex.atlas.importing.decode import decode
from scidex.atlas.importing.detect import SourceShape, shape_of
from scidex.atlas.importing.findings import CODES, Ledger
from scidex.atlas.importing.markdown_page import read_markdown_page
from scidex.atlas.importing.model import Finding, Neighbour, ParsedSource, Part, Severity, Span, Unreadable
from scidex.atlas.importing.native import read_native
from scidex.atlas.importing.visitor_copy import read_visitor_copy

__all__ = [
    "CODES",
    "Finding",
    "Neighbour",
    "ParsedSource",
    "Part",
    "Severity",
    "Span",
    "Unreadable",
    "parse_source",
]


def parse_source(data: bytes, name: str, *, max_bytes: int = 5_000_000) -> ParsedSource:
    """Read one file. `name` is its file name, used where the content does not say what it is.

    Raises `Unreadable`, with the line and the cure, for what cannot be imported at all; everything less than that is
    imported and stands in the findings.
    """
    ledger = Ledger()
    text = decode(data, max_bytes, ledger)
    shape = shape_of(text, name)
    if shape is SourceShape.JSON:
        return read_native(text, ledger)
    if shape is SourceShape.MARKDOWN:
        return read_markdown_page(text, name, ledger)
    return read_visitor_copy(text, name, ledger)
