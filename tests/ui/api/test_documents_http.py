"""Documents over HTTP: the list, one document, adding, removing, and who may; `test_browser_documents` has the page."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEncoder, counted_tokens
from fastapi import FastAPI
from fastapi.testclient import TestClient
from markup import parse
from payloads import every_payload

from assistant.assembly import Assistant, open_assistant
from assistant.scope.holdings import Overview, SourceTotals, Wanted
from corpus.catalog.entries import Failure, Summary
from corpus.ingest.uploads import Addition
from corpus.store.lock import writers_lock
from ui.access.layer import Access
from ui.api import uploads as uploads_api
from ui.api.documents import add_documents
from ui.api.health import add_health
from ui.api.holdings import add_holdings
from ui.api.questions import add_questions
from ui.pages.documents.listing import ListView, documents_page
from ui.wire.answer_queue import AnswerQueue
from ui.wire.problems import add_problems

WORDS = b"Iceland and Malta signed a health agreement in Valletta on 3 May 2024."
BRIEF = """---
title: "Norway and Chad talk"
publisher: "The Gazette"
published: "2024-05-03"
parties: [Norway, Chad]
---

Norway and Chad discussed vaccines in Oslo on 2 May 2024.
"""


class SlowEncoder(FakeEncoder):
    """Waits while it encodes passages, until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.going = threading.Event()
        self.going.set()
        self.waiting = threading.Event()

    @property
    def counter(self) -> Callable[[Sequence[str]], list[int]]:
        return counted_tokens  # which holds no event: the process that reads files is sent it

    def encode_passages(self, titles: Any, texts: Any) -> Any:
        self.waiting.set()
        assert self.going.wait(30)
        return super().encode_passages(titles, texts)


def opened(folder: Path) -> Assistant:
    (folder / "documents").mkdir()
    (folder / "documents" / "oslo.md").write_text(BRIEF, encoding="utf-8")
    (folder / "documents" / "broken.pdf").write_bytes(b"no")
    return open_assistant(folder / "data", folder=folder / "documents", encoder=SlowEncoder())


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    assistant = opened(tmp_path)
    yield assistant
    assistant.close()


def client_of(assistant: Assistant, *, uploads: str) -> TestClient:
    """The routes that are about documents, and questions; without the conversation, which takes long to build."""
    app = FastAPI(middleware=Access().middleware())
    app.state.uploads = uploads
    add_problems(app)
    for add_routes in (uploads_api.add_uploads, add_holdings, add_documents, add_health):
        add_routes(app, assistant)
    add_questions(app, assistant, AnswerQueue())
    return TestClient(app)


@pytest.fixture
def client(assistant: Assistant) -> TestClient:
    return client_of(assistant, uploads="writers")


def add(client: TestClient, *files: tuple[str, bytes], **headers: str) -> Any:
    return client.post("/api/v1/documents", files=[("files", file) for file in files], headers=headers)


def problem(response: Any, status: int) -> str:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return str(response.json()["detail"])


# The list, and one document


def test_the_list_tells_documents_sources_and_failures(client: TestClient) -> None:
    told = client.get("/api/v1/documents").json()
    (document,) = told["documents"]
    assert (document["title"], document["publisher"], document["parties"], document["passages"]) == (
        *("Norway and Chad talk", "The Gazette"),
        *(["Norway", "Chad"], 1),
    )
    assert (told["total"], told["page"], told["pages"]) == (1, 1, 1)
    assert told["sources"] == [{"source": "documents", "documents": 1, "passages": 1, "failed": 1}]
    (failed,) = told["failed"]
    assert failed["path"] == "broken.pdf"
    assert failed["reason"]


