"""The query language. Any text is a question: what cannot be read as syntax is words.

===================  =====================================================================
``stem cell``        either word; answers with more of them, and rarer ones, come first
``"stem cell"``      these words in this order must be there, as they are spelled
``+als``             this word must be there
``-mouse``           this must not
``mesenchym*``       words that begin like this
``als OR mnd``       one of the two must be there
``kind:paper``       a condition: ``kind``, ``about``, ``year``, ``level``, ``stance``, ``entity``
``year:2019..2024``  from and to; ``year:2019..`` and ``year:..2024`` are open
===================  =====================================================================

Words are wishes and everything with an operator is a condition. So a pasted sentence finds what is nearest to it, and a
careful question finds exactly what it says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from scidex.atlas.searching.model import Clause, Facet, Filters, Form, Need, Query, Term, Years

LONGEST = 2_000
"""The most characters that are read."""
MOST_TERMS = 64
"""The most terms that are looked for."""
MOST_VALUES = 32
"""The most conditions on properties."""

_TOKEN = re.compile(
    r"""(?P<sign>[+-]?)
        (?:(?P<field>[A-Za-z]{1,10}):(?=[^\s:/]))?
        (?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))""",
    re.VERBOSE,
)
_ALIASES = {**{facet.value: facet for facet in Facet}, "type": Facet.ABOUT}
_YEARS = re.compile(r"(\d{4})?(?:(\.\.)(\d{4})?)?")
# The most common words of English decide nothing; they are looked for only where nothing else is asked, or in quotes.
_COMMON = """
    a an and are as at be but by for from had has have if in into is it its no not of on or s such t that the their then
    there these they this to was were what when where which who will with"""
STOP_WORDS = frozenset(_COMMON.split())


@dataclass(slots=True)
class _Reading:
    clauses: list[Clause] = field(default_factory=list)
    wanted: dict[Facet, list[str]] = field(default_factory=dict)
    unwanted: dict[Facet, list[str]] = field(default_factory=dict)
    years: list[Years] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    terms: int = 0
    values: int = 0


def parse(text: str) -> Query:
    """The question in `text`. Never fails.

    >>> parse('als -mouse "stem cell" year:2019..').clauses[1]
    Clause(terms=(Term(text='mouse', form=<Form.WORD: 'word'>),), need=<Need.NOT: 'not'>)
    """
    reading = _Reading()
    cleaned = clean(text)
    if len(cleaned) > LONGEST:
        cleaned = cleaned[:LONGEST]
        reading.notes.append(f"Only the first {LONGEST:,} characters were read.")
    tokens = list(_tokens(cleaned))
    place = 0
    while place < len(tokens):
        place = _read(tokens, place, reading)
    if reading.terms > MOST_TERMS:
        reading.notes.append(f"Only the first {MOST_TERMS} terms were looked for.")
    if reading.values > MOST_VALUES:
        reading.notes.append(f"Only the first {MOST_VALUES} conditions were used.")
    filters = Filters(
        {facet: tuple(dict.fromkeys(values)) for facet, values in reading.wanted.items()},
        {facet: tuple(dict.fromkeys(values)) for facet, values in reading.unwanted.items()},
        tuple(dict.fromkeys(reading.years)),
    )
    return Query(cleaned, _decided(reading.clauses), filters, tuple(reading.notes))


def clean(text: str) -> str:
    r"""`text` on one line, composed (NFC), without characters that cannot be seen.

    >>> clean("  a\u202e\x00b \n c ")
    'ab c'
    """
    # A long run of combining marks would make the composition slow.
    shown = (
        " " if character.isspace() else character
        for character in text[: 2 * LONGEST]
        if character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return unicodedata.normalize("NFC", " ".join("".join(shown).split()))


def condition(facet: Facet, value: str) -> str:
    """A condition as it is written in the language.

    >>> condition(Facet.ABOUT, "cell type"), condition(Facet.YEAR, "2019")
    ('about:"cell type"', 'year:2019')
    """
    plain = value.replace('"', "")
    return f"{facet.value}:{plain}" if re.fullmatch(r"[^\s\"]+", plain) else f'{facet.value}:"{plain}"'


def with_condition(text: str, facet: Facet, value: str) -> str:
    """The question narrowed."""
    return f"{text} {condition(facet, value)}".strip()


def without_condition(text: str, facet: Facet, value: str) -> str:
    """The question as it was before it was narrowed.

    >>> without_condition('als kind:paper "kind:paper"', Facet.KIND, "paper")
    'als "kind:paper"'
    """
    kept = []
    for found in _TOKEN.finditer(text):
        named = _ALIASES.get((found["field"] or "").lower())
        given = found["quoted"] if found["quoted"] is not None else found["bare"]
        if named is not facet or found["sign"] or given.lower() != value.lower():
            kept.append(found.group())
    return " ".join(kept)


@dataclass(frozen=True, slots=True)
class _Token:
    need: Need
    facet: Facet | None
    text: str
    quoted: bool
    sign: str = ""


def _tokens(text: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(text):
        name, quoted, bare, sign = found["field"] or "", found["quoted"], found["bare"], found["sign"]
        facet = _ALIASES.get(name.lower())
        given = quoted if quoted is not None else bare
        if name and facet is None:
            # No property of ours: a word with a colon in it, such as an identifier.
            given = f"{name}:{given}"
        need = {"+": Need.MUST, "-": Need.NOT, "": Need.WISH}[sign]
        if given.strip():
            yield _Token(need, facet, given.strip(), quoted is not None, sign)


def _read(tokens: list[_Token], place: int, reading: _Reading) -> int:
    """Reads the clause that begins at `place`; gives the place after it."""
    token = tokens[place]
    if token.facet is not None:
        _add_condition(token, reading)
        return place + 1
    if _operator(token) in ("OR", "AND"):
        return place + 1
    if _operator(token) == "NOT" and place + 1 < len(tokens) and tokens[place + 1].facet is None:
        _add_clause([tokens[place + 1]], Need.NOT, reading)
        return place + 2
    group, place, joined = [token], place + 1, ""
    while place + 1 < len(tokens) and _joins(tokens, place) and joined in ("", _operator(tokens[place])):
        joined = _operator(tokens[place])
        group.append(tokens[place + 1])
        place += 2
    if joined == "AND":
        for each in group:
            _add_clause([each], Need.NOT if each.need is Need.NOT else Need.MUST, reading)
    elif joined == "OR":
        _add_clause(group, Need.MUST, reading)
    else:
        need = Need.MUST if token.quoted and token.need is Need.WISH else token.need
        _add_clause(group, need, reading)
    return place


def _joins(tokens: list[_Token], place: int) -> bool:
    following = tokens[place + 1]
    return (
        _operator(tokens[place]) in ("OR", "AND")
        and following.facet is None
        and _operator(following) not in ("OR", "AND")
    )


def _operator(token: _Token) -> str:
    return token.text if not token.quoted and not token.sign and token.text in ("OR", "AND", "NOT") else ""


def _add_clause(tokens: list[_Token], need: Need, reading: _Reading) -> None:
    terms = []
    for token in tokens:
        term = _term(token)
        if term is None:
            continue
        reading.terms += 1
        if reading.terms <= MOST_TERMS:
            terms.append(term)
    if terms:
        reading.clauses.append(Clause(tuple(dict.fromkeys(terms)), need))


def _term(token: _Token) -> Term | None:
    if token.quoted:
        return Term(token.text, Form.PHRASE) if re.search(r"\w", token.text) else None
    word = token.text.strip("()[]{}<>,;:!?'“”‘’«»…").rstrip(".")
    if word.endswith("*") and len(beginning := word.strip("*")) >= 2 and re.fullmatch(r"\w+", beginning):
        return Term(beginning, Form.PREFIX)
    return Term(word) if re.search(r"\w", word) else None


def _decided(clauses: list[Clause]) -> tuple[Clause, ...]:
    """Without the wishes that decide nothing, if anything else is asked; and each clause once."""
    telling = [
        clause
        for clause in clauses
        if clause.need is not Need.WISH
        or clause.terms[0].text.lower() not in STOP_WORDS
        or clause.terms[0].form is not Form.WORD
    ]
    found = telling if any(clause.need is not Need.NOT for clause in telling) else clauses
    return tuple(dict.fromkeys(found))


def _add_condition(token: _Token, reading: _Reading) -> None:
    facet = token.facet
    if facet is None:  # pragma: no cover (the caller has looked)
        return
    reading.values += 1
    if reading.values > MOST_VALUES:
        return
    if facet is Facet.YEAR:
        years = _years(token.text)
        if years is None or token.need is Need.NOT:
            reading.notes.append(f"“year:{token.text[:40]}” is no year and was not used; write year:2019..2024.")
        else:
            reading.years.append(years)
        return
    values = reading.unwanted if token.need is Need.NOT else reading.wanted
    values.setdefault(facet, []).append(token.text[:200] if facet is Facet.ENTITY else token.text.lower()[:200])


def _years(text: str) -> Years | None:
    found = _YEARS.fullmatch(text)
    if found is None or not (found[1] or found[3]):
        return None
    first = int(found[1]) if found[1] else None
    if found[2] is None:
        return Years(first, first)
    return Years(first, int(found[3]) if found[3] else None)
