"""Compact URIs: ``MONDO:0004975`` instead of an address, the same for every spelling, held to the registry of prefixes.

What prefixes there are, and what may follow each, says `prefixes.py`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from scidex.atlas.graph.names import greek_spelled
from scidex.atlas.graph.prefixes import ADDRESS, BY_SPELLING, FIELD, OWN, PREFIX, read_address, registered, spelled
from scidex.kernel.errors import Invalid

LONGEST = 120
"""The most characters of a compact URI, and (with an address around it) three times as many of what is parsed."""

_LONGEST_SLUG = 80
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WORKS = frozenset({"doi", "pmid", "pubmed", "pmc", "pmcid", "arxiv", "isbn", "openalex"})
_BARE_WORK = re.compile(r"10\.\d{4,9}/\S+|PMC\d+", re.IGNORECASE)
_BARE_TRIAL = re.compile(r"NCT\d{8}", re.IGNORECASE)
_WITH_UNDERSCORE = re.compile(r"([A-Za-z]{2,20})_(\w+)", re.ASCII)
# What in a pattern may match a character that no identifier has.
_OPEN = re.compile(r"\\[SWDs]|\[\^|(?<!\\)\.|[^\x21-\x7e]")
# Which addresses hold a prefix and an identifier, so that the registry need not be loaded for them.
_RESOLVERS = re.compile(
    r"https?://(?:www\.)?(?:identifiers\.org|bioregistry\.io|n2t\.net|purl\.obolibrary\.org/obo|clinicaltrials\.gov/(?:ct2/show|study))/([^?#]+?)/?(?:[?#].*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is held to: the prefix in its spelling, and whether text fits what may follow it."""

    prefix: str
    fits: Callable[[str], object]
    example: str
    key: str


# Rules of the prefixes seen, by spelling. It cannot grow past the registry's prefixes: unknown ones are not kept.
_RULES: dict[str, _Rule] = {}


class Curie(str):
    """A compact URI in its one spelling: the prefix as the field writes it, and an identifier that fits its pattern.

    >>> Curie.parse("http://purl.obolibrary.org/obo/MONDO_0004975"), Curie.parse("hgnc:HGNC:4893"), Curie.parse("NCT03280056")
    ('MONDO:0004975', 'HGNC:4893', 'clinicaltrials:NCT03280056')
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """The compact URI in `text`: with any spelling of the prefix, with an underscore, or as an address.

        Raises Invalid if the prefix is unknown, if the rest does not fit its pattern, or if it names a work.
        """
        prefix, colon, local = text.partition(":")
        rule = _RULES.get(prefix)
        # The road of a million edges: already in its spelling.
        if rule is not None and rule.prefix == prefix and len(text) <= LONGEST and rule.fits(local):
            return str.__new__(cls, text)
        return str.__new__(cls, _parsed(text, colon))

    @classmethod
    def matches(cls, text: str) -> bool:
        """Whether `parse` takes it."""
        try:
            cls.parse(text)
        except Invalid:
            return False
        return True

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Our own identifier for something that no registry has a number for. Raises Invalid if no letter is left.

        >>> Curie.from_name("Neuronata-R (lenzumestrocel)")
        'scidex:neuronata-r-lenzumestrocel'
        """
        plain = unicodedata.normalize("NFKD", greek_spelled(name)).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", ""))[:_LONGEST_SLUG].strip("-")
        if not slug:
            raise Invalid(
                f"“{name[:60]}” has no letter or digit to make an identifier of.",
                cure="Give it a name in Latin letters.",
            )
        return str.__new__(cls, f"{OWN}:{slug}")

    @property
    def prefix(self) -> str:
        """The part before the colon."""
        return self.partition(":")[0]

    @property
    def local(self) -> str:
        """The part after the colon."""
        return self.partition(":")[2]

    @property
    def address(self) -> str:
        """Where its registry shows it; "" if it shows nothing, and for our own."""
        if self.prefix == OWN:
            return ""
        if known := FIELD.get(self.prefix):
            return known.address.replace("$1", self.local)
        return registered(self.prefix).address.replace("$1", self.local)


