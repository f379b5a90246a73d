"""The index of words: what it finds, that words and mark are committed together, and that it is only a cache."""

from __future__ import annotations

import contextlib
import multiprocessing
import shutil
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scidex.adapters.text_index import SCHEMA, TantivyIndex
from scidex.atlas.searching.language import parse
from scidex.atlas.searching.model import Document, Facet
from scidex.atlas.searching.ports import Mark
from scidex.kernel.errors import Conflict

LIBRARY = (
    Document("sx-1", "page", "Exosomes", "Small vesicles that cells let go of.", about="cell type", prior=1150),
    Document("sx-2", "paper", "A trial of exosomes", "Patients with ALS were given exosomes.", year=2019),
    Document("sx-3", "paper", "Stem cells in ALS", "Mesenchymal stem cell therapy was safe.", year=2021),
    Document("sx-4", "evidence", "supports: it slowed", "It slowed decline.", stances=("supports",), levels=("2",)),
    Document("sx-5", "source-file", "exosomes.txt", "text/plain", background=True),
    Document(
        "sx-6", "page", "TNF-α", "Tumour necrosis factor. Called naïvely cachectin.", names=("wiki-tnf", "HGNC:11892")
    ),
    Document("sx-7", "claim", "The cell stem is safe", "", entities=("MONDO:0004976", "CL:0000134")),
)


FIRST = Mark(1, "ac-1")


def fill(index: TantivyIndex, documents=LIBRARY, mark: Mark = FIRST) -> None:
    with index.writing() as writer:
        for each in documents:
            writer.put(each)
        writer.commit(mark)


@pytest.fixture
def index(tmp_path: Path) -> TantivyIndex:
    made = TantivyIndex(tmp_path)
    fill(made)
    return made


def ids(index: TantivyIndex, text: str, **more) -> list[str]:
    return [id_ for id_, _ in index.search(parse(text), limit=50, **more).hits]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("exosome", ["sx-1", "sx-2"]),  # another form of the word; the page first; no background
        ("EXOSOMES", ["sx-1", "sx-2"]),
        ("exosome als", ["sx-2", "sx-1", "sx-3"]),
        ("exosome -als", ["sx-1"]),
        ('"stem cell"', ["sx-3"]),  # in this order
        ('"stem cells"', ["sx-3"]),  # as it is spelled
        ('"cells stem"', []),
        ("+als +exosomes", ["sx-2"]),
        ("vesicle OR therapy", ["sx-1", "sx-3"]),
        ("mesench*", ["sx-3"]),
        ("mesench", []),
        ("TNF-alpha", ["sx-6"]),
        ("tnf-α", ["sx-6"]),
        ("naively", ["sx-6"]),
        ("HGNC:11892", ["sx-6"]),
        ("wiki-tnf", ["sx-6"]),
        ("kind:source-file", ["sx-5"]),
        ("exosomes kind:source-file", ["sx-5"]),
        ("exosomes kind:source-file kind:paper", ["sx-2", "sx-5"]),
        ("year:2019", ["sx-2"]),
        ("year:2020..", ["sx-3"]),
        ("als year:..2020", ["sx-2"]),
        ("kind:paper -year:2019", ["sx-2", "sx-3"]),  # years are not excluded, and the reading says so
        ('about:"cell type"', ["sx-1"]),
        ("stance:supports", ["sx-4"]),
        ("level:2 slowed", ["sx-4"]),
        ("entity:CL:0000134", ["sx-7"]),
        ("-kind:paper als", []),
        ("-exosome kind:page", ["sx-6"]),
        ("nowhere", []),
        ("+nowhere exosome", []),
    ],
)  # fmt: skip
def test_what_a_question_finds(index: TantivyIndex, text: str, found: list[str]) -> None:
    assert sorted(ids(index, text)) == sorted(found)


def test_the_best_come_first_and_equal_ones_by_id(index: TantivyIndex) -> None:
    assert ids(index, "exosome als")[0] == "sx-2"
    fill(index, [Document(f"sx-{name}", "page", "Twins", "alike") for name in "dbca"], Mark(2, "ac-2"))
    assert ids(index, "twins") == ["sx-a", "sx-b", "sx-c", "sx-d"]


