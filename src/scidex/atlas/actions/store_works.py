"""Store bibliographic records: each becomes a publication, completes the one it is of, or is refused and reported.

One work once: a record is of a known work if they share an identifier and nothing contradicts it, or else if title,
first author and year all agree. A record whose identifiers lead to a work of another title is the commonest fault of
machine-written bibliographies; it is refused, with what differs, and nothing of it is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select

from scidex.atlas import store
from scidex.atlas.actions._papers import LOOKUP
from scidex.atlas.actions.merge import MergeArtifacts
from scidex.atlas.aliases import alias_key
from scidex.atlas.bibliography.csl import first_author, title_of
from scidex.atlas.bibliography.identifiers import WorkId
from scidex.atlas.bibliography.matching import Cited, compare, same_work, title_key
from scidex.atlas.bibliography.merging import merged_record
from scidex.atlas.kinds import Body, kind_of
from scidex.atlas.kinds.open_citation import OpenCitationBody
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.kinds.source_file import SourceFileBody
from scidex.atlas.kinds.works import RecordStatus
from scidex.atlas.lifecycle import REVISABLE
from scidex.atlas.model import Head
from scidex.atlas.tables import works
from scidex.kernel.actions import Command, Result, Work, action
from scidex.kernel.canonical import sha256
from scidex.kernel.errors import Conflict, ScidexError
from scidex.kernel.ids import ArtifactId
from scidex.kernel.storage.chunks import chunks

LARGEST_KEPT = 5_000_000
"""Bytes up to which a bibliography's file is kept; of larger ones the hash and the lines are."""


class StagedWork(BaseModel):
    """One record of a file: the content of a publication, or of an open citation, and the line it starts at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = "paper"
    content: dict[str, Any]
    line: int = Field(default=0, ge=0)


class BibliographyFile(BaseModel):
    """The file the records came from. `data` only if it is small enough to be kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=1000)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    lines: int = Field(default=0, ge=0)
    format: str = Field(default="csl-json", max_length=64)
    data: bytes | None = Field(default=None, exclude=True)


class StoreWorks(Command):
    """Records of one file, in its order."""

    file: BibliographyFile
    works: tuple[StagedWork, ...]

    def fingerprint(self) -> str:
        """Over the file's hash and the records' contents. One that cannot be sealed is refused by itself, later."""
        return sha256(
            json.dumps([self.file.sha256, [work.model_dump() for work in self.works]], sort_keys=True, default=str)
        )


class StoredWork(Result):
    """What became of one record: created, completed, known, or refused with `problem` and `cure`.

    ``completed``: the work was here, and the record filled in what was missing. `kept` names the variables in which the
    record says otherwise than the library; the library's words stand.
    """

    outcome: str
    line: int
    title: str
    artifact: str = ""
    filled: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    problem: str = ""
    cure: str = ""


class StoredWorks(Result):
    """One answer per record, in the order they were given, and the file as an artifact."""

    source: str
    works: tuple[StoredWork, ...]


@action("bibliography.store", "Store bibliographic records", command=StoreWorks, result=StoredWorks)
def store_works(command: StoreWorks, work: Work) -> StoredWorks:
    """Looks everything up at once, then decides record by record."""
    source = file_artifact(work, command.file)
    staged: list[tuple[StagedWork, Body | str]] = []
    for each in command.works:
        try:
            staged.append((each, _from(work, _sealable(each))))
        except (ScidexError, ValidationError) as error:
            staged.append((each, str(error)))
    library = _Library(work, [body for _, body in staged if not isinstance(body, str)])
    outcomes = []
    for each, body in staged:
        origin = store.Derivation(source.id, 1, command.file.sha256, "prov:wasDerivedFrom", _place(each.line))
        if isinstance(body, str):
            outcomes.append(_refused(each, str(each.content.get("key", "")), body, "Correct the record."))
            continue
        try:
            outcomes.append(_store(work, library, each, body, origin))
        except ScidexError as error:
            outcomes.append(_refused(each, _named(body), error.message, error.cure))
    return StoredWorks(source=source.id, works=tuple(outcomes))


