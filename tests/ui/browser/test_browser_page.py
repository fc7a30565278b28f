"""Working in the page: sources of any answer, quotes, steps, what to go on with, and a server that is restarted."""

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from fakes import document

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement
from assistant.assembly import Assistant
from assistant.progress import ProgressEvent, Stage, Step
from corpus.store.store import Store

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
from test_browser import CHROMIUM, FLAGSHIP, NoSuggestions, Visit, browser, served  # noqa: F401 (a fixture, by its name)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]

IN_VIEW = """element => { const box = element.getBoundingClientRect();
    return box.top >= 0 && box.top < innerHeight && box.left >= 0 && box.right <= innerWidth }"""
RIGA = document("Latvia and Azerbaijan signed a health agreement in Riga.", id="d1")


@pytest.fixture(scope="module")
def url(briefs: Assistant) -> Iterator[str]:
    with served(briefs) as url:
        yield url


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def visit(request: pytest.FixtureRequest, browser: Any, url: str) -> Iterator[Visit]:  # noqa: F811
    visit = Visit(browser, url)
    visit.page.set_viewport_size({"width": request.param, "height": 800})
    yield visit
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= request.param
    visit.check()
    visit.context.close()


class Slow:
    """An assistant that tells these and then answers only when it is let."""

    model = None

    def __init__(self, store: Store, *told: ProgressEvent, patience: float = 20) -> None:
        self.store = store
        self.suggestions: Any = NoSuggestions()
        self.let = threading.Event()
        self._told = told
        self._patience = patience

    def refresh(self) -> None:
        pass

    def filters(self, **_: object) -> dict[str, dict[str, int]]:
        return {}

    def follow(self, question: str, _history: object, **_choices: object) -> Iterator[ProgressEvent]:
        yield from self._told
        self.let.wait(self._patience)
        cited = (Citation(1, RIGA.text, 0, len(RIGA.text), None, DocumentReference.to(RIGA)),)
        yield Answer(question, question, Outcome.ANSWERED, (Statement(RIGA.text, (1,)),), cited)


