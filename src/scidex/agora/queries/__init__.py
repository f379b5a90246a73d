"""The read side of the agora: functions of a connection that return view values."""

from scidex.agora.queries.board import Board, Explained
from scidex.agora.queries.briefs import brief, source_name
from scidex.agora.queries.documents import (
    debate_document,
    explanation_document,
    export_document,
    move_document,
    recomputed_document,
    standing_document,
)
from scidex.agora.queries.kept import KeptDebate, KeptTurn, Labels, debates_on, evidence_items, kept_debate
from scidex.agora.queries.moves import Move, moves
from scidex.agora.queries.recomputing import Recomputed, all_debates, recomputed
from scidex.agora.queries.searches import evidence_entries, replayed, words_entries
from scidex.agora.queries.what_if import Supposed, WhatIf, rank, supposed

__all__ = [
    "Board",
    "Explained",
    "KeptDebate",
    "KeptTurn",
    "Labels",
    "Move",
    "Recomputed",
    "Supposed",
    "WhatIf",
    "all_debates",
    "brief",
    "debate_document",
    "debates_on",
    "evidence_entries",
    "evidence_items",
    "explanation_document",
    "export_document",
    "kept_debate",
    "move_document",
    "moves",
    "rank",
    "recomputed",
    "recomputed_document",
    "replayed",
    "source_name",
    "standing_document",
    "supposed",
    "words_entries",
]
