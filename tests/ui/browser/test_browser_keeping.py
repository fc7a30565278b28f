"""What readers do with answers beside reading them, in a real browser: judge, take along, come back to, review."""

import csv
import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from lxml import etree
from payloads import PAYLOADS

from assistant.assembly import Assistant

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
from fakes import app_over
from test_browser import CHROMIUM, FLAGSHIP, NoSuggestions, Visit, assistant, browser  # noqa: F401 (fixtures are used by their names)

from ui.application import create_app
from ui.keeping.conversation_stores import BrowserConversations, ConversationStore
from ui.keeping.feedback_store import ReviewPeriod
from ui.keeping.user_data import Place, UserData
from ui.rendering import one_line
from ui.server import address, bind

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]

FOLLOW_UP = "so is it in force now?"
REFUSED = "What is the capital of France?"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ALWAYS = ReviewPeriod()
Open = Callable[..., tuple[Visit, UserData]]


class WithoutSuggestions:
    """An assistant that does not look for what to go on with, which would go on while a page is left."""

    def __init__(self, assistant: Assistant) -> None:  # noqa: F811
        self._assistant = assistant
        self.suggestions = NoSuggestions()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)


@pytest.fixture
def opened(browser: Any, assistant: Assistant, tmp_path: Path) -> Iterator[Open]:  # noqa: F811
    """Opens the page of a server that keeps conversations in the place given; nothing may have been blocked."""
    import uvicorn

    visits: list[Visit] = []
    ends: list[Callable[[], None]] = []

    def open_page(
        place: Place = "browser", conversation_store: ConversationStore | None = None
    ) -> tuple[Visit, UserData]:
        quiet = cast("Assistant", WithoutSuggestions(assistant))
        user_data = UserData(quiet, conversations=place, record_questions=True, folder=tmp_path)
        user_data.conversation_store = conversation_store or user_data.conversation_store
        listening = bind("127.0.0.1", 0)
        app = create_app(quiet, examples=(FLAGSHIP,), user_data=user_data)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()

        def end() -> None:
            server.should_exit = True
            thread.join(timeout=20)
            user_data.database.close()
            assert not thread.is_alive()

        ends.append(end)
        visits.append(Visit(browser, address(listening, "127.0.0.1")))
        return visits[-1], user_data

    yield open_page
    try:
        for visit in visits:
            visit.check()
            visit.context.close()
    finally:
        for end in ends:
            end()


@pytest.fixture(params=["browser", "server"])
def kept(request: pytest.FixtureRequest, opened: Open) -> Visit:
    """The page where conversations are kept in the browser, and where they are kept on the server."""
    return opened(request.param)[0]


def unfold(visit: Visit) -> None:
    if not visit.page.locator("#history-place").is_visible():
        visit.page.locator("#history > button").click()
    visit.page.wait_for_selector("#history-place")


def wait_until_kept(visit: Visit, count: int) -> list[str]:
    """The titles of kept conversations, once there are so many."""
    unfold(visit)
    visit.page.wait_for_function("n => document.querySelectorAll('#history input[type=radio]').length === n", arg=count)
    return [
        title.rpartition(" · ")[0] for title in visit.page.locator("#history label").all_inner_texts() if " · " in title
    ]


def press(visit: Visit, name: str) -> None:
    visit.page.locator("#history").get_by_role("button", name=name, exact=True).click()


def settle(visit: Visit) -> None:
    """Wait until the page asks for nothing more; Gradio complains when it is left in the middle of that.

    The network is never idle: the page keeps a stream open for as long as it is there.
    """
    visit.page.wait_for_selector("#export form", state="attached")
    visit.page.wait_for_timeout(1500)


def review(visit: Visit) -> None:
    settle(visit)
    visit.page.goto(f"{visit.page.url.rstrip('/')}/review")


def reload(visit: Visit) -> None:
    visit.page.wait_for_timeout(1500)
    heard = len(visit.complaints)
    visit.page.reload()
    visit.page.wait_for_selector("#holdings strong")
    # What was under way on the page that was left (a look for further questions) says that it was cut off, on some days
    # with Gradio's "Unexpected error" before it.
    cut_off = re.compile(r"AbortError|(?:Unexpected error )?Connection errored out")
    visit.complaints[heard:] = [told for told in visit.complaints[heard:] if not cut_off.match(told)]


