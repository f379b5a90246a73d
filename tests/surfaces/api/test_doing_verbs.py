"""Verbs over HTTP: what the door does, told in status codes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from api_support import Api, category, make_token, paper
from sqlalchemy import select

from scidex.kernel.canonical import sha256
from scidex.kernel.tables import activities, answers, tokens


def everything(api: Api) -> str:
    """All that is kept of tokens, activities and answers, as text."""
    with api.installation.storage.read() as connection:
        return repr([connection.execute(select(table)).all() for table in (activities, answers, tokens)])


def test_a_verb_is_done_in_the_name_of_the_tokens_actor(api):
    made = api.create("On mice")
    assert made.status == 200
    assert made.headers["cache-control"] == "no-store"
    found = made.json()
    assert (found["title"], found["version"], found["state"]) == ("On mice", 1, "published")
    log = api.reader.get("/activities", {"accept": "application/json"}).json()
    assert (log[0]["action"], log[0]["actor"]) == ("artifact.create", "person:alice")


def test_a_dry_run_answers_and_writes_nothing(api):
    assert api.do("artifact.create", query="?dry_run=1", **paper("On mice")).json()["title"] == "On mice"
    assert api.titles() == []
    assert api.do("artifact.create", query="?dry_run=0", **paper("On mice")).status == 200
    assert api.titles() == ["On mice"]


def test_the_same_key_with_the_same_body_has_one_effect_and_one_answer(api):
    first = api.create("On mice", idempotency_key="k-1")
    assert api.create("On mice", idempotency_key="k-1").body == first.body
    assert api.titles() == ["On mice"]


def test_the_same_key_with_another_body_or_another_verb_is_a_conflict(api):
    assert api.create("On mice", idempotency_key="k-1").status == 200
    other = api.create("On men", idempotency_key="k-1")
    assert (other.status, category(other)) == (409, "conflict")
    retract = {"ref": "x", "reason": "y"}
    assert api.post("/api/v1/actions/artifact.retract", retract, idempotency_key="k-1").status == 409
    assert api.titles() == ["On mice"]


def test_two_actors_may_use_the_same_key(api):
    bob = make_token(api.installation, "person:bob")
    assert api.create("On mice", idempotency_key="k").status == 200
    assert api.create("On men", idempotency_key="k", secret=bob).status == 200


def test_what_goes_wrong_has_the_status_of_its_category(api):
    made = api.create("On mice").json()["id"]
    robot = make_token(api.installation, "software:robot")
    retract = {"ref": made, "reason": "wrong"}
    for answer, expected in [
        (api.do("artifact.retract", ref="sx-000000000000000000", reason="x"), (404, "not-found")),
        (api.do("artifact.create", kind="paper", content={"title": ""}), (400, "invalid")),
        (api.do("artifact.create", **paper("A"), surprise=1), (400, "invalid")),
        (api.do("artifact.create"), (400, "invalid")),
        (api.do("artifact.revise", ref=made, content={"title": "B"}, expected_version=7), (409, "conflict")),
        (api.do("artifact.retract", secret=robot, **retract), (403, "forbidden")),
    ]:
        assert (answer.status, category(answer)) == expected, answer.text
    assert api.titles() == ["On mice"]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YWxpY2U6c2VjcmV0",
        "Bearer scidex_" + "A" * 43,
        "Bearer session_" + "A" * 43,
        "Bearer ' OR 1=1 --",
        "Bearer \xe9\xff",
        "Bearer " + "A" * 200_000,
        "A" * 200_000,
    ],
)
def test_without_a_token_that_opens_something_nothing_is_done(api, authorization):
    headers = {"content-type": "application/json"} | (
        {"authorization": authorization} if authorization is not None else {}
    )
    answer = api.send("POST", "/api/v1/actions/artifact.create", b'{"kind": "paper"}', headers=headers)
    assert (answer.status, category(answer)) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_secret_that_looks_like_a_live_one_opens_nothing(api):
    confusable = api.secret[:7] + "\xaa" + api.secret[8:]  # a feminine ordinal, which folds to a
    for secret in (api.secret.upper(), api.secret[:-1], api.secret + "A", confusable, sha256(api.secret)):
        assert api.create("On mice", secret=secret).status == 401, secret


def test_two_authorization_headers_open_nothing(api):
    twice = [("authorization", f"Bearer {api.secret}")] * 2
    answer = api.send("POST", "/api/v1/actions/artifact.create", b"{}", headers=twice)
    assert answer.status == 401


@pytest.mark.parametrize("name", ["token", "access_token", "TOKEN", "key", "authorization"])
def test_a_token_in_an_address_is_refused_even_if_it_is_good(api, name):
    for path in ("/api/v1/actions/artifact.create", "/api/v1/import"):
        answer = api.send("POST", f"{path}?{name}={api.secret}", b"{}", headers={"content-type": "application/json"})
        assert (answer.status, category(answer)) == (400, "invalid")
        assert "revoke" in answer.json()["error"]["cure"].lower()
        assert api.secret not in answer.text
    assert api.create("On mice").status == 200
    assert api.post(f"/api/v1/actions/artifact.create?{name}={api.secret}", paper("On men")).status == 400


def test_a_revoked_token_opens_nothing_at_once(api):
    other = make_token(api.installation)
    assert api.create("On mice").status == 200
    api.revoke(api.secret)
    assert api.create("On men").status == 401
    assert api.create("On men", secret=other).status == 200


def test_an_expired_token_opens_nothing_from_that_moment_on(timed, clock):
    secret = make_token(timed.installation, lasts=timedelta(hours=1))
    clock.moment += timedelta(minutes=59, seconds=59)
    assert timed.create("On mice", secret=secret).status == 200
    clock.moment += timedelta(seconds=1)
    assert timed.create("On men", secret=secret).status == 401


def test_no_secret_is_kept_anywhere(api):
    cookie = api.sign_in()
    assert api.create("On mice", idempotency_key="k").status == 200
    kept = everything(api)
    assert sha256(api.secret) in kept
    assert api.secret not in kept
    assert cookie.partition("=")[2] not in kept


def test_making_and_revoking_tokens_is_no_verb_of_the_api(api):
    for verb in ("token.create", "token.revoke", "session.begin"):
        answer = api.do(verb, hash="0" * 64, actor="person:mallory")
        assert (answer.status, category(answer)) == (404, "not-found")


def test_importing_files_as_json_is_sent_to_the_address_for_it(api):
    answer = api.do("import.store", files=[{"name": "a.md", "data": "x"}])
    assert answer.status == 404
    assert "/api/v1/import" in answer.json()["error"]["cure"]
