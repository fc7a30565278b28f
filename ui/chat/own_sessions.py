"""Keeps each reader's sessions of the page apart from everybody else's.

Gradio knows a session by a word of the browser's choosing, and hands what is answered in it to whoever says that word.
So before a request reaches Gradio, the word is made another: a digest of it with the reader and their groups. Somebody
else's word leads nowhere then, and a group that is taken away takes along what the session had found for it.
"""

import hashlib
import json
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.chat.gate import GRADIO, read_body, refused, with_body
from ui.chat.incoming import Unfit
from ui.identity.identity import identity_of
from ui.identity.reader import reader_of

NAME = "session_hash"
_HEARTBEAT = f"{GRADIO}heartbeat/"


class OwnSessions:
    """ASGI middleware around Gradio: sessions are the reader's own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http" and scope["path"].startswith(GRADIO):
            own = _owner(scope)
            scope = _in_address(scope, own)
            if scope["method"] == "POST":
                try:
                    scope, receive = await _in_body(scope, receive, own)
                except Unfit as error:
                    await refused(error)(scope, receive, send)
                    return
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
    """The request with the session's name in its body changed; raises `Unfit` where that is no JSON object."""
    told = await read_body(scope, receive)
    if isinstance(told.get(NAME), str):
        told = {**told, NAME: own(told[NAME])}
    return with_body(scope, receive, told)
