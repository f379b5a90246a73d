"""From what a page cites to a work, or to an open question: one verdict for each citation, with its checks. Pure.

Three checks stand before a citation counts: the identifier exists, title, authors and year match it, the passage is
there. What cannot be checked is said and is never taken for passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from scidex.atlas.bibliography.identifiers import WorkId
from scidex.atlas.bibliography.matching import Cited, Difference, compare


class CitationStatus(StrEnum):
    """What is known of a citation. Only `VERIFIED` may count for anything."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    MISMATCH = "mismatch"
    AMBIGUOUS = "ambiguous"
    UNRESOLVABLE = "unresolvable"
    RETRACTED = "retracted"
    UNRESOLVED = "unresolved"


STATUS_WORDS: dict[CitationStatus, str] = {
    CitationStatus.VERIFIED: "verified: the work exists and is what the citation says",
    CitationStatus.UNVERIFIED: "identified, not verified: nobody has confirmed the record of the work",
    CitationStatus.MISMATCH: "mismatch: the work is not what the citation says",
    CitationStatus.AMBIGUOUS: "ambiguous: it may mean more than one work",
    CitationStatus.UNRESOLVABLE: "unresolvable: no such work was found",
    CitationStatus.RETRACTED: "retracted: the work was withdrawn by its publisher",
    CitationStatus.UNRESOLVED: "open: no record of this library answers to it",
}


class Outcome(StrEnum):
    """How one of the three checks came out."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_GIVEN = "not given"


@dataclass(frozen=True, slots=True)
class Known:
    """A work the library has a record of. `confirmed`: somebody saw the record at its source; `retracted`: the notice.

    `note` is what was written down about the record or about what its key stands for; `remembered` are identifiers that
    were put down from memory and vouch for nothing; `registrations` and `cohorts` name the study behind it.
    """

    id: str
    title: str
    item: Mapping[str, Any]
    identifiers: frozenset[WorkId]
    confirmed: bool
    retracted: str = ""
    note: str = ""
    remembered: frozenset[WorkId] = frozenset()
    registrations: frozenset[str] = frozenset()
    cohorts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """What the library knows of a key that stands for no one work: its candidates, and why it is open."""

    id: str
    status: CitationStatus
    note: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the library holds that may answer a set of citations."""

    by_identifier: Mapping[WorkId, Known]
    by_key: Mapping[str, Known | Question]
    absent: frozenset[WorkId] = frozenset()
    """Identifiers that their registry was asked for and does not have."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The verdict over one citation: the work if it is one, the three checks, and what differs or might be meant."""

    status: CitationStatus
    work: Known | None
    identity: Outcome
    metadata: Outcome
    passage: Outcome
    differences: tuple[Difference, ...] = ()
    candidates: tuple[str, ...] = ()
    note: str = ""

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        tail = "; ".join(map(str, self.differences)) or self.note
        return f"{STATUS_WORDS[self.status]}{'. ' if tail else ''}{tail}"


def resolve(cited: Cited, shelf: Shelf, *, passage: Outcome = Outcome.NOT_GIVEN) -> Resolution:
    """The verdict over `cited` from what stands on `shelf`. The same inputs always give the same verdict."""
    found = {each: shelf.by_identifier[each] for each in cited.identifiers if each in shelf.by_identifier}
    works = {work.id: work for work in found.values()}
    if len(works) > 1:
        return _mixed(found, passage)
    if works:
        work = next(iter(works.values()))
        if found.keys() <= work.remembered:
            named = ", ".join(each.label for each in found)
            work = replace(
                work, confirmed=False, note=f"The {named} of this record is from memory. {work.note}".strip()
            )
        return _judged(cited, work, shelf, passage)
    missing = [each for each in cited.identifiers if each in shelf.absent]
    if missing or (cited.malformed and not cited.identifiers):
        return _nonexistent(cited, missing, passage)
    answer = shelf.by_key.get(cited.key) if cited.key else None
    if isinstance(answer, Question):
        return Resolution(
            answer.status,
            None,
            Outcome.UNKNOWN,
            Outcome.UNKNOWN,
            passage,
            candidates=answer.candidates,
            note=answer.note,
        )
    if answer is not None and not cited.identifiers:
        return _by_key(cited, answer, shelf, passage)
    identity = Outcome.UNKNOWN if cited.identifiers else Outcome.NOT_GIVEN
    return Resolution(CitationStatus.UNRESOLVED, None, identity, Outcome.UNKNOWN, passage)


