"""Store imported files: each becomes a source file, an artifact (and its neighbours) and a report, wholly or not at all.

Reading a file is `scidex.atlas.importing`'s work and pure; this verb decides what the reading means for what is
already here. Files of one command share a transaction; each is an activity of its own inside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ConfigDict, SkipValidation

from scidex.atlas import store
from scidex.atlas.actions._citations import faults_of
from scidex.atlas.actions._papers import check_vouching
from scidex.atlas.aliases import alias_key
from scidex.atlas.importing import parse_source
from scidex.atlas.importing.lines import source_lines
from scidex.atlas.importing.model import Finding, Neighbour, ParsedSource, Part, Severity, Span, Unreadable
from scidex.atlas.kinds import Body, Kind, Mention, kind_of
from scidex.atlas.kinds.import_report import ImportReportBody, ReportedFinding
from scidex.atlas.kinds.source_file import SourceFileBody
from scidex.atlas.lifecycle import REVISABLE
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.tables import blobs, imports
from scidex.kernel.actions import Command, Result, Work, action
from scidex.kernel.canonical import canonical_json, sha256
from scidex.kernel.errors import Conflict, Defect, Invalid, Refused, ScidexError
from scidex.kernel.ids import ArtifactId

IMPORTER = "scidex-importer"


class StagedFile(Command):
    """A file's bytes, and its reading if somebody (another process) already did it."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: str
    data: bytes
    parsed: SkipValidation[ParsedSource | None] = None


class ImportFiles(Command):
    """`strict` refuses a file with any finding above `info` instead of mending it."""

    files: tuple[StagedFile, ...]
    strict: bool = False

    def fingerprint(self) -> str:
        """Over names and contents; the bytes themselves are kept as blobs."""
        return sha256(canonical_json([self.strict, [[file.name, sha256(file.data)] for file in self.files]]))


class ImportedFile(Result):
    """What became of one file. `outcome` is created, revised, unchanged, known or refused.

    ``known``: the same bytes were imported before and nothing was written. ``unchanged``: other bytes, same content.
    `citation_faults` says what is wrong with the citations of the page, which are flagged.
    For a refused file `problem`, `line` (0 where none applies) and `cure` say why and what to do.
    """

    name: str
    outcome: str
    sha256: str
    artifact: str = ""
    title: str = ""
    report: str = ""
    neighbours: int = 0
    findings: tuple[ReportedFinding, ...] = ()
    citation_faults: tuple[str, ...] = ()
    problem: str = ""
    line: int = 0
    cure: str = ""


class ImportedFiles(Result):
    """One answer per file, in the order they were given."""

    files: tuple[ImportedFile, ...]


@dataclass(slots=True)
class _Plan:
    """What is to be written for one file. `links` are the names it links to, `cited` those of the works it cites, by key."""

    file: StagedFile
    hash: str
    parsed: ParsedSource
    kind: Kind
    body: Body
    id: ArtifactId
    existing: Head | None
    aliases: dict[str, str]
    findings: list[Finding]
    mentions: tuple[Mention, ...]
    links: dict[str, str]
    cited: dict[str, str]
    neighbours: list[tuple[ArtifactId, Neighbour, Body, dict[str, str]]] = field(default_factory=list)


@action("import.store", "Import files", command=ImportFiles, result=ImportedFiles)
def import_files(command: ImportFiles, work: Work) -> ImportedFiles:
    """Decides for all files first, so that pages of one batch find each other whatever their order; then writes."""
    outcomes: dict[int, ImportedFile] = {}
    pending: _Pending = {position: (file, sha256(file.data)) for position, file in enumerate(command.files)}
    # Two files about one page cannot be decided together: the second waits for the next round and becomes a revision.
    while pending:
        pending = _store_round(work, pending, outcomes, strict=command.strict)
    return ImportedFiles(files=tuple(outcomes[position] for position in range(len(command.files))))


_Pending = dict[int, tuple[StagedFile, str]]


