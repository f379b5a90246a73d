"""How long a large debate takes to show what is new in it: one item of evidence more, argued from, scored and on the page."""

from __future__ import annotations

import random
import time
from typing import Any

import httpx

from bench.figures import Figure, percentile
from bench.library import SEED
from bench.running import Place, served
from scidex.agora import queries as agora
from scidex.atlas import queries
from scidex.kernel.installation import Installation

ARGUMENTS = 10_000
_ITEMS = 500
_SOURCES = 100
_A_TURN = 1_000
_NEW = 60
_GOAL = 20
_TEXT = "The cells slowed progression in this trial (p = 0.01)."


def measure(place: Place, arguments: int = ARGUMENTS) -> list[Figure]:
    """Over HTTP, from a server that is warm; the writer is another process."""
    installation = place.open()
    try:
        subject, debate, sources = _filled(installation, arguments)
        with served(place) as server, httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as client:
            address = f"/artifact/{debate}"
            begun = time.perf_counter()
            first = client.get(address)
            cold = time.perf_counter() - begun
            pages, written, plain = [], [], []
            for number in range(_NEW):
                begun = time.perf_counter()
                item = _evidence(installation, subject, sources[number % len(sources)])
                _argue(installation, debate, item)
                written.append(time.perf_counter() - begun)
                begun = time.perf_counter()
                answer = client.get(address)
                pages.append(time.perf_counter() - begun)
                begun = time.perf_counter()
                client.get("/healthz")
                plain.append(time.perf_counter() - begun)
            if answer.status_code != 200 or answer.text == first.text:
                raise SystemExit("The page does not show what was argued.")
        begun = time.perf_counter()
        with installation.storage.read() as connection:
            kept = agora.kept_debate(connection, queries.find(connection, debate)[1])
            stands = kept.standing()
        anew = time.perf_counter() - begun
        shown = f"{stands.score.composite / 1e9:.3f}" if stands.score.composite is not None else "Not enough"
        if shown not in answer.text:
            raise SystemExit("The page shows another score than computing all anew.")
    finally:
        installation.close()
    healthy = 1000 * percentile(plain, 0.5)
    name = f"Debate of {arguments:,} arguments"
    return [
        Figure(f"{name}: page the first time", 1000 * cold, "ms"),
        Figure(f"{name}: item added and argued from, p50", 1000 * percentile(written, 0.5), "ms"),
        *(
            Figure(
                f"{name}: score and page after it, {share}",
                1000 * percentile(pages, place_),
                "ms",
                f"{1000 * anew:,.0f} ms: read and scored anew; /healthz {healthy:.1f} ms",
                percentile(pages, place_) / anew,
                _GOAL if share == "p99" else None,
            )
            for share, place_ in (("p50", 0.5), ("p99", 0.99))
        ),
    ]


def _filled(installation: Installation, arguments: int) -> tuple[str, str, list[str]]:
    """A hypothesis and a debate on it, with its sources."""
    rng = random.Random(SEED)
    subject = _do(installation, "artifact.create", kind="hypothesis", content={"title": "A large question"}).id
    sources = [_source(installation, number) for number in range(_SOURCES)]
    items = [_evidence(installation, subject, sources[number % _SOURCES]) for number in range(_ITEMS)]
    debate = _do(installation, "debate.open", subject=subject).id
    for start in range(0, arguments, _A_TURN):
        said = [
            {
                "about": rng.choice(("evidence-strength", "therapeutic-impact", "mechanistic-plausibility")),
                "side": "supports",
                "words": f"Argument {number}.",
                "cites": [{"item": rng.choice(items)}],
            }
            for number in range(start, min(start + _A_TURN, arguments))
        ]
        _do(installation, "debate.turn", debate=debate, arguments=said)
    return subject, debate, sources


def _source(installation: Installation, number: int) -> str:
    csl = {"type": "article-journal", "title": f"Trial {number}", "DOI": f"10.5555/large.{number}"}
    made: str = _do(installation, "artifact.create", kind="paper", content={"csl": csl}).id
    _do(installation, "paper.confirm", ref=made, source="https://example.org/")
    _do(installation, "paper.attach", ref=made, text=_TEXT, keep=True, licence="CC0")
    return made


def _evidence(installation: Installation, subject: str, source: str) -> str:
    made: str = _do(
        installation,
        "evidence.add",
        claim=subject,
        source=source,
        quote=_TEXT,
        stance="supports",
        design="randomised-controlled-trial",
        sample_size=200,
    ).id
    return made


def _argue(installation: Installation, debate: str, item: str) -> None:
    _do(installation, "debate.argue", debate=debate, about="evidence-strength", side="supports", cites=[item])


def _do(installation: Installation, verb: str, **command: Any) -> Any:
    return installation.door.perform(verb, command, installation.actor)
