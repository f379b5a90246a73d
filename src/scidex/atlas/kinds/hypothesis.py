"""A hypothesis: a falsifiable proposal. A score it brought along is shown as imported until a debate recomputes it."""

from __future__ import annotations

from scidex.atlas.kinds.base import Body, Kind


class HypothesisBody(Body):
    """`gene_target` and `score` are text as the source printed them; `score_note` says where the score came from."""

    title: str
    statement: str = ""
    gene_target: str = ""
    score: str = ""
    score_note: str = ""


KIND = Kind(
    slug="hypothesis",
    label="Hypothesis",
    plural="Hypotheses",
    about="A falsifiable proposal that debates score and a market prices.",
    body=HypothesisBody,
    title=lambda body: body.title,
    text=lambda body: "\n\n".join(part for part in (body.statement, body.gene_target) if part),
    example=lambda: HypothesisBody(
        title="Exosomes carry the benefit", score="0.5", score_note="imported, not recomputed"
    ),
)
