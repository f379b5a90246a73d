"""How services are asked: etiquette, retries, bounds, redirects and the cache. Only the network is replaced."""

from __future__ import annotations

import gzip
import json
import logging
import sqlite3

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import Time, World, pieces_for_ever, recorded, reply, says

from scidex.adapters.lookup.client import ATTEMPTS
from scidex.adapters.lookup.pace import Allowance, Pace
from scidex.adapters.lookup.response import LARGEST_BODY
from scidex.atlas.ports import LookupStatus, Reason
from scidex.kernel.errors import Invalid

DOI = "10.5555/lantern.2019.07"
WORK = says(recorded("crossref-work.json"))


def only_silence(result):
    assert result.status is LookupStatus.ASKED
    assert (result.found, result.without) == ((), ())
    (silence,) = result.silent
    return silence


def test_a_found_record_says_where_and_when_it_was_found(world: World) -> None:
    lookup, services = world.lookup("crossref", WORK)
    (found,) = lookup.look_up("doi", "https://doi.org/10.5555/LANTERN.2019.07").found
    assert (found.source, found.address) == ("crossref", f"https://doi.org/{DOI}")
    assert found.retrieved_at == "2026-05-01T00:00:00.000000Z"
    assert services.addresses == ["https://api.crossref.org/works/10.5555%2Flantern.2019.07"]


def test_the_service_learns_who_asks(world: World) -> None:
    lookup, services = world.lookup("crossref", WORK)
    lookup.look_up("doi", DOI)
    assert services.asked[0].headers["user-agent"] == "SciDEX/0.1 (mailto:ada@lab.example)"


def test_no_such_record_is_an_answer_and_no_fault(world: World) -> None:
    lookup, services = world.lookup("crossref", says(b"Resource not found.", 404))
    result = lookup.look_up("doi", DOI)
    assert (result.found, result.without, result.silent) == ((), ("crossref",), ())
    assert len(services.asked) == 1


def test_a_busy_service_is_asked_again_when_it_says_so(world: World) -> None:
    lookup, services = world.lookup("crossref", says(status=429, retry_after="7"), WORK)
    assert lookup.look_up("doi", DOI).found
    assert services.moments[1] - services.moments[0] >= 7


def test_retry_after_may_be_a_date(world: World) -> None:
    later = says(status=503, retry_after="Fri, 01 May 2026 00:00:30 GMT")
    lookup, services = world.lookup("crossref", later, WORK)
    assert lookup.look_up("doi", DOI).found
    assert 30 <= services.moments[1] - services.moments[0] <= 31


@pytest.mark.parametrize("asked", ["3600", "999999999999999999999", "Sat, 02 May 2026 00:00:00 GMT"])
def test_a_service_that_wants_peace_for_long_gets_it(world: World, asked: str) -> None:
    lookup, services = world.lookup("crossref", says(status=429, retry_after=asked))
    assert only_silence(lookup.look_up("doi", DOI)).reason is Reason.BUSY
    assert (len(services.asked), world.time.slept) == (1, [])


@pytest.mark.parametrize("nonsense", ["", "soon", "-5", "٣", "Fri, 99 Foo"])
def test_nonsense_in_retry_after_is_no_wait_of_its_own(world: World, nonsense: str) -> None:
    lookup, _ = world.lookup("crossref", says(status=429, retry_after=nonsense.encode()), WORK)
    assert lookup.look_up("doi", DOI).found
    assert sum(world.time.slept) < 10


def test_a_failing_service_is_left_alone_after_some_tries_with_growing_pauses(world: World) -> None:
    lookup, services = world.lookup("crossref", says(b"oops", 500))
    assert only_silence(lookup.look_up("doi", DOI)).reason is Reason.FAILED
    assert len(services.asked) == ATTEMPTS
    pauses = [later - earlier for earlier, later in zip(services.moments, services.moments[1:], strict=False)]
    assert 1 <= pauses[0] <= 2.5
    assert 2 <= pauses[1] <= 3.5
    assert 4 <= pauses[2] <= 5.5


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (httpx.ReadTimeout("slow"), Reason.TIMEOUT),
        (httpx.ConnectTimeout("slow"), Reason.TIMEOUT),
        (httpx.ConnectError("no route"), Reason.UNREACHABLE),
        (httpx.RemoteProtocolError("peer closed connection"), Reason.UNREACHABLE),
    ],
)
def test_a_fault_of_the_network_is_tried_again_and_never_a_missing_record(
    world: World, fault: Exception, reason: Reason
) -> None:
    lookup, services = world.lookup("crossref", fault)
    assert only_silence(lookup.look_up("doi", DOI)).reason is reason
    assert len(services.asked) == ATTEMPTS
    lookup, services = world.lookup("crossref", fault, WORK)
    assert lookup.look_up("doi", DOI).found


