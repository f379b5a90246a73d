"""What a bibliography file gives: entries, what is said against the works, and what could not be read. Pure values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from scidex.atlas.bibliography.csl import Record

ByteSource = BinaryIO | Iterable[bytes]
"""An open binary file, or its bytes in pieces of any size."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something published about the work that changes how far it can be relied on.

    `type` says what stands against the work (``retraction``, ``correction``, ``expression-of-concern`` …); with
    ``-of`` at its end the entry itself is that notice, and `identifiers` name the work it is about. `identifiers` are
    in the form ``pmid:123`` or ``doi:10.1/x``. `date` is ISO 8601 as far as it is known (``2010-03``), or empty.
    """

    type: str
    identifiers: tuple[str, ...]
    date: str
    note: str


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """One work as the file describes it.

    `item` is CSL-JSON in the form of `csl.checked_item`; `line` is where the entry begins (1-based); `registrations`
    are ClinicalTrials.gov numbers (``NCT01234567``); `text` is the abstract in plain words, or empty.
    """

    item: Record
    line: int
    notices: tuple[Notice, ...] = ()
    registrations: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the file that could not be read as it stands: where (0 if nowhere in particular), what, and the cure."""

    line: int
    message: str
    cure: str


Reader = Callable[[ByteSource], Iterator[ReadEntry | Problem]]
"""Gives each entry or problem in the order of the file. Raises nothing for any bytes."""

Writer = Callable[[Iterable[Mapping[str, Any]]], Iterator[str]]
"""Gives the file in pieces. Raises Invalid for an item that is no CSL-JSON."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format for bibliographies. The first media type is the one to write."""

    name: str
    label: str
    media_types: tuple[str, ...]
    read: Reader
    write: Writer