def test_the_list_is_filtered_and_turned(client: TestClient) -> None:
    add(client, *((f"iceland-{n}.txt", WORDS + f" It has {n} beds.".encode()) for n in range(5)))
    told = client.get("/api/v1/documents?q=iceland&page_size=2&page=2&sort=title").json()
    assert (len(told["documents"]), told["total"], told["pages"]) == (2, 5, 3)
    assert client.get("/api/v1/documents?publisher=The%20Gazette").json()["total"] == 1
    assert client.get("/api/v1/documents?source=uploads").json()["total"] == 5
    assert client.get("/api/v1/documents?page=9").json()["documents"] == []
    for query in ("page=0", "page_size=0", "page_size=201", "sort=size", "q=" + "x" * 501):
        assert "query." in problem(client.get(f"/api/v1/documents?{query}"), 422)


def test_a_document_is_told_with_its_text_passages_and_highlight(client: TestClient) -> None:
    (listed,) = client.get("/api/v1/documents").json()["documents"]
    told = client.get(f"/api/v1/documents/{listed['id']}?start=0&end=3").json()
    assert told["text"] == BRIEF
    assert told["highlight"] == {"start": 0, "end": 3, "quote": "---", "page": None}
    (passage,) = told["passages"]
    assert BRIEF[passage["start"] : passage["end"]].startswith("Norway and Chad discussed")
    assert (told["current"], told["newer"]) == (True, None)
    assert client.get(f"/api/v1/documents/{listed['id']}").json()["highlight"] is None
    for place in ("start=3&end=3", "start=5&end=2", "start=0", "start=0&end=9999"):
        assert "characters" in problem(client.get(f"/api/v1/documents/{listed['id']}?{place}"), 422)
    assert "no such document" in problem(client.get("/api/v1/documents/none"), 404)


# Adding and removing


def test_an_added_document_answers_at_once_and_a_removed_one_no_more(client: TestClient) -> None:
    question = {"question": "Where did Iceland and Malta sign a health agreement?"}
    assert client.post("/api/v1/ask", json=question).json()["outcome"] == "not_found"
    response = add(client, ("visit.txt", WORDS), ("bad.pdf", b"no"))
    assert response.status_code == 200
    good, bad = response.json()["results"]
    assert (good["outcome"], bad["outcome"]) == ("indexed", "failed")
    assert bad["reason"]
    answer = client.post("/api/v1/ask", json=question).json()
    assert answer["citations"][0]["document"]["id"] == good["document_id"]
    assert add(client, ("visit.txt", WORDS)).json()["results"][0]["outcome"] == "unchanged"
    assert client.delete(f"/api/v1/documents/{good['document_id']}").status_code == 204
    assert client.post("/api/v1/ask", json=question).json()["outcome"] == "not_found"
    assert "no such document" in problem(client.delete(f"/api/v1/documents/{good['document_id']}"), 404)
    told = client.get(f"/api/v1/documents/{good['document_id']}").json()
    assert (told["current"], told["passages"]) == (False, [])


def test_a_document_of_a_folder_stays(client: TestClient) -> None:
    (listed,) = client.get("/api/v1/documents").json()["documents"]
    assert "sources remove documents" in problem(client.delete(f"/api/v1/documents/{listed['id']}"), 409)


def test_another_writer_is_a_conflict(client: TestClient, assistant: Assistant) -> None:
    with writers_lock(assistant.store.folder):
        assert "Another process is writing" in problem(add(client, ("a.txt", WORDS)), 409)
        page = client.post("/documents", files={"files": ("a.txt", WORDS)})
        assert page.status_code == 409
        assert "Another process is writing" in parse(page.text).one("p", class_="notice").text


