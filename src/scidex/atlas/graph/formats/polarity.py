"""From the polarity of a table of facts to a stance: a null result is *not shown*, and only the opposite contradicts."""

from __future__ import annotations

import re

from scidex.atlas.evidence.effects import read_effect, read_p_values, spans_null
from scidex.atlas.evidence.model import Stance
from scidex.kernel.errors import Invalid

_STANCES = {
    "positive": Stance.SUPPORTS,
    "negative": Stance.NOT_SHOWN,
    "mixed": Stance.MIXED,
    "uncertain": None,
    "unsupported": None,
    "": None,
}
# Words that say a result went the other way. "Worse" alone may be "no worse", so it needs what it was worse than.
_OPPOSITE = re.compile(
    r"(?<!not )(?<!no )(?<!never )\b(?:contradict(?:s|ed)|opposite (?:effect|result|direction|was found)"
    r"|in the (?:other|opposite) direction|worsened|made worse|worse than|harmed|reversed effect)\b",
    re.IGNORECASE,
)


def stance_of_polarity(polarity: str, note: str, *, negated: bool) -> Stance | None:
    """The stance of a row of facts towards its edge; None where the row itself doubts. Raises Invalid.

    `negated` says that the relation itself denies ("does not express"): "negative" then repeats the denial and the row
    supports the denied edge. A negative row contradicts only if its note says that the opposite was found, and never with
    a p value of 0.05 or more, or an interval over the null value.

    >>> stance_of_polarity("negative", "primary endpoint not met, p=0.45", negated=False)
    <Stance.NOT_SHOWN: 'not-shown'>
    >>> stance_of_polarity("negative", "survival worse than on placebo, p=0.01", negated=False)
    <Stance.CONTRADICTS: 'contradicts'>
    """
    word = polarity.strip().casefold()
    if word not in _STANCES:
        known = ", ".join(filter(None, _STANCES))
        raise Invalid(f"“{polarity[:40]}” is no polarity.", cure=f"Write one of {known}, or nothing.")
    if word != "negative":
        return _STANCES[word]
    if negated:
        return Stance.SUPPORTS
    if _OPPOSITE.search(note[:4_000]) and not _shows_nothing(note[:4_000]):
        return Stance.CONTRADICTS
    return Stance.NOT_SHOWN


def _shows_nothing(note: str) -> bool:
    if any(p.significant is False for p in read_p_values(note)):
        return True
    effect = read_effect(note)
    return effect is not None and spans_null(effect) is True
