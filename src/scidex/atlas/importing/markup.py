"""Raw HTML in a source becomes Markdown or plain text, line by line, and every kind of it is reported.

One pass over the text, no recursion: tags are tokens, the output is a list of pieces that remember their source
line. What must vanish (hidden elements, drawings) is cut off the end of that list when its closing tag comes, so
an element that is never closed cannot swallow the page.
"""

from __future__ import annotations

import re

from scidex.atlas.importing.addresses import for_markdown, is_active, is_allowed
from scidex.atlas.importing.code_spans import code_spans
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.html_lines import EmbedFrame, Hidden, Line, Piece
from scidex.atlas.importing.html_tables import TableOutput
from scidex.atlas.importing.links import TAG_START
from scidex.atlas.importing.model import Span
from scidex.atlas.importing.tags import (
    ACTIVE,
    BLOCKS,
    DROPPED,
    EMPHASIS,
    HEADINGS,
    KNOWN,
    LISTS,
    RAW_TEXT,
    TABLE,
    TAG,
    VOID,
    acting_attribute,
    attributes_of,
    is_hiding,
)

_DEEPEST_LIST = 20
_ANGLED_LINK = re.compile(r"\]\([ \t\n]*+$")
_ANGLED = re.compile(r"<([^<>\n]*+)>")
_TO_NEXT = re.compile(r"[^<\n]*+")
_EMBED_SOURCE = re.compile(r"/artifact/[^\s?#]++|[?&]embed=1")


def to_lines(text: str, ledger: Ledger, *, first_line: int = 1, keep_code: bool = False) -> list[Line]:
    """The lines of `text` without HTML. With `keep_code`, inline code is left as it stands (Markdown sources)."""
    if "<" not in text and "&" not in text:
        return [Line(line, number, number) for number, line in enumerate(text.split("\n"), first_line)]
    return _Reader(text, ledger, first_line, keep_code).read()


