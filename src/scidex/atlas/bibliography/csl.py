"""CSL-JSON records: what a work is, in the vocabulary that citation software shares (CSL 1.0.2).

A record is kept as CSL-JSON itself, so that what is exported is what is stored. `checked_item` brings it into the one
form we seal: known variables of the right type, everything else under ``custom``, decimals as text, bounded.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema


def _terms(text: str) -> frozenset[str]:
    return frozenset(text.split())


TYPES = _terms(
    """article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset
    document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case legislation
    manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical
    personal_communication post post-weblog regulation report review review-book software song speech standard thesis
    treaty webpage"""
)
NAME_VARIABLES = _terms(
    """author chair collection-editor compiler composer container-author contributor curator director editor
    editorial-director executive-producer guest host illustrator interviewer narrator organizer original-author performer
    producer recipient reviewed-author script-writer series-creator translator"""
)
DATE_VARIABLES = _terms("accessed available-date event-date issued original-date submitted")
TEXT_VARIABLES = _terms(
    """abstract annote archive archive_collection archive_location archive-place authority call-number chapter-number
    citation-key citation-label citation-number collection-number collection-title container-title container-title-short
    dimensions division DOI edition event event-title event-place first-reference-note-number genre ISBN ISSN issue
    journalAbbreviation jurisdiction keyword language license locator medium note number number-of-pages
    number-of-volumes original-publisher original-publisher-place original-title page page-first part part-title PMCID
    PMID printing publisher publisher-place references reviewed-genre reviewed-title scale section shortTitle source
    status supplement title title-short URL version volume volume-title year-suffix"""
)
_NAME_PARTS = _terms(
    "family given dropping-particle non-dropping-particle suffix comma-suffix static-ordering literal parse-names"
)
_DATE_PARTS = _terms("season circa literal raw")
LONGEST_TEXT = 200_000
MOST_NAMES = 10_000
_MARKUP = re.compile(r"</?(?:i|b|sub|sup|span|em|strong|scp|jats:\w{1,20})(?: [^<>]{0,200})?/?>", re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")

Record = dict[str, Any]
"""A CSL-JSON item."""


def checked_item(value: object) -> Record:
    """`value` as a record in the form we keep. Raises ValueError naming the variable that does not fit."""
    if not isinstance(value, Mapping):
        raise _UnfitError("a CSL-JSON record is an object")
    item: Record = {}
    custom: Record = {}
    for name, given in value.items():
        key = str(name)
        if given is None or given in ("", [], {}):
            continue
        if key == "custom" and isinstance(given, Mapping):
            custom.update(_plain(given))
        elif (read := _reader(key)) is not None:
            if (value_read := read(key, given)) not in ([], {}):
                item[key] = value_read
        else:
            custom[key] = _plain(given)
    item.setdefault("type", "document")
    if custom:
        item["custom"] = _bounded(_ascii_keys(custom))
    return item


class _UnfitError(ValueError):
    """A value that is no CSL-JSON; pydantic turns it into its report."""


def _reader(key: str) -> Callable[[str, Any], Any] | None:
    if key in NAME_VARIABLES:
        return _names
    if key in DATE_VARIABLES:
        return _date
    if key in TEXT_VARIABLES or key == "id":
        return _text
    return {"type": _type, "categories": _texts}.get(key)


def _type(_name: str, value: object) -> str:
    if not isinstance(value, str) or value not in TYPES:
        raise _UnfitError(f"“{str(value)[:40]}” is no CSL type")
    return value


def _texts(name: str, value: object) -> list[str]:
    return [_text(name, each) for each in _list(name, value)]


def _bounded(custom: Record) -> Record:
    if len(json.dumps(custom)) > 4 * LONGEST_TEXT:
        raise _UnfitError(f"custom is longer than {4 * LONGEST_TEXT:,} characters")
    return custom


CslItem = Annotated[
    dict[str, Any],
    BeforeValidator(checked_item),
    WithJsonSchema({"type": "object", "title": "CSL-JSON 1.0.2 item"}),
]
"""A field of a body that holds a CSL-JSON record."""


def _list(name: str, value: object) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise _UnfitError(f"{name} is a list")
    return list(value)


def _text(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _UnfitError(f"{name} is text")
    text = unicodedata.normalize("NFC", str(value))
    if len(text) > LONGEST_TEXT:
        raise _UnfitError(f"{name} is longer than {LONGEST_TEXT:,} characters")
    return text


def _names(name: str, value: object) -> list[Record]:
    names = []
    for each in _list(name, value)[:MOST_NAMES]:
        if not isinstance(each, Mapping):
            raise _UnfitError(f"{name} holds a name that is no object")
        person = {
            str(part): _text(name, given) if part in _NAME_PARTS and not isinstance(given, bool) else _plain(given)
            for part, given in each.items()
            if given not in (None, "")
        }
        if not any(str(person.get(part, "")).strip() for part in ("family", "literal", "given")):
            continue
        names.append(_record(person))
    return names


def _date(name: str, value: object) -> Record:
    if isinstance(value, str):
        return {"raw": _text(name, value)}
    if not isinstance(value, Mapping):
        raise _UnfitError(f"{name} is a date such as {{'date-parts': [[2019, 3]]}}")
    date: Record = {}
    for part, given in value.items():
        if given in (None, "", []):
            continue
        if part == "date-parts":
            date["date-parts"] = _date_parts(name, given)
        else:
            date[str(part)] = (
                _text(name, given) if part in _DATE_PARTS and not isinstance(given, bool) else _plain(given)
            )
    return _record(date)


def _record(value: Record) -> Record:
    kept: Record = _ascii_keys({name: each for name, each in value.items() if name and each is not None})
    return kept


def _date_parts(name: str, value: object) -> list[list[int]]:
    spans = []
    for each in _list(name, value)[:2]:
        try:
            numbers = [int(number) for number in _list(name, each)[:3] if number not in (None, "")]
        except (TypeError, ValueError, OverflowError):
            raise _UnfitError(f"{name} has date parts that are no whole numbers") from None
        if any(abs(number) > 9999 for number in numbers):
            raise _UnfitError(f"{name} has a date that is out of the calendar")
        if numbers:
            spans.append(numbers)
    return spans


def _plain(value: object, depth: int = 0) -> Any:
    """Any JSON value in the domain we can seal: floats and large numbers as text, bounded depth."""
    if depth > 12:
        raise _UnfitError("custom is nested too deeply")
    if isinstance(value, Mapping):
        return {str(key): _plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, depth + 1) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    return str(value)


def _ascii_keys(value: Any) -> Any:
    """Sealed objects have ASCII names only; others are written with the escapes of a Python text."""
    if isinstance(value, list):
        return [_ascii_keys(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key if key.isascii() else key.encode("unicode_escape").decode(): _ascii_keys(each)
        for key, each in value.items()
    }


def plain_text(text: str) -> str:
    """A text variable without CSL's rich-text tags, on one line."""
    return " ".join(_MARKUP.sub("", text).split()) if "<" in text else " ".join(text.split())


