"""JATS XML (NISO Z39.96): the front of an article and its reference list. The text of the article is not read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from scidex.atlas.bibliography.formats import jats_reading, jats_writing
from scidex.atlas.bibliography.formats.entries import carrier, checked, entry, kept_of
from scidex.atlas.bibliography.formats.model import ByteSource, Problem, ReadEntry
from scidex.atlas.bibliography.formats.xml_records import XmlRecord, records, without_forbidden, xml_text

_ROOTS = ("article", "articles", "back", "pmc-articleset", "ref-list", "sub-article", "OAI-PMH")
_FRONTS = {"front": "article", "front-stub": "sub-article"}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XML_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,80}")
_NAMESPACES = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def read(source: ByteSource) -> Iterator[ReadEntry | Problem]:
    """The article itself, then the works in its reference lists, as they stand in the file. Never raises.

    ``custom.jats.role`` says which an entry is: ``article``, ``sub-article`` or ``reference``.
    """
    for record in records(source, (*_FRONTS, "ref"), _ROOTS):
        if isinstance(record, Problem):
            yield record
        elif record.element.tag in _FRONTS:
            yield from _front(record)
        else:
            yield from _references(record)


def _front(record: XmlRecord) -> Iterator[ReadEntry | Problem]:
    role = _FRONTS[record.element.tag]
    native = jats_reading.front_item(record.element, record.around.get(role, {}), role)
    yield from entry(
        native,
        record.line,
        carried=jats_reading.carried(record.element),
        notices=jats_reading.notices(record.element),
        registrations=jats_reading.registrations(record.element),
    )


def _references(record: XmlRecord) -> Iterator[ReadEntry | Problem]:
    items = jats_reading.reference_items(record.element)
    if not items:
        yield Problem(record.line, "The reference holds no citation.", "Give it an element-citation or mixed-citation.")
    for place, item in enumerate(items):
        yield from entry(item, record.line, carried="" if place else jats_reading.carried(record.element))


def write(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """An article's front and reference list if the first item's ``custom.jats.role`` is ``article``, else a list only.

    Raises Invalid for an item that is no CSL-JSON.
    """
    waiting = iter(items)
    first = next(waiting, None)
    yield _HEAD
    if first is not None and kept_of(first, "jats").get("role") == "article":
        yield from _article(checked(first))
        yield "<back>\n"
        yield from _reference_list(waiting, "")
        yield "</back>\n</article>\n"
    else:
        yield from _reference_list([] if first is None else chain([first], waiting), f" {_NAMESPACES}")


def _reference_list(items: Iterable[Mapping[str, Any]], attributes: str) -> Iterator[str]:
    used: set[str] = set()
    yield f"<ref-list{attributes}>\n"
    for number, each in enumerate(items, start=1):
        item = checked(each)
        identifier = str(item.get("id", ""))
        if identifier in used or not _XML_ID.fullmatch(identifier):
            identifier = f"ref-{number}"
        used.add(identifier)
        yield _reference(item, identifier)
    yield "</ref-list>\n"


def _article(item: Mapping[str, Any]) -> Iterator[str]:
    attributes = without_forbidden(Element("article", jats_writing.article_attributes(item))).attrib
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    yield f"<article {_NAMESPACES}{written}>\n"
    element = jats_writing.front(item)
    without_forbidden(element)
    native = checked(jats_reading.front_item(element, attributes, "article"))
    jats_writing.add_carried_to_front(element, carrier(item, native))
    yield xml_text(element)


def _reference(item: Mapping[str, Any], identifier: str) -> str:
    element = jats_writing.reference(item, identifier)
    without_forbidden(element)
    [native] = jats_reading.reference_items(element)
    jats_writing.add_carried_to_reference(element, carrier(item, checked(native), own="jats"))
    return xml_text(element)
