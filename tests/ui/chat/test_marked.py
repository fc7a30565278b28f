"""What a stranger may name: nothing of the server's files, whatever is asked of whichever route, by whomever.

A data folder with a marked secret, a marked environment and a marked restricted source; readers with each kind of
identity send thousands of generated requests to every route. No byte of the marks may stand in any reply.
"""

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from doors import STRANGER, bearer, settings
from fakes import FakeEncoder, app_over
from fastapi.testclient import TestClient
from test_access import routes_of
from test_scope import OPEN, write

from assistant.assembly import Assistant, open_assistant
from ui.access.layer import Access, open_access
from ui.access.rules import RULES, Rule
from ui.chat.gate import Gate
from ui.identity.identity import ASK
from ui.identity.keys import KeyRing
from ui.keeping.user_data import UserData

REQUESTS = 5_000
SECRET = "5ec7e7" * 8
RESTRICTED = "Quetzalcoatlus"
SETTINGS: dict[str, Any] = {
    **{"open": True, "frame_ancestors": "https://portal.example", "public_url": "http://assistant.example"},
    **{"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "assistant"},
    **{"questions_per_minute": 10**7, "requests_per_minute": 10**7, "questions_at_once": 64},
}
# How long a reply that goes on for ever is listened to; others end by themselves.
LISTENED = 0.3
SIDE = 8


class Site(NamedTuple):
    app: Any
    assistant: Assistant
    readers: dict[str, dict[str, str]]
    marks: tuple[bytes, ...]
    files: list[str]


def environment_mark() -> bytes:
    """Something that stands in this process's environment and nowhere else: its longest entry."""
    return max(Path("/proc/self/environ").read_bytes().split(b"\0"), key=len)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    root = tmp_path_factory.mktemp("marked")
    assistant = open_assistant(root / "data", encoder=FakeEncoder())
    (root / "data" / "secret").write_text(SECRET)
    text = f"The {RESTRICTED} and Latvia signed a health agreement in Riga on 2 April 2026."
    assistant.add(write(root / "open", OPEN))
    assistant.add(write(root / "restricted", {"one.md": ("", text)}), groups=["staff"])
    yield assistant
    assistant.close()


def page_of(app: Any) -> Any:
    """Gradio's page in an application."""
    (mounted,) = [route for route in app.routes if hasattr(getattr(route, "app", None), "get_blocks")]
    return mounted.app.get_blocks()


def site_over(assistant: Assistant, change: Callable[[Access], Access] = lambda access: access) -> Site:
    folder = assistant.store.folder
    access = change(open_access(settings(**SETTINGS), folder))
    app = app_over(assistant, access, user_data=UserData(assistant, conversations="server"))
    who = access.admission.who
    readers: dict[str, dict[str, str]] = {}
    if who.sessions is None:
        readers["guest"] = {}
    else:
        key = bearer(KeyRing(folder).create(f"k{len(KeyRing(folder).all())}", "ask"))
        client = TestClient(app, "http://assistant.example", headers=key)
        token = client.post("/api/v1/embed-token", json={"person": "eve"}).json()["token"]
        signed_in = who.sessions.signer.sign("session", {"sub": "1", "name": "Anna", "groups": []}, 3600)
        cookie = {"Cookie": f"{who.sessions.cookie}={signed_in}"}
        readers |= {"key": key, "frame token": bearer(token), "signed in": cookie}
    restricted = [str(path) for path in (folder.parent / "restricted").iterdir()]
    files = [str(folder / "secret"), "/proc/self/environ", *map(str, folder.glob("*.sqlite3")), *restricted]
    return Site(app, assistant, readers, (SECRET.encode(), environment_mark(), RESTRICTED.encode()), files)


async def replied(app: Any, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
    """All that comes back, status and headers too; what goes on for ever is left after a while."""
    path, _, query = target.partition("?")
    sent, told = iter([body]), []
    ended = asyncio.Event()

    async def receive() -> dict[str, Any]:
        for part in sent:
            return {"type": "http.request", "body": part, "more_body": False}
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), LISTENED)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        told.extend(part for pair in message.get("headers", ()) for part in pair)
        told.append(message.get("body", b""))

    named = {"host": "assistant.example", "content-length": str(len(body)), **headers}
    scope = {
        **{"type": "http", "http_version": "1.1", "method": method, "scheme": "http", "root_path": ""},
        **{"path": path, "raw_path": path.encode(), "query_string": query.encode(), "client": (STRANGER, 1)},
        **{"headers": [(name.lower().encode(), value.encode()) for name, value in named.items()], "state": {}},
        "server": ("assistant.example", 80),
    }
    with suppress(TimeoutError):
        await asyncio.wait_for(app(scope, receive, send), 20)
    ended.set()
    return b"".join(told)


