"""What the keys of front matter mean, each entry checked on its own: a wrong one is reported and left out."""

from __future__ import annotations

from dataclasses import dataclass, field

from scidex.atlas.importing.addresses import is_allowed
from scidex.atlas.importing.findings import Ledger
from scidex.atlas.importing.infobox import Infobox
from scidex.atlas.importing.inline import plain
from scidex.atlas.importing.markup import to_lines
from scidex.atlas.importing.metadata import Metadata, read_metadata
from scidex.atlas.importing.model import Part, Span
from scidex.atlas.importing.related import Related
from scidex.atlas.importing.vocabulary import terms
from scidex.atlas.kinds.page import Reference, RelatedItem

_KNOWN = terms("title kind entity_type entity slug aliases infobox references related metadata")
_REFERENCE = tuple(Reference.model_fields)
_RELATED = tuple(RelatedItem.model_fields)
_STATUSES = terms("verified from-memory ambiguous unresolvable listed unresolved")
_LONGEST = 4000


@dataclass(slots=True)
class FrontFields:
    """The front matter, typed."""

    title: str = ""
    slug: str = ""
    entity_type: str = ""
    entity: str = ""
    aliases: list[str] = field(default_factory=list)
    references: dict[str, Reference] = field(default_factory=dict)
    related: Related = field(default_factory=Related)
    metadata: Metadata = field(default_factory=Metadata)


def read_fields(mapping: dict[str, object], lines: dict[str, int], infobox: Infobox, ledger: Ledger) -> FrontFields:
    """Type the mapping; infobox rows go into `infobox`, before those the text has."""
    fields = FrontFields()
    for key, value in mapping.items():
        line = lines.get(key, 1)
        if key not in _KNOWN:
            message = f"the key “{key[:60]}” has no meaning here"
            ledger.add("front-matter-unknown", message, line=line, action="left out", shown="nothing")
        elif key in ("title", "slug", "entity_type", "entity"):
            setattr(fields, key, words(value, line, ledger))
        elif key == "aliases":
            fields.aliases = [name for each in _items(value) if (name := words(each, line, ledger))]
        elif key == "infobox":
            _infobox(value, line, infobox, ledger)
        elif key == "references":
            _references(value, line, fields, ledger)
        elif key == "related":
            _related(value, line, fields, ledger)
        elif key == "metadata":
            _metadata(value, line, fields, ledger)
    return fields


def words(value: object, line: int, ledger: Ledger) -> str:
    """A value as plain text without markup; lists and mappings have no place where this is used."""
    return plain(_text(value, line, ledger))[:_LONGEST]


def _items(value: object) -> list[object]:
    if value is None:
        return []
    return value[:2000] if isinstance(value, list) else [value]


def _unknown(what: str, line: int, ledger: Ledger) -> None:
    ledger.add("front-matter-unknown", what, line=line, action="left out", shown="nothing")


def _infobox(value: object, line: int, infobox: Infobox, ledger: Ledger) -> None:
    pairs: list[tuple[object, object]] = []
    if isinstance(value, dict):
        pairs = list(value.items())[:1000]
    else:
        for each in _items(value):
            if isinstance(each, dict) and "label" in each and not each.keys() - {"label", "value"}:
                pairs.append((each["label"], each.get("value")))
            else:
                _unknown("an infobox row is not a label and a value", line, ledger)
    fresh = Infobox()
    for label, content in pairs:
        joined = ", ".join(_inline(each, line, ledger) for each in _items(content))
        fresh.add(words(label, line, ledger), joined, Span(line, line), ledger)
    moved = [Part(f"infobox/{len(fresh.fields) + index}", part.span) for index, part in enumerate(infobox.parts)]
    infobox.fields[:0] = fresh.fields
    infobox.parts[:] = [*fresh.parts, *moved]


def _inline(value: object, line: int, ledger: Ledger) -> str:
    return " ".join(_text(value, line, ledger).split())


def _text(value: object, line: int, ledger: Ledger) -> str:
    if value is None or isinstance(value, list | dict):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "<" in text or "&" in text:
        text = " ".join(each.text for each in to_lines(text, ledger, first_line=line))
    return text


def _entry(value: object, names: tuple[str, ...], what: str, line: int, ledger: Ledger) -> dict[str, str]:
    if not isinstance(value, dict):
        _unknown(f"a {what} is not a list of `key: value` lines", line, ledger)
        return {}
    strange = [str(key)[:40] for key in value if key not in names]
    if strange:
        _unknown(f"a {what} has the keys {', '.join(strange[:10])}, which have no meaning here", line, ledger)
    return {name: words(value[name], line, ledger) for name in names if value.get(name) is not None}


def _references(value: object, line: int, fields: FrontFields, ledger: Ledger) -> None:
    for each in _items(value):
        found = _entry(each, _REFERENCE, "reference", line, ledger)
        key = found.get("key", "").lstrip("@")[:200]
        if not key:
            _unknown("a reference has no key", line, ledger)
            continue
        found["key"] = key
        if found.get("url") and not is_allowed(found["url"]):
            message = f"the reference “{key}” has an address that is not allowed"
            ledger.add(
                "link-unlinked", message, line=line, action="left the address out", shown="the reference without"
            )
            found["url"] = ""
        status = found.get("status", "listed" if found.get("text") else "unresolved")
        if status not in _STATUSES:
            _unknown(f"the reference “{key}” has the status “{status[:40]}”", line, ledger)
            status = "listed"
        found["status"] = status
        if key in fields.references:
            message = f"“{key}” is listed again"
            ledger.add("duplicate-reference", message, line=line, action="kept the first", shown="the first")
        fields.references.setdefault(key, Reference.model_validate(found))


def _related(value: object, line: int, fields: FrontFields, ledger: Ledger) -> None:
    for each in _items(value):
        found = _entry(each, _RELATED, "related item", line, ledger)
        if not found.get("target"):
            _unknown("a related item has no target", line, ledger)
            continue
        found.setdefault("title", found["target"])
        fields.related.parts.append(Part(f"related/{len(fields.related.items)}", Span(line, line)))
        fields.related.items.append(RelatedItem.model_validate(found))


def _metadata(value: object, line: int, fields: FrontFields, ledger: Ledger) -> None:
    if not isinstance(value, dict):
        _unknown("the metadata is not a list of `key: value` lines", line, ledger)
        return
    rows: list[tuple[str, str, Span]] = []
    for key, content in list(value.items())[:2000]:
        name = words(key, line, ledger)[:64]
        if isinstance(content, dict) and name == "__merged_from":
            pairs = ", ".join(f"{str(k)!r}: {str(v)!r}" for k, v in content.items())
            rows.append((name, "{" + pairs + "}", Span(line, line)))
        elif isinstance(content, list | dict):
            _unknown(f"the metadata value “{name}” is not a single value", line, ledger)
        else:
            rows.append((name, "None" if content is None else words(content, line, ledger), Span(line, line)))
    fields.metadata = read_metadata(rows, None, ledger)
