"""PubMed and MEDLINE XML (PubmedArticleSet), one record at a time: 30,000 records take the memory of a few.

``custom.pubmed`` keeps what CSL has no variable for: publication types, MeSH headings, comments and corrections, data
banks, the journal's numbers. Affiliations, grants, the record's history and its reference list are not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scidex.atlas.bibliography.formats import pubmed_reading, pubmed_writing
from scidex.atlas.bibliography.formats.entries import carrier, checked, entry
from scidex.atlas.bibliography.formats.model import ByteSource, Problem, ReadEntry
from scidex.atlas.bibliography.formats.pubmed_corrections import notices_of
from scidex.atlas.bibliography.formats.xml_records import records, without_forbidden, xml_text

_ROOTS = ("PubmedArticleSet", "PubmedBookArticleSet", "PubmedArticle", "PubmedBookArticle")
_UNREAD = ("ReferenceList", "AffiliationInfo", "GrantList", "History", "InvestigatorList", "Sections")
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" \
"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">
<PubmedArticleSet>
"""


def read(source: ByteSource) -> Iterator[ReadEntry | Problem]:
    """The records of a PubMed XML file, plain or gzip. Never raises."""
    for record in records(source, ("PubmedArticle", "PubmedBookArticle"), _ROOTS, unread=_UNREAD):
        if isinstance(record, Problem):
            yield record
            continue
        native = pubmed_reading.record(record.element)
        kept = native.get("custom", {}).get("pubmed", {})
        yield from entry(
            native,
            record.line,
            carried=pubmed_reading.carried(record.element),
            notices=notices_of(kept.get("corrections", ()), kept.get("publication-types", ())),
            registrations=pubmed_reading.registrations(record.element),
        )


def write(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A PubmedArticleSet of `items`. Raises Invalid for an item that is no CSL-JSON.

    What PubMed has no element for stands in an ``ObjectList``, where the DTD allows objects of any type.
    """
    yield _HEAD
    for each in items:
        item = checked(each)
        element = pubmed_writing.record(item)
        without_forbidden(element)
        native = checked(pubmed_reading.record(element))
        pubmed_writing.add_carried(element, carrier(item, native))
        yield xml_text(element)
    yield "</PubmedArticleSet>\n"