def _from(work: Work, body: Body) -> Body:
    """What a program brings is unverified, whatever it says of itself; only the look-up of this installation is believed."""
    if work.actor.type != "software" or work.actor == LOOKUP or not isinstance(body, PaperBody):
        return body
    said = body.verification
    if said.status is not RecordStatus.VERIFIED:
        return body
    note = f"Brought by {work.actor}, which said it was verified. {said.note}".strip()[:4000]
    return body.model_copy(
        update={"verification": said.model_copy(update={"status": RecordStatus.UNVERIFIED, "note": note})}
    )


def _sealable(each: StagedWork) -> Body:
    """The record as a body, tried before anything is written: one that cannot be sealed must not leave half of it behind."""
    body = store.validated(kind_of(each.kind), each.content)
    store.sealed_content(body)
    store.title_of(kind_of(each.kind), body)
    return body


def _place(line: int) -> dict[str, str]:
    return {"record": f"{line}-{line}"} if line else {}


def _named(body: Body) -> str:
    return kind_of("paper").title(body) if isinstance(body, PaperBody) else str(getattr(body, "key", ""))


def _refused(each: StagedWork, title: str, problem: str, cure: str) -> StoredWork:
    return StoredWork(outcome="refused", line=each.line, title=title[:300], problem=problem[:2000], cure=cure)


def file_artifact(work: Work, file: BibliographyFile) -> Head:
    """The file as an artifact, once for all batches of it and for all times it is imported."""
    name = f"sha256-{file.sha256}"
    known = store.ids_by_key(work.connection, [alias_key(name)])
    if known:
        return store.head(work.connection, known[alias_key(name)])
    kept = False
    if file.data is not None and len(file.data) <= LARGEST_KEPT and sha256(file.data) == file.sha256:
        store.keep_blob(work, file.sha256, file.data)
        kept = True
    body = SourceFileBody(
        name=file.name[:300], sha256=file.sha256, size=file.size, media_type=file.format, lines=file.lines, kept=kept
    )
    source = store.create(work, kind_of("source-file"), body)
    store.add_alias(work, source.id, name)
    return source


@dataclass(slots=True)
class _Entry:
    """A publication of the library as this command leaves it."""

    head: Head
    body: PaperBody


class _Library:
    """The publications that the records of one command may be of, by name and by title."""

    def __init__(self, work: Work, bodies: Sequence[Body]) -> None:
        connection = work.connection
        names = {alias_key(name) for body in bodies for name in kind_of(_kind(body)).names(body)}
        titles = {title_key(title_of(body.csl)) for body in bodies if isinstance(body, PaperBody)} - {""}
        self.entries: dict[str, _Entry] = {}
        self.by_title: dict[str, list[ArtifactId]] = {}
        self.owners = store.ids_by_key(connection, names)
        ids: set[str] = set(self.owners.values())
        for piece in chunks(sorted(titles)):
            for row in connection.execute(
                select(works.c.artifact_id, works.c.title_key).where(works.c.title_key.in_(piece))
            ):
                ids.add(row.artifact_id)
                self.by_title.setdefault(row.title_key, []).append(ArtifactId(row.artifact_id))
        heads = {id_: store.follow(connection, head) for id_, head in store.heads(connection, ids).items()}
        contents = store.contents(connection, heads.values())
        for id_, head in heads.items():
            if head.kind == "paper":
                self.entries[id_] = _Entry(head, PaperBody.model_validate(contents[head.id]))
                self.entries[head.id] = self.entries[id_]

    def by_identifiers(self, ids: Iterable[WorkId]) -> dict[str, _Entry]:
        """The different works that `ids` lead to."""
        owners = (self.owners.get(alias_key(str(each))) for each in ids)
        found = (self.entries[owner] for owner in owners if owner in self.entries)
        return {entry.head.id: entry for entry in found}

    def same(self, body: PaperBody) -> _Entry | None:
        """The work of this title, first author and year, if exactly one is here."""
        ids = self.by_title.get(title_key(title_of(body.csl)), [])
        found = {self.entries[id_].head.id: self.entries[id_] for id_ in ids if id_ in self.entries}
        fitting = [entry for entry in found.values() if same_work(entry.body.csl, body.csl)]
        return fitting[0] if len(fitting) == 1 else None

    def keep(self, head: Head, body: PaperBody) -> None:
        """Remembers a work as it now stands."""
        self.entries[head.id] = _Entry(head, body)
        for name in kind_of("paper").names(body):
            self.owners.setdefault(alias_key(name), head.id)
        if key := title_key(title_of(body.csl)):
            ids = self.by_title.setdefault(key, [])
            if head.id not in ids:
                ids.append(head.id)


