"""Names of people as BibTeX writes them (``First von Last``, ``von Last, Jr, First``, ``{Corporation}``) and CSL's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from scidex.atlas.bibliography.csl import MOST_NAMES
from scidex.atlas.bibliography.formats.latex import latex_of_text, text_of_latex

Name = dict[str, str]
"""A CSL name."""

OTHERS: Name = {"literal": "others"}
"""Stands at the end of a list that names not everybody."""

_TOKEN = re.compile(r"\\.|[{}]| and |,|[ ~]", re.DOTALL)


def names_of(source: str) -> list[Name]:
    """The names in a BibTeX field, in order; ``and others`` gives `OTHERS`.

    >>> names_of("Ludwig van Beethoven and {WHO} and others")
    [{'family': 'Beethoven', 'given': 'Ludwig', 'non-dropping-particle': 'van'}, {'literal': 'WHO'}, {'literal': 'others'}]
    """
    text = " ".join(source.split())
    names = [_name(each) for each in _split(text.replace(" and and ", " and "), " and ")[:MOST_NAMES]]
    return [name for name in names if name]


def _split(text: str, separator: str) -> list[str]:
    """`text` cut where `separator` (``" and "``, ``","`` or ``" "``, which a tie also is) stands outside braces."""
    parts: list[str] = []
    depth = start = 0
    for found in _TOKEN.finditer(text):
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth = max(depth - 1, 0)
        elif depth == 0 and (found[0] == separator or (separator == " " and found[0] == "~")):
            parts.append(text[start : found.start()])
            start = found.end()
    parts.append(text[start:])
    return parts


def _name(source: str) -> Name:
    source = source.strip()
    if source.lower() == "others":
        return dict(OTHERS)
    parts = [part.strip() for part in _split(source, ",")]
    words = _words(parts[0])
    if len(parts) == 1:
        if len(words) == 1 and _is_group(words[0]):
            return _known({"literal": text_of_latex(words[0])})
        first, von, last = _first_von_last(words)
        return _joined(last, first, von, [])
    von, last = _von_last(words)
    given = ", ".join(parts[2:]) if len(parts) > 2 else parts[1]
    return _joined(last, _words(given), von, _words(parts[1]) if len(parts) > 2 else [])


def _words(text: str) -> list[str]:
    return [word for word in _split(text, " ") if word]


def _is_group(word: str) -> bool:
    """Whether `word` is one pair of braces and what is in it, and not a letter with an accent."""
    if not word.startswith("{") or word.startswith("{\\"):
        return False
    depth = 0
    for found in _TOKEN.finditer(word):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0 and found[0] == "}":
            return found.end() == len(word)
    return False


def _is_particle(word: str) -> bool:
    if word.startswith("{") and not word.startswith("{\\"):
        return False
    letters = text_of_latex(word)
    return letters[:1].islower()


def _first_von_last(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The last word is the family's in any case; words between the first and the last particle are particles too."""
    small = [place for place, word in enumerate(words[:-1]) if _is_particle(word)]
    if not small:
        return words[:-1], [], words[-1:]
    return words[: small[0]], words[small[0] : small[-1] + 1], words[small[-1] + 1 :]


def _von_last(words: list[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) - 1 and _is_particle(words[count]):
        count += 1
    return words[:count], words[count:]


def _joined(last: list[str], first: list[str], von: list[str], junior: list[str]) -> Name:
    parts = {"family": last, "given": first, "non-dropping-particle": von, "suffix": junior}
    return _known({part: text_of_latex(" ".join(words)) for part, words in parts.items()})


def _known(name: Name) -> Name:
    return {part: text for part, text in name.items() if text}


def field_of(names: Iterable[Mapping[str, str]]) -> str:
    """`names` as a BibTeX field, each as ``von Last, Jr, First``."""
    listed = list(names)
    return " and ".join(
        "others" if place == len(listed) - 1 and name == OTHERS else _written(name) for place, name in enumerate(listed)
    )


def _written(name: Mapping[str, str]) -> str:
    if name.get("literal") or not name.get("family"):
        return "{" + latex_of_text(str(name.get("literal") or name.get("given") or "")) + "}"
    particle = latex_of_text(str(name.get("non-dropping-particle") or name.get("dropping-particle") or ""))
    family = _in_braces(latex_of_text(str(name["family"])), is_family=True)
    suffix = _in_braces(latex_of_text(str(name.get("suffix", ""))))
    given = _in_braces(latex_of_text(str(name.get("given", ""))))
    last = f"{particle} {family}" if particle else family
    if suffix:
        return f"{last}, {suffix}, {given}"
    return f"{last}, {given}" if given or " " in last or _is_group(last) else last


def _in_braces(text: str, *, is_family: bool = False) -> str:
    """`text` in braces if it would be taken apart, or its first word for a particle."""
    words = text.split(" ")
    is_cut = len(_split(text, ",")) > 1 or "and" in words
    return "{" + text + "}" if is_cut or (is_family and len(words) > 1 and _is_particle(words[0])) else text
