"""SciDEX's own JSON export, read back: the content is taken as it is, once it is sure that it is sound."""

from __future__ import annotations

import json
from typing import NoReturn

from pydantic import ValidationError

from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.hidden import CONTROL, HIDDEN, without_hidden
from scidex.atlas.importing.json_lines import LARGEST, find_fault, parts_of
from scidex.atlas.importing.markdown_blocks import is_inert, markdown_blocks
from scidex.atlas.importing.model import ParsedSource, Unreadable
from scidex.atlas.kinds.page import PageBody

FORMAT = "scidex/1"
_CURE = "export the artifact again, or correct the file by hand"
_MOST_ALIASES = 1000


class _UnsoundError(ValueError):
    """Valid JSON that an export never holds; where it stands is looked up afterwards."""


def _refuse(_written: str) -> NoReturn:
    raise _UnsoundError


def _whole(written: str) -> int:
    if len(written) > 17 or abs(int(written)) > LARGEST:
        raise _UnsoundError
    return int(written)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _UnsoundError
    return found


def read_native(text: str, ledger: Ledger) -> ParsedSource:
    """Read one export. Raises Unreadable for anything that is not exactly one."""
    found = _load(text)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        cure = 'a SciDEX export begins with {"format": "scidex/1", "kind": …, "content": …}'
        raise Unreadable("the file is JSON but not a SciDEX export", line=1, cure=cure)
    kind, content, aliases = found.get("kind"), found.get("content"), found.get("aliases", [])
    if not isinstance(kind, str) or not kind or not isinstance(content, dict):
        raise Unreadable("the export has no “kind” or no “content”", line=1, cure=_CURE)
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise Unreadable("the “aliases” of the export are not a list of strings", line=1, cure=_CURE)
    content = _visible(content, ledger)
    names = tuple(dict.fromkeys(without_hidden(alias)[0] for alias in aliases[:_MOST_ALIASES] if alias.strip()))
    if kind != "page":
        return ParsedSource("json", kind, content, names, (), (), ledger.close())
    try:
        body = PageBody.model_validate(_safe(content, ledger))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = "/".join(str(each) for each in first["loc"])[:120]
        name = next((str(each) for each in reversed(first["loc"]) if isinstance(each, str)), "")
        offset = text.find(f'"{name}"') if name else -1
        line = text.count("\n", 0, offset) + 1 if offset >= 0 else 1
        raise Unreadable(f"the content is not a page: {where}: {first['msg'].lower()}", line=line, cure=_CURE) from None
    if not body.title.strip():
        raise Unreadable("the page has no title", line=1, cure="fill in “title”")
    parts = parts_of(text, body.body.count("\n") + 1 if body.body else 0)
    return ParsedSource("json", "page", body.model_dump(mode="json"), names, parts, (), ledger.close())


def _load(text: str) -> object:
    try:
        found: object = json.loads(
            text, parse_float=_refuse, parse_constant=_refuse, parse_int=_whole, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        raise Unreadable(f"the file is not valid JSON: {error.msg}", line=error.lineno, cure=_CURE) from None
    except (RecursionError, _UnsoundError):
        _raise_fault(text)
    fault = None
    if "\\u" in text or _depth_guess(text) > 60:
        fault = find_fault(text)
    if fault:
        _raise_fault(text)
    return found


def _depth_guess(text: str) -> int:
    return text.count("{") + text.count("[")


def _raise_fault(text: str) -> NoReturn:
    fault = find_fault(text)
    problem = fault.problem if fault else "the file is nested too deeply"
    cure = "write numbers as text unless they are whole and at most 2^53, each key once, and nest no deeper"
    raise Unreadable(problem, line=fault.line if fault else 1, cure=cure)


def _visible(content: dict[str, object], ledger: Ledger) -> dict[str, object]:
    """The content without characters that cannot be seen, at any depth (which is known to be small by now)."""
    removed = 0

    def clean(value: object) -> object:
        nonlocal removed
        if isinstance(value, str):
            if HIDDEN.search(value) or CONTROL.search(value):
                shown, count = without_hidden(CONTROL.sub("", value))
                removed += max(count, 1)
                return shown
            return value
        if isinstance(value, list):
            return [clean(each) for each in value]
        if isinstance(value, dict):
            return {key: clean(each) for key, each in value.items()}
        return value

    cleaned = {key: clean(value) for key, value in content.items()}
    if removed:
        message = f"{removed} hidden characters, written as escapes"
        ledger.add("hidden-text", message, action="removed", shown="the text without them")
    return cleaned


def _safe(content: dict[str, object], ledger: Ledger) -> dict[str, object]:
    """The content with the HTML and the addresses taken out of its Markdown, if there is any that matters."""
    safe = dict(content)
    for name in ("lead", "body"):
        text = content.get(name)
        if isinstance(text, str) and not is_inert(text):
            safe[name] = "\n\n".join(block.markdown for block in markdown_blocks(text, 1, ledger))
    return safe
