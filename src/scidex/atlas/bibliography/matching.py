"""Whether a citation and a record speak of the same work: titles, first authors, years, identifiers. Pure.

Strict where works are told apart (numbers, negations, prefixes, the order of authors), lenient only where printings of
one title are known to differ: case, punctuation, mark-up, accents, Greek letters, spelling variants, one slip of the pen,
a subtitle left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from scidex.atlas.bibliography.csl import first_author, plain_text, title_of, year_of
from scidex.atlas.bibliography.identifiers import WorkId, of_record

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "π": "pi", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe",
}  # fmt: skip
_LETTERS = str.maketrans(_GREEK)
# Spellings of one word on the two sides of the Atlantic.
_DIGRAPHS = re.compile(r"[ao]+e")
_OUR = re.compile(r"our(?=s?\b|ed\b|ing\b|al\b)")
_ISE = re.compile(r"is(?=e[ds]?\b|ing\b|ation\b)")
_NAME_DIGRAPHS = re.compile(r"([aou])e")
_MAIN_TITLE = re.compile(r"[:.?!]\s|\s[–—-]\s")
_CUT = re.compile(r"(?:\.\.\.|…)\s*$")
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_KEY = re.compile(r"([a-z][a-z'’-]{1,40}?)[-_:.]?((?:1[5-9]|20)\d\d)([a-z]?)(?:[-_:.a-z][\w-]{0,60})?", re.IGNORECASE)
# Where a printed reference passes from one of its parts to the next.
_PARTS = re.compile(r"(?<=[.?!;:,])\s+|[“”\"()\[\]]+|\s[–—-]\s|(?<=\w)[.]\s*(?=[A-Z])")
_MOST_PARTS = 60
_MOST_JOINED = 10
_BEFORE_A_NAME = 3
# Enough of a title to be told from others by its beginning.
_LEAST_MAIN_WORDS = 4
_MOST_SLIPS = 2
_MOST_CHARACTERS = 2_000
# A quarter of a printed reference's own words in the title is chance; three quarters is the title.
_SOME_WORDS = 4


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a citation says otherwise than the record."""

    field: str
    cited: str
    record: str

    def __str__(self) -> str:
        return f"{self.field}: cited as “{self.cited}”, the record says “{self.record}”"


@dataclass(frozen=True, slots=True)
class Cited:
    """What a citation says of the work it means. Empty where it says nothing.

    `text` is a reference as printed; `key` the author's key (``berry2019``); `malformed` what stood where an identifier
    should and is none.
    """

    key: str = ""
    identifiers: tuple[WorkId, ...] = ()
    title: str = ""
    author: str = ""
    year: int | None = None
    text: str = ""
    quote: str = ""
    malformed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What agrees and what differs; both empty if there was nothing to compare."""

    agreed: tuple[str, ...]
    differences: tuple[Difference, ...]


def cited_of(item: Mapping[str, Any], *, key: str = "", quote: str = "") -> Cited:
    """What a CSL-JSON record says, read as a citation."""
    return Cited(
        key or str(item.get("id", "")), of_record(item), title_of(item), first_author(item), year_of(item), quote=quote
    )


@lru_cache(maxsize=32_768)
def folded(text: str) -> str:
    """A title in the form in which two printings of it are equal.

    >>> folded("TGF-β1 in <i>Ischaemic</i> Stroke.") == folded("TGF-beta1 in ischemic stroke")
    True
    """
    decomposed = unicodedata.normalize("NFKD", plain_text(text[:_MOST_CHARACTERS])).casefold()
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_LETTERS)
    words = "".join(letter if letter.isalnum() else " " for letter in bare).split()
    return _ISE.sub("iz", _OUR.sub("or", _DIGRAPHS.sub("e", " ".join(words))))


def title_key(title: str) -> str:
    """The key under which a library looks for the same title; empty if there is nothing to look for."""
    return folded(title).replace(" ", "")[:200]


def folded_name(name: str) -> str:
    """A family name in the form in which its transliterations are equal."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_LETTERS)
    return _NAME_DIGRAPHS.sub(r"\1", "".join(letter if letter.isalnum() else " " for letter in bare)).strip()


def titles_agree(cited: str, actual: str) -> bool:
    """Whether both are the title of one work."""
    left, right = folded(cited), folded(actual)
    if not left or not right:
        return False
    if left.replace(" ", "") == right.replace(" ", ""):
        return True
    if _CUT.search(cited) and len(left) >= 25 and right.startswith(left):
        return True
    if _is_main_title(left, actual) or _is_main_title(right, cited):
        return True
    return _but_for_slips(left.split(), right.split())


