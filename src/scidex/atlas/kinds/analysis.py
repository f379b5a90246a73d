"""An analysis: a question put to data. A state it brought along is shown as imported until a run of ours proves it."""

from __future__ import annotations

from scidex.atlas.kinds.base import Body, Kind


class AnalysisBody(Body):
    """`state` is what the source claimed, `state_note` says so."""

    title: str
    question: str = ""
    state: str = ""
    state_note: str = ""


KIND = Kind(
    slug="analysis",
    label="Analysis",
    plural="Analyses",
    about="A question put to data, with a run that anyone can repeat.",
    body=AnalysisBody,
    title=lambda body: body.title,
    text=lambda body: body.question,
    example=lambda: AnalysisBody(title="Pooled ALSFRS-R slope", state="in progress", state_note="imported, not rerun"),
)
