"""XML files with one element per work, read in bounded memory and written. No file can make us fetch or expand anything.

The parser is expat, with its handlers set so that a declared entity ends the reading, an external one is never looked
for, and depth and size of a record are bounded. The character entities that publishers' DTDs declare are those of
HTML, and are known without the DTD.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from html.entities import html5
from typing import NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder, tostring
from xml.parsers import expat

from scidex.atlas.bibliography.formats.decoding import DamagedError, pieces
from scidex.atlas.bibliography.formats.model import ByteSource, Problem

LARGEST_RECORD = 16_000_000
"""Bytes of one record's XML; a larger one is left out."""
DEEPEST = 100
"""Elements within elements."""
_FORBIDDEN = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlRecord(NamedTuple):
    """One record's element, the line it begins on, and the attributes of the elements around it, by their names."""

    element: Element
    line: int
    around: Mapping[str, Mapping[str, str]]


class _Stopped(Exception):  # noqa: N818 - as kernel errors are named
    """The file cannot be read further."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure


def records(
    source: ByteSource, tags: Collection[str], roots: Collection[str], *, unread: Collection[str] = ()
) -> Iterator[XmlRecord | Problem]:
    """The elements of `source` named in `tags`, outermost first, each free of the rest. Never raises.

    The root has to be one of `roots`; elements within a record named in `unread` are passed over. What is not well
    formed ends the reading, after the records before it.
    """
    reading = _Reading(frozenset(tags), frozenset(roots), frozenset(unread))
    fed = 0
    try:
        for piece in pieces(source):
            fed += len(piece)
            reading.parser.Parse(piece, False)
            yield from reading.taken()
            if fed - reading.parser.CurrentByteIndex > LARGEST_RECORD:
                yield Problem(reading.parser.CurrentLineNumber, "One tag or comment is too long.", "Remove it.")
                return
        reading.parser.Parse(b"", True)
        yield from reading.taken()
    except _Stopped as stop:
        yield from reading.taken()
        yield Problem(reading.parser.CurrentLineNumber, stop.message, stop.cure)
    except DamagedError as error:
        yield from reading.taken()
        yield Problem(reading.parser.CurrentLineNumber, str(error), "Download or pack the file again.")
    except expat.ExpatError as error:
        yield from reading.taken()
        message = f"The XML is broken here: {expat.ErrorString(error.code)}."
        yield Problem(error.lineno, message, "Get the file again, whole; the records before this line were read.")
    except (ValueError, LookupError):
        yield Problem(1, "The XML is in an encoding that is not known.", "Save it as UTF-8.")


class _Reading:
    """Builds the tree of one record at a time."""

    def __init__(self, tags: frozenset[str], roots: frozenset[str], unread: frozenset[str]) -> None:
        self.tags = tags
        self.roots = roots
        self.unread = unread
        self.done: list[XmlRecord | Problem] = []
        self.open: list[tuple[str, dict[str, str]]] = []
        self.depth = 0
        self.builder: TreeBuilder | None = None
        self.skipping = 0  # the depth of the element that is passed over, while it is
        self.begin = 0
        self.line = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.UseForeignDTD(True)  # so that an entity without declaration comes to us instead of being an error
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.SkippedEntityHandler = self.skipped
        self.parser.EntityDeclHandler = self.declared

    def taken(self) -> list[XmlRecord | Problem]:
        done, self.done = self.done, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Stopped(f"Elements are nested more than {DEEPEST} deep.", "Check where the file comes from.")
        if self.skipping:
            self.bound()
        elif self.builder is not None:
            if tag in self.unread:
                self.skipping = self.depth
            else:
                self.builder.start(tag, attributes)
            self.bound()
        elif self.depth == 1 and tag not in self.roots:
            known = ", ".join(sorted(self.roots))
            raise _Stopped(f"The file's root is “{tag[:60]}”, not {known}.", "Give a file of this format.")
        elif tag in self.tags:
            self.begin = self.parser.CurrentByteIndex
            self.line = self.parser.CurrentLineNumber
            self.builder = TreeBuilder()
            self.builder.start(tag, attributes)
            self.open.append((tag, {}))
        else:
            self.open.append((tag, attributes))

    def end(self, tag: str) -> None:
        depth = self.depth
        self.depth -= 1
        if self.skipping:
            if self.skipping == depth:
                self.skipping = 0
                if depth == len(self.open):
                    self.open.pop()
        elif self.builder is None:
            self.open.pop()
        else:
            self.builder.end(tag)
            if depth == len(self.open):
                self.open.pop()
                self.done.append(XmlRecord(self.builder.close(), self.line, dict(self.open)))
                self.builder = None

    def data(self, text: str) -> None:
        if self.builder is not None:
            if not self.skipping:
                self.builder.data(text)
            self.bound()

    def skipped(self, name: str, is_parameter: bool) -> None:
        if not is_parameter:
            self.data(html5.get(f"{name};", f"&{name};"))

    def declared(self, *_declaration: object) -> None:
        raise _Stopped(
            "The file declares entities of its own, which are not expanded.", "Remove its DOCTYPE, or save it without."
        )

    def bound(self) -> None:
        if self.builder is not None and self.parser.CurrentByteIndex - self.begin > LARGEST_RECORD:
            self.builder = None
            self.skipping = len(self.open)
            message = f"The record is longer than {LARGEST_RECORD:,} bytes and was left out."
            self.done.append(Problem(self.line, message, "Check where it comes from."))


def without_forbidden(element: Element) -> Element:
    """`element`, with the characters that XML cannot hold taken out of it."""
    for each in element.iter():
        if each.text:
            each.text = _FORBIDDEN.sub("", each.text)
        if each.tail:
            each.tail = _FORBIDDEN.sub("", each.tail)
        for name, value in each.attrib.items():
            each.attrib[name] = _FORBIDDEN.sub("", value)
    return element


def xml_text(element: Element) -> str:
    """`element` as XML on a line of its own."""
    return tostring(element, encoding="unicode") + "\n"
