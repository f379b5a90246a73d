"""An edge as the plain values of one database row for each of its items, made where the file is read.

A million of them pass from the process that reads to the one that stores, so they are tuples of texts and numbers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from scidex.atlas.aliases import alias_key
from scidex.atlas.graph.formats.model import ReadEdge
from scidex.atlas.graph.model import EdgeItem, Qualifiers
from scidex.atlas.graph.predicates import MEANINGS
from scidex.kernel.canonical import canonical_json
from scidex.kernel.errors import Invalid

COLUMNS = (
    *("subject", "predicate", "object", "negated", "qualifiers", "source_key", "source", "run", "stance", "quote"),
    *("design", "sample_size", "judge", "note", "line", "fingerprint"),
)
"""What stands where in a row. `subject` and `object` are identifiers; `fingerprint` is "" in a row without an item."""
_SOURCE_KEY, _RUN = COLUMNS.index("source_key"), COLUMNS.index("run")
LONGEST_QUALIFIERS = 1000

StagedRow = tuple[str, str, str, int, str, str, str, str, str | None, str, str | None, int | None, str, str, int, str]
# Most sources of large files; the others take the longer way to their one spelling.
_IN_ITS_SPELLING = re.compile(r"(?:pmid:[1-9]\d{0,8})?").fullmatch


def sealed_qualifiers(qualifiers: Qualifiers) -> str:
    """Qualifiers in one spelling, "" if nothing is qualified. Raises Invalid if they are too long to tell edges apart."""
    given = qualifiers.given()
    text = canonical_json(given) if given else ""
    if len(text) > LONGEST_QUALIFIERS:
        raise Invalid(
            "The qualifiers of this edge are too long.", cure="Say it in a few words; the rest belongs in a note."
        )
    return text


def staged(edge: ReadEdge) -> Iterator[StagedRow]:
    """The rows of an edge: one for each item, or one without an item. Raises Invalid for what cannot be kept."""
    subject, predicate, object_ = edge.subject.curie, edge.predicate, edge.object.curie
    if MEANINGS[predicate].symmetric and object_ < subject:
        subject, object_ = object_, subject
    qualifiers = sealed_qualifiers(edge.qualifiers)
    start = (str(subject), str(predicate), str(object_), int(edge.negated), qualifiers)
    if not edge.items:
        yield (*start, "", "", "", None, "", None, None, "", "", edge.line, "")
    for item in edge.items:
        yield (*start, *_item(item, edge.line))


def has_reason(row: StagedRow) -> bool:
    """Whether a row names a source or a run."""
    return bool(row[_SOURCE_KEY] or row[_RUN])


def _item(
    item: EdgeItem, line: int
) -> tuple[str, str, str, str | None, str, str | None, int | None, str, str, int, str]:
    source_key = item.source if _IN_ITS_SPELLING(item.source) else alias_key(item.source)
    stance = None if item.stance is None else str(item.stance)
    told = f"{source_key}\0{item.run}\0{stance}\0{item.quote}"
    return (
        source_key,
        item.source[:300],
        item.run[:300],
        stance,
        item.quote[:4000],
        None if item.design is None else str(item.design),
        item.sample_size,
        item.judge[:300],
        item.note[:2000],
        line,
        hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32],
    )