def _mixed(found: Mapping[WorkId, Known], passage: Outcome) -> Resolution:
    (first, one), *rest = found.items()
    differences = tuple(
        Difference(f"{first.label} and {each.label}", f"{first.value} with {each.value}", f"{one.title} / {work.title}")
        for each, work in rest
        if work.id != one.id
    )
    candidates = tuple(dict.fromkeys(work.id for work in found.values()))
    return Resolution(
        CitationStatus.MISMATCH, None, Outcome.FAILED, Outcome.FAILED, passage, differences, candidates,
        "The identifiers belong to different works.",
    )  # fmt: skip


def _nonexistent(cited: Cited, missing: Sequence[WorkId], passage: Outcome) -> Resolution:
    words = [f"{each.label} {each.value} is not registered" for each in missing]
    words += [f"“{text[:80]}” is no identifier" for text in cited.malformed]
    return Resolution(
        CitationStatus.UNRESOLVABLE, None, Outcome.FAILED, Outcome.UNKNOWN, passage, note="; ".join(words) + "."
    )


def _judged(cited: Cited, work: Known, shelf: Shelf, passage: Outcome) -> Resolution:
    compared = compare(cited, work.item, work.identifiers)
    differences = compared.differences + tuple(
        Difference(each.label, each.value, "not registered") for each in cited.identifiers if each in shelf.absent
    )
    differences += tuple(Difference("identifier", text[:80], "no identifier") for text in cited.malformed)
    if differences:
        note = f"Moreover, the work was retracted: {work.retracted}" if work.retracted else ""
        return Resolution(
            CitationStatus.MISMATCH, work, Outcome.PASSED, Outcome.FAILED, passage, differences, (work.id,), note
        )
    metadata = Outcome.PASSED if compared.agreed else Outcome.NOT_GIVEN
    schemes = {each.scheme for each in work.identifiers}
    unchecked = [each for each in cited.identifiers if each.scheme not in schemes]
    if unchecked and work.confirmed:
        named = ", ".join(f"{each.label} {each.value}" for each in unchecked)
        work = replace(work, confirmed=False, note=f"Not checked: the record has no {named}. {work.note}".strip())
    return _standing(work, metadata, passage)


def _by_key(cited: Cited, work: Known, shelf: Shelf, passage: Outcome) -> Resolution:
    judged = _judged(cited, work, shelf, passage)
    if judged.status is CitationStatus.MISMATCH and not cited.text and not cited.title:
        # A bare key that names another year or surname than the record it led to names no work for sure.
        return Resolution(
            CitationStatus.AMBIGUOUS,
            None,
            Outcome.UNKNOWN,
            Outcome.FAILED,
            passage,
            judged.differences,
            (work.id,),
            work.note,
        )
    return judged


def _standing(work: Known, metadata: Outcome, passage: Outcome) -> Resolution:
    status = CitationStatus.VERIFIED if work.confirmed else CitationStatus.UNVERIFIED
    note = work.note
    if work.retracted:
        status, note = CitationStatus.RETRACTED, work.retracted
    elif passage is Outcome.FAILED:
        return Resolution(
            CitationStatus.MISMATCH, work, Outcome.PASSED, metadata, passage,
            (Difference("passage", "a quotation", "it does not stand in the stored text"),), (work.id,), note,
        )  # fmt: skip
    identity = Outcome.PASSED if work.confirmed or work.retracted else Outcome.UNKNOWN
    return Resolution(status, work, identity, metadata, passage, note=note)


def resolve_chosen(cited: Cited, work: Known, shelf: Shelf, *, passage: Outcome = Outcome.NOT_GIVEN) -> Resolution:
    """The verdict where somebody chose the work, or a search by title led to it: its identifiers must not be another's."""
    found = {each: shelf.by_identifier[each] for each in cited.identifiers if each in shelf.by_identifier}
    if any(other.id != work.id for other in found.values()):
        candidates = (work.id, *(other.id for other in found.values()))
        differences = tuple(
            Difference(each.label, each.value, f"that of {other.title}")
            for each, other in found.items()
            if other.id != work.id
        )
        return Resolution(
            CitationStatus.MISMATCH,
            None,
            Outcome.FAILED,
            Outcome.FAILED,
            passage,
            differences,
            tuple(dict.fromkeys(candidates)),
        )
    return _judged(cited, work, shelf, passage)
