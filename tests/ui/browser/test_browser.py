"""The page in a real browser, over a real server and the real encoder; one document of the corpus is poisoned."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from payloads import BEACON, PAYLOADS

from assistant.answer import Answer, Citation, DocumentReference, Outcome, Statement
from assistant.assembly import Assistant, briefs_folder, open_assistant
from assistant.scope.scope import FIELD_OF
from corpus.encoder.protocol import Encoder
from corpus.store.store import Store
from ui.application import create_app
from ui.chat.conversation import EDIT
from ui.rendering import one_line, safe_url
from ui.server import address, bind

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]

FLAGSHIP = "What did Latvia and Azerbaijan agree on?"
POISONED_TITLE = "<img src=x onerror=window.pwned=1> ![t](http://evil.example/t.png) [x](javascript:window.pwned=1)"
POISONED_SENTENCE = (
    f"Iceland and Malta signed a health agreement <img src={BEACON} onerror=window.pwned=1> "
    f"<svg onload=window.pwned=1> ![beacon]({BEACON}) [link](javascript:window.pwned=1) $$x$$ `code` **bold** "
    "</div></mark> in Valletta on 3 May 2024."
)
POISONED = f"""---
title: "{POISONED_TITLE}"
publisher: "<script>window.pwned=1</script>"
published: "2024-05-03"
url: "javascript:window.pwned=1"
---

The ministers met in Valletta.

{POISONED_SENTENCE}

<script>window.pwned=1</script> <form action={BEACON}><input></form>
"""
# Elements that could do something, within the elements that match.
ACTIVE = """within => [...document.querySelectorAll(within)].flatMap(root => [root, ...root.querySelectorAll('*')])
    .filter(element => element.matches('img, form, input, iframe, object, embed, script, style, svg[onload]')
        || [...element.attributes].some(attribute => attribute.name.startsWith('on'))
        || /^(javascript|data):/i.test(element.getAttribute('href') || ''))
    .map(element => element.outerHTML.slice(0, 80))"""
# Reports what the policy blocked, and anything that a payload managed to do.
WATCH = (
    "window.blocked = []; document.addEventListener('securitypolicyviolation', e => window.blocked.push(e.blockedURI));"
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("corpus")
    for brief in briefs_folder().glob("*azerbaijan-latvia*.md"):
        shutil.copy(brief, folder)
    (folder / "poisoned <b>name<b>.md").write_text(POISONED, encoding="utf-8")
    crlf = "Peru and Fiji signed a health\r\nagreement in Lima on 7 June 2023.\r\n\r\nIt covers vaccines.\r\n"
    (folder / "lines.txt").write_bytes(crlf.encode())
    assistant = open_assistant(tmp_path_factory.mktemp("data"), folder=folder, encoder=encoder)
    yield assistant
    assistant.close()


@contextmanager
def served(assistant: Any, port: int = 0, **options: Any) -> Iterator[str]:
    """The address of a real server in a thread; the options are the application's."""
    import uvicorn

    with bind("127.0.0.1", port) as listening:
        app = create_app(assistant, **options)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield address(listening, "127.0.0.1")
        finally:
            server.should_exit = True
            thread.join(timeout=20)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def url(assistant: Assistant) -> Iterator[str]:
    with served(assistant) as url:
        yield url


class NoSuggestions:
    """Nothing to begin or to go on with."""

    def starters(self, *_: object) -> tuple[str, ...]:
        return ()

    def follow_ups(self, *_: object) -> tuple[str, ...]:
        return ()


class AllPayloads:
    """An assistant over an empty store whose one answer, and every source of it, is made of payloads."""

    model = None

    def __init__(self, store: Store) -> None:
        self.store = store
        self.suggestions = NoSuggestions()

    def refresh(self) -> None:
        pass

    def filters(self, *_: object, **_choices: object) -> dict[str, dict[str, int]]:
        return {field: dict.fromkeys(PAYLOADS, 1) for field in FIELD_OF.values()}

    def period(self, *_: object, **_choices: object) -> None:
        return None

    def follow(self, question: str, *_: object, **_choices: object) -> Iterator[Answer]:
        cited = tuple(self._citation(number, payload) for number, payload in enumerate(PAYLOADS, start=1))
        yield Answer(
            question,
            standalone_question=" ".join(PAYLOADS),
            outcome=Outcome.ANSWERED,
            statements=tuple(Statement(payload, (number,)) for number, payload in enumerate(PAYLOADS, start=1)),
            citations=cited,
            closest=cited,
            as_of=PAYLOADS[0],
            warnings=PAYLOADS,
        )

    def _citation(self, number: int, payload: str) -> Citation:
        reference = DocumentReference(payload, payload, payload, payload, payload, payload, payload, payload)
        return Citation(number, payload, 0, len(payload), None, reference)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    arguments = [
        *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


class Visit:
    """A browser window on the page that notes every host asked and every complaint."""

    def __init__(self, browser: Any, url: str, blocked: str | None = None) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 800})
        if blocked is not None:
            self.context.route(blocked, lambda route: route.abort())
        self.context.add_init_script(WATCH)
        self.hosts: set[str] = set()
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.context.on("console", self._note)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page = self.context.new_page()
        self.page.goto(url)
        self.page.wait_for_selector("#holdings strong")
        self._url = url

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def ask(self, question: str) -> Any:
        """Ask, wait until the answer is complete, and return its element."""
        before = self.page.locator("#chat .answer").count()
        self.page.fill("#question textarea", question)
        self.page.press("#question textarea", "Enter")
        self.page.wait_for_selector(f"#chat .answer:not(.making) >> nth={before}")
        self.page.wait_for_selector("#question .submit-button")
        return self.page.locator("#chat .answer").last

    def open(self, link: Any, *keys: str) -> Any:
        """Follow a link that opens a new tab, with `keys` held down."""
        with self.context.expect_page() as opened:
            link.click(modifiers=keys)
        opened.value.wait_for_load_state()
        return opened.value

    def check(self) -> None:
        """Nothing was asked of another host, nothing complained, nothing was blocked and nothing ran."""
        for page in self.context.pages:
            assert page.evaluate("window.blocked") == []
            assert page.evaluate("window.pwned") is None
        assert self.hosts == {urlsplit(self._url).netloc}
        assert self.complaints == []


