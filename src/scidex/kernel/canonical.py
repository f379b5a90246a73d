"""One byte form for every value we seal, so that a hash means the same everywhere.

RFC 8785 (JSON Canonicalization Scheme) over a domain small enough that a fast encoder yields it:
text without lone surrogates and NUL, whole numbers below 2**53, booleans, null, lists, and objects with ASCII keys. No floats:
decimals are kept as the text their source printed.
"""

from __future__ import annotations

import hashlib
import re

import orjson

from scidex.kernel.errors import Invalid

GREATEST_INTEGER = 2**53 - 1
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def canonical_json(value: object, *, typed: bool = False) -> str:
    """`value` as RFC 8785 JSON. Raises Invalid where a value lies outside the domain.

    `typed` says that a model without floats and with ASCII names made the value, which then need not be searched for them.

    >>> canonical_json({"b": [1, None], "a": "é"})
    '{"a":"é","b":[1,null]}'
    """
    if not typed:
        _check(value)
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER).decode()
    except orjson.JSONEncodeError as error:
        raise Invalid(
            f"This cannot be sealed: {error}.", cure="Look for broken characters and very deep nesting."
        ) from None
    if "\\u0000" in text and _NUL.search(text):
        raise Invalid("Text holds a NUL character.", cure="Remove it.")
    return text


def sha256(data: bytes | str) -> str:
    """Lower-case hexadecimal SHA-256 of `data` (text as UTF-8).

    >>> sha256("")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def _check(root: object) -> None:
    # A stack instead of recursion: depth of outside data must not be able to overflow ours.
    stack: list[object] = [root]
    while stack:
        value = stack.pop()
        if isinstance(value, (list, tuple)):
            stack.extend(item for item in value if not isinstance(item, str))
        elif isinstance(value, dict):
            _check_keys(value)
            stack.extend(item for item in value.values() if not isinstance(item, str))
        elif isinstance(value, int):
            if not -GREATEST_INTEGER <= value <= GREATEST_INTEGER:
                raise Invalid(f"The whole number {value} is beyond 2**53 - 1.", cure="Write it as text.")
        elif value is not None and not isinstance(value, str):
            raise Invalid(f"A value of type {type(value).__name__} cannot be sealed.", cure="Write decimals as text.")


def _check_keys(value: dict[object, object]) -> None:
    for key in value:
        if not isinstance(key, str) or not key.isascii():
            raise Invalid(f"The field name {key!r} is not ASCII text.", cure="Rename the field.")
