"""The entities that come with SciDEX: tables in `content/atlas/entities`, whose README says where each number is from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scidex.atlas.graph.categories import category_of
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.model import Entity
from scidex.atlas.graph.ports import Entities, KnownEntity
from scidex.kernel.content import content_folder
from scidex.kernel.errors import Invalid

_COLUMNS = ("curie", "name", "category", "synonyms", "xrefs", "parents", "source")


def bundled() -> Entities:
    """The entities that come with SciDEX. Raises Invalid, naming file and line, if one is malformed."""
    known: list[KnownEntity] = []
    for file in sorted(content_folder("atlas", "entities").glob("*.tsv")):
        known += read_table(file.read_text(encoding="utf-8"), file.name)
    return Entities(known, version=f"bundled set of {len(known)}", bundled=True)


def read_table(text: str, where: str) -> Iterator[KnownEntity]:
    """The entities of a table of tab-separated values; lines that begin with # are remarks. Raises Invalid."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]
    if not lines or tuple(lines[0][1].split("\t")) != _COLUMNS:
        raise Invalid(f"{where} does not begin with the columns.", cure=f"The first line is {' '.join(_COLUMNS)}.")
    for number, line in lines[1:]:
        cells = line.split("\t")
        if len(cells) != len(_COLUMNS):
            raise Invalid(
                f"{where}, line {number}: {len(cells)} cells instead of {len(_COLUMNS)}.", cure="Separate by tabs."
            )
        try:
            yield _bundled_entity(dict(zip(_COLUMNS, cells, strict=True)))
        except Invalid as fault:
            raise Invalid(f"{where}, line {number}: {fault.message}", cure=fault.cure) from None


def _bundled_entity(row: Mapping[str, str]) -> KnownEntity:
    names = _split(row["synonyms"])
    return KnownEntity(
        Entity(
            Curie.parse(row["curie"]),
            row["name"],
            category_of(row["category"]),
            tuple(name for name in names if not name.startswith("~")),
            tuple(map(Curie.parse, _split(row["xrefs"]))),
            source=row["source"],
        ),
        tuple(map(Curie.parse, _split(row["parents"]))),
        tuple(name.removeprefix("~") for name in names if name.startswith("~")),
    )


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]
