"""A real browser signs in and out, and is not made to write by a page from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from api_support import make_token
from browser_support import chromium, elsewhere
from surface_support import serving

from scidex.kernel.settings import Settings
from scidex.main import open_installation

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def page():
    """A new page of Chromium."""
    with chromium() as running:
        yield running.new_page()


@pytest.fixture
def served(tmp_path) -> Iterator[tuple[str, str]]:
    """A site's address and a token for it."""
    installation = open_installation(Settings(data=tmp_path))
    secret = make_token(installation)
    installation.close()
    with serving(tmp_path) as base:
        yield base, secret


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
