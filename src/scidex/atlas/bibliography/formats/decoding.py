"""Bytes to text: pieces of a file, unpacked if they are gzip, decoded line by line. Memory does not grow with the file."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from scidex.atlas.bibliography.formats.model import ByteSource, Problem

PIECE = 65_536
LONGEST_LINE = 16_000_000
"""Bytes of one line; a longer one is left out."""
LARGEST_TEXT = 256_000_000
"""Characters of a file in a format that has to be read as a whole."""
_GZIP = b"\x1f\x8b"


class DamagedError(ValueError):
    """The bytes of a file cannot be unpacked."""


class Line(NamedTuple):
    """One line without its end, and its number (1-based)."""

    number: int
    text: str


def pieces(source: ByteSource) -> Iterator[bytes]:
    """The bytes of `source` in pieces of at most `PIECE`, unpacked if they are gzip. Raises DamagedError."""
    raw = _raw_pieces(source)
    head = b""
    while len(head) < len(_GZIP) and (piece := next(raw, None)) is not None:
        head += piece
    packed = chain([head], raw)
    yield from _unpacked(packed) if head.startswith(_GZIP) else packed


def _raw_pieces(source: ByteSource) -> Iterator[bytes]:
    if hasattr(source, "read"):
        while piece := source.read(PIECE):
            yield piece
        return
    for given in source:
        for start in range(0, len(given), PIECE):
            yield given[start : start + PIECE]


def _unpacked(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Gzip files may be joined end to end, with zero bytes after each."""
    unpacker = zlib.decompressobj(31)
    begun = False
    try:
        for piece in packed:
            rest = piece
            while rest:
                begun = True
                yield unpacker.decompress(rest, PIECE)
                if unpacker.eof:
                    rest = unpacker.unused_data.lstrip(b"\0")
                    unpacker, begun = zlib.decompressobj(31), False
                else:
                    rest = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error:
        raise DamagedError("The gzip data is damaged.") from None
    if begun and not unpacker.eof:
        raise DamagedError("The gzip data ends too early.")


def lines(source: ByteSource) -> Iterator[Line | Problem]:
    """The lines of `source` as text, and what was wrong with its bytes. Never raises.

    UTF-8 is expected; UTF-16 is known by its mark or its zero bytes; a line that is neither is read as Windows-1252,
    which is said once.
    """
    number = 0
    told = False
    try:
        for raw in _byte_lines(_as_utf8(pieces(source))):
            number += 1
            if raw is None:
                yield Problem(number, f"The line is longer than {LONGEST_LINE:,} bytes.", "Break it into several.")
                yield Line(number, "")
                continue
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                text = raw.decode("cp1252", errors="replace")
                if not told:
                    told = True
                    yield Problem(
                        number,
                        "This line is not UTF-8; it and others like it were read as Windows-1252.",
                        "Check its accented letters, or save the file as UTF-8.",
                    )
            yield Line(number, text.replace("\0", ""))
    except DamagedError as error:
        yield Problem(number, str(error), "Download or pack the file again.")


def whole_text(source: ByteSource) -> tuple[str, list[Problem]]:
    """All of `source` as text with line feeds at line ends, for formats that cannot be read in pieces. Never raises."""
    problems: list[Problem] = []
    kept: list[str] = []
    size = 0
    for line in lines(source):
        if isinstance(line, Problem):
            problems.append(line)
            continue
        size += len(line.text) + 1
        if size > LARGEST_TEXT:
            cure = "Split the file; what stands before this line was read."
            problems.append(Problem(line.number, f"The file is longer than {LARGEST_TEXT:,} characters.", cure))
            break
        kept.append(line.text)
    return "\n".join(kept), problems


def _as_utf8(raw: Iterator[bytes]) -> Iterator[bytes]:
    head = b""
    while len(head) < 4 and (piece := next(raw, None)) is not None:
        head += piece
    encoding = _utf16(head[:4])
    whole = chain([head.removeprefix(codecs.BOM_UTF8)], raw)
    if encoding is None:
        yield from whole
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    first = True
    for piece in whole:
        text = decoder.decode(piece)
        yield (text.removeprefix("\ufeff") if first else text).encode()
        first = False
    yield decoder.decode(b"", final=True).encode()


def _utf16(head: bytes) -> str | None:
    if head.startswith(codecs.BOM_UTF16_LE) or (len(head) == 4 and head[1] == head[3] == 0 != head[0]):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE) or (len(head) == 4 and head[0] == head[2] == 0 != head[1]):
        return "utf-16-be"
    return None


def _byte_lines(raw: Iterator[bytes]) -> Iterator[bytes | None]:
    """Lines ending in LF, CR or both; None for one that is too long."""
    held: list[bytes] = []
    size = 0
    after_return = False
    for piece in raw:
        if not piece:
            continue
        given = piece[1:] if after_return and piece.startswith(b"\n") else piece
        after_return = piece.endswith(b"\r")
        first, *others = given.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for position, part in enumerate([first, *others]):
            if position:
                yield b"".join(held) if size <= LONGEST_LINE else None
                held, size = [], 0
            size += len(part)
            if size <= LONGEST_LINE:
                held.append(part)
            else:
                held = []
    if held or size:
        yield b"".join(held) if size <= LONGEST_LINE else None
