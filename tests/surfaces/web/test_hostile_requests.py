"""Requests no browser sends: whatever stands in an address or a header, the site answers and gives nothing away."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing
from urllib.parse import quote, urlsplit

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from surface_support import SEED, filled, serving

from scidex.kernel.settings import Settings
from scidex.main import open_installation

PATHS = [
    "/{}",
    "/artifact/{}",
    "/artifact/{}.json",
    "/artifact/{}/history",
    "/artifact/{}/diff",
    "/artifact/{}/provenance",
    "/artifact/{}/report",
    "/artifact/{}/source",
    "/artifact/{}/source/raw",
    "/artifact/{}/v1",
    "/artifact/SEED/provenance.{}",
    "/artifact/SEED/v{}",
    "/artifact/SEED{}",
    "/activity/{}",
    "/agent/{}",
    "/static/{}/style.css",
    "/static/0/{}",
    "/wiki/{}",
    "/diseases/{}",
    "/hypothesis/{}",
    "/analysis/{}",
    "/artifact/SEED?version={}",
    "/artifact/SEED?as_of={}",
    "/artifact/SEED?embed={}",
    "/artifact/SEED?redirect={}",
    "/artifact/SEED?{}",
    "/artifact/SEED/history?before={}",
    "/artifact/SEED/diff?old={}&new=1",
    "/artifact/SEED/provenance?version={}",
    "/artifact/SEED/provenance.json?version={}",
    "/artifact/SEED/source?line={}",
    "/browse?kind={}",
    "/browse?type={}",
    "/browse?title={}",
    "/browse?cursor={}",
    "/browse?cursor=2026-01-01_{}",
    "/browse?cursor={}_sx-000000000000000000",
    "/search?q={}",
    "/search?q=a&offset={}",
    "/search?q=a&mode={}",
    "/search/suggest?q={}",
    "/records?type={}",
    "/records?subject={}",
    "/wanted?ref={}",
    "/wanted?from={}",
    "/activities?before={}",
    "/agent/person:local?before={}",
    "/oembed?url={}",
    "/oembed?url=http://testserver/artifact/{}",
    "/oembed?url=/artifact/SEED&format={}",
    "/oembed?url=/artifact/SEED&maxwidth={}",
    "/?{}",
]
# As they stand in the request line.
NASTY = [
    "%00",
    "a%00b",
    "%",
    "%zz",
    "%ff%fe",
    "%ED%A0%80",
    "%C0%AF",
    "%F0%9F%A7%AC",
    "..",
    "%2e%2e/%2e%2e/etc/passwd",
    "....//....//etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%5c..%5c",
    "//evil.example/x",
    "%0d%0aSet-Cookie:%20a=1",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
    "'%20OR%201=1--",
    "%27;DROP%20TABLE%20versions;--",
    "%25_%5c",
    "{{7*7}}",
    "%7B%7B7*7%7D%7D",
    "[",
    "]",
    "[::1",
    "#",
    "%23",
    "%3F",
    "?",
    ";",
    "+",
    "-",
    "*",
    "NaN",
    "1e9",
    "-1",
    "0",
    "007",
    "²",
    "٣",
    "999999999",
    "9999999999",
    "9" * 5000,
    "2026-05-13T00:00:00+25:00",
    "0000-01-01",
    "10000-01-01",
    "2026-W20",
    "20260513T0000",
    "2026-05-13T24:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "a" * 20_000,
    "/" * 2000,
    "%E2%80%AE" * 50,
    "é" * 300,
]
HOSTS = [
    "",
    "[",
    "]",
    "[::1",
    "a b",
    "evil.example/path",
    "evil.example?x",
    "evil.example#x",
    "user@evil.example",
    "evil.example:80:80",
    "evil.example:x",
    "evil.example:99999999",
    '"><script>alert(1)</script>',
    "evil.example\\@testserver",
    "é.example",
    "a" * 5000,
    "%00",
    "[fe80::1%25eth0]",
]


def test_nothing_in_an_address_makes_the_site_fall_over(library):
    unharmed = library.get(f"/artifact/{library.seed}").headers["etag"]
    for pattern in PATHS:
        for nasty in NASTY:
            address = pattern.replace("SEED", library.seed).replace("{}", nasty)
            answer = library.get(address)
            assert answer.status < 500 or "format=" in address, (answer.status, address[:200])
            assert "set-cookie" not in answer.headers, address
            assert "root:" not in answer.text, address
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert "<script>alert" not in answer.text, address
                assert "<img src=x" not in answer.text, address
            assert "content-security-policy" in answer.headers, address[:200]
            if location := answer.headers.get("location"):
                assert urlsplit(location).netloc in ("", "testserver"), (address, location)
    assert library.get(f"/artifact/{library.seed}").headers["etag"] == unharmed


def test_raw_bytes_in_the_request_line_are_no_error_of_ours(library):
    for raw in (b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"a\x80b", "é".encode("latin-1"), bytes(range(128, 256))):
        for pattern in PATHS:
            before, _, after = pattern.replace("SEED", library.seed).encode().partition(b"{}")
            answer = library.get(before + raw + after)
            assert answer.status < 500 or b"format=" in before, (answer.status, before, raw)


def test_a_hostile_host_header_gets_an_error_or_no_say(library):
    for host in HOSTS:
        for address in (
            "/",
            "/browse/",
            f"/artifact/{library.seed}",
            f"/artifact/{library.seed}.json",
            "/diseases/x",
            "/nothing",
        ):
            answer = library.client.get(address, {"host": host})
            assert answer.status < 500, (host, address)
            assert "<script>alert" not in answer.text
            assert answer.status != 200 or "evil.example" not in answer.text or host.startswith("evil.example:"), (
                host,
                address,
            )
    without = [name for name in HOSTS if library.client.get("/", {"host": name}).status == 200]
    assert without == [], without


def test_a_host_that_is_configured_wins_over_the_header(library, site_at):
    client = site_at(library.installation, "https://scidex.lab.example")
    for host in ("evil.example", "[", ""):
        answer = client.get(f"/artifact/{library.seed}", {"host": host})
        assert answer.status == 200, host
        assert "evil.example" not in answer.text + answer.headers["link"]


def test_odd_headers_do_no_harm(library):
    for name in (
        "accept",
        "accept-encoding",
        "if-none-match",
        "x-forwarded-host",
        "x-forwarded-proto",
        "range",
        "cookie",
    ):
        for value in (
            "",
            ",",
            ";",
            ";q=",
            "q=x",
            "application/json;q=nan",
            "*",
            "W/",
            '"',
            "\xff\xfe",
            "a" * 10_000,
            "," * 5000,
        ):
            answer = library.client.get(f"/artifact/{library.seed}", {name: value})
            assert answer.status in (200, 304), (name, value[:20])
            assert "x-forwarded" not in answer.text


SEGMENT = st.text(st.characters(codec="utf-8"), max_size=30).map(lambda text: quote(text, safe=""))
RAW = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)


@settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(PATHS),
    st.one_of(SEGMENT, RAW, st.sampled_from(NASTY)),
    st.lists(st.tuples(SEGMENT, SEGMENT), max_size=3),
    st.sampled_from(["text/html", "application/json", "*/*"]),
)
def test_random_addresses_are_answered(library, pattern, given_text, more, accept):
    address = pattern.replace("SEED", library.seed).replace("{}", given_text)
    address += ("&" if "?" in address else "?") + "&".join(f"{name}={value}" for name, value in more)
    answer = library.get(address, Accept=accept)
    assert answer.status < 500 or "format=" in address, (answer.status, address)
    if answer.status >= 400 and accept == "application/json" and "wanted_by" not in answer.text:
        assert set(answer.json()["error"]) == {"category", "message", "cure"}


def test_hostile_requests_over_a_real_socket_are_answered(tmp_path):
    installation = open_installation(Settings(data=tmp_path))
    seed = filled(installation).seed
    installation.close()
    with serving(tmp_path) as base:
        host, port = urlsplit(base).netloc.split(":")

        def status_of(request: bytes) -> int:
            with closing(socket.create_connection((host, int(port)), timeout=20)) as connection:
                connection.sendall(request)
                line = connection.makefile("rb").readline()
            return int(line.split()[1]) if line else 0

        plain = b"GET %s HTTP/1.1\r\nHost: testserver\r\nConnection: close\r\n\r\n"
        for target in (b"/?x=\xff", b"/wiki/\xff\xfe", b"/%00", b"/artifact/" + b"a" * 60_000, b"//evil.example/"):
            assert 200 <= status_of(plain % target) < 500, target[:40]
        for target in (b"*", b"http://evil.example/", b"evil"):
            assert status_of(plain % target) < 500, target
        for request in (
            b"GET / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.0\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n",
            b"\x00\x01\x02\r\n\r\n",
        ):
            assert status_of(request) < 500, request
        with closing(http.client.HTTPConnection(host, int(port), timeout=20)) as connection:
            connection.request("GET", f"/artifact/{seed}")
            got = connection.getresponse()
            body = got.read()
            connection.request("HEAD", f"/artifact/{seed}")
            head = connection.getresponse()
            assert head.read() == b""
            assert head.getheader("content-length") == got.getheader("content-length") == str(len(body))
            connection.request("GET", f"/artifact/{seed}/source/raw")
            assert connection.getresponse().read() == SEED.read_bytes()


def test_a_served_site_that_was_told_its_address_uses_it(tmp_path):
    address = "https://scidex.example"
    installation = open_installation(Settings(data=tmp_path))
    seed = filled(installation).seed
    installation.close()
    with serving(tmp_path, SCIDEX_BASE_URL=address + "/") as base:
        page = httpx.get(f"{base}/artifact/{seed}", timeout=20).text
    assert f"{address}/artifact/{seed}?embed=1" in page
    assert base not in page
