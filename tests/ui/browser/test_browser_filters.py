"""The filters in a real browser: chosen, shown as chips, taken away by keyboard, and brought back by a link."""

import shutil
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from assistant.assembly import Assistant, briefs_folder, open_assistant
from corpus.encoder.protocol import Encoder
from ui.chat.filters import HINT, LINK

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
from test_browser import CHROMIUM, FLAGSHIP, POISONED, Visit, browser, served  # noqa: F401 (a fixture, by its name)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]

HOSTILE = "<img src=x onerror=window.pwned=1> ](javascript:1) & co"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("corpus")
    for brief in briefs_folder().glob("*latvia*.md"):
        shutil.copy(brief, folder)
    poisoned = POISONED.replace("---\n\n", f'topics: ["{HOSTILE}"]\n---\n\n', 1)
    (folder / "poisoned.md").write_text(poisoned, encoding="utf-8")
    assistant = open_assistant(tmp_path_factory.mktemp("data"), folder=folder, encoder=encoder)
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def url(assistant: Assistant) -> Iterator[str]:
    with served(assistant) as url:
        yield url


@pytest.fixture
def visit(browser: Any, url: str) -> Iterator[Visit]:  # noqa: F811
    visit = Visit(browser, url)
    yield visit
    visit.check()
    visit.context.close()


def chips(page: Any) -> list[str]:
    return [text.strip() for text in page.locator("#chips label").all_inner_texts()]


def address(page: Any) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(page.url).query)


def linked(page: Any) -> list[tuple[str, str]]:
    """What the link to this view brings back."""
    return parse_qsl(urlsplit(page.get_by_role("link", name=str(LINK)).get_attribute("href")).query)


def choose(page: Any, field: str, text: str) -> None:
    """Choose from a list as a reader does: type a part of it, take what is offered."""
    page.click(f"#filter-{field} input")
    page.keyboard.type(text)
    page.get_by_role("option").filter(has_text=text).first.click()
    page.locator(f"#filter-{field} .token").last.wait_for()
    page.keyboard.press("Escape")


def published(assistant: Assistant, page: Any) -> set[str]:
    """When what the latest answer cites was published."""
    links = page.locator("#sources section:not([hidden]) a.read").evaluate_all(
        "links => links.map(link => link.pathname)"
    )
    cited = [assistant.document(link.rsplit("/", 1)[1]) for link in links]
    return {document.published or "" for document in cited if document is not None}


def test_what_is_chosen_becomes_chips_and_an_address_and_an_answer_cites_only_that(
    visit: Visit, assistant: Assistant
) -> None:
    page = visit.page
    assert page.locator("#filters").inner_text().startswith("Filters")
    assert not page.get_by_text(str(HINT)).is_visible(), "the panel is folded"
    visit.ask(FLAGSHIP)
    assert any(date > "2024" for date in published(assistant, page)), "the control: without filters, newer is cited"
    page.click("#filters > button")
    choose(page, "party", "Latvia")
    page.fill("#filter-until input, #filter-until textarea", "2023")
    page.keyboard.press("Tab")
    page.wait_for_selector("#chips label:nth-of-type(2)")
    assert chips(page) == ["Latvia", "Until 2023"]
    visit.ask(FLAGSHIP)
    assert published(assistant, page)
    assert all(date <= "2023~" for date in published(assistant, page))
    assert address(page) == [("party", "Latvia"), ("until", "2023")], "a reload asks nothing again"
    assert linked(page) == [*address(page), ("q", FLAGSHIP)]
    refused = visit.ask("What did Iceland and Malta agree on?").inner_text()
    assert "Within the chosen filters, the documents do not answer this" in refused
    page.wait_for_function("() => document.querySelector('#view a').href.includes('Iceland')")


SLOW_FIRST = """() => {
    const fetched = window.fetch;
    let first = true;
    window.fetch = async (...request) => {
        const answer = await fetched(...request);
        if (first && request[1]?.method === 'POST') {
            first = false;
            await new Promise(done => setTimeout(done, 1500));
        }
        return answer;
    };
}"""


