"""A portal's page on another origin, in a real browser: a frame, a fetch, a button; and a stranger's page."""

import importlib.util
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from doors import access_of
from fakes import app_over

from assistant.assembly import Assistant, briefs_folder, open_assistant
from corpus.encoder.protocol import Encoder
from ui.identity.keys import KeyRing
from ui.server import address, bind

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
from test_browser import CHROMIUM, FLAGSHIP, browser  # noqa: F401 (a fixture is used by its name)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]
ROOT = Path(__file__).parents[3]


def portal_at(assistant: str, key: str, port: int = 0) -> Any:
    """The demonstration's server, from the documentation's own folder."""
    found = importlib.util.spec_from_file_location("portal", ROOT / "docs" / "portal" / "portal.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.portal(assistant, key, port)


@contextmanager
def running(serve: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=serve)
    thread.start()
    yield
    stop()
    thread.join(timeout=20)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("corpus")
    for brief in briefs_folder().glob("*azerbaijan-latvia*.md"):
        shutil.copy(brief, folder)
    assistant = open_assistant(tmp_path_factory.mktemp("data"), folder=folder, encoder=encoder)
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def places(assistant: Assistant) -> Iterator[dict[str, str]]:
    """The addresses of the assistant, of a portal that it allows, and of one that it does not."""
    import uvicorn

    key = KeyRing(assistant.store.folder).create("portal", "ask")
    with bind("127.0.0.1", 0) as listening:
        server_url = address(listening, "127.0.0.1")
        with portal_at(server_url, key) as portal, portal_at(server_url, key) as stranger:
            origin = f"http://127.0.0.1:{portal.server_port}"
            access = access_of(assistant.store.folder, origins=origin, frame_ancestors=origin, audit=True)
            app = app_over(assistant, access)
            config = uvicorn.Config(app, log_level="error", proxy_headers=False, timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            with (
                running(lambda: server.run(sockets=[listening]), lambda: setattr(server, "should_exit", True)),
                running(lambda: portal.serve_forever(0.05), portal.shutdown),
                running(lambda: stranger.serve_forever(0.05), stranger.shutdown),
            ):
                strange = f"http://localhost:{stranger.server_port}"
                yield {"assistant": server_url, "portal": origin, "stranger": strange}


class Portal:
    """A browser window on a portal, noting every request and every message of the console."""

    def __init__(self, browser: Any, url: str) -> None:  # noqa: F811
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.asked: list[Any] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request))
        self.context.on("console", lambda message: self._note(message))
        self.page = self.context.new_page()
        self.page.goto(url)

    def _note(self, message: Any) -> None:
        # A frame of another site may not take the focus by itself, and must not.
        if message.type in ("error", "warning") and "autofocusing" not in message.text:
            self.complaints.append(message.text)

    @property
    def frame(self) -> Any:
        return self.page.frame_locator("#frame")


@pytest.fixture
def portal(browser: Any, places: dict[str, str]) -> Iterator[Portal]:  # noqa: F811
    portal = Portal(browser, places["portal"])
    yield portal
    portal.context.close()


def ask_in(frame: Any, question: str = FLAGSHIP) -> Any:
    field = frame.locator("#question textarea")
    field.fill(question)
    field.press("Enter")
    frame.locator("#chat .answer .as-of").first.wait_for()
    return frame.locator("#chat .answer").last


def test_the_flagship_question_is_answered_in_the_frame_and_its_sources_open(
    portal: Portal, places: dict[str, str], assistant: Assistant
) -> None:
    answer = ask_in(portal.frame)
    assert "signed" in answer.inner_text()
    with portal.context.expect_page() as opened:
        answer.locator("a").first.click()
    document = opened.value
    document.wait_for_url(re.compile("/documents/"))
    document.locator("mark#passage").wait_for()
    assert document.evaluate("window.opener") is None
    urls = [request.url for request in portal.asked]
    assert not [url for url in urls if "token=" in url], "no token in any address that a server sees"
    referrers = [request.headers.get("referer", "") for request in portal.asked]
    assert not [text for text in referrers if "token" in text or "ticket" in text]
    hosts = {urlsplit(url).netloc for url in urls} - {""}
    assert hosts == {urlsplit(places[name]).netloc for name in ("assistant", "portal")}
    assert portal.complaints == []
    (record,) = (assistant.store.folder / "audit").glob("*.jsonl")
    entries = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert [entry["who"]["name"] for entry in entries if entry["asked"] == "page"] == ["visitor of the demonstration"]
    assert entries[-1]["question"] == FLAGSHIP


