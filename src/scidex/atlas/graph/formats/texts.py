"""Text of a graph file: what a name may look like, hidden characters, and cells that a spreadsheet would run."""

from __future__ import annotations

import re

from scidex.atlas.evidence.folding import HIDDEN
from scidex.kernel.errors import Invalid

LONGEST_NAME = 500
LONGEST_TEXT = 20_000
"""Characters of a quote, a note or a description."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_HIDDEN = re.compile(f"[{''.join(map(re.escape, sorted(HIDDEN)))}]")
# What a spreadsheet takes for a formula when a cell begins with it (OWASP, "CSV Injection").
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def one_line(text: str) -> str:
    r"""`text` on one line, without characters that cannot be seen.

    >>> one_line(" amyloid\u200b \n beta")
    'amyloid beta'
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    return " ".join(without_unseen(text).split())


def without_unseen(text: str) -> str:
    """`text` without hidden and control characters; line feeds and tabs stay."""
    if text.isprintable():
        return text
    return _HIDDEN.sub("", _CONTROL.sub(" ", text.replace("\r\n", "\n")))


def hides(text: str) -> bool:
    """Whether `text` has characters that a reader cannot see."""
    return not text.isprintable() and _HIDDEN.search(text) is not None


def name_in(text: str, what: str) -> str:
    """A name on one line. Raises Invalid if it is too long for one."""
    if not text:
        return ""
    name = one_line(text)
    if len(name) > LONGEST_NAME:
        raise Invalid(f"The {what} has {len(name):,} characters.", cure=f"Shorten it to {LONGEST_NAME}.")
    return name


def passage_in(text: str, what: str) -> str:
    """Running text. Raises Invalid if it is too long."""
    if not text:
        return ""
    passage = without_unseen(text).strip()
    if len(passage) > LONGEST_TEXT:
        raise Invalid(f"The {what} has {len(passage):,} characters.", cure=f"Shorten it to {LONGEST_TEXT:,}.")
    return passage


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before what begins like one.

    >>> guarded("=HYPERLINK(1)"), guarded("5-HT")
    ("'=HYPERLINK(1)", '5-HT')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The cell that `guarded` was given.

    >>> unguarded("'=1"), unguarded("'quoted'")
    ('=1', "'quoted'")
    """
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell
