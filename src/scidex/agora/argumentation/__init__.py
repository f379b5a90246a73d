"""The argumentation kernel: argument graphs and what they come to. Pure: whole numbers in, whole numbers out."""

from scidex.agora.argumentation.graph import ONE, ArgumentGraph
from scidex.agora.argumentation.semantics import Semantics, Strengths, by_products, strengths

__all__ = ["ONE", "ArgumentGraph", "Semantics", "Strengths", "by_products", "strengths"]