def test_what_is_no_upload_is_refused_for_its_reason(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "multipart/form-data" in problem(client.post("/api/v1/documents", json={}), 415)
    assert "No file" in problem(client.post("/api/v1/documents", files={"a": (None, b"x")}), 422)
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert problem(client.post("/api/v1/documents", content=b"--y\r\n\r\n--", headers=broken), 400)
    no_boundary = {"Content-Type": "multipart/form-data"}
    assert problem(client.post("/api/v1/documents", content=b"--", headers=no_boundary), 400)
    many = [(f"{n}.txt", b"x") for n in range(uploads_api.MOST_FILES_AT_ONCE + 1)]
    assert "Too many files" in problem(add(client, *many), 413)
    monkeypatch.setattr(uploads_api, "LARGEST_REQUEST_BYTES", 1000)
    assert "together" in problem(add(client, ("a.txt", b"x" * 2000)), 413)


def test_a_body_that_lies_about_its_length_is_cut_off(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads_api, "LARGEST_REQUEST_BYTES", 1000)
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'

    def chunks() -> Iterator[bytes]:
        yield head
        yield from [b"word " * 100] * 10

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert "together" in problem(client.post("/api/v1/documents", content=chunks(), headers=headers), 413)


# Starlette leaves the temporary file of an unfinished part to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_body_that_breaks_off_adds_nothing(client: TestClient, assistant: Assistant) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    cut = client.post("/api/v1/documents", content=head + WORDS[:20], headers=headers)
    assert cut.status_code in (400, 422)
    assert client.get("/api/v1/documents").json()["total"] == 1


def test_questions_are_answered_while_a_document_is_added(client: TestClient, assistant: Assistant) -> None:
    encoder = assistant.store.encoder
    assert isinstance(encoder, SlowEncoder)
    encoder.going.clear()
    encoder.waiting.clear()
    results: list[Any] = []
    adding = [
        threading.Thread(target=lambda n=n: results.append(add(client, (f"{n}.txt", WORDS + b" %d" % n))))
        for n in range(2)
    ]
    for thread in adding:
        thread.start()
    assert encoder.waiting.wait(20)
    asked = time.monotonic()
    told = client.post("/api/v1/ask", json={"question": "What did Norway and Chad discuss?"}).json()
    assert told["outcome"] == "answered"
    assert client.get("/health/ready").json()["status"] == "ready"
    assert client.get("/documents").status_code == 200
    assert time.monotonic() - asked < 20
    assert results == []
    encoder.going.set()
    for thread in adding:
        thread.join(30)
    assert [response.json()["results"][0]["outcome"] for response in results] == ["indexed", "indexed"]


# Who may


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.invalid"},
        {"Origin": "null"},
        {"Origin": "http://testserver.evil.invalid"},
        {"Origin": "http://testserver:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.invalid"},
    ],
)
def test_another_sites_page_may_add_and_remove_nothing(headers: dict[str, str], client: TestClient) -> None:
    (listed,) = client.get("/api/v1/documents").json()["documents"]
    assert "own pages only" in problem(add(client, ("a.txt", WORDS), **headers), 403)
    assert "own pages only" in problem(client.delete(f"/api/v1/documents/{listed['id']}", headers=headers), 403)
    for path in ("/documents", f"/documents/{listed['id']}/remove"):
        assert client.post(path, files={"files": ("a.txt", WORDS)}, headers=headers).status_code == 403
    assert client.get("/api/v1/documents").json()["total"] == 1


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://testserver"}, {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}],
)
def test_our_own_page_and_programs_may(headers: dict[str, str], client: TestClient) -> None:
    assert add(client, ("a.txt", WORDS), **headers).json()["results"][0]["outcome"] == "indexed"


def test_by_default_nobody_may_and_the_page_offers_nothing(assistant: Assistant) -> None:
    client = client_of(assistant, uploads="nobody")
    (listed,) = client.get("/api/v1/documents").json()["documents"]
    assert "ASSISTANT_UPLOADS" in problem(add(client, ("a.txt", WORDS)), 403)
    assert "ASSISTANT_UPLOADS" in problem(client.delete(f"/api/v1/documents/{listed['id']}"), 403)
    assert client.post("/documents", files={"files": ("a.txt", WORDS)}).status_code == 403
    assert client.post(f"/documents/{listed['id']}/remove").status_code == 403
    assert client.get(f"/documents/{listed['id']}/remove").status_code == 404
    page = parse(client.get("/documents").text)
    assert not page.all("script")
    assert not page.all("input", type="file")
    assert "assistant ingest FOLDER" in page.text


