"""What services send, taken as data: values of the type one expects or nothing, and the record made of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from scidex.adapters.lookup.markup import rich_line
from scidex.adapters.lookup.service import Service, UnreadableBodyError
from scidex.atlas.bibliography.csl import checked_item
from scidex.atlas.bibliography.identifiers import Scheme, WorkId, ordered
from scidex.atlas.ports import FoundNotice, FoundWork, Reason, Unavailable
from scidex.kernel.errors import Invalid

LONGEST = 200_000
_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:T.{0,40})?")
_VARIABLES = {Scheme.DOI: "DOI", Scheme.PMID: "PMID", Scheme.PMCID: "PMCID", Scheme.ISBN: "ISBN"}
# ISO 639-2 codes that PubMed and Europe PMC use, as the ISO 639-1 codes that CSL does.
_LANGUAGES = {
    "eng": "en",
    "fre": "fr",
    "fra": "fr",
    "ger": "de",
    "deu": "de",
    "spa": "es",
    "por": "pt",
    "ita": "it",
    "rus": "ru",
    "jpn": "ja",
    "chi": "zh",
    "zho": "zh",
    "kor": "ko",
    "pol": "pl",
    "dut": "nl",
    "nld": "nl",
    "tur": "tr",
    "swe": "sv",
    "dan": "da",
    "nor": "no",
    "fin": "fi",
    "hun": "hu",
    "cze": "cs",
    "ces": "cs",
}


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object that an answer is. Raises UnreadableBodyError."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnreadableBodyError("it is no JSON") from None
    if not isinstance(value, dict):
        raise UnreadableBodyError("it is JSON, but no object")
    return value


def mapping(value: object) -> dict[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> list[Any]:
    """`value` if it is a list; a list of it if it is one thing; empty for nothing."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def text(value: object) -> str:
    """`value` if it is text or a whole number, on one line and bounded, else empty."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return " ".join(str(value)[:LONGEST].split())


def texts(value: object) -> list[str]:
    """The texts in a list, without empty ones."""
    return [word for word in map(text, listing(value)) if word]


def first(value: object) -> str:
    """The first text of a list, or empty."""
    return next(iter(texts(value)), "")


def title(value: object) -> str:
    """A title on one line in CSL's rich text; empty if it is none."""
    return rich_line(value) if isinstance(value, str) else ""


def csl_date(value: object) -> dict[str, Any]:
    """A CSL date from ISO 8601 text (a year, month or day), or from an object with date-parts; empty for neither."""
    if isinstance(value, str):
        found = _ISO_DATE.fullmatch(value.strip())
        parts: list[Any] = [int(number) for number in found.groups() if number] if found else []
    else:
        parts = listing(next(iter(listing(mapping(value).get("date-parts"))), None))
    kept = []
    for part, (low, high) in zip(parts, ((1000, 9999), (1, 12), (1, 31)), strict=False):
        if isinstance(part, bool) or not isinstance(part, int) or not low <= part <= high:
            break
        kept.append(part)
    return {"date-parts": [kept]} if kept else {}


def iso_date(value: object) -> str:
    """A date that `csl_date` reads, in ISO 8601 as exact as it is; empty if it is none."""
    parts = csl_date(value).get("date-parts", [[]])[0]
    return "-".join(f"{part:02d}" for part in parts)


def language(code: object) -> str:
    """A language as CSL writes it: ISO 639-1 where we know the three-letter code, else as the service writes it."""
    return _LANGUAGES.get(text(code).lower(), text(code))


def work_ids(*pairs: tuple[Scheme | str, object]) -> tuple[WorkId, ...]:
    """The well-formed ones among what a service calls identifiers, in the order of `Scheme`."""
    found = []
    for scheme, value in pairs:
        for written in texts(value):
            try:
                found.append(WorkId.of(scheme, written))
            except Invalid:
                continue
    return ordered(found)


def words(query: str) -> str:
    """A query without anything that a query language could read as its own: letters and digits, at most 40 words."""
    return " ".join(re.findall(r"\w+", query[:2000])[:40])


def found_work(
    service: Service,
    item: Mapping[str, Any],
    ids: tuple[WorkId, ...],
    *,
    address: str,
    retrieved_at: str,
    notices: Iterable[FoundNotice] = (),
    registrations: Iterable[str] = (),
    abstract: str = "",
) -> FoundWork:
    """The record with its identifiers written into it. Raises Unavailable if it does not fit CSL-JSON, or has none."""
    if not ids:
        raise _unfit(service, "it has no identifier")
    known = {_VARIABLES[scheme]: value for scheme, value in reversed(ids) if scheme in _VARIABLES}
    custom = {name: value for name, value in mapping(item.get("custom")).items() if value}
    full = {**item, **known, "id": str(ids[0]), "abstract": abstract, "URL": address, "custom": custom}
    try:
        checked = checked_item(full)
    except ValueError as fault:
        raise _unfit(service, str(fault)) from None
    return FoundWork(
        item=checked,
        identifiers=tuple(map(str, ids)),
        notices=tuple(dict.fromkeys(notices)),
        registrations=tuple(dict.fromkeys(registrations)),
        abstract=checked.get("abstract", ""),
        source=service.name,
        address=address,
        retrieved_at=retrieved_at,
    )


def _unfit(service: Service, why: str) -> Unavailable:
    return Unavailable(
        service.name,
        Reason.UNFIT,
        f"{service.label} sent a record that does not fit: {why}.",
        cure="Add the work by hand, and report it: SciDEX should be able to read this record.",
    )


def confirmed(service: Service, wanted: WorkId, found: Iterable[FoundWork]) -> FoundWork | None:
    """The record that carries the identifier asked for; None if there is no record at all.

    Raises Unavailable if there are only records of other works: an answer about something else is no answer.
    """
    others = []
    for work in found:
        if str(wanted) in work.identifiers:
            return work
        others.append(work.identifiers[0])
    if not others:
        return None
    raise Unavailable(
        service.name,
        Reason.OTHER_RECORD,
        f"{service.label} was asked for {wanted} and answered with {others[0]}.",
        cure=f"If it is the same work, look up {others[0]} instead.",
    )


def by_value(scheme: str, values: Iterable[str], found: Iterable[FoundWork]) -> dict[str, FoundWork | None]:
    """The record of each value in a complete answer about all of them: the first that carries it, None if none does."""
    by_id: dict[str, FoundWork] = {}
    for work in found:
        for identifier in work.identifiers:
            by_id.setdefault(identifier, work)
    return {value: by_id.get(f"{scheme}:{value}") for value in values}


def all_found(answer: Mapping[str, FoundWork | None]) -> bool:
    """Whether an answer about many has a record of each."""
    return None not in answer.values()


def fitting(
    records: Iterable[object], make: Callable[[dict[str, Any]], FoundWork], limit: int
) -> tuple[FoundWork, ...]:
    """What `make` gives for the objects among `records`, at most `limit`; what does not fit is no search result."""
    found = []
    for record in records:
        try:
            found.append(make(mapping(record)))
        except Unavailable:
            continue
        if len(found) == limit:
            break
    return tuple(found)
