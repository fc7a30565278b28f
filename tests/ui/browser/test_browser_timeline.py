"""The timeline's page in a real browser: by keyboard, on a phone, under its policy, and from the conversation."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from assistant.assembly import Assistant

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
from test_browser import CHROMIUM, WATCH, browser, served  # noqa: F401 (a fixture is used by its name)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]


@pytest.fixture(scope="module")
def url(briefs: Assistant) -> Iterator[str]:
    with served(briefs) as url:
        yield url


@pytest.fixture(params=[390, 1280])
def page(request: pytest.FixtureRequest, browser: Any, url: str) -> Iterator[Any]:  # noqa: F811
    """The empty form, on a phone and on a desk; afterwards, nothing may have been blocked or asked of another host."""
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    context.add_init_script(WATCH)
    hosts: set[str] = set()
    context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page = context.new_page()
    page.goto(f"{url}/timeline")
    yield page
    assert hosts == {urlsplit(url).netloc}
    assert all(opened.evaluate("window.blocked") == [] for opened in context.pages)
    context.close()


def test_a_timeline_is_chosen_by_keyboard_and_each_point_and_row_opens_its_passage(page: Any) -> None:
    page.get_by_label("Country or organisation 1").focus()
    page.keyboard.type("Latvia")
    page.keyboard.press("Tab")
    page.keyboard.type("Azerbaijan")
    page.keyboard.press("Enter")
    page.wait_for_selector("table")
    sentences = page.locator("td a").all_inner_texts()
    assert page.locator(".point").count() == len(sentences) > 5
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

    point = page.locator(".point.signed").first
    told = point.locator("title").text_content()
    point.focus()
    assert point.evaluate("point => getComputedStyle(point.querySelector('circle')).strokeWidth") == "4px"
    page.keyboard.press("Enter")
    page.wait_for_selector("mark#passage")
    assert told.endswith(f"signed: {page.locator('mark#passage').text_content()}")

    page.go_back()
    page.locator("td a").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("mark#passage")
    assert page.locator("mark#passage").text_content() == sentences[1]


def test_what_the_page_shows_has_names_for_those_who_do_not_see_it(page: Any) -> None:
    page.goto(f"{page.url}?parties=Latvia,Azerbaijan")
    assert page.get_by_role("img", name="Commitments between Latvia and Azerbaijan: status against time").count() == 1
    assert page.get_by_role("table", name="Commitments between Latvia and Azerbaijan").count() == 1
    assert page.get_by_role("link", name="4 December 2025, signed: ").count() == 1
    assert page.get_by_role("rowheader").count() == page.locator("tbody tr").count()


def test_the_conversation_leads_to_the_timeline_and_stays_open(page: Any, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("#holdings strong")
    with page.context.expect_page() as opened:
        page.click("#timeline")
    opened.value.wait_for_selector("form")
    assert opened.value.url == f"{url}/timeline"
