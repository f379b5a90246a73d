"""One BibTeX entry as CSL-JSON, and back. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scidex.atlas.bibliography import csl
from scidex.atlas.bibliography.csl import Record
from scidex.atlas.bibliography.formats import bibtex_fields as known
from scidex.atlas.bibliography.formats.bibtex_dates import date_of_fields, edtf, edtf_date, fields_of_date
from scidex.atlas.bibliography.formats.bibtex_names import field_of, names_of
from scidex.atlas.bibliography.formats.entries import kept_of
from scidex.atlas.bibliography.formats.latex import COMMANDS, latex_of_text, text_of_latex

CARRIER = "x-csl"
_DATES = ("date", "year", "month", "day")
_EPRINT = ("eprint", "eprinttype", "archiveprefix")
_ARXIV = re.compile(
    r"(?:arxiv:)?([0-9]{4}\.[0-9]{4,5}(?:v[0-9]{1,2})?|[a-z-]{2,12}(?:\.[A-Z]{2})?/[0-9]{7})", re.IGNORECASE
)
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_+.\-]{0,60}")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_UNESCAPED = re.compile(r"\\([_%&#$~{}])")
_VERBATIM_UNSAFE = re.compile(r"[\\{}^\"\s\x00-\x1f\x7f\ud800-\udfff]")
# What the parents gave is written out, so that nothing is inherited from whatever stands in the same file.
_NOT_WRITTEN = frozenset({CARRIER, "crossref", "xdata"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_BRACE = re.compile(r"\\?[{}]")
_FILE_FIELDS = frozenset({"file", "pdf", "urlraw", "verba", "verbb", "verbc"})


def item_of(entry_type: str, key: str, fields: Mapping[str, str]) -> Record:
    """The entry as CSL-JSON, not yet checked. `fields` are LaTeX, by their names in lower case.

    What CSL has no variable for stays as it is in ``custom.bibtex.fields``, with the entry's type and key beside it.
    """
    csl_type = known.ENTRY_TYPES.get(entry_type.lower(), "document")
    item: Record = {"type": csl_type, "id": key}
    left: dict[str, str] = {}
    for name, source in fields.items():
        if name in (CARRIER, *_DATES) or not source.strip():
            continue
        if not _read_field(item, name, source, csl_type):
            left[name] = source
    if issued := date_of_fields(fields):
        item["issued"] = issued
    if not item.get("title") and "subtitle" not in left:
        item.pop("title", None)
    _read_eprint(item, left)
    _join_subtitle(item, left)
    kept: Record = {"type": entry_type.lower(), "key": key, "fields": left}
    item["custom"] = {"bibtex": {name: value for name, value in kept.items() if value}}
    return item


def _read_field(item: Record, name: str, source: str, csl_type: str) -> bool:
    """Puts the field into `item`; False if CSL has no variable for it, or that one has been taken already."""
    variable = (
        known.NAME_FIELDS.get(name)
        or known.VERBATIM_FIELDS.get(name)
        or known.DATE_FIELDS.get(name)
        or ("page" if name == "pages" else known.text_variable(name, csl_type))
    )
    if variable is None or variable in item:
        return False
    value: Any
    if name in known.NAME_FIELDS:
        value = names_of(source)
    elif name in known.VERBATIM_FIELDS:
        value = _UNESCAPED.sub(r"\1", source.strip())
    elif name in known.DATE_FIELDS:
        value = edtf_date(source)
    elif name == "pages":
        value = text_of_latex(source).replace("–", "-")
    else:
        value = text_of_latex(source, is_title=name in known.TITLE_FIELDS)
    if value:
        item[variable] = value
    return True


def _read_eprint(item: Record, left: dict[str, str]) -> None:
    kind = left.get("eprinttype") or left.get("archiveprefix") or ""
    number = left.get("eprint", "").strip()
    found = _ARXIV.fullmatch(number)
    if kind.strip().lower() == "pubmed" and number.isdigit() and "PMID" not in item:
        item["PMID"] = number
    elif kind.strip().lower() == "arxiv" and found and "archive" not in item:
        item["archive"] = "arXiv"
        item["archive_location"] = f"arXiv:{found[1]}"
    else:
        return
    for name in _EPRINT:
        left.pop(name, None)


def _join_subtitle(item: Record, left: dict[str, str]) -> None:
    for title, subtitle in (
        ("title", "subtitle"),
        ("container-title", "booksubtitle"),
        ("container-title", "journalsubtitle"),
    ):
        if item.get(title) and left.get(subtitle):
            item[title] = f"{item[title]}: {text_of_latex(left.pop(subtitle), is_title=True)}"


def entry_of(item: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The entry type and the fields, as LaTeX with balanced braces, that `item` is written as."""
    csl_type = str(item.get("type", "document"))
    kept = kept_of(item, "bibtex")
    entry_type = str(kept.get("type", ""))
    if known.ENTRY_TYPES.get(entry_type) != csl_type:
        entry_type = known.entry_type(csl_type)
    fields: dict[str, str] = {}
    _write_names(item, fields)
    _write_texts(item, csl_type, fields)
    if item.get("page"):
        fields["pages"] = (
            re.sub(r"(?<=[0-9A-Za-z])\s?[-–]\s?(?=[0-9A-Za-z])", "--", str(item["page"]))
            if _is_range(item)
            else latex_of_text(str(item["page"]))
        )
    fields |= fields_of_date(item.get("issued", {}))
    for name, variable in known.DATE_FIELDS.items():
        if written := edtf(item.get(variable, {})):
            fields[name] = written
    _write_identifiers(item, fields)
    _write_kept(kept, fields)
    return entry_type, {name: source for name, source in fields.items() if source}


