"""What is printed while work goes on: names from outside are text and nothing else."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from scidex.surfaces.cli import terminal


@pytest.mark.parametrize(
    "name", ["rows of {0}{task}.csv", "rows of [red]a[/b].csv", "rows of {.csv", "rows of [/].csv"]
)
def test_a_name_with_braces_and_brackets_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    shown = StringIO()
    monkeypatch.setattr(terminal, "errors", Console(file=shown, force_terminal=True, width=80))
    with terminal.counting(name, quiet=False) as count:
        count(3)
    assert f"3 {name}" in shown.getvalue()