def _store_round(work: Work, pending: _Pending, outcomes: dict[int, ImportedFile], *, strict: bool) -> _Pending:
    """Stores what can be stored together and returns what has to wait."""
    known = {row.sha256: row for row in store.imports_of(work.connection, [hash_ for _, hash_ in pending.values()])}
    read: dict[int, tuple[StagedFile, str, ParsedSource]] = {}
    for position, (file, file_hash) in pending.items():
        if file_hash in known:
            row = known[file_hash]
            outcomes[position] = ImportedFile(
                name=file.name,
                outcome="known",
                sha256=file_hash,
                artifact=row.artifact_id,
                title=row.title,
                report=row.report_id,
            )
            continue
        try:
            parsed = file.parsed or parse_source(file.data, file.name)
            if strict:
                _insist(parsed)
            read[position] = (file, file_hash, parsed)
        except Unreadable as error:
            outcomes[position] = refusal(file.name, file_hash, error)
    names = _Names(work, [parsed for _, _, parsed in read.values()])
    plans: dict[int, _Plan] = {}
    waiting: _Pending = {}
    hashes: set[str] = set()
    for position, (file, file_hash, parsed) in read.items():
        if file_hash in hashes or names.being_made(parsed.aliases):
            waiting[position] = (file.model_copy(update={"parsed": parsed}), file_hash)
            continue
        hashes.add(file_hash)
        try:
            plans[position] = _plan(work, names, file, file_hash, parsed)
        except ScidexError as error:
            outcomes[position] = refusal(file.name, file_hash, error)
    names.look_up({key for plan in plans.values() for key in (*plan.links, *plan.cited)})
    # The same bytes may be here as something else: the text of a work, or a bibliography.
    kept = store.kept_blobs(work.connection, (plan.hash for plan in plans.values()))
    for position, plan in plans.items():
        if plan.hash not in kept:
            work.add(blobs, sha256=plan.hash, data=plan.file.data)
        outcomes[position] = _write(work, names, plan)
    _tell_faults(work, names, plans, outcomes, strict=strict)
    return waiting


def _tell_faults(
    work: Work, names: _Names, plans: dict[int, _Plan], outcomes: dict[int, ImportedFile], *, strict: bool
) -> None:
    """Adds what is wrong with the citations of the pages written, asked for all of them at once.

    A page whose citations lead to nothing here has none: they are open, and the page says so. Raises Refused for the first
    if `strict`, and nothing of the command is written.
    """
    faults = faults_of(work, {str(plan.id): plan.body for plan in plans.values() if _may_have_faults(names, plan)})
    for position, plan in plans.items():
        if told := faults.get(str(plan.id)):
            if strict:
                raise Refused(f"{plan.file.name}: {told[0]}", cure="Correct the citation, or import without --strict.")
            outcomes[position] = outcomes[position].model_copy(update={"citation_faults": told})


def _may_have_faults(names: _Names, plan: _Plan) -> bool:
    if any(reference.malformed for reference in getattr(plan.body, "references", ())):
        return True
    return any(key in names.owners for key in plan.cited)


def refusal(name: str, file_hash: str, error: Unreadable | ScidexError) -> ImportedFile:
    """The outcome of a file that cannot be read, or not be stored."""
    problem, line = (error.problem, error.line) if isinstance(error, Unreadable) else (error.message, 0)
    return ImportedFile(name=name, outcome="refused", sha256=file_hash, problem=problem, line=line, cure=error.cure)


class _Names:
    """Which artifact each name leads to, as it will be when this command is done."""

    def __init__(self, work: Work, sources: list[ParsedSource]) -> None:
        keys: set[str] = set()
        for source in sources:
            keys.update(_keys(source.aliases))
            for neighbour in source.neighbours:
                keys.update(_keys(neighbour.aliases))
        self.owners = store.ids_by_key(work.connection, keys)
        self.heads = store.heads(work.connection, self.owners.values())
        self._work = work
        self._looked_up: set[str] = set(keys)
        self.planned: set[ArtifactId] = set()

    def head(self, artifact_id: ArtifactId) -> Head | None:
        """The artifact a name leads to, through merges; None if it is made by this very command."""
        found = self.heads.get(artifact_id)
        return store.follow(self._work.connection, found) if found else None

    def being_made(self, aliases: tuple[str, ...]) -> bool:
        """Whether one of `aliases` leads to an artifact that this round is about to write."""
        led = (self.head(self.owners[key]) for key in _keys(aliases) if key in self.owners)
        return any(head is None or head.id in self.planned for head in led)

    def look_up(self, keys: set[str]) -> None:
        """Finds out where `keys` lead, all at once: asking for each page would send the buffered rows each time."""
        self.owners.update(store.ids_by_key(self._work.connection, keys - self._looked_up - self.owners.keys()))
        self._looked_up |= keys


