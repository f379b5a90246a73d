"""RIS files, as reference managers and databases exchange them.

Tags that CSL has no variable for, and further values of those it has, are kept in ``custom.ris.tags`` and come back.
What RIS has no tag for stands in ``C8``, which is free for whatever a program likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scidex.atlas.bibliography.csl import Record
from scidex.atlas.bibliography.formats import ris_fields as known
from scidex.atlas.bibliography.formats.dates import (
    SEASON_NAMES,
    SEASONS,
    Date,
    date,
    day_number,
    month_number,
    spans_of,
    year_number,
)
from scidex.atlas.bibliography.formats.decoding import lines
from scidex.atlas.bibliography.formats.entries import carrier, checked, entry, kept_of
from scidex.atlas.bibliography.formats.model import ByteSource, Problem, ReadEntry
from scidex.atlas.bibliography.formats.ris_lines import RisRecord, ris_line, ris_records

_CARRIER = "scidex-csl: "
_PMID = re.compile(r"(?:PMID:? ?)?([1-9][0-9]{0,8})")
_TAG = re.compile(r"[A-Z][A-Z0-9]")
_PARAGRAPHS = frozenset({"AB", "N2", "N1", "RN"})
_MEDLINE = frozenset({"pubmed", "medline", "nlm"})

Tags = list[tuple[str, str]]
"""Tags with their values, in order."""


def read(source: ByteSource) -> Iterator[ReadEntry | Problem]:
    """The records of an RIS file. Never raises."""
    for record in ris_records(lines(source)):
        if isinstance(record, Problem):
            yield record
            continue
        csl_type = record.tags[0][1].strip().upper()
        if csl_type not in known.TYPES:
            message = f"“{csl_type[:40]}” is no type of RIS; the record was read as a document."
            yield Problem(record.line, message, "Correct its TY line.")
        tags = [each for each in record.tags if not _is_carrier(*each)]
        carried = next((value.removeprefix(_CARRIER) for tag, value in record.tags if _is_carrier(tag, value)), "")
        yield from entry(_item_of(RisRecord(record.line, tags)), record.line, carried=carried)


def _is_carrier(tag: str, value: str) -> bool:
    return tag == "C8" and value.startswith(_CARRIER)


def _item_of(record: RisRecord) -> Record:
    """The record as CSL-JSON, not yet checked."""
    written_type = record.tags[0][1].strip()
    item: Record = {"type": known.TYPES.get(written_type.upper(), "document")}
    left: list[list[str]] = []
    held: dict[str, list[str]] = {"KW": [], "SP": [], "EP": [], "DA": [], "PY": [], "AN": []}
    for tag, given in record.tags[1:]:
        value = given if tag in _PARAGRAPHS else " ".join(given.split("\n"))
        place = held.get("PY" if tag == "Y1" else tag)
        if not value:
            continue
        if place is not None and (tag == "KW" or not place):
            place.append(value)
        elif not _read_tag(item, tag, value):
            left.append([tag, value])
    if held["KW"]:
        item["keyword"] = "; ".join(held["KW"])
    if held["SP"]:
        item["page"] = "-".join(held["SP"] + held["EP"])
    else:
        left += [["EP", value] for value in held["EP"]]
    _read_issued(item, held, left)
    _read_accession(item, held, left)
    kept = {"type": written_type, "tags": left}
    item["custom"] = {"ris": {name: value for name, value in kept.items() if value}}
    return item


def _read_tag(item: Record, tag: str, value: str) -> bool:
    """Puts the value into `item`; False if CSL has no variable for it, or that one has been taken already."""
    if variable := known.NAMES.get(tag):
        item.setdefault(variable, []).append(_name(value))
        return True
    variable = known.DATES.get(tag) or known.text_variable(tag, str(item["type"]))
    if variable is None or variable in item:
        return False
    item[variable] = _date(value) if tag in known.DATES else value
    return True


def _name(text: str) -> dict[str, str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1 or len(parts) > 3 or not parts[0]:
        return {"literal": text}
    return {part: words for part, words in zip(("family", "given", "suffix"), parts, strict=False) if words}


def _read_issued(item: Record, held: Mapping[str, list[str]], left: list[list[str]]) -> None:
    """DA says the day where PY says the year; if they differ, PY is when the work was issued."""
    years = [_date(value) for value in held["PY"]]
    days = [_date(value) for value in held["DA"]]
    spans, finer = [spans_of(each[0]) if each else [] for each in (years, days)]
    if days and (not years or (spans and finer and spans[0][0] == finer[0][0])):
        item["issued"] = days[0]
        left += [["PY", value] for value in held["PY"] if spans and len(spans[0]) > 1]
        return
    if years:
        item["issued"] = years[0]
    left += [["DA", value] for value in held["DA"]]


def _date(text: str) -> Date:
    """``2019/03/04/Spring``: what is not a number stands last, and what is not known may be left empty."""
    parts = [part.strip() for part in text.split("/", 3)]
    if len(parts) == 1:
        parts = [part.strip() for part in text.split("-", 2)]
    while parts and not parts[-1]:
        parts.pop()
    span = [read(part) for read, part in zip(_READERS, parts, strict=False)]
    season = SEASONS.get(parts[3].casefold()) if len(parts) == 4 else None
    if season and span[0] is not None and parts[1:3] == ["", ""]:
        return date(span[:1], season=season)
    if len(parts) <= len(_READERS) and None not in span:
        return date(span)
    return date(span, literal=text)


_READERS = (year_number, month_number, day_number)


def _read_accession(item: Record, held: Mapping[str, list[str]], left: list[list[str]]) -> None:
    for number in held["AN"]:
        found = _PMID.fullmatch(number)
        if found and (number.startswith("PMID") or str(item.get("source", "")).casefold() in _MEDLINE):
            item["PMID"] = found[1]
        else:
            left.append(["AN", number])


def write(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One record an item. Raises Invalid for an item that is no CSL-JSON."""
    for each in items:
        item = checked(each)
        text = _written(_tags_of(item))
        # Read as it will stand in the file, so that what the lines themselves do to a value is known as well.
        native = next(
            record for record in ris_records(lines([text.encode(errors="replace")])) if isinstance(record, RisRecord)
        )
        carried = carrier(item, checked(_item_of(native)), own="ris")
        yield text + (ris_line("C8", _CARRIER + carried) if carried else "") + "ER  - \n\n"