def test_who_may_not_is_told_before_the_body_is_read(assistant: Assistant) -> None:
    client = client_of(assistant, uploads="nobody")
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "99999999"}
    assert client.post("/api/v1/documents", content=b"--x\r\n", headers=headers).status_code == 403


# The page


def test_the_page_lists_searches_and_says_what_was_not_read(client: TestClient) -> None:
    page = parse(client.get("/documents").text)
    assert [row.text for row in page.all("th", scope="row")] == ["Norway and Chad talkdocuments/oslo.md"]
    assert "broken.pdf" in page.text
    assert "1 document, 1 passage, 1 file not read" in page.text
    assert "1–1 of 1 document" in page.text
    assert not parse(client.get("/documents?q=iceland").text).all("table")
    found = parse(client.get("/documents?q=norway&publisher=The+Gazette&language=en&sort=title").text)
    assert len(found.all("th", scope="row")) == 1
    assert [option.text for option in found.elements if "selected" in option.attributes] == [
        *("The Gazette", "English", "any source", "by title"),
    ]


def test_pages_are_turned_with_the_search_kept(client: TestClient) -> None:
    add(client, *((f"iceland-{n}.txt", WORDS + f" It has {n} beds.".encode()) for n in range(60)))
    first = parse(client.get("/documents?q=iceland&sort=title").text)
    assert "1–50 of 60 documents" in first.text
    (following,) = [link.attributes["href"] for link in first.all("a") if link.text == "Next"]
    second = parse(client.get(str(following)).text)
    assert "51–60 of 60 documents" in second.text
    assert [link.text for link in second.all("a") if link.text in ("Previous", "Next")] == ["Previous"]
    assert "51–60 of 60" in client.get("/documents?q=iceland&page_number=99").text


def test_the_form_adds_without_a_script_and_a_document_is_removed_after_a_question(client: TestClient) -> None:
    files = [("files", ("iceland-visit.txt", WORDS)), ("files", ("bad.pdf", b"no"))]
    page = parse(client.post("/documents", files=files).text)
    assert [item.attributes["class"] for item in page.all("li") if item.attributes.get("class")] == [
        *("indexed", "failed"),
    ]
    (removal,) = [str(link.attributes["href"]) for link in page.all("a") if link.text == "Remove"]
    asking = parse(client.get(removal).text)
    assert asking.one("form").attributes["action"] == removal
    assert "Remove this document?" in asking.text
    assert "iceland" in client.get("/documents").text.lower()
    removed = client.post(removal, headers={"Origin": "http://testserver"})
    assert removed.url.path == "/documents"
    assert "iceland" not in removed.text.lower()


def test_the_page_runs_its_own_script_and_nothing_else(client: TestClient) -> None:
    page = client.get("/documents")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert [script.attributes["src"] for script in parse(page.text).all("script")] == ["/documents/adding.js"]
    assert [script.text for script in parse(page.text).all("script")] == [""]
    script = client.get("/documents/adding.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "innerHTML" not in script.text


@every_payload
def test_what_files_and_their_names_hold_is_shown_and_does_nothing(payload: str) -> None:

    def page(text: str) -> str:
        summary = Summary(text, text, text, text, text, text, text, (text,), 1)
        overview = Overview(
            (summary,), (Failure(text, text, None, text),), (SourceTotals(text, 1, 1, 1),), (text,), (text,)
        )
        added = [Addition(text, "failed", reason=text), Addition(text, "indexed", text, text, text, 1, text)]
        wanted = Wanted(publisher=text, language=text, source=text)
        return documents_page(ListView(overview, text, True, wanted, 1, added, text))

    hostile, plain = parse(page(payload)), parse(page("x"))
    assert [(e.tag, sorted(e.attributes)) for e in hostile.elements] == [
        (e.tag, sorted(e.attributes)) for e in plain.elements
    ]
    assert all(str(address).startswith(("/documents", "/", "?lang=")) for address in hostile.addresses)
