"""Reads a table of claims: one statement a row, with a verdict and the sources it rests on. Pure."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from scidex.atlas.bibliography.identifiers import WorkId, identifiers_in
from scidex.atlas.bibliography.markers import keys_in
from scidex.atlas.importing.hidden import CONTROL, without_hidden
from scidex.atlas.importing.model import Unreadable
from scidex.atlas.kinds.claim import Verdict

REQUIRED = ("id", "section", "claim", "verdict")
KNOWN = (*REQUIRED, "seed_numeric_refs", "seed_keys", "evidence", "note", "correction")
MOST_ROWS = 10_000
_LONGEST = 4000
_OMISSION = "(omission)"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One row. `cited` are the keys and numbers the page gives; `sources` the identifiers in the judge's evidence."""

    label: str
    section: str
    statement: str
    verdict: Verdict
    cited: tuple[str, ...]
    evidence: str
    sources: tuple[WorkId, ...]
    note: str
    correction: str
    omission: bool
    line: int


def is_claims_table(head: str) -> bool:
    """Whether a text begins like such a table."""
    first = head.lstrip("\ufeff").split("\n", 1)[0].strip().lower()
    return {name.strip().strip('"') for name in first.split(",")} >= set(REQUIRED)


def read_claims_table(text: str) -> tuple[ClaimRow, ...]:
    """The rows of a table of claims. Raises Unreadable with line and cure, wholly or not at all."""
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    rows: list[ClaimRow] = []
    seen: dict[str, int] = {}
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in REQUIRED if name not in header]
        if missing:
            raise Unreadable(
                f"the table has no column {', '.join(missing)}", line=1, cure=f"Name the columns {', '.join(KNOWN)}."
            )
        for cells in reader:
            line = reader.line_num
            if not any(cells):
                continue
            if len(cells) != len(header):
                raise Unreadable(
                    f"the row has {len(cells)} cells, the header {len(header)}",
                    line=line,
                    cure="Put cells with commas into quotation marks.",
                )
            row = _row(dict(zip(header, cells, strict=True)), line)
            if row.label in seen:
                raise Unreadable(
                    f"the id {row.label} is also that of line {seen[row.label]}",
                    line=line,
                    cure="Give each row its own id.",
                )
            seen[row.label] = line
            rows.append(row)
            if len(rows) > MOST_ROWS:
                raise Unreadable(f"the table has more than {MOST_ROWS:,} rows", line=line, cure="Split it.")
    except csv.Error as error:
        raise Unreadable(
            f"this is not CSV: {error}", line=reader.line_num, cure="Save it as comma-separated."
        ) from None
    return tuple(rows)


def _row(cells: dict[str, str], line: int) -> ClaimRow:
    cells = {name: without_hidden(CONTROL.sub(" ", value))[0].strip()[:_LONGEST] for name, value in cells.items()}
    try:
        verdict = Verdict(cells["verdict"].lower())
    except ValueError:
        raise Unreadable(
            f"“{cells['verdict'][:40]}” is no verdict", line=line, cure=f"Write one of {', '.join(Verdict)}."
        ) from None
    statement = cells["claim"]
    omission = statement.lower().startswith(_OMISSION)
    if omission:
        statement = statement[len(_OMISSION) :].strip()
    for name in ("id", "claim"):
        if not cells[name]:
            raise Unreadable(f"the row has no {name}", line=line, cure="Fill it in.")
    numbers = keys_in(cells.get("seed_numeric_refs", "").replace(" all", ""))
    keys = [key.strip().split(" ")[0].lstrip("@") for key in cells.get("seed_keys", "").split(";")]
    return ClaimRow(
        label=cells["id"][:64],
        section=cells["section"][:300],
        statement=statement[:2000],
        verdict=verdict,
        cited=tuple(dict.fromkeys([*numbers, *(key for key in keys if key)])),
        evidence=cells.get("evidence", ""),
        sources=identifiers_in(cells.get("evidence", "")),
        note=cells.get("note", ""),
        correction=cells.get("correction", ""),
        omission=omission,
        line=line,
    )
