"""Ask the outside for the works that citations name and the library does not have, and store what it says.

Off until configured. A record of a registry is verified by where it came from; what a registry does not have is told, and
what a service does not answer is no finding. No transaction is open while anybody is waited for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scidex.atlas import queries
from scidex.atlas.actions._papers import LOOKUP
from scidex.atlas.actions.store_works import BibliographyFile, StagedWork, StoredWork, StoreWorks
from scidex.atlas.bibliography.identifiers import Scheme, WorkId
from scidex.atlas.bibliography.matching import Cited
from scidex.atlas.importing.bibliography import staged_contents
from scidex.atlas.ports import FoundWork, Lookup, LookupResult, LookupStatus
from scidex.kernel.canonical import sha256
from scidex.kernel.errors import Refused
from scidex.kernel.installation import Installation

# Who gives each identifier out, and so can say that there is none. OpenAlex knows DOIs of other agencies than Crossref.
_REGISTRIES = {
    Scheme.DOI: frozenset({"crossref"}),
    Scheme.PMID: frozenset({"pubmed"}),
    Scheme.PMCID: frozenset({"europe-pmc", "pubmed"}),
    Scheme.NCT: frozenset({"clinicaltrials"}),
    Scheme.OPENALEX: frozenset({"openalex"}),
}
_FORMAT = "lookup"


@dataclass(slots=True)
class LookedUp:
    """What came of it: the works stored, the identifiers that do not exist, and the services that did not answer."""

    stored: list[StoredWork] = field(default_factory=list)
    absent: set[WorkId] = field(default_factory=set)
    silent: dict[str, str] = field(default_factory=dict)


def look_up_missing(installation: Installation, cited: Sequence[Cited]) -> LookedUp:
    """Looks up the identifiers of `cited` that lead to no work here. Raises Refused if no service is switched on."""
    lookup = installation.service(Lookup)
    if not lookup.services:
        raise Refused(
            "No look-up service is switched on; nobody was asked.",
            cure="Set SCIDEX_LOOKUP (such as crossref,pubmed) and SCIDEX_CONTACT, your e-mail address.",
        )
    wanted = {identifier for each in cited for identifier in each.identifiers}
    with installation.storage.read() as connection:
        known = queries.works_named(connection, map(str, wanted))
    by_scheme: dict[Scheme, list[str]] = defaultdict(list)
    for identifier in sorted(wanted):
        if str(identifier) not in known:
            by_scheme[identifier.scheme].append(identifier.value)
    told = LookedUp()
    for scheme, values in by_scheme.items():
        for value, result in lookup.look_up_many(scheme, values).items():
            _take(installation, WorkId(scheme, value), result, told)
    return told


def _take(installation: Installation, asked: WorkId, result: LookupResult, told: LookedUp) -> None:
    told.silent.update((silence.service, silence.message) for silence in result.silent)
    if result.found:
        told.stored += _store(installation, result.found)
    elif (
        result.status is LookupStatus.ASKED
        and not result.silent
        and _REGISTRIES.get(asked.scheme, frozenset()) & set(result.without)
    ):
        told.absent.add(asked)


def _store(installation: Installation, found: Iterable[FoundWork]) -> list[StoredWork]:
    """Each service's record in turn: the first makes the work, the others complete it or are refused with what differs."""
    stored: list[StoredWork] = []
    for work in found:
        data = json.dumps(work.item, ensure_ascii=False, sort_keys=True, indent=1).encode()
        file = BibliographyFile(
            name=f"{work.source}: {work.address}", sha256=sha256(data), size=len(data), format=_FORMAT, data=data
        )
        command = StoreWorks(file=file, works=(staged_lookup(work),))
        stored += installation.door.perform("bibliography.store", command, LOOKUP).works
    return stored


def staged_lookup(work: FoundWork) -> StagedWork:
    """A service's record as the content of a publication."""
    notices = tuple((str(each.type), each.identifiers, each.date, each.label) for each in work.notices)
    item = {**work.item, "abstract": work.abstract} if work.abstract and "abstract" not in work.item else work.item
    kind, content = staged_contents(item, format_name=_FORMAT, notices=notices, registrations=work.registrations)[0]
    content |= {
        "key": "",
        "identifiers": list(work.identifiers),
        "verification": {
            "status": "verified",
            "source": work.address,
            "note": f"The record of {work.source}, as it was on {work.retrieved_at[:10]}.",
            "confidence": "high",
            "fields_seen": sorted(name for name in work.item if name not in ("id", "custom")),
        },
    }
    return StagedWork(kind=kind, content=content)
