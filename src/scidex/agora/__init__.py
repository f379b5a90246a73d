"""Agora: where hypotheses are argued over and scored. What it holds is in its README."""
