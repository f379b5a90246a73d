"""A score with all that it was computed from, as one document that anybody can recompute (`scidex.agora.verifier`)."""

from __future__ import annotations

import json
from typing import Any

from scidex.agora.argumentation import Semantics
from scidex.agora.model import Debate
from scidex.agora.rules import Rules
from scidex.agora.scoring.score import Score, inputs_document, score

FORMAT = "scidex-score/1"


def score_export(debate: Debate, rules: Rules, semantics: Semantics = Semantics.DF_QUAD) -> dict[str, Any]:
    """The document: inputs, rules, and the score with its worked sum. Whole numbers and text only."""
    return {
        "format": FORMAT,
        "inputs": inputs_document(debate, rules, semantics),
        "rules": json.loads(rules.text),
        "score": score_document(score(debate, rules, semantics)),
    }


def score_document(found: Score) -> dict[str, Any]:
    """A score in JSON. Strengths are in billionths; the products of a line in hundredths of that."""
    return {
        "kernel": found.kernel,
        "rules": found.rules,
        "semantics": str(found.semantics),
        "inputs": found.inputs,
        "outcome": str(found.outcome),
        "composite": found.composite,
        "low": found.low,
        "high": found.high,
        "assessed": found.assessed,
        "tier": str(found.tier),
        "lines": [
            {
                "dimension": str(line.dimension),
                "weight": line.weight,
                "strength": line.strength,
                "low": line.low,
                "high": line.high,
                "product": line.product,
            }
            for line in found.lines
        ],
        "arguments": [
            {
                "id": each.weighed.argument.id,
                "heard": each.weighed.heard,
                "base": each.base,
                "strength": each.strength,
                "uses": [
                    {
                        "item": use.item,
                        "weight": use.weight,
                        "weighs": use.weighs,
                        "why": [str(reason) for reason in use.why],
                        "instead": list(use.instead) if use.instead else None,
                    }
                    for use in each.weighed.uses
                ],
            }
            for each in found.arguments
        ],
        "baselines": {
            "vote": list(found.baselines.vote),
            "judge": list(found.baselines.judge),
            "citations": list(found.baselines.citations),
        },
    }
