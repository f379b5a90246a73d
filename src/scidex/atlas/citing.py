"""How what is here is cited: as a CSL record, in styles (the port), and in the head of a page for reference managers. Pure.

The words of the tags are those that Google Scholar's inclusion guidelines ask for (Highwire Press tags, Dublin Core) and
that Zotero's translator for embedded metadata reads; the linked data is schema.org's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from scidex.atlas.bibliography.csl import NAME_VARIABLES, Record, plain_text, title_of
from scidex.atlas.bibliography.identifiers import Scheme, WorkId, of_record
from scidex.kernel.errors import Refused

Markup = Literal["text", "html"]
SITE: Final = "SciDEX"
_LONGEST = 2_000
_MOST_NAMES = 200
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_:.-]{0,99}")
_PAGES = re.compile(r"\s*([^\s–—-]{1,40})\s*[–—-]{1,2}\s*([^\s–—-]{1,40})\s*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`]{1,2000}", re.IGNORECASE)
# A data set is one, and an analysis is a report of work done. What remains, pages included, is cited as the web page it
# stands on: as an entry of an encyclopedia, Nature prints no address of it.
_TYPES = {"dataset": "dataset", "analysis": "report"}
_JOURNALS = frozenset({"article-journal", "article-magazine", "article-newspaper", "review", "review-book"})
_CHAPTERS = frozenset({"chapter", "entry", "entry-dictionary", "entry-encyclopedia"})
_SCHEMA_TYPES = {
    "article": "ScholarlyArticle",
    "article-journal": "ScholarlyArticle",
    "article-magazine": "Article",
    "article-newspaper": "NewsArticle",
    "book": "Book",
    "chapter": "Chapter",
    "dataset": "Dataset",
    "entry": "Article",
    "entry-dictionary": "Article",
    "entry-encyclopedia": "Article",
    "manuscript": "Manuscript",
    "motion_picture": "Movie",
    "paper-conference": "ScholarlyArticle",
    "post-weblog": "BlogPosting",
    "report": "Report",
    "review": "ScholarlyArticle",
    "software": "SoftwareApplication",
    "speech": "PresentationDigitalDocument",
    "thesis": "Thesis",
    "webpage": "WebPage",
}
_DUBLIN_CORE_TYPES = {"dataset": "Dataset", "software": "Software", "motion_picture": "MovingImage", "song": "Sound"}


class CitationStyles:
    """The port to a processor of citation styles. Without one there are the styles' names, and everything is refused."""

    STYLES: Mapping[str, str] = MappingProxyType(
        {
            "apa": "APA",
            "vancouver": "Vancouver",
            "nature": "Nature",
            "harvard": "Harvard (Cite Them Right)",
            "ama": "AMA",
            "chicago": "Chicago (author-date)",
            "ieee": "IEEE",
            "mla": "MLA",
        }
    )
    """The styles by the name they are asked for."""

    def format(self, items: Sequence[Mapping[str, Any]], style: str, *, markup: Markup = "text") -> list[str]:
        """The entry of each CSL record in `style`, in the given order, each as if it stood alone. Raises Refused, Invalid."""
        raise _no_processor()

    def in_text(self, items: Sequence[Mapping[str, Any]], style: str, *, markup: Markup = "text") -> str:
        """The records cited together, as in a sentence: ``(Doe, 2020)`` or ``[1], [2]``. Raises Refused, Invalid."""
        raise _no_processor()

    def format_all(self, item: Mapping[str, Any], *, markup: Markup = "text") -> dict[str, str]:
        """The entry of one record in every style. Raises Refused, Invalid."""
        return {style: self.format([item], style, markup=markup)[0] for style in self.STYLES}


def _no_processor() -> Refused:
    return Refused("This installation has no processor of citation styles.", cure="Download a file instead.")