@pytest.fixture
def visit(browser: Any, url: str) -> Iterator[Visit]:
    visit = Visit(browser, url)
    yield visit
    visit.check()
    visit.context.close()


def test_the_page_says_what_it_holds_and_offers_examples(visit: Visit) -> None:
    assert visit.page.title() == "Health Cooperation Assistant"
    assert visit.page.locator("h1").all_inner_texts() == ["Health Cooperation Assistant"]
    visit.page.wait_for_selector("#chat .example")
    offered = visit.page.locator("#chat .example").all_inner_texts()
    assert 2 <= len(set(offered)) == len(offered) <= 6
    assert "What did Azerbaijan and Latvia agree on?" in offered
    held = visit.page.locator("#holdings").inner_text()
    assert "documents" in held
    assert "passages" in held
    assert "speaks for no government" in held


def test_the_flagship_question_is_answered_and_every_marker_opens_its_passage(visit: Visit) -> None:
    visit.page.evaluate(
        """() => { window.seen = new Set(); new MutationObserver(() => {
            const answer = document.querySelector('#chat .answer');
            if (answer) window.seen.add(answer.innerText.length);
        }).observe(document.querySelector('#chat'), {subtree: true, childList: true, characterData: true}); }"""
    )
    answer = visit.ask(FLAGSHIP)
    assert visit.page.evaluate("window.seen.size") > 1, "the answer streams in"
    assert "signed" in answer.inner_text()
    quotes = visit.page.locator("#sources mark").all_inner_texts()
    markers = answer.locator("a.marker")
    assert markers.all_inner_texts() == [f"[{number}]" for number in range(1, len(quotes) + 1)]
    for number, quote in enumerate(quotes):
        document = visit.open(markers.nth(number), "ControlOrMeta")
        assert document.locator("mark#passage").text_content() == quote
        assert document.locator("h1").count() == 1
        assert document.locator("mark#passage").evaluate(
            "mark => { const box = mark.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight }"
        ), "the passage is in view"


def test_a_follow_up_is_understood_and_the_understanding_shown(visit: Visit) -> None:
    visit.ask(FLAGSHIP)
    answer = visit.ask("so is it in force now?")
    understood = answer.locator(".understood").inner_text()
    assert understood.startswith("Understood as:")
    assert "Latvia" in understood


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("by_keyboard", [True, False], ids=["by keyboard", "by mouse"])
def test_what_was_understood_can_be_corrected_and_sent(visit: Visit, width: int, by_keyboard: bool) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 800})
    field = page.locator("#question textarea")
    button = page.get_by_role("button", name=str(EDIT))
    visit.ask(FLAGSHIP)
    assert button.count() == 0, "nothing was understood otherwise"
    for question in ("so is it in force now?", "and who signed it?"):
        understood = visit.ask(question).locator(".understood").inner_text().removeprefix("Understood as: ")
        if by_keyboard:
            field.press("Shift+Tab")
            while not button.evaluate("button => button === document.activeElement"):
                page.keyboard.press("Shift+Tab")
            page.keyboard.press("Enter")
        else:
            button.click()
        button.wait_for(state="detached")
        page.wait_for_selector("#question textarea:focus")
        assert field.input_value() == understood
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    corrected = "Who signed the health agreement between Latvia and Azerbaijan in Riga?"
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(corrected)
    page.keyboard.press("Enter")
    page.wait_for_selector("#chat .answer:not(.making) >> nth=3")
    page.wait_for_selector("#question .submit-button")
    assert page.locator("#chat .user-row").last.inner_text() == corrected
    assert page.locator("#chat .answer").last.locator(".understood").count() == 0, "it was taken as typed"


