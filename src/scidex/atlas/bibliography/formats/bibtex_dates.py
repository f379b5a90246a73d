"""Dates in BibTeX (``year``, ``month``) and biblatex (``date`` in ISO 8601 and EDTF), and CSL's. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scidex.atlas.bibliography.formats.dates import MONTHS, Date, date, iso, spans_of, worded_date, year_number
from scidex.atlas.bibliography.formats.latex import latex_of_text, text_of_latex

_EDTF = re.compile(r"(-?[0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ][0-9:.Z+\-]{1,20})?)?)?([~?%]?)")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[. ]{1,2}([A-Za-z]{3,9})")


def edtf_date(text: str) -> Date:
    """The date that biblatex reads in `text`; as ``literal`` if it is none.

    >>> edtf_date("2019-03-04/2019-05"), edtf_date("1850~")
    ({'date-parts': [[2019, 3, 4], [2019, 5]]}, {'date-parts': [[1850]], 'circa': True})
    """
    begin, slash, end = text.strip().partition("/")
    first, second = _EDTF.fullmatch(begin), _EDTF.fullmatch(end)
    if first is None or (slash and second is None and end not in ("", "..")):
        return _literal(text)
    others = {"circa": True} if first[4] else {}
    month = int(first[2] or 0)
    if 21 <= month <= 24 and not slash:
        return date([int(first[1])], season=str(month - 20), **others)
    spans = [_span(found) for found in (first, second) if found]
    if any(not _is_calendar(span) for span in spans) or (slash and second is None):
        return _literal(text)
    return date(*spans, **others)


def _literal(text: str) -> Date:
    words = text_of_latex(text)
    return {"literal": words} if words else {}


def _span(found: re.Match[str]) -> list[int]:
    return [int(number) for number in found.group(1, 2, 3) if number]


def _is_calendar(span: list[int]) -> bool:
    return all(low <= number <= high for number, (low, high) in zip(span[1:], ((1, 12), (1, 31)), strict=False))


def date_of_fields(fields: Mapping[str, str]) -> Date:
    """When the entry of `fields` was issued."""
    if fields.get("date"):
        return edtf_date(fields["date"])
    year = text_of_latex(fields.get("year", ""))
    month = text_of_latex(fields.get("month", "")).replace("–", "-").replace("\u00a0", " ")
    day = text_of_latex(fields.get("day", ""))
    if year_number(year) is None or not month:
        number = year_number(year)
        return date([number]) if number is not None else ({"literal": year} if year else {})
    turned = _DAY_FIRST.fullmatch(month)
    words = f"{turned[2]} {turned[1]}" if turned else month
    given = worded_date(f"{year.zfill(4)} {words} {day}")
    return given if "literal" not in given else date([year_number(year)])


def fields_of_date(given: Mapping[str, Any]) -> dict[str, str]:
    """`given` as fields: year and month for both programs, and `date` where there is more to say than those."""
    spans = spans_of(given)
    text = str(given.get("literal") or given.get("raw") or "")
    if not spans:
        return {"year": latex_of_text(text)} if text else {}
    if not all(1000 <= span[0] <= 9999 and _is_calendar(span) for span in spans):
        return {"year": str(spans[0][0])} if spans[0][0] >= 0 else {}
    year, *rest = spans[0]
    fields = {"year": str(year)}
    if rest:
        fields["month"] = MONTHS[rest[0] - 1]
    written = edtf(given)
    return fields if written in (iso(spans[0][:1]), iso(spans[0][:2])) else fields | {"date": written}


def edtf(given: Mapping[str, Any]) -> str:
    """`given` as biblatex reads it; empty if it has no parts."""
    spans = spans_of(given)
    circa = "~" if given.get("circa") else ""
    season = str(given.get("season", ""))
    if len(spans) == 1 and len(spans[0]) == 1 and season in ("1", "2", "3", "4"):
        return f"{iso(spans[0])}-2{season}{circa}"
    return "/".join(iso(span) + circa for span in spans)
