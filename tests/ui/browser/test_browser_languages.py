"""The interface in each of its languages, in a real browser: found, changed, kept, and with nothing left in English."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from assistant.assembly import Assistant
from ui.chat.page import ASK, NEW_CONVERSATION
from ui.languages import updating
from ui.languages.catalogues import LANGUAGES
from ui.languages.marking import masthead
from ui.languages.shared import PRODUCT, SOURCES
from ui.languages.speaking import COOKIE, speaking
from ui.languages.words import TEXTS

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
axe_playwright_python = pytest.importorskip("axe_playwright_python", reason="axe-core comes with this package")
from test_accessibility import violations  # noqa: E402
from test_browser import CHROMIUM, FLAGSHIP, Visit, browser, served  # noqa: E402, F401 (a fixture, by its name)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]

OTHERS = [language for language in LANGUAGES if language != "en"]
# How 9 February 2026 and nine months or so look in each language.
DATES = {
    "lv": ("2026. gada 9. februāris", r"pirms \d+ (mēn|gad)"),
    "az": ("9 fevral 2026", r"\d+ (ay|il) öncə"),
    "ru": ("9 февраля 2026 г.", r"\d+ (месяц|год|лет).* назад"),
}
# Everything that is read or heard on a page, except what is marked as English.
READ = """() => {
    const found = [];
    const marked = (node) => node.parentElement?.closest('[lang="en"]') && document.documentElement.lang !== 'en';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const place = walker.currentNode.parentElement;
        if (!marked(walker.currentNode) && !place.closest('script, style')) found.push(walker.currentNode.data);
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]'))
        for (const name of ['aria-label', 'title', 'placeholder']) found.push(element.getAttribute(name) || '');
    return found.map(text => text.trim().replace(/\\s+/g, ' ')).filter(Boolean);
}"""


@pytest.fixture(scope="module")
def url(briefs: Assistant) -> Iterator[str]:
    updating.load_all_texts()
    with served(briefs, uploads="writers") as url:
        yield url


class Reader(Visit):
    """A visit of somebody whose browser is set to a language."""

    def __init__(self, browser: Any, url: str, language: str, width: int = 1280) -> None:  # noqa: F811
        plain = browser.new_context

        class Speaking:
            @staticmethod
            def new_context(**options: Any) -> Any:
                options["viewport"]["width"] = width
                return plain(**options, locale=language)

        super().__init__(Speaking, url)

    def language(self) -> str:
        """What the page says of its language, once Gradio has said what it thinks."""
        self.page.wait_for_selector("#languages a[aria-current='true']")
        return str(self.page.evaluate("document.documentElement.lang"))


def left_in_english(page: Any) -> set[str]:
    """The texts of the interface that a page shows in English and that are not marked so."""
    english = {text.english for text in TEXTS.values() if "{" not in text.english and text.english != "Status"}
    return set(page.evaluate(READ)) & english


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", OTHERS)
def test_the_conversation_is_in_the_browsers_language_and_the_answer_in_the_documents(
    browser: Any,  # noqa: F811
    url: str,
    language: str,
    width: int,
) -> None:
    visit = Reader(browser, url, f"{language}-XX", width)
    page = visit.page
    with speaking(language):
        texts = {"title": str(PRODUCT), "ask": str(ASK), "sources": str(SOURCES), "anew": str(NEW_CONVERSATION)}
    assert visit.language() == language
    assert page.title() == page.locator("h1").inner_text() == texts["title"]
    assert page.get_by_placeholder(texts["ask"]).count() == 1
    assert page.locator("#anew").inner_text() == texts["anew"]
    page.wait_for_selector("#chat .example")
    assert left_in_english(page) == set()
    answer = visit.ask(FLAGSHIP)
    page.wait_for_selector("#further .offer:visible")
    assert answer.locator('span[lang="en"]').count() >= 2, "the sentences are marked as English"
    assert page.locator("#sources h2").inner_text() == texts["sources"]
    day, age = DATES[language]
    facts = " ".join(" ".join(page.locator("#sources .facts").all_inner_texts()).split())
    assert day in facts
    assert re.search(age, facts)
    assert left_in_english(page) == set()
    visit.ask("What is the capital of France?")
    assert left_in_english(page) == set()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    visit.check()
    visit.context.close()


def test_the_search_for_english_can_find_some(browser: Any, url: str) -> None:  # noqa: F811
    """The control: on the English page, the texts that must not be left are there."""
    visit = Reader(browser, url, "en-GB")
    assert {"What would you like to know?", "New conversation", "Sources", "Filters"} <= left_in_english(visit.page)
    visit.context.close()


def test_the_language_is_changed_by_the_chooser_and_stays(browser: Any, url: str) -> None:  # noqa: F811
    visit = Reader(browser, f"{url}/?party=Latvia&since=2020", "ru-RU")
    page = visit.page
    assert visit.language() == "ru"
    page.locator("#languages a[lang='lv']").click()
    page.wait_for_selector("html[lang='lv'] #languages a[aria-current='true'][lang='lv']")
    page.wait_for_selector("#chips label")
    page.wait_for_function("!location.search.includes('lang=')")
    assert parse_qs(urlsplit(page.url).query) == {"party": ["Latvia"], "since": ["2020"]}, "the view stays"
    (kept,) = [cookie for cookie in visit.context.cookies() if cookie["name"] == COOKIE]
    assert (kept["value"], kept["sameSite"]) == ("lv", "Lax")
    for place in ("/", "/timeline", "/documents"):
        page.goto(url + place)
        assert page.locator("html").get_attribute("lang") == "lv"
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Documents"
    assert visit.hosts == {urlsplit(url).netloc}
    visit.context.close()


def test_a_page_stays_in_its_language_while_another_window_changes_it(browser: Any, url: str) -> None:  # noqa: F811
    visit = Reader(browser, f"{url}/?lang=az", "en-GB")
    assert visit.language() == "az"
    other = visit.context.new_page()
    other.goto(f"{url}/timeline?lang=ru")
    visit.ask(FLAGSHIP)
    assert "9 fevral 2026" in visit.page.locator("#sources").inner_text()
    assert visit.language() == "az"
    visit.context.close()


def test_without_a_cookie_the_address_keeps_the_language(browser: Any, url: str) -> None:  # noqa: F811
    """As in a frame on another site's page, where no cookie is taken."""
    visit = Reader(browser, url, "en-GB")
    visit.page.add_init_script("Object.defineProperty(document, 'cookie', { get: () => '', set: () => {} });")
    visit.page.goto(f"{url}/?lang=lv")
    visit.page.wait_for_selector("#holdings strong")
    visit.context.clear_cookies()
    visit.ask(FLAGSHIP)
    assert "2026. gada 9. februāris" in visit.page.locator("#sources").inner_text()
    assert parse_qs(urlsplit(visit.page.url).query)["lang"] == ["lv"]
    visit.context.close()


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_other_pages_are_in_the_language_and_fit(
    browser: Any,  # noqa: F811
    url: str,
    briefs: Assistant,
    language: str,
    width: int,
) -> None:
    cited = briefs.ask(FLAGSHIP).citations[0]
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=language)
    page = context.new_page()
    with speaking(language):
        assert f'lang="{language}" aria-current="true"' in masthead()
    for place in (
        *("/timeline", "/timeline?parties=Latvia,Azerbaijan", "/documents", "/review", "/nothing"),
        f"/documents/{cited.document.id}?start={cited.start}&end={cited.end}",
    ):
        page.goto(url + place)
        assert page.locator("html").get_attribute("lang") == language
        assert left_in_english(page) == set(), place
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
        # The status words at the side of the picture are not cut off.
        assert page.evaluate("[...document.querySelectorAll('svg text')].every(text => text.getBBox().x >= 0)")
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_everybody_can_use_it_in_russian(browser: Any, url: str, briefs: Assistant, scheme: str, width: int) -> None:  # noqa: F811
    visit = Reader(browser, url, "ru-RU", width)
    page = visit.page
    page.emulate_media(color_scheme=scheme)
    page.reload()  # colours in transition have too little contrast for a moment
    page.wait_for_selector("#chat .example")
    assert violations(page) == [], "at the start"
    visit.ask(FLAGSHIP)
    page.wait_for_selector("#further .offer:visible")
    assert violations(page) == [], "with an answer"
    cited = briefs.ask(FLAGSHIP).citations[0]
    for place in (
        *("/timeline?parties=Latvia,Azerbaijan", "/documents"),
        f"/documents/{cited.document.id}?start={cited.start}&end={cited.end}",
    ):
        page.goto(url + place)
        assert violations(page) == [], place
    visit.context.close()
