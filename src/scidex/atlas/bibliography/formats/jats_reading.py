"""The front of a JATS article, and one of its references, as CSL-JSON. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from scidex.atlas.bibliography.csl import Record
from scidex.atlas.bibliography.formats.dates import SEASONS, Date, date, day_number, month_number, year_number
from scidex.atlas.bibliography.formats.model import Notice
from scidex.atlas.bibliography.formats.pages import whole_pages
from scidex.atlas.bibliography.formats.rich_text import NO_CASE, SMALL_CAPITALS, text_of
from scidex.atlas.bibliography.identifiers import Scheme, identifiers_in

CARRIER = "scidex-csl"
CITATIONS = ("element-citation", "mixed-citation", "nlm-citation", "citation")
TAGS = {
    "italic": "i",
    "bold": "b",
    "sub": "sub",
    "sup": "sup",
    "sc": "span" + SMALL_CAPITALS,
    "named-content": "span" + NO_CASE,
}
_NOT_WORDS = frozenset({"xref", "fn", "tex-math", "object-id", "label"})
_NCT = re.compile(r"NCT[0-9]{8}")
_ORCID = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]")
# article-type of JATS, and publication-type of a citation.
ARTICLE_TYPES = {
    "book-review": "review-book",
    "product-review": "review",
    "dataset": "dataset",
    "news": "article-newspaper",
}
CITATION_TYPES = {
    "journal": "article-journal",
    "book": "book",
    "chapter": "chapter",
    "confproc": "paper-conference",
    "conference": "paper-conference",
    "preprint": "article",
    "data": "dataset",
    "database": "dataset",
    "software": "software",
    "thesis": "thesis",
    "report": "report",
    "working-paper": "report",
    "patent": "patent",
    "standard": "standard",
    "web": "webpage",
    "webpage": "webpage",
    "website": "webpage",
    "gov": "report",
    "newspaper": "article-newspaper",
    "magazine": "article-magazine",
    "legislation": "legislation",
    "commun": "personal_communication",
}
ROLES = {
    "author": "author",
    "editor": "editor",
    "translator": "translator",
    "compiler": "compiler",
    "director": "director",
}
# related-article-type of JATS: what the article is to the one it names, and the other way round.
_RELATED = {
    "corrected-article": "correction-of",
    "retracted-article": "retraction-of",
    "partial-retraction": "partial-retraction-of",
    "object-of-concern": "expression-of-concern-of",
    "updated-article": "update-of",
    "correction-forward": "correction",
    "retraction-forward": "retraction",
    "expression-of-concern-forward": "expression-of-concern",
    "update-forward": "update",
    "concern-forward": "expression-of-concern",
}
# One element, one variable, in a citation.
TEXTS = {
    "volume": "volume",
    "issue": "issue",
    "edition": "edition",
    "series": "collection-title",
    "publisher-name": "publisher",
    "publisher-loc": "publisher-place",
    "conf-name": "event-title",
    "conf-loc": "event-place",
    "issn": "ISSN",
    "isbn": "ISBN",
    "version": "version",
    "patent": "number",
    "elocation-id": "number",
    "comment": "note",
    "annotation": "annote",
    "trans-title": "original-title",
    "size": "number-of-pages",
}
IDS = {"doi": "DOI", "pmid": "PMID", "pmcid": "PMCID", "pmc": "PMCID"}


def words(element: Element | None, path: str) -> str:
    """The words at `path` in `element`, with CSL's tags; empty if there are none."""
    return text_of(element.find(path), TAGS, passed_over=_NOT_WORDS) if element is not None else ""


def carried(element: Element) -> str:
    """What a writer of ours put beside JATS's own elements; empty if nothing."""
    for meta in element.iter("custom-meta"):
        if meta.findtext("meta-name") == CARRIER:
            return meta.findtext("meta-value") or ""
    for note in element.iterfind("note"):
        if note.get("specific-use") == CARRIER:
            return note.findtext("p") or ""
    return ""


