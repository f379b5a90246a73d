"""Which files are pages, bibliographies, graphs or tables of claims: by what stands in them, then by their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scidex.atlas.graph.formats import SUFFIXES as GRAPH_SUFFIXES
from scidex.atlas.importing.claims_table import is_claims_table
from scidex.workflows.import_bibliography import bibliography_format
from scidex.workflows.import_graph import graph_format

_HEAD = 2000


@dataclass(slots=True)
class SortedFiles:
    """The files of an import, in the order they are read: works first, so that pages find them; claims and graphs last."""

    bibliographies: list[Path] = field(default_factory=list)
    pages: list[Path] = field(default_factory=list)
    claims: list[Path] = field(default_factory=list)
    graphs: list[Path] = field(default_factory=list)


def sort_files(files: Sequence[Path]) -> SortedFiles:
    """`files` by what they are."""
    found = SortedFiles()
    for file in files:
        if graph_format(file) is not None:
            found.graphs.append(file)
        elif file.suffix.lower() == ".csv" or _is_table(file):
            found.claims.append(file)
        elif file.suffix.lower() in GRAPH_SUFFIXES:
            # Named as a graph and none: it is refused as one, since nobody means it for a page.
            found.graphs.append(file)
        elif bibliography_format(file) is not None:
            found.bibliographies.append(file)
        else:
            found.pages.append(file)
    return found


def _is_table(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return is_claims_table(stream.read(_HEAD).decode("utf-8", "replace"))
    except OSError:
        return False
