"""Writes the generated pages of the reference: `.venv/bin/python docs/generate.py`. A test holds them to the code."""  # noqa: INP001 (a script)

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from scidex.atlas.importing import CODES, Severity
from scidex.atlas.kinds import Kind, all_kinds
from scidex.kernel.errors import ScidexError
from scidex.main import VERSION, catalogue, open_installation, serve
from scidex.surfaces.cli.errors import EXIT_CODES
from scidex.surfaces.cli.program import build
from scidex.surfaces.web.errors import STATUS

REFERENCE = Path(__file__).parent / "reference"
_NOTE = "<!-- Written by docs/generate.py from the code. Change the code, then run it again. -->\n\n"

_KINDS = """\
Every artifact has the same envelope (see [the data model](data-model.md)) and a content that fits its kind. The content is
the `content` of `scidex show REF --json` and of `scidex export REF`. Fields that are not listed are refused. A field without
a default must be given. Decimals are text, as their source printed them.
"""

_FINDINGS = """\
Each finding of an import report has a code, a severity, the lines it concerns, what stood there, what was done about it, and
what the reader sees instead. Codes are stable; the severity given here is the usual one.

- `error`: something on the page is not what it claims.
- `warning`: something is missing, unproven or was changed.
- `info`: the form was mended and nothing was lost.

`scidex import --strict` refuses a file with any `error` or `warning` about the file itself. Findings of the second table
depend on what is already stored; they refuse nothing.

More than 50 findings of one code are counted, not listed.

## About the file

| Code | Severity | Meaning |
|---|---|---|
"""

_ERRORS = """\
A request fails in one of five ways; the sixth is a bug of SciDEX. The code that fails names the category, and each surface
has one table that says what the category is there. Every error says what is wrong and, where there is something to do, what
to do about it (`cure`).

| Category | Meaning | Exit code | HTTP status | Headline of the page |
|---|---|---|---|---|
"""

_WEB_ERRORS = """
Exit code 1 means that `scidex check` found a problem, or that something unexpected happened (the database cannot be reached,
a file cannot be written). 130 means that the command was stopped.

## On the web

A client that prefers JSON (`Accept: application/json`, or `.json` at the end of the path) gets this, and everybody else a
page with the same words:

```json
{"error": {"category": "not-found", "message": "Nothing here is called “x”.", "cure": "…"}}
```

Errors are sent with `Cache-Control: no-store`. Where no address matches (404), another method than GET or HEAD is used (405)
or oEmbed is asked for another format (501) the category is `http`. An unexpected error is answered 500 with the category
`defect`; its cause is in the server's log only.

A legacy path that names nothing is answered 404 with the page of an unwritten artifact (see [the web](web.md)).
"""

# What the import verb adds to the findings of the readers: these need to know what is already here.
VERB_CODES: dict[str, tuple[Severity, str]] = {
    "alias-taken": (Severity.WARNING, "A name of this page already leads to another artifact, and stays there."),
    "link-unwritten": (Severity.WARNING, "Links lead to pages that nobody has written; they are kept, as wanted."),
    "page-revised": (Severity.INFO, "The page was already here; the file became its next version."),
}


def cli() -> str:
    """`cli.md`: every command, argument and option, and the exit codes."""
    group, _ = build(open_installation, serve, VERSION, catalogue())
    context = click.Context(group, info_name="scidex")
    parts = ["# The command line\n", _NOTE, *_described(group.help or ""), *_options(group, context)]
    parts.append("\n## Commands\n\n")
    names = group.list_commands(context)
    parts += [
        f"- [`scidex {name}`](#scidex-{name}): {group.commands[name].get_short_help_str(120)}\n" for name in names
    ]
    for name in names:
        command = group.commands[name]
        inner = click.Context(command, info_name=f"scidex {name}", parent=None)
        usage = " ".join(command.collect_usage_pieces(inner))
        parts += [f"\n## scidex {name}\n\n", f"    scidex {name} {usage}\n\n", *_described(command.help or "")]
        parts += _options(command, inner)
    parts += ["\n## Exit codes and environment\n\n", *_described(group.epilog or "")]
    parts.append(
        "\nA command that is stopped with Ctrl-C ends with 130. Colours and the progress bar appear on a terminal only. Text\n"
        "that came from outside is printed without control characters, so no document can drive a terminal.\n"
    )
    return "".join(parts)


