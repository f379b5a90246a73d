"""The rules that a debate is scored by: numbers with a version. They are content, so that they can be read, cited and changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from scidex.agora.model import Dimension
from scidex.kernel.canonical import canonical_json, sha256
from scidex.kernel.content import content_folder
from scidex.kernel.errors import Invalid

NEWEST = "debate-1"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a tier needs: independent sources for it, how many of them weigh `strong_from`, and the least strength."""

    sources: int
    strong: int
    strong_from: int
    strength: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbers in thousandths, but for `weights` and `enough`, which are per cent, and counts of sources.

    `start` is where a dimension stands before anything is said. An item weighs at most `most_of_an_item` of what its study
    weighs: no study settles a question alone. Of a mixed item, or a null result that speaks against something, a share counts.
    `rated_down` and `rated_up` are what the weight of a study is multiplied by for the bounds of a score. Dimensions that
    weigh `enough` together have to be argued about before there is a composite. What is against a hypothesis makes it contested
    from the share `contested_from` of what is for it on. `text` is the whole as canonical JSON, `sha256` its hash.
    """

    version: str
    weights: dict[Dimension, int]
    start: int
    most_of_an_item: int
    share_of_a_mixed_item: int
    share_of_a_null_result: int
    rated_down: int
    rated_up: int
    enough: int
    contested_from: int
    established: Needs
    supported: Needs
    provisional: Needs
    text: str
    sha256: str

    def __post_init__(self) -> None:
        if set(self.weights) != set(Dimension) or sum(self.weights.values()) != 100 or min(self.weights.values()) < 0:
            raise Invalid("The weights are not of all ten dimensions, or not 100 in all.", cure="Correct them.")


def parse(text: str) -> Rules:
    """Rules as they are written. Raises Invalid."""
    try:
        told = json.loads(text)
        tiers = told["tiers"]
        return Rules(
            version=told["version"],
            weights={Dimension(name): weight for name, weight in told["weights"].items()},
            **{name: told[name] for name in _NUMBERS},
            contested_from=tiers["contested_from"],
            established=Needs(**tiers["established"]),
            supported=Needs(**tiers["supported"]),
            provisional=Needs(**tiers["provisional"]),
            text=canonical_json(told),
            sha256=sha256(canonical_json(told)),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(f"These are no rules for debates ({error!r}).", cure="Compare them with debate-1.") from None


@cache
def rules(version: str = NEWEST) -> Rules:
    """The bundled rules of a version. Raises Invalid for a version that nobody wrote."""
    known = {path.stem: path for path in content_folder("agora", "rules").glob("*.json")}
    if version not in known:
        raise Invalid(f"There are no rules {version[:40]}.", cure=f"There are {', '.join(sorted(known))}.")
    return parse(known[version].read_text(encoding="utf-8"))


_NUMBERS = (
    "start",
    "most_of_an_item",
    "share_of_a_mixed_item",
    "share_of_a_null_result",
    "rated_down",
    "rated_up",
    "enough",
)
