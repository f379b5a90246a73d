"""`python -m bench.relevance FOLDER`: how relevant answers are, on a judged collection in the layout of BEIR.

FOLDER has corpus.jsonl (`_id`, `title`, `text`), queries.jsonl (`_id`, `text`) and qrels/test.tsv (query, document, grade, after
a line of headings). The texts become publications of a library made for the occasion; each judged question is asked of the one
search that pages and commands use, as it stands, by words, by meaning and by both. The baseline in the same run is plain
BM25 over title and text. By meaning only where the extra `embeddings` is installed: docs/how-to/search.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean

import tantivy

from bench.bulk import many_papers
from bench.figures import Figure, Section, text
from bench.running import places
from scidex.atlas import queries
from scidex.atlas.searching.model import Mode
from scidex.atlas.searching.ports import Searching
from scidex.kernel.installation import Installation

_BATCH = 2_000
_DEPTH = 100
_NEEDED_GAIN = 1.08
"""What is fused is promised to be this much better than plain BM25."""

Ranking = Sequence[str]


def main() -> None:
    """The program."""
    parser = argparse.ArgumentParser("python -m bench.relevance", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="with corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv")
    parser.add_argument("--split", default="test", help="which judgements (default test)")
    given = parser.parse_args()
    print(text(Section(given.folder.name, tuple(measure(given.folder, given.split)))))


def measure(folder: Path, split: str = "test") -> list[Figure]:
    """nDCG@10 and recall@100 of each way to search, and of plain BM25."""
    judged = _judgements(folder / "qrels" / f"{split}.tsv")
    asked = {each["_id"]: each["text"] for each in _lines(folder / "queries.jsonl") if each["_id"] in judged}
    if not asked:
        raise SystemExit(f"No question of {folder / 'queries.jsonl'} is judged in qrels/{split}.tsv.")
    plain = _judged(_plain_bm25(folder), asked, judged)
    figures = [_figure("Plain BM25", plain, None)]
    with places("sqlite") as (place, _):
        scidex = place().open()
        try:
            names = _library(scidex, folder)
            searching = scidex.service(Searching)
            modes = [Mode.WORDS]
            if searching.embedder is None:
                print("By meaning: the extra `embeddings` is not installed (docs/how-to/search.md).", file=sys.stderr)
            else:
                print("Computing vectors ...", file=sys.stderr)
                with scidex.storage.read() as connection:
                    queries.embed_all(connection, searching.embedder)
                modes += [Mode.MEANING, Mode.BOTH]
            for mode in modes:

                def ask(question: str, mode: Mode = mode) -> Ranking:
                    with scidex.storage.read() as connection:
                        found = queries.search(connection, searching, question, mode=mode, limit=_DEPTH, facets=False)
                    return [names[hit.head.id] for hit in found.hits]

                figures.append(_figure(f"Search, {mode}", _judged(ask, asked, judged), plain, fused=mode is Mode.BOTH))
        finally:
            scidex.close()
    return figures


def ndcg(ranking: Ranking, grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain, from 0 to 1 (Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418).

    As `trec_eval` computes it: the gain is the grade, the discount the binary logarithm of the rank plus one.

    >>> round(ndcg(["one", "two"], {"one": 1, "two": 2}), 4)
    0.8597
    """
    best = sorted(grades.values(), reverse=True)[:depth]
    gains = (grades.get(name, 0) for name in ranking[:depth])
    found, ideal = (sum(gain / math.log2(rank + 2) for rank, gain in enumerate(each)) for each in (gains, best))
    return found / ideal if ideal else 0.0


def recall(ranking: Ranking, grades: Mapping[str, int], depth: int = _DEPTH) -> float:
    """Which part of all that is relevant is among the first `depth`.

    >>> recall(["one", "other"], {"one": 1, "two": 2, "three": 0})
    0.5
    """
    relevant = {name for name, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranking[:depth])) / len(relevant) if relevant else 0.0


def _judged(
    ask: Callable[[str], Ranking], asked: Mapping[str, str], judged: Mapping[str, Mapping[str, int]]
) -> tuple[float, float]:
    rankings = {id_: ask(question) for id_, question in asked.items()}
    return (
        mean(ndcg(ranking, judged[id_]) for id_, ranking in rankings.items()),
        mean(recall(ranking, judged[id_]) for id_, ranking in rankings.items()),
    )


def _figure(name: str, told: tuple[float, float], plain: tuple[float, float] | None, *, fused: bool = False) -> Figure:
    return Figure(
        f"{name}: nDCG@10 (recall@100 {told[1]:.3f})",
        told[0],
        "",
        f"{plain[0]:.3f}: plain BM25" if plain else "",
        told[0] / plain[0] if plain and plain[0] else None,
        _NEEDED_GAIN if fused else None,
        at_least=True,
        judged_by_ratio=True,
    )


def _library(scidex: Installation, folder: Path) -> dict[str, str]:
    """Makes a publication of each text; says which text each artifact is."""
    names: dict[str, str] = {}
    batch: list[tuple[str, str, str]] = []

    def store() -> None:
        made = many_papers(scidex, [(title, body, 2000) for _, title, body in batch])
        names.update(zip(made, (name for name, _, _ in batch), strict=True))
        batch.clear()

    for each in _lines(folder / "corpus.jsonl"):
        body = each.get("text") or ""
        # A publication has a title.
        batch.append((each["_id"], each.get("title") or body[:100] or "Untitled", body))
        if len(batch) == _BATCH:
            store()
    if batch:
        store()
    return names


def _plain_bm25(folder: Path) -> Callable[[str], Ranking]:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_text_field("text", tokenizer_name="en_stem")
    index = tantivy.Index(builder.build())
    writer = index.writer(heap_size=50_000_000, num_threads=1)
    for each in _lines(folder / "corpus.jsonl"):
        writer.add_document(
            tantivy.Document(id=each["_id"], text=f"{each.get('title') or ''} {each.get('text') or ''}")
        )
    writer.commit()
    index.reload()

    def ask(question: str) -> Ranking:
        # Words alone: signs are the query language's.
        words = "".join(letter if letter.isalnum() else " " for letter in question).lower()
        searcher = index.searcher()
        hits = searcher.search(index.parse_query(words, ["text"]), limit=_DEPTH).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]

    return ask


def _judgements(file: Path) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, delimiter="\t")
        next(rows, None)
        for query, document, grade in rows:
            judged.setdefault(query, {})[document] = int(grade)
    return judged


def _lines(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)


if __name__ == "__main__":
    main()