def front_item(front: Element, article: Mapping[str, str], role: str) -> Record:
    """The article that `front` (or ``front-stub``) describes, not yet checked; `article` are the attributes around it."""
    meta = front.find("article-meta")
    meta = front if meta is None else meta
    journal = front.find("journal-meta")
    ids = {each.get("pub-id-type", ""): text_of(each, {}) for each in meta.iterfind("article-id")}
    issued, online, others = _publication_dates(meta.iterfind("pub-date"))
    received = next((each for each in meta.iterfind("history/date") if each.get("date-type") == "received"), None)
    article_type = article.get("article-type", "")
    item: Record = {
        "type": ARTICLE_TYPES.get(article_type, "article-journal"),
        "title": ": ".join(
            part for part in (words(meta, "title-group/article-title"), words(meta, "title-group/subtitle")) if part
        ),
        "original-title": words(meta, "title-group/trans-title-group/trans-title"),
        "container-title": words(journal, "journal-title-group/journal-title") or words(journal, "journal-title"),
        "container-title-short": words(journal, "journal-title-group/abbrev-journal-title")
        or words(journal, "abbrev-journal-title"),
        "ISSN": words(journal, "issn"),
        "publisher": words(journal, "publisher/publisher-name"),
        "publisher-place": words(journal, "publisher/publisher-loc"),
        "volume": words(meta, "volume"),
        "issue": words(meta, "issue"),
        "number": words(meta, "elocation-id"),
        "page": _pages(meta),
        "issued": issued,
        "available-date": online,
        "submitted": _date(received),
        "language": article.get("xml:lang", ""),
        "abstract": _abstract(meta),
        "keyword": "; ".join(text_of(each, TAGS) for each in meta.iterfind("kwd-group/kwd")),
        "license": _licence(meta),
    }
    item |= {variable: ids[kind] for kind, variable in IDS.items() if ids.get(kind)}
    _read_pmcid(item)
    orcids = _read_contributors(item, meta.iterfind("contrib-group/contrib"))
    if identifier := item.get("DOI"):
        item["id"] = f"doi:{identifier}"
    kept = {
        "role": role,
        "type": article_type,
        "ids": {kind: number for kind, number in ids.items() if kind not in IDS and number},
        "subjects": [text_of(each, {}) for each in meta.iterfind("article-categories/subj-group/subject")],
        "dates": others,
    }
    item["custom"] = {"jats": {name: value for name, value in kept.items() if value}} | (
        {"orcid": orcids} if orcids else {}
    )
    return item


def notices(front: Element) -> tuple[Notice, ...]:
    """What the article's related articles say: what it corrects or retracts, and what corrects or retracts it."""
    found: list[Notice] = []
    for each in front.iter("related-article"):
        kind = _RELATED.get(each.get("related-article-type", ""))
        if kind:
            link = each.get("xlink:href") or each.get("{http://www.w3.org/1999/xlink}href") or text_of(each, {})
            prefix = {"doi": "doi:", "pmid": "PMID: ", "pubmed": "PMID: "}.get(each.get("ext-link-type", ""), "")
            identifiers = tuple(str(identifier) for identifier in identifiers_in(f"{prefix}{link}"))
            found.append(Notice(kind, identifiers, "", " ".join(f"{link} {text_of(each, {})}".split())[:1000]))
    return tuple(found)


def registrations(front: Element) -> tuple[str, ...]:
    """The ClinicalTrials.gov numbers that the article's front links as related objects or in its abstract's sections."""
    numbers: dict[str, None] = {}
    for tag in ("related-object", "ext-link"):
        for each in front.iter(tag):
            text = " ".join([*each.attrib.values(), text_of(each, {})])
            numbers.update(dict.fromkeys(_NCT.findall(text)))
    return tuple(numbers)


def reference_items(reference: Element) -> list[Record]:
    """The works that one ``ref`` lists, not yet checked; most list one."""
    found = [each for each in reference.iter() if each.tag in CITATIONS]
    alternatives = reference.find("citation-alternatives")
    if alternatives is not None:
        found = [each for each in alternatives if each.tag in CITATIONS][:1]
    label = words(reference, "label")
    items = []
    for place, citation in enumerate(found):
        item = _citation_item(citation)
        identifier = reference.get("id") or citation.get("id") or ""
        item["id"] = f"{identifier}-{place + 1}" if place and identifier else identifier
        kept = {"role": "reference", "label": label, **item.pop("kept")}
        item["custom"] = {"jats": {name: value for name, value in kept.items() if value}}
        items.append(item)
    return items


def _citation_item(citation: Element) -> Record:
    kind = citation.get("publication-type") or citation.get("citation-type") or ""
    article, chapter, source = (words(citation, tag) for tag in ("article-title", "chapter-title", "source"))
    article = article or words(citation, "data-title")
    csl_type = CITATION_TYPES.get(kind, "article-journal" if article and source else "document")
    if csl_type == "book" and (chapter or article):
        csl_type = "chapter"
    item: Record = {
        "type": csl_type,
        "title": article or chapter or source,
        "container-title": source if article or chapter else "",
        "page": _pages(citation),
        "issued": _citation_date(citation),
        "accessed": _accessed(citation.find("date-in-citation")),
        "URL": _address(citation),
    }
    for tag, variable in TEXTS.items():
        if text := words(citation, tag):
            item.setdefault(variable, text)
    for each in citation.iterfind("pub-id"):
        if identifier := IDS.get(each.get("pub-id-type", "")):
            item.setdefault(identifier, text_of(each, {}))
    _read_pmcid(item)
    _read_people(item, citation)
    # A citation with its punctuation is what the authors wrote; the elements in it may be few.
    text = text_of(citation, TAGS, passed_over=_NOT_WORDS) if citation.tag != "element-citation" else ""
    item["kept"] = {"type": kind, "citation": text}
    if text and not any(item.get(name) for name in ("DOI", "PMID")):
        found = {each.scheme: each.value for each in reversed(identifiers_in(text))}
        item |= {
            name: found[scheme] for scheme, name in ((Scheme.DOI, "DOI"), (Scheme.PMID, "PMID")) if scheme in found
        }
    return item