def cited_item(
    *,
    artifact_id: str,
    kind: str,
    title: str,
    version: int,
    pinned: bool,
    base_url: str,
    created_by: str,
    recorded_at: datetime,
    content_hash: str,
    csl: Mapping[str, Any] | None,
) -> Record:
    """The CSL record by which an artifact is cited.

    A publication (`csl` given) is cited as itself, not as our page about it. Anything else is a work of its own: by the
    actor who made it, dated with the version, and if `pinned` with that version's address and SHA-256.
    """
    if csl is not None:
        key = str(csl.get("id") or "")
        return {
            **_with_spaced_initials(csl),
            "id": key if _KEY.fullmatch(key) else artifact_id,
            "type": csl.get("type") or "document",
        }
    moment = recorded_at.astimezone(UTC)
    address = f"{base_url.rstrip('/')}/artifact/{artifact_id}"
    type_ = _TYPES.get(kind, "webpage")
    item: Record = {
        "id": f"{artifact_id}-v{version}" if pinned else artifact_id,
        "type": type_,
        "title": title,
        "author": [{"literal": _author(created_by)}],
        "version": str(version),
        "issued": {"date-parts": [[moment.year, moment.month, moment.day]]},
        "URL": f"{address}?version={version}" if pinned else address,
    }
    # We publish data and reports; pages stand on our site. Said twice, styles print both: “SciDEX. SciDEX”.
    item["container-title" if type_ == "webpage" else "publisher"] = SITE
    if kind != "page":
        item["genre"] = kind.replace("-", " ").capitalize()
    if pinned:
        item["note"] = f"SHA-256: {content_hash.removeprefix('sha256:')}"
    return item


def _with_spaced_initials(csl: Mapping[str, Any]) -> Record:
    """The record with ``MF`` as ``M. F.``: PubMed prints initials together, and a style would take them for one name."""
    return {name: [_spaced(each) for each in value] if name in NAME_VARIABLES else value for name, value in csl.items()}


def _spaced(person: Mapping[str, Any]) -> Record:
    given = str(person.get("given", ""))
    if not (2 <= len(given) <= 4 and given.isalpha() and given.isupper()):
        return dict(person)
    return {**person, "given": " ".join(f"{letter}." for letter in given)}


def _author(actor: str) -> str:
    kind, _, name = actor.partition(":")
    return SITE if kind == "software" or not name else name


def meta_tags(item: Mapping[str, Any], *, url: str) -> list[tuple[str, str]]:
    """Name and content of the `<meta>` tags that say what the page at `url` is about; unescaped, without empty ones.

    Dates are YYYY/MM/DD for Highwire Press and YYYY-MM-DD for Dublin Core, as exact as the record is.
    """
    tags = [*_highwire(item, url), *_dublin_core(item, url)]
    return [(name, content) for name, given in tags if name and (content := plain_text(given)[:_LONGEST])]


def _highwire(item: Mapping[str, Any], url: str) -> Iterator[tuple[str, str]]:
    type_ = str(item.get("type", ""))
    yield "citation_title", title_of(item)
    for name in _written(item, "author") or _written(item, "editor"):
        yield "citation_author", name
    yield "citation_publication_date", _date(item, "/")
    yield _container_tag(type_), _text(item, "container-title")
    yield "citation_journal_abbrev", _text(item, "container-title-short") if type_ in _JOURNALS else ""
    yield _publisher_tag(type_), _text(item, "publisher")
    yield "citation_volume", _text(item, "volume")
    yield "citation_issue", _text(item, "issue")
    first, last = _page_span(item)
    yield "citation_firstpage", first
    yield "citation_lastpage", last
    for name in ("DOI", "PMID", "PMCID"):
        yield f"citation_{name.lower()}", _text(item, name)
    for name in ("ISSN", "ISBN"):
        for number in _listed(item, name):
            yield f"citation_{name.lower()}", number
    if type_ == "report":
        yield "citation_technical_report_number", _text(item, "number")
    yield "citation_language", _language(item)
    yield "citation_public_url", url
    yield "citation_abstract_html_url", url


