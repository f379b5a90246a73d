"""How fast everything is searched: a made-up library of short texts, asked many questions, beside what the database itself does.

The texts are written as artifacts by a verb, through the store that every verb uses; that one verb is for measuring only and
writes many in a transaction. Words follow Zipf's law, as words do, so the common ones are in almost every text.
"""

from __future__ import annotations

import itertools
import random
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.bulk import many_papers
from bench.figures import Figure, percentile
from bench.running import Place, run_code
from scidex.atlas import queries
from scidex.atlas.queries.indexing import catch_up
from scidex.atlas.searching.ports import Searching
from scidex.kernel.installation import Installation

SEED = 20_260_513
DOCUMENTS = 200_000
WORDS_OF_A_TEXT = 120
_VOCABULARY = 60_000
_BATCH = 2_000
_CONSONANTS, _VOWELS = "bcdfghjklmnprstvz", "aeiou"


@dataclass(frozen=True, slots=True)
class Text:
    """One made-up publication."""

    title: str
    abstract: str
    year: int


class Words:
    """A made-up language: the same words in the same order of frequency for the same seed."""

    def __init__(self, seed: int = SEED) -> None:
        rng = random.Random(seed)
        made: dict[str, None] = {}
        while len(made) < _VOCABULARY:
            syllables = rng.choice((2, 3, 3, 4))
            made["".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(syllables))] = None
        self.words = list(made)
        # Zipf's law, in the form of Mandelbrot.
        self._weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(_VOCABULARY)))
        self._seed = seed

    def text(self, number: int) -> Text:
        """Text `number`; the same however many are made."""
        rng = random.Random(f"{self._seed}/{number}")
        words = rng.choices(self.words, cum_weights=self._weights, k=WORDS_OF_A_TEXT)
        sentences = [" ".join(words[at : at + 15]).capitalize() + "." for at in range(0, len(words), 15)]
        title = " ".join(rng.choices(words, k=8)).capitalize()
        return Text(title, " ".join(sentences), rng.randrange(1980, 2026))

    def questions(self, texts: Sequence[Text], number: int) -> Iterator[tuple[str, str]]:
        """Questions of each sort, by turns: what a reader types, and what is hardest."""
        rng = random.Random(f"{self._seed}/questions")
        for _ in range(number):
            of = rng.choice(texts)
            inside = of.abstract.lower().replace(".", "").split()
            at = rng.randrange(len(inside) - 3)
            rare = rng.choice(self.words[200:5_000])
            yield "one word", rare
            yield "two words", " ".join(rng.sample(inside, 2))
            yield "a sentence", " ".join(inside[at : at + 10])
            yield "phrase", f'"{inside[at]} {inside[at + 1]}"'
            yield "beginning", f"{rare[:4]}*"
            yield "eight of the commonest words", " ".join(rng.sample(self.words[:30], 8))
            yield "narrowed", f"{rare} year:2000..2010"


def measure(place: Place, *, documents: int = DOCUMENTS, rounds: int = 40) -> list[Figure]:
    """Everything, in one database."""
    scidex = place.open()
    try:
        return _measured(scidex, place, documents, rounds)
    finally:
        scidex.close()


def _measured(scidex: Installation, place: Place, documents: int, rounds: int) -> list[Figure]:
    words = Words()
    sample: list[Text] = []
    size = 0
    for start in range(0, documents, _BATCH):
        texts = [words.text(number) for number in range(start, min(start + _BATCH, documents))]
        size += sum(len(text.title) + len(text.abstract) for text in texts)
        sample += texts[::100]
        many_papers(scidex, [(text.title, text.abstract, text.year) for text in texts])
    searching = scidex.service(Searching)
    with scidex.storage.read() as connection:
        begun = time.perf_counter()
        catch_up(connection, searching.index)
        built = time.perf_counter() - begun
    kept = sum(file.stat().st_size for file in (scidex.settings.data / "search").rglob("*") if file.is_file())
    asked = list(words.questions(sample, rounds))

    def ours(question: str) -> None:
        with scidex.storage.read() as connection:
            queries.search(connection, searching, question)

    times = _timed(asked, ours)
    with _plain(place, words, documents) as ask_plainly:
        plain = _timed(asked, ask_plainly)
    engine = "PostgreSQL ts_rank" if place.database_url else "SQLite FTS5 bm25"
    figures = [
        Figure(
            f"Search over {documents:,} documents, with facets and passages, p95 of all sorts",
            1000 * percentile(_all(times), 0.95),
            "ms",
            baseline=f"{1000 * percentile(_all(plain), 0.95):,.0f} ms: {engine}, ids alone",
            ratio=percentile(_all(times), 0.95) / percentile(_all(plain), 0.95),
            goal=60,
        ),
        Figure(
            "… p50",
            1000 * percentile(_all(times), 0.5),
            "ms",
            baseline=f"{1000 * percentile(_all(plain), 0.5):,.1f} ms",
        ),
    ]
    figures += [
        Figure(
            f"… {sort}, p95",
            1000 * percentile(taken, 0.95),
            "ms",
            baseline=f"{1000 * percentile(plain[sort], 0.95):,.1f} ms" if sort in plain else "–",
        )
        for sort, taken in times.items()
    ]
    figures.append(_typing(scidex, searching, sample))
    figures.append(_own_write(scidex, searching))
    figures.append(
        Figure("Index built from nothing", documents / built, "documents/s", baseline=f"{built:,.0f} s in all")
    )
    figures.append(Figure("Size of the index over that of the texts", kept / size, "×", goal=1.5))
    figures.append(
        Figure("Memory of a process that searches", _memory(place, [each for _, each in asked]), "MiB", goal=1_500)
    )
    return figures