def _is_range(item: Mapping[str, Any]) -> bool:
    return re.fullmatch(r"[0-9A-Za-z]{1,12}-[0-9A-Za-z]{1,12}", str(item["page"])) is not None


def key_of(item: Mapping[str, Any]) -> str:
    """The citation key that the item came with, or its id, or one made of its first author and year."""
    return str(
        kept_of(item, "bibtex").get("key") or item.get("id") or f"{csl.first_author(item)}{csl.year_of(item) or ''}"
    )


def _write_names(item: Mapping[str, Any], fields: dict[str, str]) -> None:
    for name, variable in known.NAME_FIELDS.items():
        if item.get(variable):
            fields[name] = field_of(item[variable])


def _write_texts(item: Mapping[str, Any], csl_type: str, fields: dict[str, str]) -> None:
    for variable, value in item.items():
        name = known.written_field(variable, csl_type) if variable in csl.TEXT_VARIABLES else None
        if name and name not in fields and not (variable == "archive" and _arxiv_number(item)):
            fields[name] = latex_of_text(str(value), is_title=name in known.TITLE_FIELDS)


def _arxiv_number(item: Mapping[str, Any]) -> str:
    location = str(item.get("archive_location", ""))
    is_number = item.get("archive") == "arXiv" and location.startswith("arXiv:") and _ARXIV.fullmatch(location)
    return location.removeprefix("arXiv:") if is_number else ""


def _write_identifiers(item: Mapping[str, Any], fields: dict[str, str]) -> None:
    for name, variable in known.VERBATIM_FIELDS.items():
        if item.get(variable):
            fields[name] = _VERBATIM_UNSAFE.sub(_percent_encoded, str(item[variable]))
    if number := _arxiv_number(item):
        fields |= {"eprint": number, "archiveprefix": "arXiv"}


def _percent_encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode(errors="replace"))


def _write_kept(kept: Mapping[str, Any], fields: dict[str, str]) -> None:
    """The fields that CSL has no variable for: as they stood where that cannot do harm, else with all of it spelt out."""
    others = kept.get("fields")
    for name, source in others.items() if isinstance(others, Mapping) else ():
        if (
            not _FIELD_NAME.fullmatch(str(name))
            or name in fields
            or name in _NOT_WRITTEN
            or not isinstance(source, str)
        ):
            continue
        if name in _FILE_FIELDS:
            is_path = _is_balanced(source) and "\\" not in source and "^" not in source
            fields[name] = source if is_path else latex_of_text(source)
        else:
            fields[name] = source if _is_inert(source) else latex_of_text(source)


def _is_inert(source: str) -> bool:
    """Whether `source` is LaTeX of balanced braces, with no command but those that are read, and no special characters."""
    if "^^" in source or source != " ".join(source.split()) or not _is_balanced(source):
        return False
    if any(found[1] not in COMMANDS for found in _COMMAND.finditer(source)):
        return False
    plain = _COMMAND.sub("", source)
    return (
        plain.count("$") % 2 == 0
        and not any(special in plain for special in "%#&")
        and ("$" in plain or not any(special in plain for special in "^_"))
    )


def _is_balanced(source: str) -> bool:
    """Whether the braces of `source` are in pairs for BibTeX, and no character of it is one that no file should hold."""
    depth = 0
    if source.endswith("\\") or _CONTROL.search(source):
        return False
    for found in _BRACE.finditer(source):
        if len(found[0]) == 2:
            return False  # BibTeX itself counts an escaped brace, so it is written by name
        depth += 1 if found[0] == "{" else -1
        if depth < 0:
            return False
    return depth == 0
