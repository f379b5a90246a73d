"""A CSL-JSON record as a PubmedArticle or PubmedBookArticle, its elements in the order of the DTD. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from scidex.atlas.bibliography.formats.dates import MONTHS, SEASON_NAMES, spans_of, worded
from scidex.atlas.bibliography.formats.entries import kept_of
from scidex.atlas.bibliography.formats.pubmed_reading import CARRIER
from scidex.atlas.bibliography.formats.rich_text import add_text

_ELEMENTS = {"i": "i", "b": "b", "sub": "sub", "sup": "sup"}
_LABEL = re.compile(r"([A-Z][A-Z0-9 ,/&()'-]{1,80}): (?=\S)")
_BOOKS = ("book", "chapter")
_TYPES = {
    "article-journal": ["Journal Article"],
    "article": ["Preprint"],
    "article-newspaper": ["Newspaper Article"],
    "broadcast": ["Webcast"],
    "dataset": ["Dataset"],
    "report": ["Technical Report"],
}


def record(item: Mapping[str, Any]) -> Element:
    """`item` as PubMed's element, as far as PubMed has elements for it."""
    return _book(item) if item.get("type") in _BOOKS else _article(item)


def add_carried(element: Element, carried: str) -> None:
    """Puts `carried` beside PubMed's own elements, where the DTD has objects of any type."""
    if carried:
        data = element[-1]
        objects = Element("ObjectList")
        _add(SubElement(objects, "Object", Type=CARRIER), "Param", carried, Name="item")
        data.append(objects)


def _article(item: Mapping[str, Any]) -> Element:
    kept = kept_of(item, "pubmed")
    record = Element("PubmedArticle")
    status = _text(kept, "status")
    citation = SubElement(record, "MedlineCitation", {"Status": status, "Owner": "NLM"} if status else {})
    _add(citation, "PMID", _text(item, "PMID"), Version="1")
    article = SubElement(citation, "Article", PubModel="Electronic" if item.get("available-date") else "Print")
    _journal(article, item)
    _rich(article, "ArticleTitle", _title(item.get("title")))
    _pages(article, item)
    _optional(article, "ELocationID", _text(kept, "pii"), EIdType="pii", ValidYN="Y")
    _optional(article, "ELocationID", _text(item, "DOI"), EIdType="doi", ValidYN="Y")
    _abstract(article, item)
    _authors(article, item.get("author", ()), kept_of(item, "orcid"))
    for language in _split(item, "language", ","):
        _add(article, "Language", language)
    _data_banks(article, kept)
    types = SubElement(article, "PublicationTypeList")
    for name in _list(kept, "publication-types") or _TYPES.get(str(item.get("type")), []):
        _add(types, "PublicationType", str(name), UI="")
    if item.get("original-title"):
        _rich(article, "VernacularTitle", _title(item["original-title"]))
    if item.get("available-date"):
        _date(SubElement(article, "ArticleDate", DateType="Electronic"), item["available-date"])
    _journal_numbers(citation, kept)
    _corrections(citation, kept)
    _mesh(citation, kept)
    _keywords(citation, item)
    data = SubElement(record, "PubmedData")
    _add(data, "PublicationStatus", "ppublish")
    _ids(data, item, kept)
    return record


def _book(item: Mapping[str, Any]) -> Element:
    kept = kept_of(item, "pubmed")
    is_part = item.get("type") == "chapter"
    record = Element("PubmedBookArticle")
    document = SubElement(record, "BookDocument")
    _add(document, "PMID", _text(item, "PMID"), Version="1")
    _ids(document, item, kept)
    _whole_book(SubElement(document, "Book"), item, is_part=is_part)
    _optional(document, "LocationLabel", _text(kept, "location"))
    if is_part:
        _rich(document, "ArticleTitle", _title(item.get("title")))
    if item.get("original-title"):
        _rich(document, "VernacularTitle", _title(item["original-title"]))
    _pages(document, item)
    for language in _split(item, "language", ","):
        _add(document, "Language", language)
    if is_part:
        _authors(document, item.get("author", ()), kept_of(item, "orcid"), kind="authors")
    for name in _list(kept, "publication-types"):
        _add(document, "PublicationType", str(name), UI="")
    _abstract(document, item)
    _keywords(document, item)
    if item.get("available-date"):
        _date(SubElement(document, "ContributionDate"), item["available-date"])
    data = SubElement(record, "PubmedBookData")
    _add(data, "PublicationStatus", "ppublish")
    SubElement(data, "ArticleIdList")
    return record