def test_an_answer_that_trickles_is_given_up(world: World) -> None:
    def trickle(_request):
        def pieces():
            for _ in range(100):
                world.time.seconds += 10
                yield b" "

        return httpx.Response(200, content=pieces())

    lookup, _ = world.lookup("crossref", trickle)
    assert only_silence(lookup.look_up("doi", DOI)).reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>Maintenance</title>",
        recorded("crossref-work.json")[:500],
        b"",
        b"[]",
        b"null",
        b'{"status":"ok"}',
        b'{"message":[1]}',
        b"[" * 100_000,
        b'{"message":' + b"\xff\xfe}",
    ],
    ids=["html", "truncated", "empty", "list", "null", "no message", "odd message", "deep", "no utf-8"],
)
def test_what_is_no_answer_of_the_documented_form_is_not_taken_nor_kept(world: World, body: bytes) -> None:
    lookup, _ = world.lookup("crossref", says(body, content_type="text/html"), WORK)
    assert only_silence(lookup.look_up("doi", DOI)).reason is Reason.UNREADABLE
    assert lookup.look_up("doi", DOI).found


def test_an_endless_answer_is_cut_off(world: World) -> None:
    def endless(_request):
        return httpx.Response(200, content=pieces_for_ever(b" " * 65536))

    lookup, services = world.lookup("crossref", endless)
    assert only_silence(lookup.look_up("doi", DOI)).reason is Reason.TOO_LARGE
    assert len(services.asked) == 1


def test_a_packed_answer_is_unpacked_within_the_bound(world: World) -> None:
    packed = says(gzip.compress(recorded("crossref-work.json")), content_encoding="gzip")
    lookup, _ = world.lookup("crossref", packed)
    assert lookup.look_up("doi", DOI).found
    bomb = gzip.compress(b" " * (LARGEST_BODY * 3))
    assert len(bomb) < 100_000
    lookup, _ = world.lookup(
        "crossref", lambda _: httpx.Response(200, headers={"content-encoding": "gzip"}, content=iter([bomb]))
    )
    assert only_silence(lookup.look_up("doi", "10.5555/bomb")).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "zstd"])
def test_an_answer_packed_as_nobody_asked_is_not_unpacked(world: World, encoding: str) -> None:
    lookup, _ = world.lookup("crossref", says(recorded("crossref-work.json"), content_encoding=encoding))
    assert only_silence(lookup.look_up("doi", DOI)).reason is Reason.UNREADABLE


def test_broken_packing_is_a_broken_connection(world: World) -> None:
    lookup, services = world.lookup("crossref", says(b"no gzip", content_encoding="gzip"), WORK)
    assert lookup.look_up("doi", DOI).found
    assert len(services.asked) == 2


def test_a_transport_may_have_read_the_body_itself(world: World) -> None:
    lookup, _ = world.lookup("crossref", lambda _: httpx.Response(200, content=recorded("crossref-work.json")))
    assert lookup.look_up("doi", DOI).found


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/works/1",
        "http://api.crossref.org/works/1",
        "//evil.example/",
        "https://api.crossref.org:8443/",
        "https://user:pass@api.crossref.org/",
        "https://api.crossref.org.evil.example/",
        "https://169.254.169.254/latest/",
        "file:///etc/passwd",
        "https://[",
    ],
)
def test_nobody_else_is_asked_because_a_service_says_so(world: World, location: str) -> None:
    lookup, services = world.lookup("crossref", says(status=302, location=location), WORK)
    assert only_silence(lookup.look_up("doi", DOI)).reason is Reason.REDIRECTED
    assert len(services.asked) == 1


def test_a_service_may_lead_to_another_address_of_its_own(world: World) -> None:
    lookup, services = world.lookup("crossref", says(status=301, location="/v1/works/x"), WORK)
    assert lookup.look_up("doi", DOI).found
    assert services.addresses[1] == "https://api.crossref.org/v1/works/x"


def test_a_service_that_leads_in_circles_is_left(world: World) -> None:
    lookup, services = world.lookup("crossref", says(status=302, location="/works/again"))
    assert only_silence(lookup.look_up("doi", DOI)).reason is Reason.REDIRECTED
    assert len(services.asked) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 418])