def _read_pmcid(item: Record) -> None:
    number = str(item.get("PMCID", ""))
    if number.isdigit():
        item["PMCID"] = f"PMC{number}"


def _address(citation: Element) -> str:
    for tag in ("ext-link", "uri"):
        for each in citation.iter(tag):
            link = each.get("xlink:href") or text_of(each, {})
            if link.startswith(("http://", "https://")) and each.get("ext-link-type", "uri") == "uri":
                return link
    return ""


def _read_people(item: Record, citation: Element) -> None:
    groups = list(citation.iter("person-group"))
    for group in groups:
        variable = ROLES.get(group.get("person-group-type", "author"), "contributor")
        item[variable] = [*item.get(variable, ()), *_names(group)]
    if not groups and (names := _names(citation)):
        item["author"] = names


def _names(group: Iterable[Element]) -> list[dict[str, str]]:
    names = [_name(each) for each in group if each.tag in ("name", "string-name", "collab", "etal")]
    return [name for name in names if name]


def _name(element: Element) -> dict[str, str]:
    if element.tag == "etal":
        return {"literal": "others"}
    name = {
        "family": words(element, "surname"),
        "given": words(element, "given-names"),
        "non-dropping-particle": words(element, "prefix"),
        "suffix": words(element, "suffix"),
    }
    if element.tag == "collab" or not (name["family"] or name["given"]):
        return {"literal": text_of(element, {}, passed_over=frozenset({"contrib-group", "xref"}))}
    return {part: text for part, text in name.items() if text}


def _read_contributors(item: Record, contributors: Iterable[Element]) -> dict[str, str]:
    """Puts the people into `item`; gives the ORCID of each author that has one, by the place in the list."""
    orcids: dict[str, str] = {}
    for each in contributors:
        variable = ROLES.get(each.get("contrib-type", "author"), "contributor")
        source = each.find("name-alternatives")
        names = _names(each if source is None else source)[:1]
        if not names:
            continue
        people = item.setdefault(variable, [])
        for identifier in each.iterfind("contrib-id"):
            found = _ORCID.search(identifier.text or "")
            if found and variable == "author":
                orcids[str(len(people))] = found[0]
        people += names
    return orcids


def _pages(element: Element) -> str:
    if text := words(element, "page-range"):
        return whole_pages(text.replace("–", "-"))
    first, last = words(element, "fpage"), words(element, "lpage")
    return whole_pages("-".join(part for part in (first, last) if part)) if first else last


def _date(element: Element | None) -> Date:
    if element is None:
        return {}
    year = year_number(words(element, "year")[:4])
    season = SEASONS.get(words(element, "season").casefold())
    month = month_number(words(element, "month"))
    if season and month is None and year is not None:
        return date([year], season=season)
    if year is None and (text := words(element, "string-date") or words(element, "year")):
        return {"literal": text}
    return date([year, month, day_number(words(element, "day"))])


def _citation_date(citation: Element) -> Date:
    inner = citation.find("date")
    found = _date(citation)
    return found if found or inner is None else _date(inner)


def _accessed(element: Element | None) -> Date:
    if element is None:
        return {}
    found = _date(element)
    text = text_of(element, {})
    return found or ({"literal": text} if text else {})


def _publication_dates(elements: Iterable[Element]) -> tuple[Date, Date, dict[str, Any]]:
    """When the issue was published, when the article was online, and the dates that are neither, by their type.

    The date of the issue (``collection``, ``ppub``) is the one to cite by; without one, the first that is given is.
    """
    by_type: dict[str, Date] = {}
    for each in elements:
        kind = each.get("date-type") or each.get("pub-type") or "pub"
        if found := _date(each):
            by_type.setdefault(f"{kind} {each.get('publication-format', '')}".strip(), found)
    online = next((kind for kind in by_type if kind in ("epub", "pub electronic", "epreprint")), None)
    issue = next(
        (kind for kind in ("ppub", "pub print", "collection", "collection electronic") if kind in by_type), None
    )
    first = issue or online or next(iter(by_type), None)
    if first is None:
        return {}, {}, {}
    issued = by_type.pop(first)
    return issued, by_type.pop(online, {}) if online and online != first else {}, by_type


def _abstract(meta: Element) -> str:
    abstract = next((each for each in meta.iterfind("abstract") if not each.get("abstract-type")), None)
    if abstract is None:
        return ""
    sections = []
    for section in abstract.iterfind("sec"):
        title = words(section, "title").rstrip(":.")
        text = "\n\n".join(text_of(each, TAGS, passed_over=_NOT_WORDS) for each in section.iterfind("p"))
        sections.append(f"{title}: {text}" if title and text else title or text)
    paragraphs = [text_of(each, TAGS, passed_over=_NOT_WORDS) for each in abstract.iterfind("p")]
    return "\n\n".join(text for text in [*paragraphs, *sections] if text)


def _licence(meta: Element) -> str:
    licence = meta.find("permissions/license")
    if licence is None:
        return ""
    return licence.get("xlink:href") or words(licence, "license-p")
