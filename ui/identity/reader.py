"""Who a reader is, for the conversations that are kept on the server: the person signed in, or else a random cookie.

The cookie is given only where conversations are kept on the server, to whom the layer let in without a name. Visitors
whom a portal lets in and does not name are no readers whom anything could be kept for, with a cookie or without.
"""

import hashlib
import re
import secrets
from http.cookies import SimpleCookie
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.identity.identity import current_user, identity_of

COOKIE = "assistant_reader"
# The ways in by which a portal might have named them and did not.
_BY_PORTAL = ("embed", "ticket")
_MONTH = 30 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def reader_of(request: HTTPConnection) -> str:
    """What stands for whoever reads, at every visit; empty where they neither signed in nor have a cookie.

    For a cookie it is a digest, so that whoever reads the database cannot take a reader's place.
    """
    signed_in = current_user(request)
    if signed_in is not None:
        return signed_in
    if not _may_be_told_by_cookie(request):
        return ""
    token = request.cookies.get(COOKIE, "")
    return f"cookie:{hashlib.sha256(token.encode()).hexdigest()}" if _TOKEN.fullmatch(token) else ""


def _may_be_told_by_cookie(request: HTTPConnection) -> bool:
    return identity_of(request).way not in _BY_PORTAL


class ReaderCookie:
    """ASGI middleware that gives whoever opens the page a random cookie, so that their conversations are theirs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["method"] != "GET" or not _needs_cookie(Request(scope)):
            await self._app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Set-Cookie", _cookie(secure=scope.get("scheme") == "https"))
            await send(message)

        await self._app(scope, receive, with_cookie)


def _needs_cookie(request: HTTPConnection) -> bool:
    return bool(identity_of(request).scopes) and _may_be_told_by_cookie(request) and not reader_of(request)


def _cookie(*, secure: bool) -> str:
    cookie: SimpleCookie = SimpleCookie()
    cookie[COOKIE] = secrets.token_urlsafe(32)
    attributes: dict[str, Any] = {"path": "/", "max-age": _MONTH, "httponly": True, "samesite": "Lax"}
    cookie[COOKIE].update(attributes | ({"secure": True} if secure else {}))
    return cookie[COOKIE].OutputString()
