"""CL, UBERON, MONDO and ChEBI, from the package ``cellxgene-ontology-guide``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scidex.adapters.ontologies.terms import Package, Progress, Term, Terms, unreadable
from scidex.atlas.graph.categories import Category
from scidex.kernel.errors import Refused

_LONGEST_ABOUT = 400


def read_guide(package: Package, terms: Terms, progress: Progress) -> None:
    """CL, UBERON, MONDO and ChEBI: the newest release of each that the package carries."""
    for prefix, category in (
        ("CL", Category.CELL),
        ("UBERON", Category.ANATOMICAL_ENTITY),
        ("MONDO", Category.DISEASE),
        ("CHEBI", Category.CHEMICAL_ENTITY),
    ):
        files = sorted((package.folder / "data").glob(f"{prefix}-ontology-*.json.zst"))
        if not files:
            continue
        release = files[-1].name.removesuffix(".json.zst").partition("-ontology-")[2]
        before = len(terms)
        for curie, said in _unpacked(files[-1]).items():
            if curie.startswith(f"{prefix}:"):
                terms[curie] = _guide_term(said, category, f"{prefix} {release}")
        progress(f"{prefix} {release}", len(terms) - before)


def _guide_term(said: Mapping[str, Any], category: Category, source: str) -> Term:
    name = str(said["label"])
    term = Term(name, category, source=source)
    term.exact = [str(synonym) for synonym in said.get("synonyms", ()) if synonym != name]
    term.parents = [parent for parent, steps in said.get("ancestors", {}).items() if steps == 1]
    if category is not Category.CHEMICAL_ENTITY:
        term.about = _shortened(str(said.get("description") or ""))
    if said.get("deprecated"):
        term.name = re.sub(r"^obsolete[ _]", "", name)
        term.replaced_by = [said["replaced_by"]] if said.get("replaced_by") else list(said.get("consider", ()))
    return term


def _unpacked(file: Path) -> dict[str, dict[str, Any]]:
    try:
        from backports import zstd  # noqa: PLC0415 (only a build needs it; Python 3.14 has its own)
    except ImportError:
        try:
            from compression import zstd  # type: ignore[import-not-found, no-redef]  # noqa: PLC0415
        except ImportError:
            raise Refused(
                "Nothing here can unpack zstd.", cure="Install backports.zstd as requirements/ pins it."
            ) from None
    try:
        return dict(json.loads(zstd.decompress(file.read_bytes())))
    except (OSError, ValueError, zstd.ZstdError) as fault:
        raise unreadable(file, fault) from None


def _shortened(text: str) -> str:
    """At most `_LONGEST_ABOUT` characters, up to the end of a sentence if there is one."""
    if len(text) <= _LONGEST_ABOUT:
        return text
    cut = text[:_LONGEST_ABOUT]
    return cut[: cut.rfind(". ") + 1] or f"{cut.rpartition(' ')[0]} …"
