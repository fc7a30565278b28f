"""The HTTP surface as an attacker and an orchestrator meet it: every kind of response, every origin, every route.

`test_api` has what the routes are for. The server here is the real command in a process of its own.
"""

import base64
import hashlib
import http.client
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from each import each
from fakes import FakeEncoder, app_over, child_environment
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from markup import parse
from payloads import NAMED

from assistant.assembly import Assistant, open_assistant
from corpus.encoder.protocol import Encoder
from corpus.errors import AssistantError
from ui import LONGEST_QUESTION
from ui.access.headers import policy_for
from ui.access.journal import FAILED
from ui.server import bind

RIGA = "Latvia and Azerbaijan signed a health agreement in Riga on 4 December 2025.\r\n\r\nIt covers <b>beds</b>.\n"
QUESTION = "Where did Latvia and Azerbaijan sign a health agreement?"
OURS = {
    ("/api/v1/ask", "POST"),
    ("/api/v1/documents", "GET"),
    ("/api/v1/documents", "POST"),
    ("/api/v1/documents/{document_id}", "DELETE"),
    ("/api/v1/documents/{document_id}", "GET"),
    ("/api/v1/filters", "GET"),
    ("/api/v1/openapi.json", "GET"),
    ("/documents", "GET"),
    ("/documents", "POST"),
    ("/documents/adding.js", "GET"),
    ("/documents/{document_id}/remove", "GET"),
    ("/documents/{document_id}/remove", "POST"),
    ("/api/v1/timeline", "GET"),
    ("/api/v1/export", "POST"),
    ("/api/v1/feedback", "POST"),
    ("/api/v1/review.csv", "GET"),
    ("/export", "POST"),
    ("/review", "GET"),
    ("/documents/{document_id}", "GET"),
    ("/health/live", "GET"),
    ("/health/ready", "GET"),
    ("/mcp", "DELETE"),
    ("/mcp", "GET"),
    ("/mcp", "POST"),
    ("/metrics", "GET"),
    ("/page.js", "GET"),
    ("/timeline", "GET"),
    ("/feed.atom", "GET"),
    ("/v1/chat/completions", "POST"),
    ("/v1/models", "GET"),
    ("/v1/models/{name}", "GET"),
}
# One request for every kind of response: ours and Gradio's, found and not, refused and answered.
REQUESTS = {
    "page": ("GET", "/"),
    "page-head": ("HEAD", "/"),
    "configuration": ("GET", "/config"),
    "theme": ("GET", "/theme.css"),
    "events": ("GET", "/gradio_api/info"),
    "server-file": ("GET", "/gradio_api/file=/etc/passwd"),
    "upload": ("POST", "/gradio_api/upload"),
    "monitoring": ("GET", "/monitoring"),
    "nowhere": ("GET", "/nowhere"),
    "answer": ("POST", "/api/v1/ask"),
    "question-refused": ("POST", "/api/v1/ask"),
    "wrong-method": ("GET", "/api/v1/ask"),
    "description": ("GET", "/api/v1/openapi.json"),
    "document": ("GET", "/documents/{id}?start=0&end=6"),
    "document-missing": ("GET", "/documents/none"),
    "document-refused": ("GET", "/documents/{id}?start=x"),
    "documents": ("GET", "/api/v1/documents"),
    "document-as-json": ("GET", "/api/v1/documents/{id}?start=0&end=6"),
    "documents-page": ("GET", "/documents?q=riga"),
    "script": ("GET", "/documents/adding.js"),
    "adding-refused": ("POST", "/api/v1/documents"),
    "adding-refused-page": ("POST", "/documents"),
    "removal-refused": ("DELETE", "/api/v1/documents/{id}"),
    "filters": ("GET", "/api/v1/filters"),
    "timeline": ("GET", "/api/v1/timeline?parties=Latvia,Azerbaijan"),
    "timeline-refused": ("GET", "/api/v1/timeline?parties=Latvai"),
    "feed": ("GET", "/feed.atom"),
    "timeline-page": ("GET", "/timeline?parties=Latvia&parties=Azerbaijan"),
    "live": ("GET", "/health/live"),
    "ready": ("GET", "/health/ready"),
    "metrics": ("GET", "/metrics"),
    "models": ("GET", "/v1/models"),
    "model-missing": ("GET", "/v1/models/none"),
    "completion-refused": ("POST", "/v1/chat/completions"),
    "unknown": ("GET", "/api/v2/ask"),
    "tools": ("POST", "/mcp"),
    "preflight": ("OPTIONS", "/api/v1/ask"),
}
every_kind = each("kind", REQUESTS)


