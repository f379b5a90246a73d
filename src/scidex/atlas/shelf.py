"""What the library holds, put up so that citations can be resolved against it. Pure: heads and contents come from the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scidex.atlas.aliases import alias_key
from scidex.atlas.bibliography.identifiers import Scheme, WorkId
from scidex.atlas.bibliography.matching import Cited
from scidex.atlas.bibliography.resolution import (
    CitationStatus,
    Known,
    Question,
    Resolution,
    Shelf,
    resolve,
    resolve_chosen,
)
from scidex.atlas.kinds import State
from scidex.atlas.kinds.page import Reference
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.kinds.works import Candidate, EditorialNotice
from scidex.atlas.model import Head
from scidex.kernel.errors import Invalid


def resolved(references: Sequence[Reference], by_name: Mapping[str, Known | Question]) -> tuple[Resolution, ...]:
    """The verdict over each of `references`, in their order; `by_name` is what their names lead to, by the key of the name."""
    cited = [cited_by(reference) for reference in references]
    shelf = shelf_of(cited, by_name)
    verdicts = []
    for reference, each in zip(references, cited, strict=True):
        choice = by_name.get(name_key(reference.paper)) if reference.paper else None
        verdicts.append(resolve_chosen(each, choice, shelf) if isinstance(choice, Known) else resolve(each, shelf))
    return tuple(verdicts)


def wanted_names(references: Sequence[Reference]) -> set[str]:
    """The keys of all names that have to be looked up to resolve `references`."""
    names = [*names_of(map(cited_by, references)), *(reference.paper for reference in references)]
    return {name_key(name) for name in names} - {""}


def shelf_of(
    cited: Iterable[Cited], by_name: Mapping[str, Known | Question], *, absent: frozenset[WorkId] = frozenset()
) -> Shelf:
    """What was found, put up by what it answers."""
    by_identifier: dict[WorkId, Known] = {}
    by_key: dict[str, Known | Question] = {}
    for each in cited:
        for identifier in each.identifiers:
            found = by_name.get(name_key(str(identifier)))
            if isinstance(found, Known):
                by_identifier[identifier] = found
        if each.key and (answer := by_name.get(name_key(f"@{each.key}"))) is not None:
            by_key[each.key] = answer
    return Shelf(by_identifier, by_key, absent)


def known_work(head: Head, content: dict[str, Any]) -> Known:
    """A publication as the rules see it."""
    if "csl" not in content:
        content = PaperBody.model_validate(content).model_dump(mode="json")
    verification = content.get("verification") or {}
    notices = [EditorialNotice.model_validate(notice) for notice in content.get("notices") or ()]
    retracted = next((notice.words for notice in notices if notice.type == "retraction"), "")
    if head.state is State.RETRACTED and not retracted:
        retracted = "its record was retracted here"
    note = str(verification.get("note", ""))
    if verification.get("confidence") in ("medium", "low"):
        others = "; ".join(Candidate.model_validate(each).words for each in verification.get("candidates") or ())
        note = f"that the key means this work is likely, not sure. {note}{f' Others: {others}' if others else ''}"
    return Known(
        head.id,
        head.title,
        content["csl"],
        frozenset(_work_id(text) for text in content.get("identifiers") or ()),
        verification.get("status") == "verified",
        retracted,
        note.strip(),
        frozenset(_remembered(content, verification.get("fields_from_memory") or ())),
        frozenset(content.get("registrations") or ()),
        frozenset(content.get("cohorts") or ()),
    )


def shelved(head: Head, content: dict[str, Any]) -> Known | Question:
    """A publication or an open citation as the rules see it."""
    if head.kind == "paper":
        return known_work(head, content)
    candidates = tuple(Candidate.model_validate(each).words for each in content.get("candidates") or ())
    return Question(head.id, CitationStatus(content["status"]), str(content.get("note", "")), candidates)


def cited_by(reference: Reference) -> Cited:
    """What an entry of a reference list says of the work it means."""
    key = "" if reference.key.isdigit() else reference.key
    return Cited(key, reference.identifiers, text=reference.text, malformed=reference.malformed)


def names_of(cited: Iterable[Cited]) -> list[str]:
    """The names under which the library may have the works."""
    names: list[str] = []
    for each in cited:
        # A key only speaks where no identifier does: keys are one author's, identifiers everybody's.
        names += map(str, each.identifiers) if each.identifiers else [f"@{each.key}"] if each.key else []
    return names


def name_key(name: str) -> str:
    """The key of a name; empty if it names nothing."""
    try:
        return alias_key(name)
    except Invalid:
        return ""


def _remembered(content: dict[str, Any], fields: Sequence[str]) -> Iterator[WorkId]:
    """The identifiers of a record that somebody wrote down from memory."""
    for text in content.get("identifiers") or ():
        identifier = _work_id(text)
        if "all" in fields or str(identifier.scheme).upper() in fields:
            yield identifier


def _work_id(text: str) -> WorkId:
    scheme, _, value = text.partition(":")
    return WorkId(Scheme(scheme), value)