def _written(tags: Tags) -> str:
    return "".join(ris_line(tag, value) for tag, value in tags)


def _tags_of(item: Mapping[str, Any]) -> Tags:
    csl_type = str(item["type"])
    kept = kept_of(item, "ris")
    written_type = str(kept.get("type", ""))
    if known.TYPES.get(written_type.upper()) != csl_type:
        written_type = known.WRITTEN_TYPES.get(csl_type, "GEN")
    tags: Tags = [("TY", written_type)]
    for tag, variable in known.NAMES.items():
        if tag in ("AU", "A2", "A3", "A4"):
            tags += [(tag, _name_text(name)) for name in item.get(variable, ())]
    for variable, value in item.items():
        written = known.written_tag(variable, csl_type)
        if written and isinstance(value, str):
            tags.append((written, value))
    tags += [("KW", keyword) for keyword in str(item.get("keyword", "")).split("; ") if keyword]
    tags += _page_tags(str(item.get("page", "")))
    tags += _issued_tags(item.get("issued", {}))
    if item.get("accessed"):
        tags.append(("Y2", _date_text(item["accessed"])))
    if item.get("PMID"):
        tags.append(("AN", f"PMID: {item['PMID']}"))
    return [(tag, value) for tag, value in [*tags, *_kept_tags(kept)] if value]


def _kept_tags(kept: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in kept.get("tags") or ():
        if isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each):
            tag, value = each
            if _TAG.fullmatch(tag) and tag not in ("TY", "ER") and not _is_carrier(tag, value):
                yield tag, value


def _name_text(name: Mapping[str, Any]) -> str:
    if name.get("literal"):
        return str(name["literal"])
    particle = str(name.get("non-dropping-particle") or name.get("dropping-particle") or "")
    family = " ".join(part for part in (particle, str(name.get("family", ""))) if part)
    parts = [family, str(name.get("given", "")), str(name.get("suffix", ""))]
    return ", ".join(parts if parts[2] else parts[:2]).strip()


def _page_tags(page: str) -> Tags:
    first, dash, last = page.partition("-")
    return [("SP", first), ("EP", last)] if dash and first and last else [("SP", page)]


def _issued_tags(issued: Mapping[str, Any]) -> Tags:
    text = _date_text(issued)
    spans = spans_of(issued)
    if not spans or text == str(spans[0][0]):
        return [("PY", text)]
    return [("PY", f"{spans[0][0]}"), ("DA", text)]


def _date_text(given: Mapping[str, Any]) -> str:
    spans = spans_of(given)
    if given.get("literal") or given.get("raw"):
        return str(given.get("literal") or given.get("raw"))
    if not spans:
        return ""
    year, *rest = spans[0]
    season = SEASON_NAMES.get(str(given.get("season", "")))
    if season and not rest:
        return f"{year}///{season}"
    if not rest:
        return str(year)
    return "/".join([str(year), *(f"{number:02d}" for number in rest), *[""] * (2 - len(rest))])
