"""One item of evidence as a record of text, for formats that hold records inside a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scidex.atlas.bibliography.identifiers import Scheme, WorkId
from scidex.atlas.graph.formats.checking import Checks, size_in, spelled_source
from scidex.atlas.graph.formats.texts import name_in, passage_in
from scidex.atlas.graph.model import EdgeItem
from scidex.kernel.errors import Invalid

_KNOWN = frozenset({"source", "run", "item", "stance", "quote", "checked", "design", "sample_size", "judge", "note"})
MOST_ITEMS = 1_000
"""Items of one edge in one row."""


def record_of(item: EdgeItem) -> dict[str, Any]:
    """What the item says, by the name of its field; what it does not say is left out."""
    said = {
        "source": item.source.replace("%", "%25") if item.source.startswith("doi:") else item.source,
        "run": item.run,
        "item": item.item,
        "stance": str(item.stance or ""),
        "quote": item.quote,
        "checked": item.checked,
        "design": str(item.design or ""),
        "sample_size": item.sample_size,
        "judge": item.judge,
        "note": item.note,
    }
    return {name: value for name, value in said.items() if value}


def items_of(records: Iterable[Any], checks: Checks) -> tuple[tuple[EdgeItem, ...], dict[str, str]]:
    """The items of records, and what they claim of themselves, by path. Raises Invalid."""
    items: list[EdgeItem] = []
    claims: dict[str, str] = {}
    for position, record in enumerate(records):
        if position >= MOST_ITEMS:
            raise Invalid(
                f"The edge has more than {MOST_ITEMS:,} items of evidence.", cure="Part it over several rows."
            )
        if not isinstance(record, Mapping):
            raise Invalid(f"Item {position + 1} of the evidence is no record.", cure="Write it as an object.")
        if unknown := sorted(set(map(str, record)) - _KNOWN):
            raise Invalid(
                f"Item {position + 1} of the evidence says “{unknown[0][:40]}”, which no item has.",
                cure=f"Known: {', '.join(sorted(_KNOWN))}.",
            )
        items.append(_item({name: text_of(value) for name, value in record.items()}, checks))
        claims |= {
            f"items/{position}/{name}": text_of(record[name]) for name in ("judge", "checked") if record.get(name)
        }
    return tuple(items), claims


def _item(said: Mapping[str, str], checks: Checks) -> EdgeItem:
    source = checks.source(said["source"])[0] if said.get("source") else ""
    run, kept = name_in(said.get("run", ""), "run"), name_in(said.get("item", ""), "evidence item")
    if not (source or run or kept):
        raise Invalid("An item of evidence names no source.", cure="Give it a source, a run or an evidence item.")
    return EdgeItem(
        source,
        run,
        kept,
        checks.stance(said.get("stance", "")),
        passage_in(said.get("quote", ""), "quote"),
        design=checks.design(said.get("design", "")),
        sample_size=size_in(said.get("sample_size", "")),
        note=passage_in(said.get("note", ""), "note"),
    )


def text_of(value: Any) -> str:
    """A value of JSON as text; "" for none. Raises Invalid for a list or an object."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise Invalid("A list or an object stands where one word belongs.", cure="Write text.")


def publication(source: str) -> str:
    """A source as a compact URI that other software reads (``PMID:1``); "" for a citation key, which it cannot."""
    try:
        work = WorkId.parse(source)
    except Invalid:
        return ""
    value = spelled_source(work.value)
    spelled = value if work.scheme is Scheme.NCT else f"{_SPELLED.get(work.scheme, work.scheme)}:{value}"
    # One that would be read under another name (an escape inside a DOI) is not written.
    return spelled if str(work) == source else ""


_SPELLED = {Scheme.PMID: "PMID", Scheme.PMCID: "PMCID", Scheme.ARXIV: "arXiv", Scheme.ISBN: "ISBN"}
