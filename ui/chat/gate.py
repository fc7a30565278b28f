"""The gate before Gradio: what a request names there is dropped or refused, unless the page itself would send it.

ASGI middleware, inside of who may ask (`ui.access`) and of whose session it is (`own_sessions`). Bodies are made anew
by `shapes`; of an address, what Gradio would look up a saved page by is left out.
"""

import json
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.chat.incoming import NOT_THE_PAGES, Unfit, read_object
from ui.chat.shapes import Shapes
from ui.wire.problems import problem

GRADIO = "/gradio_api/"
_PAGES = ("/", "/config", "/config/")
# By these Gradio finds a page, or the state of one that was saved, under the name given.
_LOOKED_UP = ("page", "deep_link", "__sign")


class Gate:
    """ASGI middleware around Gradio: only what the page sends gets through."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] in _PAGES:
            await self._app(_without_look_ups(scope), receive, send)
        elif scope["method"] == "POST" and scope["path"].startswith(GRADIO):
            try:
                scope, receive = await _made_anew(scope, receive)
            except Unfit as error:
                await refused(error)(scope, receive, send)
            else:
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def refused(error: Unfit) -> Any:
    """The answer to a request that the page would never send."""
    return problem(400, "Bad Request", str(error))


async def read_body(scope: Scope, receive: Receive) -> dict[str, Any]:
    """The JSON object that a request brings; raises `Unfit` where it brings something else."""
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    body = await Request(scope, receive).body()
    if kind != "application/json":
        raise Unfit(NOT_THE_PAGES)
    return read_object(body)


def with_body(scope: Scope, receive: Receive, told: dict[str, Any]) -> tuple[Scope, Receive]:
    """The request with this object for its body."""
    body = json.dumps(told).encode()
    headers = [pair for pair in scope["headers"] if pair[0] not in (b"content-length", b"transfer-encoding")]
    headers.append((b"content-length", str(len(body)).encode()))
    return {**scope, "headers": headers}, partial(_replay, [body], receive)


async def _replay(bodies: list[bytes], receive: Receive) -> Message:
    """The body once, and then whatever comes after it, which is that the client has gone."""
    if bodies:
        return {"type": "http.request", "body": bodies.pop(), "more_body": False}
    return await receive()


async def _made_anew(scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
    shapes: Shapes = scope["app"].state.shapes
    told = shapes.fitted(scope["path"].removeprefix(GRADIO).rstrip("/"), await read_body(scope, receive))
    return with_body(scope, receive, told)


def _without_look_ups(scope: Scope) -> Scope:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    query = urlencode([(name, value) for name, value in pairs if name not in _LOOKED_UP])
    return {**scope, "query_string": query.encode()}
