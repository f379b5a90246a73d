"""Figures: what was measured, beside what, against which goal; and how they are printed and written down."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `goal` is the most (or, for a rate, the least) it may be; None where there is no goal.

    `baseline` is what the same machine did in the same run for the least work there is; `ratio` compares with it.
    """

    name: str
    value: float
    unit: str
    baseline: str = ""
    ratio: float | None = None
    goal: float | None = None
    at_least: bool = False
    judged_by_ratio: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without one."""
        if self.goal is None:
            return None
        judged = self.ratio if self.judged_by_ratio else self.value
        if judged is None:
            return None
        return judged >= self.goal if self.at_least else judged <= self.goal

    def cells(self) -> tuple[str, str, str, str, str, str]:
        """The figure as a row of the table."""
        unit = "" if self.judged_by_ratio else f" {self.unit}"
        goal = "" if self.goal is None else f"{'≥' if self.at_least else '≤'} {_short(self.goal)}{unit}"
        met = {True: "yes", False: "**no**", None: ""}[self.met]
        ratio = "" if self.ratio is None else f"{_short(self.ratio)} ×"
        return (self.name, f"{_short(self.value)} {self.unit}", self.baseline, ratio, goal, met)


HEADER = ("Measured", "Value", "Baseline in the same run", "Ratio", "Goal", "Met")


@dataclass(frozen=True, slots=True)
class Section:
    """The figures of one engine."""

    title: str
    figures: tuple[Figure, ...]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of `values` do not exceed (nearest rank).

    >>> percentile([4, 1, 3, 2], 0.5), percentile([4, 1, 3, 2], 0.99)
    (2, 4)
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def markdown(sections: Iterable[Section], *, pages: int, versions: int, databases: Iterable[str]) -> str:
    """The figures as they stand in the documentation: when and on what, then a table for each engine."""
    versions_of = ", ".join([f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}", *databases])
    when = (
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {cores()} of {os.cpu_count()} cores, {_memory()} of memory"
        f" ({platform.system()}, {platform.machine()}), {versions_of}. Library: {pages:,} pages. Long history:"
        f" {versions:,} versions."
    )
    lines = [when]
    for section in sections:
        lines += ["", f"### {section.title}", "", _row(HEADER), _row(["---"] * len(HEADER))]
        lines += [_row(figure.cells()) for figure in section.figures]
    return "\n".join(lines) + "\n"


def text(section: Section) -> str:
    """The figures of one engine for a terminal."""
    rows = [HEADER, *(figure.cells() for figure in section.figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([section.title, *lines])


def write(file: Path, figures: str) -> None:
    """Puts the figures between the markers of `file`; what stands around them is left alone."""
    before, _, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise SystemExit(f"{file} needs the lines {BEGIN} and {END}.")
    file.write_text(f"{before}{BEGIN}\n{figures}{END}{after}", encoding="utf-8")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _short(value: float) -> str:
    whole = value >= 100 or (value == int(value) and isinstance(value, int))
    return f"{value:,.0f}" if whole else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
