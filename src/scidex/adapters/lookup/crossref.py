"""Crossref: the registration agency of most journals' DOIs, with updates from publishers and Retraction Watch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from scidex.adapters.lookup.client import Client
from scidex.adapters.lookup.markup import plain_paragraphs
from scidex.adapters.lookup.pace import Allowance
from scidex.adapters.lookup.records import (
    all_found,
    by_value,
    confirmed,
    csl_date,
    first,
    fitting,
    found_work,
    iso_date,
    json_object,
    listing,
    mapping,
    text,
    texts,
    title,
    words,
    work_ids,
)
from scidex.adapters.lookup.service import Question, Service, UnreadableBodyError, missing
from scidex.atlas.bibliography.identifiers import Scheme, WorkId
from scidex.atlas.ports import FoundNotice, FoundWork, NoticeType

# The polite pool’s allowance for lists until the headers of an answer say which one is ours.
SERVICE = Service("crossref", "Crossref", "api.crossref.org", Allowance(3))
_TYPES = {
    "journal-article": "article-journal",
    "journal-issue": "periodical",
    "journal": "periodical",
    "proceedings-article": "paper-conference",
    "proceedings": "book",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "book-set": "book",
    "book-series": "book",
    "book-chapter": "chapter",
    "book-part": "chapter",
    "book-section": "chapter",
    "book-track": "chapter",
    "reference-entry": "entry",
    "posted-content": "article",
    "dissertation": "thesis",
    "report": "report",
    "report-component": "report",
    "dataset": "dataset",
    "database": "dataset",
    "peer-review": "review",
    "standard": "standard",
}
# What an update does to the work; editions and versions are no notices. A partial retraction is shown as a retraction,
# since part of the work is withdrawn; its label says which.
_NOTICES = {
    "retraction": NoticeType.RETRACTION,
    "partial_retraction": NoticeType.RETRACTION,
    "withdrawal": NoticeType.RETRACTION,
    "removal": NoticeType.RETRACTION,
    "correction": NoticeType.CORRECTION,
    "corrigendum": NoticeType.CORRECTION,
    "erratum": NoticeType.CORRECTION,
    "addendum": NoticeType.CORRECTION,
    "clarification": NoticeType.CORRECTION,
    "expression_of_concern": NoticeType.CONCERN,
}
# A DOI that cannot be mistaken for part of a filter, in which commas and colons separate.
_PLAIN = re.compile(r"[A-Za-z0-9./()_-]{1,120}")


class Crossref:
    """Works by DOI. A DOI of another agency, such as DataCite, is none that Crossref has."""

    name = SERVICE.name
    schemes = frozenset({"doi"})
    at_once = 25

    def __init__(self, client: Client) -> None:
        self._client = client

    def look_up(self, scheme: str, value: str) -> FoundWork | None:
        """The record of a DOI, None if Crossref has none. Raises Unavailable."""
        wanted = WorkId.of(scheme, value)

        def read(body: bytes, moment: str) -> FoundWork | None:
            return confirmed(SERVICE, wanted, [_work(_message(body), moment)])

        question = Question(f"/works/{quote(wanted.value, safe='')}", absent=missing)
        return self._client.ask(SERVICE, question, read)

    def look_up_many(self, scheme: str, values: Sequence[str]) -> Mapping[str, FoundWork | None]:
        """The records of up to `at_once` DOIs in one request; those with characters a filter reads go one by one."""
        plain = [value for value in values if _PLAIN.fullmatch(value)]
        found = {value: self.look_up(scheme, value) for value in values if value not in plain}
        if plain:
            dois = ",".join(f"doi:{value}" for value in plain)
            question = Question("/works", (("filter", dois), ("rows", str(len(plain)))), lane="list")

            def read(body: bytes, moment: str) -> dict[str, FoundWork | None]:
                return by_value(scheme, plain, [_work(mapping(each), moment) for each in _items(body)])

            answer = self._client.ask(SERVICE, question, read, whole=all_found)
            found.update(answer or {})
        return found

    def search(self, *, title: str, author: str, year: int | None, limit: int) -> tuple[FoundWork, ...]:
        """Records like these words, best first. The year may be off by one: print and online often differ."""
        parameters = [("query.bibliographic", words(title)), ("query.author", words(author))]
        if year is not None:
            parameters.append(("filter", f"from-pub-date:{year - 1},until-pub-date:{year + 1}"))
        given = tuple((name, value) for name, value in parameters if value)
        question = Question("/works", (*given, ("rows", str(limit))), lane="list")
        found = self._client.ask(
            SERVICE,
            question,
            lambda body, moment: fitting(_items(body), lambda record: _work(record, moment), limit),
        )
        return found or ()


def _message(body: bytes) -> dict[str, Any]:
    answer = json_object(body)
    if not isinstance(answer.get("message"), dict):
        raise UnreadableBodyError("the answer has no message")
    return mapping(answer["message"])


def _items(body: bytes) -> list[Any]:
    items = _message(body).get("items")
    if not isinstance(items, list):
        raise UnreadableBodyError("the list has no items")
    return items


def _work(record: Mapping[str, Any], moment: str) -> FoundWork:
    kind = _TYPES.get(text(record.get("type")), "document")
    isbns = work_ids((Scheme.ISBN, [isbn.rpartition("/")[2] for isbn in texts(record.get("ISBN"))]))
    # A chapter carries the number of its book, which does not name the chapter.
    ids = (*work_ids((Scheme.DOI, record.get("DOI"))), *(isbns if kind == "book" else ()))
    item: dict[str, Any] = {
        "type": kind,
        "title": _title(record),
        "original-title": title(first(record.get("original-title"))),
        **_container(record),
        **{role: _names(record.get(role)) for role in ("author", "editor", "translator", "chair")},
        **_dates(record),
        "volume": text(record.get("volume")),
        "issue": text(record.get("issue")),
        "page": text(record.get("page")),
        "number": text(record.get("article-number")),
        "edition": text(record.get("edition-number")),
        "publisher": text(record.get("publisher")),
        "publisher-place": text(record.get("publisher-location")),
        "event-title": text(mapping(record.get("event")).get("name")),
        "ISSN": first(record.get("ISSN")),
        "ISBN": isbns[0].value if isbns else "",
        "genre": text(record.get("subtype")),
        "language": text(record.get("language")),
        "license": _license(record),
        "custom": {"relation": _relations(record), "update-to": _updates(record)},
    }
    abstract = plain_paragraphs(str(record.get("abstract") or ""))
    return found_work(
        SERVICE,
        item,
        ids,
        address=ids[0].url if ids else "",
        retrieved_at=moment,
        notices=_notices(record),
        registrations=_registrations(record),
        abstract=abstract.removeprefix("Abstract\n"),
    )


def _title(record: Mapping[str, Any]) -> str:
    main, sub = title(first(record.get("title"))), title(first(record.get("subtitle")))
    return f"{main}: {sub}" if sub and sub.casefold() not in main.casefold() else main


def _container(record: Mapping[str, Any]) -> dict[str, str]:
    """Journal or book; of a chapter with two containers the first is the series."""
    names = [title(name) for name in texts(record.get("container-title"))]
    series = names.pop(0) if len(names) > 1 and record.get("type") == "book-chapter" else ""
    return {
        "container-title": names[0] if names else "",
        "container-title-short": title(first(record.get("short-container-title"))),
        "collection-title": series,
    }


def _names(people: object) -> list[dict[str, str]]:
    names = []
    for person in map(mapping, listing(people)):
        family, given = text(person.get("family")), text(person.get("given"))
        if family:
            names.append({"family": family, "given": given, "suffix": text(person.get("suffix"))})
        elif literal := text(person.get("name")) or given:
            names.append({"literal": title(literal)})
    return names


def _dates(record: Mapping[str, Any]) -> dict[str, Any]:
    """Issued is when it appeared in print if it did; when it was online first stands beside it."""
    online = csl_date(record.get("published-online"))
    choices = ("published-print", "published-online", "published", "issued", "posted")
    issued = next(filter(None, (csl_date(record.get(name)) for name in choices)), {})
    return {"issued": issued, "available-date": online if online != issued else {}}


def _license(record: Mapping[str, Any]) -> str:
    """The address of the licence of the version of record, else of the first one named."""
    licenses = [mapping(each) for each in listing(record.get("license"))]
    licenses.sort(key=lambda each: each.get("content-version") != "vor")
    return first([each.get("URL") for each in licenses])


def _relations(record: Mapping[str, Any]) -> dict[str, list[str]]:
    """Other works by kind of relation, such as ``is-preprint-of``, as far as they have a DOI."""
    relations = {}
    for kind, others in mapping(record.get("relation")).items():
        ids = work_ids(*((Scheme.DOI, mapping(other).get("id")) for other in listing(others)))
        if ids and kind.isascii():
            relations[kind[:60]] = [str(each) for each in ids]
    return relations


def _updates(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The works that this one, a notice, is about."""
    return [
        {"type": str(notice.type), "label": notice.label, "date": notice.date, "identifiers": list(notice.identifiers)}
        for notice in _read_updates(record.get("update-to"))
    ]


def _notices(record: Mapping[str, Any]) -> list[FoundNotice]:
    return _read_updates(record.get("updated-by"))


def _read_updates(updates: object) -> list[FoundNotice]:
    """The publisher and Retraction Watch may both report one update; it is told once for each DOI and type."""
    notices: dict[tuple[NoticeType, tuple[str, ...]], FoundNotice] = {}
    for update in map(mapping, listing(updates)):
        label = text(update.get("type"))
        type_ = _NOTICES.get(label.lower().replace("-", "_").replace(" ", "_"))
        if type_ is None:
            continue
        ids = work_ids((Scheme.DOI, update.get("DOI")))
        identifiers = tuple(map(str, ids))
        notice = FoundNotice(type_, iso_date(update.get("updated")), identifiers, ids[0].url if ids else "", label)
        notices.setdefault((type_, identifiers), notice)
    return list(notices.values())


def _registrations(record: Mapping[str, Any]) -> list[str]:
    numbers = [
        text(mapping(each).get("clinical-trial-number")) for each in listing(record.get("clinical-trial-number"))
    ]
    return [str(next(iter(work_ids((Scheme.NCT, number))), number)) for number in numbers if number]