def _plan(work: Work, names: _Names, file: StagedFile, file_hash: str, parsed: ParsedSource) -> _Plan:
    kind = kind_of(parsed.kind)
    store.check_generic(kind)
    body = store.validated(kind, parsed.content)
    check_vouching(work, None, body)
    store.title_of(kind, body)
    wanted = _keys(parsed.aliases)
    owners = {names.owners[key] for key in wanted if key in names.owners}
    existing: Head | None = None
    artifact_id = work.ids.make(ArtifactId, work.now)
    findings = list(parsed.findings)
    main = next((names.owners[key] for key in wanted if key in names.owners), None)
    if main is not None:
        existing = names.head(main)
        if existing is None:
            raise Defect(f"{main} is named before it is written.")
        if existing.kind != kind.slug:
            raise Conflict(
                f"“{next(iter(wanted))}” already names a {existing.kind}.", cure="Give this file another slug."
            )
        if existing.state not in REVISABLE:
            raise Conflict(
                f"“{existing.title}” is {existing.state}; no new version can be imported.", cure="Reinstate it first."
            )
        artifact_id = existing.id
        for owner in owners - {main}:
            other = names.head(owner)
            if other is not None and other.id != existing.id:
                findings.append(_alias_taken(wanted, names, owner))
    free = {key: given for key, given in wanted.items() if key not in names.owners}
    made = dict.fromkeys(free, artifact_id)
    mentions = kind.mentions(body)
    links = _keys(tuple(mention.target for mention in mentions if mention.relation != Relation.CITES))
    cited = _keys(tuple(mention.target for mention in mentions if mention.relation == Relation.CITES))
    plan = _Plan(file, file_hash, parsed, kind, body, artifact_id, existing, free, findings, mentions, links, cited)
    for neighbour in parsed.neighbours:
        _plan_neighbour(work, names, made, plan, neighbour)
    # Only now: a file that was refused half-way must not keep names for what it will not write.
    names.owners.update(made)
    names.planned.add(artifact_id)
    return plan


def _plan_neighbour(work: Work, names: _Names, made: dict[str, ArtifactId], plan: _Plan, neighbour: Neighbour) -> None:
    keys = _keys(neighbour.aliases)
    if not keys or any(key in names.owners or key in made for key in keys):
        return
    kind = kind_of(neighbour.kind)
    body = store.validated(kind, neighbour.content)
    store.title_of(kind, body)
    artifact_id = work.ids.make(ArtifactId, work.now)
    made.update(dict.fromkeys(keys, artifact_id))
    plan.neighbours.append((artifact_id, neighbour, body, keys))


def _write(work: Work, names: _Names, plan: _Plan) -> ImportedFile:
    work = work.begin("import.file", command_hash=plan.hash, method=f"{IMPORTER}: read as {plan.parsed.shape}")
    plan.findings.extend(_unwritten_links(names, plan))
    source = _write_source(work, plan)
    origin = _origin(source, plan.hash, plan.parsed.parts)
    note = f"Imported from {plan.file.name}."
    outcome = "created"
    if plan.existing is None:
        page = store.create(
            work, plan.kind, plan.body, note=note, derived=(origin,), artifact_id=plan.id, mentions=plan.mentions
        )
    elif store.is_newest(work.connection, plan.existing, plan.body):
        page, outcome = plan.existing, "unchanged"
    else:
        outcome = "revised"
        plan.findings.append(_revised(plan.existing))
        page = store.revise(work, plan.existing, plan.body, note=note, derived=(origin,))
    store.insert_aliases(work, page.id, plan.aliases)
    for neighbour_id, neighbour, body, keys in plan.neighbours:
        from_file = _origin(source, plan.hash, neighbour.parts)
        kind = kind_of(neighbour.kind)
        store.create(work, kind, body, note=note, derived=(from_file,), artifact_id=neighbour_id)
        store.insert_aliases(work, neighbour_id, keys)
    findings = tuple(_reported(finding) for finding in plan.findings)
    report = store.create(
        work,
        kind_of("import-report"),
        ImportReportBody(
            title=_short(f"Import of {plan.file.name}"),
            file=plan.file.name,
            sha256=plan.hash,
            source=source.id,
            artifact=page.id,
            shape=plan.parsed.shape,
            outcome=outcome,
            findings=findings,
        ),
    )
    work.add(
        imports,
        sha256=plan.hash,
        file=plan.file.name,
        source_id=source.id,
        artifact_id=page.id,
        report_id=report.id,
        recorded_at=work.now,
        activity_id=work.activity_id,
    )
    return ImportedFile(
        name=plan.file.name,
        outcome=outcome,
        sha256=plan.hash,
        artifact=page.id,
        title=page.title,
        report=report.id,
        neighbours=len(plan.neighbours),
        findings=findings,
    )


