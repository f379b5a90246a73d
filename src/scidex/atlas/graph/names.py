"""When two written names are the same name: Greek letters, hyphens, plurals, possessives and British spelling do not count.

Letters of other scripts that only look Latin do count. `key` says under which key a name is looked up; `same_letters` and
`Token` keep what a key forgets, so that a reader can still ask for more than an equal key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "ζ": "zeta",
    "η": "eta",
    "θ": "theta",
    "ι": "iota",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ν": "nu",
    "ξ": "xi",
    "π": "pi",
    "ρ": "rho",
    "σ": "sigma",
    "ς": "sigma",
    "τ": "tau",
    "υ": "upsilon",
    "φ": "phi",
    "χ": "chi",
    "ψ": "psi",
    "ω": "omega",
    "ß": "beta",
    "µ": "mu",
}
"""Greek letters as names spell them out; ``ß`` is what some keyboards give for beta, ``µ`` is the sign for micro."""

_GREEK_LETTERS = str.maketrans(
    {**GREEK, **{letter.upper(): word for letter, word in GREEK.items() if len(letter.upper()) == 1}}
)
# What a Greek letter becomes in gene symbols: TGF-β1 is TGFB1 (HGNC's guidelines, doi:10.1038/s41588-020-0669-3).
_GREEK_INITIALS = re.compile(r"(alpha|beta|gamma|delta|epsilon|kappa|zeta|eta|theta)(?=\d*$)")
_INITIAL_OF = {
    "alpha": "a",
    "beta": "b",
    "gamma": "g",
    "delta": "d",
    "epsilon": "e",
    "kappa": "k",
    "zeta": "z",
    "eta": "h",
    "theta": "q",
}
_POSSESSIVE = re.compile(r"(?<=[A-Za-z])['’ʼ`´]s\b|(?<=s)['’ʼ](?=\s|$)")
_WORD = re.compile(r"[^\W_]+")
_PLURAL_SYMBOL = re.compile(r"[A-Z][A-Z0-9]+s")
_SINGULAR_ENDINGS = ("ss", "us", "is")
# Letters that look like Latin ones. Only those that could stand in a name of this field unseen.
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅавекмнорстухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧνο", "ABEKMHOPCTYXIJSabekmhopctyxijsABEZHIKMNOPTYXvo"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A run of letters and digits of a text, between `start` and `end`."""

    start: int
    end: int
    text: str


def greek_spelled(text: str) -> str:
    """`text` with Greek letters as words."""
    return text.translate(_GREEK_LETTERS)


def tokens(text: str) -> list[Token]:
    """The runs of letters and digits of a text, in order; the ``s`` of a possessive is none."""
    hidden = _POSSESSIVE.sub(lambda found: " " * len(found[0]), text)
    return [Token(found.start(), found.end(), found[0]) for found in _WORD.finditer(hidden)]


def key(name: str) -> str:
    """Under what a name is looked up: equal for spellings of one name. "" if it has no letter and no digit.

    >>> key("TGF-β1") == key("TGF-beta 1"), key("Alzheimer's disease") == key("Alzheimer disease"), key("Neurons")
    (True, True, 'neuron')
    """
    return key_of_words(token.text for token in tokens(name))


def key_of_words(words: Iterable[str]) -> str:
    """The key of a name whose tokens are `words`."""
    return "".join(map(_folded, words))


def symbol_keys(plain: str) -> tuple[str, ...]:
    """Other keys a gene may stand under: with a final Greek letter as its initial (``tgfbeta1`` is also ``tgfb1``)."""
    initial = _GREEK_INITIALS.sub(lambda found: _INITIAL_OF[found[1]], plain)
    return (initial,) if initial != plain and 3 <= len(initial) <= 8 else ()


@lru_cache(maxsize=65536)
def _folded(word: str) -> str:
    spelled = unicodedata.normalize("NFKC", greek_spelled(word))
    folded = spelled.casefold()
    if _PLURAL_SYMBOL.fullmatch(spelled):
        return folded[:-1]
    if len(folded) >= 6 and folded.isascii() and folded.isalpha():
        # British and American spelling. Short words are left alone: APOE is not APE.
        folded = folded.replace("ae", "e").replace("oe", "e").replace("isation", "ization").replace("ll", "l")
        folded = re.sub(r"our(?=s?$)", "or", folded)
        folded = re.sub(r"tre(?=s?$)", "ter", folded)
    if len(folded) >= 4 and spelled.endswith("s") and folded.isalpha():
        if folded.endswith("ies") and len(folded) > 5:
            return f"{folded[:-3]}y"
        # Kras, Nras and Hras are genes of the mouse.
        if not folded.endswith(_SINGULAR_ENDINGS) and not (len(folded) == 4 and folded.endswith("as")):
            return folded[:-1]
    return folded


def letters(name: str) -> str:
    """The letters and digits of a name in their case, Greek spelled out: what a symbol has to agree in."""
    return "".join(_WORD.findall(unicodedata.normalize("NFKC", greek_spelled(name))))


def is_symbol(name: str) -> bool:
    """Whether a name is a symbol or abbreviation (``NLRP3``, ``T-ALL``, ``TNF-alpha``) rather than words."""
    if len(name) > 14 or " " in name.strip():
        return False
    capitals = sum(letter.isupper() or letter.isdigit() for letter in name)
    small = sum(letter.islower() for letter in name)
    return capitals >= 2 or (capitals == 1 and small <= 3 and not name[0].isupper()) or len(name) == 1


def foreign(word: str) -> str | None:
    """The Latin word that a word of mixed or foreign script looks like; None if it is Latin, or looks like nothing.

    A single Greek letter beside Latin ones is how this field writes names and is not meant.
    """
    if word.isascii():
        return None
    scripts = {unicodedata.name(letter, "?").split(" ")[0] for letter in word if letter.isalpha()}
    if scripts <= {"LATIN", "MICRO"}:
        return None
    greek = [letter for letter in word if letter.casefold() in GREEK or letter in GREEK]
    if scripts <= {"LATIN", "MICRO", "GREEK"} and len(greek) <= 1 and not _looks_latin(greek):
        return None
    latin = word.translate(_LOOKALIKES)
    return latin if latin.isascii() and latin != word else None


def _looks_latin(greek: list[str]) -> bool:
    return any(letter.translate(_LOOKALIKES) != letter for letter in greek)
