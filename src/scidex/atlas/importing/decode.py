"""Bytes to text: the first gate. What is not text at all is refused here, with the line and the cure."""

from __future__ import annotations

import re

from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.hidden import CONTROL, HIDDEN, ODD_SPACE, PAGE_BREAK, names_of_hidden, without_hidden
from scidex.atlas.importing.model import Span, Unreadable

MOST_LINES = 250_000
_LINE_END = re.compile(rb"\r\n|\r|\n")
_BINARY: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (or an Office document)"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "a rich text document"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"RIFF", "a sound, picture or video file"),
)
_TO_UTF_8 = "save it as UTF-8, for example: iconv -f WINDOWS-1252 -t UTF-8 FILE > FILE.utf8"
_TEXT_CURE = "import the text itself: a visitor's copy of the page, Markdown, or a SciDEX JSON export"


def line_of(data: bytes, offset: int) -> int:
    """The 1-based line of a source in which the byte at `offset` stands."""
    return len(_LINE_END.findall(data, 0, offset)) + 1


def decode(data: bytes, max_bytes: int, ledger: Ledger) -> str:
    """The text of a file with plain line feeds and no hidden or control characters; line numbers do not change."""
    if len(data) > max_bytes:
        problem = f"the file has {len(data)} bytes; at most {max_bytes} are read"
        raise Unreadable(problem, cure="split it, or remove what is not the page (images, scripts)")
    if not data.strip():
        raise Unreadable("the file is empty", cure="check that the right file was chosen and that it was saved")
    for magic, what in _BINARY:
        if data.startswith(magic):
            raise Unreadable(f"the file is {what}, not text", line=1, cure=_TEXT_CURE)
    text = _to_text(data, ledger)
    if text.startswith("\ufeff"):
        text = text[1:]
        if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            ledger.add(
                "byte-order-mark", "the file begins with a byte order mark", line=1, action="removed", shown="nothing"
            )
    text = _with_line_feeds(text, ledger)
    lines = text.count("\n") + 1
    if lines > MOST_LINES:
        problem = f"the file has {lines} lines; at most {MOST_LINES} are read"
        raise Unreadable(problem, line=MOST_LINES + 1, cure="split it: one page to a file")
    head = text[:200].lstrip().lower()
    if head.startswith(("<!doctype html", "<html")):
        problem = "the file is a saved web page"
        raise Unreadable(problem, line=1, cure="open it in a browser, select all, copy, and import the copied text")
    text = _visible(text, ledger)
    if not text.strip():
        raise Unreadable("the file holds no visible text", cure="check that the right file was chosen")
    return text


def _to_text(data: bytes, ledger: Ledger) -> str:
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise Unreadable(
            "the file is UTF-32", line=1, cure="save it as UTF-8: iconv -f UTF-32 -t UTF-8 FILE > FILE.utf8"
        )
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    if encoding == "utf-8":
        _refuse_nul(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            line = data[: error.start].decode("utf-16", "replace").count("\n") + 1
            raise Unreadable("the file begins as UTF-16 and breaks off", line=line, cure="save it as UTF-8") from None
        byte = data[error.start]
        problem = f"the file is not UTF-8: byte 0x{byte:02X} makes no character"
        raise Unreadable(problem, line=line_of(data, error.start), cure=_TO_UTF_8) from None
    if encoding == "utf-16":
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise Unreadable("the file holds NUL characters", line=line, cure="save it as plain UTF-8 text")
        ledger.add("encoding-utf-16", "the file is UTF-16", line=1, action="decoded", shown="the same text")
    controls = len(CONTROL.findall(text))
    if controls >= 32 and controls * 50 > len(text):
        found = CONTROL.search(text)
        line = text[: found.start()].count("\n") + 1 if found else 1
        raise Unreadable(f"the file holds {controls} control characters: it is not text", line=line, cure=_TEXT_CURE)
    return text


def _refuse_nul(data: bytes) -> None:
    first = data.find(b"\0")
    if first < 0:
        return
    sample = data[:4096]
    nulls = sample.count(b"\0")
    if nulls * 4 >= len(sample) and (sample[::2].count(b"\0") == nulls or sample[1::2].count(b"\0") == nulls):
        problem = "the file is UTF-16 without a byte order mark"
        raise Unreadable(problem, line=1, cure="save it as UTF-8: iconv -f UTF-16LE -t UTF-8 FILE > FILE.utf8")
    line = line_of(data, first)
    raise Unreadable(
        "the file holds NUL bytes", line=line, cure="save it as plain text (UTF-8), or remove the NUL bytes"
    )


def _with_line_feeds(text: str, ledger: Ledger) -> str:
    if "\r" not in text:
        return text
    pairs = text.count("\r\n")
    single = text.count("\r") - pairs
    kinds = [f"{count} {name}" for count, name in ((pairs, "CR LF"), (single, "lone CR")) if count]
    message = f"line ends: {' and '.join(kinds)}"
    ledger.add("line-ends", message, line=1, action="read as line feeds", shown="the same lines")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _visible(text: str, ledger: Ledger) -> str:
    """Replace odd spaces and remove what cannot be seen, one finding per line it stood in."""
    if PAGE_BREAK.search(text):
        text = PAGE_BREAK.sub(" ", text)
    if ODD_SPACE.search(text):
        count = len(ODD_SPACE.findall(text))
        message = f"{count} non-breaking or otherwise unusual spaces"
        ledger.add("spaces-normalised", message, action="replaced", shown="plain spaces")
        text = ODD_SPACE.sub(" ", text)
    if CONTROL.search(text):
        lines = text.split("\n")
        hit = [number for number, line in enumerate(lines, 1) if CONTROL.search(line)]
        count = len(CONTROL.findall(text))
        message = f"{count} control characters in {len(hit)} lines"
        ledger.add(
            "control-characters", message, span=Span(hit[0], hit[-1]), action="removed", shown="the text without"
        )
        text = CONTROL.sub("", text)
    if not text.isascii() and HIDDEN.search(text):
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            shown, removed = without_hidden(line)
            if removed:
                message = f"{removed} hidden characters ({names_of_hidden(line)})"
                ledger.add("hidden-text", message, line=number, action="removed", shown="the text without them")
                lines[number - 1] = shown
        text = "\n".join(lines)
    return text