def _write_source(work: Work, plan: _Plan) -> Head:
    body = SourceFileBody(
        name=_short(plan.file.name),
        sha256=plan.hash,
        size=len(plan.file.data),
        media_type={"markdown": "text/markdown", "json": "application/json"}.get(plan.parsed.shape, "text/plain"),
        lines=len(source_lines(plan.file.data)),
    )
    return store.create(work, kind_of("source-file"), body)


def _origin(source: Head, file_hash: str, parts: tuple[Part, ...]) -> store.Derivation:
    places: dict[str, str] = {}
    for part in parts:
        place = f"{part.span.first}-{part.span.last}"
        places[part.path] = f"{places[part.path]},{place}" if part.path in places else place
    return store.Derivation(source.id, 1, file_hash, "prov:wasDerivedFrom", places)


def _keys(given: tuple[str, ...]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for alias in given:
        try:
            keys.setdefault(alias_key(alias), alias)
        except Invalid:
            continue
    return keys


def _insist(parsed: ParsedSource) -> None:
    worst = [finding for finding in parsed.findings if finding.severity is not Severity.INFO]
    if worst:
        first = worst[0]
        more = f" (and {len(worst) - 1} more)" if len(worst) > 1 else ""
        raise Unreadable(
            f"{first.message}{more}",
            line=first.span.first if first.span else 0,
            cure="Mend the source, or import without --strict and read the report.",
        )


def _unwritten_links(names: _Names, plan: _Plan) -> list[Finding]:
    # A work that is cited is no page that somebody may write; the page's reference list says what is open.
    missing = [given for key, given in plan.links.items() if key not in names.owners]
    if not missing:
        return []
    shown = ", ".join(missing[:20]) + (" …" if len(missing) > 20 else "")
    return [
        Finding(
            "link-unwritten",
            Severity.WARNING,
            _lines_of(plan, missing),
            f"{_counted(missing)} not written yet: {shown}.",
            "kept the links, recorded as wanted",
            "links marked as not written; each leads to a page that says who wants it",
        )
    ]


def _counted(missing: list[str]) -> str:
    return "a link leads to a page that is" if len(missing) == 1 else f"{len(missing)} links lead to pages that are"


def _lines_of(plan: _Plan, targets: list[str]) -> Span | None:
    lines = source_lines(plan.file.data)
    marks = [f"]({target})" for target in targets[:50]]
    hits = [number for number, line in enumerate(lines, 1) if "](/" in line and any(mark in line for mark in marks)]
    return Span(hits[0], hits[-1]) if hits else None


def _alias_taken(wanted: dict[str, str], names: _Names, owner: ArtifactId) -> Finding:
    taken = [given for key, given in wanted.items() if names.owners.get(key) == owner]
    return Finding(
        "alias-taken",
        Severity.WARNING,
        None,
        f"{', '.join(taken)} already leads to another artifact, {owner}.",
        "The name stays where it was.",
        "If the two are one, merge them: `scidex merge`.",
    )


def _revised(existing: Head) -> Finding:
    return Finding(
        "page-revised",
        Severity.INFO,
        None,
        f"The page was already here, at version {existing.latest_version}.",
        f"This file became version {existing.latest_version + 1}; the earlier text stays in the history.",
        "The newest version; its history has the difference.",
    )


def _reported(finding: Finding) -> ReportedFinding:
    return ReportedFinding(
        code=finding.code,
        severity=finding.severity,
        lines=str(finding.span) if finding.span else "",
        message=finding.message,
        action=finding.action,
        shown=finding.shown,
    )


def _short(name: str) -> str:
    return name if len(name) <= 300 else name[:299] + "…"
