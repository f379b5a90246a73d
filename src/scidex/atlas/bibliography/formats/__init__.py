"""File formats for bibliographies: how each is named, known, read and written. Pure.

Every reader gives entries and problems for any bytes and raises nothing; every writer can be read back without loss.
"""

from __future__ import annotations

import json
import re
import zlib

from scidex.atlas.bibliography.formats import bibtex, csl_json, jats, pubmed, ris
from scidex.atlas.bibliography.formats.model import Format, Notice, Problem, ReadEntry
from scidex.kernel.errors import NotFound

__all__ = ["FORMATS", "Format", "Notice", "Problem", "ReadEntry", "format_for_media_type", "format_named", "sniff"]

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format(
            "csl-json",
            "CSL-JSON",
            ("application/vnd.citationstyles.csl+json",),
            csl_json.read,
            csl_json.write,
        ),
        Format(
            "bibtex",
            "BibTeX",
            ("application/x-bibtex", "text/x-bibtex", "application/x-biblatex"),
            bibtex.read,
            bibtex.write,
        ),
        Format(
            "ris",
            "RIS",
            ("application/x-research-info-systems", "application/x-ris"),
            ris.read,
            ris.write,
        ),
        Format(
            "pubmed",
            "PubMed XML",
            ("application/vnd.pubmed+xml",),
            pubmed.read,
            pubmed.write,
        ),
        Format(
            "jats",
            "JATS XML",
            ("application/jats+xml", "application/vnd.jats+xml"),
            jats.read,
            jats.write,
        ),
    )
}
_SNIFFED = 65_536
_RIS = re.compile(r"^TY {1,2}- ?[A-Za-z]", re.MULTILINE)
_BIBTEX = re.compile(r"^[ \t]{0,40}@[A-Za-z]{1,40}[ \t]{0,10}[{(]", re.MULTILINE)
_XML = {
    "pubmed": re.compile(r"<(?:PubmedArticle|PubmedBookArticle)(?:Set)?[\s>]"),
    "jats": re.compile(r"<(?:article|pmc-articleset|ref-list)[\s>]"),
}


def format_named(name: str) -> Format:
    """The format of this name. Raises NotFound."""
    if name not in FORMATS:
        raise NotFound(f"“{name[:40]}” is no bibliography format.", cure=f"Known: {', '.join(FORMATS)}.")
    return FORMATS[name]


def format_for_media_type(media_type: str) -> Format | None:
    """The format that a media type names, its parameters and case aside; None if it is none of ours."""
    plain = media_type.partition(";")[0].strip().lower()
    return next((each for each in FORMATS.values() if plain in each.media_types), None)


def sniff(head: bytes, file_name: str) -> str | None:
    """The name of the format that a file beginning with `head` is in; None if it looks like none.

    What the file says counts more than its name; the name alone decides only for an extension that no other kind of
    file has.
    """
    text = _text(head[:_SNIFFED]).lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        return next((name for name, pattern in _XML.items() if pattern.search(text)), None)
    if text.startswith(("[", "{")):
        return "csl-json" if _is_csl(text) else None
    if _RIS.search(text):
        return "ris"
    if _BIBTEX.search(text):
        return "bibtex"
    name = file_name.lower()
    telling = {".bib": "bibtex", ".bibtex": "bibtex", ".ris": "ris", ".csl.json": "csl-json", ".nxml": "jats"}
    return next((telling[end] for end in telling if name.endswith(end)), None)


def _text(head: bytes) -> str:
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(31).decompress(head, _SNIFFED)
        except zlib.error:
            return ""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    return head.decode(errors="replace")


def _is_csl(text: str) -> bool:
    """Whether the first object of a JSON text has the members of a CSL item. Cut-off text is enough."""
    start = text.find("{")
    try:
        first, _ = json.JSONDecoder().raw_decode(text, max(start, 0))
    except (ValueError, RecursionError):
        return start >= 0 and '"type"' in text and any(f'"{name}"' in text for name in _TELLING)
    if isinstance(first, dict) and isinstance(first.get("items"), list):
        return True
    return isinstance(first, dict) and "type" in first and any(name in first for name in _TELLING)


_TELLING = ("title", "author", "issued", "DOI", "container-title", "PMID", "URL", "id")
