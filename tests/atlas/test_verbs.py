"""The verbs of the atlas, where they are asked for what they should not do, or in a way they should take care of."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scidex.atlas import queries
from scidex.kernel.clock import format_time
from scidex.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from scidex.kernel.ids import ActorId
from scidex.kernel.installation import Installation

ADA = ActorId("person:ada")


def make(scidex: Installation, title: str = "A", *aliases: str, **options: Any) -> str:
    command = {"kind": "page", "content": {"title": title, **options.pop("content", {})}, "aliases": aliases, **options}
    return str(scidex.door.perform("artifact.create", command, ADA).id)


def view(scidex: Installation, ref: str, **options: Any) -> Any:
    with scidex.storage.read() as connection:
        return queries.artifact(connection, queries.find(connection, ref)[0], **options)


@pytest.fixture(params=["America/Los_Angeles", "Asia/Kolkata"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that does not stand in Greenwich."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    assert os.environ.get("TZ") != request.param
    time.tzset()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-05-13T09:00:00", "2026-05-13T09:00:00.000000Z"),
        ("2026-05-13T09:00:00-08:00", "2026-05-13T17:00:00.000000Z"),
        ("2026-05-13", "2026-05-13T00:00:00.000000Z"),
        ("0500-01-01T00:00:00Z", "0500-01-01T00:00:00.000000Z"),
    ],
)
def test_since_when_it_is_true_means_the_same_wherever_the_server_stands(
    scidex: Installation, elsewhere: str, given: str, kept: str
) -> None:
    ref = make(scidex, valid_from=given)
    assert elsewhere
    assert format_time(view(scidex, ref).version.valid_from) == kept
    with scidex.storage.read() as connection:
        assert list(queries.check(connection)) == []


@pytest.mark.parametrize("given", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday"])
def test_a_time_outside_the_calendar_is_refused(scidex: Installation, given: str) -> None:
    with pytest.raises(Invalid):
        make(scidex, valid_from=given)


def test_a_reader_of_the_year_500_is_told_that_nothing_was_known_here(scidex: Installation) -> None:
    ref = make(scidex)
    with pytest.raises(NotFound) as missing:
        view(scidex, ref, as_of=datetime(500, 1, 1, tzinfo=UTC))
    assert "first recorded" in missing.value.cure


@pytest.mark.parametrize("number", [2, 2**31, 2**63, 10**40, -1])
def test_a_version_that_does_not_exist_is_not_found(scidex: Installation, number: int) -> None:
    ref = make(scidex)
    with pytest.raises(NotFound):
        view(scidex, ref, version=number)
    if number > 0:
        with pytest.raises(NotFound):
            scidex.door.perform("artifact.restore", {"ref": ref, "version": number}, ADA)


def test_a_relation_that_does_not_exist_is_refused_and_the_known_ones_are_named(scidex: Installation) -> None:
    with pytest.raises(Invalid) as refused:
        make(scidex, content={"related": [{"target": "h-1", "title": "H", "relation": "cures"}]})
    assert "related_hypothesis" in refused.value.cure


def test_undoing_step_by_step_leads_back_the_way_it_came(scidex: Installation) -> None:
    one, two = make(scidex, "One"), make(scidex, "Two")

    def do(verb: str, **more: Any) -> str:
        return str(scidex.door.perform(f"artifact.{verb}", {"ref": one, **more}, ADA).state)

    there = [
        do("supersede", by=two),
        do("retract", reason="Wrong."),
        do("merge", into=two),
    ]
    back = [do("unmerge"), do("reinstate"), do("reinstate")]
    assert there == ["superseded", "retracted", "merged"]
    assert back == ["retracted", "superseded", "published"]
    with pytest.raises(Conflict):
        do("reinstate")


@pytest.mark.parametrize("buried_by", ["merge", "tombstone"])
@pytest.mark.parametrize("verb", ["retract", "supersede", "tombstone", "merge", "publish", "revise"])
def test_what_was_merged_or_removed_is_not_moved_on_but_first_brought_back(
    scidex: Installation, buried_by: str, verb: str
) -> None:
    one, two = make(scidex, "One"), make(scidex, "Two")
    more: dict[str, dict[str, Any]] = {
        "merge": {"into": two},
        "supersede": {"by": two},
        "publish": {},
        "revise": {"content": {"title": "B"}},
    }
    scidex.door.perform(f"artifact.{buried_by}", {"ref": one, **more.get(buried_by, {"reason": "r"})}, ADA)
    before = view(scidex, one)
    with pytest.raises(Conflict) as refused:
        scidex.door.perform(f"artifact.{verb}", {"ref": one, **more.get(verb, {"reason": "r"})}, ADA)
    assert refused.value.cure or verb == "publish"
    assert view(scidex, one) == before


def test_merges_cannot_go_in_a_circle(scidex: Installation) -> None:
    one, two, three = (make(scidex, title) for title in ("One", "Two", "Three"))
    for ref, into in ((one, two), (two, three)):
        scidex.door.perform("artifact.merge", {"ref": ref, "into": into}, ADA)
    for into in (one, two, three):
        with pytest.raises(Conflict):
            scidex.door.perform("artifact.merge", {"ref": three, "into": into}, ADA)


def test_an_artifact_is_merged_only_into_its_kind(scidex: Installation) -> None:
    paper = scidex.door.perform("artifact.create", {"kind": "paper", "content": {"title": "P"}}, ADA).id
    with pytest.raises(Invalid):
        scidex.door.perform("artifact.merge", {"ref": make(scidex), "into": paper}, ADA)


def test_a_program_may_add_but_not_merge_retract_or_remove(scidex: Installation) -> None:
    one, two, robot = make(scidex, "One"), make(scidex, "Two"), ActorId("software:robot")
    scidex.door.perform("artifact.revise", {"ref": one, "content": {"title": "B"}}, robot)
    for verb, more in {"merge": {"into": two}, "retract": {"reason": "r"}, "tombstone": {"reason": "r"}}.items():
        with pytest.raises(Forbidden):
            scidex.door.perform(f"artifact.{verb}", {"ref": one, **more}, robot)


def test_the_notice_of_the_past_names_what_superseded_it_then(scidex: Installation) -> None:
    old, first, second = make(scidex, "Old"), make(scidex, "First"), make(scidex, "Second")
    perform = scidex.door.perform
    perform("artifact.supersede", {"ref": old, "by": first}, ADA)
    with scidex.storage.read() as connection:
        at = queries.notices(connection, queries.find(connection, old)[0]).at  # type: ignore[union-attr]
    perform("artifact.reinstate", {"ref": old}, ADA)
    perform("artifact.supersede", {"ref": old, "by": second}, ADA)
    with scidex.storage.read() as connection:
        head = queries.find(connection, old)[0]
        then, now = queries.notices(connection, head, as_of=at), queries.notices(connection, head)
    assert then is not None
    assert now is not None
    assert then.target is not None
    assert now.target is not None
    assert (then.target.id, now.target.id) == (first, second)


def test_the_notice_of_the_past_gives_the_title_of_then(scidex: Installation) -> None:
    double, target = make(scidex, "Double"), make(scidex, "Called this")
    scidex.door.perform("artifact.merge", {"ref": double, "into": target}, ADA)
    with scidex.storage.read() as connection:
        head = queries.find(connection, double)[0]
        at = queries.notices(connection, head).at  # type: ignore[union-attr]
    scidex.door.perform("artifact.revise", {"ref": target, "content": {"title": "Called that"}}, ADA)
    with scidex.storage.read() as connection:
        then, now = queries.notices(connection, head, as_of=at), queries.notices(connection, head)
    assert then is not None
    assert now is not None
    assert [notice.target and notice.target.title for notice in (then, now)] == ["Called this", "Called that"]


def test_links_of_the_past_lead_where_they_led_then(scidex: Installation) -> None:
    target = make(scidex, "Target", "/entities/t")
    source = make(scidex, "Source", content={"body": "[t](/entities/t), [later](/entities/later)"})
    before = view(scidex, source).version.recorded_at + timedelta(microseconds=1)
    other = make(scidex, "Other", "/entities/later")
    scidex.door.perform("artifact.merge", {"ref": target, "into": other}, ADA)
    with scidex.storage.read() as connection:
        head = queries.find(connection, source)[0]
        then = {
            link.key: link.target and link.target.title
            for link in queries.links_from(connection, head, as_of=before)[0]
        }
        now = {link.key: link.target and link.target.title for link in queries.links_from(connection, head)[0]}
    assert then == {"entities-t": "Target", "entities-later": None}
    assert now == {"entities-t": "Other", "entities-later": "Other"}


def test_a_page_wanted_only_by_what_was_removed_is_not_wanted(scidex: Installation) -> None:
    ref = make(scidex, "A", content={"body": "[x](/entities/never)"})
    with scidex.storage.read() as connection:
        assert [page.key for page in queries.wanted(connection)[0]] == ["entities-never"]
    scidex.door.perform("artifact.tombstone", {"ref": ref, "reason": "r"}, ADA)
    with scidex.storage.read() as connection:
        assert queries.wanted(connection) == ((), 0)
        assert queries.wanted_by(connection, "entities-never") == ()


@pytest.mark.parametrize("cursor", ["x", "0001-01-01T00:00:00+14:00_sx", "_", "2026-05-13T00:00:00Z_a\0b"])
def test_a_place_in_the_list_that_never_was_is_refused_or_empty(scidex: Installation, cursor: str) -> None:
    make(scidex)
    try:
        with scidex.storage.read() as connection:
            assert queries.browse(connection, cursor=cursor).items == ()
    except Invalid as refused:
        assert refused.cure  # noqa: PT017