def _parsed(text: str, colon: str) -> str:
    given = text.strip()
    if len(given) > 3 * LONGEST:
        raise Invalid(f"“{given[:40]}…” is too long for an identifier.", cure=f"One has at most {LONGEST} characters.")
    if not given:
        raise Invalid("An identifier is missing.", cure="Write it as MONDO:0004975.")
    _refuse_odd_letters(given)
    if _BARE_WORK.fullmatch(given):
        raise _names_work(given)
    if _BARE_TRIAL.fullmatch(given):
        return f"clinicaltrials:{given.upper()}"
    if ADDRESS.match(given):
        return _from_address(given)
    if not colon and (parts := _WITH_UNDERSCORE.fullmatch(given)):
        return _checked(parts[1], parts[2], given)
    prefix, colon, local = given.partition(":")
    if not colon:
        raise Invalid(f"“{given[:60]}” is no identifier.", cure="Write prefix and number, such as MONDO:0004975.")
    return _checked(prefix, local, given)


def _refuse_odd_letters(given: str) -> None:
    """Only printable ASCII: a Cyrillic “С” in a prefix looks right to people and is another identifier to programs."""
    for character in given:
        if not " " < character <= "~":
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            raise Invalid(
                f"“{given[:60]}” holds the character {name}, which no identifier has.",
                cure="Type it anew with plain Latin letters and digits.",
            )


def _from_address(given: str) -> str:
    if found := _RESOLVERS.fullmatch(given):
        inner = found[1]
        for separator in (":", "/", "_"):
            prefix, there, local = inner.partition(separator)
            if there and spelled(prefix) is not None:
                return _checked(prefix, local, given)
        if _BARE_TRIAL.fullmatch(inner):
            return f"clinicaltrials:{inner.upper()}"
    parsed = read_address(given)
    if parsed is None:
        raise Invalid(
            f"“{given[:80]}” is not the address of an entry that the registry of prefixes knows.",
            cure="Write prefix and number, such as MONDO:0004975.",
        )
    return _checked(*parsed, given)


def _checked(prefix: str, local: str, given: str) -> str:
    prefix, local = prefix.strip(), local.strip()
    if prefix.casefold() in _WORKS:
        raise _names_work(given)
    rule = _rule(prefix)
    for candidate in _readings(rule, prefix, local):
        if rule.fits(candidate) and len(rule.prefix) + len(candidate) < LONGEST:
            return f"{rule.prefix}:{candidate}"
    raise Invalid(
        f"“{given[:60]}” is malformed: “{local[:40]}” is not what follows {rule.prefix}.",
        cure=f"It looks like {rule.prefix}:{rule.example}.",
    )


def _readings(rule: _Rule, prefix: str, local: str) -> list[str]:
    """The identifier as it stands, without the prefix said again (HGNC:HGNC:5, CVCL:CVCL_0440), and in capitals."""
    again = {prefix.casefold(), rule.prefix.casefold(), rule.key}
    bare = local
    while (parts := re.split("[:_]", bare, maxsplit=1))[0].casefold() in again and len(parts) == 2:
        bare = parts[1]
    return [local, bare, bare.upper(), bare.lower()]


def _rule(prefix: str) -> _Rule:
    """What `prefix` is held to. Raises Invalid if nobody knows it."""
    if (seen := _RULES.get(prefix)) is not None:
        return seen
    spelling = spelled(prefix)
    if spelling is None:
        raise _unknown(prefix)
    if spelling == OWN:
        rule = _Rule(OWN, _fits_slug, "neuronata-r", OWN)
    else:
        known = FIELD.get(spelling) or registered(spelling)
        # Printable ASCII only, digits too; where the registry has no pattern, anything of that is taken.
        form = known.pattern or ".+"
        printable = r"(?=[!-~]+\Z)" if _OPEN.search(form) else ""
        pattern = re.compile(f"{printable}(?:{form})", re.ASCII)
        rule = _Rule(spelling, pattern.fullmatch, known.example, known.key)
    _RULES[spelling] = rule
    return rule


def _fits_slug(local: str) -> bool:
    return len(local) <= _LONGEST_SLUG and _SLUG.fullmatch(local) is not None


def _unknown(prefix: str) -> Invalid:
    if not PREFIX.fullmatch(prefix):
        return Invalid(f"“{prefix[:40]}” is no prefix of identifiers.", cure="Write it as MONDO:0004975.")
    near = difflib.get_close_matches(prefix.casefold(), BY_SPELLING, n=1, cutoff=0.6)
    cure = f"Is it {BY_SPELLING[near[0]]}?" if near else f"Known are, among others, {', '.join(list(FIELD)[:8])}."
    return Invalid(f"No registry of identifiers knows the prefix “{prefix[:40]}”.", cure=cure)


def _names_work(given: str) -> Invalid:
    return Invalid(
        f"“{given[:60]}” names a work, not an entity.",
        cure="Give it as the source of the edge; an entity is, for example, MONDO:0004975.",
    )
