"""The outermost of what is ours about a request: its id, in every response, and an answer where a bug left it none.

A caller's own `X-Request-ID` is kept where it is a plain name, so that one id runs through the logs of all who handled
the request; what a bug was stands in the log under the same id, and nowhere else.
"""

import logging
import re
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.problems import told_of_bug

REQUEST_ID = "X-Request-ID"
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")
log = logging.getLogger(__name__)


class RequestIds:
    """ASGI middleware; the id is at `request.state.request_id` too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _PLAIN.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started = False

        async def send_named(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).setdefault(REQUEST_ID, request_id)
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception:
            log.error("Request %s met a bug; its traceback follows.", request_id)  # noqa: TRY400 (the server logs it)
            if not started:
                await told_of_bug(Request(scope))(scope, receive, send_named)
            raise
