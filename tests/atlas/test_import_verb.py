"""Storing imported files: each once, each wholly or not at all, whatever else is in the batch."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from scidex.atlas import queries
from scidex.atlas.actions.import_files import ImportedFile
from scidex.atlas.importing.model import Finding, Neighbour, ParsedSource, Severity, Span
from scidex.atlas.tables import artifacts, blobs
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation
from scidex.kernel.storage.types import metadata

ADA = ActorId("person:ada")


def export(title: str, *aliases: str, kind: str = "page", **content: Any) -> bytes:
    """A file as `scidex export` writes it."""
    whole = {"format": "scidex/1", "kind": kind, "aliases": list(aliases), "content": {"title": title, **content}}
    return json.dumps(whole).encode()


def read(title: str, *aliases: str, neighbours: tuple[Neighbour, ...] = (), findings: tuple[Finding, ...] = ()) -> Any:
    """A file that was read already."""
    parsed = ParsedSource("visitor copy", "page", {"title": title}, aliases, (), neighbours, findings)
    return {"name": f"{title[:20]}.txt", "data": title.encode(), "parsed": parsed}


def hypothesis(title: str, *aliases: str, **content: Any) -> Neighbour:
    return Neighbour("hypothesis", aliases, {"title": title, **content}, ())


def store(scidex: Installation, *files: Any, **options: Any) -> tuple[ImportedFile, ...]:
    named = [
        file if isinstance(file, dict) else {"name": f"{number}.json", "data": file}
        for number, file in enumerate(files)
    ]
    stored: tuple[ImportedFile, ...] = scidex.door.perform("import.store", {"files": named, **options}, ADA).files
    with scidex.storage.read() as connection:
        assert list(queries.check(connection)) == []
    return stored


def outcomes(files: tuple[ImportedFile, ...]) -> list[str]:
    return [file.outcome for file in files]


def dump(scidex: Installation) -> dict[str, list[str]]:
    with scidex.storage.read() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in metadata.sorted_tables}


def titles(scidex: Installation, kind: str) -> list[str]:
    with scidex.storage.read() as connection:
        return sorted(connection.execute(select(artifacts.c.title).where(artifacts.c.kind == kind)).scalars())


def test_bytes_that_are_here_as_the_text_of_a_work_can_be_imported(scidex: Installation) -> None:
    text = "---\ntitle: Nothing much\nslug: therapeutics-nothing\n---\nCells slow decline in nobody.\n"
    work = {"csl": {"type": "book", "title": "Nothing much", "DOI": "10.5555/nothing"}}
    scidex.door.perform("artifact.create", {"kind": "paper", "content": work}, ADA)
    attached = {"ref": "doi:10.5555/nothing", "text": text, "keep": True, "licence": "CC BY 4.0"}
    scidex.door.perform("paper.attach", attached, ADA)
    (file,) = store(scidex, {"name": "page.md", "data": text.encode()})
    assert file.outcome == "created"
    with scidex.storage.read() as connection:
        assert connection.execute(select(blobs.c.data).where(blobs.c.sha256 == file.sha256)).scalars().all() == [
            text.encode()
        ]


def test_the_same_file_again_writes_nothing(scidex: Installation, seed: Any) -> None:
    first = store(scidex, seed.read_bytes(), export("A", "wiki-a"))
    before = dump(scidex)
    again = store(scidex, seed.read_bytes(), export("A", "wiki-a"))
    assert outcomes(first) == ["created", "created"]
    assert outcomes(again) == ["known", "known"]
    assert [file.artifact for file in again] == [file.artifact for file in first]
    assert dump(scidex) == before


def test_the_same_file_twice_in_one_command_is_stored_once(scidex: Installation) -> None:
    assert outcomes(store(scidex, export("A", "wiki-a"), export("A", "wiki-a"))) == ["created", "known"]


def test_a_dry_run_says_what_would_happen_and_writes_nothing(scidex: Installation) -> None:
    before = dump(scidex)
    command = {"files": [{"name": "a.json", "data": export("A", "wiki-a")}]}
    assert scidex.door.perform("import.store", command, ADA, dry_run=True).files[0].outcome == "created"
    assert dump(scidex) == before


def test_eight_threads_importing_one_file_at_once_store_it_once(scidex: Installation) -> None:
    barrier, found = threading.Barrier(8), []

    def work() -> None:
        barrier.wait()
        command = {"files": [{"name": "a.json", "data": export("A", "wiki-a")}]}
        found.append(scidex.door.perform("import.store", command, ADA).files[0])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes(tuple(found))) == ["created"] + ["known"] * 7
    assert len({file.artifact for file in found}) == 1
    assert titles(scidex, "page") == ["A"]
    with scidex.storage.read() as connection:
        assert len(connection.execute(select(blobs.c.sha256)).all()) == 1


@pytest.mark.parametrize("already_here", [False, True])
def test_files_of_one_command_about_one_page_become_its_versions_in_their_order(
    scidex: Installation, already_here: bool
) -> None:
    if already_here:
        store(scidex, export("Zero", "wiki-p"))
    files = store(scidex, export("One", "wiki-p"), export("Two", "/wiki/p"), export("Three", "other", "p"))
    assert outcomes(files) == ["revised" if already_here else "created", "revised", "revised"]
    assert len({file.artifact for file in files}) == 1
    with scidex.storage.read() as connection:
        head = queries.find(connection, "other")[1]
        history = [line.title for line in queries.history(connection, head)]
    assert history == ["Three", "Two", "One"] + (["Zero"] if already_here else [])


def test_other_bytes_with_the_same_content_change_nothing_but_are_kept(scidex: Installation) -> None:
    store(scidex, export("A", "wiki-a"))
    again = store(scidex, export("A", "wiki-a") + b"\n")[0]
    assert (again.outcome, titles(scidex, "page")) == ("unchanged", ["A"])
    assert len(titles(scidex, "source-file")) == 2


def test_a_name_that_leads_elsewhere_stays_there_and_the_report_says_so(scidex: Installation) -> None:
    store(scidex, export("A", "wiki-a"), export("B", "wiki-b"))
    file = store(scidex, export("A again", "wiki-a", "wiki-b"))[0]
    assert file.outcome == "revised"
    assert "alias-taken" in [finding.code for finding in file.findings]
    with scidex.storage.read() as connection:
        assert queries.find(connection, "wiki-b")[1].title == "B"
        assert queries.find(connection, "wiki-a")[1].title == "A again"


@pytest.mark.parametrize("together", [True, False])
def test_a_neighbour_that_several_pages_name_is_created_once(scidex: Installation, together: bool) -> None:
    files = [
        read("One", "wiki-one", neighbours=(hypothesis("H", "h-1"), hypothesis("H again", "/hypothesis/H-1"))),
        read("Two", "wiki-two", neighbours=(hypothesis("H", "/hypothesis/h-1"), hypothesis("G", "h-2"))),
        read("Three", "wiki-three", neighbours=(hypothesis("H", "h-1"),)),
    ]
    stored = store(scidex, *files) if together else tuple(store(scidex, file)[0] for file in files)
    assert [file.neighbours for file in stored] == [1, 1, 0]
    assert titles(scidex, "hypothesis") == ["G", "H"]


def test_a_file_about_a_neighbour_of_the_same_batch_revises_it(scidex: Installation) -> None:
    for order in (1, -1):
        files = [read(f"Page {order}", f"page{order}", neighbours=(hypothesis("H", f"h-{order}"),))]
        files.append(export("Whole", f"h-{order}", kind="hypothesis", statement=f"Told in full {order}."))
        assert set(outcomes(store(scidex, *files[::order]))) == ({"created", "revised"} if order == 1 else {"created"})
    assert titles(scidex, "hypothesis") == ["Whole", "Whole"]


LONG = "x" * 501
UNSTORABLE = {
    "not text": b"\x89PNG....",
    "not an export": b'{"a": 1}',
    "no title": export(" ", "wiki-c"),
    "title too long": export(LONG, "wiki-c"),
    "no such kind": export("C", "wiki-c", kind="opinion"),
    "unknown field": export("C", "wiki-c", kind="hypothesis", colour="red"),
    "names another kind": export("C", "wiki-paper"),
    "neighbour without title": read("C", "wiki-c", neighbours=(hypothesis("N", "h-9"), hypothesis("", "h-10"))),
    "neighbour title too long": read("C", "wiki-c", neighbours=(hypothesis("N", "h-9"), hypothesis(LONG, "h-10"))),
    "neighbour unfit": read("C", "wiki-c", neighbours=(hypothesis("N", "h-9"), hypothesis("M", "h-10", colour="red"))),
}


@pytest.mark.parametrize("bad", UNSTORABLE.values(), ids=UNSTORABLE)
def test_a_refused_file_says_why_and_does_not_stop_the_others(
    open_scidex: Callable[..., Installation], bad: Any
) -> None:
    scidex = open_scidex("sqlite")
    scidex.door.perform("artifact.create", {"kind": "paper", "content": {"title": "P"}, "aliases": ["wiki-paper"]}, ADA)
    files = store(scidex, export("A", "wiki-a"), bad, read("B", "wiki-b", neighbours=(hypothesis("N", "h-9"),)))
    assert outcomes(files) == ["created", "refused", "created"]
    assert files[1].problem
    assert not files[1].artifact
    assert titles(scidex, "page") == ["A", "B"]
    assert titles(scidex, "hypothesis") == ["N"]


def test_a_page_that_is_out_of_view_is_not_imported_over(scidex: Installation) -> None:
    page = store(scidex, export("A", "wiki-a"))[0].artifact
    scidex.door.perform("artifact.retract", {"ref": page, "reason": "Wrong."}, ADA)
    assert outcomes(store(scidex, export("A better", "wiki-a"))) == ["refused"]


def test_a_file_about_a_page_that_was_merged_revises_what_it_was_merged_into(scidex: Installation) -> None:
    one, two = (file.artifact for file in store(scidex, export("One", "wiki-one"), export("Two", "wiki-two")))
    scidex.door.perform("artifact.merge", {"ref": one, "into": two}, ADA)
    files = store(scidex, export("One, later", "wiki-one"), export("Two, later", "wiki-two"))
    assert outcomes(files) == ["revised", "revised"]
    assert {file.artifact for file in files} == {two}


def test_strict_refuses_what_would_be_mended_and_names_the_line(scidex: Installation) -> None:
    note = Finding("encoding-utf-16", Severity.INFO, None, "it was UTF-16", "decoded", "the same")
    flaw = Finding("references-empty", Severity.ERROR, Span(80, 80), "the reference list is empty", "kept", "said so")
    files = [read("A", "wiki-a", findings=(note,)), read("B", "wiki-b", findings=(note, flaw))]
    clean, flawed = store(scidex, *files, strict=True)
    assert (clean.outcome, flawed.outcome) == ("created", "refused")
    assert (flawed.problem, flawed.line) == ("the reference list is empty", 80)
    assert flawed.cure
    assert store(scidex, *files)[1].outcome == "created"


def test_the_seed_page_is_stored_with_its_bytes_its_report_and_its_neighbours(scidex: Installation, seed: Any) -> None:
    file = store(scidex, seed.read_bytes())[0]
    assert file.outcome == "created"
    assert file.neighbours == len(titles(scidex, "hypothesis")) + len(titles(scidex, "analysis"))
    with scidex.storage.read() as connection:
        head = queries.find(connection, file.artifact)[1]
        assert queries.source_bytes(connection, file.sha256) == seed.read_bytes()
        assert [report.head.id for report in queries.reports(connection, head)] == [file.report]
        origin = queries.origins(connection, head, 1)[0]
    assert (origin.used.kind, origin.used_hash) == ("source-file", file.sha256)
