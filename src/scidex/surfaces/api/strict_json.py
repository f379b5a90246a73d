"""JSON from outside, read so that one text has one meaning: everything on which parsers differ is refused.

Names given twice, NaN and Infinity, fractions (decimals are text here), whole numbers that others would round, lone
surrogates, NUL characters and deep nesting.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from scidex.kernel.canonical import GREATEST_INTEGER
from scidex.kernel.errors import Invalid

DEEPEST = 64
_SHOWN = 60


def json_object(data: bytes) -> dict[str, Any]:
    """The JSON object in `data`, UTF-8. Raises Invalid; for broken syntax with line and column.

    >>> json_object(b'{"ref": "sx-1", "numbers": [1, -2]}')
    {'ref': 'sx-1', 'numbers': [1, -2]}
    """
    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=_object,
            parse_int=_whole_number,
            parse_float=_fraction,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise Invalid(f"The body is not UTF-8: byte {error.start} is broken.", cure="Send UTF-8.") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Invalid(f"The body is not JSON: {place}: {error.msg}.", cure="Correct it there.") from None
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(value, dict):
        raise Invalid("The body is not a JSON object.", cure='Send {"field": value, …}.')
    _check(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        name = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Invalid(f"The name {_shown(name)} is given twice in one object.", cure="Give it once.")
    return made


def _whole_number(text: str) -> int:
    # Looked at before it is converted: that takes quadratic time.
    if len(text) <= len(str(-GREATEST_INTEGER)) and abs(number := int(text)) <= GREATEST_INTEGER:
        return number
    raise Invalid(f"The whole number {text[:20]}… is beyond 2**53 - 1.", cure="Write it as text.")


def _fraction(text: str) -> NoReturn:
    raise Invalid(f"The number {text[:_SHOWN]} is no whole number.", cure=f'Write decimals as text: "{text[:20]}".')


def _constant(text: str) -> NoReturn:
    raise Invalid(f"{text} is no JSON.", cure="Leave the field out, or write null.")


def _check(root: object) -> None:
    # A stack instead of recursion: depth of outside data must not be able to overflow ours.
    stack: list[tuple[object, int]] = [(root, 1)]
    while stack:
        value, depth = stack.pop()
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, (list, dict)):
            if depth > DEEPEST:
                raise _too_deep()
            stack.extend((inner, depth + 1) for inner in value)
            if isinstance(value, dict):
                stack.extend((inner, depth + 1) for inner in value.values())


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid(f"The text {_shown(text)} holds half a character.", cure="Escape both surrogates.") from None
    if "\0" in text:
        raise Invalid(f"The text {_shown(text)} holds a NUL character.", cure="Remove it.")


def _too_deep() -> Invalid:
    return Invalid(f"The body nests deeper than {DEEPEST} levels.", cure="Send less at once.")


def _shown(text: str) -> str:
    return json.dumps(text[:_SHOWN])
