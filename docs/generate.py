"""Writes the generated pages of the reference: `.venv/bin/python docs/generate.py`. A test holds them to the code."""  # noqa: INP001 (a script)

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from scidex.atlas.importing import CODES, Severity
from scidex.atlas.kinds import Kind, all_kinds
from scidex.kernel.errors import ScidexError
from scidex.main import VERSION, catalogue, open_installation, serve
from scidex.surfaces.api.actions import offered
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
Exit code 1 means that `scidex check` found a problem or `scidex resolve` a citation that cannot stand, or that something
unexpected happened (the database cannot be reached, a file cannot be written). 130 means that the command was stopped.

## On the web

A client that prefers JSON (`Accept: application/json`, or `.json` at the end of the path) gets this, and everybody else a
page with the same words:

```json
{"error": {"category": "not-found", "message": "Nothing here is called “x”.", "cure": "…"}}
```

[The API](api.md#errors) has three more categories for what only HTTP knows: 401, 413 and 415.

Errors are sent with `Cache-Control: no-store`. Where no address matches (404), a method is used that the address does not
understand (405) or oEmbed is asked for another format (501) the category is `http`. An unexpected error is answered 500 with
the category `defect`; its cause is in the server's log only.

A legacy path that names nothing is answered 404 with the page of an unwritten artifact (see [the web](web.md)).
"""

_API = """\
Every action of the catalogue can be done over HTTP, by programs with an access token and from pages by who has signed in with
one. [How to](../how-to/use-the-api.md); [why it is so](../decisions/0018-writing-over-http.md). To read, every page of
[the web](web.md) answers JSON to `Accept: application/json`.

## Addresses

| Address | Methods | What |
|---|---|---|
| `/api/v1/` | GET | The addresses there are. |
| `/api/v1/actions` | GET | All actions, with the JSON Schemas of command and result. |
| `/api/v1/actions/{verb}` | POST | Does an action: its command as JSON, up to 1,000,000 bytes. Answers its result. |
| `/api/v1/debates/{ref}/rounds` | POST | The default debaters hold a round on an artifact or a debate. Answers the turns. |
| `/api/v1/import` | POST | Imports one file, up to 5,000,000 bytes: as `multipart/form-data`, or as the bare body with \
`?name=`. Answers what became of it. |
| `/api/v1/artifacts/{ref}` | GET | Redirects (307) to `/artifact/{ref}.json`; `version`, `as_of` and `redirect` go along. |
| `/api/v1/openapi.json` | GET | All this as OpenAPI 3.1, generated from the catalogue. |
| `/sign-in` | GET, POST | The form to sign in to the pages with an access token, and its effect. `next` is a path to go on to. |
| `/sign-out` | POST | Ends the session. |

## What is sent

| Part | Meaning |
|---|---|
| `Authorization: Bearer scidex_…` | The access token; needed by every POST under `/api/`. \
Never read from an address: a parameter such as `token` is refused. |
| `Content-Type` | `application/json` for an action; for a bare file any but a form's. `Content-Encoding` is not understood. |
| `Idempotency-Key` | 1 to 200 visible ASCII characters. The same actor's same request with the same key \
happens once and is answered the same; another request with it is a conflict. |
| `?dry_run=1` | Do everything, then take it back. |
| `?strict=1` | Import: refuse a file with any warning or error, instead of mending it. |
| `?name=` | Import: the file's name. Only its last part is kept. |

Any other parameter is refused. JSON is UTF-8 and read strictly: a name given twice, NaN, Infinity, a number with a fraction
(decimals are text), a whole number beyond 2^53 - 1, half a surrogate, NUL, nesting beyond 64 levels and unknown fields are
refused; broken syntax is told with line and column.

## Access tokens and sessions

`scidex token create` makes a token for an actor, prints its secret once and keeps only its SHA-256. `scidex token list` shows
all, `scidex token revoke` ends one at once, and every session begun with it. No token can make another: that is possible on
the command line only.

`/sign-in` begins a session of at most 12 hours, kept in the cookie `scidex_session` (`HttpOnly`, `SameSite=Strict`, over HTTPS
`Secure`); it is no way into `/api/`. A form is accepted only if `Sec-Fetch-Site` or `Origin` says that a page of this site
sent it. Actors of type `software` cannot sign in.

## Errors

Every failure is JSON of one shape, [as elsewhere](errors.md), under `/api/` whatever `Accept` says:

```json
{"error": {"category": "conflict", "message": "…", "cure": "…"}}
```

`reasons` is added where gates refused. A page says the same in words.

| Category | Status | When |
|---|---|---|
"""

_API_ERRORS = {
    "invalid": "The address, the key, the JSON or the command cannot be understood.",
    "not-found": "There is no such action, or the command names something that is not here.",
    "conflict": "Another version is the newest, or the key was used for another request.",
    "forbidden": "The token's actor may not do that, or a form came from another site.",
    "refused": "A gate refused the change, or the file cannot be imported.",
    "defect": "A bug of SciDEX.",
    "unauthenticated": "No token or session, or one that is unknown, expired or revoked; with `WWW-Authenticate: Bearer`.",
    "too-large": "The body is longer than the limit.",
    "unsupported": "The body is not in a form that is read here.",
}

_TYPES: dict[Any, str] = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    datetime: "time (ISO 8601)",
    dict: "JSON object",
    type(None): "null",
}

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
        parts += _command(group.commands[name], name, "##")
    parts += ["\n## Exit codes and environment\n\n", *_described(group.epilog or "")]
    parts.append(
        "\nA command that is stopped with Ctrl-C ends with 130. Colours and the progress bar appear on a terminal only. Text\n"
        "that came from outside is printed without control characters, so no document can drive a terminal.\n"
    )
    return "".join(parts)


def _command(command: click.Command, name: str, heading: str) -> Iterator[str]:
    """A command and, below it, those it groups."""
    inner = click.Context(command, info_name=f"scidex {name}", parent=None)
    usage = " ".join(command.collect_usage_pieces(inner))
    yield f"\n{heading} scidex {name}\n\n    scidex {name} {usage}\n\n"
    yield from _described(command.help or "")
    yield from _options(command, inner)
    if isinstance(command, click.Group):
        for part in command.list_commands(inner):
            yield from _command(command.commands[part], f"{name} {part}", heading + "#")


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
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if origin is tuple:
        return f"list of {_type(arguments[0])}"
    if origin in (types.UnionType, Union, Literal):
        return " or ".join(_type(argument) for argument in arguments)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return "one of " + ", ".join(f"`{member.value}`" for member in annotation)
    return _TYPES.get(origin or annotation) or getattr(annotation, "__name__", str(annotation))


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


def api() -> str:
    """`api.md`: writing over HTTP, with every action and its fields."""
    parts = ["# Writing over HTTP\n", _NOTE, _API]
    for category, (status, _headline) in STATUS.items():
        parts.append(f"| `{category.category}` | {status} | {_API_ERRORS[category.category]} |\n")
    parts.append("| `http` | 404, 405 | There is no such address, or it does not understand the method. |\n")
    parts.append("\n## Actions\n")
    for verb in offered(catalogue()).values():
        parts.append(f"\n### {verb.name}\n\n{verb.summary}. {inspect.cleandoc(verb.command.__doc__ or '')}\n")
        parts.append("\n| Field | Type | Default |\n|---|---|---|\n")
        for name, field in verb.command.model_fields.items():
            parts.append(f"| `{name}` | {_cell(_type(field.annotation))} | {_default(field)} |\n")
    return "".join(parts)


def _first(category: type[ScidexError]) -> str:
    return inspect.cleandoc(category.__doc__ or "").split("\n", maxsplit=1)[0]


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli,
    "kinds.md": kinds,
    "import-findings.md": findings,
    "errors.md": errors,
    "api.md": api,
}


if __name__ == "__main__":
    for page, make in PAGES.items():
        (REFERENCE / page).write_text(make(), encoding="utf-8")