@dataclass
class Served:
    """The application over one document, and an HTTP client for it."""

    app: FastAPI
    client: TestClient
    assistant: Assistant

    def ask(self, question: object = QUESTION) -> Response:
        return self.client.post("/api/v1/ask", json={"question": question})

    @property
    def document_id(self) -> str:
        (document,) = self.assistant.store.catalog.documents()
        return document.id


def opened_in(folder: Path) -> Iterator[Served]:
    (folder / "documents").mkdir()
    (folder / "documents" / "riga.txt").write_bytes(RIGA.encode())
    assistant = open_assistant(folder / "data", folder=folder / "documents", encoder=FakeEncoder())
    app = app_over(assistant)
    yield Served(app, TestClient(app), assistant)
    assistant.close()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from opened_in(tmp_path_factory.mktemp("http"))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """The same, for a test that changes the data folder."""
    yield from opened_in(tmp_path)


@pytest.fixture(scope="module")
def responses(opened: Served) -> dict[str, Response]:
    preflight = {"Origin": "https://evil.invalid", "Access-Control-Request-Method": "POST"}
    return {
        kind: opened.client.request(
            method,
            path.replace("{id}", opened.document_id),
            json={"question": "" if kind == "question-refused" else QUESTION} if method == "POST" else None,
            headers=preflight if method == "OPTIONS" else {},
        )
        for kind, (method, path) in REQUESTS.items()
    }


def directives(response: Response) -> dict[str, list[str]]:
    """The response's one Content-Security-Policy, by directive."""
    (policy,) = response.headers.get_list("content-security-policy")
    parts = [part.split() for part in policy.split(";")]
    assert len(parts) == len({name for name, *_ in parts})
    return {name: values for name, *values in parts}


