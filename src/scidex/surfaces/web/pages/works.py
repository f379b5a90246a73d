"""A publication as shown: its record, how far it is confirmed, its notices, and what leans on it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from scidex.atlas import queries
from scidex.atlas.bibliography.csl import name_words, plain_text, reference_line, year_of
from scidex.atlas.bibliography.identifiers import WorkId
from scidex.atlas.kinds.paper import PaperBody
from scidex.atlas.model import Head
from scidex.atlas.queries import Dependents

_FIELDS = (
    ("container-title", "In"),
    ("publisher", "Publisher"),
    ("volume", "Volume"),
    ("issue", "Issue"),
    ("page", "Pages"),
    ("number", "Number"),
    ("event-title", "Event"),
    ("language", "Language"),
    ("status", "Status"),
)


@dataclass(frozen=True, slots=True)
class WorkContext:
    """Everything the page of a publication shows beyond what every artifact has."""

    body: PaperBody
    line: str
    authors: str
    fields: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str, str], ...]
    abstract: str
    dependents: Dependents

    @property
    def moved(self) -> int:
        """How many of the claims listed stand elsewhere without this work."""
        return sum(before != after for _, before, after in self.dependents.claims)


def work_context(connection: Connection, head: Head, body: PaperBody) -> WorkContext:
    """Looks up what leans on the work."""
    item = body.csl
    fields = [(label, plain_text(str(item[name]))) for name, label in _FIELDS if item.get(name)]
    year = year_of(item)
    if year is not None:
        fields.insert(0, ("Year", str(year)))
    return WorkContext(
        body=body,
        line=reference_line(item),
        authors=", ".join(name_words(name) for name in (item.get("author") or item.get("editor") or ())[:50]),
        fields=tuple(fields),
        links=tuple((each.label, _value(each, body), each.url) for each in body.work_ids),
        abstract=plain_text(str(item.get("abstract", ""))),
        dependents=queries.dependents(connection, head),
    )


def _value(identifier: WorkId, body: PaperBody) -> str:
    """The identifier, marked where somebody put it down from memory."""
    remembered = body.verification.fields_from_memory
    from_memory = "all" in remembered or str(identifier.scheme).upper() in remembered
    return f"{identifier.value} (from memory)" if from_memory else identifier.value