def _kind(body: Body) -> str:
    return "paper" if isinstance(body, PaperBody) else "open-citation"


def _store(work: Work, library: _Library, each: StagedWork, body: Body, origin: store.Derivation) -> StoredWork:
    if isinstance(body, OpenCitationBody):
        return _store_open(work, library, each, body, origin)
    if not isinstance(body, PaperBody):
        return _refused(each, "", f"A bibliography does not hold a {each.kind}.", "Import it as an artifact.")
    found = library.by_identifiers(body.work_ids)
    for known in found.values():
        differences = compare(_as_cited(body), known.body.csl, known.body.work_ids).differences
        if differences:
            problem = f"Its identifiers are those of “{known.head.title}” ({known.head.id}). "
            problem += "; ".join(map(str, differences))
            return _refused(each, _named(body), problem, "Check which of the two is right, and correct the record.")
    if len(found) > 1:
        entry: _Entry | None = _joined(work, library, found)
    else:
        entry = next(iter(found.values())) if found else library.same(body)
    if entry is None:
        return _create(work, library, each, body, origin)
    merged = tuple(id_ for id_ in found if id_ != entry.head.id)
    return _completed(work, library, each, entry, body, origin, merged=merged)


def _as_cited(body: PaperBody) -> Cited:
    """The record read as a citation, so that the same strictness judges both."""
    issued = body.csl.get("issued") or {}
    parts = issued.get("date-parts") or []
    year = int(parts[0][0]) if parts and parts[0] else None
    return Cited(body.key, body.work_ids, title_of(body.csl), first_author(body.csl), year)


def _create(work: Work, library: _Library, each: StagedWork, body: PaperBody, origin: store.Derivation) -> StoredWork:
    key = alias_key(f"@{body.key}") if body.key else ""
    if key and key in library.owners:
        # The key of one bibliography may be another's for another work: here it stays with the first.
        body = body.model_copy(update={"key": ""})
    for name in kind_of("paper").names(body):
        if (owner := library.owners.get(alias_key(name))) is not None:
            raise Conflict(
                f"“{name}” already names {owner}, which is no publication.", cure="Rename that artifact first."
            )
    head = store.create(work, kind_of("paper"), body, derived=(origin,), names_are_free=True)
    library.keep(head, body)
    return StoredWork(outcome="created", line=each.line, title=head.title, artifact=head.id)


def _completed(
    work: Work,
    library: _Library,
    each: StagedWork,
    entry: _Entry,
    body: PaperBody,
    origin: store.Derivation,
    *,
    merged: tuple[str, ...],
) -> StoredWork:
    new, filled, kept = completed(entry.body, body)
    key_taken = new.key and library.owners.get(alias_key(f"@{new.key}"), entry.head.id) != entry.head.id
    if key_taken and not entry.body.key:
        new = new.model_copy(update={"key": ""})
    told = StoredWork(
        outcome="known", line=each.line, title=entry.head.title, artifact=entry.head.id, kept=kept, merged=merged
    )
    if new == entry.body or entry.head.state not in REVISABLE:
        return told
    head = store.revise(
        work, entry.head, new, note=f"Completed from another record: {', '.join(filled)}.", derived=(origin,)
    )
    library.keep(head, new)
    return told.model_copy(update={"outcome": "completed", "filled": filled, "title": head.title})


