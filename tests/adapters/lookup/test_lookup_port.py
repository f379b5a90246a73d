"""Several services are asked, and none speaks for another."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scidex.atlas.ports import FoundWork, Lookup, LookupStatus, Reason, Unavailable
from scidex.kernel.errors import Conflict, Invalid


def work(source: str, identifier: str) -> FoundWork:
    return FoundWork({"type": "document"}, (identifier,), (), (), "", source, "", "")


@dataclass
class Shelf:
    """An index in memory: knows some values, and refuses to speak after so many requests."""

    name: str
    known: set[str] = field(default_factory=set)
    schemes: frozenset[str] = frozenset({"pmid"})
    at_once: int = 3
    patience: int = 10**6
    reason: Reason = Reason.BUSY
    odd: set[str] = field(default_factory=set)
    requests: list[tuple[str, ...]] = field(default_factory=list)

    def look_up(self, scheme, value):
        return self.look_up_many(scheme, [value])[value]

    def look_up_many(self, scheme, values):
        self.requests.append(tuple(values))
        if len(self.requests) > self.patience:
            raise Unavailable(self.name, self.reason, "busy")
        if self.odd & set(values):
            raise Unavailable(self.name, Reason.UNFIT, "odd")
        return {value: work(self.name, f"{scheme}:{value}") if value in self.known else None for value in values}

    def search(self, *, title, author, year, limit):
        self.requests.append((title,))
        if len(self.requests) > self.patience:
            raise Unavailable(self.name, self.reason, "busy")
        return tuple(work(self.name, f"pmid:{value}") for value in sorted(self.known))[:limit]


def test_each_service_answers_for_itself() -> None:
    lookup = Lookup(
        [Shelf("a", {"1"}), Shelf("b"), Shelf("c", patience=0), Shelf("d", {"1"}, schemes=frozenset({"doi"}))]
    )
    result = lookup.look_up("pmid", "PMID: 1")
    assert [found.source for found in result.found] == ["a"]
    assert result.without == ("b",)
    assert [(each.service, each.reason) for each in result.silent] == [("c", Reason.BUSY)]


def test_a_scheme_nobody_knows_is_no_finding() -> None:
    assert Lookup([Shelf("a")]).look_up("doi", "10.5555/a").status is LookupStatus.NO_SERVICE


def test_what_is_no_identifier_is_not_asked() -> None:
    shelf = Shelf("a")
    with pytest.raises(Invalid):
        Lookup([shelf]).look_up("pmid", "0")
    assert shelf.requests == []


def test_a_service_that_does_not_answer_is_left_in_peace_for_the_rest() -> None:
    shelf, other = Shelf("a", patience=1), Shelf("b")
    results = Lookup([shelf, other]).look_up_many("pmid", [str(number) for number in range(1, 10)])
    assert len(shelf.requests) == 2
    assert [len(result.silent) for result in results.values()] == [0] * 3 + [1] * 6
    assert all("b" in result.without for result in results.values())


@given(
    values=st.lists(st.integers(1, 30).map(str), unique=True, max_size=20),
    known=st.sets(st.integers(1, 30).map(str)),
    odd=st.sets(st.integers(1, 30).map(str), max_size=4),
    at_once=st.integers(1, 7),
)
def test_an_odd_record_does_not_take_its_neighbours_with_it(values, known, odd, at_once) -> None:
    shelf = Shelf("a", known, odd=odd, at_once=at_once)
    results = Lookup([shelf]).look_up_many("pmid", values)
    assert list(results) == values
    for value, result in results.items():
        assert bool(result.silent) == (value in odd)
        assert bool(result.found) == (value in known - odd)
        assert bool(result.without) == (value not in known | odd)
    assert all(len(request) <= at_once for request in shelf.requests)


def test_a_search_keeps_what_the_others_found() -> None:
    result = Lookup([Shelf("a", {"1", "2", "3"}), Shelf("b", patience=0), Shelf("c")]).search(title="x", limit=2)
    assert [found.identifiers for found in result.found] == [("pmid:1",), ("pmid:2",)]
    assert [each.service for each in result.silent] == ["b"]
    assert result.without == ("c",)


def test_no_answer_is_a_conflict_and_nothing_that_says_not_found() -> None:
    fault = Unavailable("a", Reason.TIMEOUT, "a did not answer in time.")
    assert isinstance(fault, Conflict)
    assert fault.category == "conflict"
    assert "Try again" in str(fault)