def _described(text: str) -> Iterator[str]:
    """A help text as Markdown: click marks with a backspace what must keep its lines."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        lines = paragraph.strip().replace("\\b", "\b").split("\n")
        if lines[0].strip() == "\b":
            yield "".join(f"    {line}".rstrip() + "\n" for line in lines[1:]) + "\n"
        elif lines != [""]:
            yield " ".join(line.strip() for line in lines) + "\n\n"


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    rows = [record for parameter in command.get_params(context) if (record := parameter.get_help_record(context))]
    if rows:
        yield "| Option | Meaning |\n|---|---|\n"
        yield from (f"| `{_cell(flags)}` | {_cell(words)} |\n" for flags, words in rows)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def kinds() -> str:
    """`kinds.md`: what each kind of artifact holds."""
    parts = ["# Kinds of artifact\n", _NOTE, _KINDS]
    for kind in all_kinds().values():
        parts += _kind(kind)
    return "".join(parts)


def _kind(kind: Kind) -> Iterator[str]:
    yield f"\n## {kind.label} (`{kind.slug}`)\n\n{kind.about}"
    yield " It documents others and is listed only when asked for by kind.\n" if kind.background else "\n"
    waiting: list[type[BaseModel]] = [kind.body]
    seen: set[type] = set()
    while waiting:
        model = waiting.pop(0)
        if model in seen:
            continue
        seen.add(model)
        if model is not kind.body:
            yield f"\n### {model.__name__} (of `{kind.slug}`)\n"
        doc = inspect.cleandoc(model.__doc__ or "").replace("See the module's docstring.", "").strip()
        yield f"\n{doc}\n" if doc else ""
        yield "\n| Field | Type | Default |\n|---|---|---|\n"
        for name, field in model.model_fields.items():
            yield f"| `{name}` | {_cell(_type(field.annotation))} | {_default(field)} |\n"
            waiting += [inner for inner in _inside(field.annotation) if issubclass(inner, BaseModel)]


def _inside(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for argument in get_args(annotation):
        yield from _inside(argument)


def _type(annotation: Any) -> str:
    if annotation is type(None):
        return "null"
    if get_origin(annotation) is tuple:
        return f"list of {_type(get_args(annotation)[0])}"
    if get_origin(annotation) in (types.UnionType, Literal):
        return " or ".join(_type(argument) for argument in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "one of " + ", ".join(f"`{member.value}`" for member in annotation)
    names = {str: "text", int: "whole number", bool: "true or false"}
    return names.get(annotation) or getattr(annotation, "__name__", str(annotation))


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "must be given"
    value = field.default.value if isinstance(field.default, Enum) else field.default
    return {"": "empty", (): "empty list", None: "null"}.get(value, f"`{value}`")


def findings() -> str:
    """`import-findings.md`: everything an import report can say."""
    rows = {code: (entry.severity, entry.meaning) for code, entry in CODES.items()} | VERB_CODES
    parts = ["# Findings of an import\n", _NOTE, _FINDINGS]
    for code, (severity, meaning) in sorted(rows.items()):
        if code not in VERB_CODES:
            parts.append(f"| `{code}` | {severity} | {_cell(meaning)} |\n")
    parts.append("\n## About the library it comes into\n\n| Code | Severity | Meaning |\n|---|---|---|\n")
    parts += [f"| `{code}` | {severity} | {_cell(meaning)} |\n" for code, (severity, meaning) in VERB_CODES.items()]
    return "".join(parts)


def errors() -> str:
    """`errors.md`: the categories of failure, as exit codes and as status codes."""
    parts = ["# Errors\n", _NOTE, _ERRORS]
    for category, (code, _words) in EXIT_CODES.items():
        status, headline = STATUS[category]
        parts.append(f"| `{category.category}` | {_cell(_first(category))} | {code} | {status} | {headline} |\n")
    parts.append(_WEB_ERRORS)
    return "".join(parts)


def _first(category: type[ScidexError]) -> str:
    return inspect.cleandoc(category.__doc__ or "").split("\n", maxsplit=1)[0]


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli,
    "kinds.md": kinds,
    "import-findings.md": findings,
    "errors.md": errors,
}


if __name__ == "__main__":
    for page, make in PAGES.items():
        (REFERENCE / page).write_text(make(), encoding="utf-8")
