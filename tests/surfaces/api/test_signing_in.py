"""Signing in to the pages: a cookie opens what its token opens, for forms of this site only, and for no longer."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from api_support import BASE, Api, category, make_token
from jinja2 import DictLoader, Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from scidex.kernel.installation import Installation
from scidex.surfaces.api.forms import form_key, form_page, handle_form
from scidex.surfaces.api.routes import writing
from scidex.surfaces.web.app import build
from scidex.surfaces.web.site import Site

NEW = "/papers/new"


@pytest.fixture
def with_form(scidex: Installation) -> Api:
    """A site with a form that makes a paper, as a page of the web would have it."""
    return formed(Api(scidex))


def formed(api: Api) -> Api:
    async def make(site: Site, request: Request) -> Response:
        return await handle_form(
            site,
            request,
            "artifact.create",
            lambda form: {"kind": "paper", "content": {"title": form["title"]}, "note": form.get("note", "")},
            lambda result: f"/artifact/{result.id}",
        )

    app = build(api.installation)
    app.routes.insert(0, writing(Site(api.installation), NEW, make))
    api.app = app
    return api


def test_a_form_is_done_in_the_name_of_who_is_signed_in(with_form):
    cookie = with_form.sign_in()
    answer = with_form.form(NEW, {"title": "On mice", "key": form_key()}, cookie=cookie)
    assert (answer.status, answer.headers["cache-control"]) == (303, "no-store")
    page = with_form.reader.get(answer.headers["location"] + ".json").json()
    assert page["title"] == "On mice"
    log = with_form.reader.get("/activities", {"accept": "application/json"}).json()
    assert (log[0]["action"], log[0]["actor"]) == ("artifact.create", "person:alice")


def test_a_form_sent_twice_has_one_effect_and_the_same_key_for_another_is_a_conflict(with_form):
    cookie, key = with_form.sign_in(), form_key()
    first = with_form.form(NEW, {"title": "On mice", "key": key}, cookie=cookie)
    again = with_form.form(NEW, {"title": "On mice", "key": key}, cookie=cookie)
    assert again.headers["location"] == first.headers["location"]
    other = with_form.form(NEW, {"title": "On men", "key": key}, cookie=cookie)
    assert other.status == 409
    assert with_form.titles() == ["On mice"]


def test_a_form_of_nobody_is_refused_and_told_where_to_sign_in(with_form):
    answer = with_form.form(NEW, {"title": "On mice"})
    assert answer.status == 401
    assert "/sign-in" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert with_form.titles() == []


def test_what_goes_wrong_with_a_form_is_a_page_with_message_and_cure(with_form):
    answer = with_form.form(NEW, {"title": ""}, cookie=with_form.sign_in(), accept="text/html")
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver:8001"},
        {"origin": "https://testserver"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "http://sub.testserver"},
        {"origin": "http://testserver@evil.example"},
        {"origin": "http://[testserver"},
        {"origin": "http://testserver:99999"},
        {"origin": ""},
        {"origin": "", "sec_fetch_site": "cross-site"},
        {"origin": "", "sec_fetch_site": "same-site"},
        {"origin": "", "sec_fetch_site": "none"},
        {"sec_fetch_site": "cross-site"},
        {"origin": "https://evil.example", "sec_fetch_site": "same-origin"},
        {"origin": "", "referer": "http://testserver/"},
    ],
)
@pytest.mark.parametrize("address", [NEW, "/sign-in", "/sign-out"])
def test_what_another_site_sends_does_nothing(lite, address, headers):
    api = formed(lite)
    cookie = api.sign_in()
    answer = api.form(
        address, {"title": "On mice", "token": api.secret}, cookie=cookie, accept="application/json", **headers
    )
    assert (answer.status, category(answer)) == (403, "forbidden")
    assert "set-cookie" not in answer.headers
    assert api.titles() == []
    assert api.form(NEW, {"title": "Still signed in"}, cookie=cookie).status == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"origin": "", "sec_fetch_site": "same-origin"},
        {"origin": "HTTP://TestServer:80"},
    ],
)
def test_what_a_page_of_this_site_sends_is_done(lite, headers):
    api = formed(lite)
    assert api.form(NEW, {"title": "On mice"}, cookie=api.sign_in(), **headers).status == 303


def test_two_origins_are_none(lite):
    api = formed(lite)
    headers = [("origin", BASE), ("origin", "https://evil.example"), ("cookie", api.sign_in())]
    headers.append(("content-type", "application/x-www-form-urlencoded"))
    assert api.send("POST", NEW, b"title=x", headers=headers).status == 403


def test_the_sites_own_address_is_the_one_it_was_told(site_at, lite):
    api = formed(lite)
    told = site_at(api.installation, "https://scidex.example.org")
    api.app = told.app
    fields = {"token": api.secret}
    assert api.form("/sign-in", fields).status == 403
    answer = api.form("/sign-in", fields, origin="https://scidex.example.org")
    assert answer.status == 303
    assert "Secure" in answer.headers["set-cookie"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(api):
    answer = api.form("/sign-in", {"token": f"  {api.secret}\n", "next": "/browse"})
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert re.fullmatch(r"scidex_session=session_[\w-]{43}", name)
    assert {each.lower() for each in attributes} >= {"httponly", "samesite=strict", "path=/", "max-age=43200"}
    assert "domain" not in answer.headers["set-cookie"].lower()
    assert "secure" not in [each.lower() for each in attributes]
    assert api.secret not in answer.headers["set-cookie"]
    assert (answer.headers["location"], answer.headers["cache-control"]) == ("/browse", "no-store")


def test_signing_out_ends_the_session_here_and_in_the_browser(with_form):
    cookie = with_form.sign_in()
    answer = with_form.form("/sign-out", {}, cookie=cookie)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert with_form.form(NEW, {"title": "A"}, cookie=cookie).status == 401
    assert with_form.create("The token still opens").status == 200


def test_revoking_the_token_ends_its_sessions_at_once(with_form):
    other = with_form.sign_in(make_token(with_form.installation, "person:bob"))
    cookie = with_form.sign_in()
    with_form.revoke(with_form.secret)
    assert with_form.form(NEW, {"title": "A"}, cookie=cookie).status == 401
    assert with_form.form(NEW, {"title": "B"}, cookie=other).status == 303


@pytest.mark.parametrize(("token_lasts", "session_lasts"), [(90 * 24, 12), (3, 3)])
def test_a_session_lasts_twelve_hours_and_no_longer_than_its_token(timed, clock, token_lasts, session_lasts):
    api = formed(timed)
    cookie = api.sign_in(make_token(api.installation, lasts=timedelta(hours=token_lasts)))
    clock.moment += timedelta(hours=session_lasts, seconds=-1)
    assert api.form(NEW, {"title": "A"}, cookie=cookie).status == 303
    clock.moment += timedelta(seconds=1)
    assert api.form(NEW, {"title": "B"}, cookie=cookie).status == 401


@pytest.mark.parametrize("token", ["", "x", "scidex_" + "A" * 43, "session_" + "A" * 43, "x" * 9000])
def test_a_token_that_opens_nothing_signs_nobody_in(lite, token):
    answer = lite.form("/sign-in", {"token": token})
    assert answer.status == 401
    assert "set-cookie" not in answer.headers
    assert token not in answer.text or not token or token == "x"


def test_a_session_begins_no_other_session_and_programs_have_none(lite):
    session = lite.sign_in().partition("=")[2]
    assert lite.form("/sign-in", {"token": session}).status == 401
    assert lite.form("/sign-in", {"token": make_token(lite.installation, "software:robot")}).status == 403


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/a\nb",
        "",
        "/" + "x" * 3000,
    ],
)
def test_signing_in_never_leads_off_the_site(lite, asked):
    assert lite.form("/sign-in", {"token": lite.secret, "next": asked}).headers["location"] == "/"


def test_the_page_says_how_to_make_the_first_token_on_this_machine_only(open_scidex):
    site = build(open_scidex())
    for host, told in (
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("scidex.example.org", False),
    ):
        page = Api.send(_Bare(site), "GET", "/sign-in", headers={"host": host})
        assert page.status == 200
        assert ("scidex token create --actor" in page.text) == told
        assert page.headers["cache-control"] == "no-store"


class _Bare:
    def __init__(self, app: object) -> None:
        self.app = app


def test_the_page_shows_who_is_signed_in_and_no_other_page_does(lite):
    cookie = lite.sign_in()
    page = lite.send("GET", "/sign-in?next=/browse", headers={"cookie": cookie})
    assert "person:alice" in page.text
    assert 'action="/sign-out"' in page.text
    assert lite.create("On mice", secret=make_token(lite.installation, "person:bob")).status == 200
    front = lite.send("GET", "/browse", headers={"cookie": cookie})
    assert front.body == lite.send("GET", "/browse").body
    assert "person:alice" not in front.text
    asked = '"><script>alert(1)</script>'
    assert "<script>alert" not in lite.send("GET", f"/sign-in?next=/{asked}").text


def test_a_page_with_a_form_is_kept_by_nobody_and_has_a_key_of_its_own(lite):
    site = Site(lite.installation)
    site.templates = Environment(loader=DictLoader({"any.html": "{{ actor }} {{ key }}"}), autoescape=True)

    async def page(site: Site, request: Request) -> Response:
        return await run_in_threadpool(form_page, site, request, "any.html")

    lite.app = build(lite.installation)
    lite.app.routes.insert(0, writing(site, "/form", page, methods=("GET",)))
    headers = {"cookie": lite.sign_in()}
    answers = [lite.send("GET", "/form", headers=headers) for _ in range(2)]
    assert [answer.headers["cache-control"] for answer in answers] == ["no-store"] * 2
    (first, key), (second, other) = (answer.text.split() for answer in answers)
    assert first == second == "person:alice"
    assert key != other


@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        (b"title=a&title=b", "application/x-www-form-urlencoded", 400),
        (b"title=%00", "application/x-www-form-urlencoded", 400),
        (b"title=%ff", "application/x-www-form-urlencoded", 400),
        (b"title=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"f%d=1" % number for number in range(300)), "application/x-www-form-urlencoded", 400),
        (b"title=" + b"x" * 1_000_000, "application/x-www-form-urlencoded", 413),
        (b'{"title": "x"}', "application/json", 415),
        (b"title=x", "text/plain", 415),
        (b"title=x&key=a+b", "application/x-www-form-urlencoded", 400),
    ],
)
def test_a_form_is_read_within_bounds(lite, raw, content_type, status):
    api = formed(lite)
    headers = {"origin": BASE, "cookie": api.sign_in(), "content-type": content_type}
    assert api.send("POST", NEW, raw, headers=headers).status == status
    assert api.titles() == []


def test_line_ends_of_a_form_become_plain_ones(with_form):
    fields = {"title": "A", "note": "one\r\ntwo"}
    location = with_form.form(NEW, fields, cookie=with_form.sign_in()).headers["location"]
    history = with_form.reader.get(f"{location}/history", {"accept": "application/json"}).text
    assert r"one\ntwo" in history
