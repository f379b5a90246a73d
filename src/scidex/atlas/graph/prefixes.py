"""Prefixes of compact URIs: those that this field uses are written here, all others are read from the registry's file.

Prefixes, patterns and addresses are those of the Bioregistry (Hoyt 2022, doi:10.1038/s41597-022-01807-3); a test holds the
ones written here to it. The package ``bioregistry`` is not imported: that takes seconds, makes folders in the home directory
and opens a socket. Its one file of data is read, once, and only when a prefix is met that is not written here.
"""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from scidex.kernel.errors import Refused

OWN = "scidex"
"""The prefix of entities that no registry has a number for; what follows is a slug of the name."""


class Known(NamedTuple):
    """A prefix: its key in the registry, the pattern of what follows (whole), an example, and the address ($1 is filled)."""

    key: str
    pattern: str
    example: str
    address: str


_OBO = "http://purl.obolibrary.org/obo/"
# Spelled as the field writes them: in the manner of the OBO Foundry and, for those outside it, of the Biolink Model.
FIELD: dict[str, Known] = {
    "MONDO": Known("mondo", r"^\d{7}$", "0000001", f"{_OBO}MONDO_$1"),
    "HGNC": Known("hgnc", r"^\d{1,5}$", "16793", "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/$1"),
    "CL": Known("cl", r"^\d{7}$", "0000062", f"{_OBO}CL_$1"),
    "UBERON": Known("uberon", r"^\d+$", "2005080", f"{_OBO}UBERON_$1"),
    "GO": Known("go", r"^\d{7}$", "0032571", f"{_OBO}GO_$1"),
    "HP": Known("hp", r"^\d{7}$", "0011140", f"{_OBO}HP_$1"),
    "CHEBI": Known("chebi", r"^\d+$", "138488", f"{_OBO}CHEBI_$1"),
    "DOID": Known("doid", r"^\d+$", "0110974", f"{_OBO}DOID_$1"),
    "EFO": Known("efo", r"^\d{7}$", "0005147", "http://www.ebi.ac.uk/efo/EFO_$1"),
    "NCIT": Known("ncit", r"^(C|R|P|A|NHC)\d+$", "C138986", f"{_OBO}NCIT_$1"),
    "MESH": Known("mesh", r"^(C|D|Q)\d+$", "C063233", "https://meshb.nlm.nih.gov/record/ui?ui=$1"),
    "NCBIGene": Known("ncbigene", r"^\d+$", "100010", "https://www.ncbi.nlm.nih.gov/gene/$1"),
    "NCBITaxon": Known("ncbitaxon", r"^(\d+)|([a-zA-Z_]+)$", "2170610", f"{_OBO}NCBITaxon_$1"),
    "UniProtKB": Known(
        "uniprot",
        r"^([OPQ]\d[A-Z0-9]{3}\d|[A-NR-Z]\d([A-Z][A-Z0-9]{2}\d){1,2})$",
        "P0DP23",
        "http://purl.uniprot.org/uniprot/$1",
    ),
    "OMIM": Known("omim", r"^\d+$", "603903", "https://omim.org/MIM:$1"),
    "UMLS": Known("umls", r"^C\d+$", "C2584994", "https://uts.nlm.nih.gov/uts/umls/concept/$1"),
    "ORPHA": Known("orpha", r"^C?\d+$", "85163", "http://www.orpha.net/ORDO/Orphanet_$1"),
    "DRUGBANK": Known("drugbank", r"^DB\d{5}$", "DB14938", "https://go.drugbank.com/drugs/$1"),
    "clinicaltrials": Known("clinicaltrials", r"^NCT\d{8}$", "NCT00222573", "https://www.clinicaltrials.gov/study/$1"),
}
"""The prefixes that are known without the registry, by the spelling they are kept in."""

_OTHER_SPELLINGS = {
    "nct": "clinicaltrials",
    "clinicaltrials.gov": "clinicaltrials",
    "msh": "MESH",
    "entrez": "NCBIGene",
    "geneid": "NCBIGene",
    "uniprot": "UniProtKB",
    "taxonomy": "NCBITaxon",
    "taxon": "NCBITaxon",
    "orphanet": "ORPHA",
    "omim": "OMIM",
    "mim": "OMIM",
}
BY_SPELLING = {prefix.casefold(): prefix for prefix in FIELD} | _OTHER_SPELLINGS
PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,40}")
ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@lru_cache(maxsize=4096)
def spelled(prefix: str) -> str | None:
    """The spelling in which a prefix is kept, or None if it is unknown."""
    if not PREFIX.fullmatch(prefix):
        return None
    folded = prefix.casefold()
    if folded == OWN:
        return OWN
    if folded in BY_SPELLING:
        return BY_SPELLING[folded]
    return _registered_spellings().get(_folded(prefix))


