"""What is known about entities: the bundled set, and an index built once from packages that carry ontologies.

The packages are an extra (`make ontologies`) and are read as data, never imported. Without an index the bundled set answers
alone (decision 22). Left out on purpose: the 1.3 million organisms and the proteins of all organisms of the same packages (this
field names a few organisms, which are bundled), and MeSH's supplementary records.
"""

from __future__ import annotations

from pathlib import Path

from scidex.adapters.ontologies.bundled import bundled
from scidex.adapters.ontologies.index import Index
from scidex.adapters.ontologies.reading import OpenOntology
from scidex.atlas.graph.ports import Ontology

__all__ = ["Index", "OpenOntology", "bundled", "open_ontology"]


def open_ontology(data: Path) -> Ontology:
    """What is known in the SciDEX whose data folder is `data`."""
    return OpenOntology(data)
