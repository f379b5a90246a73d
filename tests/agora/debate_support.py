"""Debates that are kept, for tests: works with a text, evidence from them, a hypothesis that is debated."""

from __future__ import annotations

from typing import Any

from scidex.agora import queries as agora
from scidex.agora.queries import KeptDebate
from scidex.atlas import queries
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation

ADA = ActorId("person:ada")
TEXT = (
    "The cells slowed progression (p = 0.01). The slope did not differ between arms (p = 0.45). Progression was faster."
)
FOR, NULL, AGAINST = (
    "The cells slowed progression (p = 0.01).",
    "The slope did not differ between arms (p = 0.45).",
    "Progression was faster.",
)


def perform(scidex: Installation, verb: str, **command: Any) -> Any:
    return scidex.door.perform(verb, command, ADA)


def work(scidex: Installation, number: int, *, confirmed: bool = True, **more: Any) -> str:
    csl = {
        "type": "article-journal",
        "title": f"A trial, number {number}",
        "DOI": f"10.5555/{number}",
        "author": [{"family": f"Doe{number}"}],
        "issued": {"date-parts": [[2020]]},
    }
    made: str = perform(scidex, "artifact.create", kind="paper", content={"csl": csl, **more}).id
    if confirmed:
        perform(scidex, "paper.confirm", ref=made, source="https://example.org/")
    perform(scidex, "paper.attach", ref=made, text=TEXT, keep=True, licence="CC BY 4.0")
    return made


def hypothesis(scidex: Installation, title: str = "MSC therapy slows ALS progression") -> str:
    made: str = perform(scidex, "artifact.create", kind="hypothesis", content={"title": title}).id
    return made


def evidence(scidex: Installation, on: str, source: str, stance: str | None = "supports", **more: Any) -> str:
    quotes = {"supports": FOR, "not-shown": NULL, "contradicts": AGAINST}
    command = {"claim": on, "source": source, "quote": quotes.get(stance or "", FOR), "stance": stance}
    command |= {"design": "randomised-controlled-trial", "sample_size": 500, "risk_of_bias": "low"}
    made: str = perform(scidex, "evidence.add", **{**command, **more}).id
    return made


def opened(scidex: Installation, subject: str) -> str:
    made: str = perform(scidex, "debate.open", subject=subject).id
    return made


def argue(scidex: Installation, debate: str, *cites: str, about: str = "evidence-strength", **more: Any) -> Any:
    asked = {"debate": debate, "about": about, "side": "supports", "words": "Because.", "cites": cites}
    return perform(scidex, "debate.argue", **{**asked, **more})


def read(scidex: Installation, debate: str, **as_of: Any) -> KeptDebate:
    with scidex.storage.read() as connection:
        return agora.kept_debate(connection, queries.find(connection, debate)[1], **as_of)