def registered(prefix: str) -> Known:
    """What the registry says of a prefix in its spelling."""
    key = _keys()[prefix]
    entry = _registry()[key]
    return Known(key, _first(entry, "pattern", _PATTERNS), entry.get("example", "…"), _address_form(entry))


# Where an entry of the registry says nothing itself, what it holds of other registries is taken, in this order.
_PATTERNS = ("miriam", "wikidata.property", "bartoc")
_ADDRESSES = ("obofoundry", "lov", "zazuko", "miriam", "n2t", "biocontext", "wikidata.property", "prefixcommons")


def _first(entry: dict[str, Any], name: str, elsewhere: tuple[str, ...]) -> str:
    found = (place.get(name) for place in (entry, *(entry.get(other) or {} for other in elsewhere)))
    return next((str(value) for value in found if value), "")


def _address_form(entry: dict[str, Any]) -> str:
    form = _first(entry, "uri_format", _ADDRESSES)
    return form if ADDRESS.match(form) and "$1" in form else ""


def _spelling(key: str, entry: dict[str, Any]) -> str:
    return str(entry.get("preferred_prefix") or (entry.get("obofoundry") or {}).get("preferred_prefix") or key)


@cache
def _registry() -> dict[str, dict[str, Any]]:
    """The registry: 8 MB of JSON in the package, read when the first prefix is met that the field does not use."""
    found = importlib.util.find_spec("bioregistry")
    places = found.submodule_search_locations if found else None
    try:
        text = (Path(places[0]) / "data" / "bioregistry.json").read_bytes() if places else b""
        return dict(json.loads(text))
    except (OSError, ValueError):
        raise Refused(
            "The registry of prefixes is not installed.",
            cure="Install the package bioregistry as requirements/ pins it.",
        ) from None


@cache
def _keys() -> dict[str, str]:
    """The key of each prefix by its spelling. A spelling that two have belongs to the one whose key it is."""
    keys: dict[str, str] = {}
    for key, entry in _registry().items():
        spelling = _spelling(key, entry)
        if spelling not in keys or _folded(spelling) == _folded(key):
            keys[spelling] = key
    return keys


@cache
def _registered_spellings() -> dict[str, str]:
    """The spelling of each prefix, by every folded way to write it that is the prefix of one registry only."""
    ours = {known.key: spelling for spelling, known in FIELD.items()}
    spellings: dict[str, str] = {}
    for key, entry in _registry().items():
        for other in entry.get("synonyms", ()):
            spellings.setdefault(_folded(other), ours.get(key) or _spelling(key, entry))
    for key, entry in _registry().items():
        spelling = ours.get(key) or _spelling(key, entry)
        spellings[_folded(key)] = spellings[_folded(spelling)] = spelling
    return spellings


def _folded(prefix: str) -> str:
    return re.sub("[-_. /]", "", prefix).casefold()


@cache
def _addresses() -> dict[str, str]:
    """The spelling of a prefix by what the addresses of its entries begin with, in the registry and here."""
    registered = {_address_form(entry): (key, entry) for key, entry in _registry().items()}
    ours = {known.key: spelling for spelling, known in FIELD.items()}
    forms = {form: ours.get(key) or _spelling(key, entry) for form, (key, entry) in registered.items()}
    forms |= {known.address: spelling for spelling, known in FIELD.items()}
    return {_bare(form.removesuffix("$1")): spelling for form, spelling in forms.items() if form.endswith("$1")}


def _bare(address: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", address, flags=re.IGNORECASE)


def read_address(address: str) -> tuple[str, str] | None:
    """Prefix and identifier of an address that is formed as the registry says; the longest beginning wins."""
    bare = _bare(address)
    for end in range(len(bare) - 1, 0, -1):
        if (prefix := _addresses().get(bare[:end])) is not None:
            return prefix, bare[end:]
    return None
