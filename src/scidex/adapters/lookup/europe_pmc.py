"""Europe PMC: life-science papers and preprints, with the links between a paper and its notices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scidex.adapters.lookup.client import Client
from scidex.adapters.lookup.markup import plain_paragraphs
from scidex.adapters.lookup.pace import Allowance
from scidex.adapters.lookup.records import (
    all_found,
    by_value,
    confirmed,
    csl_date,
    fitting,
    found_work,
    json_object,
    language,
    listing,
    mapping,
    text,
    texts,
    title,
    words,
    work_ids,
)
from scidex.adapters.lookup.service import Question, Service, UnreadableBodyError
from scidex.atlas.bibliography.identifiers import Scheme, WorkId
from scidex.atlas.ports import FoundNotice, FoundWork, NoticeType, Reason, Unavailable

# No rate is documented; this is slower than any that is known to be refused.
SERVICE = Service("europe-pmc", "Europe PMC", "www.ebi.ac.uk", Allowance(5))
_PATH = "/europepmc/webservices/rest/search"
# One work can have several records (PubMed's, PMC's, the preprint's), so more are asked for than values.
_PAGE = 100
_INITIALS = re.compile(r"[A-Z]\.[A-Z]\.$")
# Links from a paper to its notices. Links from a notice to a paper (“Retraction of”, “Erratum for”) go the other way.
_NOTICES = {
    "retraction in": NoticeType.RETRACTION,
    "partial retraction in": NoticeType.RETRACTION,
    "retracted and republished in": NoticeType.RETRACTION,
    "erratum in": NoticeType.CORRECTION,
    "corrected and republished in": NoticeType.CORRECTION,
    "expression of concern in": NoticeType.CONCERN,
}
_UPDATES = {
    "retraction of": NoticeType.RETRACTION,
    "partial retraction of": NoticeType.RETRACTION,
    "erratum for": NoticeType.CORRECTION,
    "expression of concern for": NoticeType.CONCERN,
}


class EuropePMC:
    """Works by PMID, PMCID and DOI."""

    name = SERVICE.name
    schemes = frozenset({"pmid", "pmcid", "doi"})
    at_once = 20

    def __init__(self, client: Client) -> None:
        self._client = client

    def look_up(self, scheme: str, value: str) -> FoundWork | None:
        """The record of an identifier, None if Europe PMC has none. Raises Unavailable."""
        wanted = WorkId.of(scheme, value)

        def read(body: bytes, moment: str) -> FoundWork | None:
            return confirmed(SERVICE, wanted, _works(body, moment))

        return self._client.ask(SERVICE, _question(_named(scheme, wanted.value)), read)

    def look_up_many(self, scheme: str, values: Sequence[str]) -> Mapping[str, FoundWork | None]:
        """The records of up to `at_once` identifiers in one request. Raises Unavailable."""

        def read(body: bytes, moment: str) -> dict[str, FoundWork | None]:
            works = _works(body, moment)
            if len(works) == _PAGE:
                raise Unavailable(
                    SERVICE.name, Reason.TOO_LARGE, "Europe PMC has more records of these works than fit one answer."
                )
            return by_value(scheme, values, works)

        query = " OR ".join(f"({_named(scheme, value)})" for value in values)
        return self._client.ask(SERVICE, _question(query), read, whole=all_found) or {}

    def search(self, *, title: str, author: str, year: int | None, limit: int) -> tuple[FoundWork, ...]:
        """Records with these words in their title and this author, best first. Raises Unavailable."""
        terms = [f"TITLE:({words(title)})"] if words(title) else []
        terms += [f'AUTH:"{words(author)}"'] if words(author) else []
        terms += [f"PUB_YEAR:[{year - 1} TO {year + 1}]"] if year is not None else []
        if not terms:
            return ()

        def read(body: bytes, moment: str) -> tuple[FoundWork, ...]:
            return fitting(_results(body), lambda record: _work(record, moment), limit)

        return self._client.ask(SERVICE, _question(" AND ".join(terms), page=limit), read) or ()


def _named(scheme: str, value: str) -> str:
    if scheme == Scheme.PMID:
        return f"EXT_ID:{value} AND SRC:MED"
    if scheme == Scheme.PMCID:
        return f"PMCID:{value}"
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'DOI:"{quoted}"'


def _question(query: str, *, page: int = _PAGE) -> Question:
    parameters = (("query", query), ("resultType", "core"), ("format", "json"), ("pageSize", str(page)))
    return Question(_PATH, parameters)


def _results(body: bytes) -> list[Any]:
    results = mapping(json_object(body).get("resultList")).get("result")
    if not isinstance(results, list):
        raise UnreadableBodyError("the answer has no list of results")
    return results


def _works(body: bytes, moment: str) -> list[FoundWork]:
    """PubMed's record of a work before others of it."""
    works = [_work(mapping(each), moment) for each in _results(body)]
    return sorted(works, key=lambda work: "/MED/" not in work.address)


