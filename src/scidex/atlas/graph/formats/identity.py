"""A name for a statement that follows from what it says: the same in every export, on every machine."""

from __future__ import annotations

from scidex.atlas.graph.model import Statement
from scidex.kernel.canonical import canonical_json, sha256


def statement_name(statement: Statement) -> str:
    """``scidex-edge:`` and 32 hexadecimal digits of SHA-256 over the statement, as it is kept, in canonical JSON."""
    kept = statement.in_order()
    said = [kept.subject, str(kept.predicate), kept.object, kept.negated, kept.qualifiers.given()]
    return f"scidex-edge:{sha256(canonical_json(said))[:32]}"
