"""What is gathered while packages of ontologies are read, and what of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from scidex.atlas.graph.categories import Category
from scidex.kernel.errors import Refused

INSTALL = "Install them with `make ontologies`."
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package that carries ontologies: its name on the registry, version and folder."""

    name: str
    version: str
    folder: Path


@dataclass(slots=True)
class Term:
    """What is gathered about one entity while the packages are read."""

    name: str
    category: Category
    exact: list[str] = field(default_factory=list)
    related: list[str] = field(default_factory=list)
    xrefs: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    about: str = ""
    source: str = ""
    replaced_by: list[str] | None = None


Terms = dict[str, Term]


def unreadable(file: Path, fault: Exception) -> Refused:
    """The error for a file of a package that is not what it was."""
    return Refused(f"{file.name} cannot be read: {fault}.", cure=f"The package may be damaged. {INSTALL}")


# What these vocabularies hold besides things of their category: roles of chemicals ("inhibitor"), modifiers of signs ("right",
# "acute"), characteristics of diseases ("rare"). Only what is below these is kept.
_BRANCHES = ("CHEBI:24431", "MONDO:0000001", "HP:0000118", "UBERON:0001062")


def pruned(terms: Terms) -> Terms:
    """The terms without those outside the branch of their vocabulary. A vocabulary without its root is left whole."""
    roots = {root.partition(":")[0]: root for root in _BRANCHES if root in terms}
    inside = set(roots.values())
    outside: set[str] = set()
    for begin in terms:
        if begin.partition(":")[0] in roots:
            _place(begin, terms, inside, outside)
    return {curie: term for curie, term in terms.items() if curie not in outside or term.replaced_by is not None}


def _place(begin: str, terms: Terms, inside: set[str], outside: set[str]) -> None:
    """Puts `begin`, and what is above it, inside or outside. Walks without recursion: trees are deep."""
    waiting = [begin]
    while waiting:
        curie = waiting[-1]
        term = terms.get(curie)
        above = [one for one in term.parents if one in terms] if term else []
        open_ = [one for one in above if one not in inside and one not in outside and one not in waiting]
        if open_ and curie not in inside:
            waiting.append(open_[0])
            continue
        (inside if curie in inside or any(one in inside for one in above) else outside).add(curie)
        waiting.pop()


def hand_over(terms: Terms) -> None:
    """What is obsolete bears no name any more; the one that stands in for it does."""
    for term in terms.values():
        heir = terms.get(term.replaced_by[0]) if term.replaced_by and len(term.replaced_by) == 1 else None
        if heir is not None and heir.replaced_by is None and term.name not in (heir.name, *heir.exact, *heir.related):
            heir.exact.append(term.name)
