"""`check` notices when what is stored was changed behind the program's back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from scidex.atlas import queries
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation

ADA = ActorId("person:ada")

PAGE = {
    "title": "MSC therapy",
    "slug": "therapeutics-msc",
    "entity_type": "therapy",
    "body": "## Routes\n\n- Intravenous, see [ALS](/diseases/als)\n",
    "records": [{"type": "administration route", "name": "Intravenous", "section": "Routes"}],
}

TAMPERINGS = {
    "content changed": "UPDATE versions SET content = replace(content, 'Intravenous', 'Oral') WHERE number = 1",
    "content and its hash changed": (
        "UPDATE versions SET (content, content_hash) = (SELECT content, content_hash FROM versions WHERE number = 1"
        " AND artifact_id = :page) WHERE number = 2 AND artifact_id = :page"
    ),
    "content no longer JSON": "UPDATE versions SET content = '{' WHERE artifact_id = :page AND number = 3",
    "seal changed": "UPDATE versions SET seal = replace(seal, substr(seal, 1, 1), 'x') WHERE number = 2",
    "note changed": "UPDATE versions SET note = 'kinder words' WHERE number = 2",
    "time changed": "UPDATE versions SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE number = 2",
    "truth date changed": "UPDATE versions SET valid_from = '2020-01-01T00:00:00.000000Z' WHERE number = 1",
    "time unreadable": "UPDATE versions SET recorded_at = 'yesterday' WHERE number = 2",
    "author changed": "UPDATE activities SET actor = 'person:eve'",
    "first version deleted": "DELETE FROM versions WHERE artifact_id = :page AND number = 1",
    "middle version deleted": "DELETE FROM versions WHERE artifact_id = :page AND number = 2",
    "newest version deleted": "DELETE FROM versions WHERE artifact_id = :page AND number = 3",
    "all versions deleted": "DELETE FROM versions WHERE artifact_id = :page",
    "versions swapped": (
        "UPDATE versions SET number = CASE number WHEN 2 THEN 30 WHEN 3 THEN 20 ELSE 1 END; "
        "UPDATE versions SET number = number / 10 WHERE number > 10"
    ),
    "activity deleted": "DELETE FROM activities WHERE action = 'artifact.revise'",
    "file changed": "UPDATE blobs SET data = replace(data, 'a', 'b')",
    "file gone": "DELETE FROM blobs",
    "title in the list changed": "UPDATE artifacts SET title = 'Snake oil' WHERE id = :page",
    "facet in the list changed": "UPDATE artifacts SET facet = 'disease' WHERE id = :page",
    "kind changed": "UPDATE artifacts SET kind = 'paper' WHERE id = :page",
    "kind unknown": "UPDATE artifacts SET kind = 'opinion' WHERE id = :page",
    "record changed": "UPDATE records SET name = 'Oral'",
    "record deleted": "DELETE FROM records",
    "record added": (
        "INSERT INTO records SELECT artifact_id, 7, version, type, name, note, subject, section, activity_id FROM records"
    ),
    "alias to nowhere": "UPDATE aliases SET artifact_id = 'sx-000000000000000000'",
    "state changed": "UPDATE artifacts SET state = 'retracted' WHERE id = :page",
    "state unknown": "UPDATE artifacts SET state = 'loved' WHERE id = :page",
    "last move deleted": "DELETE FROM transitions WHERE artifact_id = :other AND state = 'retracted'",
    "merge forged": "UPDATE artifacts SET state = 'merged', redirect_to = :other WHERE id = :page",
    "merges in a circle": (
        "UPDATE artifacts SET state = 'merged', redirect_to = :other WHERE id = :page;"
        "UPDATE artifacts SET state = 'merged', redirect_to = :page WHERE id = :other"
    ),
    "link beyond versions": "UPDATE links SET first_version = 99 WHERE source_id = :page",
    "link ended beyond versions": "UPDATE links SET last_version = 99, ended_at = recorded_at WHERE source_id = :page",
    "link of an unknown relation": "UPDATE links SET relation = 'cures' WHERE source_id = :page",
    "link led elsewhere": "UPDATE links SET target_key = 'diseases-gout' WHERE source_id = :page",
    "link deleted": "DELETE FROM links WHERE source_id = :page",
    "retraction hidden": "UPDATE works SET editorial = ''",
    "work made verified": "UPDATE works SET status = 'verified'",
    "work's title changed": "UPDATE works SET title_key = 'anothertitle'",
    "work gone from the list": "DELETE FROM works",
    "identifier gone": "DELETE FROM aliases WHERE key = 'doi:10.5555/x'",
    "identifier led elsewhere": "UPDATE aliases SET artifact_id = :other WHERE key = 'doi:10.5555/x'",
    "artifact deleted": "DELETE FROM artifacts WHERE id = :page",
}


@pytest.fixture
def library(open_scidex: Callable[..., Installation]) -> tuple[Installation, dict[str, str]]:
    """A page of three versions, a retracted artifact with a name, and an imported file."""
    scidex = open_scidex("sqlite")
    perform = scidex.door.perform
    page = perform("artifact.create", {"kind": "page", "content": PAGE}, ADA).id
    for number in (2, 3):
        perform("artifact.revise", {"ref": page, "content": {**PAGE, "lead": f"Lead {number}."}, "note": "n"}, ADA)
    other = perform(
        "artifact.create", {"kind": "page", "content": {"title": "Other"}, "aliases": ["wiki-other"]}, ADA
    ).id
    perform("artifact.retract", {"ref": other, "reason": "Wrong."}, ADA)
    work = {"csl": {"type": "book", "title": "A book", "DOI": "10.5555/x"}, "notices": [{"type": "retraction"}]}
    perform("artifact.create", {"kind": "paper", "content": work}, ADA)
    data = json.dumps({"format": "scidex/1", "kind": "page", "aliases": [], "content": {"title": "A file"}}).encode()
    perform("import.store", {"files": [{"name": "file.json", "data": data}]}, ADA)
    return scidex, {"page": page, "other": other}


def found(scidex: Installation) -> list[Any]:
    with scidex.storage.read() as connection:
        return list(queries.check(connection))


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)
def test_a_change_behind_the_programs_back_is_found(
    library: tuple[Installation, dict[str, str]], tampering: str
) -> None:
    scidex, ids = library
    assert found(scidex) == []
    changed = 0
    database = sqlite3.connect(str(scidex.storage.url.database))
    # Like somebody who knows what stands in the way.
    database.executescript("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
    for name in database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name[0]}")
    for statement in tampering.split(";"):
        changed += database.execute(statement, ids).rowcount
    database.commit()
    database.close()
    assert changed > 0
    problems = found(scidex)
    assert problems
    assert all(problem.subject and problem.problem for problem in problems)


def test_check_tells_how_far_it_is(library: tuple[Installation, dict[str, str]]) -> None:
    scidex, _ = library
    told: list[int] = []
    with scidex.storage.read() as connection:
        assert list(queries.check(connection, progress=told.append)) == []
        number = queries.statistics(connection).artifacts
    assert told == list(range(1, number + 1))
