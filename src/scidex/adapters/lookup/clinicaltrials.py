"""ClinicalTrials.gov: registrations of trials, through its API version 2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scidex.adapters.lookup.client import Client
from scidex.adapters.lookup.markup import plain_paragraphs
from scidex.adapters.lookup.pace import Allowance
from scidex.adapters.lookup.records import (
    all_found,
    by_value,
    confirmed,
    csl_date,
    fitting,
    found_work,
    iso_date,
    json_object,
    listing,
    mapping,
    text,
    texts,
    title,
    words,
    work_ids,
)
from scidex.adapters.lookup.service import Question, Service, UnreadableBodyError, missing
from scidex.atlas.bibliography.identifiers import Scheme, WorkId
from scidex.atlas.ports import FoundWork

# About 50 requests a minute are known to be let through.
SERVICE = Service("clinicaltrials", "ClinicalTrials.gov", "clinicaltrials.gov", Allowance(45, 60))
_PATH = "/api/v2/studies"
# Not the results, which are long and are no part of a citation.
_SECTION = (("format", "json"), ("fields", "protocolSection"))
_REGISTRIES = frozenset({"EUDRACT_NUMBER", "CTIS", "REGISTRY"})


class ClinicalTrials:
    """Trials by NCT number."""

    name = SERVICE.name
    schemes = frozenset({"nct"})
    at_once = 50

    def __init__(self, client: Client) -> None:
        self._client = client

    def look_up(self, scheme: str, value: str) -> FoundWork | None:
        """The registration of an NCT number, None if there is none. Raises Unavailable."""
        wanted = WorkId.of(scheme, value)

        def read(body: bytes, moment: str) -> FoundWork | None:
            return confirmed(SERVICE, wanted, [_work(_study(json_object(body)), moment)])

        return self._client.ask(SERVICE, Question(f"{_PATH}/{wanted.value}", _SECTION, absent=missing), read)

    def look_up_many(self, scheme: str, values: Sequence[str]) -> Mapping[str, FoundWork | None]:
        """The registrations of up to `at_once` NCT numbers in one request. Raises Unavailable."""
        parameters = (("filter.ids", ",".join(values)), ("pageSize", str(len(values))), *_SECTION)

        def read(body: bytes, moment: str) -> dict[str, FoundWork | None]:
            return by_value(scheme, values, [_work(each, moment) for each in _studies(body)])

        return self._client.ask(SERVICE, Question(_PATH, parameters, lane="list"), read, whole=all_found) or {}

    def search(self, *, title: str, author: str, year: int | None, limit: int) -> tuple[FoundWork, ...]:
        """Registrations with these words in a title, this sponsor, and a start within a year of `year`."""
        parameters = [("query.titles", words(title)), ("query.spons", words(author))]
        if year is not None:
            parameters.append(("filter.advanced", f"AREA[StartDate]RANGE[{year - 1:04d}-01-01,{year + 1:04d}-12-31]"))
        given = tuple((name, value) for name, value in parameters if value)
        question = Question(_PATH, (*given, ("pageSize", str(limit)), *_SECTION), lane="list")

        def read(body: bytes, moment: str) -> tuple[FoundWork, ...]:
            return fitting(_studies(body), lambda study: _work(study, moment), limit)

        return (self._client.ask(SERVICE, question, read) or ()) if given else ()


def _study(answer: Mapping[str, Any]) -> dict[str, Any]:
    section = answer.get("protocolSection")
    if not isinstance(section, dict):
        raise UnreadableBodyError("the answer has no protocol section")
    return section


def _studies(body: bytes) -> list[dict[str, Any]]:
    studies = json_object(body).get("studies")
    if not isinstance(studies, list):
        raise UnreadableBodyError("the answer has no list of studies")
    return [_study(mapping(each)) for each in studies]


def _work(study: Mapping[str, Any], moment: str) -> FoundWork:
    naming = mapping(study.get("identificationModule"))
    status = mapping(study.get("statusModule"))
    ids = work_ids((Scheme.NCT, naming.get("nctId")), (Scheme.NCT, naming.get("nctIdAliases")))
    own = work_ids((Scheme.NCT, naming.get("nctId")))
    posted = mapping(status.get("studyFirstPostDateStruct")).get("date") or status.get("studyFirstSubmitDate")
    started = mapping(status.get("startDateStruct")).get("date")
    sponsors = mapping(study.get("sponsorCollaboratorsModule"))
    sponsor = text(mapping(sponsors.get("leadSponsor")).get("name"))
    item: dict[str, Any] = {
        "type": "document",
        "genre": "clinical trial registration",
        "title": title(naming.get("officialTitle")) or title(naming.get("briefTitle")),
        "title-short": title(naming.get("briefTitle")),
        "author": [{"literal": sponsor}] if sponsor else [],
        "publisher": "ClinicalTrials.gov",
        "number": own[0].value if own else "",
        "issued": csl_date(posted),
        "event-date": csl_date(started),
        "status": text(status.get("overallStatus")),
        "keyword": ", ".join(texts(mapping(study.get("conditionsModule")).get("keywords"))),
        "custom": {"clinicaltrials": _trial(study, naming, status, sponsors)},
    }
    return found_work(
        SERVICE,
        item,
        (*own, *(each for each in ids if each not in own)),
        address=own[0].url if own else "",
        retrieved_at=moment,
        registrations=[*map(str, own), *_other_registrations(naming)],
        abstract=plain_paragraphs(str(mapping(study.get("descriptionModule")).get("briefSummary") or "")),
    )


def _trial(
    study: Mapping[str, Any], naming: Mapping[str, Any], status: Mapping[str, Any], sponsors: Mapping[str, Any]
) -> dict[str, Any]:
    """What a registration says beyond a citation, in its own words; numbers of people are whole numbers."""
    design, plan = mapping(study.get("designModule")), mapping(study.get("armsInterventionsModule"))
    enrollment = mapping(design.get("enrollmentInfo"))
    count = enrollment.get("count")
    trial = {
        "official-title": title(naming.get("officialTitle")),
        "brief-title": title(naming.get("briefTitle")),
        "acronym": text(naming.get("acronym")),
        "status": text(status.get("overallStatus")),
        "why-stopped": text(status.get("whyStopped")),
        "start-date": iso_date(mapping(status.get("startDateStruct")).get("date")),
        "primary-completion-date": iso_date(mapping(status.get("primaryCompletionDateStruct")).get("date")),
        "completion-date": iso_date(mapping(status.get("completionDateStruct")).get("date")),
        "study-type": text(design.get("studyType")),
        "phases": texts(design.get("phases")),
        "enrollment": count if isinstance(count, int) and not isinstance(count, bool) else None,
        "enrollment-type": text(enrollment.get("type")),
        "conditions": texts(mapping(study.get("conditionsModule")).get("conditions")),
        "arms": _fields(plan.get("armGroups"), label="label", type="type", description="description"),
        "interventions": _fields(plan.get("interventions"), type="type", name="name", description="description"),
        "primary-outcomes": _fields(
            mapping(study.get("outcomesModule")).get("primaryOutcomes"),
            measure="measure",
            time_frame="timeFrame",
            description="description",
        ),
        "collaborators": texts([mapping(each).get("name") for each in listing(sponsors.get("collaborators"))]),
        "references": _fields(mapping(study.get("referencesModule")).get("references"), pmid="pmid", type="type"),
    }
    return {name: value for name, value in trial.items() if value not in (None, "", [])}


def _fields(records: object, **names: str) -> list[dict[str, str]]:
    """The named fields of each record, without those it does not have; ours are hyphenated."""
    taken = []
    for record in map(mapping, listing(records)):
        values = {ours.replace("_", "-"): text(record.get(theirs)) for ours, theirs in names.items()}
        if kept := {name: value for name, value in values.items() if value}:
            taken.append(kept)
    return taken


def _other_registrations(naming: Mapping[str, Any]) -> list[str]:
    """The numbers that other registries gave the trial."""
    others = [mapping(each) for each in listing(naming.get("secondaryIdInfos"))]
    return [text(each.get("id")) for each in others if text(each.get("type")) in _REGISTRIES and text(each.get("id"))]