def _container_tag(type_: str) -> str:
    if type_ in _JOURNALS:
        return "citation_journal_title"
    if type_ == "paper-conference":
        return "citation_conference_title"
    return "citation_inbook_title" if type_ in _CHAPTERS else ""


def _publisher_tag(type_: str) -> str:
    institutions = {
        "thesis": "citation_dissertation_institution",
        "report": "citation_technical_report_institution",
    }
    return institutions.get(type_, "citation_publisher")


def _dublin_core(item: Mapping[str, Any], url: str) -> Iterator[tuple[str, str]]:
    yield "DC.title", title_of(item)
    for name in _written(item, "author"):
        yield "DC.creator", name
    for name in _written(item, "editor"):
        yield "DC.contributor", name
    yield "DC.date", _date(item, "-")
    yield "DC.publisher", _text(item, "publisher")
    yield "DC.source", _text(item, "container-title")
    for each in of_record(item):
        yield "DC.identifier", str(each)
    yield "DC.identifier", url
    yield "DC.language", _language(item)
    yield "DC.rights", _text(item, "license")
    yield "DC.type", _DUBLIN_CORE_TYPES.get(str(item.get("type", "")), "Text")
    yield "DC.format", "text/html"


def json_ld(item: Mapping[str, Any], *, url: str) -> dict[str, Any]:
    """The record as linked data in the vocabulary of schema.org, described by the page at `url`. Nothing empty is in it."""
    identifiers = of_record(item)
    type_ = str(item.get("type", ""))
    is_trial = any(each.scheme is Scheme.NCT for each in identifiers) and not any(
        each.scheme in (Scheme.DOI, Scheme.PMID) for each in identifiers
    )
    schema_type = "MedicalStudy" if is_trial else _SCHEMA_TYPES.get(type_, "CreativeWork")
    title = title_of(item)
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": schema_type,
        "@id": url,
        "url": url,
        "name": title,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": each.label, "value": each.value, "url": each.url}
            for each in identifiers
        ],
        "sameAs": _same_as(item, identifiers, url),
    }
    # A study is no creative work in schema.org: it has a sponsor instead of authors, and no date of publication.
    described |= {"sponsor": _agents(item, "author")} if is_trial else _as_work(item, schema_type, title)
    return {name: value for name, value in described.items() if value not in ("", [], {}, None)}


def _as_work(item: Mapping[str, Any], schema_type: str, title: str) -> dict[str, Any]:
    first, last = _page_span(item)
    publisher = _text(item, "publisher")
    return {
        "headline": title if schema_type.endswith(("Article", "Posting")) else "",
        "author": _agents(item, "author"),
        "editor": _agents(item, "editor"),
        "datePublished": _date(item, "-"),
        "publisher": {"@type": "Organization", "name": publisher} if publisher else None,
        "isPartOf": _container(item, schema_type),
        "pagination": _text(item, "page"),
        "pageStart": first,
        "pageEnd": last,
        "isbn": _listed(item, "ISBN") if schema_type == "Book" else [],
        "bookEdition": _text(item, "edition") if schema_type == "Book" else "",
        "version": _text(item, "version"),
        "inLanguage": _language(item),
        "abstract": _text(item, "abstract"),
        "license": _address(item.get("license")),
        "creditText": _text(item, "note"),
    }


def _container(item: Mapping[str, Any], schema_type: str) -> dict[str, Any] | None:
    """A journal within its volume within its issue; or the book or site that the work stands in."""
    name = _text(item, "container-title")
    if not name:
        return None
    if str(item.get("type")) not in _JOURNALS:
        kind = {"Chapter": "Book", "WebPage": "WebSite", "Dataset": "DataCatalog"}.get(schema_type, "CreativeWork")
        return {"@type": kind, "name": name}
    part: dict[str, Any] = {"@type": "Periodical", "name": name}
    if issn := _listed(item, "ISSN"):
        part["issn"] = issn
    if volume := _text(item, "volume"):
        part = {"@type": "PublicationVolume", "volumeNumber": volume, "isPartOf": part}
    if issue := _text(item, "issue"):
        part = {"@type": "PublicationIssue", "issueNumber": issue, "isPartOf": part}
    return part


