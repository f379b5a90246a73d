"""Commands generated from the action catalogue: a verb added to it is a command here without another line.

A required text field is an argument, every other field an option; a field that holds a whole content is read from a
file (JSON, or `-` for standard input).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from pydantic.fields import FieldInfo

from scidex.kernel.actions import Verb
from scidex.kernel.errors import Invalid
from scidex.kernel.installation import Installation
from scidex.surfaces.cli import terminal

_HELP = {
    "ref": "id, alias or path",
    "expected_version": "Refuse if the artifact is not at this version any more.",
    "note": "What was changed and why.",
    "reason": "Why; kept with the change.",
    "content": "JSON file with the whole content; - reads standard input.",
    "aliases": "Another name it shall be found by (repeatable).",
    "valid_from": "Since when it is true, if not from now on (ISO 8601).",
}


def verb_command(verb: Verb, opened: Callable[[], Installation]) -> click.Command:
    """The command for one verb, named by its last word."""
    parameters = [_parameter(name, info) for name, info in verb.command.model_fields.items()]
    parameters += [
        click.Option(["--dry-run"], is_flag=True, help="Do everything, then take it back."),
        click.Option(["--key"], default="", help="Idempotency key: the same request with the same key happens once."),
        click.Option(["--json", "as_json"], is_flag=True, help="Answer in JSON."),
    ]

    def run(dry_run: bool, key: str, as_json: bool, **fields: Any) -> None:
        asked = {name: _value(name, value) for name, value in fields.items() if value not in (None, ())}
        installation = opened()
        result = installation.door.perform(verb.name, asked, installation.actor, key=key, dry_run=dry_run)
        answer = result.model_dump()
        if as_json:
            terminal.print_json(answer)
            return
        done = "would be" if dry_run else "is"
        if answer.get("unchanged"):
            terminal.say(f"{answer['id']} “{answer['title']}” is as it was; nothing was written.")
        else:
            terminal.say(f"{answer['id']} “{answer['title']}” {done} {answer['state']}, version {answer['version']}.")

    doc = (verb.command.__doc__ or "").strip()
    return click.Command(
        verb.name.rpartition(".")[2],
        params=parameters,
        callback=run,
        help=f"{verb.summary}.\n\n{doc}",
        short_help=verb.summary,
    )


def _parameter(name: str, info: FieldInfo) -> click.Parameter:
    help_text = _HELP.get(name, info.description or "")
    flag = "--" + name.replace("_", "-")
    if name == "content":
        return click.Argument([name], metavar="FILE")
    if info.annotation is bool:
        return click.Option([flag], is_flag=True, help=help_text)
    if name == "aliases":
        return click.Option(["--alias", name], multiple=True, help=help_text)
    if info.is_required() and name != "reason":
        return click.Argument([name], type=int if info.annotation is int else str, metavar=name.upper())
    number = info.annotation in (int, int | None)
    return click.Option([flag], type=int if number else str, required=info.is_required(), help=help_text)


def _value(name: str, value: Any) -> Any:
    if name != "content":
        return value
    try:
        text = sys.stdin.read() if value == "-" else Path(value).read_text(encoding="utf-8")
        content = json.loads(text)
    except OSError as error:
        raise Invalid(f"{value} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Invalid(f"{value} is not UTF-8.", cure="Save it as UTF-8.") from None
    except (json.JSONDecodeError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Invalid(f"{value}{line}: this is not JSON.", cure="`scidex export REF` shows the form.") from None
    # What `export` writes can be given back as it is.
    return content["content"] if isinstance(content, dict) and "scidex" in str(content.get("format", "")) else content