@pytest.mark.parametrize("kind", ["Word", "Markdown"])
def test_an_answer_is_taken_along_from_the_frame(portal: Portal, kind: str) -> None:
    ask_in(portal.frame)
    with portal.page.expect_download() as download:
        portal.frame.get_by_role("button", name=f"This answer as a file: {kind}").click()
    content = Path(download.value.path()).read_bytes()
    assert download.value.suggested_filename.endswith({"Word": ".docx", "Markdown": ".md"}[kind])
    assert content.startswith(b"PK") if kind == "Word" else FLAGSHIP in content.decode()
    assert portal.complaints == []
    (sent,) = [request for request in portal.asked if urlsplit(request.url).path == "/export"]
    assert sent.headers["authorization"].startswith("Bearer ")


def test_a_file_that_cannot_be_made_in_the_frame_is_told_beside_its_button(portal: Portal) -> None:
    ask_in(portal.frame)
    refused = '{"detail": "Too many requests; wait a moment, then ask again."}'
    portal.context.route(
        "**/export?*", lambda route: route.fulfill(status=429, body=refused, content_type="application/json")
    )
    portal.frame.get_by_role("button", name="This answer as a file: Word").click()
    portal.frame.locator("#export [role=alert]", has_text="Too many requests").wait_for()


def test_the_frames_token_is_taken_out_of_its_address_and_the_page_is_as_wished(portal: Portal) -> None:
    portal.frame.locator("#chat .example").first.wait_for()
    (inside,) = [frame for frame in portal.page.frames if "/embed" in frame.url]
    assert "token" not in inside.evaluate("window.location.href")
    assert inside.evaluate("document.documentElement.lang")
    assert inside.evaluate("document.documentElement.lang") == "en"
    assert not inside.evaluate("document.body.classList.contains('dark')")
    assert portal.frame.locator("#timeline, #documents").count() == 2
    assert not portal.frame.locator(".beside").first.is_visible()


def test_a_script_of_the_portal_asks_by_fetch(portal: Portal) -> None:
    portal.page.click("#form button")
    portal.page.wait_for_function("document.querySelector('#answer').textContent.length > 20")
    assert "[1]" in portal.page.locator("#answer").inner_text()


def test_the_button_opens_the_frame_by_keyboard_and_escape_gives_the_focus_back(portal: Portal) -> None:
    button = portal.page.get_by_role("button", name="Ask the documents")
    button.focus()
    portal.page.keyboard.press("Enter")
    dialog = portal.page.get_by_role("dialog", name="Health Cooperation Assistant")
    inside = dialog.locator("iframe").content_frame
    inside.locator("#chat .example").first.wait_for()
    assert "signed" in ask_in(inside).inner_text()
    inside.locator("#question textarea").press("Escape")
    dialog.wait_for(state="hidden")
    assert button.evaluate("button => button === document.activeElement")
    portal.page.keyboard.press("Enter")
    dialog.wait_for()
    assert inside.locator("#chat .answer").count() == 1, "the conversation is still there"
    dialog.get_by_role("button", name="Close").click()
    dialog.wait_for(state="hidden")


def test_an_expired_token_is_replaced_without_a_word(portal: Portal) -> None:
    portal.frame.locator("#chat .example").first.wait_for()
    portal.page.evaluate(
        "document.querySelector('#frame').contentWindow.postMessage({type: 'health-assistant:token', token: 'x'}, '*')"
    )
    assert "signed" in ask_in(portal.frame).inner_text()
    assert [request for request in portal.asked if request.url.endswith("/assistant-token")]


def test_a_stranger_gets_neither_the_frame_nor_an_answer(browser: Any, places: dict[str, str]) -> None:  # noqa: F811
    stranger = Portal(browser, places["stranger"])
    stranger.page.click("#form button")
    stranger.page.wait_for_function("document.querySelector('#answer').textContent.length > 5")
    assert stranger.page.locator("#answer").inner_text().startswith("Refused: Failed to fetch")
    stranger.page.wait_for_timeout(1_000)
    assert stranger.frame.locator("#chat").count() == 0
    assert any("frame-ancestors" in text for text in stranger.complaints)
    assert any("Access-Control-Allow-Origin" in text for text in stranger.complaints)
    stranger.context.close()
