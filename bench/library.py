"""A made-up library: visitor's copies of pages in nonsense words, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SEED = 20_260_513
HYPOTHESES = 2_000
ANALYSES = 500
PAGE_BYTES = 9_300

_SECTIONS = ("therapeutics", "therapeutics", "therapeutics", "diseases", "entities", "genes", "proteins", "mechanisms")
_TYPES = {
    "therapeutics": "therapeutic", "diseases": "disease", "entities": "cell", "genes": "gene", "proteins": "protein",
    "mechanisms": "mechanism",
}  # fmt: skip
_ONSETS = ("b", "br", "d", "dr", "f", "g", "gl", "h", "k", "kr", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "v")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "eo", "ou")
_CODAS = ("", "", "l", "n", "r", "s", "x", "m", "nd", "rk")
_JOINING = ("and", "of", "in", "with", "by", "from", "under", "near", "the", "a", "through", "toward")
_TEXT_HEADINGS = ("Mechanisms", "Clinical Applications")
_LIST_HEADINGS = ("Administration Routes", "Cell Sources", "Adverse Effects")


@dataclass(frozen=True, slots=True)
class Name:
    """One page of the library as others link to it."""

    section: str
    stem: str
    title: str

    @property
    def slug(self) -> str:
        """The page's identifier."""
        return f"{self.section}-{self.stem}"


class Library:
    """`count` pages, made one at a time; page `n` is the same however many are made."""

    def __init__(self, count: int, seed: int = SEED) -> None:
        self.count = count
        self._seed = seed
        rng = random.Random(seed)
        self._words = sorted({_word(rng) for _ in range(3_000)})
        self._hypotheses = [(f"h-{rng.getrandbits(32):08x}", self._title(rng, 6)) for _ in range(HYPOTHESES)]
        self._analyses = [(f"SDA-2031-{n:04}-gap-{n:03}", self._title(rng, 8)) for n in range(ANALYSES)]
        self.names = [self._name(number) for number in range(count)]

    def write(self, folder: Path) -> list[Path]:
        """The pages as files, some hundred in each folder."""
        files = []
        for number, text in enumerate(self.pages()):
            file = folder / f"{number // 500:03}" / f"page-{number:06}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            files.append(file)
        return files

    def pages(self) -> Iterator[str]:
        """The text of every page."""
        return (self.page(number) for number in range(self.count))

    def page(self, number: int) -> str:
        """The text of one page."""
        rng = random.Random(f"{self._seed}/page/{number}")
        name = self.names[number]
        intro = f"{name.title} {self._sentence(rng, 18)} {self._sentence(rng, 14)}"
        top = [name.title, "Introduction", *_infobox(name), intro, "Overview"]
        lines = ["📗 Cite This Artifact", name.title, *top, *top, *self._text(rng), *self._links(rng)]
        lines += ["Background", *(self._cited(rng, 26) for _ in range(2)), "References", *self._related(rng)]
        lines += _furniture(name, number)
        return "\n".join(lines) + "\n"

    def _text(self, rng: random.Random) -> list[str]:
        lines = [self._cited(rng, 40)]
        for heading in _TEXT_HEADINGS:
            lines.append(heading)
            for _ in range(5):
                other = self.names[rng.randrange(self.count)]
                link = f"[{other.stem.rpartition('-')[0]}](/{other.section}/{other.stem})"
                lines += [self._title(rng, 2), f"{self._sentence(rng, 17)} Near {link}, {self._cited(rng, 13)}"]
        for heading in _LIST_HEADINGS:
            lines.append(heading)
            lines += [f"- {self._title(rng, 2)} ({' '.join(self._some(rng, 4))})" for _ in range(4)]
        return lines

    def _links(self, rng: random.Random) -> list[str]:
        others = [self.names[rng.randrange(self.count)] for _ in range(8)]
        lines = ["See Also", *(f"- [{other.title}](/{other.section}/{other.stem})" for other in others)]
        lines.append("External Links")
        for _ in range(3):
            word, other = self._some(rng, 2)
            lines.append(f"- [{word.capitalize()} - {other}](https://example.org/{word}?term={other}+{word}+{other})")
        return lines

    def _related(self, rng: random.Random) -> list[str]:
        lines = ["Related Hypotheses", "From the [Exchange](/exchange) with scores"]
        for ident, title in rng.sample(self._hypotheses, 8):
            # The title belongs to the hypothesis, the score to the page that prints it.
            score, target = rng.randrange(50, 95), "".join(self._some(rng, 1)).upper()
            lines.append(
                f'- [{title}](/hypothesis/{ident}) — <span style="color:#81c784;font-weight:600">0.{score}</span>'
                f" · Target: {target}"
            )
        lines.append("Related Analyses:")
        lines += [f"- [{title}](/analysis/{ident}) 🔄" for ident, title in rng.sample(self._analyses, 5)]
        return lines

    def _name(self, number: int) -> Name:
        rng = random.Random(f"{self._seed}/name/{number}")
        words = self._some(rng, 4)
        stem = "-".join(words) + f"-{number}"
        return Name(_SECTIONS[rng.randrange(len(_SECTIONS))], stem, " ".join(words).title() + f" {number}")

    def _some(self, rng: random.Random, count: int) -> list[str]:
        return [self._words[rng.randrange(len(self._words))] for _ in range(count)]

    def _title(self, rng: random.Random, count: int) -> str:
        return " ".join(self._some(rng, count)).title()

    def _sentence(self, rng: random.Random, count: int) -> str:
        words = [rng.choice(_JOINING) if place % 3 == 2 else word for place, word in enumerate(self._some(rng, count))]
        return " ".join(words).capitalize() + f" [{rng.randrange(1, 30)}]."

    def _cited(self, rng: random.Random, count: int) -> str:
        half = count // 2
        keys = " ".join(f"[@{word}20{rng.randrange(10, 32)}]" for word in self._some(rng, rng.choice((1, 1, 1, 2))))
        return f"{self._sentence(rng, half)} {self._sentence(rng, count - half)} {keys}"


def _word(rng: random.Random) -> str:
    syllables = (rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.choice((1, 2, 2, 3))))
    return "".join(syllables) + rng.choice(_CODAS)


def _infobox(name: Name) -> list[str]:
    return [
        f'<table class="infobox infobox-{_TYPES[name.section]}">',
        "<tr>",
        f'<th class="infobox-header" colspan="2">{name.title}</th>',
        "</tr>",
        "<tr>",
        '<td class="label">Name</td>',
        f"<td><strong>{name.title}</strong></td>",
        "</tr>",
        "<tr>",
        '<td class="label">Type</td>',
        f"<td>{_TYPES[name.section].capitalize()}</td>",
        "</tr>",
        "</table>",
    ]


def _furniture(name: Name, number: int) -> list[str]:
    address = f"https://library.example/artifact/wiki-{name.slug}"
    return [
        "▸Metadataorigin_type: made_up",
        f"| slug | {name.slug} |",
        "| kg_node_id | None |",
        f"| entity_type | {_TYPES[name.section]} |",
        "| origin_type | made_up |",
        "| source_table | pages |",
        f"| wiki_page_id | wp-{number:012x} |",
        f"| __merged_from | {{'merged_at': '2031-02-03', 'unprefixed_id': '{name.slug}'}} |",
        "| _schema_version | 1 |",
        "No provenance edges found",
        f'<iframe src="{address}?embed=1" width="100%" height="600" style="border:0;border-radius:8px"></iframe>',
        f"[{name.title}]({address})",
        address,
    ]
