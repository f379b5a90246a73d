"""A real browser signs in and out, and is not made to write by a page from elsewhere."""

from __future__ import annotations

import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from api_support import make_token
from surface_support import serving

from scidex.kernel.settings import Settings
from scidex.main import open_installation

pytestmark = pytest.mark.xdist_group("browser")
CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
def page():
    """A new page of Chromium."""
    if shutil.which(CHROMIUM) is None:
        pytest.fail(f"The browser tests need Chromium at {CHROMIUM}: `apt-get install chromium`, or `make browser`.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield running.new_page()
        running.close()


@pytest.fixture
def served(tmp_path) -> Iterator[tuple[str, str]]:
    """A site's address and a token for it."""
    installation = open_installation(Settings(data=tmp_path))
    secret = make_token(installation)
    installation.close()
    with serving(tmp_path) as base:
        yield base, secret


@contextmanager
def elsewhere(html: str) -> Iterator[str]:
    """Another site: another port of this machine, which browsers take for the same site but not the same origin."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_words: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_browser_signs_in_and_out(page, served):
    from axe_playwright_python.sync_playwright import Axe

    base, secret = served
    page.goto(f"{base}/sign-in?next=/browse")
    assert Axe().run(page).violations_count == 0
    page.get_by_label("Access token").fill(secret)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{base}/browse")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (
        "scidex_session",
        True,
        "Strict",
        "/",
    )
    assert page.evaluate("document.cookie") == ""
    page.goto(f"{base}/sign-in")
    assert "person:alice" in page.locator("main").inner_text()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{base}/")
    assert page.context.cookies() == []
    page.goto(f"{base}/sign-in")
    assert page.get_by_label("Access token").is_visible()


def test_a_form_from_elsewhere_signs_nobody_out(page, served):
    base, secret = served
    page.goto(f"{base}/sign-in")
    page.get_by_label("Access token").fill(secret)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{base}/")
    with elsewhere(f'<form method="post" action="{base}/sign-out"><button>Win</button></form>') as evil:
        page.goto(evil)
        with page.expect_navigation() as went:
            page.get_by_role("button", name="Win").click()
        assert went.value.status == 403
    page.goto(f"{base}/sign-in")
    assert "person:alice" in page.locator("main").inner_text()
