"""`python -m bench.styles`: what citing costs, with the processor not yet running, running, and remembered."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from scidex.adapters.citation_styles import CslStyles

_TURNS = 10
_MANY = 50


def main() -> None:
    """The program."""
    print(f"one work in eight styles, processor not running   {_median(_cold):8.0f} ms")
    styles = CslStyles()
    before = _children_memory()
    styles.format_all(_work(0))
    print(f"the same, running, a new work                     {_median(lambda: styles.format_all(_next())):8.0f} ms")
    known = _work(0)
    print(f"the same, remembered                              {_median(lambda: styles.format_all(known)):8.2f} ms")
    for style in styles.STYLES:
        spent = _median(partial(_many, styles, style), turns=3)
        print(f"{_MANY} new works in {style:<12}                       {spent:8.0f} ms")
    together = [_next() for _ in range(20)]
    print(
        f"20 works cited together                           {_median(lambda: styles.in_text(together, 'apa')):8.0f} ms"
    )
    print(f"memory of the processor at its highest            {_children_memory() - before:8.0f} MB")
    styles.close()


def _many(styles: CslStyles, style: str) -> None:
    styles.format([_next() for _ in range(_MANY)], style)


def _cold() -> None:
    styles = CslStyles()
    styles.format_all(_next())
    styles.close()


_made = 0


def _next() -> dict[str, Any]:
    global _made  # noqa: PLW0603 (so that no work was seen before)
    _made += 1
    return _work(_made)


def _work(number: int) -> dict[str, Any]:
    return {
        "type": "article-journal",
        "title": f"The effect of treatment {number} on <i>APOE</i> and tau: a randomised trial",
        "author": [{"family": f"Author{number + each}", "given": "Jane Ann"} for each in range(9)],
        "container-title": "Journal of Examples",
        "issued": {"date-parts": [[1990 + number % 30, 3, 1]]},
        "volume": "12",
        "issue": "3",
        "page": "101-119",
        "DOI": f"10.5555/example.{number}",
    }


def _median(call: Callable[[], object], *, turns: int = _TURNS) -> float:
    spent = []
    for _ in range(turns):
        began = time.perf_counter()
        call()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def _children_memory() -> float:
    """The most memory that the running children of this process have had, in MB (Linux)."""
    highest = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        if int(fields.get("PPid", "0")) == os.getpid():
            highest += int(fields.get("VmHWM", "0 kB").split()[0])
    return highest / 1024


if __name__ == "__main__":
    main()
