"""Somebody has a judged collection and wants to know how good the answers are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench.relevance import measure, ndcg, recall

DOCUMENTS = {
    "1": ("Mesenchymal stem cells in ALS", "Intrathecal cells slowed the decline of function."),
    "2": ("Tau in Alzheimer's disease", "Tangles of phosphorylated protein."),
    "3": ("Motor neuron disease", "Riluzole prolongs survival of patients with amyotrophic lateral sclerosis."),
    "4": ("", "Stroke: intravenous cells."),
}
QUESTIONS = {"q1": "does riluzole prolong survival?", "q2": 'tau "AND tangles -+(', "q9": "nobody judged this"}


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    def lines(rows: list[dict[str, str]]) -> str:
        return "".join(json.dumps(row) + "\n" for row in rows)

    texts = [{"_id": id_, "title": title, "text": text} for id_, (title, text) in DOCUMENTS.items()]
    (tmp_path / "corpus.jsonl").write_text(lines(texts))
    (tmp_path / "queries.jsonl").write_text(lines([{"_id": id_, "text": text} for id_, text in QUESTIONS.items()]))
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\t3\t2\nq1\t1\t0\nq2\t2\t1\n")
    return tmp_path


def test_each_way_to_search_is_judged_beside_plain_bm25(collection: Path) -> None:
    plain, words = measure(collection)[:2]
    assert plain.name.startswith("Plain BM25")
    assert words.name.startswith("Search, words")
    assert (plain.value, words.value, words.ratio) == (1, 1, 1)
    (collection / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\t4\t1\n")
    assert [figure.value for figure in measure(collection)[:2]] == [0, 0]


def test_what_nobody_judged_is_said(collection: Path) -> None:
    (collection / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq7\t3\t1\n")
    with pytest.raises(SystemExit, match="judged"):
        measure(collection)


def test_measures_are_those_of_trec_eval() -> None:
    # What pytrec_eval-terrier 0.5.11 says of this ranking.
    assert ndcg(["one", "two"], {"one": 1, "none": 0, "two": 2}) == pytest.approx(0.8597186998521972)
    assert recall(["one", "other"], {"one": 1, "two": 2, "three": 0}) == 0.5
    assert ndcg([], {"one": 0}) == recall([], {"one": 0}) == 0
