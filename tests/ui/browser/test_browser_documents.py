"""The page of documents in a real browser: dropping files, progress, searching, removing, with and without script."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fakes import FakeEncoder
from payloads import NAMED

from assistant.assembly import Assistant, open_assistant

pytest.importorskip("playwright", reason="the browser tests need the Python package playwright")
from test_browser import CHROMIUM, WATCH, browser, served  # noqa: F401 (a fixture is used by its name)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="the browser tests need chromium on the PATH"),
]

VISIT = "Iceland and Malta signed a health agreement in Valletta on 3 May 2024."
# Drops files onto the field: each is (name, text); remembers everything that the list of progress ever showed.
DROP = """([target, files]) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name));
    window.shown = [];
    const list = document.getElementById("progress");
    const note = () => {
        for (const item of list.children) window.shown.push(
            [item.innerText.replace(/\\s+/g, " "), item.querySelector("progress") !== null]);
    };
    new MutationObserver(note).observe(list, {childList: true, subtree: true, characterData: true});
    const element = document.querySelector(target);
    for (const kind of ["dragenter", "dragover", "drop"])
        element.dispatchEvent(new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "norway-chad.txt").write_text("Norway and Chad discussed vaccines in Oslo on 2 May 2024.")
    (folder / "broken.pdf").write_bytes(b"no")
    assistant: Assistant = open_assistant(tmp_path_factory.mktemp("data"), folder=folder, encoder=FakeEncoder())
    with served(assistant, uploads="writers") as url:
        yield url
    assistant.close()


@pytest.fixture(params=[390, 1280])
def page(request: pytest.FixtureRequest, browser: Any, url: str) -> Iterator[Any]:  # noqa: F811
    """The page, on a phone and on a desk; afterwards nothing may have run, been blocked or asked of another host."""
    context = browser.new_context(viewport={"width": request.param, "height": 800})
    context.add_init_script(WATCH)
    hosts: set[str] = set()
    context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page = context.new_page()
    page.goto(f"{url}/documents")
    yield page
    assert hosts == {urlsplit(url).netloc}
    assert page.evaluate("window.blocked") == []
    context.close()


def drop(page: Any, *files: tuple[str, str], target: str = "#add") -> list[str]:
    """Drop files, wait until all are dealt with, and return what is told of each."""
    before = page.locator("#progress li").count()
    page.evaluate(DROP, [target, files])
    page.locator("#progress li[class]").nth(before + len(files) - 1).wait_for()
    return [" ".join(text.split()) for text in page.locator("#progress li").all_inner_texts()[before:]]


def titles(page: Any) -> list[str]:
    return list(page.locator("tbody th a").all_inner_texts())


def test_dropped_files_show_progress_and_are_added_or_refused_and_one_is_removed(page: Any) -> None:
    name = f"Iceland visit {page.viewport_size['width']}.txt"
    good, bad = drop(page, (name, f"{VISIT} Seen {page.viewport_size['width']}."), ("bad.pdf", "no"))
    assert good == f"{name} added, 1 passage"
    assert bad.startswith("bad.pdf not added: the PDF ")
    assert any(name in text and busy for text, busy in page.evaluate("window.shown"))
    assert not page.locator("#add.over").count()
    page.wait_for_selector("tbody >> text=Iceland")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

    page.get_by_role("link", name="Remove Iceland").click()
    page.wait_for_selector("text=Remove this document?")
    page.click("text=Keep it")
    page.wait_for_selector("tbody >> text=Iceland")
    page.get_by_role("link", name="Remove Iceland").click()
    page.click("button:has-text('Remove')")
    page.wait_for_selector("#list")
    assert not [title for title in titles(page) if "Iceland" in title]
    assert [title for title in titles(page) if "norway" in title.lower()]


def test_the_same_file_again_is_told_apart_from_a_new_version(page: Any) -> None:
    width = page.viewport_size["width"]
    first = ("again.txt", f"{VISIT} First {width}.")
    assert "added" in drop(page, first)[0]
    assert drop(page, first) == ["again.txt here already, unchanged"]
    (new,) = drop(page, ("again.txt", f"{VISIT} Second {width}."))
    assert new == "again.txt added, 1 passage, in place of an earlier version"


def test_hostile_names_are_shown_as_they_are_and_do_nothing(page: Any) -> None:
    names = [name for name in NAMED.values() if name.isprintable()][:12]
    told = drop(page, *((f"{name}.xyz", "words") for name in names))
    assert all("is not supported" in line for line in told)
    assert page.locator("#progress").locator("img, script, iframe, svg, form").count() == 0
    assert page.evaluate("window.pwned") is None


def test_a_file_dropped_beside_the_field_does_not_replace_the_page(page: Any, url: str) -> None:
    page.evaluate(DROP, ["h1", [["a.txt", "words"]]])
    assert page.url == f"{url}/documents"
    assert page.locator("#progress li").count() == 0


def test_the_search_works_by_keyboard(page: Any) -> None:
    page.get_by_label("Words").fill("norway")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=norway**")
    assert len(titles(page)) == 1
    assert page.get_by_text("broken.pdf").count() == 1


def test_without_a_script_the_form_does_the_same(browser: Any, url: str, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "plain.txt").write_text(f"{VISIT} It covers plain forms.")
    (tmp_path / "bad.pdf").write_text("no")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{url}/documents")
    page.set_input_files("input[type=file]", [tmp_path / "plain.txt", tmp_path / "bad.pdf"])
    page.click("#add button")
    page.wait_for_selector(".results .indexed")
    assert page.locator(".results .failed").count() == 1
    context.close()


def test_the_conversation_leads_to_the_documents(browser: Any, url: str) -> None:  # noqa: F811
    page = browser.new_page()
    page.goto(url)
    page.wait_for_selector("#holdings strong")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Documents").or_(page.get_by_role("button", name="Documents")).click()
    opened.value.wait_for_selector("#list")
    assert opened.value.url == f"{url}/documents"
    page.context.close()
