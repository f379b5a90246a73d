"""One PubmedArticle or PubmedBookArticle as CSL-JSON. Pure."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from scidex.atlas.bibliography.csl import Record
from scidex.atlas.bibliography.formats.dates import (
    SEASONS,
    Date,
    date,
    day_number,
    month_number,
    worded_date,
    year_number,
)
from scidex.atlas.bibliography.formats.pages import whole_pages
from scidex.atlas.bibliography.formats.rich_text import text_of

_TAGS = {"i": "i", "b": "b", "sub": "sub", "sup": "sup"}
_NCT = re.compile(r"NCT[0-9]{8}")
_ORCID = re.compile(r"(?:[0-9]{4}-?){3}[0-9]{3}[0-9X]")
_TYPES = {
    "Dataset": "dataset",
    "Newspaper Article": "article-newspaper",
    "Preprint": "article",
    "Technical Report": "report",
    "Webcast": "broadcast",
}
CARRIER = "scidex-csl"


def record(element: Element) -> Record:
    """The record in `element` as CSL-JSON, not yet checked."""
    if element.tag == "PubmedBookArticle":
        item = _book(_child(element, "BookDocument"), element.find("PubmedBookData"))
    else:
        item = _article(_child(element, "MedlineCitation"), element.find("PubmedData"))
    if not item.get("id") and (item.get("PMID") or item.get("DOI")):
        item["id"] = f"pmid:{item['PMID']}" if item.get("PMID") else f"doi:{item['DOI']}"
    return item


def carried(element: Element) -> str:
    """What a writer of ours put beside PubMed's own elements; empty if nothing."""
    for each in element.iterfind(f".//ObjectList/Object[@Type='{CARRIER}']/Param"):
        return each.text or ""
    return ""


def registrations(element: Element) -> tuple[str, ...]:
    """The ClinicalTrials.gov numbers that the record names in its data banks, each once."""
    found: dict[str, None] = {}
    for bank in element.iterfind("MedlineCitation/Article/DataBankList/DataBank"):
        if _words(bank, "DataBankName").casefold() == "clinicaltrials.gov":
            for number in bank.iterfind("AccessionNumberList/AccessionNumber"):
                found.update(dict.fromkeys(_NCT.findall((number.text or "").upper())))
    return tuple(found)


