"""From the fields that a format names to an entry, and what the format has no field for.

No format but CSL-JSON holds everything a record can say. A writer therefore reads back what it is about to write and
puts the variables that came out differently beside it, as one line of JSON in a place that other software passes over.
A variable carried so has the fingerprint of the format's own reading with it: if the file was edited elsewhere, the
reading has changed, and the edit stands.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from scidex.atlas.bibliography.csl import Record, checked_item, plain_text
from scidex.atlas.bibliography.formats.model import Notice, Problem, ReadEntry
from scidex.kernel.errors import Invalid

# Matches to the end of the text where a string is not closed, so that no text is scanned twice.
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?+')
_ESCAPED = re.compile(r"\\([\"\\/bfnrt])")
_CONTROL = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SAFE = re.compile(r"\\u[0-9a-f]{4}|[^A-Za-z0-9 .,:;/()+*=?!|<>\"'\[\]-]")


def checked(item: Mapping[str, Any]) -> Record:
    """`item` in the form we keep. Raises Invalid."""
    try:
        return checked_item(item)
    except ValueError as error:
        raise Invalid(f"A record is no CSL-JSON: {error}.", cure="Mend the record and export again.") from None


def kept_of(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What stands under `name` in the ``custom`` of an item, such as what its format kept of the file; empty if nothing."""
    custom = item.get("custom")
    found = custom.get(name) if isinstance(custom, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def entry(
    native: Mapping[str, Any],
    line: int,
    *,
    carried: str = "",
    notices: tuple[Notice, ...] = (),
    registrations: tuple[str, ...] = (),
) -> Iterator[ReadEntry | Problem]:
    """The entry whose variables the format's own fields give as `native`, with what was `carried` beside them.

    If what was carried is damaged, that is a problem and the fields are read alone.
    """
    try:
        item = checked_item(native)
    except ValueError as error:
        yield Problem(line, f"The entry cannot be kept: {error}.", "Shorten or correct that field.")
        return
    if carried:
        try:
            item = checked_item(_restored(item, carried))
        except ValueError as error:
            message = f"What SciDEX wrote beside the entry's fields is damaged, and was passed over: {error}."
            yield Problem(line, message, "Export the entry again.")
    yield ReadEntry(item, line, notices, registrations, plain_text(str(item.get("abstract", ""))))


def carrier(item: Mapping[str, Any], native: Mapping[str, Any], *, own: str = "") -> str:
    """What has to be written beside the format's own fields so that `item` is read again; empty if nothing.

    `native` is what the format's own fields are read as. What the format adds of itself (an ``id`` where there was
    none, and ``custom`` under the name `own`) is left to it. The text is JSON in ASCII on one line; inside its strings
    stand only characters that mean nothing to TeX, and its braces are balanced.
    """
    wanted, given = _variables(item), _variables(native)
    added_by_format = {"id", f"custom/{own}"}
    changes = [
        [name, _fingerprint(given, name), value]
        for name, value in wanted.items()
        if name not in given or given[name] != value
    ]
    changes += [
        [name, _fingerprint(given, name)] for name in given if name not in wanted and name not in added_by_format
    ]
    return _inert_json(changes) if changes else ""


def _variables(item: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: value for name, value in item.items() if name != "custom"}
    return named | {f"custom/{name}": value for name, value in item.get("custom", {}).items()}


def _fingerprint(variables: Mapping[str, Any], name: str) -> str:
    if name not in variables:
        return ""
    return f"{zlib.crc32(json.dumps(variables[name], sort_keys=True).encode()):08x}"


def _restored(native: Record, carried: str) -> Record:
    """`native` with the carried changes that still apply. Raises ValueError if they cannot be read."""
    try:
        changes = json.loads(carried, parse_float=str, parse_constant=str)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(changes, list):
        raise ValueError("it is no list")  # noqa: TRY004 - one error for a bad entry
    variables = _variables(native)
    for change in changes:
        if not isinstance(change, list) or len(change) not in (2, 3) or not isinstance(change[0], str):
            raise ValueError("it holds something other than changes to variables")
        name, fingerprint, *value = change
        if _fingerprint(variables, name) != fingerprint:
            continue
        variables.pop(name, None)
        if value:
            variables[name] = value[0]
    item = {name: value for name, value in variables.items() if not name.startswith("custom/")}
    custom = {name.removeprefix("custom/"): value for name, value in variables.items() if name.startswith("custom/")}
    return item | ({"custom": custom} if custom else {})


def _inert_json(value: object) -> str:
    return _STRING.sub(_inert_string, json.dumps(value, separators=(",", ":")))


def _inert_string(string: re.Match[str]) -> str:
    text = _ESCAPED.sub(lambda found: f"\\u{ord(_CONTROL[found[1]]):04x}", string[0][1:-1])
    return f'"{_SAFE.sub(lambda found: found[0] if len(found[0]) > 1 else f"{chr(92)}u{ord(found[0]):04x}", text)}"'
