"""File formats for graphs: how each is named, known, read and written. Pure.

Every reader gives edges, entities and problems, one by one, and raises Unreadable alone; every writer but that of SIF can
be read back without loss.
"""

from __future__ import annotations

import re
import zlib

from scidex.atlas.graph.formats import edge_list, json_ld, kgx_jsonl, kgx_tsv, sif, trig
from scidex.atlas.graph.formats.model import (
    EntityRef,
    Format,
    Problem,
    Read,
    ReadEdge,
    ReadEntity,
    Unreadable,
)
from scidex.kernel.errors import NotFound

__all__ = [
    "FORMATS",
    "SUFFIXES",
    "EntityRef",
    "Format",
    "Problem",
    "Read",
    "ReadEdge",
    "ReadEntity",
    "Unreadable",
    "format_for_media_type",
    "format_named",
    "sniff",
]

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("csv", "table of edges, comma-separated", (".csv",), ("text/csv",), edge_list.read, edge_list.write_csv),
        Format(
            "tsv",
            "table of edges, tab-separated",
            (".tsv",),
            ("text/tab-separated-values",),
            edge_list.read,
            edge_list.write_tsv,
        ),
        Format(
            "kgx-tsv",
            "KGX tables",
            (".kgx.tsv", "_edges.tsv", "_nodes.tsv"),
            ("text/x-kgx-tsv",),
            kgx_tsv.read,
            kgx_tsv.write,
            kgx_tsv.write_entities,
        ),
        Format(
            "kgx-jsonl",
            "KGX JSON Lines",
            (".kgx.jsonl", "_edges.jsonl", "_nodes.jsonl"),
            ("application/x-kgx-jsonl", "application/jsonl", "application/x-ndjson"),
            kgx_jsonl.read,
            kgx_jsonl.write,
            kgx_jsonl.write_entities,
        ),
        Format(
            "trig",
            "nanopublications, TriG",
            (".trig", ".ttl"),
            ("application/trig", "text/turtle"),
            trig.read,
            trig.write,
        ),
        Format(
            "json-ld", "nanopublications, JSON-LD", (".jsonld",), ("application/ld+json",), json_ld.read, json_ld.write
        ),
        Format("sif", "simple interaction format", (".sif",), ("text/x-sif",), sif.read, sif.write),
    )
}
SUFFIXES = frozenset(
    extension[extension.rindex(".") :] for each in FORMATS.values() for extension in each.extensions
) - {".csv"}
"""Ends of the names of files that are meant for graphs. Other tables end in ``.csv`` too."""
_SNIFFED = 65_536
_TRIG = re.compile(r"^\s*(?:@prefix|@base|PREFIX|BASE|GRAPH)\s|^\s*<[a-z]+:[^<>\s]*>\s*(?:\{|<|a\s)", re.MULTILINE)
_KGX = frozenset({"knowledge_level", "agent_type", "primary_knowledge_source", "knowledge_source", "provided_by"})
_KGX_NODES = frozenset({"id", "category"})


def format_named(name: str) -> Format:
    """The format of this name. Raises NotFound."""
    if name not in FORMATS:
        raise NotFound(f"“{name[:40]}” is no graph format.", cure=f"Known: {', '.join(FORMATS)}.")
    return FORMATS[name]


def format_for_media_type(media_type: str) -> Format | None:
    """The format that a media type names, its parameters and case aside; None if it is none of ours."""
    plain = media_type.partition(";")[0].strip().lower()
    return next((each for each in FORMATS.values() if plain in each.media_types), None)


def sniff(head: bytes, name: str) -> str | None:
    """The name of the format that a file beginning with `head` is in; None if it looks like none.

    What the file says counts more than its name; the name alone decides only for an extension that no other kind of
    file has.
    """
    text = _opening(head[:_SNIFFED]).lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return _of_json(text)
    if _TRIG.search(text[:4_096]):
        return "trig"
    first = text.partition("\n")[0].lower()
    for delimiter in "\t,;":
        if found := _of_header({cell.strip(' "\r') for cell in first.split(delimiter)}, delimiter):
            return found
    lowered = name.lower()
    return next((telling for end, telling in _TELLING.items() if lowered.endswith(end)), None)


_TELLING = {".trig": "trig", ".ttl": "trig", ".jsonld": "json-ld", ".sif": "sif"}


def _of_json(text: str) -> str | None:
    if '"@graph"' in text or '"@context"' in text or '"@id"' in text:
        return "json-ld"
    first = text.partition("\n")[0]
    edge = all(f'"{name}"' in first for name in ("subject", "predicate", "object"))
    node = '"id"' in first and '"category"' in first and "biolink:" in first
    return "kgx-jsonl" if text.startswith("{") and (edge or node) else None


def _of_header(cells: set[str], delimiter: str) -> str | None:
    if (
        delimiter == "\t"
        and (_KGX & cells or cells >= _KGX_NODES)
        and ({"subject", "object"} <= cells or "id" in cells)
    ):
        return "kgx-tsv"
    if {"subject", "object"} <= cells and {"predicate", "relation"} & cells:
        return "tsv" if delimiter == "\t" else "csv"
    return None


def _opening(head: bytes) -> str:
    """The beginning of a file as text; "" if it cannot be unpacked."""
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(31).decompress(head, _SNIFFED)
        except zlib.error:
            return ""
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    return head.decode(encoding, errors="replace")
