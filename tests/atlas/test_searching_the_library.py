"""Searching on both engines: one's own write is found at once, and the index follows the database through everything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scidex.adapters.text_index import TantivyIndex
from scidex.atlas import queries
from scidex.atlas.queries.indexing import catch_up
from scidex.atlas.searching.model import Facet, Mode
from scidex.atlas.searching.ports import Mark, Searching
from scidex.kernel.errors import Conflict, Invalid, Refused
from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.main import open_installation

MSC = {"title": "MSC therapy", "entity_type": "therapy", "body": "Stem cells for [ALS](/diseases/als) [@shi2010]."}


def create(scidex: Installation, kind: str = "page", aliases: tuple[str, ...] = (), **content: Any) -> str:
    command = {"kind": kind, "content": content, "aliases": list(aliases)}
    return str(scidex.door.perform("artifact.create", command, scidex.actor).id)


def do(scidex: Installation, verb: str, **command: Any) -> Any:
    return scidex.door.perform(verb, command, scidex.actor)


def ask(scidex: Installation, text: str, searching: Searching | None = None, **more: Any) -> queries.SearchResults:
    with scidex.storage.read() as connection:
        return queries.search(connection, searching or scidex.service(Searching), text, **more)


def ids(scidex: Installation, text: str, **more: Any) -> list[str]:
    return [str(hit.head.id) for hit in ask(scidex, text, **more).hits]


def test_what_was_just_written_is_found(scidex: Installation) -> None:
    assert ids(scidex, "stem") == []
    page = create(scidex, **MSC)
    assert ids(scidex, "stem") == [page]
    do(scidex, "artifact.revise", ref=page, content={**MSC, "body": "Nothing of the kind."})
    assert ids(scidex, "stem") == []
    assert ids(scidex, "kind") == [page]


def test_an_answer_shows_what_a_reader_sees(scidex: Installation) -> None:
    create(scidex, **MSC)
    hit = ask(scidex, "cell als").hits[0]
    assert hit.passage.pieces == (("Stem ", False), ("cells", True), (" for ", False), ("ALS", True), (".", False))
    assert [piece for piece, matches in ask(scidex, "therapies").hits[0].title.pieces if matches] == ["therapy"]


def test_it_is_found_by_its_names(scidex: Installation) -> None:
    page = create(scidex, aliases=("wiki-therapeutics-msc",), **MSC)
    assert ids(scidex, "wiki-therapeutics-msc") == [page]
    do(scidex, "artifact.alias", ref=page, alias="h-0a1b2c3d")
    assert ids(scidex, "h-0a1b2c3d") == [page]


def test_what_was_merged_or_buried_is_not_found_until_that_is_undone(scidex: Installation) -> None:
    one, other = create(scidex, **MSC), create(scidex, **{**MSC, "title": "Stem cells, otherwise"})
    do(scidex, "artifact.merge", ref=one, into=other)
    assert ids(scidex, "stem") == [other]
    do(scidex, "artifact.unmerge", ref=one, reason="They differ.")
    assert set(ids(scidex, "stem")) == {one, other}
    do(scidex, "artifact.tombstone", ref=other, reason="Empty.")
    assert ids(scidex, "stem") == [one]


def test_background_is_found_by_kind_and_evidence_by_its_passage(scidex: Installation) -> None:
    file = {"name": "stem.txt", "sha256": "0" * 64, "size": 1, "media_type": "text/plain", "lines": 1}
    source = create(scidex, "source-file", **file)
    assert ids(scidex, "stem") == []
    assert ids(scidex, "stem kind:source-file") == [source]


def test_a_claim_is_found_by_the_stances_and_levels_of_its_evidence(scidex: Installation) -> None:
    claim = str(do(scidex, "claim.add", statement="Mesenchymal cells slow progression.").id)
    assert ids(scidex, "mesenchymal stance:not-shown") == []
    command = {
        "claim": claim,
        "source": "doi:10.5555/one",
        "quote": "No difference was seen.",
        "text": "No difference was seen.",
    }
    command |= {"stance": "not-shown", "design": "randomised-controlled-trial"}
    item = str(do(scidex, "evidence.add", **command).id)
    assert ids(scidex, "mesenchymal stance:not-shown level:2") == [claim]
    assert ids(scidex, "difference") == [item]
    do(scidex, "artifact.tombstone", ref=item, reason="Wrong claim.")
    assert ids(scidex, "mesenchymal stance:not-shown") == []
    assert ids(scidex, "mesenchymal") == [claim]


def test_answers_are_narrowed_by_facets(scidex: Installation) -> None:
    create(scidex, **MSC)
    create(scidex, title="ALS", entity_type="disease", body="Stem cells were tried.")
    create(scidex, "hypothesis", title="Stem cells slow ALS", gene_target="SOD1")
    facets = {view.facet: view for view in ask(scidex, "stem").facets}
    kinds = {value.value: value for value in facets[Facet.KIND].values}
    assert {value: each.number for value, each in kinds.items()} == {"page": 2, "hypothesis": 1}
    narrowed = ask(scidex, kinds["page"].query)
    assert narrowed.total == 2
    taken_back = next(each for view in narrowed.facets if view.facet is Facet.KIND for each in view.values)
    assert (taken_back.chosen, taken_back.query) == (True, "stem")
    assert ask(scidex, "stem about:disease").total == 1
    assert ask(scidex, "SOD1").total == 1


def test_entities_are_found_by_identifier_and_named_in_the_facet(scidex: Installation) -> None:
    entity = {"curie": "CL:0000134", "name": "mesenchymal stem cell", "category": "Cell", "synonyms": ["MSC"]}
    made = create(scidex, "entity", **entity)
    assert ids(scidex, "entity:CL:0000134") == [made]
    assert ids(scidex, "msc") == [made]
    assert ids(scidex, 'about:"cell type"') == [made]
    view = next(view for view in ask(scidex, "msc entity:CL:0000134").facets if view.facet is Facet.ENTITY)
    assert [(each.label, each.chosen, each.query) for each in view.values] == [("mesenchymal stem cell", True, "msc")]
    assert Facet.ENTITY not in {view.facet for view in ask(scidex, "msc").facets}


def test_years_are_shown_one_by_one_or_in_spans(scidex: Installation) -> None:
    def paper(year: int) -> dict[str, Any]:
        csl = {"type": "article-journal", "title": f"Stem cells, part {year}", "issued": {"date-parts": [[year]]}}
        return {"csl": csl}

    for year in (2019, 2021):
        create(scidex, "paper", **paper(year))
    assert labels(ask(scidex, "stem")) == [("2021", 1), ("2019", 1)]
    assert ask(scidex, "stem year:2019..2020").total == 1
    for year in range(2000, 2016):
        create(scidex, "paper", **paper(year))
    spans = ask(scidex, "stem")
    assert labels(spans) == [("2020–2024", 1), ("2015–2019", 2), ("2010–2014", 5), ("2005–2009", 5), ("2000–2004", 5)]
    view = next(view for view in spans.facets if view.facet is Facet.YEAR)
    assert ask(scidex, view.values[2].query).total == 5


def labels(results: queries.SearchResults) -> list[tuple[str, int]]:
    return [(each.label, each.number) for view in results.facets if view.facet is Facet.YEAR for each in view.values]


def test_a_word_the_library_does_not_have_is_corrected(scidex: Installation) -> None:
    create(scidex, **{**MSC, "title": "Mesenchymal therapy"})
    results = ask(scidex, '+mesenchimal "therpay" kind:page')
    assert results.total == 0
    assert results.meant == '+mesenchymal "therapy" kind:page'
    assert ask(scidex, "mesenchymal").meant == ""


def test_suggestions_complete_titles(scidex: Installation) -> None:
    page = create(scidex, **MSC)
    with scidex.storage.read() as connection:
        found = queries.suggest(connection, scidex.service(Searching), "msc the")
        assert [(str(each.head.id), each.title.pieces) for each in found] == [
            (page, (("MSC", True), (" ", False), ("therapy", True)))
        ]
        assert queries.suggest(connection, scidex.service(Searching), "x" * 10_000) == ()


def test_answers_are_leafed_through_without_gap_or_repetition(scidex: Installation) -> None:
    made = {create(scidex, title=f"Stem {number}", body="alike") for number in range(23)}
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        results = ask(scidex, "stem", offset=offset)
        seen += [str(hit.head.id) for hit in results.hits]
        offset = results.next_offset
    assert len(seen) == 23
    assert set(seen) == made
    with pytest.raises(Invalid):
        ask(scidex, "stem", offset=200)


def test_meaning_is_refused_where_it_is_not_installed(scidex: Installation) -> None:
    searching = Searching(scidex.service(Searching).index)
    with pytest.raises(Refused, match="not installed"):
        ask(scidex, "stem", searching, mode=Mode.MEANING)
    assert ask(scidex, "stem", searching).mode is Mode.WORDS


def test_a_deleted_index_is_made_anew(scidex: Installation) -> None:
    page = create(scidex, **MSC)
    assert ids(scidex, "stem") == [page]
    shutil.rmtree(scidex.settings.data / "search")
    assert ids(scidex, "stem") == [page]


def test_the_index_of_another_library_is_not_believed(
    scidex: Installation, open_scidex: Callable[..., Installation]
) -> None:
    other = open_scidex("sqlite")
    page = create(scidex, **MSC)
    create(other, title="Something else", body="Nothing.")
    shared = Searching(TantivyIndex(scidex.settings.data / "shared"))
    assert ids_with(scidex, shared) == [page]
    assert ids_with(other, shared) == []
    create(other, title="Something else", body="Nothing.")
    assert ids_with(other, shared) == []
    assert ids_with(scidex, shared) == [page]


def ids_with(scidex: Installation, searching: Searching) -> list[str]:
    return [str(hit.head.id) for hit in ask(scidex, "stem", searching).hits]


def test_after_a_backup_was_put_back_the_index_says_what_the_database_says(tmp_path: Path) -> None:
    data = tmp_path / "data"
    scidex = open_installation(Settings(data=data))
    page = create(scidex, **MSC)
    scidex.close()
    shutil.copy(data / "scidex.sqlite", tmp_path / "backup")
    scidex = open_installation(Settings(data=data))
    lost = create(scidex, **MSC)
    assert set(ids(scidex, "stem")) == {page, lost}
    scidex.close()
    for file in data.glob("scidex.sqlite*"):
        file.unlink()
    shutil.copy(tmp_path / "backup", data / "scidex.sqlite")
    scidex = open_installation(Settings(data=data))
    assert ids(scidex, "stem") == [page]
    again = create(scidex, title="Another history", body="Stem.")
    assert set(ids(scidex, "stem")) == {page, again}
    scidex.close()


def test_an_older_view_of_the_database_takes_nothing_away(scidex: Installation) -> None:
    create(scidex, **MSC)
    searching = scidex.service(Searching)
    with scidex.storage.read() as old:
        queries.statistics(old)  # the view begins with the first question
        later = create(scidex, title="Later", body="Stem.")
        assert ids(scidex, "later") == [later]
        newest = searching.index.covered()
        assert queries.search(old, searching, "later").hits == ()
        assert searching.index.covered() == newest
    assert ids(scidex, "later") == [later]


def test_nothing_is_done_where_nothing_happened(scidex: Installation) -> None:
    create(scidex, **MSC)
    index = scidex.service(Searching).index
    with scidex.storage.read() as connection:
        assert catch_up(connection, index) == 1
        assert catch_up(connection, index) == 0


def test_while_another_process_builds_the_index_the_asker_is_told(scidex: Installation, tmp_path: Path) -> None:
    create(scidex, **MSC)
    building, asking = TantivyIndex(tmp_path / "s"), TantivyIndex(tmp_path / "s", patience=0.05)
    with building.writing(), pytest.raises(Conflict, match="bringing the search index up to date"):
        ask(scidex, "stem", Searching(asking))
    assert ask(scidex, "stem", Searching(asking)).total == 1


def test_rebuilding_finds_the_same(scidex: Installation) -> None:
    made = {create(scidex, **{**MSC, "title": f"MSC {number}"}) for number in range(3)}
    told: list[tuple[int, int]] = []
    with scidex.storage.read() as connection:
        index = scidex.service(Searching).index
        assert queries.rebuild_index(connection, index, progress=lambda done, total: told.append((done, total))) == 3
    assert told == [(3, 3)]
    assert set(ids(scidex, "stem")) == made


deeds = st.lists(
    st.tuples(st.sampled_from(["create", "revise", "tombstone", "reinstate", "search"]), st.integers(0, 3)), max_size=12
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=deeds)
def test_an_index_that_followed_equals_one_made_at_the_end(steps: list[tuple[str, int]], tmp_path_factory: Any) -> None:
    data = tmp_path_factory.mktemp("follow")
    scidex = open_installation(Settings(data=data))
    made: list[str] = []
    for number, (deed, which) in enumerate(steps):
        target = made[which % len(made)] if made else ""
        try:
            if deed == "create":
                made.append(create(scidex, title=f"Page {number}", body=f"common word{number}"))
            elif deed == "search":
                ids(scidex, "common")
            elif target and deed == "revise":
                do(
                    scidex,
                    "artifact.revise",
                    ref=target,
                    content={"title": f"New {number}", "body": f"common again{number}"},
                )
            elif target:
                do(scidex, f"artifact.{deed}", ref=target, reason="Why not.")
        except Conflict:
            continue
    fresh = Searching(TantivyIndex(data / "fresh"))
    for text in ("common", "new", "page", *(f"word{number}" for number in range(len(steps)))):
        assert set(ids(scidex, text, limit=200)) == {
            str(hit.head.id) for hit in ask(scidex, text, fresh, limit=200).hits
        }
    scidex.close()


def test_the_mark_is_the_newest_event(scidex: Installation) -> None:
    index = scidex.service(Searching).index
    assert index.covered() == Mark()
    create(scidex, **MSC)
    ids(scidex, "stem")
    first = index.covered()
    create(scidex, **MSC)
    ids(scidex, "stem")
    assert index.covered().seq > first.seq
