"""Page ranges, written out: ``143-7`` is 143-147. Pure."""

from __future__ import annotations

import re

_RANGE = re.compile(r"([A-Za-z]{0,4})([0-9]{1,9})\s?[-–]{1,2}\s?([A-Za-z]{0,4})([0-9]{1,9})(?![A-Za-z0-9])")


def whole_pages(text: str) -> str:
    """`text` with the ends of page ranges written out, as MEDLINE and Vancouver leave out digits that are the same.

    >>> whole_pages("143-7"), whole_pages("e1012-28"), whole_pages("S12-5; discussion 110-2")
    ('143-147', 'e1012-e1028', 'S12-S15; discussion 110-112')
    """
    return _RANGE.sub(_whole, text)


def _whole(found: re.Match[str]) -> str:
    letters, first, end_letters, last = found.groups()
    if end_letters not in ("", letters):
        return found[0].replace("–", "-").replace("--", "-")
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return f"{letters}{first}-{letters}{last}"
