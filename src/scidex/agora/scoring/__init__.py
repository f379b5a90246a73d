"""Scores of debates: what arguments have behind them, the worked sum, the tier. Pure."""

from scidex.agora.scoring.live import LiveScore
from scidex.agora.scoring.score import KERNEL, Baselines, Line, Outcome, Score, ScoredArgument, inputs, score
from scidex.agora.scoring.tiers import Tier, after, tier
from scidex.agora.scoring.weighing import Unweighed, Use, Weighed, weighed

__all__ = [
    "KERNEL",
    "Baselines",
    "Line",
    "LiveScore",
    "Outcome",
    "Score",
    "ScoredArgument",
    "Tier",
    "Unweighed",
    "Use",
    "Weighed",
    "after",
    "inputs",
    "score",
    "tier",
    "weighed",
]
