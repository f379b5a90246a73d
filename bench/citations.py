"""How well wrong citations are caught, and how fast a retraction reaches fifty thousand claims."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter

from bench.figures import Figure
from bench.planted import IDENTITY, Plant, PlantedLibrary, PlantedPair
from bench.running import Place
from scidex.atlas import queries
from scidex.atlas.actions.store_works import BibliographyFile, StagedWork, StoreWorks
from scidex.atlas.bibliography.identifiers import WorkId
from scidex.atlas.bibliography.resolution import CitationStatus, Outcome
from scidex.atlas.evidence.model import Stance
from scidex.atlas.evidence.quotes import QuoteMatch, find_quote
from scidex.atlas.evidence.suggestions import suggest_stance
from scidex.kernel.installation import Installation

PAIRS = 2_000
CLAIMS = 50_000
_PASSES = frozenset({CitationStatus.VERIFIED, CitationStatus.UNVERIFIED})


def measure(place: Place, *, pairs: int = PAIRS, claims: int = CLAIMS) -> list[Figure]:
    """Both, in one database."""
    scidex = place.open()
    try:
        return [*_caught(scidex, pairs), *_retraction(scidex, claims)]
    finally:
        scidex.close()


def store_planted(scidex: Installation, library: PlantedLibrary) -> None:
    """Puts the made-up works into the library, as records their registry gave."""
    staged = []
    for work in library.works:
        notices = (
            [{"type": "retraction", "date": "2024-05-01", "reason": "Data that cannot be traced."}]
            if work.retracted
            else []
        )
        verification = {"status": "verified", "source": "https://registry.example/", "confidence": "high"}
        content = {"csl": work.item, "verification": verification, "notices": notices}
        staged.append(StagedWork(content=content))
    data = json.dumps([work.item for work in library.works]).encode()
    file = BibliographyFile(name="planted.json", sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    for start in range(0, len(staged), 500):
        command = StoreWorks(file=file, works=tuple(staged[start : start + 500]))
        told = scidex.door.perform("bibliography.store", command, scidex.actor)
        wrong = [work for work in told.works if work.outcome != "created"]
        if wrong:
            raise SystemExit(f"the made-up library could not be stored: {wrong[0]}")


def judge(scidex: Installation, library: PlantedLibrary, pairs: list[PlantedPair], *, online: bool) -> list[bool]:
    """For each pair, whether it passes: the citation resolves to a sound work and the quotation stands in its text.

    `online` adds what a registry would say of identifiers it never gave out.
    """
    absent: frozenset[WorkId] = frozenset()
    if online:
        absent = frozenset(i for p in pairs for i in p.cited.identifiers if ".never.given." in i.value)
    with scidex.storage.read() as connection:
        verdicts = queries.resolve_all(connection, [pair.cited for pair in pairs], absent=absent)
    passed = []
    for pair, verdict in zip(pairs, verdicts, strict=True):
        stands = isinstance(find_quote(library.works[pair.work].abstract, pair.quote), QuoteMatch)
        passed.append(verdict.status in _PASSES and stands and verdict.metadata is not Outcome.FAILED)
    return passed


def _caught(scidex: Installation, number: int) -> list[Figure]:
    library = PlantedLibrary()
    store_planted(scidex, library)
    pairs = list(library.pairs(number))
    begun = time.perf_counter()
    passed = judge(scidex, library, pairs, online=False)
    seconds = time.perf_counter() - begun
    counted = Counter(pair.plant for pair in pairs)
    caught = Counter(pair.plant for pair, ok in zip(pairs, passed, strict=True) if not ok)
    # Baseline: a checker that only asks whether the identifier exists, which is what most tools do.
    known = {identifier for work in library.works for identifier in map(str, _ids(work.item))}
    naive = Counter(pair.plant for pair in pairs if not all(str(each) in known for each in pair.cited.identifiers))
    faults = sum(counted[plant] for plant in IDENTITY)
    found, simple = sum(caught[plant] for plant in IDENTITY), sum(naive[plant] for plant in IDENTITY)
    off = [pair for pair in pairs if pair.plant is Plant.OFF_TOPIC]
    said = sum(suggest_stance(pair.claim, pair.quote).stance is Stance.OFF_TOPIC for pair in off)
    figures = [
        Figure(
            "Planted identity faults caught",
            100 * found / faults,
            "%",
            baseline=f"{100 * simple / faults:.1f} %: does the identifier exist?",
            goal=99.5,
            at_least=True,
        ),
        Figure("False alarms on right citations", 100 * caught[Plant.RIGHT] / counted[Plant.RIGHT], "%", goal=0.5),
        Figure("Passages off the topic suggested as such", 100 * said / len(off), "%"),
        Figure("Citations judged, quotation included", number / seconds, "citations/s"),
    ]
    figures += [
        Figure(f"… caught: {plant}", 100 * caught[plant] / counted[plant], "%", baseline=f"{counted[plant]} planted")
        for plant in IDENTITY
    ]
    return figures


def _ids(item: dict[str, object]) -> list[str]:
    return [f"doi:{item['DOI']}", f"pmid:{item['PMID']}"]


def _retraction(scidex: Installation, number: int) -> list[Figure]:
    """One work under many claims: retracted, and taken back. Consistent means that every reader sees it."""
    work = "doi:10.5555/made.up.0"
    claims = _claims_on(scidex, work, number)
    begun = time.perf_counter()
    scidex.door.perform("paper.mark", {"ref": work, "notice": "retraction", "date": "2026-11-24"}, scidex.actor)
    marked = time.perf_counter() - begun
    with scidex.storage.read() as connection:
        first = claims[:1000]
        begun_reading = time.perf_counter()
        wrong = sum(not _leans(connection, claim) for claim in first[:: max(1, len(first) // 100)])
        read = (time.perf_counter() - begun_reading) / 100
        head = queries.find(connection, work)[1]
        begun_listing = time.perf_counter()
        listed = queries.dependents(connection, head)
        listing = time.perf_counter() - begun_listing
        last_begun = time.perf_counter()
        wrong += not _leans(connection, claims[-1])
        last = time.perf_counter() - last_begun
    if wrong or listed.claims_total != number:
        raise SystemExit(f"{wrong} claims did not see the retraction; {listed.claims_total} of {number} are listed")
    begun = time.perf_counter()
    scidex.door.perform("paper.unmark", {"ref": work, "notice": "retraction", "reason": "measured"}, scidex.actor)
    undone = time.perf_counter() - begun
    return [
        Figure(f"Retraction under {number:,} claims, until all are consistent", marked + last, "s", goal=10),
        Figure("… until the first 1,000 are", marked + read, "s", goal=1),
        Figure("… one claim read after it", 1000 * read, "ms"),
        Figure("… list of what moved, first fifty with both standings", 1000 * listing, "ms"),
        Figure("Retraction taken back", undone, "s", baseline=f"{marked:.3f} s to record it", ratio=undone / marked),
    ]


def _leans(connection: object, claim: str) -> bool:
    head = queries.find(connection, claim)[1]  # type: ignore[arg-type]
    view = queries.claim_view(connection, head)  # type: ignore[arg-type]
    return bool(view.retracted) and not view.standing.counted


def _claims_on(scidex: Installation, work: str, number: int) -> list[str]:
    """Claims, each with one pointer to the work. Written in bulk through the door, a thousand to a transaction."""
    from bench.bulk import many_claims  # noqa: PLC0415 (a verb that only measurements need)

    made: list[str] = []
    for start in range(0, number, 1000):
        made += many_claims(scidex, work, start, min(1000, number - start))
    return made
