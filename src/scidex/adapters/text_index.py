"""The index of words: tantivy (BM25) in files of its own beside the database.

A cache. It holds words and numbers but no text, is made from the database alone, and may be deleted at any time. What is
committed says up to which event it goes, in a document of its own, so that words and mark cannot come apart.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Filter, Occur, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from scidex.atlas.searching.folding import spelled_out
from scidex.atlas.searching.model import Clause, Document, Facet, Filters, Form, Need, Query, Term
from scidex.atlas.searching.ports import Expand, Found, IndexWriter, Mark
from scidex.kernel.errors import Conflict

SCHEMA = 1
"""Raised with every change of the fields below: an index of another number is made anew."""
TITLE_WEIGHT = 2.0
NAMES_WEIGHT = 2.0
EXPANDED_WEIGHT = 0.4
"""What a synonym counts, compared with the word that was asked for."""
MOST_BEGINNINGS = 50
"""So many words, the most common, stand for a beginning."""
MOST_EXPANSIONS = 8
_MOST_WORDS_OF_A_TERM = 40
_PATIENCE = 10.0
_BULK_BYTES = 190_000_000
_SMALL_BYTES = 15_000_000
_LONGEST_WORD = 60
_KEPT_STEMS = 50_000
_MARK_ID = "~mark"
_BACKGROUND = "background"
# The values that are shown of each facet: kinds and types are few, entities and years many.
_SIZES = {Facet.KIND: 30, Facet.ABOUT: 20, Facet.YEAR: 60, Facet.LEVEL: 5, Facet.STANCE: 5, Facet.ENTITY: 20}
_STEMMED = (("title", TITLE_WEIGHT), ("names", NAMES_WEIGHT), ("text", 1.0))
_EXACT = {"title": "title_exact", "names": "names", "text": "text_exact"}

log = logging.getLogger("scidex.search")


class TantivyIndex:
    """An index in a folder. See `scidex.atlas.searching.ports.TextIndex`."""

    def __init__(self, folder: Path, *, patience: float = _PATIENCE) -> None:
        self._folder = folder / f"words-{SCHEMA}"
        self._patience = patience
        self._schema = _schema()
        self._stemmed = _analyzer(stems=True)
        self._plain = _analyzer(stems=False)
        # Passages are looked through word by word, and most words are the same few.
        self._stems = lru_cache(_KEPT_STEMS)(lambda text: tuple(self._stemmed.analyze(spelled_out(text))))
        self._lock = threading.RLock()
        self._writer_lock = threading.Lock()
        self._seen: tuple[int, int] = (0, 0)
        self._vocabulary: tuple[Mark, tuple[tuple[str, int], ...]] | None = None
        self._index = self._opened(folder)

    def covered(self) -> Mark:
        """Up to where the index is, as committed by whichever process."""
        with self._reading() as searcher:
            hits = searcher.search(self._term("id", _MARK_ID), 1, count=False).hits
            if not hits:
                return Mark()
            kept = searcher.doc(hits[0][1])
            return Mark(int(kept.get_first("seq") or 0), str(kept.get_first("activity") or ""))

    @contextmanager
    def writing(self, *, bulk: bool = False) -> Iterator[IndexWriter]:
        """A writer; there is one at a time over all processes. Raises Conflict if another keeps the lock too long."""
        deadline = time.monotonic() + self._patience
        if not self._writer_lock.acquire(timeout=self._patience):
            raise _busy()
        try:
            writer = self._locked(deadline, bulk=bulk)
            try:
                yield _Writer(writer)
            finally:
                # Lets go of the files' lock, which would else be held until the writer is collected. What was not
                # committed is lost, as it should be.
                writer.wait_merging_threads()
        finally:
            self._writer_lock.release()

    def search(self, query: Query, *, limit: int, expand: Expand | None = None) -> Found:
        """The best `limit` answers."""
        with self._reading() as searcher:
            found = searcher.search(self._query(query, searcher, expand), max(limit, 1))
            addresses = [address for _, address in found.hits]
            priors = searcher.fast_field_values("prior", addresses) if addresses else []
            scored = [
                (str(searcher.doc(address).get_first("id")), float(score) * int(prior or 1000) / 1000)
                for (score, address), prior in zip(found.hits, priors, strict=True)
            ]
            scored.sort(key=lambda hit: (-hit[1], hit[0]))
            return Found(tuple(scored), int(found.count or 0))  # type: ignore[attr-defined] # its stub forgets it

    def counts(
        self, query: Query, *, expand: Expand | None = None, years: int = 60
    ) -> Mapping[Facet, tuple[tuple[str, int], ...]]:
        """For each facet, how many answers have which value, the most first."""
        with self._reading() as searcher:
            asked = {
                facet.value: {"terms": {"field": facet.value, "size": years if facet is Facet.YEAR else size}}
                for facet, size in _SIZES.items()
            }
            answered = searcher.aggregate(self._query(query, searcher, expand), asked)
            return {
                facet: tuple(
                    (str(int(bucket["key"])) if facet is Facet.YEAR else str(bucket["key"]), int(bucket["doc_count"]))
                    for bucket in answered[facet.value]["buckets"]
                    if bucket["key"] != ""
                )
                for facet in _SIZES
            }

    def complete(self, text: str, *, limit: int) -> tuple[str, ...]:
        """Ids of documents whose title or names have the words of `text`, the last one as a beginning."""
        words = self._plain.analyze(spelled_out(text))[:_MOST_WORDS_OF_A_TERM]
        if not words:
            return ()
        with self._reading() as searcher:
            musts = [
                (Occur.Must, _any([self._term(field, word) for field in ("title_exact", "names")]))
                for word in words[:-1]
            ]
            beginning = [
                query
                for field in ("title_exact", "names")
                for query in self._beginnings(searcher, field, words[-1], 1.0)
            ]
            if not beginning:
                return ()
            musts.append((Occur.Must, _any(beginning)))
            musts.append((Occur.MustNot, self._term("scope", _BACKGROUND)))
            found = searcher.search(tantivy.Query.boolean_query(musts), 5 * limit, count=False)
            addresses = [address for _, address in found.hits]
            priors = searcher.fast_field_values("prior", addresses) if addresses else []
            scored = [
                (-float(score) * int(prior or 1000), str(searcher.doc(address).get_first("id")))
                for (score, address), prior in zip(found.hits, priors, strict=True)
            ]
            return tuple(id_ for _, id_ in sorted(scored)[:limit])

    def among(self, ids: Sequence[str], query: Query) -> frozenset[str]:
        """Those of `ids` that meet the conditions of `query`; its wishes do not count."""
        if not ids:
            return frozenset()
        with self._reading() as searcher:
            decisive = replace(query, clauses=tuple(each for each in query.clauses if each.need is not Need.WISH))
            condition = self._query(decisive, searcher, None)
            chosen = tantivy.Query.term_set_query(self._schema, "id", list(ids))
            both = tantivy.Query.boolean_query([(Occur.Must, chosen), (Occur.Must, condition)])
            hits = searcher.search(both, len(ids), count=False).hits
            return frozenset(str(searcher.doc(address).get_first("id")) for _, address in hits)

    def stems(self, text: str) -> tuple[str, ...]:
        """The words of `text` as they are compared."""
        return self._stems(text)

    def vocabulary(self) -> tuple[tuple[str, int], ...]:
        """The words of titles and names, each with how many documents have it there."""
        mark = self.covered()
        kept = self._vocabulary
        if kept is None or kept[0] != mark:
            with self._reading() as searcher:
                words = searcher.terms_with_prefix("title_exact", "")
            kept = self._vocabulary = (mark, tuple(words))
        return kept[1]

    def knows(self, word: str) -> bool:
        """Whether any document has this word or another form of it."""
        with self._reading() as searcher:
            return all(
                any(searcher.doc_freq(field, stem) for field in ("text", "title"))
                or any(searcher.doc_freq("names", plain) for plain in self._plain.analyze(spelled_out(word)))
                for stem in self.stems(word)
            )

    def _opened(self, folder: Path) -> tantivy.Index:
        """The index in the folder; a new one if there is none, or none that can be read."""
        for attempt in (1, 2):
            try:
                if not self._folder.is_dir():
                    folder.mkdir(parents=True, exist_ok=True)
                    for old in folder.glob("words-*"):
                        shutil.rmtree(old, ignore_errors=True)
                    self._folder.mkdir(exist_ok=True)
                index = tantivy.Index(self._schema, str(self._folder))
                index.register_tokenizer("stemmed", self._stemmed)
                index.register_tokenizer("plain", self._plain)
                index.config_reader("manual")
                index.reload()
                # What cannot be read shows here, not in the middle of a question.
                index.searcher().search(tantivy.Query.term_query(self._schema, "id", _MARK_ID, "basic"), 1)
                return index
            except BaseException as error:
                if attempt == 2 or not _unreadable(error):
                    raise
                log.warning("the search index cannot be read and is made anew: %s", error)
                self._set_aside(folder)
        raise AssertionError

    def _set_aside(self, folder: Path) -> None:
        aside = folder / f"unreadable-{time.time_ns()}"
        with contextlib.suppress(OSError):
            self._folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def _reading(self) -> Iterator[tantivy.Searcher]:
        """What was committed last. Files that turn out to be damaged are taken away, and Conflict says so."""
        try:
            yield self._searcher()
        except BaseException as error:
            if not _damaged(error):
                raise
            log.warning("the search index is damaged and is made anew: %s", error)
            with self._lock:
                self._set_aside(self._folder.parent)
                self._index, self._seen = self._opened(self._folder.parent), (0, 0)
            raise Conflict("The search index was damaged.", cure="Ask again: it is made anew.") from error

    def _searcher(self) -> tantivy.Searcher:
        """What was committed last, by this process or another."""
        with self._lock:
            try:
                told = (self._folder / "meta.json").stat()
                seen = (told.st_mtime_ns, told.st_ino)
            except OSError:
                # Somebody deleted it while we run, which is allowed.
                self._index, seen = self._opened(self._folder.parent), (0, 0)
            if seen != self._seen:
                try:
                    self._index.reload()
                except BaseException as error:
                    if not _unreadable(error):
                        raise
                    self._set_aside(self._folder.parent)
                    self._index, seen = self._opened(self._folder.parent), (0, 0)
                self._seen = seen
            return self._index.searcher()

    def _locked(self, deadline: float, *, bulk: bool) -> tantivy.IndexWriter:
        self._searcher()  # opens a new one if the files are gone
        while True:
            try:
                return self._index.writer(_BULK_BYTES if bulk else _SMALL_BYTES, 2 if bulk else 1)
            except ValueError as error:
                if "lock" not in str(error).lower():
                    raise
                if time.monotonic() > deadline:
                    raise _busy() from error
                time.sleep(0.05)

    def _term(self, field: str, value: Any) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, value, "freq" if field in ("title", "text") else "basic")

    def _query(self, query: Query, searcher: tantivy.Searcher, expand: Expand | None) -> tantivy.Query:
        parts: list[tuple[Occur, tantivy.Query]] = []
        for clause in query.clauses:
            parts += self._clause(clause, searcher, expand)
        scores = any(occur is not Occur.MustNot for occur, _ in parts)
        required = any(occur is Occur.Must for occur, _ in parts)
        conditions = self._conditions(query.filters)
        if not scores:
            parts.append((Occur.Must, tantivy.Query.exists_query("kind")))
        elif not required and any(occur is Occur.Must for occur, _ in conditions):
            # Wishes alone say what an answer is; beside a condition they would only rank.
            parts = [(Occur.Must, tantivy.Query.boolean_query(parts))]
        return tantivy.Query.boolean_query(parts + conditions)

    def _clause(
        self, clause: Clause, searcher: tantivy.Searcher, expand: Expand | None
    ) -> list[tuple[Occur, tantivy.Query]]:
        wish = clause.need is Need.WISH
        queries = [
            query
            for term in clause.terms
            for query in self._alternatives(term, searcher, None if clause.need is Need.NOT else expand)
        ]
        if not queries:
            # Nothing can match what has no word in it, and nothing is excluded by it.
            return [] if clause.need is not Need.MUST else [(Occur.Must, tantivy.Query.empty_query())]
        if wish:
            # Flat, so that the best are found without scoring all (block-max WAND needs plain terms).
            return [(Occur.Should, query) for query in queries]
        return [(Occur.Must if clause.need is Need.MUST else Occur.MustNot, _any(queries))]

    def _alternatives(self, term: Term, searcher: tantivy.Searcher, expand: Expand | None) -> list[tantivy.Query]:
        """What matches a term, in each field, with its weight."""
        if term.form is Form.PREFIX:
            plain = self._plain.analyze(spelled_out(term.text))
            return [
                query
                for field, weight in _STEMMED
                for query in (self._beginnings(searcher, _EXACT[field], plain[-1], weight) if plain else [])
            ]
        found = self._words(term.text, exact=term.form is Form.PHRASE)
        for words in list(expand(term.text))[:MOST_EXPANSIONS] if expand else ():
            found += [
                tantivy.Query.boost_query(query, EXPANDED_WEIGHT)
                for query in self._words(" ".join(words), exact=len(words) > 1)
            ]
        return found

    def _words(self, text: str, *, exact: bool) -> list[tantivy.Query]:
        spelled = spelled_out(text)
        plain = self._plain.analyze(spelled)[:_MOST_WORDS_OF_A_TERM]
        if not plain:
            return []
        if len(plain) > 1:
            # A word with a hyphen, an identifier, a phrase: its parts in their order.
            return [
                _weighted(tantivy.Query.phrase_query(self._schema, _EXACT[field], list(plain)), weight)
                for field, weight in _STEMMED
            ]
        if exact:
            return [_weighted(self._term(_EXACT[field], plain[0]), weight) for field, weight in _STEMMED]
        stem = self._stemmed.analyze(spelled)[0]
        return [
            _weighted(self._term(field, plain[0] if field == "names" else stem), weight) for field, weight in _STEMMED
        ]

    def _beginnings(self, searcher: tantivy.Searcher, field: str, beginning: str, weight: float) -> list[tantivy.Query]:
        words = searcher.terms_with_prefix(field, beginning, limit=MOST_BEGINNINGS)
        return [_weighted(self._term(field, word), weight) for word, _ in words]

    def _conditions(self, filters: Filters) -> list[tuple[Occur, tantivy.Query]]:
        conditions: list[tuple[Occur, tantivy.Query]] = []
        for facet, values in filters.wanted.items():
            conditions.append((Occur.Must, self._values(facet, values)))
        conditions += [(Occur.MustNot, self._values(facet, values)) for facet, values in filters.unwanted.items()]
        if filters.years:
            ranges = [
                tantivy.Query.range_query(
                    self._schema, "year", tantivy.FieldType.Integer, years.first or 0, years.last or 9999
                )
                for years in filters.years
            ]
            conditions.append((Occur.Must, tantivy.Query.const_score_query(_any(ranges), 0.0)))
        if Facet.KIND not in filters.wanted:
            conditions.append((Occur.MustNot, self._term("scope", _BACKGROUND)))
        return conditions

    def _values(self, facet: Facet, values: Sequence[str]) -> tantivy.Query:
        return tantivy.Query.const_score_query(_any([self._term(facet.value, value) for value in values]), 0.0)


class _Writer:
    """See `scidex.atlas.searching.ports.IndexWriter`."""

    def __init__(self, writer: tantivy.IndexWriter) -> None:
        self._writer = writer
        self._cleared = False

    def clear(self) -> None:
        """Takes everything out."""
        self._writer.delete_all_documents()
        self._cleared = True

    def put(self, document: Document) -> None:
        """Puts a document in, in the place of the one with its id."""
        if not self._cleared:
            self.drop(document.id)
        self._writer.add_document(_as_stored(document))

    def drop(self, artifact_id: str) -> None:
        """Takes a document out, if it is in."""
        self._writer.delete_documents_by_term("id", artifact_id)

    def commit(self, mark: Mark) -> None:
        """Makes all changes seen at once, and with them that the index covers everything up to `mark`."""
        self.drop(_MARK_ID)
        self._writer.add_document(tantivy.Document(id=_MARK_ID, seq=mark.seq, activity=mark.activity))
        self._writer.commit()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name="stemmed", index_option="freq")
    builder.add_text_field("title_exact", tokenizer_name="plain", index_option="position")
    builder.add_text_field("names", tokenizer_name="plain", index_option="position")
    builder.add_text_field("text", tokenizer_name="stemmed", index_option="freq")
    builder.add_text_field("text_exact", tokenizer_name="plain", index_option="position")
    builder.add_text_field("scope", tokenizer_name="raw", index_option="basic")
    for facet in Facet:
        if facet is Facet.YEAR:
            builder.add_integer_field(facet.value, indexed=True, fast=True)
        else:
            builder.add_text_field(facet.value, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("prior", fast=True)
    builder.add_integer_field("seq", stored=True)
    builder.add_text_field("activity", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _as_stored(document: Document) -> tantivy.Document:
    title, text = spelled_out(document.title), spelled_out(document.text)
    made = tantivy.Document(
        id=document.id,
        title=title,
        title_exact=title,
        text=text,
        text_exact=text,
        kind=document.kind,
        prior=document.prior,
    )
    for name in document.names:
        made.add_text("names", spelled_out(name))
    for facet, values in (
        (Facet.ABOUT, (document.about,) if document.about else ()),
        (Facet.LEVEL, document.levels),
        (Facet.STANCE, document.stances),
        (Facet.ENTITY, document.entities),
    ):
        for value in values:
            made.add_text(facet.value, value)
    if document.year is not None:
        made.add_integer(Facet.YEAR.value, document.year)
    if document.background:
        made.add_text("scope", _BACKGROUND)
    return made


def _analyzer(*, stems: bool) -> TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for each in (Filter.remove_long(_LONGEST_WORD), Filter.lowercase(), Filter.ascii_fold()):
        builder = builder.filter(each)
    if stems:
        builder = builder.filter(Filter.stemmer("english"))
    return builder.build()


def _any(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query([(Occur.Should, query) for query in queries])


def _weighted(query: tantivy.Query, weight: float) -> tantivy.Query:
    return query if weight == 1.0 else tantivy.Query.boost_query(query, weight)


def _unreadable(error: BaseException) -> bool:
    # The library's own assertions arrive as an exception that is no `Exception`, of a class that cannot be imported.
    return isinstance(error, ValueError | OSError) or type(error).__name__ == "PanicException"


def _damaged(error: BaseException) -> bool:
    return isinstance(error, OSError) or (
        _unreadable(error) and ("corrupt" in str(error) or not isinstance(error, ValueError))
    )


def _busy() -> Conflict:
    return Conflict("Another process is bringing the search index up to date.", cure="Try again when it has finished.")
