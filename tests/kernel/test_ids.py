"""Identifiers: they never repeat, they sort by time, and nothing else passes for one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.kernel.errors import Invalid
from scidex.kernel.ids import ALPHABET, ActivityId, ActorId, ArtifactId, IdFactory

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1960, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))


@given(st.lists(MOMENTS, min_size=2, max_size=30))
def test_later_ids_sort_after_earlier_ones_wherever_the_clock_goes(moments: list[datetime]) -> None:
    factory = IdFactory()
    made = [factory.make(ArtifactId, moment) for moment in moments]
    assert made == sorted(set(made))
    assert all(ArtifactId.parse(id_) == id_ for id_ in made)


def test_ids_made_by_eight_threads_at_once_strictly_increase_in_each_and_never_repeat() -> None:
    factory = IdFactory()
    made: list[list[str]] = [[] for _ in range(8)]
    start = threading.Barrier(8)

    def work(mine: list[str]) -> None:
        start.wait()
        # The clock goes back all the time.
        mine.extend(factory.make(ArtifactId, NOON - timedelta(seconds=turn)) for turn in range(500))

    threads = [threading.Thread(target=work, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(mine == sorted(set(mine)) for mine in made)
    assert len({id_ for mine in made for id_ in mine}) == 8 * 500


def test_an_id_of_a_later_millisecond_sorts_after_one_of_another_process() -> None:
    first = IdFactory().make(ArtifactId, NOON)
    assert all(IdFactory().make(ArtifactId, NOON + timedelta(milliseconds=1)) > first for _ in range(50))


@given(st.text(max_size=30) | st.text(ALPHABET, min_size=17, max_size=19).map("sx-{}".format))
def test_only_the_exact_form_is_an_id(text: str) -> None:
    right = text.startswith("sx-") and len(text) == 21 and set(text[3:]) <= set(ALPHABET)
    assert ArtifactId.matches(text) == right
    if not right:
        with pytest.raises(Invalid) as refused:
            ArtifactId.parse(text)
        assert refused.value.cure


@pytest.mark.parametrize(
    "text", ["sx-06f4v1zr2k8m3q5t7w\n", " sx-06f4v1zr2k8m3q5t7w", "SX-06f4v1zr2k8m3q5t7w", "", "sx-"]
)
def test_near_misses_are_not_ids(text: str) -> None:
    assert not ArtifactId.matches(text)


def test_an_activity_is_not_an_artifact() -> None:
    assert not ArtifactId.matches(IdFactory().make(ActivityId, NOON))


@given(
    st.sampled_from(["person", "software", "organization"]),
    st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}\Z"),
)
def test_an_actor_is_read_back_as_its_type_and_name(kind: str, name: str) -> None:
    actor = ActorId.parse(f"{kind}:{name}")
    assert (actor.type, actor.name) == (kind, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "person",
        "person:",
        "robot:x",
        "person:-x",
        "person:a b",
        "person:é",
        "Person:x",
        "person:a\n",
        "person:" + "a" * 101,
    ],
)
def test_what_does_not_name_an_actor_is_refused_with_a_cure(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        ActorId.parse(text)
    assert refused.value.cure
