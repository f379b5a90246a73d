"""Recomputes a score from its export, and shares no code with what computed it: only this file and Python's own library.

    python verifier.py FILE

It follows the published rules (docs/reference/debate-rules.md) in its own way: recursion over what is said about a
dimension, exact fractions of a billion where the kernel goes once through flat lists. It says each number that differs.
"""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from pathlib import Path
from typing import Any

FORMAT = "scidex-score/1"
KERNEL = "agora-1"
BILLION = 10**9
DIMENSIONS = (
    "mechanistic-plausibility",
    "evidence-strength",
    "novelty",
    "feasibility",
    "therapeutic-impact",
    "druggability",
    "safety",
    "competitive-landscape",
    "data-availability",
    "reproducibility",
)


def main() -> int:
    """The program: 0 if every number is right, 1 if not, 2 if the file cannot be read as an export."""
    if len(sys.argv) != 2:
        sys.stderr.write("Usage: verifier.py FILE\n")
        return 2
    try:
        differences = verify(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"This is no export of a score: {error!r}\n")
        return 2
    sys.stdout.write("".join(f"{line}\n" for line in differences) or "Every number is right.\n")
    return 1 if differences else 0


def verify(export: dict[str, Any]) -> list[str]:
    """What differs from what the export says; empty if every number is right.

    Raises ValueError, KeyError or TypeError for what is no export that this version can judge.
    """
    if export["format"] != FORMAT:
        raise ValueError(f"the format is {export['format']!r} and not {FORMAT!r}")
    given, rules, told = export["inputs"], export["rules"], export["score"]
    if given["kernel"] != KERNEL or given["semantics"] != "df-quad":
        raise ValueError(f"kernel {given['kernel']!r} with {given['semantics']!r} is not known here")
    found = recomputed(given, rules)
    parts = {
        name: [_hash(each) for each in value] if isinstance(value, list) else value for name, value in given.items()
    }
    found["inputs"] = _hash(parts)
    differences = [] if given["rules"] == _hash(rules) else ["rules: they are not those that the inputs name"]
    return differences + _differences("", found, told)


def _differences(where: str, found: Any, told: Any) -> list[str]:
    if isinstance(found, dict) and isinstance(told, dict):
        return [line for key in found for line in _differences(f"{where}.{key}", found[key], told.get(key))]
    if isinstance(found, list) and isinstance(told, list) and len(found) == len(told):
        return [
            line
            for at, pair in enumerate(zip(found, told, strict=True))
            for line in _differences(f"{where}[{at}]", *pair)
        ]
    return [] if found == told else [f"{where[1:]}: it says {told!r}, and it is {found!r}"]


def _hash(value: Any) -> str:
    return hashlib.sha256(
        json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    ).hexdigest()


def recomputed(given: dict[str, Any], rules: dict[str, Any]) -> dict[str, Any]:
    """The score of the inputs of an export."""
    arguments = given["arguments"]
    items = {item["id"]: item for item in given["items"]}
    people = _people(given["sources"], [item["source"] for item in given["items"]])
    facts = _facts(arguments, items, people, rules)
    _count_once(arguments, facts)
    replies: dict[str, list[dict[str, Any]]] = {}
    for argument in arguments:
        if facts[argument["id"]]["heard"]:
            replies.setdefault(argument["about"], []).append(argument)
    plain = _Reading(facts, replies, rules, 1000, 1000)
    worst = _Reading(facts, replies, rules, rules["rated_down"], rules["rated_up"])
    best = _Reading(facts, replies, rules, rules["rated_up"], rules["rated_down"])
    lines = []
    for name in DIMENSIONS:
        weight, argued = rules["weights"][name], name in replies
        strength = plain.of(name) if argued else None
        bounds = (worst.of(name), best.of(name)) if argued else (0, BILLION)
        product = weight * (strength or 0)
        lines.append(
            {
                "dimension": name,
                "weight": weight,
                "strength": strength,
                "low": bounds[0],
                "high": bounds[1],
                "product": product,
            }
        )
    assessed = sum(line["weight"] for line in lines if line["strength"] is not None)
    enough = assessed >= rules["enough"]
    evidence = (lines[1]["strength"] or 0) * 1000 // BILLION
    return {
        "kernel": KERNEL,
        "rules": rules["version"],
        "outcome": "scored" if enough else "not-enough-evidence",
        "composite": sum(line["product"] for line in lines) // assessed if enough else None,
        "low": sum(line["weight"] * line["low"] for line in lines) // 100,
        "high": sum(line["weight"] * line["high"] for line in lines) // 100,
        "assessed": assessed,
        "tier": _tier(facts, evidence, rules["tiers"]),
        "lines": lines,
        "arguments": [
            {
                "id": argument["id"],
                "heard": facts[argument["id"]]["heard"],
                "base": plain.base(argument["id"]),
                "strength": plain.of(argument["id"]),
            }
            for argument in arguments
        ],
    }


def _people(sources: list[dict[str, Any]], cited: list[str]) -> dict[str, int]:
    """A number for each source, the same for those that share people."""

    def plain(name: str) -> str:
        kept = "".join(letter for letter in unicodedata.normalize("NFKC", name) if letter.isalnum())
        return kept.casefold()

    labels = {source["id"]: {("source", source["id"])} for source in sources}
    for source in sources:
        for kind, names in (("registry", source["registry_ids"]), ("cohort", source["cohorts"])):
            labels[source["id"]] |= {(kind, plain(name)) for name in names if any(map(str.isalnum, name))}
        labels[source["id"]] |= {("source", name) for name in source["linked"] if any(map(str.isalnum, name))}
    for name in cited:
        labels.setdefault(name, {("source", name)})
    sharing: dict[tuple[str, str], list[str]] = {}
    for name, own in labels.items():
        for label in own:
            sharing.setdefault(label, []).append(name)
    numbers: dict[str, int] = {}
    for number, first in enumerate(labels):
        waiting = [first]
        while waiting:
            name = waiting.pop()
            if name not in numbers:
                numbers[name] = number
                waiting += [other for label in labels[name] for other in sharing.pop(label, ())]
    return numbers


