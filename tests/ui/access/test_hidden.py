"""No route tells anything of a restricted source to whom it is not for: a table of every route, ours and Gradio's.

A new route has no line here, and so fails the first test until somebody says what it may tell.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from doors import settings
from fakes import FakeEncoder, app_over
from fastapi.testclient import TestClient
from httpx import Response
from test_access import GRADIOS, OURS, PUBLIC
from test_scope import OPEN, SECRET, write

from assistant.assembly import Assistant, open_assistant
from ui.access.layer import open_access
from ui.keeping.user_data import UserData
from ui.wire.completion_shapes import MODEL

PROXY = "10.0.0.1"
SETTINGS = {
    **{"proxy_user_header": "X-User", "proxy_groups_header": "X-Groups", "proxy_peers": f"{PROXY}/32"},
    **{"frame_ancestors": "https://portal.example", "questions_per_minute": 100_000, "requests_per_minute": 1_000_000},
    **{"write_groups": "writers", "admin_groups": "admins"},
}
# What only the restricted documents hold.
SECRETS = ("tuvalu", "order of zembla", "zembla gazette", "moon bases", "kinbote", "xylophone", "secret/")
ASKED = "Which agreements were signed in 2025 and 2026, and who said what about nurses?"
QUESTION = {"question": ASKED}
MESSAGES = {"model": MODEL, "messages": [{"role": "user", "content": ASKED}]}
NOTHING = "nothing of the documents"
RECORDS = "what was asked and cited, whatever it was, to whoever may administer"
PAGE = "what the page's functions tell: they take the scope of the request (test_scope.py, test_chat.py)"
Send = Callable[[TestClient, str], Response]


def tool(name: str, **arguments: object) -> Send:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    headers = {"accept": "application/json, text/event-stream", "host": "localhost"}

    def send(client: TestClient, hidden: str) -> Response:
        return client.post("/mcp", json=json.loads(json.dumps(body).replace("HIDDEN", hidden)), headers=headers)

    return send


def get(path: str) -> Send:
    return lambda client, hidden: client.get(path.replace("HIDDEN", hidden))


def post(path: str, body: Any = None, **options: Any) -> Send:
    return lambda client, hidden: client.post(path.replace("HIDDEN", hidden), json=body, **options)


# For each route what is sent to it, or why nothing of the documents can come out of it.
ROUTES: dict[tuple[str, str], list[Send] | str] = {
    ("GET", "/health/live"): NOTHING,
    ("GET", "/health/ready"): [get("/health/ready")],
    ("GET", "/metrics"): "totals alone, and to administrators alone, as the README says",
    ("POST", "/api/v1/ask"): [post("/api/v1/ask", QUESTION), post("/api/v1/ask", {**QUESTION, "stream": True})],
    ("POST", "/v1/chat/completions"): [
        post("/v1/chat/completions", MESSAGES),
        post("/v1/chat/completions", {**MESSAGES, "stream": True}),
    ],
    ("GET", "/v1/models"): NOTHING,
    ("GET", "/v1/models/{name}"): NOTHING,
    ("POST", "/mcp"): [
        tool("ask", **QUESTION),
        tool("search", query="nurses in 2026", count=50),
        tool("read_document", document_id="HIDDEN"),
        tool("timeline", parties=["Latvia", "Azerbaijan"]),
    ],
    ("GET", "/mcp"): NOTHING,
    ("DELETE", "/mcp"): NOTHING,
    ("GET", "/api/v1/filters"): [get("/api/v1/filters")],
    ("GET", "/api/v1/timeline"): [get("/api/v1/timeline?parties=Latvia&parties=Azerbaijan")],
    ("GET", "/timeline"): [get("/timeline?parties=Latvia&parties=Azerbaijan")],
    ("GET", "/feed.atom"): [get("/feed.atom"), get("/feed.atom?parties=Latvia")],
    ("GET", "/api/v1/openapi.json"): [get("/api/v1/openapi.json")],
    ("GET", "/api/v1/documents"): [get("/api/v1/documents"), get("/api/v1/documents?q=nurses&sort=newest")],
    ("POST", "/api/v1/documents"): [post("/api/v1/documents", files={"files": ("later.md", b"A text on nurses.")})],
    ("GET", "/api/v1/documents/{document_id}"): [get("/api/v1/documents/HIDDEN")],
    ("DELETE", "/api/v1/documents/{document_id}"): [
        lambda client, hidden: client.delete(f"/api/v1/documents/{hidden}"),
    ],
    ("GET", "/documents"): [get("/documents"), get("/documents?q=nurses")],
    ("POST", "/documents"): [post("/documents", files={"files": ("tu.md", b"A text on nurses.")})],
    ("GET", "/documents/adding.js"): NOTHING,
    ("GET", "/documents/{document_id}"): [get("/documents/HIDDEN"), get("/documents/HIDDEN?start=0&end=20")],
    ("GET", "/documents/{document_id}/remove"): [get("/documents/HIDDEN/remove")],
    ("POST", "/documents/{document_id}/remove"): [post("/documents/HIDDEN/remove")],
    ("GET", "/page.js"): NOTHING,
    ("GET", "/sign-in"): NOTHING,
    ("GET", "/sign-in/callback"): NOTHING,
    ("GET", "/sign-out"): NOTHING,
    ("GET", "/embed.js"): NOTHING,
    ("GET", "/embedding/{name}"): NOTHING,
    ("POST", "/api/v1/embed-token"): NOTHING,
    ("POST", "/api/v1/tickets"): "a signature of a path; the path is opened by its own route",
    ("POST", "/export"): [
        lambda client, _: client.post("/export", data={"question": ASKED, "format": "docx"}),
    ],
    ("POST", "/api/v1/export"): [
        post("/api/v1/export", {**QUESTION, "format": form, "scope": "conversation", "history": [ASKED]})
        for form in ("docx", "markdown")
    ],
    ("POST", "/api/v1/feedback"): [post("/api/v1/feedback", {**QUESTION, "liked": False})],
    ("GET", "/review"): RECORDS,
    ("GET", "/api/v1/review.csv"): RECORDS,
    ("GET", "/"): [get("/")],
    ("GET", "/config"): [get("/config")],
    ("GET", "/gradio_api/app_id"): NOTHING,
    ("GET", "/gradio_api/heartbeat/{session_hash}"): NOTHING,
    ("GET", "/gradio_api/queue/data"): PAGE,
    ("POST", "/gradio_api/queue/join"): PAGE,
    ("POST", "/gradio_api/cancel"): NOTHING,
    ("POST", "/gradio_api/reset"): NOTHING,
    ("POST", "/gradio_api/run/{api_name}"): PAGE,
}
# Routes where who may see it does see it: the control.
TELLING = {path for method, path in ROUTES if "timeline" in path or "filters" in path or path.endswith("completions")}
TELLING |= {"/api/v1/ask", "/api/v1/documents", "/documents", "/api/v1/export", "/documents/{document_id}"}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    root = tmp_path_factory.mktemp("hidden")
    assistant = open_assistant(root / "data", encoder=FakeEncoder())
    assistant.add(write(root / "open", OPEN))
    assistant.add(write(root / "secret", SECRET), groups=["staff"])
    yield assistant
    assistant.close()


@pytest.fixture(scope="module")
def clients(assistant: Assistant) -> Iterator[dict[str, TestClient]]:
    """Somebody of the group, and others with every right but not of it."""
    access = open_access(settings(**SETTINGS), assistant.store.folder)
    user_data = UserData(assistant, conversations="server", record_questions=True)
    app = app_over(assistant, access, uploads="writers", user_data=user_data)
    groups = {"staff": "staff,writers,admins", "guest": "guests", "writer": "guests,writers", "administrator": "admins"}
    with TestClient(app):
        yield {
            name: TestClient(app, headers={"X-User": name, "X-Groups": listed}, client=(PROXY, 50_000))
            for name, listed in groups.items()
        }
    user_data.database.close()


@pytest.fixture(scope="module")
def hidden(assistant: Assistant) -> str:
    (found,) = (item for item in assistant.store.catalog.documents() if item.path == "tuvalu.md")
    return found.id


def words_of(answer: Response) -> str:
    """All that an answer tells: its headers, and its text or that of the Word file."""
    told = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    if not answer.content.startswith(b"PK"):
        return f"{told}\n{answer.text}".lower()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "\n".join(
            [told, *(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())]
        ).lower()


def test_every_route_takes_a_stand() -> None:
    gradios = {key for key, right in GRADIOS.items() if right != PUBLIC}
    assert OURS.keys() | gradios == ROUTES.keys()
    assert {"/metrics"} == {path for (_, path), told in ROUTES.items() if "totals" in told}


@pytest.mark.parametrize("who", ["guest", "writer", "administrator"])
def test_no_route_tells_of_it_to_whom_it_is_not_for(clients: dict[str, TestClient], hidden: str, who: str) -> None:
    told, sent = {}, 0
    for route, requests in ROUTES.items():
        for number, send in enumerate(requests if isinstance(requests, list) else ()):
            words, sent = words_of(send(clients[who], hidden)), sent + 1
            if found := [word for word in SECRETS if word in words]:
                told[(*route, number)] = found
    assert told == {}
    assert sent > 25


def test_the_control_who_may_see_it_does(clients: dict[str, TestClient], hidden: str) -> None:
    telling = set()
    for (method, path), requests in ROUTES.items():
        if method != "DELETE" and "remove" not in path and isinstance(requests, list):
            words = "".join(words_of(send(clients["staff"], hidden)) for send in requests)
            telling |= {path} if any(word in words for word in SECRETS) else set()
    assert telling >= TELLING


@pytest.mark.parametrize("who", ["guest", "writer", "administrator"])
def test_a_restricted_document_is_to_others_one_that_never_was(
    clients: dict[str, TestClient], hidden: str, who: str
) -> None:
    for (method, path), requests in ROUTES.items():
        if "{document_id}" in path:
            for send in requests if isinstance(requests, list) else ():
                there, never = send(clients[who], hidden), send(clients[who], "0" * len(hidden))
                assert there.status_code == never.status_code, (method, path)
                assert there.text.replace(hidden, "") == never.text.replace("0" * len(hidden), ""), (method, path)
