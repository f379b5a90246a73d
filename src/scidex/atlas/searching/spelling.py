"""“Did you mean?”: the nearest words of the library's own vocabulary to a word it does not have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from scidex.atlas.searching.folding import folded

_SHORTEST = 4
_MOST_WORDS = 8


class Vocabulary:
    """Words with how many documents have them, kept by length so that a look compares few."""

    def __init__(self, counted: Iterable[tuple[str, int]]) -> None:
        self.counts = dict(counted)
        by_length: dict[int, list[str]] = defaultdict(list)
        for word in self.counts:
            if len(word) >= _SHORTEST and word.isalpha():
                by_length[len(word)].append(word)
        self._by_length = dict(by_length)

    def nearest(self, word: str) -> str:
        """The word it most likely stands for: the least edits (at most one in four letters), then the most common; or "".

        An edit is a letter added, dropped, changed, or swapped with its neighbour (optimal string alignment).

        >>> Vocabulary([("exosome", 9), ("exosomes", 4)]).nearest("exsoome")
        'exosome'
        """
        plain = folded(word)
        if len(plain) < _SHORTEST or not plain.isalpha() or plain in self.counts:
            return ""
        most = 1 if len(plain) < 6 else 2 if len(plain) < 12 else 3
        candidates: list[tuple[float, int, str]] = []
        for length in range(len(plain) - most, len(plain) + most + 1):
            near = process.extract(
                plain, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=most, limit=20
            )
            candidates += [(distance, -self.counts[found], found) for found, distance, _ in near]
        return min(candidates)[2] if candidates else ""


def corrected(words: Iterable[str], vocabulary: Vocabulary) -> dict[str, str]:
    """For each of `words` the library does not have, the word it most likely stands for; others are left out."""
    found: dict[str, str] = {}
    for word in list(dict.fromkeys(words))[:_MOST_WORDS]:
        if nearest := vocabulary.nearest(word):
            found[word] = nearest
    return found
