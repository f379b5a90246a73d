"""Load hypotheses with the evidence that somebody found for and against each."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pydantic import Field

from scidex.atlas import store
from scidex.atlas.actions._stances import check_stance
from scidex.atlas.actions.store_works import BibliographyFile, file_artifact
from scidex.atlas.aliases import alias_key
from scidex.atlas.evidence.model import Effect, Stance
from scidex.atlas.evidence.quotes import QuoteMatch, find_quote
from scidex.atlas.importing.hypotheses_file import UNTITLED, ReadEvidence, ReadHypothesis, read_hypotheses
from scidex.atlas.importing.model import Unreadable
from scidex.atlas.kinds import Body, kind_of
from scidex.atlas.kinds.evidence_item import EvidenceBody, Passage
from scidex.atlas.kinds.hypothesis import HypothesisBody
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.kinds.works import RecordStatus, StoredText, Verification
from scidex.atlas.lifecycle import REVISABLE
from scidex.atlas.model import Head
from scidex.kernel.actions import Command, Result, Work, action
from scidex.kernel.canonical import sha256
from scidex.kernel.clock import format_time
from scidex.kernel.errors import Conflict, Invalid, ScidexError

_FACTS_LICENCE = "facts in the words of whoever read the source"


class LoadHypotheses(Command):
    """`table` is the JSON file.

    What a finding says is kept as facts extracted from its source, and marked so wherever it is shown.
    """

    table: str = Field(max_length=20_000_000, json_schema_extra={"file": True})
    name: str = Field(default="hypotheses.json", max_length=300)
    judge: str = Field(default="", max_length=120, description="Who judged the stances, if not you.")


class LoadedHypotheses(Result):
    """What was written: hypotheses and items of evidence by outcome, works that are new here."""

    hypotheses: tuple[str, ...]
    created: int
    evidence: int
    unchanged: int
    works: int


@action("hypothesis.load", "Load hypotheses with their evidence", command=LoadHypotheses, result=LoadedHypotheses)
def load_hypotheses(command: LoadHypotheses, work: Work) -> LoadedHypotheses:
    """Wholly or not at all. Loading the same file again writes nothing; a changed finding revises its item."""
    try:
        read = read_hypotheses(command.table)
    except Unreadable as error:
        raise Invalid(f"{command.name}, line {error.line}: {error.problem}.", cure=error.cure) from None
    data = command.table.encode()
    file = BibliographyFile(
        name=command.name,
        sha256=sha256(data),
        size=len(data),
        lines=command.table.count("\n"),
        format="application/json",
        data=data,
    )
    writer = _Writer(work, file_artifact(work, file), file.sha256, command.judge or str(work.actor))
    written = []
    for each in read:
        try:
            written.append(writer.write(each))
        except ScidexError as error:
            raise type(error)(f"{command.name}, {each.hypothesis_id}: {error.message}", cure=error.cure) from None
    return LoadedHypotheses(
        hypotheses=tuple(written),
        created=writer.counts["created"],
        evidence=writer.counts["evidence"],
        unchanged=writer.counts["unchanged"],
        works=writer.counts["works"],
    )


class _Writer:
    """Writes the hypotheses of one file."""

    def __init__(self, work: Work, file: Head, file_hash: str, judge: str) -> None:
        self._work, self._judge = work, judge
        self._origin = store.Derivation(file.id, 1, file_hash, "prov:wasDerivedFrom", {})
        self.counts: Counter[str] = Counter()

    def write(self, read: ReadHypothesis) -> str:
        """One hypothesis with its evidence; its id."""
        head = self._named(read.hypothesis_id)
        if head is None:
            body = HypothesisBody(
                title=read.title,
                statement=read.statement,
                gene_target=", ".join(read.targets),
                score=read.seed_score,
                score_note="as its source printed it; not recomputed" if read.seed_score else "",
            )
            head = store.create(self._work, kind_of("hypothesis"), body, derived=(self._origin,))
            store.add_alias(self._work, head.id, read.hypothesis_id)
            self.counts["created"] += 1
        elif head.kind != "hypothesis":
            raise Conflict(f"“{read.hypothesis_id}” already names “{head.title}”.", cure="Give it another id.")
        for each in read.evidence:
            # An item is known again by what its finding says, whatever file brings it.
            self._evidence(head, f"{read.hypothesis_id}-evidence-{sha256(each.finding)[:16]}", each)
        return head.id

    def _evidence(self, on: Head, name: str, read: ReadEvidence) -> None:
        stance = None if read.stance == "context" else Stance(read.stance)
        effect = Effect(read.effect.measure, read.effect.estimate, read.effect.low, read.effect.high, "", read.effect.p)
        if stance is not None:
            check_stance(stance, effect)
        source = self._source(read)
        before = self._named(name)
        kind = kind_of("evidence")
        earlier = (
            EvidenceBody.model_validate(store.contents(self._work.connection, [before])[before.id]) if before else None
        )
        content: dict[str, Any] = read.model_dump(
            include={"design", "sample_size", "directness", "risk_of_bias", "effect"}, mode="json"
        )
        content |= {
            "claim": f"{on.id}#{read.on}" if read.on else on.id,
            "source": source.id,
            "stance": stance,
            "passage": _facts(read.finding),
            "judge": self._judge if stance else "",
            "judged_on": earlier.judged_on if earlier else format_time(self._work.now)[:10] if stance else "",
            "note": read.note or "",
        }
        body = store.validated(kind, content)
        if before is None:
            made = store.create(self._work, kind, body, derived=(self._origin,))
            store.add_alias(self._work, made.id, name)
            self.counts["evidence"] += 1
        elif body == earlier or before.state not in REVISABLE:
            # What somebody withdrew here stays withdrawn, whatever the file says.
            self.counts["unchanged"] += 1
        else:
            store.revise(self._work, before, body, note="Read again from a file.", derived=(self._origin,))
            self.counts["evidence"] += 1

    def _source(self, read: ReadEvidence) -> Head:
        """The publication of an entry, with what was extracted from it among its texts."""
        text = StoredText(
            label="extracted facts",
            sha256=sha256(read.finding),
            length=len(read.finding),
            kept=True,
            licence=_FACTS_LICENCE,
        )
        store.keep_blob(self._work, text.sha256, read.finding.encode())
        head = next((found for each in read.names if (found := self._named(each)) is not None), None)
        if head is None:
            self.counts["works"] += 1
            return store.create(self._work, kind_of("paper"), _record(read, text), derived=(self._origin,))
        if head.kind != "paper":
            raise Conflict(
                f"“{read.citation}” leads to “{head.title}”, a {head.kind}.", cure="Correct its identifiers."
            )
        body = PaperBody.model_validate(store.contents(self._work.connection, [head])[head.id])
        texts = body.texts if any(each.sha256 == text.sha256 for each in body.texts) else (*body.texts, text)
        # What tells that two sources studied the same people has to reach a record that was here already, too.
        told = PaperBody(csl=body.csl, registrations=read.registrations, cohorts=read.cohorts)
        new = body.model_copy(
            update={
                "texts": texts,
                "registrations": tuple(dict.fromkeys((*body.registrations, *told.registrations))),
                "cohorts": tuple(dict.fromkeys((*body.cohorts, *told.cohorts))),
            }
        )
        if head.state not in REVISABLE or new == body:
            return head
        return store.revise(self._work, head, new, note=f"Facts extracted from it ({text.sha256[:12]}…).")

    def _named(self, name: str) -> Head | None:
        key = alias_key(name)
        found = store.ids_by_key(self._work.connection, [key]).get(key)
        return store.follow(self._work.connection, store.head(self._work.connection, found)) if found else None


def _record(read: ReadEvidence, text: StoredText) -> Body:
    """A publication of which nothing is known but how it was cited: its printed title is not."""
    body = PaperBody(
        csl={"type": "article-journal", "title": f"{UNTITLED}{read.citation}", **read.identifiers},
        key="" if read.identifiers else read.key,
        verification=Verification(
            status=RecordStatus.VERIFIED if read.verified and read.source else RecordStatus.FROM_MEMORY,
            source=read.source or "",
            note=" ".join(part for part in (read.note, read.remembered) if part),
        ),
        registrations=read.registrations,
        cohorts=read.cohorts,
        texts=(text,),
    )
    return kind_of("paper").complete(body)


def _facts(finding: str) -> Passage:
    found = find_quote(finding, finding)
    if not isinstance(found, QuoteMatch):
        raise Invalid(f"The finding “{finding[:60]}” cannot be quoted: {found.message}", cure=found.cure)
    return Passage(
        quote=found.passage,
        text_sha256=sha256(finding),
        start=found.start,
        end=found.end,
        text_kept=True,
        text_label="extracted facts",
    )
