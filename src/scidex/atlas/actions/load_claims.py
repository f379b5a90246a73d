"""Load a table of claims onto a page: verdicts in place, their sources as pointers, corrections proposed where one is due."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from pydantic import Field
from sqlalchemy import func, select

from scidex.atlas import store
from scidex.atlas.actions._claims import page as page_of
from scidex.atlas.actions.store_works import BibliographyFile, file_artifact
from scidex.atlas.aliases import alias_key
from scidex.atlas.evidence.model import Stance
from scidex.atlas.importing.claim_places import Sentence, place_of, sentences
from scidex.atlas.importing.claims_table import ClaimRow, read_claims_table
from scidex.atlas.importing.model import Unreadable
from scidex.atlas.kinds import kind_of
from scidex.atlas.kinds.claim import ClaimBody, ClaimSpan, Judgement, Verdict
from scidex.atlas.kinds.correction import CorrectionBody
from scidex.atlas.kinds.evidence_item import EvidenceBody
from scidex.atlas.links import Relation
from scidex.atlas.model import Head
from scidex.atlas.tables import aliases, artifacts, links
from scidex.kernel.actions import Command, Result, Work, action
from scidex.kernel.canonical import sha256
from scidex.kernel.clock import format_time
from scidex.kernel.errors import Invalid

_STANCES = {
    Verdict.SUPPORTED: Stance.SUPPORTS,
    Verdict.PARTLY: Stance.MIXED,
    Verdict.CONTRADICTED: Stance.CONTRADICTS,
    Verdict.UNVERIFIABLE: None,
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


class LoadClaims(Command):
    """`table` is the CSV; `page` the page it is about, found by the keys the table cites if it is not named."""

    table: str = Field(max_length=5_000_000, json_schema_extra={"file": True})
    page: str = ""
    name: str = Field(default="claims.csv", max_length=300)
    judge: str = Field(default="", max_length=120, description="Who gave the verdicts, if not you.")


class LoadedClaims(Result):
    """What was written: the page, the claims that are new or changed, those without a place, and what else."""

    page: str
    title: str
    created: int
    revised: int
    unchanged: int
    without_place: tuple[str, ...]
    omissions: tuple[str, ...]
    pointers: int
    corrections: tuple[str, ...]
    verdicts: dict[str, int]


@action("claim.load", "Load a table of claims onto a page", command=LoadClaims, result=LoadedClaims)
def load_claims(command: LoadClaims, work: Work) -> LoadedClaims:
    """Wholly or not at all. Loading the same table again writes nothing; a changed row revises its claim."""
    try:
        rows = read_claims_table(command.table)
    except Unreadable as error:
        raise Invalid(f"{command.name}, line {error.line}: {error.problem}.", cure=error.cure) from None
    target, body = page_of(work, command.page or _page_of(work, rows))
    data = command.table.encode()
    source = file_artifact(
        work,
        BibliographyFile(
            name=command.name,
            sha256=sha256(data),
            size=len(data),
            lines=command.table.count("\n"),
            format="text/csv",
            data=data,
        ),
    )
    writer = _Writer(work, target, source, sha256(data), command.judge or str(work.actor))
    all_sentences = tuple(sentences(body))
    places = {
        row.label: None if row.omission else place_of(row.statement, row.section, row.cited, all_sentences)
        for row in rows
    }
    for row in rows:
        writer.write(row, places[row.label])
    corrections = writer.correct(rows, places)
    return LoadedClaims(
        page=target.id,
        title=target.title,
        created=writer.counts["created"],
        revised=writer.counts["revised"],
        unchanged=writer.counts["unchanged"],
        without_place=tuple(row.label for row in rows if not row.omission and places[row.label] is None),
        omissions=tuple(row.label for row in rows if row.omission),
        pointers=writer.counts["pointers"],
        corrections=tuple(corrections),
        verdicts={str(verdict): sum(row.verdict is verdict for row in rows) for verdict in Verdict},
    )


def _page_of(work: Work, rows: Iterable[ClaimRow]) -> str:
    """The page that cites most of the keys the table names. Raises Invalid if that leaves a doubt."""
    keys = {key for row in rows for key in row.cited if not key.isdigit()}
    found = work.connection.execute(
        select(links.c.source_id, func.count(links.c.label.distinct()).label("number"))
        .join(artifacts, artifacts.c.id == links.c.source_id)
        .where(
            links.c.label.in_(sorted(keys)),
            links.c.relation == Relation.CITES,
            links.c.ended_at.is_(None),
            artifacts.c.kind == "page",
        )
        .group_by(links.c.source_id)
        .order_by(func.count(links.c.label.distinct()).desc())
        .limit(2)
    ).all()
    if not found or (len(found) > 1 and found[0].number == found[1].number) or 2 * found[0].number < len(keys):
        raise Invalid("The table does not say which page it is about.", cure="Name it: --page REF.")
    return str(found[0].source_id)


class _Writer:
    """Writes the claims of one table onto one page."""

    def __init__(self, work: Work, page: Head, source: Head, file_hash: str, judge: str) -> None:
        self._work, self._page, self._source, self._hash, self._judge = work, page, source, file_hash, judge
        self.counts: dict[str, int] = defaultdict(int)
        self._ids: dict[str, str] = {}
        here = work.connection.execute(
            select(aliases.c.key, aliases.c.artifact_id).where(
                aliases.c.key.startswith(self._name(""), autoescape=True)
            )
        )
        self._known = {row.key: row.artifact_id for row in here}
        self._heads = store.heads(work.connection, self._known.values())
        self._contents = store.contents(work.connection, self._heads.values())

    def write(self, row: ClaimRow, place: Sentence | None) -> None:
        """One claim, its verdict, and a pointer for each source the judge named."""
        origin = store.Derivation(
            self._source.id, 1, self._hash, "prov:wasDerivedFrom", {"statement": f"{row.line}-{row.line}"}
        )
        key = alias_key(self._name(row.label))
        head = self._heads.get(self._known.get(key, ""))
        before = ClaimBody.model_validate(self._contents[head.id]) if head else None
        body = self._body(row, place, before)
        if head is None:
            made = store.create(self._work, kind_of("claim"), body, derived=(origin,))
            store.insert_aliases(self._work, made.id, {key: self._name(row.label)})
            self.counts["created"] += 1
            self._ids[row.label] = made.id
            self._point(row, made, origin)
            return
        self._ids[row.label] = head.id
        if body == before:
            self.counts["unchanged"] += 1
            return
        store.revise(self._work, head, body, note="Read again from a table.", derived=(origin,))
        self.counts["revised"] += 1

    def correct(self, rows: Sequence[ClaimRow], places: dict[str, Sentence | None]) -> list[str]:
        """A proposal for each passage that a contradicted claim stands in, the claims of one passage together."""
        passages: dict[Sentence, list[ClaimRow]] = defaultdict(list)
        for row in rows:
            place = places[row.label]
            if place is not None and row.verdict is Verdict.CONTRADICTED and self._is_new(row):
                passages[place].append(row)
        made = []
        for place, contradicted in passages.items():
            reason = " ".join(f"{row.label}: {row.note}" for row in contradicted)[:4000]
            body = CorrectionBody(
                page=self._page.id,
                version=self._page.latest_version,
                path="lead" if place.path == "lead" else "body",
                original=place.text,
                proposed=_corrected(place.text, contradicted),
                reason=reason or "Contradicted.",
                claims=tuple(self._ids[row.label] for row in contradicted),
            )
            made.append(str(store.create(self._work, kind_of("correction"), body).id))
        return made

    def _is_new(self, row: ClaimRow) -> bool:
        return alias_key(self._name(row.label)) not in self._known

    def _name(self, label: str) -> str:
        return f"claim-{self._page.id}-{label}"

    def _body(self, row: ClaimRow, place: Sentence | None, before: ClaimBody | None) -> ClaimBody:
        judgement = Judgement(
            verdict=row.verdict,
            judge=self._judge,
            date=format_time(self._work.now)[:10],
            note=row.note,
            sources=row.evidence,
        )
        if before is not None and before.judgement is not None:
            same = judgement.model_copy(update={"date": before.judgement.date})
            judgement = same if same == before.judgement else judgement
        span = None
        if place is not None:
            span = ClaimSpan(
                page=self._page.id,
                version=self._page.latest_version,
                path=place.path,
                start=place.start,
                end=place.end,
                passage=place.text[:4000],
            )
        if before is not None and before.span and span and before.span.passage == span.passage:
            span = before.span
        return ClaimBody(
            statement=row.statement,
            page=self._page.id,
            label=row.label,
            section=row.section,
            cited=row.cited,
            span=span,
            omission=row.omission,
            judgement=judgement,
        )

    def _point(self, row: ClaimRow, claim: Head, origin: store.Derivation) -> None:
        stance = _STANCES[row.verdict]
        for source in row.sources:
            body = EvidenceBody(
                claim=claim.id,
                source=str(source),
                stance=stance,
                judge=self._judge if stance else "",
                judged_on=format_time(self._work.now)[:10] if stance else "",
                note="Named by the judge of the claim; no passage was quoted.",
            )
            store.create(self._work, kind_of("evidence"), body, derived=(origin,))
            self.counts["pointers"] += 1


def _corrected(passage: str, rows: Sequence[ClaimRow]) -> str:
    """The passage as it shall stand: as the table words it, else struck through, with what speaks against it.

    So a reader sees both, and a citation that stood beside a refuted sentence does not seem to support the refutation.
    """
    worded = [row.correction for row in rows if row.correction]
    if worded:
        return " ".join(dict.fromkeys(worded))
    against = " ".join(
        _MARKDOWN.sub(r"\\\1", f"{row.note} ({row.evidence})" if row.evidence else row.note) for row in rows
    )
    return f"~~{passage.strip()}~~ **Contradicted:** {against}"
