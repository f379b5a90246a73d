"""Many values for one statement, a piece at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

# SQLite's default limit on bound values in one statement is far above this.
_SIZE = 500
Item = TypeVar("Item")


def chunks(items: Sequence[Item], size: int = _SIZE) -> Iterator[Sequence[Item]]:
    """`items` in pieces that fit one statement, each value bound by itself; more fit one that binds them as a list.

    >>> list(chunks("abcde", 2))
    ['ab', 'cd', 'e']
    """
    for start in range(0, len(items), size):
        yield items[start : start + size]