def _is_main_title(short: str, whole: str) -> bool:
    if len(short.split()) < _LEAST_MAIN_WORDS:
        return False
    # The mark that ends a main title is lost by folding, so the printed form is cut at each.
    text = plain_text(whole[:_MOST_CHARACTERS])
    return any(folded(text[: mark.start()]) == short for mark in _MAIN_TITLE.finditer(text))


def _but_for_slips(left: list[str], right: list[str]) -> bool:
    """Whether two titles differ only by slips: the same words in order but for a letter in at most two of them."""
    if len(left) != len(right) or len(left) < _LEAST_MAIN_WORDS:
        return False
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    return len(pairs) <= _MOST_SLIPS and all(_is_slip(a, b) for a, b in pairs)


def _is_slip(left: str, right: str) -> bool:
    # Numbers, short words and first letters tell works apart: phase 1 and phase 2, afferent and efferent.
    if len(left) < 5 or len(right) < 5 or left[0] != right[0] or any(letter.isdigit() for letter in left + right):
        return False
    return DamerauLevenshtein.distance(left, right, score_cutoff=1) <= 1


def names_agree(cited: str, actual: str) -> bool:
    """Whether two printings of a first author's name may be of one: by family name, particles and initials aside."""
    left, right = folded_name(cited).split(), folded_name(actual).split()
    if not left or not right:
        return False
    if left == right or "".join(left) == "".join(right):
        return True
    # "Berry JD" or "J. D. Berry" against "Berry"; "van der Berg" against "Berg".
    wanted = [word for word in right if len(word) > 2] or right
    given = [word for word in left if len(word) > 2] or left
    return wanted[-1] in (given[0], given[-1]) or given[-1] in (wanted[0], wanted[-1])


@dataclass(slots=True)
class _Notes:
    """What has been compared so far."""

    agreed: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def add(self, name: str, cited: str, record: str, *, same: bool) -> None:
        if same:
            self.agreed.append(name)
        else:
            self.differences.append(Difference(name, cited[:300], record[:300]))


def compare(cited: Cited, item: Mapping[str, Any], identifiers: Iterable[WorkId] = ()) -> Comparison:
    """What the citation says against what the record says; `identifiers` are the record's beyond those in `item`."""
    notes = _Notes()
    ours = {*of_record(item), *identifiers}
    for each in cited.identifiers:
        of_scheme = sorted(known.value for known in ours if known.scheme is each.scheme)
        if of_scheme:
            notes.add(each.label, each.value, ", ".join(of_scheme), same=each in ours)
    if cited.title or cited.author or cited.year is not None:
        _compare_fields(cited, item, notes)
    elif cited.text:
        _compare_text(cited.text, item, notes)
    else:
        _compare_key(cited.key, item, notes)
    return Comparison(tuple(notes.agreed), tuple(notes.differences))


def _compare_fields(cited: Cited, item: Mapping[str, Any], notes: _Notes) -> None:
    if cited.title and title_of(item):
        notes.add("title", cited.title, title_of(item), same=_title_among(cited.title, item))
    if cited.author and first_author(item):
        notes.add("first author", cited.author, first_author(item), same=names_agree(cited.author, first_author(item)))
    year = year_of(item)
    if cited.year is not None and year is not None:
        # Works appear online in one year and in print in the next: one off is let pass where all else agrees.
        off = 1 if "title" in notes.agreed and not notes.differences else 0
        notes.add("year", str(cited.year), str(year), same=abs(cited.year - year) <= off)


def _title_among(title: str, item: Mapping[str, Any]) -> bool:
    others = (item.get(name) for name in ("original-title", "title-short", "reviewed-title"))
    return any(titles_agree(title, str(other)) for other in (title_of(item), *others) if other)


def _compare_key(key: str, item: Mapping[str, Any], notes: _Notes) -> None:
    """All a bare key says of its work is a surname and a year."""
    parts = parts_of_key(key)
    if parts is None:
        return
    surname, key_year = parts
    author, year = first_author(item), year_of(item)
    if author:
        notes.add("first author of the key", surname, author, same=names_agree(surname, author))
    if year is not None:
        notes.add("year of the key", str(key_year), str(year), same=key_year == year)


def _compare_text(text: str, item: Mapping[str, Any], notes: _Notes) -> None:
    """A printed reference: title, first author and year must stand in it, as far as it names any."""
    text = text[:_MOST_CHARACTERS]
    words, title = folded(text), folded(title_of(item))
    has_title = bool(title) and _stands_as_title(title, text, item)
    # A reference may name the work without its title ("Berry JD, Neurology 2019;93:e2294").
    if title and (has_title or _own_words(words, item) >= _SOME_WORDS):
        notes.add("title", _cut(text), title_of(item), same=has_title)
    author = first_author(item)
    if author and not (has_title and words.startswith(title)):
        names = folded_name(author).split()
        # The first author stands first, after his initials at most: a name further on is another author's.
        first = folded_name(text[:400]).split()[: len(names) + _BEFORE_A_NAME]
        stands = set(first) >= {word for word in names if len(word) > 2 or len(names) == 1}
        notes.add("first author", _cut(text), author, same=stands)
    years, year = {int(found) for found in _YEAR.findall(text)}, year_of(item)
    if years and year is not None:
        notes.add(
            "year", ", ".join(map(str, sorted(years))), str(year), same=any(abs(each - year) <= 1 for each in years)
        )


