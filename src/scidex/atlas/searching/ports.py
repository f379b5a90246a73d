"""The ports of searching: an index of words, and optionally one of meanings. Both are caches of the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from scidex.atlas.searching.model import Document, Facet, Query


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest event an index covers, and the activity that event is of: who has another one there is another library."""

    seq: int = 0
    activity: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The best answers, with their scores, best first and equal ones by id; and how many there are in all."""

    hits: tuple[tuple[str, float], ...] = ()
    total: int = 0


Expand = Callable[[str], Sequence[tuple[str, ...]]]
"""Other words for what a term names: each a sequence of words that stand together. They are alternatives of lower weight."""


class IndexWriter(Protocol):
    """Changes to an index, seen by nobody until `commit`."""

    def clear(self) -> None:
        """Takes everything out."""

    def put(self, document: Document) -> None:
        """Puts a document in, in the place of the one with its id."""

    def drop(self, artifact_id: str) -> None:
        """Takes a document out, if it is in."""

    def commit(self, mark: Mark) -> None:
        """Makes all changes seen at once, and with them that the index covers everything up to `mark`."""


class TextIndex(Protocol):
    """An index of words. Safe to share between threads; several processes may share its files."""

    def covered(self) -> Mark:
        """Up to where the index is, as committed by whichever process."""

    def writing(self, *, bulk: bool = False) -> AbstractContextManager[IndexWriter]:
        """A writer; there is one at a time over all processes. Raises Conflict if another keeps the lock too long."""

    def search(self, query: Query, *, limit: int, expand: Expand | None = None) -> Found:
        """The best `limit` answers."""

    def counts(
        self, query: Query, *, expand: Expand | None = None, years: int = 60
    ) -> Mapping[Facet, tuple[tuple[str, int], ...]]:
        """For each facet, how many answers have which value, the most first."""

    def complete(self, text: str, *, limit: int) -> tuple[str, ...]:
        """Ids of documents whose title or names have the words of `text`, the last one as a beginning."""

    def among(self, ids: Sequence[str], query: Query) -> frozenset[str]:
        """Those of `ids` that meet the conditions of `query`; its wishes do not count."""

    def stems(self, text: str) -> tuple[str, ...]:
        """The words of `text` as they are compared."""

    def vocabulary(self) -> tuple[tuple[str, int], ...]:
        """The words of titles and names, each with how many documents have it there."""

    def knows(self, word: str) -> bool:
        """Whether any document has this word or another form of it."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Documents with their cosine similarity, the nearest first; `covered` is how many documents were compared."""

    hits: tuple[tuple[str, float], ...] = ()
    covered: int = 0


@dataclass(frozen=True, slots=True)
class Described:
    """A document as it is embedded."""

    id: str
    text: str


class Embedder(Protocol):
    """An index of meanings."""

    name: str

    def missing(self, texts: Iterable[Described]) -> list[Described]:
        """Those of which no vector is kept yet; the others are noted under their ids."""

    def embed(self, texts: Sequence[Described]) -> None:
        """Computes and keeps the vectors of some documents."""

    def forget(self, ids: Iterable[str] | None) -> None:
        """These documents (None: all) are no more to be found. Vectors are kept by text, in case it comes back."""

    def covered(self) -> Mark:
        """Up to where the documents are known."""

    def cover(self, mark: Mark) -> None:
        """Says up to where they are."""

    def nearest(self, text: str, *, limit: int, also: Collection[str] = ()) -> Meant:
        """The `limit` documents nearest in meaning, and those of `also` that are known."""


@dataclass(frozen=True, slots=True)
class Searching:
    """What answers questions here. `embedder` is None where the part for meanings is not installed."""

    index: TextIndex
    embedder: Embedder | None = None
    expand: Expand | None = None
