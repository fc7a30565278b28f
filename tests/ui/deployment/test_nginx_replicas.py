"""nginx before two real servers, with the configuration of the documentation: nothing that can be answered is lost."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from nginx import BROWSER_COOKIE, NAME, NGINX, OPENSSL, SIGNED_IN, make_certificate, running_nginx
from replicas import Replica
from servers import with_schema, without_schema
from test_browser import CHROMIUM

from assistant.assembly import open_assistant
from assistant.settings import Settings
from corpus.encoder.protocol import Encoder
from corpus.index.servers import Servers

DOCS = Path(__file__).parents[3] / "docs"
FILE = DOCS / "nginx-replicas.conf"
SIGNED = "{} and {} signed a health cooperation agreement on 3 May 2024. It covers ambulances."
SIGN_IN = {
    **{"ASSISTANT_PROXY_USER_HEADER": "X-Portal-User", "ASSISTANT_PROXY_GROUPS_HEADER": "X-Portal-Groups"},
    **{"ASSISTANT_PROXY_PEERS": "127.0.0.1", "ASSISTANT_WRITE_GROUPS": "editors"},
    **{"ASSISTANT_PUBLIC_URL": f"https://{NAME}", "ASSISTANT_LOG_REQUESTS": "true"},
    **{"ASSISTANT_QUESTIONS_AT_ONCE": "2", "ASSISTANT_QUESTIONS_WAITING": "4"},
}
PROXY_SAYS = {"X-Portal-User": "anna"}
CLIENTS = 4
pytestmark = [
    pytest.mark.servers,
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.skipif(not (NGINX and OPENSSL), reason="needs nginx and openssl"),
]


@dataclass
class Fronted:
    """Two processes, and the port of the nginx before them."""

    replicas: list[Replica]
    port: int
    errors: Path

    def client(self, **cookies: str) -> httpx.Client:
        """Anna; with cookies of her own, who has been here before."""
        cookie = "; ".join([SIGNED_IN["Cookie"], *(f"{name}={value}" for name, value in cookies.items())])
        address = f"https://127.0.0.1:{self.port}"
        return httpx.Client(base_url=address, headers={"Host": NAME, "Cookie": cookie}, verify=False, timeout=60)

    def answerer(self, reply: httpx.Response) -> Replica:
        """The process that gave this reply, told by its log."""
        patience = time.monotonic() + 10
        while time.monotonic() < patience:
            for replica in self.replicas:
                if reply.headers["X-Request-ID"] in {told["request_id"] for told in replica.requests()}:
                    return replica
            time.sleep(0.05)
        raise AssertionError("no process has noted this request")

    def visitor_of(self, replica: Replica) -> str:
        """A cookie that leads to this process."""
        while True:
            place = secrets.token_hex(16)
            with self.client(assistant_process=place) as client:
                if self.answerer(client.get("/documents")) is replica:
                    return place


@pytest.fixture(scope="module")
def fronted(postgres: str, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    folder = tmp_path_factory.mktemp("fronted")
    schema = with_schema(postgres, folder.name)
    (folder / "notes").mkdir()
    (folder / "notes" / "first.txt").write_text(SIGNED.format("Peru", "Fiji"), encoding="utf-8")
    settings = Settings(catalog_url=schema)  # type: ignore[arg-type]
    open_assistant(folder / "data", folder=folder / "notes", encoder=encoder, settings=settings).close()
    replicas = [Replica(folder / name, Servers(schema), settings=SIGN_IN).start() for name in ("a", "b")]
    places = {f"10.0.0.1{number}:7860": f"127.0.0.1:{replica.port}" for number, replica in enumerate(replicas, start=1)}
    try:
        for replica in replicas:
            replica.wait_until_ready()
        text = FILE.read_text(encoding="utf-8")
        with running_nginx(folder, text, make_certificate(folder), places) as port:
            yield Fronted(replicas, port, folder / "errors")
    finally:
        for replica in replicas:
            replica.stop()
        without_schema(postgres, folder.name)


def asked(client: httpx.Client, number: int) -> httpx.Response:
    """The reply to a question that nobody asked before in these words."""
    return client.post("/api/v1/ask", json={"question": f"What did Peru and Fiji sign{' ?' * number}"})


def test_the_documentation_gives_this_file_and_no_other() -> None:
    told = (DOCS / "scaling.md").read_text(encoding="utf-8")
    assert f"]({FILE.name})" in told
    assert "```nginx" not in told


def test_questions_go_to_both_and_a_visitor_to_one(fronted: Fronted) -> None:
    with fronted.client() as client:
        answers = [asked(client, number) for number in range(6)]
        assert all("Peru" in answer.json()["answer"] for answer in answers)
        assert {fronted.answerer(answer).port for answer in answers} == {replica.port for replica in fronted.replicas}
    for replica in fronted.replicas:
        with fronted.client(assistant_process=fronted.visitor_of(replica)) as client:
            assert {fronted.answerer(client.get("/documents")).port for _ in range(5)} == {replica.port}


def test_a_visitor_gets_the_cookie_once_and_a_program_gets_none(fronted: Fronted) -> None:
    with fronted.client() as client:
        given = client.get("/").headers["Set-Cookie"]
        assert given.startswith("assistant_process=")
        assert given.endswith("; Path=/; Secure; HttpOnly; SameSite=Lax")
        assert "Set-Cookie" not in asked(client, 0).headers
    with fronted.client(assistant_process="x") as client:
        assert "Set-Cookie" not in client.get("/").headers


def test_events_of_the_page_need_the_process_that_was_told_to_make_them(fronted: Fronted) -> None:
    config = httpx.get(f"{fronted.replicas[0].address}/config", headers=PROXY_SAYS).json()
    loads = next(item for item in config["dependencies"] if "load" in {kind for _, kind in item["targets"]})
    event = {"fn_index": loads["id"], "data": [None] * len(loads["inputs"]), "session_hash": "word"}
    told, other = (replica.address for replica in fronted.replicas)
    assert httpx.post(f"{told}/gradio_api/queue/join", json=event, headers=PROXY_SAYS).status_code == 200
    assert "process_completed" not in events(other)
    assert "process_completed" in events(told)


def events(address: str) -> str:
    """What a process has for a page of that word, as far as it tells it."""
    told = ""
    data = f"{address}/gradio_api/queue/data?session_hash=word"
    with suppress(httpx.HTTPError), httpx.stream("GET", data, headers=PROXY_SAYS, timeout=5) as stream:
        for text in stream.iter_text():
            told += text
    return told


def test_one_that_is_killed_loses_no_question_and_no_file_is_sent_twice(fronted: Fronted) -> None:
    killed, left = fronted.replicas
    place = fronted.visitor_of(killed)
    replies: list[httpx.Response] = []
    uploads: list[httpx.Response] = []
    over = threading.Event()

    def ask(first: int) -> None:
        with fronted.client() as client:
            number = first
            while not over.is_set():
                replies.append(asked(client, number))
                number += CLIENTS

    def upload() -> None:
        with fronted.client(assistant_process=place) as client:
            uploads.append(add(client))

    def add(client: httpx.Client) -> httpx.Response:
        files = {"files": ("second.txt", SIGNED.format("Malta", "Ghana").encode())}
        return client.post("/api/v1/documents", files=files)

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    killed.hold()
    threads.append(threading.Thread(target=upload))
    threads[-1].start()
    time.sleep(2)
    before = len(replies)
    killed.kill()
    time.sleep(3)
    over.set()
    for thread in threads:
        thread.join()
    assert "upstream prematurely closed connection" in fronted.errors.read_text(), "no question was under way"
    assert len(replies) > before
    assert {reply.status_code for reply in replies} == {200}
    assert uploads[0].status_code == 502
    assert not [told for told in left.requests() if told["method"] == "POST" and told["route"] == "/api/v1/documents"]
    with fronted.client(assistant_process=place) as client:
        assert add(client).json()["results"][0]["outcome"] == "indexed", "its visitors go to the other meanwhile"
        killed.start().wait_until_ready()
        time.sleep(5.5)
        assert fronted.answerer(client.get("/documents")) is killed, "and come back"


def test_too_many_questions_take_nothing_else_along(fronted: Fronted) -> None:
    statuses: list[int] = []

    def ask(number: int) -> None:
        with fronted.client() as client:
            reply = asked(client, 100 + number)
            assert reply.status_code == 200 or int(reply.headers["Retry-After"]) > 0
            statuses.append(reply.status_code)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {200, 503} == set(statuses)
    with fronted.client() as client:
        assert [client.get(path).status_code for path in ("/health/live", "/documents")] == [200, 200]
        assert asked(client, 200).status_code == 200


@pytest.fixture
def page(fronted: Fronted) -> Iterator[Any]:
    pytest.importorskip("playwright", reason="needs the Python package playwright")
    from playwright.sync_api import sync_playwright

    rule = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", rule])
        context = browser.new_context(ignore_https_errors=True)
        context.add_cookies([{**BROWSER_COOKIE, "url": f"https://{NAME}:{fronted.port}/"}])
        page = context.new_page()
        page.goto(f"https://{NAME}:{fronted.port}/")
        page.wait_for_selector("#holdings strong")
        yield page
        browser.close()


@pytest.mark.skipif(not CHROMIUM, reason="needs chromium on the PATH")
@pytest.mark.parametrize("is_under_way", [False, True])
def test_an_open_page_keeps_to_its_process_and_goes_on_with_the_other_once_that_is_killed(
    fronted: Fronted, page: Any, is_under_way: bool
) -> None:
    before = [len(page_events(replica)) for replica in fronted.replicas]
    put(page, "What did Peru and Fiji sign?")
    assert "Fiji" in answered(page, 1)
    (mine,) = [
        replica for replica, count in zip(fronted.replicas, before, strict=True) if len(page_events(replica)) > count
    ]
    if is_under_way:
        mine.hold()
    else:
        page.wait_for_timeout(2_000)  # what is looked for after an answer
        mine.kill()
    put(page, "When was that signed by Peru and Fiji?")
    if is_under_way:
        page.wait_for_timeout(500)
        mine.kill()
    try:
        assert "Fiji" in answered(page, 2)
    finally:
        mine.start().wait_until_ready()


def put(page: Any, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def answered(page: Any, count: int) -> str:
    """The page's answer to the so-manieth question of the conversation."""
    page.wait_for_function(
        "count => document.querySelectorAll('#chat .user-row').length === count"
        " && document.querySelector('#question .submit-button')",
        arg=count,
        timeout=30_000,
    )
    return str(page.locator("#chat .answer:not(.making)").last.inner_text())


def page_events(replica: Replica) -> list[dict[str, Any]]:
    """The events of a page that a process was sent."""
    return [told for told in replica.requests() if "queue/join" in told["route"]]
