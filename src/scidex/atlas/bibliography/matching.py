"""Whether a citation and a record speak of the same work: titles, first authors, years, identifiers. Pure.

Strict where works are told apart (numbers, negations, prefixes, the order of authors), lenient only where printings of
one title are known to differ: case, punctuation, mark-up, accents, Greek letters, spelling variants, one slip of the pen,
a subtitle left out.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from scidex.atlas.bibliography.csl import YEAR, first_author, plain_text, title_of, year_of
from scidex.atlas.bibliography.identifiers import WorkId, of_record


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "ο": "o", "π": "pi", "ρ": "rho",
    "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe",
    "&": " and ", "+": " plus ", "%": " percent ", "‰": " permille ", "<": " below ", ">": " above ", "'": "", "’": "",
}  # fmt: skip
_LETTERS = str.maketrans(_GREEK)
# Spellings of one word on the two sides of the Atlantic, and numbers written in letters. Applied to both sides alike.
_DIGRAPHS = re.compile(r"ae(?=\w)|oe(?=str|dem|soph|t[au]|liac|bic)|(?<=rrh)oe(?=a)|(?<=man)oe(?=uv)|(?<=am)oe(?=b)")
_SPELLINGS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"(?<=\w\w)our(?=s?\b|ed\b|ing\b|al\b|able\b|less\b)", "or"),
        (r"(?<=\w\w)is(?=e[ds]?\b|ing\b|ations?\b)", "iz"),
        (r"(?<=\w)ll(?=ed\b|ing\b|ers?\b)", "l"),
        (r"(?<=\w)ys(?=e[drs]?\b|ing\b)", "yz"),
        (r"(?<=\w)bre(?=s?\b)", "ber"),
        (r"\baluminium", "aluminum"),
        (r"(?<=\w)llful", "lful"),
        (r"\bpractise", "practice"),
        (r"\bsulph", "sulf"),
        (r"\bgrey\b", "gray"),
        (r"\bageing\b", "aging"),
        (r"(?<=\w)gramme(?=s?\b)", "gram"),
        (r"(?<=\w)logue(?=s?\b)", "log"),
        (r"\bmano?euv(?:re|er)", "maneuver"),
        (r"(?<=\w)dgement", "dgment"),
        (r"(?<=\w\w)tre(?=s?\b)", "ter"),
    )
)
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
# What publishers and indexes put around a title that is no part of it.
_AROUND = re.compile(
    r"^\s*(?:retracted(?:\s+article)?\s*:\s*|retraction\s+notice\s*:\s*(?=$)|\[)|\]?\.?\s*[\[(](?:article\s+)?in\s+[a-z]{3,20}[\])]\.?\s*$"
    r"|\s*[\[(]retracted(?:\s+article)?[\])]\s*$",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"(?<=\d)[.·](?=\d)")
# A title with one of these before or behind it is another work about it.
_ABOUT = _words(
    "comment commentary comments reply replies response erratum errata corrigendum correction corrections addendum "
    "retraction editorial letter critique protocol author authors rebuttal discussion"
)
_NAME_DIGRAPHS = re.compile(r"([aou])e")
_MAIN_TITLE = re.compile(r"[:.?!]\s|\s[–—-]\s")
_CUT = re.compile(r"(?:\.\.\.|…)\s*\]?\.?\s*$")
_KEY = re.compile(r"([a-z][a-z'’-]{1,40}?)[-_:.]?((?:1[5-9]|20)\d\d)([a-z]?)(?:[-_:.a-z][\w-]{0,60})?", re.IGNORECASE)
# The parts of a printed reference, each up to the mark that ends it.
_PART = re.compile(r"[^.?!;:,“”\"()\[\]]+(?:[.?!;:,](?!\s|$|[A-Z“\"])[^.?!;:,“”\"()\[\]]*)*[.?!;:,]?")
_CUT_INSIDE = re.compile(r"\.\.\.|…|\[\.\.\.\]")
_IDENTIFIERS = re.compile(
    r"https?://\S{1,300}|\bdoi\s{0,2}:?\s{0,2}10\.\S{1,200}|\b10\.\d{4,9}/\S{1,200}", re.IGNORECASE
)
_PAGES_AND_ACCESS = re.compile(
    r"\b\d{1,5}\s{0,2}[–—-]{1,2}\s{0,2}\d{1,5}\b|\b(?:accessed|retrieved|cited|viewed)\b[^.;)\]]{0,40}", re.IGNORECASE
)
_SOME_LETTERS = 14
_MOST_PARTS = 60
_MOST_JOINED = 10
_BEFORE_A_NAME = 3
_REFERENCE_WORDS = _words("doi pmid pmcid http https www available from journal volume article pages vol al")
_PARTICLES = _words("van von der den del della des dos las los ter ten zur")
_OF_GROUPS = _words("the and for group groups study trial investigators collaborators collaborative consortium team")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
# Enough of a title to be told from others by its beginning.
_LEAST_MAIN_WORDS = 4
_SHORTEST_SLIP = 9
_MOST_CHARACTERS = 2_000


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
    malformed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What agrees and what differs; both empty if there was nothing to compare."""

    agreed: tuple[str, ...]
    differences: tuple[Difference, ...]


