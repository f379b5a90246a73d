"""The read side of the agora: functions of a connection that return view values."""

from scidex.agora.queries.board import Board
from scidex.agora.queries.briefs import brief, found_by, source_name
from scidex.agora.queries.kept import KeptDebate, KeptTurn, debates_on, evidence_items, kept_debate
from scidex.agora.queries.moves import Move, moves
from scidex.agora.queries.searches import evidence_entries, replayed, words_entries

__all__ = [
    "Board",
    "KeptDebate",
    "KeptTurn",
    "Move",
    "brief",
    "debates_on",
    "evidence_entries",
    "evidence_items",
    "found_by",
    "kept_debate",
    "moves",
    "replayed",
    "source_name",
    "words_entries",
]