def _whole_book(book: Element, item: Mapping[str, Any], *, is_part: bool) -> None:
    publisher = SubElement(book, "Publisher")
    _add(publisher, "PublisherName", _text(item, "publisher"))
    _optional(publisher, "PublisherLocation", _text(item, "publisher-place"))
    _rich(book, "BookTitle", _title(item.get("container-title" if is_part else "title")))
    _date(SubElement(book, "PubDate"), item.get("issued", {}))
    if not is_part:
        _authors(book, item.get("author", ()), kept_of(item, "orcid"), kind="authors")
    _authors(book, item.get("editor", ()), {}, kind="editors")
    for tag, name in (("Volume", "volume"), ("Edition", "edition"), ("CollectionTitle", "collection-title")):
        _optional(book, tag, _text(item, name))
    for number in _split(item, "ISBN", ","):
        _add(book, "Isbn", number)
    _optional(book, "Medium", _text(item, "medium"))


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _list(values: Mapping[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    return value if isinstance(value, list) else []


def _objects(values: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
    return (each for each in _list(values, name) if isinstance(each, Mapping))


def _split(item: Mapping[str, Any], name: str, separator: str) -> list[str]:
    return [part for each in _text(item, name).split(separator) if (part := each.strip())]


def _add(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    element = SubElement(parent, tag, attributes)
    element.text = text or None
    return element


def _optional(parent: Element, tag: str, text: str, **attributes: str) -> None:
    if text:
        _add(parent, tag, text, **attributes)


def _rich(parent: Element, tag: str, text: str, **attributes: str) -> None:
    add_text(SubElement(parent, tag, attributes), text, _ELEMENTS)


def _title(text: object) -> str:
    title = str(text or "")
    return f"{title}." if title and not title.endswith((".", "?", "!", ".]")) else title


def _journal(article: Element, item: Mapping[str, Any]) -> None:
    journal = SubElement(article, "Journal")
    _optional(journal, "ISSN", _text(item, "ISSN"), IssnType="Electronic")
    issue = SubElement(journal, "JournalIssue", CitedMedium="Internet")
    _optional(issue, "Volume", _text(item, "volume"))
    _optional(issue, "Issue", _text(item, "issue"))
    _date(SubElement(issue, "PubDate"), item.get("issued", {}))
    _optional(journal, "Title", _text(item, "container-title"))
    _optional(journal, "ISOAbbreviation", _text(item, "container-title-short"))


def _date(element: Element, given: Mapping[str, Any]) -> None:
    spans = spans_of(given)
    if len(spans) != 1 or given.get("literal"):
        if words := worded(given):
            _add(element, "MedlineDate", words)
        return
    year, *rest = spans[0]
    _add(element, "Year", f"{year:04d}")
    season = SEASON_NAMES.get(str(given.get("season", "")))
    if season and not rest:
        _add(element, "Season", season)
    elif rest and 1 <= rest[0] <= len(MONTHS):
        _add(element, "Month", f"{rest[0]:02d}" if element.tag == "ArticleDate" else MONTHS[rest[0] - 1].capitalize())
        for day in rest[1:]:
            _add(element, "Day", f"{day:02d}")


def _pages(parent: Element, item: Mapping[str, Any]) -> None:
    if pages := _text(item, "page"):
        _add(SubElement(parent, "Pagination"), "MedlinePgn", pages)


def _abstract(parent: Element, item: Mapping[str, Any]) -> None:
    text = _text(item, "abstract")
    if not text:
        return
    abstract = SubElement(parent, "Abstract")
    for section in text.split("\n\n"):
        label = _LABEL.match(section)
        if label:
            _rich(abstract, "AbstractText", section[label.end() :], Label=label[1])
        else:
            _rich(abstract, "AbstractText", section)


def _authors(parent: Element, names: Iterable[Mapping[str, Any]], orcids: Mapping[str, Any], kind: str = "") -> None:
    people = list(names)
    if not people:
        return
    is_cut = people[-1] == {"literal": "others"}
    listed = SubElement(parent, "AuthorList", CompleteYN="N" if is_cut else "Y")
    if kind:
        listed.set("Type", kind)
    for place, name in enumerate(people[:-1] if is_cut else people):
        author = SubElement(listed, "Author", ValidYN="Y")
        _optional(author, "CollectiveName", _text(name, "literal"))
        particle = _text(name, "non-dropping-particle") or _text(name, "dropping-particle")
        _optional(author, "LastName", " ".join(part for part in (particle, _text(name, "family")) if part))
        given = _text(name, "given")
        _optional(author, "ForeName", given)
        _optional(author, "Initials", "".join(word[0] for word in given.replace("-", " ").split())[:8])
        _optional(author, "Suffix", _text(name, "suffix"))
        _optional(author, "Identifier", _text(orcids, str(place)), Source="ORCID")


def _data_banks(article: Element, kept: Mapping[str, Any]) -> None:
    banks = list(_objects(kept, "data-banks"))
    if banks:
        listed = SubElement(article, "DataBankList", CompleteYN="Y")
        for each in banks:
            bank = SubElement(listed, "DataBank")
            _add(bank, "DataBankName", _text(each, "name"))
            numbers = SubElement(bank, "AccessionNumberList")
            for number in _list(each, "numbers"):
                _add(numbers, "AccessionNumber", str(number))


def _journal_numbers(citation: Element, kept: Mapping[str, Any]) -> None:
    journal = kept.get("journal")
    numbers = journal if isinstance(journal, Mapping) else {}
    info = SubElement(citation, "MedlineJournalInfo")
    _optional(info, "Country", _text(numbers, "country"))
    _add(info, "MedlineTA", _text(numbers, "abbreviation"))
    _optional(info, "NlmUniqueID", _text(numbers, "nlm-id"))


def _corrections(citation: Element, kept: Mapping[str, Any]) -> None:
    corrections = list(_objects(kept, "corrections"))
    if corrections:
        listed = SubElement(citation, "CommentsCorrectionsList")
        for each in corrections:
            correction = SubElement(listed, "CommentsCorrections", RefType=_text(each, "type"))
            _add(correction, "RefSource", _text(each, "source"))
            _optional(correction, "PMID", _text(each, "pmid"), Version="1")
            _optional(correction, "Note", _text(each, "note"))


def _mesh(citation: Element, kept: Mapping[str, Any]) -> None:
    headings = list(_objects(kept, "mesh"))
    if headings:
        listed = SubElement(citation, "MeshHeadingList")
        for each in headings:
            heading = SubElement(listed, "MeshHeading")
            _term(heading, "DescriptorName", each)
            for qualifier in _objects(each, "qualifiers"):
                _term(heading, "QualifierName", qualifier)


def _term(heading: Element, tag: str, term: Mapping[str, Any]) -> None:
    major = "Y" if term.get("major") is True else "N"
    _add(heading, tag, _text(term, "term"), UI=_text(term, "id"), MajorTopicYN=major)


def _keywords(parent: Element, item: Mapping[str, Any]) -> None:
    keywords = _split(item, "keyword", ";")
    if keywords:
        listed = SubElement(parent, "KeywordList", Owner="NOTNLM")
        for keyword in keywords:
            _rich(listed, "Keyword", keyword, MajorTopicYN="N")


def _ids(parent: Element, item: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
    ids = SubElement(parent, "ArticleIdList")
    for kind, number in (
        ("pubmed", _text(item, "PMID")),
        ("doi", _text(item, "DOI")),
        ("pmc", _text(item, "PMCID")),
        ("pii", _text(kept, "pii")),
        ("bookaccession", _text(kept, "bookaccession")),
    ):
        _optional(ids, "ArticleId", number, IdType=kind)