def assert_problem(response: Response, status: int) -> str:
    """The response is a problem (RFC 9457); returns its sentence."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem.keys() == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    return str(problem["detail"])


# What every response carries


@every_kind
def test_every_response_has_an_id_that_stands_in_the_log(kind: str, responses: dict[str, Response]) -> None:
    if kind == "preflight":
        return  # answered for the browser alone, before there is a request
    (given,) = responses[kind].headers.get_list("x-request-id")
    assert re.fullmatch(r"[0-9a-f]{16,32}", given)


def test_a_callers_own_id_is_kept_where_it_is_a_plain_name(opened: Served) -> None:
    for given, kept in (("portal-7.a_b", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("<b>", False)):
        returned = opened.client.get("/health/live", headers={"X-Request-ID": given}).headers["x-request-id"]
        assert (returned == given) is kept


@every_kind
def test_no_response_may_be_framed_or_guessed_at(kind: str, responses: dict[str, Response]) -> None:
    headers = responses[kind].headers
    assert directives(responses[kind])["frame-ancestors"] == ["'none'"]
    assert headers.get_list("x-content-type-options") == ["nosniff"]
    assert headers["referrer-policy"] == "same-origin"


@every_kind
def test_no_response_allows_anything_but_this_servers_own_scripts(kind: str, responses: dict[str, Response]) -> None:
    policy = directives(responses[kind])
    scripts = policy.get("script-src", policy["default-src"])
    assert all(re.fullmatch(r"'self'|'none'|'sha256-[\w+/]{43}='", source) for source in scripts)
    assert policy.get("object-src", policy["default-src"]) == ["'none'"]
    assert policy.get("connect-src", policy["default-src"]) in (["'self'"], ["'none'"])
    allowed = {source for sources in policy.values() for source in sources}
    assert not [source for source in allowed if re.search(r"unsafe-(eval|hashes)|\*|\.|https?:", source)]


@every_kind
def test_no_response_invites_another_origin(kind: str, responses: dict[str, Response]) -> None:
    assert not [name for name in responses[kind].headers if name.startswith("access-control-allow-origin")]


def test_the_responses_are_of_the_kinds_they_claim(responses: dict[str, Response]) -> None:
    codes = {kind: response.status_code for kind, response in responses.items()}
    assert {kind for kind, code in codes.items() if code == 200} >= {"page", "configuration", "answer", "document"}
    assert codes["question-refused"] == codes["document-refused"] == codes["timeline-refused"] == 422
    assert codes["timeline"] == codes["timeline-page"] == codes["documents"] == codes["documents-page"] == 200
    assert codes["adding-refused"] == codes["adding-refused-page"] == codes["removal-refused"] == 403
    assert codes["nowhere"] == codes["document-missing"] == codes["upload"] == 404
    assert codes["preflight"] == 400
    assert codes["wrong-method"] == 405
    assert codes["unknown"] == codes["model-missing"] == 404
    assert codes["completion-refused"] == 400
    assert codes["metrics"] == codes["models"] == 200
    assert codes["tools"] == 503, "the application was not started, and its tools neither"
    assert codes["server-file"] == 404


def test_the_page_allows_its_own_inline_scripts_and_no_others(responses: dict[str, Response]) -> None:
    page = parse(responses["page"].text)
    inline = [script.text for script in page.all("script") if "src" not in script.attributes]
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline}
    assert inline
    assert set(directives(responses["page"])["script-src"]) == {"'self'", *hashes}
    assert not [name for element in page.elements for name in element.attributes if name.startswith("on")]


def test_only_inline_scripts_get_a_hash() -> None:
    assert "sha256" not in policy_for(b'<script src="/a.js"></script><SCRIPT type=module SRC=/b.js ></SCRIPT>')
    assert policy_for(b"<script>a</script><SCRIPT\n defer>b</SCRIPT>").count("sha256") == 2


@pytest.mark.parametrize("kind", ["document", "document-missing"])
def test_a_documents_page_may_only_use_its_one_style_sheet(kind: str, responses: dict[str, Response]) -> None:
    policy = directives(responses[kind])
    style = hashlib.sha256(parse(responses[kind].text).one("style").text.encode()).digest()
    assert policy == {
        "default-src": ["'none'"],
        "style-src": [f"'sha256-{base64.b64encode(style).decode()}'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }


# Other origins, uploads, and routes that nobody meant


@each("path", ["/", "/config", "/api/v1/ask", "/gradio_api/info", "/gradio_api/queue/join"])
@each("host", ["testserver", "assistant.example.org", "localhost:7860"])
@each("origin", ["https://evil.invalid", "null", "http://localhost:9999"])
def test_another_origin_may_read_nothing(path: str, host: str, origin: str, opened: Served) -> None:
    headers = {"Host": host, "Origin": origin}
    asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    preflight = opened.client.options(path, headers=headers | asking)
    assert preflight.status_code == 400
    for response in (preflight, opened.client.get(path, headers=headers)):
        assert "access-control-allow-origin" not in response.headers
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize("path", ["/gradio_api/upload/", "/gradio_api/upload?upload_id=x"])
def test_a_file_is_not_taken_by_another_spelling(path: str, opened: Served) -> None:
    assert_problem(opened.client.post(path, files={"files": ("a.txt", b"words")}), 404)


@pytest.mark.parametrize("path", ["/upload", "//gradio_api/upload", "/gradio_api//upload", "/gradio_api/upload/x"])
def test_no_other_way_takes_a_file(path: str, opened: Served) -> None:
    assert opened.client.post(path, files={"files": ("a.txt", b"words")}).status_code in (404, 405)


def test_every_route_of_ours_is_one_that_is_meant(opened: Served) -> None:
    routes = {
        (route.path, method)
        for route in opened.app.routes
        for method in getattr(route, "methods", None) or ()
        if method != "HEAD"
    }
    assert routes == OURS


# Bodies, places and failures


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"\xff\xfe\x00", "application/json"),
        (b'{"question": "\\ud83d"}', "application/json"),
        (b'{"question": "Latvia?"}', "text/plain"),
        (b"question=Latvia", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_is_no_json_text_is_refused(content: bytes, kind: str, opened: Served) -> None:
    refused = opened.client.post("/api/v1/ask", content=content, headers={"Content-Type": kind})
    assert refused.status_code in (400, 422)


@each("question", [text for text in NAMED.values() if text.isprintable()])
def test_a_hostile_question_comes_back_as_it_was_put_and_as_json(question: str, opened: Served) -> None:
    answered = opened.ask(question)
    assert answered.status_code == 200
    assert answered.headers["content-type"] == "application/json"
    assert answered.json()["question"] == question.strip()


def test_white_space_about_a_question_does_not_count(opened: Served) -> None:
    assert opened.ask(f"\n{QUESTION}{' ' * LONGEST_QUESTION}").json()["question"] == QUESTION


@pytest.mark.parametrize("place", ["start=a&end=b", "start=0.5&end=2", f"start=0&end={'9' * 5000}", "start=<b>&end=2"])
def test_a_place_that_is_no_number_is_refused(place: str, opened: Served) -> None:
    assert "query." in assert_problem(opened.client.get(f"/documents/{opened.document_id}?{place}"), 422)


def test_a_document_is_served_character_for_character(opened: Served) -> None:
    page = parse(opened.client.get(f"/documents/{opened.document_id}?start=70&end=90").text)
    assert page.one("article").text == RIGA
    assert page.one("mark", id="passage").text == RIGA[70:90]


def test_an_index_of_another_encoder_is_an_expected_failure_that_leaves_documents_open(own: Served) -> None:
    assert own.ask().status_code == 200
    other = open_assistant(own.assistant.store.folder, encoder=FakeEncoder("other"), rebuild=True)
    other.reindex()
    other.close()
    assert "run: assistant reindex" in assert_problem(own.ask(), 503)
    assert "run: assistant reindex" in assert_problem(own.client.get("/health/ready"), 503)
    assert own.client.get("/health/live").status_code == 200
    assert own.client.get(f"/documents/{own.document_id}").status_code == 200


class Buggy:
    """An assistant with a bug."""

    model = None

    def __init__(self, folder: Path) -> None:
        self.store = SimpleNamespace(folder=folder)

    def ask(self, *_: object, **_choices: object) -> None:
        raise ZeroDivisionError("a secret")


def test_a_bug_is_an_error_without_its_innards(tmp_path: Path) -> None:
    failed = TestClient(app_over(Buggy(tmp_path))).post("/api/v1/ask", json={"question": QUESTION})
    assert assert_problem(failed, 500) == FAILED
    assert "secret" not in failed.text
    assert failed.headers["x-request-id"]
    assert failed.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in failed.headers["content-security-policy"]


# Serving


@pytest.mark.parametrize("port", [-1, 65_536, 70_000])
def test_a_port_that_does_not_exist_is_refused_and_no_other_taken(port: int) -> None:
    with pytest.raises(AssistantError, match=f"Port {port} does not exist; give another --port"):
        bind("127.0.0.1", port)


@pytest.mark.parametrize("host", ["", "a..b"])
def test_an_address_that_is_none_is_refused_with_a_sentence(host: str) -> None:
    with pytest.raises(AssistantError, match=r"is not an address of this machine .*; give another --host"):
        bind(host, 0)


def test_whoever_connects_before_the_server_is_up_waits_for_it() -> None:
    with bind("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname(), timeout=5):
        pass


def test_two_servers_never_take_the_same_port() -> None:
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(AssistantError, match=f"Port {port} is already in use"):
            bind("127.0.0.1", port)
    bind("127.0.0.1", port).close()


@contextmanager
def serving(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The real `assistant serve` over a data folder, on a free port: its process and its address."""
    environment = {name: value for name, value in child_environment().items() if not name.startswith("ASSISTANT_")}
    command = [str(Path(sys.executable).with_name("assistant")), "serve", "--data-dir", str(data), "--port", "0"]
    process = subprocess.Popen(command, cwd=data, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://" in line, "the server did not start; its errors are above"
        yield process, line.split()[-1]
    finally:
        process.kill()
        process.communicate()


@pytest.mark.processes
def test_sigterm_ends_the_real_command_cleanly_under_an_open_page(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "riga.txt").write_bytes(RIGA.encode())
    open_assistant(tmp_path / "data", folder=tmp_path / "documents", encoder=encoder).close()
    with serving(tmp_path / "data") as (process, url):
        page = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        page.request("GET", "/gradio_api/heartbeat/open-page")
        assert page.getresponse().status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        page.close()