def cited_of(item: Mapping[str, Any]) -> Cited:
    """What a CSL-JSON record says, read as a citation."""
    return Cited(str(item.get("id", "")), of_record(item), title_of(item), first_author(item), year_of(item))


@lru_cache(maxsize=32_768)
def folded(text: str) -> str:
    """A title in the form in which two printings of it are equal.

    >>> folded("TGF-β1 in <i>Ischaemic</i> Stroke.") == folded("TGF-beta1 in ischemic stroke")
    True
    """
    text = _AROUND.sub("", html.unescape(plain_text(text[:_MOST_CHARACTERS])))
    words = _letters(_DECIMAL.sub(" point ", text)).split()
    if len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    text = _DIGRAPHS.sub("e", " ".join(_ROMAN.get(word, word) for word in words if word != "and"))
    for pattern, written in _SPELLINGS:
        text = pattern.sub(written, text)
    return text


def title_key(title: str) -> str:
    """The key under which a library looks for the same title; empty if there is nothing to look for."""
    return folded(title).replace(" ", "")[:200]


def folded_name(name: str) -> str:
    """A family name in the form in which its transliterations are equal."""
    return _NAME_DIGRAPHS.sub(r"\1", _letters(html.unescape(name))).strip()


def _letters(text: str) -> str:
    """`text` in small letters without accents, Greek and others written out, and blanks for all that is no letter or digit."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_LETTERS)
    return "".join(letter if letter.isalnum() else " " for letter in bare)


def titles_agree(cited: str, actual: str) -> bool:
    """Whether `cited` is the title of the work called `actual`: the whole of it, or all but its subtitle."""
    left, right = folded(cited), folded(actual)
    if not left or not right:
        return False
    if left.replace(" ", "") == right.replace(" ", ""):
        return True
    if _CUT.search(cited) and len(left) >= 25 and right.replace(" ", "").startswith(left.replace(" ", "")):
        return True
    if any(_same_words(left, main) for main in _main_titles(actual)):
        return True
    return _same_words(left, right)


def _main_titles(title: str) -> Iterator[str]:
    """A title without its subtitle, at each mark that may divide them; not where what is cut off makes it another work."""
    # The mark that ends a main title is lost by folding, so the printed form is cut at each.
    text = plain_text(title[:_MOST_CHARACTERS])
    for mark in _MAIN_TITLE.finditer(text):
        main = folded(text[: mark.start() + 1].rstrip(":.–—- "))
        if len(main.split()) >= _LEAST_MAIN_WORDS and not _ABOUT & set(folded(text[mark.end() :]).split()):
            yield main


def _same_words(left: str, right: str) -> bool:
    """Whether two titles are the same but for hyphens, blanks and one slip of the pen."""
    one, other = left.replace(" ", ""), right.replace(" ", "")
    if one == other:
        return True
    words, wanted = left.split(), right.split()
    if len(words) < _LEAST_MAIN_WORDS or len(words) != len(wanted):
        return False
    pairs = [(a, b) for a, b in zip(words, wanted, strict=True) if a != b]
    return len(pairs) == 1 and _is_slip(*pairs[0])


def _is_slip(left: str, right: str) -> bool:
    """Whether a long word lacks, doubles or swaps a letter. Another letter in its place makes another word too often."""
    if left + "s" == right or right + "s" == left:
        return min(len(left), len(right)) >= 5
    # Numbers, short words and first letters tell works apart: phase 1 and phase 2, afferent and efferent.
    if min(len(left), len(right)) < _SHORTEST_SLIP or left[0] != right[0] or any(c.isdigit() for c in left + right):
        return False
    if len(left) == len(right):
        return sorted(left) == sorted(right) and DamerauLevenshtein.distance(left, right, score_cutoff=1) <= 1
    return DamerauLevenshtein.distance(left, right, score_cutoff=1) <= 1


def names_agree(cited: str, actual: str) -> bool:
    """Whether two printings of an author's name may be of one: by family name, particles and initials aside.

    Of a double name the first or the second half may stand alone; two double names must be the same. Organisations are
    compared by the words that tell them apart.
    """
    if not cited.strip() or not actual.strip():
        return False
    left, right = _name_words(cited), _name_words(actual)
    if not left or not right:
        return folded_name(cited).replace(" ", "") == folded_name(actual).replace(" ", "") != ""
    joined, other = "".join(left), "".join(right)
    if joined == other or (_CJK.search(cited + actual) and (joined.startswith(other) or other.startswith(joined))):
        return True
    if min(len(left), len(right)) == 1:
        return left[0] == right[0] or left[-1] == right[-1]
    if len(right) > 2 or len(left) > 2:
        return set(left) - _OF_GROUPS == set(right) - _OF_GROUPS != set()
    return left == right


def _name_words(name: str) -> list[str]:
    """The words of a name without initials and particles."""
    words = folded_name(name).split()
    long = [word for word in words if len(word) > 2 and word not in _PARTICLES] or [w for w in words if len(w) > 1]
    return long or words


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
    elif not cited.identifiers:
        # A key is its author's own name for the work: beside an identifier it says nothing.
        _compare_key(cited.key, item, notes)
    return Comparison(tuple(notes.agreed), tuple(notes.differences))


def _compare_fields(cited: Cited, item: Mapping[str, Any], notes: _Notes) -> None:
    if cited.title and title_of(item):
        notes.add("title", cited.title, title_of(item), same=_title_among(cited.title, item))
    if cited.author and first_author(item):
        notes.add("first author", cited.author, first_author(item), same=_author_among(cited.author, item))
    year = year_of(item)
    if cited.year is not None and year is not None:
        # Works appear online in one year and in print in the next: one off is let pass where all else agrees.
        off = 1 if "title" in notes.agreed and not notes.differences else 0
        notes.add("year", str(cited.year), str(year), same=abs(cited.year - year) <= off)


def _author_among(author: str, item: Mapping[str, Any]) -> bool:
    """Whether it is the first author; where a group stands among the authors, also the group or the first person."""
    names = item.get("author") or item.get("editor") or ()
    if names_agree(author, first_author(item)):
        return True
    groups = [str(name["literal"]) for name in names if name.get("literal")]
    people = [str(name["family"]) for name in names if name.get("family")]
    return bool(groups) and any(names_agree(author, each) for each in (*groups, *people[:1]))


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
    text = _IDENTIFIERS.sub(" ", html.unescape(text[:_MOST_CHARACTERS]))
    title = title_of(item)
    before, after = _around_title(text, item) if title else (None, "")
    has_title = before is not None
    # A reference may name the work without its title ("Berry JD, Neurology 2019;93:e2294").
    if title and (has_title or _own_letters(text, item) >= _SOME_LETTERS):
        notes.add("title", _cut(text), title, same=has_title)
    _compare_author(before if before is not None else text, after, item, notes, has_title=has_title)
    told = _PAGES_AND_ACCESS.sub(" ", f"{before} {after}" if before is not None else text)
    years, year = {int(found) for found in YEAR.findall(told)}, year_of(item)
    if years and year is not None:
        off = 1 if has_title else 0
        notes.add(
            "year", ", ".join(map(str, sorted(years))), str(year), same=any(abs(each - year) <= off for each in years)
        )


def _compare_author(before: str, after: str, item: Mapping[str, Any], notes: _Notes, *, has_title: bool) -> None:
    """The first author stands before the title, after his initials at most; if nothing does, behind it."""
    author = first_author(item)
    if not author:
        return
    place = before if re.search(r"[^\W\d_]{2,}", before) else after
    words = folded_name(place[:400]).split()
    if (
        has_title
        and place is after
        and (not words or words[0].isdigit() or _may_follow(folded(words[0]), _container(item)))
    ):
        return
    people = item.get("author") or ()
    has_group = any(name.get("literal") for name in people)
    names = [str(name.get("literal") or name.get("family") or "") for name in people] if has_group else []
    allowed = [author, *filter(None, names)][:3]
    stands = any(_begins_with(words, each) for each in allowed)
    notes.add("first author", _cut(place), author, same=stands)


def _begins_with(words: list[str], name: str) -> bool:
    wanted = _name_words(name)
    first = words[: len(folded_name(name).split()) + _BEFORE_A_NAME]
    if _CJK.search(name):
        return "".join(wanted)[:1] in "".join(first)
    return "".join(wanted) in "".join(first) or any(
        names_agree(word, name) for word in first if len(word) > 2 or len(wanted) == 1
    )


def _container(item: Mapping[str, Any]) -> list[str]:
    return folded(
        f"{item.get('container-title', '')} {item.get('container-title-short', '')} {item.get('publisher', '')}"
    ).split()


def _cut(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"


def _around_title(text: str, item: Mapping[str, Any]) -> tuple[str | None, str]:
    """What stands before and behind the title in a printed reference; None and nothing if the title does not stand in it.

    The title begins where a part of the reference begins and ends where one ends. "Long-term safety of X" is not "Safety of
    X", nor is "Safety of X in children", "Comment on: Safety of X" or "Safety of X: a study in rats".
    """
    parts = [(match.start(), match.end()) for match in _PART.finditer(text) if match.group().strip()][:_MOST_PARTS]
    title = folded(title_of(item))
    wanted = {title, *_main_titles(title_of(item))}
    container = _container(item)
    if fuzz.partial_ratio(min(wanted, key=len), folded(text), score_cutoff=75) == 0 and not _CUT_INSIDE.search(text):
        return None, ""
    for place, (start, _) in enumerate(parts):
        for _, end in parts[place : place + _MOST_JOINED]:
            run = text[start:end]
            own = folded(run)
            if not own or not (any(_same_words(own, each) for each in wanted) or _is_cut_title(run, title)):
                found = _with_tail(own, title, container)
                if not found:
                    continue
            before, after = text[:start], text[end:]
            if not _ABOUT & set(folded(before[-60:]).split()) and _may_end(run, after, container):
                return before, after
    return None, ""


def _is_cut_title(run: str, title: str) -> bool:
    own = folded(run).replace(" ", "")
    return bool(_CUT_INSIDE.search(run)) and len(own) >= 25 and title.replace(" ", "").startswith(own)


def _with_tail(own: str, title: str, container: list[str]) -> bool:
    """Whether the title stands at the beginning, and what no mark divides from it is a year or the journal."""
    rest = own.removeprefix(title).split() if own.startswith(title) else []
    return bool(rest) and own[len(title)] == " " and _may_follow(rest[0], container)


def _may_end(run: str, after: str, container: list[str]) -> bool:
    """Whether a title may end here: at the end of a sentence, or before the journal, a number or an address."""
    if run.rstrip()[-1:] in '.?!…”"' or after.lstrip()[:1] in ("", "(", "[", "”", '"', "]", ")"):
        words = folded(after).split()[:3]
        return not (_ABOUT & set(words) and run.rstrip()[-1:] != ".")
    words = folded(after).split()
    return (
        not words or _may_follow(words[0], container) or words[0] in ("in", "available", "doi", "pmid", "http", "https")
    )


def _may_follow(word: str, container: list[str]) -> bool:
    """Whether a word may come after a title that no mark closes: a year, or the beginning of the journal's name."""
    return bool(word) and (word[0].isdigit() or any(each.startswith(word) for each in container))


def runs_of(text: str) -> list[str]:
    """The parts of a printed reference, and those parts that follow each other, joined: one of them is its title."""
    text = _IDENTIFIERS.sub(" ", text[:_MOST_CHARACTERS])
    parts = [match.group() for match in _PART.finditer(text) if match.group().strip()][:_MOST_PARTS]
    ends = ((place, end) for place in range(len(parts)) for end in range(place + 1, min(place + 4, len(parts)) + 1))
    return [" ".join(parts[place:end]) for place, end in ends]


def _own_letters(text: str, item: Mapping[str, Any]) -> int:
    """How many letters of a printed reference are neither names nor journal, up to where the journal stands: a title's."""
    container = set(_container(item))
    known = set(_REFERENCE_WORDS)
    for name in item.get("author") or ():
        known |= set(folded(f"{name.get('family', '')} {name.get('given', '')} {name.get('literal', '')}").split())
    letters = 0
    for word in folded(text).split():
        if word in container and len(word) > 3:
            break
        if word not in known and word.isalpha() and not any(each.startswith(word) for each in container):
            letters += len(word) if len(word) > 3 or _CJK.search(word) else 0
    return letters


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
