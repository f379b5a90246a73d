"""OpenAlex: an open catalogue of works of all fields, with the identifiers that other services give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from scidex.adapters.lookup.client import Client
from scidex.adapters.lookup.pace import Allowance
from scidex.adapters.lookup.records import (
    LONGEST,
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
    title,
    words,
    work_ids,
)
from scidex.adapters.lookup.service import Question, Service, UnreadableBodyError, missing
from scidex.atlas.bibliography.identifiers import Scheme, WorkId, ordered
from scidex.atlas.ports import FoundNotice, FoundWork, NoticeType

SERVICE = Service("openalex", "OpenAlex", "api.openalex.org", Allowance(10))
_TYPES = {
    "book": "book",
    "book-chapter": "chapter",
    "dataset": "dataset",
    "dissertation": "thesis",
    "preprint": "article",
    "report": "report",
    "peer-review": "review",
    "standard": "standard",
    "reference-entry": "entry",
    "software": "software",
}
_CONTAINERS = {"journal": "article-journal", "conference": "paper-conference", "book series": "chapter"}
# arXiv's own prefix at DataCite: the rest of the DOI is the identifier.
_ARXIV_DOI = "10.48550/arxiv."
# A value that a filter takes as it is: commas, pipes and ampersands have meanings of their own there.
_PLAIN = re.compile(r"[A-Za-z0-9./()_:;-]{1,120}")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GROUP_WORDS = _words(
    "collaboration collaborative collaborators committee consortium group initiative investigators network "
    "organization society study team trial trialists"
)
_PARTICLES = _words("da das de del della den der di do dos du la le ten ter van von zu zum zur")


class OpenAlex:
    """Works by OpenAlex identifier, DOI, PMID, PMCID and arXiv identifier.

    `key` is an OpenAlex API key; without one single records are free and lists have a small daily budget.
    """

    name = SERVICE.name
    schemes = frozenset({"openalex", "doi", "pmid", "pmcid", "arxiv"})
    at_once = 50

    def __init__(self, client: Client, *, key: str = "") -> None:
        self._client = client
        self._service = replace(SERVICE, credentials=(("api_key", key),)) if key else SERVICE

    def look_up(self, scheme: str, value: str) -> FoundWork | None:
        """The record of an identifier, None if OpenAlex has none. Raises Unavailable."""
        wanted = WorkId.of(scheme, value)

        def read(body: bytes, moment: str) -> FoundWork | None:
            return confirmed(SERVICE, wanted, [_work(json_object(body), moment)])

        question = Question(f"/works/{quote(_named(wanted), safe=':')}", absent=missing)
        return self._client.ask(self._service, question, read)

    def look_up_many(self, scheme: str, values: Sequence[str]) -> Mapping[str, FoundWork | None]:
        """The records of up to `at_once` identifiers in one request. Raises Unavailable."""
        plain = [value for value in values if _PLAIN.fullmatch(value) and scheme in _FILTERS]
        found = {value: self.look_up(scheme, value) for value in values if value not in plain}
        if plain:
            # One work may have several records.
            parameters = (("filter", f"{_FILTERS[scheme]}:{'|'.join(plain)}"), ("per_page", "100"))

            def read(body: bytes, moment: str) -> dict[str, FoundWork | None]:
                return by_value(scheme, plain, [_work(mapping(each), moment) for each in _results(body)])

            question = Question("/works", parameters, lane="list")
            answer = self._client.ask(self._service, question, read, whole=all_found)
            found.update(answer or {})
        return found

    def search(self, *, title: str, author: str, year: int | None, limit: int) -> tuple[FoundWork, ...]:
        """Records with these words in their title and this author, best first. Raises Unavailable."""
        filters = [("title.search", words(title)), ("raw_author_name.search", words(author))]
        if year is not None:
            filters.append(("publication_year", "|".join(str(each) for each in range(year - 1, year + 2))))
        given = ",".join(f"{name}:{value}" for name, value in filters if value)
        question = Question("/works", (("filter", given), ("per_page", str(limit))), lane="list")

        def read(body: bytes, moment: str) -> tuple[FoundWork, ...]:
            return fitting(_results(body), lambda record: _work(record, moment), limit)

        return (self._client.ask(self._service, question, read) or ()) if given else ()


_FILTERS = {"openalex": "ids.openalex", "doi": "doi", "pmid": "ids.pmid", "pmcid": "ids.pmcid"}


def _named(wanted: WorkId) -> str:
    """The identifier as OpenAlex takes it in an address."""
    if wanted.scheme is Scheme.OPENALEX:
        return wanted.value
    if wanted.scheme is Scheme.ARXIV:
        return f"doi:{_ARXIV_DOI}{wanted.value}"
    if wanted.scheme is Scheme.PMCID:
        return f"pmcid:{wanted.value}"
    return str(wanted)


def _results(body: bytes) -> list[Any]:
    results = json_object(body).get("results")
    if not isinstance(results, list):
        raise UnreadableBodyError("the answer has no list of results")
    return results


def _work(record: Mapping[str, Any], moment: str) -> FoundWork:
    ids = _identifiers(record)
    place = mapping(record.get("primary_location"))
    source = mapping(place.get("source"))
    biblio = mapping(record.get("biblio"))
    pages = [text(biblio.get("first_page")), text(biblio.get("last_page"))]
    own = next((each for each in ids if each.scheme is Scheme.OPENALEX), None)
    in_container = text(source.get("type")) in _CONTAINERS
    item: dict[str, Any] = {
        "type": _type(record, source),
        "genre": "preprint" if record.get("type") == "preprint" else "",
        "title": title(record.get("title") or record.get("display_name")),
        "author": _names(record.get("authorships")),
        "container-title": title(source.get("display_name")) if in_container else "",
        "publisher": text(source.get("host_organization_name")),
        "ISSN": text(source.get("issn_l")),
        "issued": csl_date(record.get("publication_date")) or csl_date(text(record.get("publication_year"))),
        "volume": text(biblio.get("volume")),
        "issue": text(biblio.get("issue")),
        "page": "-".join(dict.fromkeys(filter(None, pages))),
        "language": language(record.get("language")),
        "license": text(place.get("license")) or text(mapping(record.get("best_oa_location")).get("license")),
    }
    return found_work(
        SERVICE,
        item,
        ids,
        address=own.url if own else "",
        retrieved_at=moment,
        notices=[FoundNotice(NoticeType.RETRACTION, label="is_retracted")]
        if record.get("is_retracted") is True
        else (),
        abstract=_abstract(mapping(record.get("abstract_inverted_index"))),
    )


def _identifiers(record: Mapping[str, Any]) -> tuple[WorkId, ...]:
    given = mapping(record.get("ids"))
    ids = work_ids(
        (Scheme.OPENALEX, record.get("id") or given.get("openalex")),
        (Scheme.DOI, record.get("doi") or given.get("doi")),
        (Scheme.PMID, given.get("pmid")),
        (Scheme.PMCID, given.get("pmcid")),
    )
    dois = [each.value for each in ids if each.scheme is Scheme.DOI]
    at_arxiv = work_ids(*((Scheme.ARXIV, doi.removeprefix(_ARXIV_DOI)) for doi in dois if doi.startswith(_ARXIV_DOI)))
    return ordered([*ids, *at_arxiv])


def _type(record: Mapping[str, Any], source: Mapping[str, Any]) -> str:
    kind = text(record.get("type"))
    return _TYPES.get(kind) or _CONTAINERS.get(text(source.get("type"))) or "document"


def _names(authorships: object) -> list[dict[str, str]]:
    people = [mapping(each) for each in listing(authorships)]
    written = [
        text(person.get("raw_author_name")) or text(mapping(person.get("author")).get("display_name"))
        for person in people
    ]
    return [_name(name) for name in written if name]


def _name(written: str) -> dict[str, str]:
    """A name taken apart, which OpenAlex gives in one text.

    The last word is the family name, with the particles before it; a name with a comma says it itself. What reads like
    a group stays whole.
    """
    parts = written.split()
    if any(part.strip(".,;()").lower() in _GROUP_WORDS for part in parts) or len(parts) == 1:
        return {"literal": written}
    if "," in written:
        family, _, given = written.partition(",")
        return {"family": family.strip(), "given": given.strip()} if family.strip() else {"literal": written}
    start = len(parts) - 1
    while start > 1 and parts[start - 1] in _PARTICLES:
        start -= 1
    name = {"family": parts[-1], "given": " ".join(parts[:start])}
    particles = " ".join(parts[start:-1])
    return {**name, "non-dropping-particle": particles} if particles else name


def _abstract(index: Mapping[str, Any]) -> str:
    """The text of an index from words to the places they stand at."""
    placed = [
        (place, word)
        for word, places in index.items()
        for place in listing(places)
        if isinstance(place, int) and not isinstance(place, bool)
    ]
    return " ".join(word for _, word in sorted(placed))[:LONGEST]
