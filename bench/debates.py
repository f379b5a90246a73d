"""How fast the argumentation kernel is: strengths of very many arguments, and the score of a large debate."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from bench.figures import Figure, percentile
from bench.library import SEED
from scidex.agora import verifier
from scidex.agora.argumentation import ONE, ArgumentGraph, Semantics, strengths
from scidex.agora.export import score_export
from scidex.agora.model import Argument, Debate, Dimension, Side
from scidex.agora.rules import rules
from scidex.agora.scoring import LiveScore, score
from scidex.atlas.evidence.model import EvidenceItem, Stance

ARGUMENTS = 1_000_000
DEBATE = 10_000
_ROUNDS = 5


def measure(arguments: int = ARGUMENTS, debate: int = DEBATE) -> list[Figure]:
    """Everything, in this process; times are of the processor."""
    graph = tree(arguments)
    taken = _least(lambda: strengths(graph))
    plain = _least(lambda: _in_floating_point(graph))
    figures = [
        Figure(
            f"Arguments of a random tree of {arguments:,}, DF-QuAD",
            arguments / taken,
            "arguments/s",
            f"{arguments / plain:,.0f}: the formula in floating point, same order",
            plain / taken,
            1_000_000,
            at_least=True,
        )
    ]
    small = tree(max(1, arguments // 10))
    for other in (Semantics.QUADRATIC_ENERGY, Semantics.EULER_BASED):
        took = _least(lambda other=other: strengths(small, other), rounds=2)  # type: ignore[misc]
        figures.append(Figure(f"… {other}, of {len(small.bases):,}", len(small.bases) / took, "arguments/s"))
    made, numbers = large(debate), rules()
    full = _least(lambda: score(made, numbers))
    live = LiveScore(made, numbers)
    added = []
    for n in range(50):
        begun = time.process_time()
        live.add(
            Argument(f"new{n}", str(Dimension.EVIDENCE_STRENGTH), Side.SUPPORTS, (f"new{n}",)), [_item(f"new{n}", 500)]
        )
        found = live.score()
        added.append(time.process_time() - begun)
    if found != score(live.debate, numbers):
        raise SystemExit("The score that was kept up is not that of the whole debate.")
    export = score_export(made, numbers)
    checked = _least(lambda: verifier.verify(export), rounds=2)
    figures += [
        Figure(f"Whole score of a debate of {debate:,} arguments", 1000 * full, "ms"),
        Figure(
            "… with one argument and one item more, p99",
            1000 * percentile(added, 0.99),
            "ms",
            f"{1000 * full:,.0f} ms: the whole anew",
            percentile(added, 0.99) / full,
            20,
        ),
        Figure(
            "… recomputed by the verifier", 1000 * checked, "ms", f"{1000 * full:,.0f} ms: the kernel", checked / full
        ),
    ]
    if verifier.verify(export):
        raise SystemExit("The verifier comes to other numbers than the kernel.")
    return figures


def tree(number: int) -> ArgumentGraph:
    """Each argument but the first is about an earlier one, taken at random."""
    rng = random.Random(SEED)
    bases = [rng.randrange(ONE + 1) for _ in range(number)]
    sources = range(number - 1, 0, -1)
    return ArgumentGraph(
        bases, sources, [rng.randrange(source) for source in sources], [rng.random() < 0.5 for _ in sources]
    )


def large(number: int) -> Debate:
    """A debate in which each argument cites one item of a source of its own, and a third is about earlier arguments."""
    rng = random.Random(SEED)
    arguments, items = [], []
    for n in range(number):
        side, stance = rng.choice([(Side.SUPPORTS, Stance.SUPPORTS), (Side.ATTACKS, Stance.CONTRADICTS)])
        about = f"a{rng.randrange(n)}" if n and rng.random() < 1 / 3 else str(rng.choice(list(Dimension)))
        arguments.append(Argument(f"a{n}", about, side, (f"e{n}",)))
        items.append(_item(f"e{n}", rng.randrange(1, 1001), stance))
    return Debate(tuple(arguments), tuple(items))


def _item(name: str, weight: int, stance: Stance = Stance.SUPPORTS) -> EvidenceItem:
    return EvidenceItem(
        id=name,
        source=f"source of {name}",
        stance=stance,
        quote_checked=True,
        source_verified=True,
        source_retracted=False,
        judged_by="person:bench",
        weight=weight,
    )


def _in_floating_point(graph: ArgumentGraph) -> list[float]:
    values = [base / ONE for base in graph.bases]
    unsupported, unattacked = [1.0] * len(values), [1.0] * len(values)
    for source, target, supports in zip(graph.sources, graph.targets, graph.supports, strict=True):
        moved = unattacked[source] - unsupported[source]
        value = values[source] = values[source] + (1 - values[source] if moved > 0 else values[source]) * moved
        if supports:
            unsupported[target] *= 1 - value
        else:
            unattacked[target] *= 1 - value
    return values


def _least(do: Callable[[], object], rounds: int = _ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        do()
        taken.append(time.process_time() - begun)
    return min(taken)