def test_a_refusal_is_final_and_says_nothing_about_the_record(world: World, status: int) -> None:
    lookup, services = world.lookup("crossref", says(b"no", status))
    assert only_silence(lookup.look_up("doi", DOI)).reason is Reason.REFUSED
    assert len(services.asked) == 1


def test_an_answer_about_another_work_is_reported_and_not_taken(world: World) -> None:
    lookup, _ = world.lookup("crossref", WORK)
    silence = only_silence(lookup.look_up("doi", "10.5555/other"))
    assert silence.reason is Reason.OTHER_RECORD
    assert "10.5555/other" in silence.message
    assert DOI in silence.message


def test_the_same_question_is_asked_once_in_a_month_whoever_asks(world: World) -> None:
    lookup, services = world.lookup("crossref", WORK)
    first = lookup.look_up("doi", DOI)
    world.time.seconds += 29 * 86400
    other, others = world.lookup("crossref", WORK)
    assert other.look_up("doi", DOI) == first
    assert (len(services.asked), len(others.asked)) == (1, 0)
    world.time.seconds += 2 * 86400
    (again,) = other.look_up("doi", DOI).found
    assert len(others.asked) == 1
    assert again.retrieved_at > first.found[0].retrieved_at


def test_that_there_is_no_record_is_believed_for_a_day(world: World) -> None:
    lookup, services = world.lookup("crossref", says(status=404), WORK)
    assert lookup.look_up("doi", DOI).without
    assert lookup.look_up("doi", DOI).without
    assert len(services.asked) == 1
    world.time.seconds += 86401
    assert lookup.look_up("doi", DOI).found


def test_an_answer_about_many_that_lacks_one_is_kept_for_a_day(world: World) -> None:
    lookup, services = world.lookup("crossref", says(recorded("crossref-list.json")))
    lookup.look_up_many("doi", ["10.5555/a", "10.5555/b", "10.5555/missing"])
    lookup.look_up_many("doi", ["10.5555/a", "10.5555/b", "10.5555/missing"])
    assert len(services.asked) == 1
    world.time.seconds += 86401
    lookup.look_up_many("doi", ["10.5555/a", "10.5555/b", "10.5555/missing"])
    assert len(services.asked) == 2


def test_faults_are_not_kept(world: World) -> None:
    lookup, _ = world.lookup("crossref", *[says(status=500)] * ATTEMPTS, WORK)
    assert lookup.look_up("doi", DOI).silent
    assert lookup.look_up("doi", DOI).found


@pytest.mark.parametrize("content", [b"this is no database", b"", None])
def test_a_broken_cache_does_not_stand_in_the_way(world: World, content: bytes | None) -> None:
    if content is None:
        (world.data / "lookup.sqlite").mkdir()
    else:
        (world.data / "lookup.sqlite").write_bytes(content)
    lookup, _ = world.lookup("crossref", WORK)
    assert lookup.look_up("doi", DOI).found


def test_a_kept_answer_that_cannot_be_read_is_asked_for_anew(world: World) -> None:
    lookup, services = world.lookup("crossref", WORK)
    lookup.look_up("doi", DOI)
    with sqlite3.connect(world.data / "lookup.sqlite") as database:
        database.execute("UPDATE answers SET body = ?", (b"damaged",))
    database.close()
    assert lookup.look_up("doi", DOI).found
    assert len(services.asked) == 2


