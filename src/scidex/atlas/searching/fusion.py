"""Two rankings made one: a convex combination of their scores (Bruch, Gai and Ingber 2023, doi:10.1145/3596512).

Each score is first put between 0 and 1 by the least it could be and the most that was found. The paper finds this better than
reciprocal rank fusion, on collections it was tuned for and on others.
"""

from __future__ import annotations

from collections.abc import Mapping

ALPHA = 0.8
"""How much of the sum meaning makes up. Our choice: it was not tuned on any judged collection."""
_LEAST_COSINE = -1.0


def fused(
    by_words: Mapping[str, float], by_meaning: Mapping[str, float], *, alpha: float = ALPHA
) -> list[tuple[str, float]]:
    """Every id with its score between 0 and 1, best first; equal ones by id. What a ranking does not have scores 0 in it.

    `by_words` are scores of 0 and more, `by_meaning` cosines, also of what only words found: else whatever is not among the
    nearest, an identifier that was asked for too, would come after all that are.

    >>> [id_ for id_, _ in fused({"a": 8.0, "b": 6.0}, {"b": 0.9, "c": 0.5})]
    ['b', 'c', 'a']
    """
    words = _scaled(by_words, 0.0)
    meaning = _scaled(by_meaning, _LEAST_COSINE)
    scores = {
        id_: alpha * meaning.get(id_, 0.0) + (1 - alpha) * words.get(id_, 0.0) for id_ in words.keys() | meaning.keys()
    }
    return sorted(scores.items(), key=lambda scored: (-scored[1], scored[0]))


def _scaled(scores: Mapping[str, float], least: float) -> dict[str, float]:
    most = max(scores.values(), default=least)
    if most <= least:
        return dict.fromkeys(scores, 1.0)
    return {id_: max(0.0, (score - least) / (most - least)) for id_, score in scores.items()}
