"""CSL-JSON, the form in which we keep records: an array of items, one item, or ``{"items": […]}``. Loses nothing.

Members that CSL does not know are kept in ``custom.csl`` and come back where they were. Numbers become text, as their
file printed them. A member of the wrong shape is a problem and is kept in ``custom.csl`` too; the item still comes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scidex.atlas.bibliography import csl
from scidex.atlas.bibliography.formats.decoding import whole_text
from scidex.atlas.bibliography.formats.entries import checked, entry
from scidex.atlas.bibliography.formats.model import ByteSource, Problem, ReadEntry

_KNOWN = csl.NAME_VARIABLES | csl.DATE_VARIABLES | csl.TEXT_VARIABLES | {"id", "type", "categories", "custom"}
_BLANK = re.compile(r"[ \t\n\r]*")
_ITEMS = re.compile(r'[ \t\n\r]*\{[ \t\n\r]*"items"[ \t\n\r]*:[ \t\n\r]*(?=\[)')
# A string matches to the end of the text where it is not closed, so that no text is scanned twice.
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?+|[{}\[\]]', re.DOTALL)
_CURE = "Check the file with a JSON checker and export it again."


def _no_number(constant: str) -> Any:
    raise ValueError(f"{constant} is no number in JSON")


_DECODER = json.JSONDecoder(parse_float=str, parse_constant=_no_number)


def read(source: ByteSource) -> Iterator[ReadEntry | Problem]:
    """The items of a CSL-JSON file. Never raises."""
    text, problems = whole_text(source)
    yield from problems
    wrapped = _ITEMS.match(text)
    start = wrapped.end() if wrapped else _skip(text, 0)
    if text.startswith("[", start):
        yield from _array(text, start + 1)
    elif start == len(text):
        yield Problem(1, "The file is empty.", "Give a file with at least one item.")
    else:
        line = 1 + text.count("\n", 0, start)
        _, value = _value(text, start)
        if isinstance(value, Problem):
            yield Problem(line + value.line, value.message, value.cure)
        elif isinstance(value, dict) and isinstance(value.get("items"), list):
            for each in value["items"]:
                yield from _item(each, line, "")
        else:
            yield from _item(value, line, text[start:])


def _array(text: str, start: int) -> Iterator[ReadEntry | Problem]:
    """The items from `start`, one after another, so that one that is broken costs only itself."""
    position, counted, line = _skip(text, start), 0, 1
    while position < len(text) and text[position] != "]":
        line += text.count("\n", counted, position)
        counted = position
        end, value = _value(text, position)
        if isinstance(value, Problem):
            yield Problem(line + value.line, value.message, value.cure)
            if end == len(text):
                return
        else:
            yield from _item(value, line, text[position:end])
        position = _skip(text, end)
        if text.startswith(",", position):
            position = _skip(text, position + 1)
        elif position < len(text) and text[position] != "]":
            line += text.count("\n", counted, position)
            counted = position
            yield Problem(line, "Between two items of the array a comma is missing.", _CURE)
            if text[position] not in '{["':
                return
    if position >= len(text):
        yield Problem(1 + text.count("\n"), "The file ends inside its array.", "The file is cut short: get it again.")


def _value(text: str, start: int) -> tuple[int, Any]:
    """Where the JSON value at `start` ends, and it; or the Problem with it, its line counted from `start`."""
    try:
        value, end = _DECODER.raw_decode(text, start)
        return end, value
    except json.JSONDecodeError as error:
        return _end_of(text, start), Problem(text.count("\n", start, error.pos), f"No JSON: {error.msg}.", _CURE)
    except ValueError as error:
        return _end_of(text, start), Problem(0, f"No JSON: {error}.", _CURE)
    except RecursionError:
        return _end_of(text, start), Problem(0, "The item is nested too deeply.", _CURE)


def _end_of(text: str, start: int) -> int:
    """Where the brackets that open at `start` are closed; the end of the text if they never are."""
    depth = 0
    for found in _BRACKET.finditer(text, start):
        if found[0] in "{[":
            depth += 1
        elif found[0] in "}]":
            depth -= 1
            if depth <= 0:
                return found.end() if depth == 0 else found.start()
    return len(text)


def _skip(text: str, position: int) -> int:
    blank = _BLANK.match(text, position)
    return blank.end() if blank else position


def _item(value: object, line: int, raw: str) -> Iterator[ReadEntry | Problem]:
    if not isinstance(value, Mapping):
        yield Problem(line, "An item is an object with named members.", "See the CSL-JSON schema, version 1.0.2.")
        return
    known: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    for name, given in value.items():
        if name not in _KNOWN:
            unknown[name] = given
            continue
        try:
            csl.checked_item({name: given})
            if name == "custom" and given and not isinstance(given, Mapping):
                raise ValueError("custom is an object")  # noqa: TRY301 - one way out for every member
        except ValueError as error:
            place = line + raw.count("\n", 0, max(raw.find(f'"{name}"'), 0))
            if len(json.dumps(given)) > csl.LONGEST_TEXT:
                yield Problem(place, f"A member does not fit and was left out: {error}.", "Shorten it.")
                continue
            cure = "It was kept aside in custom.csl; correct it in the record."
            yield Problem(place, f"A member does not fit: {error}.", cure)
            unknown[name] = given
        else:
            known[name] = given
    custom = dict(known.get("custom") or {})
    if unknown:
        kept = custom.get("csl")
        custom["csl"] = {**(kept if isinstance(kept, Mapping) else {}), **unknown}
    if custom:
        known["custom"] = custom
    yield from entry(known, line)


def write(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The items as one array, one item a line. Raises Invalid for an item that is no CSL-JSON."""
    before = "[\n"
    for item in items:
        yield before + _json(_as_exported(checked(item)))
        before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def _as_exported(item: csl.Record) -> csl.Record:
    """`item` with the members CSL does not know back where they were."""
    custom = dict(item.get("custom", {}))
    aside = custom.get("csl")
    if not isinstance(aside, Mapping) or not aside:
        return item
    returned = {name: value for name, value in aside.items() if name not in _KNOWN and value not in (None, "", [], {})}
    stays = {name: value for name, value in aside.items() if name not in returned}
    custom = {name: value for name, value in custom.items() if name != "csl"} | ({"csl": stays} if stays else {})
    named = {name: value for name, value in item.items() if name != "custom"}
    return returned | named | ({"custom": custom} if custom else {})


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # A lone surrogate has no UTF-8; the escaped form keeps it.
    return text if text.isascii() or text.encode(errors="replace").decode() == text else json.dumps(value)
