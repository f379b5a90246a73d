"""The search box in a real browser: suggestions by keyboard and by pointer, told to a screen reader, and never in the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from browser_support import chromium
from surface_support import filled, serving

from scidex.kernel.settings import Settings
from scidex.main import open_installation

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("served")
    installation = open_installation(Settings(data=data))
    library = filled(installation)
    library.do("artifact.create", kind="page", content={"title": "<b>Mesentery</b> 🧬 mesenteric", "body": "Text."})
    installation.close()
    with serving(data) as address:
        yield address


@contextmanager
def opened(browser, address: str, **options):
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(address)
    try:
        yield page
    finally:
        context.close()


def typed(page, text: str, box: str = "#find"):
    page.locator(box).press_sequentially(text)
    page.locator(f"{box}-suggestions [role=option]").first.wait_for()
    return page.locator(f"{box}-suggestions [role=option]")


def test_suggestions_are_chosen_with_the_keyboard(browser, base):
    with opened(browser, base) as page:
        options = typed(page, "mesench")
        box = page.locator("#find")
        assert box.get_attribute("role") == "combobox"
        assert box.get_attribute("aria-expanded") == "true"
        assert box.get_attribute("aria-activedescendant") is None
        box.press("ArrowDown")
        box.press("ArrowDown")
        box.press("ArrowUp")
        assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
        assert options.first.get_attribute("aria-selected") == "true"
        title = options.first.locator("span").first.inner_text()
        box.press("Enter")
        page.wait_for_url("**/artifact/*")
        assert page.locator("h1").inner_text() == title


def test_escape_closes_and_keeps_what_was_typed(browser, base):
    with opened(browser, base) as page:
        typed(page, "mesench")
        box = page.locator("#find")
        box.press("Escape")
        assert page.locator("#find-suggestions").is_hidden()
        assert box.get_attribute("aria-expanded") == "false"
        assert box.input_value() == "mesench"


def test_enter_without_a_choice_searches(browser, base):
    with opened(browser, base) as page:
        typed(page, "mesenchymal")
        page.locator("#find").press("Enter")
        page.wait_for_url("**/search?q=mesenchymal")
        assert page.locator(".hits li").count() > 1


def test_a_suggestion_is_chosen_with_the_pointer(browser, base):
    with opened(browser, base + "/search") as page:
        typed(page, "exosome th", "#q").first.click()
        page.wait_for_url("**/artifact/*")
        assert "Exosome Therapy" in page.locator("h1").inner_text()


def test_a_title_is_shown_as_text_and_marked_where_it_matches(browser, base):
    with opened(browser, base) as page:
        options = typed(page, "mesent")
        assert options.first.locator("span").first.inner_text() == "<b>Mesentery</b> 🧬 mesenteric"
        assert options.first.locator("mark").all_inner_texts() == ["Mesentery", "mesenteric"]
        assert options.first.locator("b").count() == 0


def test_without_javascript_the_box_searches(browser, base):
    with opened(browser, base, java_script_enabled=False) as page:
        page.fill("#find", "exosome")
        page.press("#find", "Enter")
        assert "/search?q=exosome" in page.url
        assert page.locator(".facets a").count() > 0


def test_on_a_phone_the_suggestions_fit(browser, base):
    with opened(browser, base, viewport={"width": 390, "height": 844}) as page:
        typed(page, "mesench")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        for found in page.locator("#find-suggestions").all():
            place = found.bounding_box()
            assert place["x"] >= 0
            assert place["x"] + place["width"] <= 391


def test_open_suggestions_are_no_barrier(browser, base):
    from axe_playwright_python.sync_playwright import Axe

    with opened(browser, base) as page:
        typed(page, "mesench")
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
