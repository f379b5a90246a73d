"""Printing: colours and progress on a terminal, plain text and JSON everywhere else."""

from __future__ import annotations

import json
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}


def say(*parts: str | Text) -> None:
    """One line of output. Text is never read as markup: it may come from outside."""
    console.print(*(clean(part) if isinstance(part, str) else part for part in parts))


def complain(message: str, cure: str = "") -> None:
    """An error, on standard error."""
    line = Text("error: ", style="bold red").append(clean(message))
    errors.print(line)
    if cure:
        errors.print(Text("  try: ", style="green").append(clean(cure)))


def clean(text: str) -> Text:
    """`text` without control characters, so that no document can drive the terminal."""
    return Text("".join(character for character in text if character in "\n\t" or character.isprintable()))


def print_json(value: Any) -> None:
    """JSON for machines."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")