class LateSuggestions(NoSuggestions):
    """Finds what one could go on with only when it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()
        self.looked_for: list[str] = []

    def follow_ups(self, question: str, *_: object) -> tuple[str, ...]:
        self.looked_for.append(question)
        self.let.wait(60)  # both questions are answered before it gives up, however slow the machine
        return (f"More of {question}",)


def test_a_marker_selects_its_source_and_the_source_leads_back(visit: Visit) -> None:
    page = visit.page
    answer = visit.ask(FLAGSHIP)
    sources = page.locator("#sources .source")
    assert sources.count() == answer.locator(".marker").count() > 1
    for number in reversed(range(sources.count())):
        answer.locator(".marker").nth(number).click()
        page.wait_for_timeout(700)
        assert page.locator("#sources .marked").count() == 1
        assert "marked" in (sources.nth(number).get_attribute("class") or "")
        assert sources.nth(number).evaluate(IN_VIEW)
        assert sources.nth(number).evaluate("source => source === document.activeElement")
    sources.first.locator("a.back").click()
    page.wait_for_selector("#chat .marker:focus")
    assert page.evaluate("document.activeElement.id") == "marker-1-1"
    page.wait_for_timeout(700)
    assert answer.locator(".marker").first.evaluate(IN_VIEW)
    assert len(visit.context.pages) == 1, "nothing was opened"


def test_a_source_tells_what_a_reader_weighs_it_by(visit: Visit) -> None:
    visit.ask(FLAGSHIP)
    source = visit.page.locator("#sources .source").first
    assert source.locator(".status").inner_text() == "approved"
    facts = source.locator(".facts").inner_text()
    assert "Trend" in facts
    assert "9 February 2026" in facts
    assert " ago" in facts or "new" in facts
    assert source.locator("mark").inner_text() in source.locator("blockquote").inner_text()
    assert len(source.locator("mark").inner_text()) < len(source.locator("blockquote").inner_text())
    assert source.locator("a.read").get_attribute("href").startswith("/documents/")
    assert source.locator("a.original").get_attribute("href").startswith("https://www.trend.az/")


def test_the_sources_of_an_earlier_answer_are_a_click_away(visit: Visit) -> None:
    page = visit.page
    first = visit.ask(FLAGSHIP)
    visit.ask("What is the capital of France?")
    shown = page.locator("#sources section:visible")
    assert [shown.count(), shown.get_attribute("id")] == [1, "sources-2"]
    page.locator("#answer-1 .marker").first.click()
    assert [shown.count(), shown.get_attribute("id")] == [1, "sources-1"]
    assert FLAGSHIP in shown.inner_text()
    page.locator("#answer-2 .to-sources").click()
    assert shown.get_attribute("id") == "sources-2"
    visit.ask("so is it in force now?")
    assert shown.get_attribute("id") == "sources-3", "a new answer shows its own"
    identities = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    ours = [identity for identity in identities if identity.split("-")[0] in ("answer", "sources", "source", "marker")]
    assert len(ours) == len(set(ours)) > 10
    assert first.count() == 1


def test_a_marker_shows_its_quote_to_the_pointer_and_the_keyboard(visit: Visit) -> None:
    page = visit.page
    answer = visit.ask(FLAGSHIP)
    page.wait_for_selector("#further .offer:visible")  # they come later, and would move the marker away
    marker, quote = answer.locator(".marker").nth(1), page.locator("#quote")
    cited = page.locator("#sources .source mark").nth(1).inner_text()
    marker.hover()
    quote.wait_for(state="visible")
    assert cited in quote.inner_text()
    assert quote.evaluate(IN_VIEW)
    assert marker.get_attribute("aria-describedby") == "quote"
    quote.hover()
    page.wait_for_timeout(500)
    assert quote.is_visible(), "the pointer can move onto it"
    page.keyboard.press("Escape")
    assert quote.is_hidden()
    page.mouse.move(0, 0)
    marker.focus()
    assert quote.is_visible()
    page.keyboard.press("Enter")
    page.wait_for_selector("#source-1-2:focus")
    assert quote.is_hidden()


def test_what_one_could_go_on_with_is_answered(visit: Visit) -> None:
    page = visit.page
    visit.ask(FLAGSHIP)
    page.wait_for_selector("#further .offer:visible")
    offered = page.locator("#further .offer:visible").all_inner_texts()
    assert 2 <= len(set(offered)) == len(offered) <= 3
    assert FLAGSHIP not in offered
    page.locator("#further .offer").first.click()
    page.wait_for_selector("#answer-2 .marker")
    page.wait_for_selector("#question .submit-button")
    assert page.locator("#chat .user-row").last.inner_text() == offered[0]
    assert "not-found" not in (page.locator("#answer-2").get_attribute("class") or "")
    page.click("#anew")
    page.locator("#further").wait_for(state="hidden")


def test_what_was_looked_for_too_long_is_not_offered_below_a_later_answer(browser: Any, store: Store) -> None:  # noqa: F811
    prompt = Slow(store)
    prompt.let.set()
    prompt.suggestions = LateSuggestions()
    with served(prompt) as url:
        visit = Visit(browser, url)
        page = visit.page
        visit.ask("The first?")
        visit.ask("The second?")
        prompt.suggestions.let.set()
        page.wait_for_selector("#further .offer:visible")
        assert page.locator("#further .offer:visible").all_inner_texts() == ["More of The second?"]
        assert prompt.suggestions.looked_for == ["The first?", "The second?"]
        visit.check()
        visit.context.close()


def test_without_script_markers_open_their_document(browser: Any, url: str) -> None:  # noqa: F811
    visit = Visit(browser, url, blocked="**/page.js*")
    answer = visit.ask(FLAGSHIP)
    document = visit.open(answer.locator(".marker").first)
    assert document.locator("mark#passage").count() == 1
    visit.ask("What is the capital of France?")
    assert visit.page.locator("#sources section:visible").count() == 2, "all sources stand below each other"
    visit.context.close()


def test_the_steps_are_shown_while_they_are_taken_and_can_be_stopped(browser: Any, store: Store) -> None:  # noqa: F811
    slow = Slow(store, Step(Stage.SEARCHING, 812), Step(Stage.READING, 12), Step(Stage.CHECKING, 3))
    with served(slow) as url:
        visit = Visit(browser, url)
        page = visit.page
        page.fill("#question textarea", "What?")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("text=Checking 3 citations…")
        done = page.locator("#chat .making .done").all_inner_texts()
        assert done == ["Understanding the question", "Searching 812 passages", "Reading 12 of them"]
        page.get_by_role("button", name="Stop answering").click()
        page.wait_for_selector("text=Stopped.")
        page.get_by_role("button", name="Send the question").wait_for()
        slow.let.set()
        page.fill("#question textarea", "And now?")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#chat .answer .marker")
        visit.check()
        visit.context.close()


def test_a_question_put_while_a_stopped_answer_is_still_at_work_is_answered(browser: Any, store: Store) -> None:  # noqa: F811
    slow = Slow(store)
    with served(slow) as url:
        visit = Visit(browser, url)
        page = visit.page
        page.fill("#question textarea", "What?")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#chat .making")
        page.get_by_role("button", name="Stop answering").click()
        page.get_by_role("button", name="Send the question").wait_for()
        page.fill("#question textarea", "And now?")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#chat .user-row:has-text('And now?')")
        page.wait_for_timeout(500)  # it has come to nothing by then, if it does
        slow.let.set()
        page.wait_for_selector("#chat .answer .marker", timeout=10_000)
        visit.check()
        visit.context.close()


def test_a_question_whose_server_was_restarted_is_asked_again_once(browser: Any, store: Store) -> None:  # noqa: F811
    with served(Slow(store, patience=8)) as url:  # a thread at work holds the server
        visit = Visit(browser, url)
        page = visit.page
        page.fill("#question textarea", "What was signed?")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#chat .making")
    page.wait_for_selector("#lost:has-text('cannot be reached')")
    with served(Slow(store, patience=8), urlsplit(url).port or 0):
        page.locator("#lost").wait_for(state="detached")
        page.wait_for_selector("#chat .making")
    page.wait_for_selector("#lost:has-text('cannot be reached')")
    again = Slow(store)
    again.let.set()
    with served(again, urlsplit(url).port or 0):
        page.get_by_role("button", name="Ask again").click()
        page.wait_for_selector("#chat .answer .marker")
        page.get_by_role("button", name="Send the question").wait_for()
        assert page.locator("#chat .user-row").all_inner_texts() == ["What was signed?"]
        assert page.locator("#lost").count() == 0
        visit.ask("And now?")
        visit.context.close()


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_is_put_while_the_server_is_away_is_not_lost(browser: Any, store: Store, is_sent: bool) -> None:  # noqa: F811
    quick, again = Slow(store), Slow(store)
    quick.let.set()
    again.let.set()
    with served(quick) as url:
        visit = Visit(browser, url)
        page = visit.page
        visit.ask("What was signed?")
    page.fill("#question textarea", "And when?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#lost:has-text('cannot be reached')")
    assert page.locator(".toast-body >> visible=true").count() == 0, "Gradio's own words, in English alone"
    if not is_sent:
        page.fill("#question textarea", "And where?")
    with served(again, urlsplit(url).port or 0):
        page.locator("#lost").wait_for(state="detached")
        page.wait_for_selector("#chat .answer .marker")
        asked = ["What was signed?", "And when?"]
        assert page.locator("#chat .user-row").all_inner_texts() == asked[: 1 + is_sent]
        assert page.input_value("#question textarea") == ("" if is_sent else "And where?")
        assert page.locator("#lost").count() == 0
        page.get_by_role("button", name="Send the question").wait_for()
        page.reload()
        page.wait_for_selector("#holdings strong")
        page.wait_for_timeout(500)
        assert page.locator("#chat .user-row").count() == 0, "nothing is kept of what was put"
        visit.context.close()