def test_a_conversation_is_there_after_a_reload_and_its_citations_open(kept: Visit) -> None:
    visit = kept
    visit.ask(FLAGSHIP)
    visit.ask(FOLLOW_UP)
    assert wait_until_kept(visit, 1) == [FLAGSHIP]
    told = visit.page.locator("#chat .answer").all_inner_texts()
    sources = visit.page.locator("#sources").inner_text()
    reload(visit)
    assert wait_until_kept(visit, 1) == [FLAGSHIP]
    visit.page.locator("#history input[type=radio]").check()
    press(visit, "Open")
    visit.page.wait_for_selector("#chat .answer >> nth=1")
    assert visit.page.locator("#chat .user-row").all_inner_texts() == [FLAGSHIP, FOLLOW_UP]
    assert visit.page.locator("#chat .answer").all_inner_texts() == told
    assert visit.page.locator("#sources").inner_text() == sources
    source = visit.page.locator("#sources section:visible .source").first
    document = visit.open(source.locator("a.read"))
    assert document.locator("mark#passage").text_content() == source.locator("mark").inner_text()


def test_an_opened_conversation_is_gone_on_with_and_a_new_one_is_another(kept: Visit) -> None:
    visit = kept
    visit.ask(FLAGSHIP)
    wait_until_kept(visit, 1)
    reload(visit)
    wait_until_kept(visit, 1)
    visit.page.locator("#history input[type=radio]").check()
    press(visit, "Open")
    visit.page.wait_for_selector("#chat .answer")
    assert "Latvia" in visit.ask(FOLLOW_UP).locator(".understood").inner_text()
    visit.page.wait_for_timeout(500)
    assert wait_until_kept(visit, 1) == [FLAGSHIP]
    visit.page.click("#anew")
    visit.page.wait_for_selector("#chat .example")
    visit.ask(REFUSED)
    assert wait_until_kept(visit, 2) == [REFUSED, FLAGSHIP]


def test_a_conversation_is_renamed_and_deleted_after_a_question(kept: Visit) -> None:
    visit = kept
    page = visit.page
    visit.ask(FLAGSHIP)
    wait_until_kept(visit, 1)
    press(visit, "Rename")
    title = page.get_by_label("New title")
    title.wait_for()
    assert title.input_value() == FLAGSHIP
    title.fill("<b>For the minister</b>")
    press(visit, "Save")
    page.get_by_label("<b>For the minister</b>").wait_for()
    reload(visit)
    assert wait_until_kept(visit, 1) == ["<b>For the minister</b>"]
    page.locator("#history input[type=radio]").check()
    press(visit, "Delete")
    page.get_by_text("Delete “<b>For the minister</b>”? It cannot be brought back.").wait_for()
    press(visit, "Keep it")
    page.locator("#history-deleting").wait_for(state="hidden")
    assert wait_until_kept(visit, 1) == ["<b>For the minister</b>"]
    press(visit, "Delete")
    press(visit, "Delete it")
    assert wait_until_kept(visit, 0) == []
    reload(visit)
    assert wait_until_kept(visit, 0) == []
    assert page.get_by_text("None yet.").is_visible()


def test_two_windows_of_a_browser_do_not_lose_each_others_conversations(opened: Open) -> None:
    places = iter((3, 17))
    visit, _ = opened(conversation_store=BrowserConversations(choose=lambda free: free[next(places)]))
    other = visit.context.new_page()
    other.goto(visit.page.url)
    other.wait_for_selector("#holdings strong")
    other.fill("#question textarea", REFUSED)
    other.press("#question textarea", "Enter")
    other.wait_for_function("() => localStorage.getItem('assistant-conversation-3')")
    visit.ask(FLAGSHIP)  # in a window that was opened before
    wait_until_kept(visit, 1)
    reload(visit)
    assert set(wait_until_kept(visit, 2)) == {FLAGSHIP, REFUSED}


def test_one_reader_does_not_see_what_another_keeps_on_the_server(opened: Open, browser: Any) -> None:  # noqa: F811
    visit, _ = opened("server")
    visit.ask(FLAGSHIP)
    wait_until_kept(visit, 1)
    stranger = Visit(browser, visit.page.url)
    assert wait_until_kept(stranger, 0) == []
    stranger.check()
    stranger.context.close()


def test_nothing_is_kept_where_that_is_switched_off(opened: Open) -> None:
    visit, user_data = opened("off")
    visit.ask(FLAGSHIP)
    assert visit.page.locator("#history").count() == 0
    assert visit.page.evaluate("Object.keys(localStorage).filter(key => key.includes('conversation'))") == []
    assert visit.page.context.cookies() == []
    assert visit.page.locator("#export form").count() == 1
    assert user_data.conversation_store is None


def downloaded(visit: Visit, button: str) -> bytes:
    """The file that a button brings."""
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=button, exact=True).click()
    return Path(download.value.path()).read_bytes()


