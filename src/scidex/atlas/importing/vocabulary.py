"""Lists of words, written the way one reads them."""

from __future__ import annotations


def terms(listed: str) -> frozenset[str]:
    """The words of a list: separated by bars where there are any (then a term may hold blanks), else by blanks."""
    if "|" in listed:
        return frozenset(" ".join(term.split()) for term in listed.split("|"))
    return frozenset(listed.split())