def _work(record: Mapping[str, Any], moment: str) -> FoundWork:
    source, number = text(record.get("source")), text(record.get("id"))
    ids = work_ids(
        (Scheme.DOI, record.get("doi")),
        (Scheme.PMID, record.get("pmid")),
        (Scheme.PMCID, record.get("pmcid")),
    )
    kinds = [kind.lower() for kind in texts(mapping(record.get("pubTypeList")).get("pubType"))]
    issue = mapping(record.get("journalInfo"))
    journal, book = mapping(issue.get("journal")), mapping(record.get("bookOrReportDetails"))
    preprint = source == "PPR" or "preprint" in kinds
    links = [mapping(each) for each in listing(mapping(record.get("commentCorrectionList")).get("commentCorrection"))]
    item: dict[str, Any] = {
        "type": "article" if preprint else _type(source, kinds, bool(journal)),
        "genre": "preprint" if preprint else "",
        "title": _title(record.get("title")),
        "author": _names(mapping(record.get("authorList")).get("author")),
        "container-title": title(journal.get("title")),
        "container-title-short": text(journal.get("isoabbreviation")) or text(journal.get("medlineAbbreviation")),
        "ISSN": text(journal.get("issn")) or text(journal.get("essn")),
        "volume": text(issue.get("volume")),
        "issue": text(issue.get("issue")),
        "page": text(record.get("pageInfo")),
        "publisher": text(book.get("publisher")),
        "ISBN": text(book.get("isbn13")) or text(book.get("isbn10")),
        **_dates(record, issue),
        "language": language(record.get("language")),
        "license": text(record.get("license")),
        "keyword": ", ".join(texts(mapping(record.get("keywordList")).get("keyword"))),
        "custom": {"publication-types": kinds, "update-to": _updates(links)},
    }
    return found_work(
        SERVICE,
        item,
        ids,
        address=f"https://europepmc.org/article/{source}/{number}" if source.isalnum() and number.isalnum() else "",
        retrieved_at=moment,
        notices=_notices(links, kinds),
        abstract=plain_paragraphs(str(record.get("abstractText") or "")),
    )


def _title(value: object) -> str:
    """The title without the full stop that is set after each; that of initials (“in the U.S.”) stays."""
    line = title(value)
    return line if _INITIALS.search(line) else line.removesuffix(".")


def _type(source: str, kinds: list[str], in_journal: bool) -> str:
    if in_journal:
        return "article-journal"
    by_source = {"ETH": "thesis", "PAT": "patent", "NBK": "book", "HIR": "report"}
    return by_source.get(source, "book" if "book" in kinds else "document")


def _names(people: object) -> list[dict[str, str]]:
    names = []
    for person in map(mapping, listing(people)):
        family = text(person.get("lastName"))
        if family:
            given = text(person.get("firstName")) or text(person.get("initials"))
            names.append({"family": family, "given": given, "suffix": text(person.get("suffix"))})
        elif literal := text(person.get("collectiveName")) or text(person.get("fullName")):
            names.append({"literal": literal})
    return names


def _dates(record: Mapping[str, Any], issue: Mapping[str, Any]) -> dict[str, Any]:
    """Issued is the date of the journal's issue; the first day online stands beside it."""
    parts = [issue.get("yearOfPublication"), issue.get("monthOfPublication")]
    in_issue = csl_date({"date-parts": [parts]})
    online = csl_date(record.get("electronicPublicationDate")) or csl_date(record.get("firstPublicationDate"))
    issued = in_issue or online or csl_date(text(record.get("pubYear")))
    return {"issued": issued, "available-date": online if online != issued else {}}


def _link(link: Mapping[str, Any], type_: NoticeType) -> FoundNotice:
    ids = work_ids((Scheme.PMID, link.get("id"))) if text(link.get("source")) in ("", "MED") else ()
    return FoundNotice(type_, "", tuple(map(str, ids)), ids[0].url if ids else "", text(link.get("type")).lower())


def _notices(links: list[dict[str, Any]], kinds: list[str]) -> list[FoundNotice]:
    notices = [_link(link, _NOTICES[kind]) for link in links if (kind := text(link.get("type")).lower()) in _NOTICES]
    retracted = any(notice.type is NoticeType.RETRACTION for notice in notices)
    if "retracted publication" in kinds and not retracted:
        notices.append(FoundNotice(NoticeType.RETRACTION, label="retracted publication"))
    return notices


def _updates(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The works that this one, a notice, is about."""
    about = [_link(link, _UPDATES[kind]) for link in links if (kind := text(link.get("type")).lower()) in _UPDATES]
    return [{"type": str(each.type), "label": each.label, "identifiers": list(each.identifiers)} for each in about]