class _Reader(TableOutput):
    def __init__(self, text: str, ledger: Ledger, first_line: int, keep_code: bool) -> None:
        super().__init__(ledger, first_line)
        self._text = text
        self._code = code_spans(text) if keep_code else []
        self._lists: list[str] = []
        self._too_deep = False
        self._tags: dict[str, tuple[int, int, int]] = {}
        self._never_closed: set[str] = set()

    def read(self) -> list[Line]:
        text = self._text
        position = 0
        code = 0
        while True:
            start = text.find("<", position) if position < len(text) else -1
            begin = position
            while start >= 0:
                while code < len(self._code) and (self._code[code][1] <= start or self._code[code][0] < begin):
                    code += 1
                if code < len(self._code) and self._code[code][0] <= start:
                    self._words(text[begin : self._code[code][0]])
                    self._verbatim(text[self._code[code][0] : self._code[code][1]])
                    begin = self._code[code][1]
                    start = text.find("<", begin)
                    continue
                break
            if start < 0:
                self._words(text[begin:])
                break
            tag = TAG.match(text, start)
            if tag is None or tag["web"] is not None:
                position = self._not_a_tag(begin, start, tag)
                continue
            self._words(text[begin:start])
            position = self._tag(tag)
        return self._finish()

    def _not_a_tag(self, begin: int, start: int, tag: re.Match[str] | None) -> int:
        text = self._text
        before = text[begin:start]
        if _ANGLED_LINK.search(before[-400:]):
            angled = _ANGLED.match(text, start)
            if angled:
                self._words(before)
                self._verbatim(for_markdown(angled.group(1)))
                return angled.end()
        if tag is not None:
            self._words(before)
            address = tag["web"]
            self._verbatim(
                f"[{address}]({for_markdown(address)})" if "[" not in address and "]" not in address else address
            )
            return tag.end()
        self._words(text[begin : start + 1])
        return start + 1

    def _count(self, name: str) -> None:
        if self._table is not None and "infobox" in self._table.style:
            return
        known = name if name in KNOWN else "unknown"
        count, first, _ = self._tags.get(known, (0, self._line, self._line))
        self._tags[known] = (count + 1, first, self._line)

    def _act(self, what: str, shown: str = "nothing") -> None:
        self._ledger.add("active-markup", what, line=self._line, action="removed", shown=shown)

    def _tag(self, tag: re.Match[str]) -> int:
        """Handle one tag; returns the offset to go on from."""
        if tag["comment"] is not None:
            return self._skip_to(tag.end(), "-->", "a comment")
        if tag["declaration"] is not None:
            self._line += tag.group().count("\n")
            self._count("unknown")
            return tag.end()
        if tag["broken"] is not None:
            return self._broken(tag)
        name = tag["name"].lower()
        closing = bool(tag["close"])
        written = tag["attributes"] if tag["attributes"] is not None else tag["rough"]
        attributes = attributes_of(written) if written and not closing else {}
        if name not in KNOWN and "-" not in name and ":" not in name and "=" not in (written or ""):
            self._words(tag.group())
            return tag.end()
        if not (name == "table" and not closing):
            self._count_opening(name, closing)
        end = tag.end()
        if closing:
            self._close(name)
        else:
            end = self._open(name, attributes, end)
        self._line += tag.group().count("\n")
        return end

    def _count_opening(self, name: str, closing: bool) -> None:
        if not closing and name not in RAW_TEXT and not (self._table is None and name in TABLE):
            self._count(name)

    def _broken(self, tag: re.Match[str]) -> int:
        """A tag that is never finished: dropped where it could act or inside a table, otherwise shown as text."""
        name = tag["broken"].strip("/").lower()
        text = self._text
        if name in ACTIVE or name in RAW_TEXT or name in DROPPED or name == "img" or self._table is not None:
            rest = _TO_NEXT.match(text, tag.end())
            end = rest.end() if rest else tag.end()
            if name in ACTIVE:
                self._act(f"an unfinished <{name}> tag")
            else:
                self._count(name)
            if end == len(text):
                message = f"the file ends inside a <{name}> tag"
                self._ledger.add("cut-short", message, line=self._line, action="kept what came before", shown="nothing")
            return end
        self._words("<" + tag["broken"])
        return tag.end()

    def _skip_to(self, position: int, ending: str, what: str) -> int:
        end = -1 if ending in self._never_closed else self._text.find(ending, position)
        line = self._line
        if end < 0:
            self._never_closed.add(ending)
            end = self._text.find("\n", position)
            end = len(self._text) if end < 0 else end
        else:
            end += len(ending)
        self._line += self._text.count("\n", position, end)
        span = Span(line, self._line)
        self._ledger.add("hidden-markup", f"{what} stood in the text", span=span, action="removed", shown="nothing")
        return end

    def _open(  # noqa: C901, PLR0912 - one branch for each kind of tag
        self, name: str, attributes: dict[str, str], end: int
    ) -> int:
        acting = acting_attribute(attributes)
        if acting:
            self._act(f"a <{name}> tag with the attribute {acting}", "its text, if any")
        if name in RAW_TEXT:
            return self._raw_text(name, attributes, end)
        hiding = is_hiding(attributes)
        if self._hidden is not None:
            if name == self._hidden.name:
                self._hidden.depth += 1
        elif (hiding or name in DROPPED) and name not in VOID:
            why = f"a hidden <{name}> element" if hiding else f"a <{name}> element"
            self._hidden = Hidden(name, len(self._out), self._line, why, self._table)
        elif name in ACTIVE:
            self._act(f"a <{name}> tag")
        if name in TABLE:
            opens = name == "table" and self._table is None
            self._table_tag(name, attributes)
            if opens:
                self._count(name)
        elif name in EMPHASIS:
            self._marks.append((name, len(self._out), EMPHASIS[name], self._breaks))
            self._out.append(Piece("", self._line))
        elif name == "a":
            self._anchor(attributes)
        elif name == "br":
            self._break()
        elif name == "img":
            self._image(attributes)
        elif name in HEADINGS and self._cell < 0:
            self._break()
            self._out.append(Piece("#" * HEADINGS[name] + " ", self._line))
        elif name in LISTS:
            self._list_tag(name)
        elif name in BLOCKS or name in HEADINGS:
            self._break()
        return end

    def _raw_text(self, name: str, attributes: dict[str, str], end: int) -> int:
        """Drop an element whose content is not text, up to its closing tag or, without one, to the end of the line."""
        closing = f"</{name}"
        start = end
        found = None
        if closing not in self._never_closed:
            found = re.compile(closing + r"[^<>]*+>?", re.IGNORECASE).search(self._text, end)
            if found is None:
                self._never_closed.add(closing)
        if found is not None:
            end = found.end()
        else:
            newline = self._text.find("\n", end)
            end = len(self._text) if newline < 0 else newline
        source = attributes.get("src", "")
        if name == "iframe" and _EMBED_SOURCE.search(source) and self._cell < 0:
            self._break()
            self._out.append(Piece("", self._line, True, EmbedFrame(source), self._line))
        else:
            self._act(f"a <{name}> element")
        self._line += self._text.count("\n", start, end)
        return end

    def _anchor(self, attributes: dict[str, str]) -> None:
        address = attributes.get("href", "")
        if address and not is_allowed(address):
            code = "active-markup" if is_active(address) else "link-unlinked"
            message = f"a link points at “{address[:60]}”"
            self._ledger.add(code, message, line=self._line, action="removed the address", shown="the text of the link")
            address = ""
        self._marks.append(("a", len(self._out), for_markdown(address) if address else "", self._breaks))
        self._out.append(Piece("", self._line))

    def _image(self, attributes: dict[str, str]) -> None:
        source = attributes.get("src", "")
        if source and is_active(source):
            self._act(f"an image with the address “{source[:40]}”", "its description")
        description = attributes.get("alt", "").strip()
        if description:
            self._words(TAG_START.sub("&lt;", description.replace("\n", " ")))

    def _list_tag(self, name: str) -> None:
        if name != "li":
            self._break()
            self._lists.append(name)
            return
        if self._cell >= 0:
            self._out.append(Piece(" ", self._line))
            return
        self._break()
        depth = max(len(self._lists), 1)
        if depth > _DEEPEST_LIST:
            depth = _DEEPEST_LIST
            if not self._too_deep:
                self._too_deep = True
                message = f"lists nested deeper than {_DEEPEST_LIST} levels"
                self._ledger.add("nesting-capped", message, line=self._line, action="flattened", shown="the items")
        marker = "1. " if self._lists and self._lists[-1] == "ol" else "- "
        self._out.append(Piece("   " * (depth - 1) + marker, self._line))

    def _close(self, name: str) -> None:
        hidden = self._hidden
        if hidden is not None and hidden.name == name:
            hidden.depth -= 1
            if hidden.depth == 0 and (self._cell < 0 or hidden.mark >= self._cell):
                self._drop_hidden(hidden)
                return
        if name in TABLE:
            self._table_end_tag(name)
        elif name in EMPHASIS or name == "a":
            self._close_mark(name)
        elif name in LISTS:
            if name != "li" and self._lists:
                self._lists.pop()
            self._break()
        elif name in BLOCKS or name in HEADINGS:
            self._break()

    def _finish(self) -> list[Line]:
        self._end_table(closed=False)
        if self._hidden is not None:
            self._finish_hidden(self._hidden)
        for name, (count, first, last) in self._tags.items():
            what = "unknown or declaration tags" if name == "unknown" else f"<{name}> tags"
            action, shown = "converted to Markdown or removed", "their text"
            self._ledger.add("raw-html", f"{count} {what}", span=Span(first, last), action=action, shown=shown)
        return self._collected()
