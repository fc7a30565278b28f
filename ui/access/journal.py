"""What happened to each request: its id, one line of JSON if wished, and an answer even where our code is at fault.

A part of the outer layer. A line holds the route's template and never its values; no question, unless a setting
says so, and then only those that `audit.note_answer` is told of. Python's logging carries the lines.
"""

import json
import logging
import re
import secrets
import sys
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import AssistantError
from ui.identity.identity import identity_of
from ui.outward import outward
from ui.wire.problems import problem

FAILED = "Something went wrong here; tell whoever runs this server the request's id."
_REQUESTS = logging.getLogger("assistant.requests")
_FAILURES = logging.getLogger("assistant.failures")
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ID_KEY = "assistant.request_id"


def request_id_of(request: HTTPConnection) -> str:
    """The request's id, as the response's `X-Request-ID` tells it too."""
    return str(request.scope.get(_ID_KEY, ""))


class JournalLayer:
    """ASGI middleware that gives each request an id and notes how it ended."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[_ID_KEY] = _request_id(Headers(scope=scope))
        began = time.monotonic()
        answer = _Answer(send, scope[_ID_KEY])
        try:
            await self._app(scope, receive, answer.send)
        except AssistantError as error:
            await answer.end_with(503, "Service Unavailable", outward(error), scope, receive)
        except Exception:  # noqa: BLE001  the last place that can answer; the traceback goes to the log
            _FAILURES.exception("request %s failed", scope[_ID_KEY])
            await answer.end_with(500, "Internal Server Error", FAILED, scope, receive)
        if _REQUESTS.isEnabledFor(logging.INFO):
            _REQUESTS.info("request", extra={"facts": _facts(scope, answer.status, time.monotonic() - began)})


def _request_id(headers: Headers) -> str:
    """The visitor's own id where it is one word of reasonable length, else a new one."""
    given = headers.get("x-request-id", "")
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def _facts(scope: Scope, status: int, seconds: float) -> dict[str, Any]:
    identity = identity_of(HTTPConnection(scope))
    return {
        "request_id": scope[_ID_KEY],
        "method": scope["method"],
        "route": scope.get("assistant.route", ""),
        "status": status,
        "ms": round(seconds * 1000),
        "way": identity.way,
        "name": identity.name,
        **scope.get("assistant.notes", {}),
    }


class _Answer:
    """Passes a response on with the request's id, and remembers whether it began."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._request_id
            if self.status == 503:
                headers.setdefault("Retry-After", "5")
        await self._send(message)

    async def end_with(self, status: int, title: str, detail: str, scope: Scope, receive: Receive) -> None:
        """Say what went wrong, where no response began; what began cannot be called back."""
        if not self.status:
            await problem(status, title, detail)(scope, receive, self.send)


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            told["traceback"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


def write_log(*, requests: bool) -> None:
    """Write to stderr from now on: failures always, and a line for every request if wished."""
    for logger, level in ((_REQUESTS, logging.INFO if requests else logging.CRITICAL), (_FAILURES, logging.ERROR)):
        logger.setLevel(level)
        logger.propagate = False
        if not logger.handlers:
            handler = logging.StreamHandler(sys.stderr)
            handler.setFormatter(JsonLines())
            logger.addHandler(handler)