def title_of(item: Mapping[str, Any]) -> str:
    """The title in plain words; empty if the record has none."""
    return plain_text(str(item.get("title", "")))


def year_of(item: Mapping[str, Any]) -> int | None:
    """The year of publication, if the record says one."""
    issued = item.get("issued") or {}
    parts = issued.get("date-parts") or []
    if parts and parts[0]:
        return int(parts[0][0])
    found = YEAR.search(str(issued.get("raw") or issued.get("literal") or ""))
    return int(found[1]) if found else None


def name_words(name: Mapping[str, Any]) -> str:
    """A name in the order of an index: ``Berry JD``, or an organisation's as it is."""
    if name.get("literal"):
        return plain_text(str(name["literal"]))
    particle = str(name.get("non-dropping-particle") or name.get("dropping-particle") or "")
    given = "".join(word[:1].upper() for word in re.split(r"[\s.\-]+", str(name.get("given", ""))) if word)
    if str(name.get("given", "")).isupper() and len(str(name.get("given", ""))) <= 4:
        given = str(name["given"])
    return " ".join(
        part for part in (particle, str(name.get("family", "")), given, str(name.get("suffix", ""))) if part
    )


def first_author(item: Mapping[str, Any]) -> str:
    """The family name (or the organisation) that the work stands under in an index; empty if none is known."""
    for variable in ("author", "editor"):
        for name in item.get(variable) or ():
            return str(name.get("family") or name.get("literal") or name.get("given") or "")
    return ""


def reference_line(item: Mapping[str, Any], *, most_authors: int = 6) -> str:
    """The record on one line, as a list entry for reading.

    Not a citation style (those come from the processor): it shows the fields of the record in a fixed order, costs
    microseconds, and never hides that one is missing.
    """
    names = [name_words(name) for name in item.get("author") or item.get("editor") or ()]
    shown = names if len(names) <= most_authors else [*names[:most_authors], "et al"]
    parts = [", ".join(shown), title_of(item) or "[no title]"]
    container = plain_text(str(item.get("container-title") or item.get("publisher") or ""))
    year = year_of(item)
    where = " ".join(part for part in (container, str(year) if year is not None else "") if part)
    volume = str(item.get("volume", ""))
    if item.get("issue"):
        volume += f"({item['issue']})"
    pages = str(item.get("page", "")).replace("--", "–").replace("-", "–")
    locus = ":".join(part for part in (volume, pages) if part)
    parts.append(";".join(part for part in (where, locus) if part))
    return " ".join(part.rstrip(".") + "." for part in parts if part.strip())
