"""No violation of WCAG 2.2 AA that axe can find, nor of its own best practices: every page, light and dark, on a phone.

The rules are axe-core's, bundled with the package axe-playwright-python; nothing is switched off.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.assembly import Assistant

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
axe_playwright_python = pytest.importorskip("axe_playwright_python", reason="axe-core comes with this package")
from test_browser import CHROMIUM, FLAGSHIP, Visit, browser, served  # noqa: E402, F401 (a fixture, by its name)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DARK_PHONE = pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
)


@pytest.fixture(scope="module")
def url(briefs: Assistant) -> Iterator[str]:
    with served(briefs) as url:
        yield url


def violations(page: Any) -> list[str]:
    """What axe finds, one line for each element."""
    page.evaluate(AXE)
    found = page.evaluate("standards => axe.run(document, {runOnly: {type: 'tag', values: standards}})", STANDARDS)
    assert len(found["passes"]) > 5, "axe has looked at the page"
    return [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@DARK_PHONE
def test_the_conversation_can_be_used_by_everybody(browser: Any, url: str, scheme: str, width: int) -> None:  # noqa: F811
    visit = Visit(browser, url)
    page = visit.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.reload()  # colours in transition have too little contrast for a moment
    page.wait_for_selector("#chat .example")
    assert violations(page) == [], "at the start"
    visit.ask(FLAGSHIP)
    page.wait_for_selector("#further .offer:visible")
    assert violations(page) == [], "with an answer"
    page.locator("#chat .marker").first.focus()
    assert violations(page) == [], "with a quote beside its marker"
    page.keyboard.press("Enter")
    visit.ask("What is the capital of France?")
    assert violations(page) == [], "with a refusal"
    visit.context.close()


@DARK_PHONE
@pytest.mark.parametrize("path", ["/timeline", "/timeline?parties=Latvia,Azerbaijan", "cited", "/documents/none"])
def test_the_other_pages_can_be_used_by_everybody(
    browser: Any,  # noqa: F811
    url: str,
    briefs: Assistant,
    scheme: str,
    width: int,
    path: str,
) -> None:
    if path == "cited":
        cited = briefs.ask(FLAGSHIP).citations[0]
        path = f"/documents/{cited.document.id}?start={cited.start}&end={cited.end}"
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(url + path)
    assert violations(page) == []
    context.close()


def test_a_page_that_shuts_somebody_out_is_noticed(browser: Any) -> None:  # noqa: F811
    """The control: a picture without words and a button without a name are found."""
    page = browser.new_page()
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src='data:,'><button></button></main>")
    assert {line.partition(":")[0] for line in violations(page)} >= {"image-alt", "button-name"}
    page.close()
