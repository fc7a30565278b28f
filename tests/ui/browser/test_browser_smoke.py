"""Each page opens in a real browser without a complaint: the look that `make test` takes."""

from collections.abc import Iterator
from typing import Any

import pytest

from assistant.assembly import Assistant

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
from test_browser import CHROMIUM, FLAGSHIP, Visit, browser, served  # noqa: F401 (a fixture is used by its name)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.smoke,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]


@pytest.fixture(scope="module")
def url(briefs: Assistant) -> Iterator[str]:
    with served(briefs) as url:
        yield url


def test_a_question_is_answered_and_its_source_opens_at_the_sentence(browser: Any, url: str) -> None:  # noqa: F811
    visit = Visit(browser, url)
    answer = visit.ask(FLAGSHIP)
    assert "4 December 2025" in answer.inner_text()
    answer.locator(".marker").first.click()
    document = visit.open(visit.page.locator("#sources a[href*='/documents/']").first)
    assert "Latvia" in document.locator("article mark").first.inner_text()
    visit.check()
    visit.context.close()


def test_the_other_pages_open_without_a_complaint(browser: Any, url: str) -> None:  # noqa: F811
    context = browser.new_context()
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    for path in ("/documents", "/timeline?parties=Latvia,Azerbaijan", "/review"):
        assert page.goto(url + path).status == 200
        assert page.locator("h1").first.is_visible(), path
        assert page.locator("table").first.is_visible() == (path != "/review"), path
    assert complaints == []
    page.evaluate("console.error('the control')")
    page.wait_for_timeout(50)
    assert complaints == ["the control"]
    context.close()
