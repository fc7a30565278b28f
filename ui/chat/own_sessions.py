"""Keeps each reader's sessions of the page apart from everybody else's.

Gradio knows a session by a word of the browser's choosing, and hands what is answered in it to whoever says that word.
So before a request reaches Gradio, the word is made another: a digest of it with the reader and their groups. Somebody
else's word leads nowhere then, and a group that is taken away takes along what the session had found for it.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access.identity import identity_of
from ui.access.reader import reader_of

NAME = "session_hash"
_GRADIO = "/gradio_api/"
_HEARTBEAT = f"{_GRADIO}heartbeat/"


class OwnSessions:
    """ASGI middleware around Gradio: sessions are the reader's own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http" and scope["path"].startswith(_GRADIO):
            own = _owner(scope)
            scope = _in_address(scope, own)
            if scope["method"] == "POST":
                scope, receive = await _in_body(scope, receive, own)
        await self._app(scope, receive, send)


def _owner(scope: Scope) -> Callable[[str], str]:
    """What makes a session's name this reader's own."""
    connection = HTTPConnection(scope)
    whose = json.dumps([reader_of(connection), sorted(identity_of(connection).groups)])
    return lambda word: hashlib.sha256(f"{whose}{word}".encode()).hexdigest()


def _in_address(scope: Scope, own: Callable[[str], str]) -> Scope:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    query = urlencode([(name, own(value) if name == NAME else value) for name, value in pairs])
    path: str = scope["path"]
    if path.startswith(_HEARTBEAT):
        path = f"{_HEARTBEAT}{own(path.removeprefix(_HEARTBEAT))}"
    return {**scope, "path": path, "raw_path": path.encode(), "query_string": query.encode()}


async def _in_body(scope: Scope, receive: Receive, own: Callable[[str], str]) -> tuple[Scope, Receive]:
    """The request with the session's name in its body changed; what is no JSON object goes on as it came."""
    body = await Request(scope, receive).body()
    try:
        told = json.loads(body)
    except ValueError:  # which Gradio refuses in its own words
        told = None
    if isinstance(told, dict) and isinstance(told.get(NAME), str):
        body = json.dumps({**told, NAME: own(told[NAME])}).encode()
    headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    return {**scope, "headers": headers}, _replayed(body, receive)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """What hands out the body once, and then whatever comes after it, which is that the client has gone."""
    messages: list[Any] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