def test_other_words_for_a_term_are_alternatives_of_lower_weight(index: TantivyIndex) -> None:
    def expand(text: str) -> list[tuple[str, ...]]:
        return [("stem", "cell"), ("vesicles",)] if text == "als" else []

    assert set(ids(index, "als", expand=expand)) == {"sx-1", "sx-2", "sx-3"}
    assert ids(index, "als", expand=expand)[-1] == "sx-1"
    assert set(ids(index, "+als", expand=expand)) == {"sx-1", "sx-2", "sx-3"}
    assert ids(index, "vesicles -als", expand=expand) == ["sx-1"]


def test_answers_are_counted_by_facet(index: TantivyIndex) -> None:
    counted = index.counts(parse("exosome OR als OR slowed OR safe"))
    assert dict(counted[Facet.KIND]) == {"paper": 2, "page": 1, "evidence": 1, "claim": 1}
    assert dict(counted[Facet.YEAR]) == {"2019": 1, "2021": 1}
    assert dict(counted[Facet.STANCE]) == {"supports": 1}
    assert dict(counted[Facet.LEVEL]) == {"2": 1}
    assert dict(counted[Facet.ENTITY]) == {"MONDO:0004976": 1, "CL:0000134": 1}


def test_titles_are_completed(index: TantivyIndex) -> None:
    assert index.complete("exo", limit=5) == ("sx-1", "sx-2")
    assert index.complete("stem ce", limit=5) == ("sx-7", "sx-3") or set(index.complete("stem ce", limit=5)) == {
        "sx-3",
        "sx-7",
    }
    assert index.complete("HGNC:118", limit=5) == ("sx-6",)
    assert index.complete("", limit=5) == ()
    assert index.complete('"*:(', limit=5) == ()


def test_a_document_takes_the_place_of_the_one_with_its_id(index: TantivyIndex) -> None:
    fill(index, [Document("sx-1", "page", "Vesicles", "Called otherwise now.")], Mark(2, "ac-2"))
    assert "sx-1" not in ids(index, "exosomes")
    assert ids(index, "otherwise") == ["sx-1"]
    with index.writing() as writer:
        writer.drop("sx-1")
        writer.commit(Mark(3, "ac-3"))
    assert ids(index, "otherwise") == []


def test_words_and_mark_are_committed_together_or_not_at_all(index: TantivyIndex) -> None:
    with pytest.raises(RuntimeError), index.writing() as writer:  # noqa: PT012 (what happens before the end is the point)
        writer.put(Document("sx-9", "page", "Half", "half"))
        raise RuntimeError
    assert (index.covered(), ids(index, "half")) == (Mark(1, "ac-1"), [])
    fill(index, [Document("sx-9", "page", "Half", "half")], Mark(2, "ac-2"))
    assert (index.covered(), ids(index, "half")) == (Mark(2, "ac-2"), ["sx-9"])


def test_it_is_there_when_opened_again(index: TantivyIndex, tmp_path: Path) -> None:
    again = TantivyIndex(tmp_path)
    assert again.covered() == Mark(1, "ac-1")
    assert set(ids(again, "exosome")) == {"sx-1", "sx-2"}


def test_another_process_sees_what_was_committed(index: TantivyIndex, tmp_path: Path) -> None:
    other = TantivyIndex(tmp_path)
    assert ids(other, "fresh") == []
    fill(index, [Document("sx-8", "page", "Fresh", "fresh")], Mark(2, "ac-2"))
    assert ids(other, "fresh") == ["sx-8"]
    assert other.covered() == Mark(2, "ac-2")


