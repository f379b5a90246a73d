"""From a record of a bibliography file to the content of a publication, or of an open citation. Pure.

A record says how far it can be trusted, where it does: our own ``x-verification`` is read as what its author saw. Files
in the format of a registry (PubMed's XML) are that registry's own records; all others are somebody's list, and stay
unverified until a person or a look-up confirms them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scidex.atlas.bibliography.csl import Record, checked_item, title_of
from scidex.atlas.bibliography.identifiers import WorkId, identifiers_in, of_record
from scidex.kernel.errors import Invalid

_OF_A_REGISTRY = frozenset({"pubmed"})
_NOTICES = {"retraction": "retraction", "correction": "correction", "expression-of-concern": "expression of concern"}
_OPEN = frozenset({"ambiguous", "unresolvable"})


def staged_contents(
    item: Record,
    *,
    format_name: str,
    notices: tuple[tuple[str, tuple[str, ...], str, str], ...] = (),
    registrations: tuple[str, ...] = (),
) -> list[tuple[str, dict[str, Any]]]:
    """``(kind, content)`` of what one record stands for: usually one publication.

    A record whose key is ambiguous or unresolvable stands for an open citation, and beside it for the work it describes,
    if it does describe one. `notices` are ``(type, identifiers, date, note)``. Raises ValueError for what is no record.
    """
    item = checked_item(item)
    told = _verification_in(item)
    key = str(item.get("id", ""))[:200]
    content: dict[str, Any] = {
        "csl": item,
        "key": key if _is_key(key) else "",
        "verification": _verification(told, item, format_name),
        "notices": [notice for each in notices if (notice := _notice(*each))],
        "registrations": [number for each in registrations if (number := _nct(each))],
    }
    status = str(told.get("status", ""))
    if status not in _OPEN:
        return [("paper", content)]
    question = {
        "key": key,
        "status": status,
        "note": str(told.get("note") or "")[:4000],
        "source": str(told.get("source") or "")[:2000],
        "confidence": _confidence(told),
        "candidates": _candidates(told),
    }
    found = [("open-citation", question)]
    first: Mapping[str, Any] = next(iter(told.get("candidates") or ()), {})
    if title_of(item) and of_record(item):
        # The record describes a work well enough; only that the key means it is open.
        own = {"verified": "verified", "from-memory": "from-memory"}.get(str(first.get("status", "")), "unverified")
        seen = told if own == "verified" else {}
        content |= {
            "key": "",
            "verification": _verification({**seen, "status": own, "candidates": []}, item, format_name),
        }
        found.append(("paper", content))
    return found


def _verification_in(item: Record) -> Mapping[str, Any]:
    custom = item.get("custom") or {}
    for place in (custom, custom.get("csl") or {}):
        told = place.get("x-verification") if isinstance(place, Mapping) else None
        if isinstance(told, Mapping):
            return told
    return {}


def _verification(told: Mapping[str, Any], item: Record, format_name: str) -> dict[str, Any]:
    if not told:
        if format_name in _OF_A_REGISTRY and of_record(item):
            return {
                "status": "verified",
                "note": "The registry's own record, from a file in its format.",
                "confidence": "high",
            }
        return {"status": "unverified"}
    status = str(told.get("status", ""))
    return {
        "status": status if status in ("verified", "from-memory") else "unverified",
        "source": str(told.get("source") or "")[:2000],
        "note": str(told.get("note") or "")[:4000],
        "confidence": _confidence(told),
        "fields_seen": [str(each)[:60] for each in (told.get("fields_seen_on_source") or ())][:60],
        "fields_from_memory": [str(each)[:60] for each in (told.get("fields_from_memory") or ())][:60],
        "candidates": _candidates(told),
    }


def _confidence(told: Mapping[str, Any]) -> str:
    given = str(told.get("mapping_confidence", ""))
    return given if given in ("high", "medium", "low") else ""


def _candidates(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for each in list(told.get("candidates") or ())[:50]:
        if not isinstance(each, Mapping) or not each.get("title"):
            continue
        year = each.get("year")
        found.append(
            {
                "title": str(each["title"])[:1000],
                "first_author": str(each.get("first_author") or "")[:300],
                "container": str(each.get("container-title") or "")[:500],
                "year": int(year) if isinstance(year, int | str) and str(year).isdigit() else None,
                "identifiers": [str(identifier) for identifier in of_record(each)],
                "status": str(each.get("status") or "")[:40],
                "source": str(each.get("source") or "")[:2000],
                "why": str(each.get("why") or "")[:500],
            }
        )
    return found


def _notice(type_: str, identifiers: tuple[str, ...], date: str, note: str) -> dict[str, Any] | None:
    if type_ not in _NOTICES:
        return None
    found = next(iter(identifiers_in(" ".join(_written(each) for each in identifiers))), None)
    return {
        "type": _NOTICES[type_],
        "identifier": str(found) if found else "",
        "date": date[:10],
        "reason": note[:4000],
    }


def _written(identifier: str) -> str:
    try:
        each = WorkId.parse(identifier)
    except Invalid:
        return identifier
    return each.value if each.scheme != "pmid" else f"PMID {each.value}"


def _nct(text: str) -> str:
    try:
        return str(WorkId.of("nct", text))
    except Invalid:
        return ""


def _is_key(key: str) -> bool:
    """Whether an id is a key that somebody cites by, and not an identifier or a bare number."""
    return bool(key) and not key.isdigit() and not WorkId.matches(key) and not key.startswith(("http:", "https:"))