def _facts(
    arguments: list[dict[str, Any]], items: dict[str, Any], people: dict[str, int], rules: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Of each argument: the dimension it comes to, whether for or against it, how deep, whether heard, what could weigh."""
    facts: dict[str, dict[str, Any]] = {}
    for argument in arguments:
        above = facts.get(argument["about"])
        if above is None and argument["about"] not in DIMENSIONS:
            raise ValueError(f"argument {argument['id']} is about nothing that was said before it")
        sign = 1 if argument["side"] == "supports" else -1
        could = []
        for name in dict.fromkeys(argument["cites"]):
            weight = _weight(argument["side"], items[name], rules) if name in items else 0
            if weight > 0:
                could.append({"item": name, "weight": weight, "people": people[items[name]["source"]]})
        facts[argument["id"]] = {
            "root": above["root"] if above else argument["about"],
            "effect": sign * above["effect"] if above else sign,
            "depth": above["depth"] + 1 if above else 0,
            "heard": bool(could) and (above is None or above["heard"]),
            "weighing": could,
        }
    return facts


def _weight(side: str, item: dict[str, Any], rules: dict[str, Any]) -> int:
    """What an item could weigh on one side, in thousandths."""
    if not (item["quote_checked"] and item["source_verified"] and item["judged"]) or item["source_retracted"]:
        return 0
    shares = {
        ("supports", "supports"): 1000,
        ("attacks", "contradicts"): 1000,
        ("attacks", "not-shown"): rules["share_of_a_null_result"],
        ("supports", "mixed"): rules["share_of_a_mixed_item"],
        ("attacks", "mixed"): rules["share_of_a_mixed_item"],
    }
    return int(item["weight"] * shares.get((side, item["stance"]), 0) // 1000)


def _count_once(arguments: list[dict[str, Any]], facts: dict[str, dict[str, Any]]) -> None:
    """Leaves the same people in one place under each dimension and to each effect."""
    claims = sorted(
        (fact["depth"], -use["weight"], order, at, argument["id"])
        for order, argument in enumerate(arguments)
        if (fact := facts[argument["id"]])["heard"]
        for at, use in enumerate(fact["weighing"])
    )
    taken = set()
    kept: dict[str, list[Any]] = {argument["id"]: [] for argument in arguments}
    for _, _, _, at, name in claims:
        fact = facts[name]
        place = (fact["root"], fact["effect"], fact["weighing"][at]["people"])
        if place not in taken:
            taken.add(place)
            kept[name].append(at)
    for name, places in kept.items():
        facts[name]["weighing"] = [facts[name]["weighing"][at] for at in sorted(places)]


class _Reading:
    """The debate read with studies that speak for a dimension times `for_` thousandths, and those against it `against`."""

    def __init__(
        self, facts: dict[str, Any], replies: dict[str, Any], rules: dict[str, Any], for_: int, against: int
    ) -> None:
        self._facts, self._replies, self._rules = facts, replies, rules
        self._factors = {1: for_, -1: against}
        self._known: dict[str, int] = {}

    def base(self, name: str) -> int:
        """The strength of a dimension or argument before anything is said about it."""
        if name in DIMENSIONS:
            return BILLION * int(self._rules["start"]) // 1000
        fact = self._facts[name]
        left = BILLION
        for use in fact["weighing"] if fact["heard"] else ():
            rated = min(1000, use["weight"] * self._factors[fact["effect"]] // 1000)
            left = left * (BILLION - BILLION * rated * self._rules["most_of_an_item"] // 10**6) // BILLION
        return BILLION - left

    def of(self, name: str) -> int:
        """Its strength in the end, by DF-QuAD. Without recursion: a debate may be deep."""
        waiting = [name]
        while waiting:
            at = waiting[-1]
            missing = [reply["id"] for reply in self._replies.get(at, ()) if reply["id"] not in self._known]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            self._known[at] = self._moved(at)
        return self._known[name]

    def _moved(self, name: str) -> int:
        left = {"supports": BILLION, "attacks": BILLION}
        for reply in reversed(self._replies.get(name, ())):
            left[reply["side"]] = left[reply["side"]] * (BILLION - self._known[reply["id"]]) // BILLION
        base, move = self.base(name), left["attacks"] - left["supports"]
        return base + (BILLION - base) * move // BILLION if move > 0 else base - base * -move // BILLION


def _tier(facts: dict[str, dict[str, Any]], strength: int, tiers: dict[str, Any]) -> str:
    about = [fact for fact in facts.values() if fact["root"] == "evidence-strength" and fact["heard"]]
    for_ = [use["weight"] for fact in about if fact["effect"] > 0 for use in fact["weighing"]]
    against = [use["weight"] for fact in about if fact["effect"] < 0 for use in fact["weighing"]]
    if against and sum(against) * 1000 >= sum(for_) * tiers["contested_from"]:
        return "contested"
    for name in ("established", "supported", "provisional"):
        needs = tiers[name]
        strong = [weight for weight in for_ if weight >= needs["strong_from"]]
        fits = len(for_) >= needs["sources"] and len(strong) >= needs["strong"] and strength >= needs["strength"]
        if fits and not (name == "established" and against):
            return name
    return "speculative"


if __name__ == "__main__":
    sys.exit(main())
