"""Vectors: kept by text, found exactly, and the real model where it is installed."""

from __future__ import annotations

import importlib.util
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scidex.adapters.embeddings import MiniLm, VectorIndex, open_embedder
from scidex.adapters.text_index import TantivyIndex
from scidex.atlas import queries
from scidex.atlas.searching.model import Mode
from scidex.atlas.searching.ports import Described, Mark, Searching

WIDTH = 16
installed = open_embedder(Path()) is not None


class Letters:
    """A small embedding of its own: where its words fall. Counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        vectors = np.full((len(texts), WIDTH), 0.01)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, zlib.crc32(word.strip(".,").encode()) % WIDTH] += 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def index(tmp_path: Path) -> VectorIndex:
    return VectorIndex(tmp_path, Letters(), dimensions=WIDTH)


def put(index: VectorIndex, *texts: Described) -> None:
    index.embed(index.missing(texts))


ONE, TWO, THREE = Described("sx-1", "cells"), Described("sx-2", "trial"), Described("sx-3", "cells trial")


def test_the_nearest_come_first(index: VectorIndex) -> None:
    put(index, ONE, TWO, THREE)
    near = index.nearest("cells", limit=2)
    assert [id_ for id_, _ in near.hits] == ["sx-1", "sx-3"]
    assert near.covered == 3
    assert near.hits[0][1] == pytest.approx(1, abs=0.01)


def test_what_is_asked_for_is_compared_however_far_away_it_is(index: VectorIndex) -> None:
    put(index, ONE, TWO, THREE)
    near = index.nearest("cells", limit=1, also={"sx-2", "sx-1", "sx-nowhere"})
    assert [id_ for id_, _ in near.hits] == ["sx-1", "sx-2"]
    assert near.hits[1] == index.nearest("cells", limit=3).hits[2]


def test_an_empty_index_knows_nothing(index: VectorIndex) -> None:
    assert index.nearest("cells", limit=2).covered == 0
    assert index.covered() == Mark()


def test_a_text_is_computed_once_whatever_it_is_called(index: VectorIndex) -> None:
    put(index, ONE)
    put(index, ONE, Described("sx-9", "cells"))
    index.forget(None)
    put(index, ONE)
    assert index._encode.asked == ["cells"]
    assert [id_ for id_, _ in index.nearest("cells", limit=5).hits] == ["sx-1"]


def test_a_changed_text_takes_the_place_of_the_old(index: VectorIndex) -> None:
    put(index, ONE)
    put(index, Described("sx-1", "trial"))
    assert index.nearest("trial", limit=5).hits[0][1] == pytest.approx(1, abs=0.01)
    index.forget(["sx-1"])
    assert index.nearest("trial", limit=5).hits == ()


def test_it_is_there_when_opened_again_and_another_process_sees_it(index: VectorIndex, tmp_path: Path) -> None:
    other = VectorIndex(tmp_path, Letters(), dimensions=WIDTH)
    assert other.nearest("cells", limit=1).covered == 0
    put(index, ONE)
    index.cover(Mark(7, "ac-7"))
    assert other.nearest("cells", limit=1).hits[0][0] == "sx-1"
    assert other.covered() == Mark(7, "ac-7")


def test_a_row_cut_off_by_a_crash_is_read_by_nobody(index: VectorIndex) -> None:
    put(index, ONE)
    with index._file.open("ab") as file:
        file.write(b"\x11" * 5)
    put(index, TWO)
    assert [id_ for id_, _ in index.nearest("trial", limit=1).hits] == ["sx-2"]
    assert index.nearest("cells", limit=1).hits[0][0] == "sx-1"


texts = st.lists(
    st.lists(st.sampled_from(["cells", "trial", "als", "mouse", "safe"]), min_size=1, max_size=4), max_size=20
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=texts, asked=st.sampled_from(["cells als", "mouse"]))
def test_it_agrees_with_comparing_one_by_one(texts: list[list[str]], asked: str, tmp_path_factory) -> None:
    encode = Letters()
    index = VectorIndex(tmp_path_factory.mktemp("vectors"), encode, dimensions=WIDTH)
    put(index, *(Described(f"sx-{number:02}", " ".join(words)) for number, words in enumerate(texts)))
    found = index.nearest(asked, limit=5).hits
    slow = sorted(-float(encode([" ".join(words)])[0] @ encode([asked])[0]) for words in texts)[:5]
    assert [-score for _, score in found] == pytest.approx(slow, abs=0.01)


def test_both_find_what_one_alone_does_not(scidex, tmp_path: Path) -> None:
    searching = Searching(scidex.service(Searching).index, VectorIndex(tmp_path, Letters(), dimensions=WIDTH))

    def create(title: str, body: str) -> str:
        content = {"title": title, "body": body}
        return str(scidex.door.perform("artifact.create", {"kind": "page", "content": content}, scidex.actor).id)

    cells, other = create("Cells", "cells cells cells"), create("Unlike", "trial mouse")
    with scidex.storage.read() as connection:
        before = queries.search(connection, searching, "cells")
        assert before.mode is Mode.WORDS  # nothing has been compared yet, and it is not pretended
        queries.embed_all(connection, searching.embedder)
        both = queries.search(connection, searching, "cells")
        assert (both.mode, both.compared) == (Mode.BOTH, 2)
        assert [(str(hit.head.id), hit.by) for hit in both.hits] == [
            (cells, ("words", "meaning")),
            (other, ("meaning",)),
        ]
        assert [hit.by for hit in queries.search(connection, searching, "cells", mode=Mode.WORDS).hits] == [("words",)]
        meant = queries.search(connection, searching, "+cells", mode=Mode.MEANING)
        assert [str(hit.head.id) for hit in meant.hits] == [cells]
    late = create("Late", "cells")
    with scidex.storage.read() as connection:
        found = queries.search(connection, searching, "cells", mode=Mode.MEANING)
        assert late in {str(hit.head.id) for hit in found.hits}
        assert found.compared == 3


def test_a_word_that_one_document_has_is_not_buried_under_all_that_are_alike(
    scidex, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(sys.modules[queries.search.__module__], "_POOL", 3)
    searching = Searching(scidex.service(Searching).index, VectorIndex(tmp_path, Letters(), dimensions=WIDTH))
    for body in [*["cells trial"] * 6, "zebra cells trial mouse mouse mouse safe safe safe"]:
        content = {"title": "A", "body": body}
        last = scidex.door.perform("artifact.create", {"kind": "page", "content": content}, scidex.actor)
    with scidex.storage.read() as connection:
        queries.embed_all(connection, searching.embedder)
        found = queries.search(connection, searching, "cells trial zebra")
    assert (found.hits[0].head.id, found.hits[0].by) == (last.id, ("words",))


@pytest.mark.skipif(not installed, reason="the optional part `embeddings` is not installed")
def test_the_real_model_knows_that_als_is_a_motor_neuron_disease(tmp_path: Path) -> None:
    model = MiniLm()
    asked, near, far = model(
        [
            "stem cells for ALS",
            "Mesenchymal stromal cells in amyotrophic lateral sclerosis.",
            "The price of wheat in Paris.",
        ]
    )
    assert asked @ near > 0.4 > asked @ far
    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-5)
    found = open_embedder(tmp_path)
    found.embed([Described("sx-1", "Amyotrophic lateral sclerosis"), Described("sx-2", "Bread prices")])
    assert found.nearest("motor neuron disease", limit=1).hits[0][0] == "sx-1"


def test_without_its_parts_it_is_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert open_embedder(tmp_path) is None
    assert TantivyIndex(tmp_path).covered() == Mark()