def _memory(place: Place, asked: Sequence[str]) -> float:
    """The most memory, in MiB, of a process that asks all this and holds nothing else."""
    code = "import sys; from bench.search import ask_alone; ask_alone(sys.argv[1], sys.argv[2], sys.stdin.read())"
    return float(run_code(place, code, "\n".join(asked)))


def ask_alone(data: str, database_url: str, asked: str) -> None:
    """Asks each line and prints the most memory it took, in MiB."""
    installation = Place(Path(data), database_url).open()
    searching = installation.service(Searching)
    with installation.storage.read() as connection:
        for question in asked.split("\n"):
            queries.search(connection, searching, question)
    installation.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _timed(asked: Sequence[tuple[str, str]], ask: Callable[[str], None]) -> dict[str, list[float]]:
    """How long each question took, by sort; each is asked once before, as in a running server."""
    times: dict[str, list[float]] = {}
    for _, question in asked[:14]:
        ask(question)
    for sort, question in asked:
        begun = time.perf_counter()
        ask(question)
        times.setdefault(sort, []).append(time.perf_counter() - begun)
    return times


def _all(times: dict[str, list[float]]) -> list[float]:
    return [each for taken in times.values() for each in taken]


def _typing(scidex: Installation, searching: Searching, sample: Sequence[Text]) -> Figure:
    typed = [text.title[:length] for text in sample[:60] for length in (3, 5, 9)]
    taken = []
    for each in typed:
        begun = time.perf_counter()
        with scidex.storage.read() as connection:
            queries.suggest(connection, searching, each)
        taken.append(time.perf_counter() - begun)
    return Figure("Suggestions while typing, p95", 1000 * percentile(taken, 0.95), "ms")


def _own_write(scidex: Installation, searching: Searching) -> Figure:
    """From the end of one's write to the answer that has it."""
    taken = []
    for number in range(20):
        content = {"title": f"Own write {number}", "body": f"Unmistakable{number} words."}
        made = scidex.door.perform("artifact.create", {"kind": "page", "content": content}, scidex.actor)
        begun = time.perf_counter()
        with scidex.storage.read() as connection:
            hits = queries.search(connection, searching, f"unmistakable{number}").hits
        taken.append(time.perf_counter() - begun)
        if [hit.head.id for hit in hits] != [made.id]:
            raise SystemExit("what was written was not found")
    return Figure("One's own write is found after, p95", 1000 * percentile(taken, 0.95), "ms")


@contextmanager
def _plain(place: Place, words: Words, documents: int) -> Iterator[Callable[[str], None]]:
    """The engine's own full text search over the same texts: any of the words, ranked, ten ids."""
    texts = ((number, words.text(number)) for number in range(documents))
    if place.database_url:
        with psycopg.connect(place.database_url, autocommit=True) as connection:
            yield _ts_rank(connection, texts)
    else:
        with closing(sqlite3.connect(Path(place.data) / "baseline.sqlite")) as connection:
            yield _fts5(connection, texts)


def _fts5(connection: sqlite3.Connection, texts: Iterator[tuple[int, Text]]) -> Callable[[str], None]:
    connection.execute("CREATE VIRTUAL TABLE plain USING fts5 (title, text, content='', tokenize='porter unicode61')")
    rows = ((number, text.title, text.abstract) for number, text in texts)
    connection.executemany("INSERT INTO plain (rowid, title, text) VALUES (?, ?, ?)", rows)
    connection.commit()

    def ask(question: str) -> None:
        question = question.partition(" year:")[0]
        match = question if question[0] == '"' else " OR ".join(question.split())
        connection.execute(
            "SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY bm25(plain, 2.0, 1.0) LIMIT 10", (match,)
        ).fetchall()

    return ask


def _ts_rank(connection: psycopg.Connection[object], texts: Iterator[tuple[int, Text]]) -> Callable[[str], None]:
    connection.execute("CREATE TABLE plain (id integer PRIMARY KEY, words tsvector NOT NULL)")
    vector = "setweight(to_tsvector('english', %s), 'A') || to_tsvector('english', %s)"
    with connection.transaction(), connection.cursor() as cursor:
        for batch in _batches(texts, 1_000):
            rows = [(number, text.title, text.abstract) for number, text in batch]
            cursor.executemany(f"INSERT INTO plain VALUES (%s, {vector})", rows)
    connection.execute("CREATE INDEX ON plain USING gin (words)")
    connection.execute("ANALYZE plain")

    def ask(question: str) -> None:
        question = question.partition(" year:")[0]
        words = question.strip('"').replace("*", ":*").split()
        match = (" <-> " if question[0] == '"' else " | ").join(words)
        connection.execute(
            "SELECT id FROM plain, to_tsquery('english', %s) AS asked WHERE words @@ asked"
            " ORDER BY ts_rank(words, asked) DESC LIMIT 10",
            (match,),
        ).fetchall()

    return ask


def _batches(texts: Iterator[tuple[int, Text]], size: int) -> Iterator[list[tuple[int, Text]]]:
    while batch := list(itertools.islice(texts, size)):
        yield batch