def test_keys_and_addresses_stand_in_no_file_no_log_and_no_message(world: World, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    set_of_two = says(recorded("pubmed-set.xml"))
    lookup, services = world.lookup("pubmed", set_of_two, says(status=401), ncbi_key="SECRET99")
    assert lookup.look_up("pmid", "99000001").found
    silence = only_silence(lookup.look_up("pmid", "99000002"))
    assert "api_key=SECRET99" in services.addresses[0]
    kept = (world.data / "lookup.sqlite").read_bytes()
    for secret in ("SECRET99", "ada@lab.example", "ada%40"):
        assert secret.encode() not in kept
        assert secret not in caplog.text
        assert secret not in silence.message + silence.cure


def test_nothing_enabled_is_off_and_asks_nobody(world: World) -> None:
    lookup, services = world.lookup("", WORK)
    assert lookup.look_up("doi", DOI).status is LookupStatus.OFF
    assert lookup.look_up_many("doi", [DOI])[DOI].status is LookupStatus.OFF
    assert lookup.search(title="Lantern").status is LookupStatus.OFF
    assert services.asked == []
    assert not (world.data / "lookup.sqlite").exists()


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "ada",
        "ada@lab",
        "a b@lab.example",
        "ada@lab.example\r\nX: y",
        "ada)@lab.example",
        "@lab.example",
        "a" * 300 + "@lab.example",
    ],
)
def test_without_an_address_to_write_to_nothing_is_enabled(world: World, contact: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_with(world, contact=contact)
    assert "SCIDEX_CONTACT" in refusal.value.cure
    assert "SCIDEX_LOOKUP" in refusal.value.cure


def test_an_unknown_service_is_named_with_those_that_are_known(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        open_with(world, enabled=frozenset({"scopus"}))
    assert "scopus" in refusal.value.message
    assert "crossref" in refusal.value.cure


def test_a_key_with_odd_characters_is_refused_before_it_is_sent(world: World) -> None:
    with pytest.raises(Invalid):
        open_with(world, ncbi_key="abc&db=protein")


def open_with(world: World, **changes):
    from scidex.adapters.lookup import open_lookup

    given = {"enabled": frozenset({"crossref"}), "contact": "ada@lab.example", "data": world.data, "version": "0.1"}
    return open_lookup(**{**given, **changes})


def test_a_service_is_never_asked_faster_than_it_allows(world: World) -> None:
    lookup, services = world.lookup("pubmed", says(recorded("pubmed-set.xml")))
    for number in range(1, 8):
        lookup.look_up("pmid", str(number))
    for start, moment in enumerate(services.moments):
        assert sum(moment <= other < moment + 1 for other in services.moments[start:]) <= 3


def test_with_a_key_pubmed_is_asked_up_to_ten_times_a_second(world: World) -> None:
    lookup, services = world.lookup("pubmed", says(recorded("pubmed-set.xml")), ncbi_key="k")
    for number in range(1, 12):
        lookup.look_up("pmid", str(number))
    assert 0.9 < services.moments[10] - services.moments[0] < 1.1


def test_what_crossref_states_in_its_headers_is_the_pace_from_then_on(world: World) -> None:
    slow = says(recorded("crossref-work.json"), x_rate_limit_limit="2", x_rate_limit_interval="10s")
    lookup, services = world.lookup("crossref", slow)
    for number in range(5):
        lookup.look_up("doi", f"10.5555/{number}")
    assert services.moments[4] - services.moments[1] >= 15


@given(
    requests=st.integers(1, 200),
    seconds=st.integers(1, 60),
    gaps=st.lists(st.floats(0, 5), min_size=1, max_size=60),
)
def test_in_any_window_no_more_pass_than_allowed(requests: int, seconds: int, gaps: list[float]) -> None:
    time = Time()
    pace = Pace(Allowance(requests, seconds), monotonic=time.monotonic, sleep=time.sleep)
    passed = []
    for gap in gaps:
        time.seconds += gap
        pace.wait("record")
        passed.append(time.seconds)
    for start, moment in enumerate(passed):
        within = [other for other in passed[start:] if other < moment + seconds - 0.01]
        assert len(within) <= requests


@given(
    limit=st.one_of(st.text(max_size=8), st.integers(-5, 10**7).map(str)),
    interval=st.one_of(st.text(max_size=8), st.integers(-5, 10**7).map(lambda each: f"{each}s")),
)
def test_no_header_can_stop_us_or_set_us_loose(limit: str, interval: str) -> None:
    time = Time()
    pace = Pace(Allowance(3), monotonic=time.monotonic, sleep=time.sleep)
    pace.heed("record", {"x-rate-limit-limit": limit, "x-rate-limit-interval": interval})
    pace.wait("record")
    pace.wait("record")
    assert time.seconds - 1000 <= 61


def test_lanes_do_not_hold_each_other_up() -> None:
    time = Time()
    pace = Pace(Allowance(1, 60), monotonic=time.monotonic, sleep=time.sleep)
    pace.wait("record")
    pace.wait("list")
    assert time.slept == []


def test_json_that_carries_anything_in_any_field_is_no_crash(world: World) -> None:
    odd = [None, True, 1.5, "x" * 10, [], {}, [[]], [{"a": 1}], {"date-parts": [["x"]]}]
    fields = json.loads(recorded("crossref-work.json"))["message"]
    for name in fields:
        for value in odd:
            body = json.dumps({"message": {**fields, name: value}}).encode()
            lookup, _ = world.lookup("crossref", lambda _, body=body: reply(body))
            (world.data / "lookup.sqlite").unlink(missing_ok=True)
            result = lookup.look_up("doi", DOI)
            assert result.found or result.silent
