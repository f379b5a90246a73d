"""Requests that want to be more than they are: each is refused in the one shape, and nothing is written."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from api_support import Api, category, paper
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CREATE = "/api/v1/actions/artifact.create"


@pytest.mark.parametrize(
    "verb",
    [
        "..",
        "%2e%2e",
        "../actions/artifact.create",
        "artifact.create/",
        "artifact.create%00",
        "artifact.create%0d%0aX-Evil:%201",
        "artifact%2ecreate%2f",
        "ARTIFACT.CREATE",
        "%D0%B0rtifact.create",  # a Cyrillic a
        "artifact%EF%BC%8Ecreate",  # a full-width dot
        "artifact.create;v=1",
        "__class__",
        "artifact.create.json",
        "%20artifact.create",
        "x" * 50_000,
    ],
)
def test_a_verb_is_found_by_its_exact_name_only(lite, verb):
    answer = lite.post(f"/api/v1/actions/{verb}", paper("On mice"))
    assert answer.status in (307, 404)
    if answer.status == 404:
        category(answer)
        assert len(answer.body) < 2000
    assert "x-evil" not in answer.headers
    assert lite.titles() == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "post"])
@pytest.mark.parametrize("address", [CREATE, "/api/v1/import", "/sign-out"])
def test_only_post_writes(lite, address, method):
    answer = lite.send(
        method,
        address,
        json.dumps(paper("On mice")).encode(),
        headers={"authorization": f"Bearer {lite.secret}", "content-type": "application/json"},
    )
    assert answer.status == 405
    assert answer.headers["allow"] == "POST"
    assert lite.titles() == []


@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override", "x-http-method"])
def test_a_method_is_overridden_by_nothing(lite, header):
    headers = {header: "POST", "authorization": f"Bearer {lite.secret}", "content-type": "application/json"}
    assert lite.send("GET", CREATE, json.dumps(paper("On mice")).encode(), headers=headers).status == 405
    assert lite.post(f"{CREATE}?_method=GET", paper("On mice")).status == 400
    assert lite.post(CREATE, paper("On mice"), **{header.replace("-", "_"): "DELETE"}).status == 200
    assert lite.titles() == ["On mice"]


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json-patch+json",
        "text/json",
        "application/json, text/plain",
        "\xe9",
    ],
)
def test_a_command_comes_as_json_or_not_at_all(lite, content_type):
    answer = lite.post(CREATE, paper("On mice"), content_type=content_type)
    assert (answer.status, category(answer)) == (415, "unsupported")


def test_json_may_say_its_charset(lite):
    assert lite.post(CREATE, paper("On mice"), content_type="Application/JSON; charset=UTF-8").status == 200


def test_a_compressed_body_is_not_unpacked(lite):
    assert lite.post(CREATE, raw=b"\x1f\x8b", content_encoding="gzip").status == 415


def test_a_body_beyond_the_limit_is_refused_by_its_length_or_when_it_gets_there(lite):
    headers = {"authorization": f"Bearer {lite.secret}", "content-type": "application/json"}
    for more, pieces in (
        ({"content-length": "1000001"}, []),
        ({"content-length": "9" * 5000}, []),
        ({}, [b" " * 100_000] * 11),
    ):
        answer = lite.send("POST", CREATE, *pieces, headers=headers | more)
        assert (answer.status, category(answer)) == (413, "too-large")
    fits = json.dumps(paper("On mice")).encode().ljust(1_000_000)
    assert lite.send("POST", CREATE, fits[:500_000], fits[500_000:], headers=headers).status == 200


def test_strangers_are_turned_away_before_their_body_is_read(lite):
    coming = [b"x" * 900_000] * 200
    answer = lite.send("POST", "/api/v1/import?name=a.md", *coming, headers={"authorization": "Bearer no"})
    assert answer.status == 401


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"kind": "paper", "kind": "page"}',
        b'{"a": NaN}',
        b"[" * 900_000,
        b'{"content": ' + b'{"a":' * 500 + b"1" + b"}" * 501,
    ],
)
def test_json_that_is_none_is_refused_with_the_place(lite, raw):
    answer = lite.post(CREATE, raw=raw)
    assert (answer.status, category(answer)) == (400, "invalid")


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "é", "a\tb", "a,b\x7f"])
def test_an_idempotency_key_is_visible_ascii_within_bounds(lite, key):
    answer = lite.create("On mice", idempotency_key=key)
    assert (answer.status, category(answer)) == (400, "invalid")


def test_an_idempotency_key_given_twice_is_refused(lite):
    headers = [("authorization", f"Bearer {lite.secret}"), ("content-type", "application/json")]
    headers += [("idempotency-key", "a"), ("idempotency-key", "b")]
    assert lite.send("POST", CREATE, json.dumps(paper("A")).encode(), headers=headers).status == 400


@pytest.mark.parametrize(
    "query", ["dry_run=yes", "dry_run=1&dry_run=0", "dry_run=", "dryrun=1", "%00=1", "dry_run=%EF%BC%91"]
)
def test_a_parameter_that_is_not_understood_is_never_taken_for_no_dry_run(lite, query):
    answer = lite.post(f"{CREATE}?{query}", paper("On mice"))
    assert (answer.status, category(answer)) == (400, "invalid")
    assert lite.titles() == []


def test_no_header_of_a_request_comes_back_in_one_of_ours(lite):
    evil = "x\r\nSet-Cookie: a=1"
    for answer in (
        lite.create("On mice", idempotency_key=evil),
        lite.create("On mice", secret=evil),
        lite.reader.get("/api/v1/artifacts/x%0d%0aSet-Cookie:%20a=1"),
        lite.reader.get("/api/v1/artifacts/x?version=%0d%0aSet-Cookie:%20a=1"),
        lite.form("/sign-in", {"token": lite.secret, "next": f"/{evil}"}),
    ):
        for name, value in answer.headers.items():
            assert "\r" not in value, (name, value)
            assert "\n" not in value, (name, value)
        assert "a=1" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("reference", ["%2f%2fevil.example", "..", "https:%2f%2fevil.example", "%5cevil", "a b", "é"])
def test_reading_through_the_api_never_leads_off_the_site(lite, reference):
    answer = lite.reader.get(f"/api/v1/artifacts/{reference}")
    assert answer.status in (307, 404)
    if answer.status == 307:
        location = answer.headers["location"]
        assert location.startswith(("/artifact/", "http://testserver/"))


def test_reading_through_the_api_leads_to_the_artifacts_json(lite):
    made = lite.create("On mice").json()["id"]
    answer = lite.reader.get(f"/api/v1/artifacts/{made}?version=1")
    assert (answer.status, answer.headers["location"]) == (307, f"/artifact/{made}.json?version=1")
    assert lite.reader.get(answer.headers["location"]).json()["title"] == "On mice"
    assert lite.reader.get(f"/api/v1/artifacts/{made}?token={lite.secret}").status == 400


def test_a_session_cookie_is_no_way_into_the_api(lite):
    cookie = lite.sign_in()
    answer = lite.send(
        "POST",
        CREATE,
        json.dumps(paper("A")).encode(),
        headers={"cookie": cookie, "content-type": "application/json", "origin": "http://testserver"},
    )
    assert answer.status == 401
    assert lite.create("A", secret=cookie.partition("=")[2]).status == 401


def test_no_other_site_may_read_answers(lite):
    answer = lite.create("On mice", origin="https://evil.example")
    assert not any(name.startswith("access-control") for name in answer.headers)


def test_what_is_not_an_address_of_the_api_is_told_in_json(lite):
    answer = lite.reader.get("/api/v1/no-such-thing")
    assert (answer.status, category(answer)) == (404, "http")


def test_requests_with_one_key_at_once_have_one_effect(api: Api):
    gate = threading.Barrier(8)

    def post(_number: int) -> bytes:
        gate.wait()
        answer = api.create("On mice", idempotency_key="k")
        assert answer.status == 200
        return answer.body

    with ThreadPoolExecutor(8) as clients:
        assert len(set(clients.map(post, range(8)))) == 1
    assert api.titles() == ["On mice"]


HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([CREATE, "/api/v1/import?name=a.md", "/sign-in", "/sign-out", "/api/v1/actions/artifact.merge"]),
    st.binary(max_size=80),
    st.dictionaries(
        st.sampled_from(
            [
                "content-type",
                "idempotency-key",
                "origin",
                "sec-fetch-site",
                "cookie",
                "content-length",
                "accept",
                "content-encoding",
            ]
        ),
        HEADER,
    ),
    st.booleans(),
)
def test_whatever_is_sent_the_answer_is_one_of_ours(lite, address, raw, headers, known):
    if known:
        headers = {**headers, "authorization": f"Bearer {lite.secret}"}
    answer = lite.send("POST", address, raw, headers=headers)
    assert answer.status in {200, 303, 400, 401, 403, 404, 409, 413, 415, 422}, answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
