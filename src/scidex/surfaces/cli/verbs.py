"""Commands generated from the action catalogue: a verb added to it is a command here without another line.

A required text field is an argument, every other field an option; a field that holds a whole content or a long text is
read from a file (`-` for standard input). Verbs on artifacts of any kind stand at the top (`scidex merge`), those on one
kind under its noun (`scidex paper mark`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_origin

import click
from pydantic.fields import FieldInfo
from rich.text import Text

from scidex.kernel.actions import Verb
from scidex.kernel.errors import Invalid
from scidex.kernel.fields import choices_of, plain_type
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


_TOP = "artifact"
_NOUNS = {
    "citation": "Say what a page's citations mean",
    "claim": "Claims: state, load, judge",
    "correction": "Corrections: propose, accept, decline",
    "debate": "Debates: hold a round, show, argue, contest, close",
    "edge": "Edges of the graph: state, withdraw, settle",
    "entity": "Entities: add one under its identifier",
    "evidence": "Evidence: add a passage, judge its stance",
    "grounding": "Names: say what one stands for",
    "hypothesis": "Hypotheses: load them with their evidence",
    "paper": "Publications: notices, texts, confirmation",
}


def verb_commands(
    verbs: Iterable[Verb],
    opened: Callable[[], Installation],
    *,
    beside: Mapping[str, Sequence[click.Command]],
) -> list[click.Command]:
    """A command for each verb, those of one noun in a group, `beside` commands that are no verbs."""
    top: list[click.Command] = []
    groups: dict[str, click.Group] = {}
    for verb in verbs:
        noun = verb.name.partition(".")[0]
        command = verb_command(verb, opened)
        if noun == _TOP:
            top.append(command)
            continue
        summary = _NOUNS.get(noun, f"Verbs on each {noun}")
        groups.setdefault(noun, click.Group(noun, help=summary + ".", short_help=summary)).add_command(command)
    for noun, others in beside.items():
        for command in others:
            groups[noun].add_command(command)
    return [*top, *groups.values()]


def verb_command(verb: Verb, opened: Callable[[], Installation]) -> click.Command:
    """The command for one verb, named by its last word."""
    parameters = [_parameter(name, info) for name, info in verb.command.model_fields.items()]
    parameters += [
        click.Option(["--dry-run"], is_flag=True, help="Do everything, then take it back."),
        click.Option(["--key"], default="", help="Idempotency key: the same request with the same key happens once."),
        click.Option(["--json", "as_json"], is_flag=True, help="Answer in JSON."),
    ]

    def run(dry_run: bool, key: str, as_json: bool, **fields: Any) -> None:
        files = {name for name, info in verb.command.model_fields.items() if _is_file(info)}
        asked = {
            name: _text_of(value) if name in files else _value(name, value)
            for name, value in fields.items()
            if value not in (None, ())
        }
        installation = opened()
        result = installation.door.perform(verb.name, asked, installation.actor, key=key, dry_run=dry_run)
        answer = result.model_dump(mode="json")
        if as_json:
            terminal.print_json(answer)
        elif {"id", "title", "state", "version"} <= answer.keys():
            _say_changed(answer, dry_run=dry_run)
        else:
            _say_fields(answer, dry_run=dry_run)

    doc = (verb.command.__doc__ or "").strip()
    return click.Command(
        verb.name.rpartition(".")[2],
        params=parameters,
        callback=run,
        help=f"{verb.summary}.\n\n{doc}",
        short_help=verb.summary,
    )


def _say_changed(answer: dict[str, Any], *, dry_run: bool) -> None:
    done = "would be" if dry_run else "is"
    if answer.get("unchanged"):
        terminal.say(f"{answer['id']} “{answer['title']}” is as it was; nothing was written.")
    else:
        terminal.say(f"{answer['id']} “{answer['title']}” {done} {answer['state']}, version {answer['version']}.")
    for fault in answer.get("citation_faults", ()):
        terminal.say(Text("citation ", style=terminal.STYLES["warning"]).append(terminal.clean(fault)))


def _say_fields(answer: dict[str, Any], *, dry_run: bool) -> None:
    if dry_run:
        terminal.say("This would be so; nothing was written.")
    for name, value in answer.items():
        terminal.say(f"{name.replace('_', ' ')}: {_words(value)}")


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{number} {word}" for word, number in value.items())
    if isinstance(value, list):
        return ", ".join(" → ".join(each) if isinstance(each, list) else str(each) for each in value) or "none"
    return str(value)


def _is_file(info: FieldInfo) -> bool:
    extra = info.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("file"))


def _click_type(annotation: Any) -> Any:
    if choices := choices_of(annotation):
        return click.Choice(choices)
    return int if annotation is int else str


def _parameter(name: str, info: FieldInfo) -> click.Parameter:
    help_text = _HELP.get(name, info.description or "")
    flag = "--" + name.replace("_", "-")
    annotation = plain_type(info.annotation)
    if name == "content" or (_is_file(info) and info.is_required()):
        return click.Argument([name], metavar="FILE")
    if annotation is bool:
        return click.Option([flag], is_flag=True, help=help_text)
    if name == "aliases":
        return click.Option(["--alias", name], multiple=True, help=help_text)
    if get_origin(annotation) is tuple:
        return click.Option([flag], multiple=True, help=help_text)
    type_ = _click_type(annotation)
    if info.is_required() and name not in ("reason", "note", "proposed"):
        return click.Argument([name], type=type_, metavar=name.upper())
    metavar = "FILE" if _is_file(info) else None
    return click.Option([flag], type=type_, required=info.is_required(), help=help_text, metavar=metavar)


def _text_of(path: str) -> str:
    """A text from a file, or from standard input for ``-``. Raises Invalid naming the file."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.", cure="Check the path.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Invalid(f"{path}, line {line}: this is not UTF-8.", cure="Save it as UTF-8.") from None


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