@pytest.mark.parametrize("damage", ["emptied", "cut", "deleted"])
def test_files_that_cannot_be_read_are_made_anew(index: TantivyIndex, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / f"words-{SCHEMA}"
    if damage == "deleted":
        shutil.rmtree(folder)
    else:
        for file in folder.iterdir():
            if file.suffix in (".json", ".store", ".term", ".idx") and not file.name.startswith("."):
                file.write_bytes(b"" if damage == "emptied" else file.read_bytes()[:7])
    again = TantivyIndex(tmp_path)
    assert again.covered() == Mark()
    fill(again)
    assert set(ids(again, "exosome")) == {"sx-1", "sx-2"}


@pytest.mark.parametrize("suffix", [".store", ".term", ".idx", ".fast", ".pos", ".fieldnorm"])
@pytest.mark.parametrize("left", [None, b"", b"1234567"])
def test_one_file_that_is_gone_or_cut_off_costs_no_more_than_the_index(
    index: TantivyIndex, tmp_path: Path, suffix: str, left: bytes | None
) -> None:
    for file in (tmp_path / f"words-{SCHEMA}").glob(f"*{suffix}"):
        if left is None:
            file.unlink()
        else:
            file.write_bytes(left)
    again = TantivyIndex(tmp_path)
    for _ in range(3):
        with contextlib.suppress(Conflict):
            ids(again, '"stem cell" exosome')
            again.counts(parse("exosome"))
    assert again.covered() == Mark()
    fill(again)
    assert set(ids(again, "exosome")) == {"sx-1", "sx-2"}


def test_deleting_it_under_a_running_process_is_allowed(index: TantivyIndex, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / f"words-{SCHEMA}")
    assert index.covered() == Mark()
    fill(index)
    assert set(ids(index, "exosome")) == {"sx-1", "sx-2"}


def test_an_index_of_another_schema_is_taken_away(index: TantivyIndex, tmp_path: Path) -> None:
    (tmp_path / f"words-{SCHEMA}").rename(tmp_path / "words-0")
    assert TantivyIndex(tmp_path).covered() == Mark()
    assert not (tmp_path / "words-0").exists()


def test_who_does_not_get_the_lock_is_told(index: TantivyIndex, tmp_path: Path) -> None:
    other = TantivyIndex(tmp_path, patience=0.1)
    with index.writing(), pytest.raises(Conflict, match="up to date"), other.writing():
        pass
    with other.writing() as writer:
        writer.commit(Mark(2, "ac-2"))


def _write(folder: str, number: int) -> None:
    fill(
        TantivyIndex(Path(folder), patience=60), [Document(f"sx-p{number}", "page", "Many", "many")], Mark(number, "ac")
    )


def test_several_processes_take_turns(index: TantivyIndex, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_write, args=(str(tmp_path), number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert sorted(ids(index, "many")) == ["sx-p0", "sx-p1", "sx-p2"]


def test_threads_search_while_one_writes(index: TantivyIndex) -> None:
    failed: list[BaseException] = []

    def look() -> None:
        try:
            for _ in range(30):
                assert set(ids(index, "exosome")) >= {"sx-1", "sx-2"}
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(5):
        fill(index, [Document(f"sx-t{number}", "page", "Other", "other")], Mark(number + 2, "ac"))
    for thread in threads:
        thread.join()
    assert failed == []


def test_many_small_changes_leave_few_files(index: TantivyIndex, tmp_path: Path) -> None:
    for number in range(30):
        fill(index, [Document(f"sx-{number % 3}", "page", "Same", f"again {number}")], Mark(number + 2, "ac"))
    assert len(list((tmp_path / f"words-{SCHEMA}").glob("*.term"))) <= 20
    assert len(ids(index, "again")) == 3


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "a OR " * 10_000,
        '"' + "exosome " * 10_000 + '"',
        "a* " * 500,
        "e* OR " * 5_000,
        "x" * 100_000,
        ".* [a-z]+ (a|b)*",
        "kind:" * 999,
    ],
)
def test_an_attack_gets_an_answer(index: TantivyIndex, text: str) -> None:
    assert index.search(parse(text), limit=10).total <= len(LIBRARY)
    index.counts(parse(text))
    index.complete(text, limit=10)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(alphabet=st.sampled_from(list('aeα"-+*:() ORANDexosomealskindpageyear0129.\u202e\0')), max_size=60))
def test_every_text_gets_an_answer(index: TantivyIndex, text: str) -> None:
    query = parse(text)
    found = index.search(query, limit=50)
    assert len(found.hits) == found.total
    assert sum(number for _, number in index.counts(query)[Facet.KIND]) == found.total
    assert index.among([id_ for id_, _ in found.hits], query) == {id_ for id_, _ in found.hits}
