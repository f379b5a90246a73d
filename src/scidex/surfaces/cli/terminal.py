"""Printing: colours and progress on a terminal, plain text and JSON everywhere else."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, TextColumn
from rich.text import Text


class _Pipe(Console):
    """A console that leaves a reader who has gone (`| head`) to `program`, where it is no error."""

    def on_broken_pipe(self) -> None:
        """Says so to the caller instead of ending the process."""
        raise BrokenPipeError


console = _Pipe(highlight=False, soft_wrap=True)
errors = _Pipe(stderr=True, highlight=False, soft_wrap=True)
_CONTROL = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def say(*parts: str | Text) -> None:
    """One line of output. Text is never read as markup: it may come from outside."""
    console.print(*(clean(part) if isinstance(part, str) else _inert(part) for part in parts))


def complain(message: str, cure: str = "") -> None:
    """An error, on standard error."""
    line = Text("error: ", style="bold red").append(clean(message))
    errors.print(line)
    if cure:
        errors.print(Text("  try: ", style="green").append(clean(cure)))


def clean(text: str) -> Text:
    """`text` without control characters, so that no document can drive the terminal. Odd spaces become plain ones."""
    return Text("".join(c if c in "\n\t" or c.isprintable() else " " if c.isspace() else "" for c in text))


def _inert(text: Text) -> Text:
    """A styled text whose control characters are spaces, so that its styles stay where they are."""
    text.plain = "".join(c if c in "\n\t" or c.isprintable() else " " for c in text.plain)
    return text


def print_json(value: Any) -> None:
    """JSON for machines."""
    sys.stdout.write(inert_json(json.dumps(value, indent=2, ensure_ascii=False, default=str)) + "\n")


def inert_json(text: str) -> str:
    """JSON with the control characters beyond ASCII escaped too, which JSON itself lets through."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


@contextmanager
def counting(what: str, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Counts on a terminal how many of `what` are done, as what it gives is told."""
    # Plain text: a name may have brackets and braces in it.
    columns = TextColumn("{task.completed}"), TextColumn("{task.description}", markup=False)
    with Progress(*columns, console=errors, disable=quiet or not errors.is_terminal) as bar:
        task = bar.add_task(clean(what).plain, total=None)
        yield lambda number: bar.update(task, completed=number)


def write(pieces: Iterable[str], out: Path | None) -> None:
    """Writes text to a file and says so, or to standard output. It is written as it comes: a stream stays one."""
    if out is None:
        for piece in pieces:
            sys.stdout.write(piece)
        return
    with out.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(pieces)
    say(f"Wrote {out}.")