def _article(citation: Element, data: Element | None) -> Record:
    article = _child(citation, "Article")
    journal = _child(article, "Journal")
    medline = citation.find("MedlineJournalInfo")
    types = [text_of(each, {}) for each in article.iterfind("PublicationTypeList/PublicationType")]
    names, orcids = _names(article.find("AuthorList"))
    ids = _article_ids(data)
    for each in article.iterfind("ELocationID"):
        if each.get("ValidYN", "Y") == "Y":
            ids.setdefault(each.get("EIdType", ""), text_of(each, {}))
    custom = {
        "publication-types": types,
        "status": citation.get("Status", ""),
        "pii": ids.get("pii", ""),
        "journal": {
            name: _words(medline, tag)
            for name, tag in (("abbreviation", "MedlineTA"), ("nlm-id", "NlmUniqueID"), ("country", "Country"))
            if _words(medline, tag)
        },
        "mesh": [_heading(each) for each in citation.iterfind("MeshHeadingList/MeshHeading")],
        "corrections": [_correction(each) for each in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")],
        "data-banks": [_bank(each) for each in article.iterfind("DataBankList/DataBank")],
    }
    return {
        "type": next((_TYPES[name] for name in types if name in _TYPES), "article-journal"),
        "PMID": _words(citation, "PMID"),
        "DOI": ids.get("doi", ""),
        "PMCID": ids.get("pmc", ""),
        "title": _title(article.find("ArticleTitle")),
        "original-title": _title(article.find("VernacularTitle")),
        "author": names,
        "container-title": _words(journal, "Title"),
        "container-title-short": _words(journal, "ISOAbbreviation"),
        "ISSN": _words(journal, "ISSN"),
        "volume": _words(journal, "JournalIssue/Volume"),
        "issue": _words(journal, "JournalIssue/Issue"),
        "page": _pages(article.find("Pagination")),
        "issued": _date(journal.find("JournalIssue/PubDate")),
        "available-date": _date(article.find("ArticleDate")),
        "language": ", ".join(text_of(each, {}) for each in article.iterfind("Language")),
        "abstract": _abstract(article.find("Abstract")),
        "keyword": "; ".join(text_of(each, _TAGS) for each in citation.iterfind("KeywordList/Keyword")),
        "custom": _kept(custom, orcids),
    }


def _book(document: Element, data: Element | None) -> Record:
    book = _child(document, "Book")
    own_title = _title(document.find("ArticleTitle"))
    book_title = _title(book.find("BookTitle"))
    editors, _ = _names(next((each for each in book.iterfind("AuthorList") if each.get("Type") == "editors"), None))
    people = document.find("AuthorList")
    if people is None:
        people = next((each for each in book.iterfind("AuthorList") if each.get("Type") != "editors"), None)
    names, orcids = _names(people)
    ids = _article_ids(data) | _ids(document.find("ArticleIdList"))
    custom = {
        "publication-types": [text_of(each, {}) for each in document.iterfind("PublicationType")],
        "location": _words(document, "LocationLabel"),
        "bookaccession": ids.get("bookaccession", ""),
    }
    return {
        "type": "chapter" if own_title else "book",
        "PMID": _words(document, "PMID"),
        "DOI": ids.get("doi", ""),
        "PMCID": ids.get("pmc", ""),
        "title": own_title or book_title,
        "container-title": book_title if own_title else "",
        "original-title": _title(document.find("VernacularTitle")),
        "author": names,
        "editor": editors,
        "publisher": _words(book, "Publisher/PublisherName"),
        "publisher-place": _words(book, "Publisher/PublisherLocation"),
        "collection-title": _words(book, "CollectionTitle"),
        "volume": _words(book, "Volume"),
        "edition": _words(book, "Edition"),
        "medium": _words(book, "Medium"),
        "ISBN": ", ".join(text_of(each, {}) for each in book.iterfind("Isbn")),
        "page": _pages(document.find("Pagination")),
        "issued": _date(book.find("PubDate")),
        "available-date": _date(document.find("ContributionDate")),
        "language": ", ".join(text_of(each, {}) for each in document.iterfind("Language")),
        "abstract": _abstract(document.find("Abstract")),
        "keyword": "; ".join(text_of(each, _TAGS) for each in document.iterfind("KeywordList/Keyword")),
        "custom": _kept(custom, orcids),
    }


def _child(element: Element, tag: str) -> Element:
    found = element.find(tag)
    return Element(tag) if found is None else found


def _words(element: Element | None, path: str) -> str:
    return text_of(element.find(path), {}) if element is not None else ""


def _title(element: Element | None) -> str:
    """A title without the full stop that PubMed ends it with."""
    text = text_of(element, _TAGS)
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def _kept(custom: dict[str, Any], orcids: dict[str, str]) -> dict[str, Any]:
    kept = {name: value for name, value in custom.items() if value}
    return ({"pubmed": kept} if kept else {}) | ({"orcid": orcids} if orcids else {})


def _names(people: Element | None) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The names, and the ORCID of each that has one by its place in the list."""
    names: list[dict[str, str]] = []
    orcids: dict[str, str] = {}
    for each in people.iterfind("Author") if people is not None else ():
        name = {
            "literal": text_of(each.find("CollectiveName"), {}),
            "family": _words(each, "LastName"),
            "given": _words(each, "ForeName") or _words(each, "Initials"),
            "suffix": _words(each, "Suffix"),
        }
        given = {part: text for part, text in name.items() if text}
        if not given:
            continue
        for identifier in each.iterfind("Identifier"):
            found = _ORCID.search(identifier.text or "") if identifier.get("Source") == "ORCID" else None
            if found:
                digits = found[0].replace("-", "")
                orcids[str(len(names))] = "-".join(digits[start : start + 4] for start in range(0, 16, 4))
        names.append(given)
    if people is not None and people.get("CompleteYN") == "N":
        names.append({"literal": "others"})
    return names, orcids


def _article_ids(data: Element | None) -> dict[str, str]:
    return _ids(data.find("ArticleIdList")) if data is not None else {}


def _ids(listed: Element | None) -> dict[str, str]:
    return {each.get("IdType", ""): text_of(each, {}) for each in (listed if listed is not None else ())}


def _pages(pagination: Element | None) -> str:
    text = _words(pagination, "MedlinePgn")
    if not text:
        text = "-".join(part for part in (_words(pagination, "StartPage"), _words(pagination, "EndPage")) if part)
    return whole_pages(text)


def _date(element: Element | None) -> Date:
    if element is None:
        return {}
    if words := _words(element, "MedlineDate"):
        return worded_date(words)
    year = year_number(_words(element, "Year"))
    season = SEASONS.get(_words(element, "Season").casefold())
    if season and year is not None:
        return date([year], season=season)
    return date([year, month_number(_words(element, "Month")), day_number(_words(element, "Day"))])


def _abstract(abstract: Element | None) -> str:
    """The sections, a paragraph each, with their labels before them."""
    sections = []
    for each in abstract.iterfind("AbstractText") if abstract is not None else ():
        label = " ".join(each.get("Label", "").split())
        text = text_of(each, _TAGS)
        sections.append(f"{label}: {text}" if label and text else label or text)
    return "\n\n".join(section for section in sections if section)


def _heading(heading: Element) -> dict[str, Any]:
    descriptor = heading.find("DescriptorName")
    qualifiers = [_term(each) for each in heading.iterfind("QualifierName")]
    return _term(descriptor) | ({"qualifiers": qualifiers} if qualifiers else {})


def _term(element: Element | None) -> dict[str, Any]:
    if element is None:
        return {}
    term: dict[str, Any] = {"term": text_of(element, {}), "id": element.get("UI", "")}
    return term | ({"major": True} if element.get("MajorTopicYN") == "Y" else {})


def _correction(element: Element) -> dict[str, str]:
    correction = {
        "type": element.get("RefType", ""),
        "source": _words(element, "RefSource"),
        "pmid": _words(element, "PMID"),
        "note": _words(element, "Note"),
    }
    return {name: text for name, text in correction.items() if text}


def _bank(element: Element) -> dict[str, Any]:
    numbers = [text_of(each, {}) for each in element.iterfind("AccessionNumberList/AccessionNumber")]
    return {"name": _words(element, "DataBankName"), "numbers": numbers}
