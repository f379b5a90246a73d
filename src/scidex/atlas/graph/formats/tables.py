"""Rows of a delimited table, as a stream: a row that breaks the rules costs itself and not the file."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scidex.atlas.bibliography.formats.decoding import Line, lines
from scidex.atlas.bibliography.formats.model import ByteSource
from scidex.atlas.graph.formats.model import Problem, Unreadable, shown

MOST_LINES = 200
"""Lines of one row. A quotation mark that is never closed swallows no more than these, and gives them back."""
LONGEST_ROW = 200_000
"""Characters of one line."""
MOST_COLUMNS = 500


class Row(NamedTuple):
    """One row: where it begins, its cells, and how it stands in the file."""

    line: int
    cells: list[str]
    text: str


class _Lines:
    """The lines of a file, some of which may be given back; what is wrong with their bytes is set aside."""

    def __init__(self, source: ByteSource) -> None:
        self._source = lines(source)
        self._back: deque[Line] = deque()
        self.problems: list[Problem] = []

    def __iter__(self) -> Iterator[Line]:
        return self

    def __next__(self) -> Line:
        if self._back:
            return self._back.popleft()
        for each in self._source:
            if isinstance(each, Line):
                return each
            self.problems.append(Problem(each.line, each.message, each.cure))
        raise StopIteration

    def taken_problems(self) -> list[Problem]:
        taken, self.problems = self.problems, []
        return taken

    def give_back(self, taken: Iterable[Line]) -> None:
        self._back.extendleft(reversed(list(taken)))


class _TooLongError(Exception):
    """A row goes over too many lines."""


def open_table(source: ByteSource, delimiters: str, *, quoting: bool = True) -> tuple[Row, Iterator[Row | Problem]]:
    """The header of a table, lower-cased, and its rows, each with as many cells as the header.

    The delimiter is that of `delimiters` that the header has most of. Rows that break the rules are problems. Raises
    Unreadable for a file without a header.
    """
    feed = _Lines(source)
    header, delimiter = _header(feed, delimiters, quoting=quoting)
    return header, _rows(feed, len(header.cells), delimiter, quoting=quoting)


def _rows(feed: _Lines, width: int, delimiter: str, *, quoting: bool) -> Iterator[Row | Problem]:
    for line in feed:
        if feed.problems:
            yield from feed.taken_problems()
        number, text = line
        if len(text) > LONGEST_ROW:
            cure = "Shorten its cells, or close a quotation mark that was left open."
            yield Problem(number, f"The line has more than {LONGEST_ROW:,} characters.", cure, shown(text))
            continue
        if quoting and '"' in text:
            row = _quoted(line, feed, delimiter)
            if isinstance(row, Problem):
                yield row
                continue
        elif text:
            row = Row(number, text.split(delimiter), text)
        else:
            continue
        if len(row.cells) == width:
            yield row
        elif any(row.cells):
            message = f"The row has {len(row.cells)} cells, the header {width}."
            cure = "Put cells that hold the delimiter into quotation marks." if quoting else "Check its tabs."
            yield Problem(number, message, cure, shown(row.text))
    yield from feed.taken_problems()


def _header(feed: _Lines, delimiters: str, *, quoting: bool) -> tuple[Row, str]:
    first = next((line for line in feed if line.text.strip()), None)
    if first is None:
        raise Unreadable("The file has no rows.", cure="Begin it with a row that names the columns.")
    text = first.text.lstrip("\ufeff")
    delimiter = max(delimiters, key=text.count)
    if len(text) > LONGEST_ROW or text.count(delimiter) > MOST_COLUMNS:
        raise Unreadable("The first line is no header.", line=first.number, cure="Name the columns in the first line.")
    cells = text.split(delimiter)
    if quoting and '"' in text:
        row = _quoted(Line(first.number, text), feed, delimiter)
        if isinstance(row, Problem):
            raise Unreadable(row.message, line=row.line, cure=row.cure)
        cells = row.cells
    names = ["_".join(cell.strip().lower().split()) for cell in cells]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise Unreadable(
            f"The column {twice[0][:60]} stands there twice.", line=first.number, cure="Name each column once."
        )
    return Row(first.number, names, text), delimiter


def _quoted(first: Line, feed: _Lines, delimiter: str) -> Row | Problem:
    """A row with quotation marks, which may go over several lines; a problem, if they do not fit, costs its first line."""
    taken = [first]

    def given() -> Iterator[str]:
        yield first.text + "\n"
        for line in feed:
            taken.append(line)
            if len(taken) > MOST_LINES or len(line.text) > LONGEST_ROW:
                raise _TooLongError
            yield line.text + "\n"

    try:
        cells = next(csv.reader(given(), delimiter=delimiter, strict=True))
    except (csv.Error, _TooLongError) as error:
        feed.give_back(taken[1:])
        reason = "one is never closed" if len(taken) > 1 else str(error)
        return Problem(
            first.number,
            f"The quotation marks of this row do not fit: {reason}.",
            "Write a quotation mark inside a cell twice, and close the one that begins a cell.",
            shown(first.text),
        )
    return Row(first.number, cells, "\n".join(line.text for line in taken))


def require(header: Row, names: Iterable[str], *, all_of: str) -> None:
    """Raises Unreadable, naming what is missing, unless the header has all of `names`."""
    missing = [name for name in names if name not in header.cells]
    if missing:
        raise Unreadable(
            f"The table has no column {', '.join(missing)}.", line=header.line, cure=f"Name its columns {all_of}."
        )
