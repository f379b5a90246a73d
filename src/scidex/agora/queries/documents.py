"""The JSON face of debates: the same on the command line and on the web."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scidex.agora.explaining import Contribution, Cruxes
from scidex.agora.export import score_document, score_export
from scidex.agora.queries.kept import KeptDebate
from scidex.agora.queries.moves import Move
from scidex.agora.queries.recomputing import Recomputed
from scidex.agora.verdicts import Standing
from scidex.kernel.clock import format_time


def debate_document(kept: KeptDebate, stands: Standing) -> dict[str, Any]:
    """A debate: what it is about, where it stands, and every turn with its arguments and what they cite."""
    labels = kept.labels()
    return {
        "id": kept.head.id,
        "subject": kept.subject.id,
        "statement": kept.body.statement,
        "state": kept.body.state,
        "standing": standing_document(stands),
        "searched": kept.searched,
        "searches": [head.id for head, _ in kept.searches],
        "verdicts": [verdict.model_dump(mode="json") for verdict in kept.body.verdicts],
        "turns": [
            {
                "id": turn.head.id,
                "number": turn.body.number,
                "round": turn.body.round,
                "speaker": turn.body.speaker,
                "written_by": turn.body.written_by,
                "at": format_time(turn.head.created_at),
                "state": str(turn.head.state),
                "words": turn.body.words,
                "search": turn.body.search or None,
                "arguments": [
                    {"id": id_, "label": labels[id_]} | said.model_dump(mode="json") for id_, said in turn.arguments()
                ],
            }
            for turn in kept.turns
        ],
        "waiting": [
            {"id": view.head.id, "on": view.body.claim, "why_not": [str(reason) for reason in view.uncounted]}
            for view in kept.waiting
        ],
    }


def standing_document(stands: Standing) -> dict[str, Any]:
    """Where a debate stands: the score, and the tier with what holds it back."""
    document = score_document(stands.score)
    document["tier_by_rule"] = document.pop("tier")
    return {"tier": str(stands.tier), "held_back": stands.held_back, **document}


def export_document(kept: KeptDebate) -> dict[str, Any]:
    """The score with all it was computed from, for `scidex verify`."""
    return score_export(kept.debate(), kept.rules, kept.semantics)


def move_document(move: Move) -> dict[str, Any]:
    """A move of a score, with its cause."""
    return {
        "at": format_time(move.at),
        "cause": move.cause,
        "subject": move.subject,
        "composite": move.composite,
        "low": move.low,
        "high": move.high,
        "tier": str(move.tier),
    }


def explanation_document(contributions: Sequence[Contribution], hanging: Cruxes) -> dict[str, Any]:
    """What each argument contributes, and on which the tier hangs."""
    return {
        "contributions": [
            {
                "argument": each.argument,
                "dimension": str(each.dimension),
                "of_dimension": each.of_dimension,
                "of_composite": each.of_composite,
            }
            for each in contributions
        ],
        "cruxes": [
            {
                "arguments": list(each.arguments),
                "flipped": each.flipped,
                "tier": str(each.becomes.tier),
                "outcome": str(each.becomes.outcome),
                "composite": each.becomes.composite,
            }
            for each in hanging.cruxes
        ],
        "all_cruxes_tried": hanging.complete,
    }


def recomputed_document(found: Recomputed) -> dict[str, Any]:
    """A debate computed anew."""
    return {
        "debate": found.kept.head.id,
        "title": found.kept.head.title,
        "right": found.right,
        "moved": found.moved,
        "composite": found.standing.score.composite,
        "tier": str(found.standing.tier),
        "verdicts": [
            {"at": format_time(each.at), "tier": each.verdict.tier, "differences": list(each.differences)}
            for each in found.verdicts
        ],
    }
