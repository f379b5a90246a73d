"""Words in the form in which they are compared: lower case, without accents, Greek letters by name."""

from __future__ import annotations

import unicodedata

_NAMES = """
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi
    omega"""
_LETTERS = "αβγδεζηθικλμνξοπρστυφχψω"
_GREEK = {
    **{ord(letter): name for letter, name in zip(_LETTERS, _NAMES.split(), strict=True)},
    **{ord(letter.upper()): name for letter, name in zip(_LETTERS, _NAMES.split(), strict=True)},
    ord("ς"): "sigma",
    ord("µ"): "mu",  # the micro sign
    ord("ϵ"): "epsilon",
    ord("ϕ"): "phi",
    ord("ϑ"): "theta",
}


def spelled_out(text: str) -> str:
    """`text` with Greek letters by their names, as people type them; the index folds case and accents itself.

    >>> spelled_out("TNF-α and Aβ")
    'TNF-alpha and Abeta'
    """
    return text if text.isascii() else text.translate(_GREEK)


def folded(word: str) -> str:
    """One word for comparing.

    >>> folded("Naïve"), folded("Aβ42")
    ('naive', 'abeta42')
    """
    lower = word.lower()
    if lower.isascii():
        return lower
    apart = unicodedata.normalize("NFD", spelled_out(lower))
    return "".join(character for character in apart if not unicodedata.combining(character))