def _cut(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"


def _stands_as_title(title: str, text: str, item: Mapping[str, Any]) -> bool:
    """Whether a printed reference has this title: beginning where a part of it begins, and ending where one ends.

    "Long-term safety of X" is not "Safety of X", nor is "Safety of X in children".
    """
    parts = [part for part in _PARTS.split(text) if part.strip()][:_MOST_PARTS]
    container = folded(f"{item.get('container-title', '')} {item.get('container-title-short', '')}").split()
    for place in range(len(parts)):
        rest = folded(" ".join(parts[place:]))
        if not rest.startswith(title):
            continue
        following = rest[len(title) :].split()
        if not following or (rest[len(title)] == " " and _may_follow(following[0], container)):
            return True
        if any(run == title for run in _runs(parts, place)):
            return True
    # Otherwise one with slips of the pen, or other hyphens. Aligned first: most references are of another title altogether.
    if fuzz.partial_ratio(title, folded(text), score_cutoff=85) == 0:
        return False
    wanted, bare = title.split(), title.replace(" ", "")
    runs = (run for place in range(len(parts)) for run in _runs(parts, place))
    return any(run.replace(" ", "") == bare or _but_for_slips(run.split(), wanted) for run in runs)


def runs_of(text: str) -> list[str]:
    """The parts of a printed reference, and those parts that follow each other, joined: one of them is its title."""
    parts = [part for part in _PARTS.split(text[:_MOST_CHARACTERS]) if part.strip()][:_MOST_PARTS]
    ends = ((place, end) for place in range(len(parts)) for end in range(place + 1, min(place + 4, len(parts)) + 1))
    return [" ".join(parts[place:end]) for place, end in ends]


def _runs(parts: Sequence[str], place: int) -> Iterator[str]:
    for end in range(place + 1, min(place + _MOST_JOINED, len(parts)) + 1):
        yield folded(" ".join(parts[place:end]))


def _may_follow(word: str, container: list[str]) -> bool:
    """Whether a word may come after a title that no mark closes: a year, or the beginning of the journal's name."""
    return word[0].isdigit() or any(each.startswith(word) for each in container)


def _own_words(words: str, item: Mapping[str, Any]) -> int:
    """How many words of a printed reference are neither names, journal nor numbers: those of a title, if it has one."""
    known = set(folded(str(item.get("container-title", ""))).split()) | set(
        folded(str(item.get("container-title-short", ""))).split()
    )
    for name in item.get("author") or ():
        known |= set(folded(f"{name.get('family', '')} {name.get('given', '')} {name.get('literal', '')}").split())
    known |= {
        "doi",
        "pmid",
        "http",
        "https",
        "www",
        "org",
        "available",
        "from",
        "journal",
        "volume",
        "article",
        "pages",
    }
    return sum(len(word) >= 4 and word.isalpha() and word not in known for word in words.split())


def parts_of_key(key: str) -> tuple[str, int] | None:
    """Surname and year of a key such as ``crigler2007``, if it is made that way.

    >>> parts_of_key("kim2020a"), parts_of_key("clinicaltrialsgov")
    (('kim', 2020), None)
    """
    found = _KEY.fullmatch(key)
    return (found[1], int(found[2])) if found else None


def same_work(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether two records without a shared identifier are of one work: title, first author and year all agree.

    Not if both carry an identifier of one scheme and they differ: a preprint and its article are two works.
    """
    ours, theirs = of_record(left), of_record(right)
    for each in ours:
        if any(other.scheme is each.scheme and other != each for other in theirs):
            return False
    return (
        title_key(title_of(left)) == title_key(title_of(right)) != ""
        and year_of(left) == year_of(right) is not None
        and names_agree(first_author(left), first_author(right))
    )


def best_titles(text: str, titles: Sequence[tuple[str, str]], *, most: int = 5) -> list[str]:
    """Which of ``(id, title)`` a printed reference may mean, likeliest first: for candidates, never for a verdict."""
    words = folded(text)
    scored = ((fuzz.token_set_ratio(folded(title), words), id_) for id_, title in titles)
    return [id_ for score, id_ in sorted(scored, key=lambda each: (-each[0], each[1])) if score >= 80][:most]