def _same_as(item: Mapping[str, Any], identifiers: Sequence[WorkId], url: str) -> list[str]:
    # An ISBN leads to a search, which is no page of the book.
    pages = [each.url for each in identifiers if each.scheme is not Scheme.ISBN]
    own = _address(item.get("URL"))
    return [address for address in dict.fromkeys([*pages, own]) if address and address != url]


def json_ld_script(described: Mapping[str, Any]) -> str:
    r"""The linked data as the content of a `<script type="application/ld+json">`: no character of it can end the element.

    >>> json_ld_script({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(described, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPED)


_ESCAPED = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def _text(item: Mapping[str, Any], name: str) -> str:
    return plain_text(str(item.get(name) or ""))[:_LONGEST]


def _listed(item: Mapping[str, Any], name: str) -> list[str]:
    """Numbers that a record lists in one text, such as the ISSNs of paper and web."""
    return [each for each in re.split(r"[,;\s]+", _text(item, name)) if each][:10]


def _language(item: Mapping[str, Any]) -> str:
    language = _text(item, "language").replace("_", "-")
    return language if _LANGUAGE.fullmatch(language) else ""


def _address(value: object) -> str:
    address = str(value or "").strip()
    return address if _WEB.fullmatch(address) else ""


def _page_span(item: Mapping[str, Any]) -> tuple[str, str]:
    page = _text(item, "page")
    span = _PAGES.fullmatch(page[:100])
    return (span[1], span[2]) if span else (page, "")


def _date(item: Mapping[str, Any], separator: str) -> str:
    issued = item.get("issued")
    parts = issued.get("date-parts") if isinstance(issued, Mapping) else None
    if not parts or not parts[0]:
        return ""
    numbers = [int(part) for part in parts[0][:3]]
    return separator.join([f"{numbers[0]:04d}", *(f"{number:02d}" for number in numbers[1:])])


def _names(item: Mapping[str, Any], variable: str) -> list[Mapping[str, Any]]:
    return [name for name in item.get(variable) or () if isinstance(name, Mapping)][:_MOST_NAMES]


def _family(name: Mapping[str, Any]) -> str:
    particles = (name.get("dropping-particle"), name.get("non-dropping-particle"), name.get("family"))
    return plain_text(" ".join(str(part) for part in particles if part))


def _written(item: Mapping[str, Any], variable: str) -> list[str]:
    """Names as an index writes them, with the family name first: Berg, Karl, Jr."""

    def one(name: Mapping[str, Any]) -> str:
        parts = (_family(name), str(name.get("given") or ""), str(name.get("suffix") or ""))
        return plain_text(str(name.get("literal") or ", ".join(part for part in parts if part)))

    return _each(item, variable, one)


def _agents(item: Mapping[str, Any], variable: str) -> list[dict[str, str]]:
    def one(name: Mapping[str, Any]) -> dict[str, str]:
        if name.get("literal"):
            # An institution, or a person whose name nobody took apart: the record does not say which, so neither do we.
            return {"name": plain_text(str(name["literal"]))}
        family, given = _family(name), plain_text(str(name.get("given") or ""))
        person = {"@type": "Person", "name": " ".join(part for part in (given, family) if part)}
        return person | {key: part for key, part in (("givenName", given), ("familyName", family)) if part}

    return [agent for agent in _each(item, variable, one) if agent["name"]]


def _each(item: Mapping[str, Any], variable: str, one: Callable[[Mapping[str, Any]], Any]) -> list[Any]:
    return [made for name in _names(item, variable) if (made := one(name))]
