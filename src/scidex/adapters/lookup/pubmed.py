"""PubMed through NCBI's E-utilities: records by PMID, found by DOI and PMCID, with their notices and registrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scidex.adapters.lookup.client import Client
from scidex.adapters.lookup.pace import Allowance
from scidex.adapters.lookup.records import (
    all_found,
    by_value,
    confirmed,
    found_work,
    json_object,
    mapping,
    texts,
    words,
    work_ids,
)
from scidex.adapters.lookup.service import Question, Service, UnreadableBodyError
from scidex.atlas.bibliography.formats import pubmed
from scidex.atlas.bibliography.formats.model import Notice, Problem, ReadEntry
from scidex.atlas.bibliography.identifiers import Scheme, WorkId, of_record
from scidex.atlas.ports import FoundNotice, FoundWork, NoticeType, Reason, Unavailable

SERVICE = Service("pubmed", "PubMed", "eutils.ncbi.nlm.nih.gov", Allowance(3))
_WITH_KEY = Allowance(10)
_TOOL = "scidex"
_FETCH, _SEARCH = "/entrez/eutils/efetch.fcgi", "/entrez/eutils/esearch.fcgi"
# So that the addresses of searches stay below the 2,000 characters that servers take.
_TERMS_AT_ONCE = 25
# What the reader of PubMed's XML calls a notice that stands against the work. A partial retraction is shown as a
# retraction, since part of the work is withdrawn; its label says which.
_NOTICES = {
    "retraction": NoticeType.RETRACTION,
    "partial-retraction": NoticeType.RETRACTION,
    "retracted-republication": NoticeType.RETRACTION,
    "correction": NoticeType.CORRECTION,
    "corrected-republication": NoticeType.CORRECTION,
    "expression-of-concern": NoticeType.CONCERN,
}


class PubMed:
    """Works by PMID, DOI and PMCID.

    `key` is an NCBI API key, with which 10 requests a second are allowed instead of 3.
    """

    name = SERVICE.name
    schemes = frozenset({"pmid", "doi", "pmcid"})
    at_once = 200

    def __init__(self, client: Client, *, key: str = "") -> None:
        self._client = client
        who = (("tool", _TOOL), ("email", client.contact), *((("api_key", key),) if key else ()))
        self._service = replace(SERVICE, credentials=who, allowance=_WITH_KEY if key else SERVICE.allowance)

    def look_up(self, scheme: str, value: str) -> FoundWork | None:
        """The record of an identifier, None if PubMed has none. Raises Unavailable."""
        wanted = WorkId.of(scheme, value)
        numbers = [wanted.value] if scheme == Scheme.PMID else self._numbers(_term(wanted), most=5, exact=True)

        def read(body: bytes, moment: str) -> FoundWork | None:
            works, problems = _works(body, moment)
            if problems:
                raise UnreadableBodyError(problems[0].message)
            return confirmed(SERVICE, wanted, works)

        return self._client.ask(self._service, _fetching(numbers), read) if numbers else None

    def look_up_many(self, scheme: str, values: Sequence[str]) -> Mapping[str, FoundWork | None]:
        """The records of up to `at_once` identifiers. Raises Unavailable."""
        if scheme == Scheme.PMID:
            numbers = list(values)
        else:
            numbers = []
            for start in range(0, len(values), _TERMS_AT_ONCE):
                wanted = [WorkId.of(scheme, value) for value in values[start : start + _TERMS_AT_ONCE]]
                numbers += self._numbers(" OR ".join(map(_term, wanted)), most=4 * _TERMS_AT_ONCE)
        numbers = list(dict.fromkeys(numbers))
        found: dict[str, FoundWork | None] = dict.fromkeys(values)
        for start in range(0, len(numbers), self.at_once):
            answer = self._records(numbers[start : start + self.at_once], scheme, values)
            found.update({value: work for value, work in answer.items() if work})
        return found

    def search(self, *, title: str, author: str, year: int | None, limit: int) -> tuple[FoundWork, ...]:
        """Records with these words in their title and this author, best first. Raises Unavailable."""
        terms = [f"{word}[ti]" for word in words(title).split() if len(word) > 1]
        terms += [f"{words(author)}[au]"] if words(author) else []
        terms += [f"{year - 1}:{year + 1}[dp]"] if year is not None else []
        numbers = self._numbers(" AND ".join(terms), most=limit) if terms else []
        if not numbers:
            return ()

        def read(body: bytes, moment: str) -> tuple[FoundWork, ...]:
            works, problems = _works(body, moment)
            if problems:
                raise UnreadableBodyError(problems[0].message)
            place = {f"pmid:{number}": rank for rank, number in enumerate(numbers)}
            ranked = [(min(place.get(each, limit) for each in work.identifiers), work) for work in works]
            return tuple(work for _, work in sorted(ranked, key=lambda pair: pair[0]))

        return self._client.ask(self._service, _fetching(numbers), read) or ()

    def _records(self, numbers: Sequence[str], scheme: str, values: Sequence[str]) -> Mapping[str, FoundWork | None]:
        def read(body: bytes, moment: str) -> dict[str, FoundWork | None]:
            works, problems = _works(body, moment)
            if problems:
                raise Unavailable(
                    SERVICE.name,
                    Reason.UNFIT,
                    f"PubMed’s answer has a record that cannot be read: {problems[0].message}",
                )
            return by_value(scheme, values, works)

        return self._client.ask(self._service, _fetching(numbers), read, whole=all_found) or {}

    def _numbers(self, term: str, *, most: int, exact: bool = False) -> list[str]:
        """The PMIDs that a search gives, best first; if `exact`, not those it gives after leaving out what it lacks."""
        parameters = (
            ("db", "pubmed"),
            ("term", term),
            ("retmax", str(most)),
            ("retmode", "json"),
            ("sort", "relevance"),
        )
        question = Question(_SEARCH, parameters, passing=_troubled)
        return self._client.ask(self._service, question, lambda body, _moment: _found_numbers(body, exact=exact)) or []


def _term(wanted: WorkId) -> str:
    if wanted.scheme is Scheme.PMCID:
        return f"{wanted.value}[pmcid]"
    # A quotation mark would end the phrase; the answer is compared with what was asked anyway.
    return f'"{wanted.value.replace(chr(34), " ")}"[doi]'


def _fetching(numbers: Sequence[str]) -> Question:
    parameters = (("db", "pubmed"), ("id", ",".join(numbers)), ("retmode", "xml"))
    return Question(_FETCH, parameters, absent=_unknown, passing=_troubled)


def _unknown(status: int, body: bytes) -> bool:
    """NCBI answers 400 if none of the numbers is one it knows."""
    return status == 400 and b"ID list is empty" in body[:2000]


def _troubled(status: int, body: bytes) -> bool:
    """NCBI also answers 400 when a server behind it does not answer."""
    return status == 400 and not _unknown(status, body)


def _found_numbers(body: bytes, *, exact: bool) -> list[str]:
    result = json_object(body).get("esearchresult")
    if not isinstance(result, dict) or "ERROR" in result or not isinstance(result.get("idlist"), list):
        raise UnreadableBodyError("it is no list of PMIDs")
    lacking = mapping(result.get("errorlist")).get("phrasesnotfound")
    lacking = lacking or mapping(result.get("warninglist")).get("quotedphrasesnotfound")
    numbers = [] if exact and lacking else texts(result["idlist"])
    return [number for number in numbers if number.isascii() and number.isdigit()]


def _works(body: bytes, moment: str) -> tuple[list[FoundWork], list[Problem]]:
    works, problems = [], []
    for each in pubmed.read([body]):
        if isinstance(each, Problem):
            problems.append(each)
        else:
            works.append(_work(each, moment))
    return works, problems


def _work(entry: ReadEntry, moment: str) -> FoundWork:
    ids = of_record(entry.item)
    number = next((each for each in ids if each.scheme is Scheme.PMID), None)
    custom = dict(mapping(entry.item.get("custom")))
    if about := [_update(notice) for notice in entry.notices if notice.type.endswith("-of")]:
        custom["update-to"] = about
    return found_work(
        SERVICE,
        {**entry.item, "custom": custom},
        ids,
        address=number.url if number else "",
        retrieved_at=moment,
        notices=[_notice(notice) for notice in entry.notices if notice.type in _NOTICES],
        registrations=map(str, work_ids((Scheme.NCT, list(entry.registrations)))),
        abstract=entry.text,
    )


def _notice(notice: Notice) -> FoundNotice:
    ids = _ids(notice)
    return FoundNotice(_NOTICES[notice.type], notice.date, tuple(map(str, ids)), ids[0].url if ids else "", notice.type)


def _ids(notice: Notice) -> tuple[WorkId, ...]:
    parts = [each.partition(":") for each in notice.identifiers]
    return work_ids(*((scheme, value) for scheme, _, value in parts))


def _update(notice: Notice) -> dict[str, object]:
    """The work that this one, a notice, is about."""
    return {
        "type": notice.type.removesuffix("-of"),
        "date": notice.date,
        "note": notice.note,
        "identifiers": [str(each) for each in _ids(notice)],
    }
