"""CSL-JSON records as the front of a JATS article, and as references in its ``element-citation``. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from scidex.atlas.bibliography.formats import jats_reading as reading
from scidex.atlas.bibliography.formats.dates import SEASON_NAMES, spans_of
from scidex.atlas.bibliography.formats.entries import kept_of
from scidex.atlas.bibliography.formats.rich_text import add_text

_ELEMENTS = {tag: element for element, tag in reading.TAGS.items() if not tag.startswith("span class")}
_KINDS = {csl: kind for kind, csl in reversed(reading.CITATION_TYPES.items())}
_ARTICLE_TYPES = {csl: kind for kind, csl in reading.ARTICLE_TYPES.items()}
_TEXTS = {variable: tag for tag, variable in reversed(reading.TEXTS.items())}
_IDS = {"DOI": "doi", "PMID": "pmid", "PMCID": "pmcid"}
_IN_ANOTHER = frozenset({"article-journal", "article-magazine", "article-newspaper", "chapter", "paper-conference"})


def article_attributes(item: Mapping[str, Any]) -> dict[str, str]:
    """The attributes of the ``article`` around the front of `item`."""
    kind = kept_of(item, "jats").get("type")
    known = kind if isinstance(kind, str) and _csl_type(kind) == item.get("type") else ""
    attributes = {"article-type": known or _ARTICLE_TYPES.get(str(item.get("type")), "research-article")}
    language = str(item.get("language", ""))
    return attributes | ({"xml:lang": language} if language else {})


def _csl_type(article_type: str) -> str:
    return reading.ARTICLE_TYPES.get(article_type, "article-journal")


def front(item: Mapping[str, Any]) -> Element:
    """The ``front`` of the article that `item` is."""
    element = Element("front")
    journal = SubElement(element, "journal-meta")
    titles = SubElement(journal, "journal-title-group")
    _optional(titles, "journal-title", item.get("container-title"))
    _optional(titles, "abbrev-journal-title", item.get("container-title-short"))
    _optional(journal, "issn", item.get("ISSN"))
    if item.get("publisher") or item.get("publisher-place"):
        publisher = SubElement(journal, "publisher")
        _optional(publisher, "publisher-name", item.get("publisher"))
        _optional(publisher, "publisher-loc", item.get("publisher-place"))
    meta = SubElement(element, "article-meta")
    _article_ids(meta, item)
    _subjects(meta, item)
    group = SubElement(meta, "title-group")
    _rich(group, "article-title", item.get("title"))
    if item.get("original-title"):
        _rich(SubElement(group, "trans-title-group"), "trans-title", item["original-title"])
    _contributors(meta, item)
    if item.get("issued"):
        _date(SubElement(meta, "pub-date", {"pub-type": "ppub"}), item["issued"])
    if item.get("available-date"):
        _date(SubElement(meta, "pub-date", {"pub-type": "epub"}), item["available-date"])
    _optional(meta, "volume", item.get("volume"))
    _optional(meta, "issue", item.get("issue"))
    _pages(meta, str(item.get("page", "")))
    _optional(meta, "elocation-id", item.get("number"))
    if item.get("submitted"):
        _date(SubElement(SubElement(meta, "history"), "date", {"date-type": "received"}), item["submitted"])
    if item.get("license"):
        _optional(SubElement(SubElement(meta, "permissions"), "license"), "license-p", item["license"])
    _abstract(meta, str(item.get("abstract", "")))
    keywords = [word for each in str(item.get("keyword", "")).split("; ") if (word := each.strip())]
    if keywords:
        listed = SubElement(meta, "kwd-group")
        for keyword in keywords:
            _rich(listed, "kwd", keyword)
    return element


def add_carried_to_front(element: Element, carried: str) -> None:
    """Puts `carried` among the custom metadata of an article."""
    if carried:
        meta = element.find("article-meta")
        custom = SubElement(SubElement(element if meta is None else meta, "custom-meta-group"), "custom-meta")
        _optional(custom, "meta-name", reading.CARRIER)
        _optional(custom, "meta-value", carried)


def reference(item: Mapping[str, Any], identifier: str) -> Element:
    """`item` as an entry of a reference list."""
    element = Element("ref", {"id": identifier})
    _optional(element, "label", kept_of(item, "jats").get("label"))
    as_written = kept_of(item, "jats").get("citation")
    if as_written and not item.get("title"):
        _rich(element, "mixed-citation", as_written)
    else:
        _citation(element, item)
    return element


def _citation(element: Element, item: Mapping[str, Any]) -> None:
    csl_type = str(item.get("type", ""))
    kind = kept_of(item, "jats").get("type")
    known = kind if isinstance(kind, str) and reading.CITATION_TYPES.get(kind) == csl_type else ""
    citation = SubElement(element, "element-citation", {"publication-type": known or _KINDS.get(csl_type, "other")})
    for role, variable in reading.ROLES.items():
        if item.get(variable):
            _names(SubElement(citation, "person-group", {"person-group-type": role}), item[variable])
    container = item.get("container-title")
    if container or csl_type in _IN_ANOTHER:
        title = "chapter-title" if csl_type == "chapter" else "article-title"
        _rich(citation, title, item.get("title"))
        _optional(citation, "source", container, is_rich=True)
    else:
        _rich(citation, "source", item.get("title"))
    if item.get("issued"):
        _date(citation, item["issued"], is_backwards=False)
    for variable, tag in _TEXTS.items():
        _optional(citation, tag, item.get(variable), is_rich=True)
    _pages(citation, str(item.get("page", "")))
    if item.get("accessed"):
        _date(SubElement(citation, "date-in-citation", {"content-type": "access-date"}), item["accessed"])
    for variable, kind in _IDS.items():
        _optional(citation, "pub-id", item.get(variable), {"pub-id-type": kind})
    if item.get("URL"):
        link = SubElement(citation, "ext-link", {"ext-link-type": "uri", "xlink:href": str(item["URL"])})
        link.text = str(item["URL"])


def add_carried_to_reference(element: Element, carried: str) -> None:
    """Puts `carried` into a note of the reference."""
    if carried:
        _optional(SubElement(element, "note", {"specific-use": reading.CARRIER}), "p", carried)


def _optional(
    parent: Element, tag: str, text: object, attributes: dict[str, str] | None = None, *, is_rich: bool = False
) -> None:
    if isinstance(text, str) and text:
        element = SubElement(parent, tag, attributes or {})
        if is_rich:
            add_text(element, text, _ELEMENTS)
        else:
            element.text = text


def _rich(parent: Element, tag: str, text: object) -> None:
    _optional(parent, tag, text, is_rich=True)


def _article_ids(meta: Element, item: Mapping[str, Any]) -> None:
    for variable, kind in _IDS.items():
        _optional(meta, "article-id", item.get(variable), {"pub-id-type": kind})
    others = kept_of(item, "jats").get("ids")
    for kind, number in others.items() if isinstance(others, Mapping) else ():
        if kind not in reading.IDS:
            _optional(meta, "article-id", number, {"pub-id-type": str(kind)})


def _subjects(meta: Element, item: Mapping[str, Any]) -> None:
    subjects = kept_of(item, "jats").get("subjects")
    if isinstance(subjects, list) and subjects:
        group = SubElement(SubElement(meta, "article-categories"), "subj-group")
        for subject in subjects:
            _optional(group, "subject", subject)


def _contributors(meta: Element, item: Mapping[str, Any]) -> None:
    orcids = kept_of(item, "orcid")
    for role, variable in reading.ROLES.items():
        if not item.get(variable):
            continue
        group = SubElement(meta, "contrib-group")
        for place, name in enumerate(item[variable]):
            contributor = SubElement(group, "contrib", {"contrib-type": role})
            if role == "author":
                _optional(contributor, "contrib-id", orcids.get(str(place)), {"contrib-id-type": "orcid"})
            _names(contributor, [name])


def _names(parent: Element, names: Iterable[Mapping[str, Any]]) -> None:
    for each in names:
        if each == {"literal": "others"}:
            SubElement(parent, "etal")
        elif each.get("literal"):
            _optional(parent, "collab", each["literal"])
        else:
            name = SubElement(parent, "name")
            _optional(name, "surname", each.get("family"))
            _optional(name, "given-names", each.get("given"))
            _optional(name, "prefix", each.get("non-dropping-particle") or each.get("dropping-particle"))
            _optional(name, "suffix", each.get("suffix"))


def _date(element: Element, given: Mapping[str, Any], *, is_backwards: bool = True) -> None:
    """JATS has day, month and year in this order in a date, and the other way round in a citation."""
    spans = spans_of(given)
    if not spans:
        _optional(
            element, "string-date" if is_backwards else "year", str(given.get("literal") or given.get("raw") or "")
        )
        return
    year, *rest = spans[0]
    parts = [("year", f"{year:04d}"), *zip(("month", "day"), (f"{number:02d}" for number in rest), strict=False)]
    season = SEASON_NAMES.get(str(given.get("season", "")))
    if season and not rest:
        parts.append(("season", season))
    for tag, text in reversed(parts) if is_backwards else parts:
        _optional(element, tag, text)


def _pages(element: Element, page: str) -> None:
    first, dash, last = page.partition("-")
    if dash and first and last and "-" not in last and "," not in page and ";" not in page:
        _optional(element, "fpage", first)
        _optional(element, "lpage", last)
    elif dash or "," in page or ";" in page:
        _optional(element, "page-range", page)
    else:
        _optional(element, "fpage", page)


def _abstract(meta: Element, text: str) -> None:
    if text:
        abstract = SubElement(meta, "abstract")
        for paragraph in text.split("\n\n"):
            _rich(abstract, "p", paragraph)
