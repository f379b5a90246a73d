"""Searching the library: the one function behind the command line, the pages and the API."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from scidex.atlas import store
from scidex.atlas.aliases import alias_key
from scidex.atlas.graph.formats.texts import without_unseen
from scidex.atlas.kinds import all_kinds, kind_of
from scidex.atlas.model import Head
from scidex.atlas.queries.indexing import Progress, catch_up, catch_up_meanings
from scidex.atlas.searching.documents import plain_text
from scidex.atlas.searching.folding import folded
from scidex.atlas.searching.fusion import fused
from scidex.atlas.searching.highlight import Matched, marked, passage, remembering
from scidex.atlas.searching.language import STOP_WORDS, clean, parse, with_condition, without_condition
from scidex.atlas.searching.model import Facet, FacetCount, Form, Mode, Passage, Query
from scidex.atlas.searching.ports import Embedder, Expand, Searching, TextIndex
from scidex.atlas.searching.spelling import Vocabulary, corrected
from scidex.kernel.errors import Invalid, Refused

PER_PAGE = 10
MOST_ANSWERS = 200
"""So many answers can be leafed through; who needs others asks more precisely."""
_POOL = 5 * MOST_ANSWERS
"""From so many of each ranking those that are fused are chosen: the best of one may stand far down in the other."""
_MOST_YEARS = 8
_SPAN = 5
_LABELS = {
    Facet.KIND: "Kind",
    Facet.ABOUT: "About",
    Facet.YEAR: "Year of publication",
    Facet.LEVEL: "Level of evidence",
    Facet.STANCE: "Stance",
    Facet.ENTITY: "Entity",
}


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One answer: where it is, why (by which of words and meaning it was found), and the passage to show."""

    head: Head
    score: float
    title: Passage
    passage: Passage
    by: tuple[str, ...] = ("words",)


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet and its values, to narrow by."""

    facet: Facet
    label: str
    values: tuple[FacetCount, ...]


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Answers to a question, from `offset` on.

    `mode` is what answered. `total` counts the documents that the words and conditions of the question fit; `reachable` is
    how many of the answers can be leafed through. `meant` is the question with words the library knows, "" if it needs none.
    `compared` is how many documents were compared by meaning.
    """

    query: Query
    mode: Mode
    hits: tuple[SearchHit, ...]
    total: int
    reachable: int
    offset: int
    limit: int
    facets: tuple[FacetView, ...] = ()
    meant: str = ""
    notes: tuple[str, ...] = ()
    compared: int = 0

    @property
    def next_offset(self) -> int | None:
        """Where the next page begins; None at the end."""
        following = self.offset + self.limit
        return following if following < self.reachable else None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An artifact whose name begins like what is being typed."""

    head: Head
    title: Passage


def search(
    connection: Connection,
    searching: Searching,
    text: str,
    *,
    mode: Mode | None = None,
    offset: int = 0,
    limit: int = PER_PAGE,
    facets: bool = True,
    progress: Progress | None = None,
) -> SearchResults:
    """What the library has on `text` (see `searching.language`), as of what `connection` sees or later.

    The index is brought up to date first, so whoever wrote finds it. Raises Invalid for a place beyond the reachable answers,
    Refused if `mode` asks for meaning and that part is not installed, Conflict while another process builds the index.
    """
    if not 0 <= offset < MOST_ANSWERS or not 1 <= limit <= MOST_ANSWERS:
        raise Invalid(f"Answers can be read from 0 to {MOST_ANSWERS}.", cure="Ask more precisely to see others.")
    query = parse(text)
    index = searching.index
    catch_up(connection, index, progress=progress)
    if query.empty:
        return SearchResults(query, mode or Mode.WORDS, (), 0, 0, offset, limit, notes=query.notes)
    notes = list(query.notes)
    ranked, total, answered, compared = _ranked(connection, searching, query, mode, notes)
    page = ranked[offset : offset + limit]
    hits = _hits(connection, searching, query, page)
    return SearchResults(
        query=query,
        mode=answered,
        hits=hits,
        total=total,
        reachable=len(ranked),
        offset=offset,
        limit=limit,
        facets=_facets(connection, index, query, searching.expand) if facets else (),
        meant=_meant(index, query),
        notes=tuple(notes),
        compared=compared,
    )


def suggest(connection: Connection, searching: Searching, text: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
    """Artifacts whose title or names have the words typed so far, the last one as a beginning. Raises Conflict."""
    typed = clean(text)[:200]
    catch_up(connection, searching.index)
    ids = searching.index.complete(typed, limit=limit)
    heads = store.heads(connection, ids)
    words = tuple(folded(word) for word in re.findall(r"[^\W_]+", typed))

    def matched(word: str) -> str:
        plain = folded(word)
        return next((typed for typed in words if plain.startswith(typed)), "")

    return tuple(
        Suggestion(heads[id_], marked(without_unseen(heads[id_].title)[:300], matched)) for id_ in ids if id_ in heads
    )


def embed_all(connection: Connection, embedder: Embedder, *, progress: Progress | None = None) -> None:
    """Computes every vector that is missing; what was computed is kept, so it can be stopped and goes on."""
    catch_up_meanings(connection, embedder, everything=True, progress=progress)


_Ranked = list[tuple[str, float, tuple[str, ...]]]


def _ranked(
    connection: Connection, searching: Searching, query: Query, mode: Mode | None, notes: list[str]
) -> tuple[_Ranked, int, Mode, int]:
    """Ids with score and what found them; how many fit the words; what answered; how many were compared by meaning."""
    embedder = searching.embedder
    if embedder is None and mode in (Mode.MEANING, Mode.BOTH):
        raise Refused(
            "Search by meaning is not installed here.",
            cure="Install it with `pip install 'scidex[embeddings]'`, or search by words.",
        )
    meaning = embedder is not None and mode is not Mode.WORDS and bool(query.words)
    found = searching.index.search(query, limit=_POOL if meaning else MOST_ANSWERS, expand=searching.expand)
    by_words: _Ranked = [(id_, score, ("words",)) for id_, score in found.hits[:MOST_ANSWERS]]
    if embedder is None or not meaning:
        return by_words, found.total, Mode.WORDS, 0
    catch_up_meanings(connection, embedder)
    words = dict(found.hits)
    near = embedder.nearest(query.words, limit=_POOL, also=words if mode is not Mode.MEANING else ())
    if not near.covered:
        if mode is not None:
            notes.append("No document has been compared by meaning yet: `scidex search --embed` does that.")
        return by_words, found.total, Mode.WORDS, 0
    nearest = [id_ for id_, _ in near.hits[:_POOL]]
    fits = searching.index.among(nearest, query)
    cosines = {id_: score for id_, score in near.hits if id_ in fits or id_ in words}
    if mode is Mode.MEANING:
        ranked: _Ranked = [(id_, score, ("meaning",)) for id_, score in cosines.items() if id_ in fits]
        return ranked[:MOST_ANSWERS], min(len(ranked), MOST_ANSWERS), Mode.MEANING, near.covered
    ranked = [
        (id_, score, tuple(name for name, ids in (("words", words), ("meaning", fits)) if id_ in ids))
        for id_, score in fused(words, cosines)[:MOST_ANSWERS]
    ]
    return ranked, found.total, Mode.BOTH, near.covered


def _hits(
    connection: Connection, searching: Searching, query: Query, page: Sequence[tuple[str, float, tuple[str, ...]]]
) -> tuple[SearchHit, ...]:
    heads = store.heads(connection, [id_ for id_, _, _ in page])
    contents = store.contents(connection, heads.values())
    matched = remembering(_matcher(searching.index, query, searching.expand))
    made = []
    for id_, score, by in page:
        # What was written after our state of the database began is found by the next question.
        if (head := heads.get(id_)) is not None:
            text = _text(head, contents[id_])
            made.append(SearchHit(head, score, marked(without_unseen(head.title), matched), passage(text, matched), by))
    return tuple(made)


def _text(head: Head, content: Mapping[str, Any]) -> str:
    kind = kind_of(head.kind)
    return plain_text(kind.text(kind.body.model_validate(content)))


def _matcher(index: TextIndex, query: Query, expand: Expand | None) -> Matched:
    """Says which term of `query` a word is: by its stem, or by its beginning."""
    stems: dict[str, str] = {}
    beginnings: list[str] = []
    for term in query.terms:
        if term.form is Form.PREFIX:
            beginnings.append(folded(term.text))
            continue
        others = [" ".join(words) for words in expand(term.text)] if expand else []
        for words in (term.text, *others):
            found = index.stems(words)
            telling = [stem for stem in found if stem not in STOP_WORDS] or found
            for stem in telling:
                stems.setdefault(stem, term.text if len(found) == 1 else f"{term.text} {stem}")

    def matched(word: str) -> str:
        for stem in index.stems(word):
            if stem in stems:
                return stems[stem]
        plain = folded(word) if beginnings else ""
        return next((beginning for beginning in beginnings if plain.startswith(beginning)), "")

    return matched


def _facets(connection: Connection, index: TextIndex, query: Query, expand: Expand | None) -> tuple[FacetView, ...]:
    counted = index.counts(query, expand=expand)
    views = []
    for facet, label in _LABELS.items():
        found = counted.get(facet, ())
        if facet is Facet.YEAR:
            values = _years(query, found)
        elif facet is Facet.ENTITY:
            values = _entities(connection, query, found)
        else:
            values = tuple(_value(query, facet, value, number, _label(facet, value)) for value, number in found)
        if len(values) > 1 or any(value.chosen for value in values):
            views.append(FacetView(facet, label, values))
    return tuple(views)


def _value(query: Query, facet: Facet, value: str, number: int, label: str) -> FacetCount:
    chosen = value.lower() in {each.lower() for each in query.filters.wanted.get(facet, ())}
    text = (without_condition if chosen else with_condition)(query.text, facet, value)
    return FacetCount(value, label, number, text, chosen)


def _label(facet: Facet, value: str) -> str:
    if facet is Facet.KIND and value in all_kinds():
        return all_kinds()[value].plural
    return f"level {value}" if facet is Facet.LEVEL else value


def _entities(connection: Connection, query: Query, found: Sequence[tuple[str, int]]) -> tuple[FacetCount, ...]:
    """Entities by the names they have here. One that a single answer is about does not narrow anything."""
    asked = query.filters.wanted.get(Facet.ENTITY, ())
    common = [(value, number) for value, number in found if number > 1 or value in asked]
    keys = {value: alias_key(value) for value, _ in common}
    named = store.ids_by_key(connection, keys.values())
    heads = store.heads(connection, named.values())
    titles = {value: heads[named[key]].title for value, key in keys.items() if named.get(key) in heads}
    return tuple(_value(query, Facet.ENTITY, value, number, titles.get(value, value)) for value, number in common)


def _years(query: Query, found: Sequence[tuple[str, int]]) -> tuple[FacetCount, ...]:
    """Years one by one if they are few, else in spans of five, the newest first."""
    years = sorted(((int(value), number) for value, number in found), reverse=True)
    if len(years) <= _MOST_YEARS:
        spans = {(year, year): number for year, number in years}
    else:
        spans = {}
        for year, number in years:
            first = year // _SPAN * _SPAN
            span = (first, first + _SPAN - 1)
            spans[span] = spans.get(span, 0) + number
    made = []
    asked = {(each.first, each.last) for each in query.filters.years}
    for (first, last), number in list(spans.items())[:_MOST_YEARS]:
        value = str(first) if first == last else f"{first}..{last}"
        label = str(first) if first == last else f"{first}–{last}"
        chosen = (first, last) in asked
        text = (without_condition if chosen else with_condition)(query.text, Facet.YEAR, value)
        made.append(FacetCount(value, label, number, text, chosen))
    return tuple(made)


def _meant(index: TextIndex, query: Query) -> str:
    """The question with each word the library does not have replaced by the nearest it has; "" if there is nothing to replace."""
    words = [
        word
        for term in query.terms
        if term.form is not Form.PREFIX
        for word in re.findall(r"[^\W_]+", term.text)
        if not index.knows(word)
    ]
    if not words:
        return ""
    better = corrected(words, _vocabulary(index))
    if not better:
        return ""
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, better))})(?!\w)")
    return pattern.sub(lambda found: better[found[1]], query.text)


_VOCABULARIES: dict[int, tuple[tuple[tuple[str, int], ...], Vocabulary]] = {}


def _vocabulary(index: TextIndex) -> Vocabulary:
    """The vocabulary of an index, kept until the index has another."""
    words = index.vocabulary()
    kept = _VOCABULARIES.get(id(index))
    if kept is None or kept[0] is not words:
        _VOCABULARIES.clear()  # one library is served by a process; a second would only take its place
        kept = _VOCABULARIES[id(index)] = (words, Vocabulary(words))
    return kept[1]


def search_document(results: SearchResults) -> dict[str, Any]:
    """Answers in JSON, the same on the command line and on the web."""
    return {
        "query": results.query.text,
        "mode": results.mode.value,
        "total": results.total,
        "reachable": results.reachable,
        "offset": results.offset,
        "next_offset": results.next_offset,
        "did_you_mean": results.meant or None,
        "notes": list(results.notes),
        "compared_by_meaning": results.compared,
        "hits": [
            {
                "id": hit.head.id,
                "address": f"/artifact/{hit.head.id}",
                "kind": hit.head.kind,
                "about": hit.head.facet,
                "state": hit.head.state,
                "title": hit.head.title,
                "score": round(hit.score, 6),
                "found_by": list(hit.by),
                "passage": {"text": hit.passage.text, "marks": [list(span) for span in hit.passage.spans]},
            }
            for hit in results.hits
        ],
        "facets": {
            view.facet.value: [
                {"value": each.value, "label": each.label, "count": each.number, "query": each.query}
                for each in view.values
            ]
            for view in results.facets
        },
    }


def suggestion_document(text: str, suggestions: Sequence[Suggestion]) -> dict[str, Any]:
    """Suggestions in JSON."""
    return {
        "query": text,
        "suggestions": [
            {
                "id": each.head.id,
                "address": f"/artifact/{each.head.id}",
                "kind": each.head.kind,
                "label": kind_of(each.head.kind).label,
                "title": each.head.title,
                "marks": [list(span) for span in each.title.spans],
            }
            for each in suggestions
        ],
    }
