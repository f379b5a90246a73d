"""What PubMed's comments and corrections say against a work: retractions, errata, concerns. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scidex.atlas.bibliography.formats.dates import date, day_number, iso, month_number, spans_of, year_number
from scidex.atlas.bibliography.formats.model import Notice
from scidex.atlas.bibliography.identifiers import Scheme, identifiers_in

# RefType of CommentsCorrections (NLM, PubMed DTD). Plain comments, associated data and cited articles say nothing
# against a work, and are kept with the record only.
_TYPES = {
    "RetractionIn": "retraction",
    "RetractionOf": "retraction-of",
    "PartialRetractionIn": "partial-retraction",
    "PartialRetractionOf": "partial-retraction-of",
    "ErratumIn": "correction",
    "ErratumFor": "correction-of",
    "CorrectedandRepublishedIn": "corrected-republication",
    "CorrectedandRepublishedFrom": "corrected-republication-of",
    "RetractedandRepublishedIn": "retracted-republication",
    "RetractedandRepublishedFrom": "retracted-republication-of",
    "ExpressionOfConcernIn": "expression-of-concern",
    "ExpressionOfConcernFor": "expression-of-concern-of",
    "UpdateIn": "update",
    "UpdateOf": "update-of",
    "RepublishedIn": "republication",
    "RepublishedFrom": "republication-of",
}
_BY_PUBLICATION_TYPE = {
    "Retracted Publication": "retraction",
    "Retraction of Publication": "retraction-of",
    "Retraction Notice": "retraction-of",
    "Published Erratum": "correction-of",
    "Expression of Concern": "expression-of-concern-of",
}
_DATE = re.compile(r"(?<![0-9])((?:1[89]|20)[0-9]{2})(?: ([A-Z][a-z]{2})(?:[a-z]{0,6})(?: ([0-9]{1,2}))?)?(?![0-9])")


def notices_of(corrections: Sequence[Mapping[str, Any]], publication_types: Sequence[str]) -> tuple[Notice, ...]:
    """The notices in a record's comments and corrections, then those that only its publication types tell of."""
    notices = [_notice(each) for each in corrections if each.get("type") in _TYPES]
    told = {notice.type for notice in notices}
    for name in publication_types:
        kind = _BY_PUBLICATION_TYPE.get(name)
        if kind and kind not in told:
            told.add(kind)
            notices.append(Notice(kind, (), "", f"PubMed's publication type is “{name}”."))
    return tuple(notices)


def _notice(correction: Mapping[str, Any]) -> Notice:
    source = str(correction.get("source", ""))
    number = str(correction.get("pmid", ""))
    found = [str(each) for each in identifiers_in(source) if each.scheme is Scheme.DOI]
    return Notice(
        _TYPES[str(correction["type"])],
        tuple([f"pmid:{number}"] if number.isdigit() else []) + tuple(found),
        _date_in(source),
        " ".join(text for text in (source, str(correction.get("note", ""))) if text),
    )


def _date_in(source: str) -> str:
    """The date in a citation such as ``Lancet. 2010 Feb 6;375(9713):445``, as ISO 8601; empty if it has none."""
    found = _DATE.search(source)
    if not found:
        return ""
    spans = spans_of(date([year_number(found[1]), month_number(found[2] or ""), day_number(found[3] or "")]))
    return iso(spans[0])