class Requests:
    """Generated requests: to every route, with the names of files wherever a name can stand."""

    def __init__(self, site: Site, seed: int) -> None:
        self._site, self._random = site, random.Random(seed)
        self._routes = sorted(set(routes_of(list(site.app.router.routes))))
        self._functions = [item for item in page_of(site.app).fns.items() if item[1].fn is not None]
        self._returning = [item for item in self._functions if _kinds(item[1].inputs) & _kinds(item[1].outputs)]

    def one(self) -> tuple[str, str, dict[str, str], bytes]:
        """Method, address, headers and body of a request."""
        draw = self._random
        headers = dict(self._site.readers[draw.choice(sorted(self._site.readers))])
        if draw.random() < 0.5:
            where = draw.choice(("queue/join", "run/predict", "run/predict", "cancel", "reset"))
            return "POST", f"/gradio_api/{where}", {**headers, "content-type": "application/json"}, self._call()
        method, path = draw.choice(self._routes)
        while "{" in path:
            before, _, rest = path.partition("{")
            path = before + draw.choice((*self._site.files, "word", "1", "..", "../" * 9)) + rest.partition("}")[2]
        if draw.random() < 0.3:
            name = draw.choice(("deep_link", "page", "path", "file", "upload_id", "session_hash", "q", "start"))
            path += f"?{name}={draw.choice((*self._site.files, 'word'))}"
        if method == "GET":
            return method, path, headers, b""
        return method, path, {**headers, "content-type": "application/json"}, json.dumps(self._named()).encode()

    def follow(self, reply: bytes) -> list[str]:
        """The addresses of files that a reply tells, which a reader would open."""
        told = reply.decode("utf-8", "replace").replace("\\/", "/").split('"')
        return sorted({f"/gradio_api/file={text}" for text in told if text.startswith("/") and "/page/files/" in text})

    def _call(self) -> bytes:
        draw = self._random
        # Half of them give back of what they were given.
        number, function = draw.choice(draw.choice((self._functions, self._returning)))
        data = [self._argument(part.get_block_name()) for part in function.inputs]
        value = draw.choice((self._named(), {"text": "Where?"}))
        event = draw.choice((None, {"index": 0, "value": value, "liked": True}))
        body = {"fn_index": number, "data": data, "event_data": event, "trigger_id": None, "session_hash": "word"}
        return json.dumps({**body, "event_id": "x"} if draw.random() < 0.1 else body).encode()

    def _argument(self, kind: str) -> Any:
        draw = self._random
        if draw.random() < 0.06:
            return self._named()
        if kind == "chatbot":
            content = draw.choice(("Where?", self._named(), *([self._named()] for _ in range(4))))
            return [{"role": draw.choice(("user", "assistant")), "content": content, "options": None}]
        if kind in ("dropdown", "checkboxgroup"):
            return []
        return None if kind in ("json", "browserstate", "state", "radio") else "Where did Latvia sign?"

    def _named(self) -> Any:
        """A file in one of the forms in which a message could name it."""
        draw = self._random
        name = draw.choice(self._site.files)
        part: dict[str, Any] = {"type": "component", "props": {}}
        file = {"path": name, "orig_name": "a.txt", "meta": {"_type": "gradio.FileData"}}
        return draw.choice(
            (
                file,
                *({"type": "file", "file": file},) * 4,
                {**file, "url": f"file://{name}"},
                {**part, "component": "file", "value": file, "constructor_args": {}},
                {**part, "component": "image", "value": None, "constructor_args": {"value": name}},
                {"text": "Where?", "files": [file]},
                name,
                f"file://{name}",
            )
        )


def _kinds(parts: Any) -> set[str]:
    """Whether a conversation is among what a function takes, or gives."""
    return {part.get_block_name() for part in parts} & {"chatbot"}


async def marked_replies(site: Site, count: int, seed: int = 1) -> list[tuple[str, bytes]]:
    """Which requests were answered with a mark, and with which."""
    requests, found, turns = Requests(site, seed), [], asyncio.Semaphore(SIDE)

    async def send(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        reply = await replied(site.app, method, path, headers, body)
        found.extend((f"{method} {path}", mark) for mark in site.marks if mark in reply)
        return reply

    async def one(request: tuple[str, str, dict[str, str], bytes]) -> None:
        async with turns:
            reply = await send(*request)
            for address in requests.follow(reply):
                await send("GET", address, request[2], b"")

    async with site.app.router.lifespan_context(site.app):
        for _ in range(0, count, 100):
            await asyncio.gather(*[one(requests.one()) for _ in range(100)])
    return found


def test_each_reader_is_let_in(assistant: Assistant) -> None:
    """Or the others would show nothing."""
    let_in = set()
    for site in (site_over(assistant), site_over(assistant, as_guests)):
        for reader, headers in site.readers.items():
            assert b'"dependencies"' in asyncio.run(replied(site.app, "GET", "/config", headers, b"")), reader
            let_in.add(reader)
    assert let_in == {"guest", "key", "frame token", "signed in"}


def test_no_byte_of_what_is_marked_stands_in_any_reply(assistant: Assistant) -> None:
    assert asyncio.run(marked_replies(site_over(assistant), 3 * REQUESTS // 4)) == []
    assert asyncio.run(marked_replies(site_over(assistant, as_guests), REQUESTS // 4, seed=2)) == []


def test_the_control_without_the_layer_the_marks_are_found(assistant: Assistant) -> None:
    site = site_over(assistant, with_files)
    site.app.user_middleware[:] = [item for item in site.app.user_middleware if item.cls is not Gate]
    site.app.middleware_stack = None  # made anew with the next request
    page_of(site.app).has_launched = False
    found = asyncio.run(marked_replies(site, 3_000))
    assert {mark for _, mark in found} == set(site.marks)


def as_guests(access: Access) -> Access:
    """A server that is open, and where nobody signs in."""
    who = replace(access.admission.who, keys=None, sessions=None)
    return replace(access, admission=replace(access.admission, who=who))


def with_files(access: Access) -> Access:
    """Gradio's file route open, as it once was."""
    files = Rule("GET", "/gradio_api/file={path_or_url:path}", ASK)
    return replace(access, admission=replace(access.admission, rules=(files, *RULES)))
