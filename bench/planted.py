"""Citations with planted faults: a made-up bibliography, and citations of it that are right or wrong in a known way.

From a fixed seed, so that the same pairs come back. The words mean nothing; the traps are those of machine-written
bibliographies: a real identifier under another title, identifiers of two works, an identifier nobody gave out, a quotation
with one word changed, a work that was retracted. Right citations are printed as people print them: other case, cut author
lists, mark-up, a year of the online version.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from scidex.atlas.bibliography.identifiers import WorkId, of_record
from scidex.atlas.bibliography.matching import Cited


class Plant(StrEnum):
    """What was done to a citation."""

    RIGHT = "right"
    FALSE_TITLE = "real identifier, false title"
    MIXED = "identifiers of two works"
    FABRICATED = "identifier that does not exist"
    ALTERED = "altered quotation"
    RETRACTED = "retracted work"
    OFF_TOPIC = "passage off the topic"


IDENTITY = (Plant.FALSE_TITLE, Plant.MIXED, Plant.FABRICATED, Plant.ALTERED, Plant.RETRACTED)
"""The faults that must be caught; whether a passage is on the topic is a suggestion."""

_SUBJECTS = [
    "mesenchymal stromal cells",
    "neural stem cells",
    "exosomes",
    "umbilical cord cells",
    "adipose-derived cells",
    "microglia",
    "astrocytes",
    "regulatory T cells",
    "mitochondria",
    "tau oligomers",
    "alpha-synuclein fibrils",
    "TDP-43 inclusions",
    "oligodendrocyte precursors",
]
_VERBS = [
    "slow",
    "accelerate",
    "reduce",
    "increase",
    "restore",
    "impair",
    "modulate",
    "predict",
    "precede",
    "outlast",
    "suppress",
    "promote",
    "transfer to",
    "reach",
]
_OBJECTS = [
    "motor decline",
    "synaptic loss",
    "microglial activation",
    "remyelination",
    "lesion volume",
    "cognitive decline",
    "axonal transport",
    "survival",
    "blood-brain barrier leakage",
    "dopaminergic transmission",
    "cerebrospinal fluid cytokines",
    "muscle strength",
]
_SETTINGS = [
    "in amyotrophic lateral sclerosis",
    "in Parkinson disease",
    "in multiple sclerosis",
    "in Alzheimer disease",
    "after ischaemic stroke",
    "in SOD1 mice",
    "in aged rats",
    "in cultured neurons",
    "in non-human primates",
    "in multiple system atrophy",
]
_DESIGNS = [
    "a phase 1 trial",
    "a phase 2 trial",
    "a randomised controlled trial",
    "a cohort study",
    "a systematic review",
    "two-year follow-up",
    "five-year follow-up",
    "a case series",
    "an open-label extension",
]
_FAMILIES = [
    "Berry",
    "Müller",
    "O’Neill",
    "van der Berg",
    "Kim",
    "Lee",
    "Nguyen",
    "García",
    "Şahin",
    "Kowalski",
    "Bång",
    "Uccelli",
    "Petrou",
    "Staff",
    "Oh",
    "Tanaka",
    "Ivanova",
    "Haddad",
    "Okafor",
    "Singh",
    "Rossi",
    "Dubois",
    "Novák",
    "Ødegård",
]
_JOURNALS = [
    "Neurology",
    "Stem Cells",
    "Annals of Neurology",
    "Brain",
    "Lancet Neurology",
    "Journal of Neuroinflammation",
    "Cell Reports",
]


@dataclass(frozen=True, slots=True)
class PlantedWork:
    """A work of the made-up library: its record, its abstract, and whether it was retracted."""

    item: dict[str, Any]
    abstract: str
    retracted: bool


@dataclass(frozen=True, slots=True)
class PlantedPair:
    """One citation: what it says, what it claims and quotes, which work it is about, and what was done to it."""

    cited: Cited
    claim: str
    quote: str
    work: int
    plant: Plant


@dataclass(slots=True)
class PlantedLibrary:
    """`size` works from `seed`, every tenth of them retracted."""

    size: int = 1000
    seed: int = 20261124
    works: list[PlantedWork] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        titles: set[str] = set()
        while len(self.works) < self.size:
            title, claim = _title(chance)
            if title in titles:
                continue
            titles.add(title)
            self.works.append(_work(chance, len(self.works), title, claim))

    def pairs(self, number: int) -> Iterator[PlantedPair]:
        """`number` citations, the plants in turn."""
        chance = random.Random(self.seed + 1)
        sound = [n for n, work in enumerate(self.works) if not work.retracted]
        withdrawn = [n for n, work in enumerate(self.works) if work.retracted]
        for place in range(number):
            plant = list(Plant)[place % len(Plant)]
            at = chance.choice(withdrawn if plant is Plant.RETRACTED else sound)
            other = chance.choice([n for n in (chance.choice(sound) for _ in range(3)) if n != at] or [sound[0]])
            yield _planted(chance, plant, self.works, at, other)


def _title(chance: random.Random) -> tuple[str, str]:
    subject, verb, object_ = chance.choice(_SUBJECTS), chance.choice(_VERBS), chance.choice(_OBJECTS)
    setting, design = chance.choice(_SETTINGS), chance.choice(_DESIGNS)
    claim = f"{subject} {verb} {object_} {setting}"
    return f"{claim[:1].upper()}{claim[1:]}: {design}", claim


def _work(chance: random.Random, number: int, title: str, claim: str) -> PlantedWork:
    sample = chance.randrange(9, 400)
    outcome = f"{chance.randrange(1, 60)}.{chance.randrange(10)}"
    names = [
        {"family": chance.choice(_FAMILIES), "given": chance.choice("ABCDEFGHJKLM")}
        for _ in range(chance.randrange(1, 9))
    ]
    year = chance.randrange(1996, 2026)
    item: dict[str, Any] = {
        "type": "article-journal",
        "title": title,
        "author": names,
        "container-title": chance.choice(_JOURNALS),
        "issued": {"date-parts": [[year]]},
        "volume": str(chance.randrange(1, 200)),
        "page": f"{chance.randrange(1, 2000)}-{chance.randrange(2000, 2100)}",
        "DOI": f"10.5555/made.up.{number}",
        "PMID": str(90_000_000 + number),
    }
    abstract = (
        f"We studied whether {claim}. We enrolled {sample} participants. The primary outcome changed by {outcome} points "
        f"over {chance.randrange(4, 100)} weeks and did not differ at the last visit. Serious events were rare. The laboratory "
        f"was cleaned every {chance.choice(['Monday', 'Tuesday', 'Friday'])} by its own staff."
    )
    return PlantedWork(item, abstract, number % 10 == 9)


def _planted(chance: random.Random, plant: Plant, works: list[PlantedWork], at: int, other: int) -> PlantedPair:
    work = works[at]
    sentences = work.abstract.split(". ")
    quote = sentences[2]
    claim = str(work.item["title"]).partition(":")[0]
    cited = _printed(chance, work.item)
    if plant is Plant.FALSE_TITLE:
        wrong = works[other].item
        titles = (str(wrong["title"]), _title(chance)[0] + ", revisited", _turned(chance, str(work.item["title"])))
        author = str(wrong["author"][0]["family"])
        cited = Cited(identifiers=cited.identifiers, title=chance.choice(titles), author=author, year=cited.year)
    elif plant is Plant.MIXED:
        ids = (of_record(work.item)[0], of_record(works[other].item)[1])
        cited = Cited(identifiers=ids, title=cited.title, author=cited.author, year=cited.year)
    elif plant is Plant.FABRICATED:
        made_up = WorkId.parse(f"doi:10.5555/never.given.{chance.randrange(10**6)}")
        title = cited.title if chance.random() < 0.5 else _title(chance)[0] + " in a new cohort"
        cited = Cited(identifiers=(made_up,), title=title, author=cited.author, year=cited.year)
    elif plant is Plant.ALTERED:
        quote = _altered(chance, quote)
    elif plant is Plant.OFF_TOPIC:
        quote = sentences[4].rstrip(".")
    return PlantedPair(cited, claim, quote, at, plant)


def _printed(chance: random.Random, item: dict[str, Any]) -> Cited:
    """A right citation as people print it."""
    title, family = str(item["title"]), str(item["author"][0]["family"])
    noises = (
        title,
        title.upper(),
        title + ".",
        f"<i>{title}</i>",
        title.replace("alpha", "α"),
        title.partition(":")[0],
        title.replace("ischaemic", "ischemic").replace("randomised", "randomized"),
        title.replace("-", "\u2010"),
    )
    names = (family, f"{family} {item['author'][0]['given']}", family.replace("ü", "u").replace("’", "'"))
    year = int(item["issued"]["date-parts"][0][0]) + chance.choice((0, 0, 0, 1, -1))
    ids = of_record(item)
    return Cited(
        identifiers=chance.choice((ids, ids[:1], ids[1:2])),
        title=chance.choice(noises),
        author=chance.choice(names),
        year=year,
    )


def _turned(chance: random.Random, title: str) -> str:
    """Nearly the same title: another phase, another direction, another disease."""
    turns = [("phase 1", "phase 2"), ("phase 2", "phase 3"), ("two-year", "five-year"), ("slow", "accelerate")]
    turns += [("reduce", "increase"), ("restore", "impair"), ("in Parkinson", "in Huntington"), ("rats", "mice")]
    fitting = [(old, new) for old, new in turns if old in title]
    old, new = chance.choice(fitting) if fitting else (":", " does not:")
    return title.replace(old, new, 1)


def _altered(chance: random.Random, quote: str) -> str:
    changes = [
        quote.replace("did not differ", "differed"),
        quote.replace(" points", " per cent"),
        quote.replace("primary", "secondary"),
    ]
    digits = [place for place, letter in enumerate(quote) if letter.isdigit()]
    place = chance.choice(digits)
    changes.append(quote[:place] + str((int(quote[place]) + 1) % 10) + quote[place + 1 :])
    return chance.choice([change for change in changes if change != quote])
