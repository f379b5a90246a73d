"""Times: one text for each moment, the same after every round trip."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, insert, select

from scidex.kernel.clock import format_time, in_utc, parse_time
from scidex.kernel.errors import Conflict, Defect, Forbidden, Invalid, NotFound, Refused, ScidexError
from scidex.kernel.storage.engine import Storage
from scidex.kernel.storage.types import UtcTime

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES)
EDGES = [
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(500, 2, 28, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 5, 13, 9, 30, tzinfo=timezone(timedelta(hours=-8))),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
]


@given(MOMENTS)
def test_a_moment_written_and_read_is_the_same_moment(moment: datetime) -> None:
    text = format_time(moment)
    assert parse_time(text) == moment
    assert len(text) == 27


@given(MOMENTS, MOMENTS)
def test_the_order_of_texts_is_the_order_of_moments(one: datetime, other: datetime) -> None:
    assert (format_time(one) < format_time(other)) == (one < other)


@given(st.dates())
def test_a_bare_date_means_the_end_of_that_day(date: object) -> None:
    moment = parse_time(str(date))
    assert str(moment.date()) == str(date)
    assert (moment.hour, moment.minute, moment.second, moment.microsecond) == (23, 59, 59, 999999)


@given(
    st.text(max_size=40) | st.from_regex(r"\A[0-9]{1,5}-?[0-9W]{1,3}-?[0-9]{1,2}[T ]?[0-9:.]{0,12}[Zz+-]?[0-9:]{0,5}\Z")
)
def test_any_text_is_a_moment_in_utc_or_refused_with_a_cure(text: str) -> None:
    try:
        assert parse_time(text).tzinfo is UTC
    except Invalid as refused:
        assert refused.cure  # noqa: PT017


def test_a_moment_without_a_zone_is_in_utc_wherever_the_machine_stands() -> None:
    assert in_utc(datetime(2026, 5, 13, 9)) == datetime(2026, 5, 13, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_outside_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="calendar"):
        parse_time(text)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_both_databases_give_a_moment_back_as_it_was(
    engine: str, make_database: Callable[[str], str], tmp_path: object
) -> None:
    address = (
        make_database(engine).replace("postgresql:", "postgresql+psycopg:") or f"sqlite:///{tmp_path}/times.sqlite"
    )
    storage = Storage(address)
    times = Table("times", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcTime))
    with storage.write() as connection:
        times.create(connection)
        connection.execute(insert(times), [{"id": number, "at": edge} for number, edge in enumerate(EDGES)])
        connection.execute(insert(times), [{"id": -1, "at": None}])
        connection.commit()
    with storage.read() as connection:
        kept = connection.execute(select(times.c.at).order_by(times.c.id)).scalars().all()
        by_time = (
            connection.execute(select(times.c.id).where(times.c.at.is_not(None)).order_by(times.c.at)).scalars().all()
        )
    storage.dispose()
    assert kept == [None, *EDGES]
    assert all(moment.tzinfo is UTC for moment in kept if moment)
    assert by_time == list(range(len(EDGES)))


@pytest.mark.parametrize("error", [Invalid, NotFound, Conflict, Forbidden, Refused, Defect])
def test_an_error_says_what_is_wrong_and_what_to_do(error: type[ScidexError]) -> None:
    assert str(error("It is wrong.", cure="Mend it.")) == "It is wrong. Mend it."
    assert str(error()), "an error without words speaks for its category"
    assert error.category not in ("", "error")