def test_what_is_chosen_while_the_page_is_slow_is_neither_lost_nor_overtaken(browser: Any, url: str) -> None:  # noqa: F811
    visit = Visit(browser, url)
    page = visit.page
    page.click("#filters > button")
    page.evaluate(SLOW_FIRST)
    choose(page, "party", "Latvia")
    for field, text in (("since", "2019"), ("until", "2023")):
        page.fill(f"#filter-{field} input, #filter-{field} textarea", text)
        page.keyboard.press("Tab")
    page.wait_for_timeout(2500)  # the slow one has come by now, and would have overtaken the others
    assert chips(page) == ["Latvia", "Since 2019", "Until 2023"]
    visit.check()
    visit.context.close()


def test_a_link_brings_back_what_was_chosen_and_asks_its_question(browser: Any, url: str, assistant: Assistant) -> None:  # noqa: F811
    visit = Visit(
        browser, f"{url}/?party=Latvia&party=Azerbaijan&until=2023&q=What+did+Latvia+and+Azerbaijan+discuss%3F"
    )
    page = visit.page
    page.wait_for_selector("#chat .answer:not(.making)", timeout=60_000)
    page.wait_for_selector("#question .submit-button")
    assert chips(page) == ["Latvia", "Azerbaijan", "Until 2023"]
    assert page.locator("#chat .user-row").inner_text() == "What did Latvia and Azerbaijan discuss?"
    assert all(date <= "2023~" for date in published(assistant, page))
    page.click("#anew")
    page.wait_for_function("() => !location.search.includes('q=')")
    assert address(page) == [("party", "Latvia"), ("party", "Azerbaijan"), ("until", "2023")], "what is chosen stays"
    visit.check()
    visit.context.close()


@pytest.mark.parametrize("by_keyboard", [True, False], ids=["by keyboard", "by mouse"])
def test_a_chip_can_be_taken_away(browser: Any, url: str, by_keyboard: bool) -> None:  # noqa: F811
    visit = Visit(browser, f"{url}/?party=Latvia&since=2024")
    page = visit.page
    page.wait_for_selector("#chips label")
    for left in (["Since 2024"], []):
        chip = page.locator("#chips label").first
        if by_keyboard:
            chip.locator("input").focus()
            page.keyboard.press("Space")
        else:
            chip.click()
        page.wait_for_function("count => document.querySelectorAll('#chips label').length === count", arg=len(left))
        assert chips(page) == left
    page.wait_for_function("() => location.search === ''")
    page.click("#filters > button")
    assert page.locator("#filter-party .token").count() == 0
    visit.check()
    visit.context.close()


def test_what_no_document_has_is_told_in_the_conversation(browser: Any, url: str) -> None:  # noqa: F811
    visit = Visit(browser, f"{url}/?party=Latvai")
    visit.page.wait_for_selector("#chips label")
    answer = visit.ask(FLAGSHIP)
    assert "No document has the party 'Latvai'; near it: Latvia." in answer.inner_text()
    visit.check()
    visit.context.close()


def test_a_hostile_value_is_shown_as_text_and_comes_back_from_its_link(browser: Any, url: str) -> None:  # noqa: F811
    visit = Visit(browser, url)
    page = visit.page
    page.click("#filters > button")
    page.get_by_text(str(HINT)).wait_for()  # before that, there is nothing to choose from
    choose(page, "topic", "<img src=x")
    page.wait_for_selector("#chips label")
    assert chips(page) == [f"Topic: {HOSTILE}"]
    href = page.get_by_role("link", name=str(LINK)).get_attribute("href")
    assert parse_qsl(urlsplit(href).query) == [("topic", HOSTILE)]
    page.goto(f"{url}{href}")
    page.wait_for_selector("#chips label")
    assert chips(page) == [f"Topic: {HOSTILE}"]
    assert page.locator("#filters img, #chosen img").count() == 0
    visit.check()
    visit.context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_filters_fit_the_window_with_the_question_in_reach(
    browser: Any,  # noqa: F811
    url: str,
    width: int,
    scheme: str,
) -> None:
    visit = Visit(browser, f"{url}/?party=Latvia&party=Azerbaijan&since=2024")
    page = visit.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.wait_for_selector("#chips label")
    page.click("#filters > button")
    page.wait_for_selector("#filter-until")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#question textarea").scroll_into_view_if_needed()
    field = page.locator("#question textarea").bounding_box()
    assert field is not None
    assert 0 <= field["y"] <= 800 - field["height"]
    visit.check()
    visit.context.close()
