"""What the importer reads out of one file, and what it found wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple


class Span(NamedTuple):
    """Lines of a source file: 1-based, both ends included. A tuple, since a page has hundreds of them."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"line {self.first}" if self.first == self.last else f"lines {self.first}–{self.last}"


class Severity(StrEnum):
    """How much a finding matters to a reader. `ERROR` means something on the page is not what it claims."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was wrong with a source, or that the importer decided.

    `code` is stable (kebab-case, documented in `findings.CODES`), `message` says what stood there, `action` what the
    importer did about it, `shown` what a reader sees in its place.
    """

    code: str
    severity: Severity
    span: Span | None
    message: str
    action: str
    shown: str


class Part(NamedTuple):
    """Where one part of the content came from: `path` in the body, `span` in the source file.

    Paths: ``title``, ``lead``, ``infobox/2``, ``records/0``, ``references/4``, ``related/1``, ``metadata/3``,
    ``merged_from``, and ``body:FIRST-LAST`` for lines FIRST to LAST (1-based) of the Markdown in ``body``.
    """

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An artifact of its own that the file describes in passing: a related hypothesis or analysis."""

    kind: str
    aliases: tuple[str, ...]
    content: dict[str, object]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ParsedSource:
    """Everything read from one file. `content` fits the kind's body model and canonical JSON (no floats)."""

    shape: str
    kind: str
    content: dict[str, object]
    aliases: tuple[str, ...]
    parts: tuple[Part, ...]
    neighbours: tuple[Neighbour, ...]
    findings: tuple[Finding, ...]


class Unreadable(Exception):
    """The file cannot be imported at all. Carries the line (0 when none applies) and the cure."""

    def __init__(self, problem: str, *, line: int = 0, cure: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        self.cure = cure

    def __reduce__(self) -> tuple[Any, ...]:
        """How it comes back from a process that read for us; without this it would not, and break the pool."""
        return partial(Unreadable, line=self.line, cure=self.cure), (self.problem,)
