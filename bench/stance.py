"""`python -m bench.stance`: how often the suggested stances are right, on the recorded pairs beside the project.

Pairs come from ../shared/data: findings on hypotheses, claims with notes, trials with a p value, facts with notes; and
findings set against another hypothesis, which are off topic. A hash of each pair puts it in the half the rules were tuned
on or in the half held out. Records that speak of "contradicts" or "negative" do not tell a null result from a contrary
one, so either stance is right for them.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scidex.atlas.evidence.model import Stance
from scidex.atlas.evidence.suggestions import Suggestion, suggest_stance

SHARED = Path(__file__).parents[2] / "shared" / "data"
_AGAINST = frozenset({Stance.CONTRADICTS, Stance.NOT_SHOWN})
_RIGHT: dict[str, frozenset[Stance]] = {
    "supports": frozenset({Stance.SUPPORTS}),
    "supported": frozenset({Stance.SUPPORTS}),
    "positive": frozenset({Stance.SUPPORTS}),
    "contradicts": _AGAINST,
    "contradicted": _AGAINST,
    "negative": _AGAINST,
    "not-shown": frozenset({Stance.NOT_SHOWN}),
    "partly": frozenset({Stance.MIXED}),
    "mixed": frozenset({Stance.MIXED}),
    "off-topic": frozenset({Stance.OFF_TOPIC}),
    "context": frozenset({Stance.OFF_TOPIC}),
    "unverifiable": frozenset({Stance.OFF_TOPIC}),
    "unsupported": frozenset({Stance.NOT_SHOWN}),
    "uncertain": frozenset(),
}
_ROWS = {
    "supports": "for",
    "supported": "for",
    "positive": "for",
    "contradicts": "against or null",
    "contradicted": "against or null",
    "negative": "against or null",
    "not-shown": "null",
    "unsupported": "null",
    "partly": "mixed",
    "mixed": "mixed",
    "off-topic": "off topic",
    "context": "neither",
    "unverifiable": "neither",
    "uncertain": "neither",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, a finding, and what the record says of them. `relation` and `terms` are hints from the same record."""

    origin: str
    claim: str
    finding: str
    label: str
    relation: str = ""
    terms: tuple[str, ...] = ()

    @property
    def held_out(self) -> bool:
        """Whether the rules were written without looking at it."""
        return hashlib.sha256(f"{self.claim}\n{self.finding}".encode()).digest()[0] % 2 == 1

    @property
    def suggestion(self) -> Suggestion:
        """What the rules say."""
        return suggest_stance(self.claim, self.finding, relation=self.relation, terms=self.terms)

    def right(self, stance: Stance) -> bool:
        """Whether the record agrees with `stance`."""
        return stance in _RIGHT[self.label]


def pairs(folder: Path = SHARED) -> list[Pair]:
    """All recorded pairs. Raises FileNotFoundError, with where it should lie, if a file is not there."""
    return [*_findings(folder), *_claims(folder), *_trials(folder), *_facts(folder)]


def _opened(folder: Path, name: str) -> str:
    if not (folder / name).is_file():
        raise FileNotFoundError(
            f"The recorded facts are missing: expected {name} in ../shared/data/ beside the project."
        )
    return (folder / name).read_text(encoding="utf-8")


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(_opened(folder, name).splitlines(keepends=True)))


def _findings(folder: Path) -> Iterator[Pair]:
    hypotheses = json.loads(_opened(folder, "hypotheses-evidence.json"))
    for index, hypothesis in enumerate(hypotheses):
        other = hypotheses[(index + 3) % len(hypotheses)]
        for each in hypothesis["evidence"]:
            finding = each["finding"]
            yield Pair("hypotheses", hypothesis["title"], finding, each["stance"], terms=tuple(hypothesis["targets"]))
            yield Pair("crossed", other["title"], finding, "off-topic", terms=tuple(other["targets"]))


def _claims(folder: Path) -> Iterator[Pair]:
    for row in _rows(folder, "claims.csv"):
        if row["note"]:
            yield Pair("claims", row["claim"], row["note"], row["verdict"])


