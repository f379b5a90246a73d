"""The identifiers of works, as typed values with their checks: DOI, PMID, PMCID, NCT, arXiv, ISBN and OpenAlex.

The text form is ``scheme:value`` in one spelling (``doi:10.1126/science.284.5411.143``), so that equal identifiers are
equal texts. It is also the name under which the library finds the work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote, unquote

from stdnum import isbn as isbn_numbers
from stdnum.exceptions import ValidationError

from scidex.kernel.errors import Invalid


class Scheme(StrEnum):
    """Who gives the identifier out. In the order in which one is chosen to stand for a work."""

    DOI = "doi"
    PMID = "pmid"
    PMCID = "pmcid"
    NCT = "nct"
    ARXIV = "arxiv"
    ISBN = "isbn"
    OPENALEX = "openalex"


_LABELS = {
    Scheme.DOI: "DOI",
    Scheme.PMID: "PMID",
    Scheme.PMCID: "PMCID",
    Scheme.NCT: "ClinicalTrials.gov",
    Scheme.ARXIV: "arXiv",
    Scheme.ISBN: "ISBN",
    Scheme.OPENALEX: "OpenAlex",
}
_PAGES = {
    Scheme.DOI: "https://doi.org/{}",
    Scheme.PMID: "https://pubmed.ncbi.nlm.nih.gov/{}/",
    Scheme.PMCID: "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
    Scheme.NCT: "https://clinicaltrials.gov/study/{}",
    Scheme.ARXIV: "https://arxiv.org/abs/{}",
    Scheme.ISBN: "https://search.worldcat.org/search?q=bn%3A{}",
    Scheme.OPENALEX: "https://openalex.org/{}",
}
# What each may look like, its customary prefixes and addresses taken off. All are linear.
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d{1,9})*/\S{1,200}")
_PMID = re.compile(r"0{0,3}([1-9]\d{0,8})")
_PMCID = re.compile(r"(?:PMC)?([1-9]\d{0,8})(?:\.\d{1,3})?", re.IGNORECASE)
_NCT = re.compile(r"(?:NCT)?(\d{8})", re.IGNORECASE)
_ARXIV = re.compile(
    r"(\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z]{2,10}(?:-[a-z]{2,4})?(?:\.[a-z]{2})?/\d{7})(?:v\d{1,3})?", re.IGNORECASE
)
_OPENALEX = re.compile(r"W[1-9]\d{1,11}", re.IGNORECASE)
_PREFIXES: dict[Scheme, re.Pattern[str]] = {
    Scheme.DOI: re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi\s{0,3}[:=]?\s{0,3}|info:doi/", re.IGNORECASE),
    Scheme.PMID: re.compile(
        r"(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/|pubmed\.gov/)"
        r"|(?:pmid|pubmed)\s{0,3}[:=]?\s{0,3}",
        re.IGNORECASE,
    ),
    Scheme.PMCID: re.compile(
        r"(?:https?://)?(?:pmc\.ncbi\.nlm\.nih\.gov/articles/|(?:www\.)?ncbi\.nlm\.nih\.gov/pmc/articles/"
        r"|europepmc\.org/article/pmc/)|pmcid\s{0,3}[:=]?\s{0,3}",
        re.IGNORECASE,
    ),
    Scheme.NCT: re.compile(
        r"(?:https?://)?(?:www\.)?clinicaltrials\.gov/(?:ct2/show|study|show)/|nct\s{0,3}[:=]\s{0,3}", re.IGNORECASE
    ),
    Scheme.ARXIV: re.compile(r"(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv\s{0,3}[:=]\s{0,3}", re.IGNORECASE),
    Scheme.ISBN: re.compile(r"isbn(?:-1[03])?\s{0,3}[:=]?\s{0,3}|urn:isbn:", re.IGNORECASE),
    Scheme.OPENALEX: re.compile(
        r"(?:https?://)?(?:api\.)?openalex\.org/(?:works/)?|openalex\s{0,3}[:=]\s{0,3}", re.IGNORECASE
    ),
}
_HINTS = {
    Scheme.DOI: "a DOI is 10.PREFIX/SUFFIX",
    Scheme.PMID: "a PMID is a number of up to nine digits",
    Scheme.PMCID: "a PMCID is PMC and a number",
    Scheme.NCT: "an NCT number is NCT and eight digits",
    Scheme.ARXIV: "an arXiv identifier is YYMM.NNNNN or archive/YYMMNNN",
    Scheme.ISBN: "an ISBN has 10 or 13 digits, the last of which checks the others",
    Scheme.OPENALEX: "an OpenAlex work is W and a number",
}
_LONGEST = 300
# Where identifiers stand in running text. The word before a bare number says what it is.
_IN_TEXT = re.compile(
    r"(?P<doi>\b10\.\d{4,9}/[^\s\"<>\[\]{}|\\^`]{1,200})"
    r"|(?P<pmcid>\bPMC[1-9]\d{0,8}\b)"
    r"|(?P<nct>\bNCT\d{8}\b)"
    r"|(?:\bPMID:?\s{0,3}|\bpubmed\.ncbi\.nlm\.nih\.gov/|\bncbi\.nlm\.nih\.gov/pubmed/)(?P<pmid>[1-9]\d{0,8})\b"
    r"|\barxiv(?::\s{0,3}|\.org/(?:abs|pdf)/)(?P<arxiv>\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[a-z]{2})?/\d{7})"
    r"|\bISBN(?:-1[03])?:?\s{0,3}(?P<isbn>[0-9][0-9Xx \-]{8,20}[0-9Xx])"
    r"|\bopenalex\.org/(?:works/)?(?P<openalex>W[1-9]\d{1,11})\b",
    re.IGNORECASE,
)
_TRAILING = ".,;:'\"!?"


class WorkId(NamedTuple):
    """One identifier of a work: checked, in its one spelling.

    >>> str(WorkId.parse("https://doi.org/10.1126/SCIENCE.284.5411.143"))
    'doi:10.1126/science.284.5411.143'
    >>> WorkId.parse("PMID: 10102814").url
    'https://pubmed.ncbi.nlm.nih.gov/10102814/'
    """

    scheme: Scheme
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @property
    def label(self) -> str:
        """The scheme as readers know it."""
        return _LABELS[self.scheme]

    @property
    def url(self) -> str:
        """The page that the identifier leads to."""
        return _PAGES[self.scheme].format(quote(self.value, safe="/:;()."))

    @classmethod
    def of(cls, scheme: Scheme | str, text: str) -> WorkId:
        """The identifier of `scheme` written in `text`, with or without prefix or address. Raises Invalid."""
        try:
            scheme = Scheme(scheme)
        except ValueError:
            raise Invalid(
                f"“{str(scheme)[:30]}” is no kind of identifier.", cure=f"Known: {', '.join(Scheme)}."
            ) from None
        given = text.strip()
        prefix = _PREFIXES[scheme].match(given)
        value = _checked(scheme, given[prefix.end() :].strip() if prefix else given)
        if value is None or len(given) > _LONGEST:
            raise Invalid(f"“{given[:60]}” is not a {_LABELS[scheme]}.", cure=f"Check it: {_HINTS[scheme]}.")
        return cls(scheme, value)

    @classmethod
    def parse(cls, text: str) -> WorkId:
        """The identifier that `text` as a whole is, if it says itself which kind. Raises Invalid.

        A bare number says nothing (it might be a PMID), so it is not accepted here.
        """
        given = text.strip()
        for scheme in Scheme:
            if len(given) <= _LONGEST and _says_itself(scheme, given):
                return cls.of(scheme, given)
        raise Invalid(
            f"“{given[:60]}” is not an identifier.",
            cure="Write it with its kind: doi:10.1000/182, PMID:123, PMC123, NCT01234567, arXiv:2101.00001, ISBN 9780306406157.",
        )

    @classmethod
    def matches(cls, text: str) -> bool:
        """Whether `text` as a whole is an identifier that says its kind."""
        try:
            cls.parse(text)
        except Invalid:
            return False
        return True


_BARE = {Scheme.DOI: _DOI, Scheme.OPENALEX: _OPENALEX}
_MARKED = {Scheme.PMCID: "pmc", Scheme.NCT: "nct"}
_RANK = {scheme: place for place, scheme in enumerate(Scheme)}


def _says_itself(scheme: Scheme, text: str) -> bool:
    if _PREFIXES[scheme].match(text):
        return True
    if scheme in _BARE:
        return _BARE[scheme].fullmatch(text) is not None
    return scheme in _MARKED and text[:3].casefold() == _MARKED[scheme] and text[3:4].isdigit()


def _checked(scheme: Scheme, text: str) -> str | None:
    """The one spelling of a bare value; None if it is not of the scheme."""
    if not text.isprintable():
        return None
    if scheme is Scheme.DOI:
        value = (unquote(text) if "%" in text else text).rstrip(".,;")
        # ASCII only: the DOI Handbook (2.4) folds the case of ASCII letters and leaves all others alone.
        return _ascii_lower(value) if _DOI.fullmatch(value) and value.isprintable() else None
    if scheme is Scheme.ISBN:
        try:
            return str(isbn_numbers.to_isbn13(isbn_numbers.validate(text)))
        except ValidationError:
            return None
    pattern, write = _PLAIN[scheme]
    found = pattern.fullmatch(text.rstrip("/").removesuffix(".pdf")) if text.isascii() else None
    return write(found) if found else None


_PLAIN: dict[Scheme, tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = {
    Scheme.PMID: (_PMID, lambda found: found[1]),
    Scheme.PMCID: (_PMCID, lambda found: f"PMC{found[1]}"),
    Scheme.NCT: (_NCT, lambda found: f"NCT{found[1]}"),
    Scheme.ARXIV: (_ARXIV, lambda found: found[1].lower()),
    Scheme.OPENALEX: (_OPENALEX, lambda found: found[0].upper()),
}


def _ascii_lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def identifiers_in(text: str, *, most: int = 50) -> tuple[WorkId, ...]:
    """The identifiers standing in running text, in order, each once, at most `most`.

    A closing bracket or full stop that belongs to the sentence is left out of a DOI.

    >>> [str(i) for i in identifiers_in("Science 1999 (doi:10.1126/science.284.5411.143). PMID: 10102814.")]
    ['doi:10.1126/science.284.5411.143', 'pmid:10102814']
    """
    found: dict[WorkId, None] = {}
    for match in _IN_TEXT.finditer(text):
        scheme = Scheme(str(match.lastgroup))
        value = match[scheme]
        if scheme is Scheme.DOI:
            value = _without_sentence(value)
        try:
            found.setdefault(WorkId.of(scheme, value))
        except Invalid:
            continue
        if len(found) >= most:
            break
    return tuple(found)


def _without_sentence(value: str) -> str:
    while value and (value[-1] in _TRAILING or (value[-1] == ")" and value.count("(") < value.count(")"))):
        value = value[:-1]
    return value


def of_record(item: Mapping[str, object]) -> tuple[WorkId, ...]:
    """The well-formed identifiers that a CSL-JSON record carries, in the order of `Scheme`."""
    found: dict[WorkId, None] = {}
    for scheme, name in (
        (Scheme.DOI, "DOI"),
        (Scheme.PMID, "PMID"),
        (Scheme.PMCID, "PMCID"),
        (Scheme.ISBN, "ISBN"),
    ):
        for piece in _pieces(str(item.get(name) or ""), scheme):
            found.update(_read(scheme, piece))
    number = str(item.get("number") or "")
    for text in (number, str(item.get("URL") or ""), str(item.get("archive_location") or "")):
        for scheme in (Scheme.NCT, Scheme.ARXIV, Scheme.OPENALEX):
            if _says_itself(scheme, text):
                found.update(_read(scheme, text))
    return ordered(found)


def _pieces(text: str, scheme: Scheme) -> list[str]:
    # One record may list the ISBNs of its bindings, by blanks or commas. Blanks inside an ISBN group its digits.
    if scheme is not Scheme.ISBN or not text:
        return [text] if text else []
    return re.split(r"[,;]\s*|\s+(?=97[89])", text)[:10]


def _read(scheme: Scheme, text: str) -> dict[WorkId, None]:
    try:
        return {WorkId.of(scheme, text): None}
    except Invalid:
        return {}


def ordered(ids: Iterable[WorkId]) -> tuple[WorkId, ...]:
    """Identifiers in the order of `Scheme`, then by value, each once."""
    return tuple(sorted(set(ids), key=lambda each: (_RANK[each.scheme], each.value)))