def test_a_refusal_looks_like_one(visit: Visit) -> None:
    answer = visit.ask("What is the capital of France?")
    assert "not-found" in (answer.get_attribute("class") or "")
    assert "Not found in the documents" in answer.inner_text()
    assert "What comes closest" in answer.inner_text()
    assert "[1]" not in answer.inner_text()
    assert visit.page.locator("#sources h2").inner_text() == "What comes closest"
    assert visit.page.locator("#sources .number").count() == 0


def test_an_example_asks_its_question_and_a_new_conversation_starts_empty(visit: Visit) -> None:
    question = visit.page.locator("#chat .example").first.inner_text()
    visit.page.click("#chat .example >> nth=0")
    visit.page.wait_for_selector("#chat .answer .as-of")
    assert visit.page.locator("#chat .user-row").inner_text() == question
    assert visit.page.locator("#copy").is_visible()
    visit.page.click("#anew")
    visit.page.wait_for_selector("#chat .example")
    assert visit.page.locator("#chat .message-row").count() == 0
    assert visit.page.locator("#sources mark").count() == 0


def test_a_blank_question_changes_nothing(visit: Visit) -> None:
    visit.ask(FLAGSHIP)
    visit.page.fill("#question textarea", "  ")
    visit.page.press("#question textarea", "Enter")
    visit.page.wait_for_timeout(500)
    assert visit.page.locator("#chat .message-row").count() == 2


def test_a_poisoned_document_is_shown_as_text_and_does_nothing(visit: Visit) -> None:
    answer = visit.ask("What did Iceland and Malta agree on?")
    sources = visit.page.locator("#sources")
    assert POISONED_TITLE.partition("> ")[2] in sources.locator("h3").first.inner_text()
    assert POISONED_SENTENCE.startswith(sources.locator("mark").first.inner_text())
    assert "poisoned <b>name<b>.md" in sources.inner_text()
    assert "Original" not in sources.inner_text()
    document = visit.open(answer.locator("a.marker").first, "ControlOrMeta")
    assert document.locator("mark#passage").text_content() == POISONED_SENTENCE
    assert visit.page.evaluate(ACTIVE, "#chat .message-row, #sources") == []
    assert document.evaluate(ACTIVE, "body") == []


def test_every_payload_in_every_field_is_shown_as_text(browser: Any, store: Store) -> None:
    with served(AllPayloads(store)) as url:
        visit = Visit(browser, url)
        answer = visit.ask("What?")
        assert visit.page.evaluate(ACTIVE, "#chat .message-row, #sources") == []
        assert visit.page.locator("#sources .source").count() == len(PAYLOADS), "no payload closes its card"
        told = [one_line(text) for text in answer.locator(":scope > p").all_inner_texts()]
        marked = [one_line(text) for text in visit.page.locator("#sources mark").all_inner_texts()]
        assert marked == [one_line(payload) for payload in PAYLOADS]
        for number, payload in enumerate(PAYLOADS, start=1):
            assert f"{one_line(payload)} [{number}]" in told
        hosts = visit.page.evaluate("[...document.querySelectorAll('#chat a, #sources a')].map(link => link.host)")
        originals = {urlsplit(payload).netloc for payload in PAYLOADS if safe_url(payload)}
        assert set(hosts) == {urlsplit(url).netloc} | originals, (
            "no payload became a link but as the original's address"
        )
        visit.check()
        visit.context.close()


def test_a_poisoned_question_is_shown_as_text(visit: Visit) -> None:
    visit.ask(f"Iceland? {POISONED_SENTENCE}")
    assert visit.page.locator("#chat .user-row").inner_text() == f"Iceland? {POISONED_SENTENCE}"
    assert visit.page.locator("#chat img, #chat form").count() == 0


def test_line_ends_of_windows_survive_in_the_document(visit: Visit, assistant: Assistant) -> None:
    answer = visit.ask("What did Peru and Fiji agree on?")
    document = visit.open(answer.locator("a.marker").first, "ControlOrMeta")
    cited = assistant.ask("What did Peru and Fiji agree on?").citations[0]
    assert document.locator("mark#passage").text_content() == cited.quote
    stored = assistant.store.document(cited.document.id)
    assert stored is not None
    assert document.locator("article").text_content() == stored.text


def test_the_policy_stops_what_would_get_past_us(browser: Any, url: str) -> None:
    """The control: markup injected past all escaping neither runs nor calls home, so the checks above can fail."""
    visit = Visit(browser, url)
    visit.page.evaluate(
        "html => document.querySelector('#sources').innerHTML = html",
        f"<img src='{BEACON}' onerror='window.pwned=1'><svg onload='window.pwned=1'></svg>",
    )
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("window.pwned") is None
    assert BEACON in visit.page.evaluate("window.blocked")
    with pytest.raises(AssertionError):
        visit.check()
    visit.context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_its_window(browser: Any, url: str, width: int, scheme: str, tmp_path: Path) -> None:
    visit = Visit(browser, url)
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.page.emulate_media(color_scheme=scheme)
    visit.ask(FLAGSHIP)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    field = visit.page.locator("#question textarea").bounding_box()
    assert field is not None
    assert field["x"] >= 0
    assert field["x"] + field["width"] <= width
    visit.check()
    visit.context.close()