def _trials(folder: Path) -> Iterator[Pair]:
    """Trials with one p value. It makes the label and stands in the finding: they test reading, not judging."""
    for row in _rows(folder, "msc-trials.csv"):
        p = row["p_value"].strip()
        if not re.fullmatch(r"<?0?\.\d+", p):
            continue
        interval = f" (95% CI {row['ci_low']} to {row['ci_high']})" if row["ci_low"] else ""
        finding = (
            f"{row['outcome_scale']}: {row['result_treated'] or 'treated'} v {row['result_control'] or 'control'}, "
            f"{row['effect_measure']} {row['effect_estimate']}{interval}, p{p if p[0] == '<' else f'={p}'}. {row['notes']}"
        )
        label = "supports" if float(p.lstrip("<")) < 0.05 or p in {"<0.05", "<.05"} else "not-shown"
        claim = f"{row['cell_source']} MSC therapy improves {row['outcome_scale']} in {row['indication']}."
        yield Pair("trials", claim, finding, label)


def _facts(folder: Path) -> Iterator[Pair]:
    for row in _rows(folder, "kg-facts.csv"):
        if len(row["note"].split()) > 1:
            claim = f"{row['subject']} {row['relation'].replace('_', ' ')} {row['object']}"
            yield Pair("facts", claim, row["note"], row["polarity"], relation=row["relation"])


@dataclass(frozen=True, slots=True)
class Score:
    """How many pairs there are, for how many a stance is suggested, and for how many of those the record agrees."""

    pairs: int
    suggested: int
    right: int

    def __str__(self) -> str:
        coverage, precision = _share(self.suggested, self.pairs), _share(self.right, self.suggested)
        return f"{self.pairs:4} pairs  coverage {coverage}  precision {precision}"


def score(given: Iterable[Pair]) -> Score:
    """The score of the rules on `given`."""
    stances = [(pair, pair.suggestion.stance) for pair in given]
    said = [(pair, stance) for pair, stance in stances if stance is not None]
    return Score(len(stances), len(said), sum(pair.right(stance) for pair, stance in said))


def confusion(given: Iterable[Pair]) -> dict[str, Counter[str]]:
    """For each sort of label, how often each stance was suggested ("–": none)."""
    table: dict[str, Counter[str]] = {}
    for pair in given:
        table.setdefault(_ROWS[pair.label], Counter())[pair.suggestion.stance or "–"] += 1
    return table


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {100 * part // whole} %" if whole else f"{part}/{whole}"


def report(given: Sequence[Pair]) -> str:
    """The scores and the confusion of `given` as text."""
    lines = [f"all         {score(given)}"]
    lines += [
        f"{origin:11} {score([p for p in given if p.origin == origin])}"
        for origin in dict.fromkeys(p.origin for p in given)
    ]
    for confidence in ("high", "medium", "low"):
        lines.append(f"{confidence:11} {score([p for p in given if p.suggestion.confidence == confidence])}")
    for stance in Stance:
        said = [pair for pair in given if pair.suggestion.stance is stance]
        lines.append(f"{stance.value:11} {score(said)}" if said else f"{stance.value:11}    never suggested")
    columns = [*(stance.value for stance in Stance), "–"]
    lines += ["", f"{'recorded':16} " + " ".join(f"{column:>11}" for column in columns)]
    lines += [
        f"{row:16} " + " ".join(f"{counts[column]:11}" for column in columns)
        for row, counts in sorted(confusion(given).items())
    ]
    return "\n".join(lines)


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser("python -m bench.stance", description=__doc__)
    parser.add_argument(
        "--wrong", action="store_true", help="list the wrong suggestions of the half the rules were tuned on"
    )
    given = parser.parse_args()
    try:
        found = pairs()
    except FileNotFoundError as fault:
        sys.exit(str(fault))
    tuned = [pair for pair in found if not pair.held_out]
    print(f"Tuned on\n{report(tuned)}\n\nHeld out\n{report([pair for pair in found if pair.held_out])}")
    for pair in tuned if given.wrong else ():
        made = pair.suggestion
        if made.stance is not None and not pair.right(made.stance):
            rules = ", ".join(map(str, made.rules))
            print(f"\n{pair.origin}: {pair.claim} | {pair.finding}\n  {pair.label}, not {made.stance}: {rules}")


if __name__ == "__main__":
    main()
