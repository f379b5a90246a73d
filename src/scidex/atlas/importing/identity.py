"""Who a page is: its identifier, the other names it should be found under, and what it is about."""

from __future__ import annotations

import re
import unicodedata

from scidex.atlas.importing.findings import Ledger
from scidex.atlas.kinds.page import EntityType

_TYPES: dict[str, EntityType] = {
    **dict.fromkeys(
        ("therapy", "therapies", "therapeutic", "therapeutics", "treatment", "drug", "drugs"), EntityType.THERAPY
    ),
    **dict.fromkeys(("intervention", "medication", "compound"), EntityType.THERAPY),
    "unspecified": EntityType.UNSPECIFIED,
    **dict.fromkeys(("gene", "genes"), EntityType.GENE),
    **dict.fromkeys(("protein", "proteins", "enzyme", "receptor"), EntityType.PROTEIN),
    **dict.fromkeys(("disease", "diseases", "disorder", "disorders", "syndrome", "condition"), EntityType.DISEASE),
    **dict.fromkeys(("mechanism", "mechanisms", "pathway", "pathways", "process", "processes"), EntityType.MECHANISM),
    **dict.fromkeys(("cell", "cells", "cell type", "cell types", "celltype", "cell line"), EntityType.CELL_TYPE),
}
_PREFIXES = (
    "therapeutics",
    "diseases",
    "entities",
    "genes",
    "proteins",
    "mechanisms",
    "cells",
    "cell-types",
    "treatments",
)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_ORIGINAL = re.compile(r"wiki-(.+)")


def slugified(text: str) -> str:
    """A name made of small letters, digits and hyphens, at most 120 long."""
    folded = unicodedata.normalize("NFKD", text[:400]).encode("ascii", "ignore").decode("ascii").lower()
    return _NOT_SLUG.sub("-", folded).strip("-")[:120].strip("-")


def slug_from(metadata_slug: str, identifiers: list[str], file_name: str, title: str, ledger: Ledger) -> str:
    """The page's identifier: from its metadata, else its own address, else the file's name, else its title."""
    if metadata_slug:
        return metadata_slug[:300]
    for identifier in identifiers:
        own = _ORIGINAL.fullmatch(identifier)
        return own.group(1) if own else identifier
    stem = re.split(r"[\\/]", file_name)[-1].rsplit(".", 1)[0]
    slug = slugified(stem) or slugified(title)
    if slug:
        ledger.add(
            "slug-from-name", f"no identifier in the file; “{slug}” was made", action="made one", shown=f"“{slug}”"
        )
    return slug


def aliases_of(slug: str, *others: str) -> tuple[str, ...]:
    """Every name under which links may look for the page: the identifier, its older spellings, the old site's path."""
    names: list[str] = []
    if slug:
        names += [slug, f"wiki-{slug}"]
        for prefix in _PREFIXES:
            if slug.startswith(f"{prefix}-") and len(slug) > len(prefix) + 1:
                names.append(f"/{prefix}/{slug[len(prefix) + 1 :]}")
                break
    names += [other.strip()[:300] for other in others]
    return tuple(dict.fromkeys(name for name in names if name))


def entity_type_of(
    stated: str, infobox_style: str, infobox_type: str, slug: str, line: int, ledger: Ledger
) -> EntityType:
    """What the page is about: as the metadata says, else the infobox, else the first word of the identifier."""
    found = _TYPES.get(_spoken(stated))
    if found is not None:
        return found
    styled = infobox_style.replace("infobox", " ").replace("-", " ").replace("_", " ").split()
    guesses = [_spoken(infobox_type), *styled, slug.split("-", 1)[0]]
    if slug.startswith("cell-types-"):
        guesses.append("cell types")
    for guess in guesses:
        found = _TYPES.get(guess)
        if found is not None:
            message = f"the metadata does not name a known type; “{guess}” was read as {found.value}"
            ledger.add("entity-type-guessed", message, line=line, action=f"took {found.value}", shown=found.value)
            return found
    message = f"the type “{stated[:60]}” is not known" if stated else "nothing says what the page is about"
    ledger.add("entity-type-unknown", message, line=line, action="left open", shown="“unspecified”")
    return EntityType.UNSPECIFIED


def _spoken(word: str) -> str:
    return " ".join(word.casefold().replace("_", " ").replace("-", " ").split())
