"""Takes the web page's own furniture out of a visitor's copy: cite header, metadata, provenance, embed snippets.

What carries information (metadata rows, addresses) is handed on; the rest is left out and reported. Two pages in one
file are noticed here, because it is the furniture that repeats.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.html_lines import EmbedFrame, Line
from scidex.atlas.importing.inline import plain
from scidex.atlas.importing.metadata import METADATA_HEADING, WELL_KNOWN, row_of
from scidex.atlas.importing.model import Span, Unreadable

_CITE = re.compile(r"[^\w\s#|<\[-]{0,8}\s*(?:how to )?cit(?:e|ing|ation(?: for)?)\s+th(?:is|e)\b.{0,40}", re.IGNORECASE)
_SIGNED_CITE = re.compile(r"[^\w\s#|<\[*-]{1,8}\s*(?:how to )?(?:cite|citation)\b.{0,40}", re.IGNORECASE)
_EMBED_HINT = re.compile(r"\W{0,4}(?:use|add|append)\s+\?embed=1\b.*", re.IGNORECASE)
_SOURCE_LINK = re.compile(r"\[([^\[\]]*)\]\((https?://[^\s()/]+/artifact/[^\s()]+)\)")
_SOURCE_ADDRESS = re.compile(r"https?://[^\s/]+/artifact/\S+")
_IDENTIFIER = re.compile(r"/artifact/([^\s/?#()\[\]<>\"']+)")
_NO_PROVENANCE = re.compile(
    r"no provenance (?:edges?|records?|information|data)?\s*(?:found|available|recorded)?\.?", re.IGNORECASE
)
_BUTTON = re.compile(
    r"\W{0,4}(?:share|copy|copy link|edit|download|print|embed|embed this artifact|view history"
    r"|cite|export|follow)\W{0,4}",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Chrome:
    """What the furniture of a copied page said."""

    rows: list[tuple[str, str, Span]] = field(default_factory=list)
    summary: tuple[str, str, Span] | None = None
    identifiers: list[str] = field(default_factory=list)
    linked_title: str = ""
    has_cite_header: bool = False
    has_metadata: bool = False
    has_tail: bool = False
    embed_reported: bool = False


def is_cite_header(text: str) -> bool:
    """Whether a line is the button text above a copied page."""
    return len(text) <= 64 and bool(_CITE.fullmatch(text) or _SIGNED_CITE.fullmatch(text))


def take_chrome(lines: list[Line], ledger: Ledger) -> tuple[list[Line], Chrome]:
    """The lines that are content, and what the others said. Raises Unreadable for two pages in one file."""
    chrome = Chrome()
    content: list[Line] = []
    dropped: list[Line] = []
    cites: list[tuple[int, int]] = []
    slugs: list[tuple[str, int]] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        text = line.text.strip()
        index += 1
        if isinstance(line.element, EmbedFrame):
            _address(line.element.address, line, chrome, ledger)
            chrome.has_tail = True
        elif not text:
            content.append(line)
        elif len(text) <= 64 and is_cite_header(text):
            cites.append((line.first, len(content)))
            chrome.has_cite_header = True
            dropped.append(line)
        elif _starts_metadata(lines, index - 1, text):
            index = _metadata(lines, index - 1, text, chrome, slugs, ledger)
        elif _is_tail(line, text, chrome, ledger):
            chrome.has_tail = True
        elif _is_button(text, content, chrome):
            dropped.append(line)
        else:
            content.append(line)
    if dropped:
        span = Span(dropped[0].first, dropped[-1].last)
        words = ", ".join(f"“{line.text.strip()[:40]}”" for line in dropped[:5])
        ledger.add(
            "chrome-dropped", f"{words}: a button of the source's page", span=span, action="left out", shown="nothing"
        )
    _refuse_two_pages(content, cites, slugs)
    return content, chrome


def _refuse_two_pages(content: list[Line], cites: list[tuple[int, int]], slugs: list[tuple[str, int]]) -> None:
    cure = "split the file there and import each page on its own"
    titles: list[tuple[str, int]] = []
    for number, position in cites:
        following = content[position : position + 20]
        title = next((line.text.strip() for line in following if line.text.strip()), "")
        titles.append((plain(title.lstrip("# ")).casefold(), number))
    for title, number in titles[1:]:
        if title and title != titles[0][0]:
            raise Unreadable("the file holds two pages", line=number, cure=cure)
    for slug, number in slugs[1:]:
        if slug != slugs[0][0]:
            after = [cite for cite, _ in cites[1:]]
            raise Unreadable("the file holds the metadata of two pages", line=min([number, *after]), cure=cure)


def _is_button(text: str, content: list[Line], chrome: Chrome) -> bool:
    if _BUTTON.fullmatch(text):
        return chrome.has_metadata or not any(line.text.strip() for line in content)
    if any(line.text.strip() for line in content) or len(text) > 40 or chrome.has_cite_header:
        return False
    return unicodedata.category(text[0]) == "So" and len(text.split()) <= 6


def _is_tail(line: Line, text: str, chrome: Chrome, ledger: Ledger) -> bool:
    if _NO_PROVENANCE.fullmatch(text):
        action = "kept no provenance"
        ledger.add(
            "no-provenance", f"“{text[:60]}”", line=line.first, action=action, shown="the import as the only origin"
        )
        return True
    if _EMBED_HINT.fullmatch(text):
        return True
    link = _SOURCE_LINK.fullmatch(text)
    if link:
        chrome.linked_title = chrome.linked_title or plain(link.group(1))
        _address(link.group(2), line, chrome, ledger)
        return True
    if _SOURCE_ADDRESS.fullmatch(text):
        _address(text, line, chrome, ledger)
        return True
    return False


def _address(address: str, line: Line, chrome: Chrome, ledger: Ledger) -> None:
    found = _IDENTIFIER.search(address)
    if found and found.group(1) not in chrome.identifiers:
        chrome.identifiers.append(found.group(1)[:300])
    if address.lower().startswith("http:") and not chrome.embed_reported:
        chrome.embed_reported = True
        message = f"the embed snippet points at {address[:120]}"
        action = "left out; snippets are made from this site's own address"
        ledger.add(
            "embed-http", message, span=Span(line.first, line.last), action=action, shown="a snippet of this site"
        )


def _starts_metadata(lines: list[Line], index: int, text: str) -> bool:
    if text[0] == "|":
        row = row_of(text)
        return row is not None and row[0] in WELL_KNOWN
    heading = METADATA_HEADING.match(text)
    if heading is None:
        return False
    rest = text[heading.end() :]
    if heading.group(1):
        return not rest or row_of(rest) is not None or len(rest) < 40
    if rest:
        glued = row_of(rest)
        return glued is not None and glued[0] in WELL_KNOWN
    following = next((line.text for line in lines[index + 1 : index + 4] if line.text.strip()), "")
    return row_of(following) is not None


def _metadata(
    lines: list[Line], index: int, text: str, chrome: Chrome, slugs: list[tuple[str, int]], ledger: Ledger
) -> int:
    """Read one metadata block; returns the index of the first line behind it."""
    chrome.has_metadata = True
    began = lines[index].first
    if text[0] != "|":
        heading = METADATA_HEADING.match(text)
        rest = text[heading.end() :] if heading else ""
        pair = row_of(rest) if rest else None
        if pair and pair[0]:
            chrome.summary = chrome.summary or (pair[0], pair[1], Span(began, lines[index].last))
        index += 1
    while index < len(lines):
        line = lines[index]
        words = line.text.strip()
        if not words and line.element is None:
            index += 1
            continue
        row = row_of(words) if line.element is None and not _SOURCE_ADDRESS.match(words) else None
        if row is None:
            if words.startswith("|"):
                message = f"“{words[:60]}” is not a row of two cells"
                ledger.add("metadata-row-unread", message, line=line.first, action="left out", shown="nothing")
                index += 1
                continue
            break
        if row[0]:
            chrome.rows.append((row[0], row[1], Span(line.first, line.last)))
            if row[0] == "slug" and row[1]:
                slugs.append((row[1], began))
            if words.startswith("|") and not words.endswith("|"):
                message = f"the metadata row “{row[0]}” breaks off"
                ledger.add("cut-short", message, line=line.first, action="kept what is there", shown="its beginning")
        index += 1
    return index
