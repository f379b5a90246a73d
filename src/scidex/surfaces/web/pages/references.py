"""The reference list of a page: what each entry says, what the library finds, and how the three checks came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scidex.atlas.bibliography.csl import reference_line
from scidex.atlas.bibliography.identifiers import WorkId, ordered
from scidex.atlas.bibliography.resolution import CitationStatus, Known, Outcome, Resolution
from scidex.atlas.kinds.page import Reference
from scidex.surfaces.web.rendering import CitationTarget
from scidex.surfaces.web.rendering.citations import status_sentence

# A reader must see these beside the number, in the text; a verified or merely unresolved one speaks in its card.
_FLAGGED = {
    CitationStatus.MISMATCH: "mismatch",
    CitationStatus.AMBIGUOUS: "ambiguous",
    CitationStatus.UNRESOLVABLE: "not found",
    CitationStatus.RETRACTED: "retracted",
}
_BADGES = {
    CitationStatus.VERIFIED: "verified",
    CitationStatus.UNVERIFIED: "not verified",
    CitationStatus.MISMATCH: "mismatch",
    CitationStatus.AMBIGUOUS: "ambiguous",
    CitationStatus.UNRESOLVABLE: "not found",
    CitationStatus.RETRACTED: "retracted",
    CitationStatus.UNRESOLVED: "open",
}
# What whoever wrote the page says of an entry, where the library has nothing to say.
_AUTHORS_WORD = {
    "verified": "seen by the author",
    "listed": "as printed",
    "from-memory": "from memory",
    "ambiguous": "ambiguous",
    "unresolvable": "not found",
}


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """One entry of the reference list as shown.

    `text` is the work's own record where there is one, else what the page prints; `work` is the artifact's id. `status` is
    a `CitationStatus`, `badge` and `words` say it in short and at length; `checks` are the three outcomes.
    """

    number: int
    key: str
    text: str
    printed: str
    work: str
    url: str
    links: tuple[tuple[str, str], ...]
    status: str
    badge: str
    words: str
    flag: str
    candidates: tuple[str, ...]
    differences: tuple[str, ...]
    checks: tuple[tuple[str, str], ...]

    @property
    def resolved(self) -> bool:
        """Whether anything says what the work is."""
        return bool(self.text)

    @property
    def target(self) -> CitationTarget:
        """The entry as the markers in the text show it."""
        return CitationTarget(self.number, self.key, self.text, self.url, self.words, self.flag)


def reference_lines(references: Sequence[Reference], verdicts: Sequence[Resolution]) -> tuple[ReferenceLine, ...]:
    """The list, numbered in its order."""
    return tuple(
        _line(number, reference, verdict)
        for number, (reference, verdict) in enumerate(zip(references, verdicts, strict=True), 1)
    )


def _line(number: int, reference: Reference, verdict: Resolution) -> ReferenceLine:
    work = verdict.work
    # A mismatch shows what the page prints: the record is what it is not.
    is_record = work is not None and verdict.status is not CitationStatus.MISMATCH
    text = reference_line(work.item) if work is not None and is_record else reference.text
    ids = {*reference.identifiers, *(work.identifiers if work is not None and is_record else ())}
    open_ = verdict.status is CitationStatus.UNRESOLVED
    word = _AUTHORS_WORD.get(reference.status, "") if open_ else ""
    badge = f"open: {word}" if word else _BADGES[verdict.status]
    return ReferenceLine(
        number=number,
        key=reference.key,
        text=text,
        printed=reference.text,
        work=work.id if work is not None else "",
        url=reference.url if reference.url.startswith(("http://", "https://")) else "",
        links=tuple((_label(each, work), each.url) for each in ordered(ids)),
        status=str(verdict.status),
        badge=badge,
        words=_words(reference, verdict),
        flag=_FLAGGED.get(verdict.status, ""),
        candidates=verdict.candidates if work is None else (),
        differences=tuple(map(str, verdict.differences)),
        checks=(
            ("identifier", str(verdict.identity)),
            ("title, author, year", str(verdict.metadata)),
            ("passage", _passage(verdict.passage)),
        ),
    )


def _words(reference: Reference, verdict: Resolution) -> str:
    if verdict.status is not CitationStatus.UNRESOLVED:
        return verdict.sentence
    said = status_sentence(reference.status, reference.key)
    return said if reference.status == "unresolved" else f"{said}; the library has no record of it"


def _passage(outcome: Outcome) -> str:
    return "no passage quoted" if outcome is Outcome.NOT_GIVEN else str(outcome)


def _label(identifier: WorkId, work: Known | None) -> str:
    value = identifier.value.removeprefix("PMC") if identifier.scheme == "pmcid" else identifier.value
    words = {"doi": f"doi:{value}", "pmcid": f"PMC{value}", "nct": value}.get(
        identifier.scheme, f"{identifier.label} {value}"
    )
    return f"{words} (from memory)" if work is not None and identifier in work.remembered else words