def completed(ours: PaperBody, theirs: PaperBody) -> tuple[PaperBody, tuple[str, ...], tuple[str, ...]]:
    """`ours` with what only `theirs` has, the names of what was filled in, and of what differs and stays."""
    record = merged_record(ours.csl, theirs.csl)
    filled = list(record.filled)
    update: dict[str, Any] = {"csl": record.item}
    for name in ("identifiers", "notices", "registrations", "cohorts", "texts"):
        before, after = getattr(ours, name), getattr(theirs, name)
        more = tuple(value for value in after if value not in before)
        if more:
            update[name] = (*before, *more)
            filled.append(name)
    if not ours.key and theirs.key:
        update["key"] = theirs.key
        filled.append("key")
    ranks = list(RecordStatus)
    step = ranks.index(theirs.verification.status) - ranks.index(ours.verification.status)
    if step < 0 or (step == 0 and theirs.verification.note and not ours.verification.note):
        update["verification"] = theirs.verification
        filled.append("verification")
    elif filled and ours.verification.status is RecordStatus.VERIFIED and step > 0:
        # What an unconfirmed record adds to a confirmed one was not seen at its source: its identifiers vouch for nothing.
        added = {identifier.scheme.upper() for identifier in theirs.work_ids} - {
            i.scheme.upper() for i in ours.work_ids
        }
        remembered = dict.fromkeys((*ours.verification.fields_from_memory, *record.filled, *sorted(added)))
        update["verification"] = ours.verification.model_copy(update={"fields_from_memory": tuple(remembered)})
    changes = {name: value.model_dump() if isinstance(value, BaseModel) else value for name, value in update.items()}
    made = store.validated(kind_of("paper"), {**ours.model_dump(), **changes})
    return made if isinstance(made, PaperBody) else ours, tuple(filled), record.kept


def _joined(work: Work, library: _Library, found: Mapping[str, _Entry]) -> _Entry:
    """Two works that one record shows to be one: merged into the elder, which `artifact.unmerge` undoes."""
    eldest, *others = sorted(found.values(), key=lambda entry: (entry.head.created_at, entry.head.id))
    for other in others:
        reason = "One record has the identifiers of both."
        work.perform("artifact.merge", MergeArtifacts(ref=other.head.id, into=eldest.head.id, reason=reason))
        library.entries[other.head.id] = eldest
    return eldest


def _store_open(
    work: Work, library: _Library, each: StagedWork, body: OpenCitationBody, origin: store.Derivation
) -> StoredWork:
    key = alias_key(f"@{body.key}")
    title = kind_of("open-citation").title(body)
    owner = library.owners.get(key)
    if owner is None:
        head = store.create(work, kind_of("open-citation"), body, derived=(origin,), names_are_free=True)
        library.owners[key] = head.id
        return StoredWork(outcome="created", line=each.line, title=title, artifact=head.id)
    head = store.follow(work.connection, store.head(work.connection, owner))
    if head.kind != "open-citation":
        return StoredWork(outcome="known", line=each.line, title=head.title, artifact=head.id)
    if store.is_newest(work.connection, head, body) or head.state not in REVISABLE:
        return StoredWork(outcome="known", line=each.line, title=title, artifact=head.id)
    store.revise(work, head, body, note="Read again from a bibliography.", derived=(origin,))
    return StoredWork(outcome="completed", line=each.line, title=title, artifact=head.id, filled=("candidates",))