def footnotes_of(word: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        notes = etree.fromstring(archive.read("word/footnotes.xml"))
    told = ("".join(text.text or "" for text in note.iter(f"{W}t")) for note in notes)
    return [text for text in told if text]


def test_the_word_file_has_a_footnote_for_each_source_on_the_page(opened: Open) -> None:
    visit, _ = opened()
    visit.ask(FLAGSHIP)
    visit.page.wait_for_selector("#export form")
    sources = visit.page.locator("#sources")
    quotes, titles = sources.locator("mark").all_inner_texts(), sources.locator("h3").all_inner_texts()
    notes = footnotes_of(downloaded(visit, "This answer as a file: Word"))
    assert len(notes) == len(quotes) == len(titles) > 1
    for note, quote, title in zip(notes, quotes, titles, strict=True):
        assert f"“{quote}”" in note
        assert title.partition("\n")[2].strip() or title.lstrip("0123456789 ") in note
        assert re.search(r"SHA-256 of the file: [0-9a-f]{64}\.", note)
    assert visit.page.locator("#chat .answer").count() == 1, "the conversation stays as it is"


def test_the_conversation_comes_as_markdown_with_all_its_questions(opened: Open) -> None:
    visit, _ = opened()
    visit.ask(FLAGSHIP)
    visit.ask(REFUSED)
    visit.page.wait_for_selector("#export form >> nth=1")
    told = downloaded(visit, "The conversation as a file: Markdown").decode()
    assert [line for line in told.splitlines() if line.startswith("## ")] == [f"## {FLAGSHIP}", f"## {REFUSED}"]
    answer = downloaded(visit, "This answer as a file: Markdown").decode()
    assert answer.startswith(f"# {REFUSED}")
    assert "not sources of an answer" in answer


def test_a_hostile_question_is_exported_as_it_was_typed(opened: Open) -> None:
    visit, _ = opened()
    question = one_line(" ".join(PAYLOADS))[:1_900]
    visit.ask(question)
    form = visit.page.locator("#export form").first
    form.wait_for()
    assert form.locator("input[name=question]").input_value() == one_line(question)
    assert (
        visit.page.locator("#export form").evaluate_all("forms => forms.flatMap(form => [...form.children]).length")
        == 5
    )
    assert downloaded(visit, "This answer as a file: Word").startswith(b"PK")


def test_a_thumb_and_its_reason_are_stored_and_reviewed(opened: Open) -> None:
    visit, user_data = opened()
    page = visit.page
    assert "without who asks" in page.locator("#recorded").inner_text()
    visit.ask(FLAGSHIP)
    visit.ask(REFUSED)
    page.get_by_role("button", name="Dislike", exact=True).first.click()
    page.wait_for_selector("#judging")
    assert "not who you are" in page.locator("#judging").inner_text()
    page.get_by_label("What is wrong or missing? (optional)").fill("=It <b>lacks</b> the annex")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("Thank you.").wait_for()
    (judged,) = user_data.records.judged(ALWAYS)
    assert (judged.question, judged.liked, judged.reason) == (FLAGSHIP, False, "=It <b>lacks</b> the annex")
    assert judged.outcome == "answered"
    assert judged.documents

    review(visit)
    assert page.locator("#refused td").all_inner_texts()[:3] == ["1", REFUSED, "not found"]
    assert page.locator("#disliked td").all_inner_texts()[:2] == [FLAGSHIP, "=It <b>lacks</b> the annex"]
    assert page.locator("#most-asked tbody tr").count() == 2
    with page.expect_download() as download:
        page.get_by_role("link", name="feedback as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert [row["reason"] for row in rows] == ["'=It <b>lacks</b> the annex"]


def test_a_thumb_can_be_taken_back(opened: Open) -> None:
    visit, user_data = opened()
    visit.ask(FLAGSHIP)
    visit.page.get_by_role("button", name="Like", exact=True).click()
    visit.page.get_by_text("Noted, with the question").wait_for()
    assert [judged.liked for judged in user_data.records.judged(ALWAYS)] == [True]
    visit.page.locator("#chat .message-buttons-left button, #chat .message-buttons button").last.click()
    visit.page.get_by_text("Your judgement is deleted.").wait_for()
    assert user_data.records.judged(ALWAYS) == []
    visit.ask(REFUSED)
    assert visit.page.locator("#judging").count() == 0, "the row goes with the next question"


@pytest.mark.parametrize("width", [390, 1280])
def test_the_review_page_fits_its_window_and_works_by_keyboard(opened: Open, width: int) -> None:
    visit, _ = opened()
    visit.ask(REFUSED)
    page = visit.page
    page.set_viewport_size({"width": width, "height": 800})
    review(visit)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("to").fill("2020-01-01")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review?since=&until=2020-01-01")
    assert page.locator("#refused").inner_text().split("\n\n") == ["Refused", "Nothing in these days."]


def test_the_page_is_made_without_anything_to_keep_too(assistant: Assistant) -> None:  # noqa: F811
    from ui.chat.page import build_page

    assert app_over(assistant).title
    assert build_page(assistant).title
