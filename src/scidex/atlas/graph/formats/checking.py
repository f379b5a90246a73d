"""What the columns of a row mean, checked: identifiers, predicates, categories, sources. Answers are remembered per file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeVar

from scidex.atlas.bibliography.identifiers import WorkId, identifiers_in
from scidex.atlas.evidence.model import Stance, StudyDesign
from scidex.atlas.graph.categories import Category, category_of
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.formats.model import EntityRef, Problem
from scidex.atlas.graph.formats.texts import hides, name_in
from scidex.atlas.graph.model import Qualifiers
from scidex.atlas.graph.predicates import Reading, predicate_of
from scidex.kernel.errors import Invalid

_REMEMBERED = 131_072
"""Answers kept of each kind: enough for the entities of a large graph, some tens of megabytes at most."""
_LONGEST = 2_000
"""Characters of what is remembered."""
_PMID = re.compile(r"(?:PMID|pmid):([1-9]\d{0,8})")
_PREFIXED = re.compile(r"(?:PMC:(?=PMC)|PMC:(?=\d)|clinicaltrials(?:\.gov)?:(?=NCT))", re.IGNORECASE)
_KEY = re.compile(r"@?([^\W\d_][\w-]{0,60}?\d{4}[a-z]{0,2})")
_MARKED_KEY = re.compile(r"@([\w][\w:.#$%&+?<>~/-]{0,199})")
# A semicolon may be part of a DOI, so it parts only what is followed by a blank, the end or the next source.
_BETWEEN = re.compile(r"\s*(?:;(?=\s|$|doi:|https?:|10\.\d{4}|pm(?:id|c)|nct\d|@)|\|)\s*", re.IGNORECASE)
_TRUE, _FALSE = frozenset({"true", "yes", "1", "t"}), frozenset({"", "false", "no", "0", "f"})
_Word = TypeVar("_Word", Stance, StudyDesign)


class Checks:
    """The checks of one file. Every method raises Invalid for what is wrong, with the cure."""

    def __init__(self) -> None:
        self.entity = lru_cache(_REMEMBERED)(_entity)
        self.predicate = lru_cache(4_096)(_predicate)
        self.source = lru_cache(_REMEMBERED)(source_of)
        self.qualifiers = lru_cache(4_096)(_qualifiers)
        self.stance = lru_cache(64)(stance_in)
        self.design = lru_cache(64)(design_in)
        self._told: set[str] = set()
        self.waiting: list[Problem] = []

    def tell_once(self, line: int, what: str, message: str, cure: str) -> None:
        """Says something about the whole file the first time it is seen."""
        if what not in self._told:
            self._told.add(what)
            self.waiting.append(Problem(line, message, cure))

    def tell(self, line: int, message: str, cure: str) -> None:
        """Says something about a row that is read all the same."""
        self.waiting.append(Problem(line, message, cure))

    def tell_hidden(self, line: int, text: str) -> None:
        """Says once that a file has characters that nobody can see, if this row has."""
        if hides(text):
            message = "Here, and maybe further down, stand characters that no reader can see; they were taken out."
            self.tell_once(line, "hidden", message, "Look at the rows before you trust the file.")

    def told(self) -> Iterator[Problem]:
        """What has been said since it was last asked."""
        waiting, self.waiting = self.waiting, []
        yield from waiting


def _bounded(text: str, what: str) -> None:
    """Raises Invalid for text that is far too long. What is remembered must be short, blanks around it included."""
    if len(text) > _LONGEST:
        raise Invalid(f"The {what} has {len(text):,} characters.", cure="Shorten it.")


def _predicate(text: str) -> Reading:
    _bounded(text, "relation")
    return predicate_of(text)


def _entity(curie: str, name: str, category: str) -> EntityRef:
    """An end of an edge; without an identifier, one is made of its name."""
    _bounded(curie, "identifier")
    _bounded(name, "name")
    kept = name_in(name, "name")
    if curie.strip():
        return EntityRef(Curie.parse(curie), kept, category_in(category))
    if not kept:
        raise Invalid("An end of the edge has neither identifier nor name.", cure="Give it one of both.")
    return EntityRef(Curie.from_name(kept), kept, category_in(category))


@lru_cache(4_096)
def category_in(text: str) -> Category | None:
    """The most telling category of those in `text`, parted by bars; None if it is empty. Raises Invalid."""
    _bounded(text, "category")
    # KGX lists the ancestors too, the most specific not always first.
    given = [part for part in text.split("|") if part.strip()]
    found: Category | None = None
    fault: Invalid | None = None
    for each in given:
        try:
            category = category_of(each)
        except Invalid as error:
            fault = fault or error
            continue
        if found in (None, Category.NAMED_THING):
            found = category
    if found is None and fault is not None:
        raise fault
    return found


def _qualifiers(aspect: str, species: str, population: str, stage: str, dose: str) -> Qualifiers:
    given = (aspect, species, population, stage, dose)
    for each in given:
        _bounded(each, "qualifier")
    return Qualifiers(*(name_in(each, "qualifier") if each else "" for each in given))


def aspect_of(reading: Reading, given: str) -> str:
    """The aspect of an edge whose relation and whose column may both say one. Raises Invalid if they differ."""
    if reading.aspect and given and given.strip().casefold() != reading.aspect.casefold():
        raise Invalid(
            f"The relation is about “{reading.aspect[:60]}”, its aspect says “{given[:60]}”.",
            cure="Keep one of them, or write a relation without an aspect of its own.",
        )
    return given or reading.aspect


def denied(reading: Reading, given: str) -> bool:
    """Whether the edge is denied. Raises Invalid for what is neither yes nor no, and for what is denied twice."""
    word = given.strip().casefold()
    if word in _FALSE:
        return reading.negated
    if word not in _TRUE:
        raise Invalid(f"“{given[:40]}” does not say whether the edge is denied.", cure="Write true or false.")
    if reading.negated:
        raise Invalid(
            "The relation denies, and its column negated denies that.",
            cure="Write the relation without its “not”, or leave negated empty.",
        )
    return True


def source_of(text: str) -> tuple[str, str]:
    """The work that `text` names: its identifier or its citation key, and the words that stand beside it.

    Raises Invalid if nothing in `text` can be looked up.

    >>> source_of("crigler2007 (PMID:16336965)")
    ('pmid:16336965', 'crigler2007')
    >>> source_of("pittenger1999"), source_of("PMC8401282 table 6")
    (('@pittenger1999', ''), ('pmcid:PMC8401282', 'table 6'))
    """
    if found := _PMID.fullmatch(text):
        return f"pmid:{found[1]}", ""
    _bounded(text, "source")
    given = text.strip()
    if found := _PREFIXED.match(given):  # as compact URIs spell them
        number = given[found.end() :]
        given = f"PMC{number}" if number.isdigit() else number
    if (key := _MARKED_KEY.fullmatch(given) or _KEY.fullmatch(given)) and not WorkId.matches(given):
        return f"@{key[1]}", ""
    if not any(space in given for space in " \t\n"):
        try:
            return str(WorkId.parse(given)), ""
        except Invalid:
            pass
    within = identifiers_in(given)
    if len(within) == 1:
        return str(within[0]), _beside(given, within[0])
    if WorkId.matches(given):
        return str(WorkId.parse(given)), ""
    if within:
        raise Invalid(f"“{given[:80]}” names several works as one.", cure="Part them with semicolons.")
    raise Invalid(
        f"“{given[:80]}” names no source that can be looked up.",
        cure="Write a DOI, PMID, PMCID or NCT number, or a citation key such as pittenger1999.",
    )


def _beside(text: str, work: WorkId) -> str:
    """The words of `text` without the identifier, its prefix and its brackets."""
    at = text.casefold().find(work.value.casefold())
    if at < 0:
        return text
    before = re.sub(
        r"[\[(]?(?:https?://\S{0,100}?|doi:?|pmid:?|pmcid:?|isbn:?|arxiv:?)?\s*$", "", text[:at], flags=re.IGNORECASE
    )
    after = re.sub(r"^[/]?[\])]?", "", text[at + len(work.value) :])
    return " ".join(f"{before} {after}".split())


def spelled_source(source: str) -> str:
    """A source for a cell, so that it is read again: a key without its ``@`` where it is one without, a DOI escaped.

    >>> spelled_source("@pittenger1999"), spelled_source("doi:10.1000/a|b")
    ('pittenger1999', 'doi:10.1000/a%7Cb')
    """
    key = source[1:]
    if source.startswith("@"):
        return key if _KEY.fullmatch(key) and not WorkId.matches(key) else source
    escaped = source.replace("%", "%25") if "%" in source else source
    if parted(escaped) != [escaped]:
        escaped = escaped.replace("|", "%7C").replace(";", "%3B")
    return escaped


MOST_SOURCES = 1_000
"""Sources of one row."""


def parted(text: str) -> list[str]:
    """The sources in one cell, each once. Raises Invalid if there are too many.

    >>> parted("islam2012; PMID:32724315"), parted("PMID:1|PMID:2")
    (['islam2012', 'PMID:32724315'], ['PMID:1', 'PMID:2'])
    """
    if ";" not in text and "|" not in text:
        return [text] if text.strip() else []
    found: list[str] = []
    for part in _BETWEEN.split(text):
        found += part.split(";") if ";" in part and not WorkId.matches(part) else [part]
    return few(list(dict.fromkeys(part for part in found if part.strip())))


def few(sources: list[str]) -> list[str]:
    """The same sources. Raises Invalid if there are too many."""
    if len(sources) > MOST_SOURCES:
        raise Invalid(f"The row names {len(sources):,} sources.", cure="Part them over several rows.")
    return sources


def stance_in(text: str) -> Stance | None:
    """The stance called `text`, None for none. Raises Invalid."""
    return _word(Stance, text, "stance")


def design_in(text: str) -> StudyDesign | None:
    """The study design called `text`, None for none. Raises Invalid."""
    return _word(StudyDesign, text, "study design")


def _word(words: type[_Word], text: str, what: str) -> _Word | None:
    given = text.strip().casefold().replace("_", "-").replace(" ", "-")
    if not given:
        return None
    try:
        return words(given)
    except ValueError:
        raise Invalid(f"“{text[:60]}” is no {what}.", cure=f"Write one of {', '.join(words)}, or nothing.") from None


def size_in(text: str) -> int | None:
    """A sample size, None for none. Raises Invalid."""
    given = text.strip()
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 9 and int(given) > 0):
        raise Invalid(f"“{given[:40]}” is no sample size.", cure="Write a whole number above 0.")
    return int(given)


def no_evidence() -> Invalid:
    """The refusal of an edge that rests on nothing."""
    return Invalid(
        "This is an edge without evidence or run.",
        cure="Name a source that can be looked up: a DOI, PMID, PMCID or NCT number, a citation key, or a run.",
    )
