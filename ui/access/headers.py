"""Response headers that hold whatever a page contains: an outer ASGI layer, so that no route can forget them.

Gradio sends none of its own. Its page has inline scripts (its configuration and its loader), so each HTML response is
read and exactly the scripts that the server put into it are allowed, by hash; nothing that a document or a question
brings is ever rendered into that page on the server, so whatever appears in it later does not run.
A route that sets a stricter policy keeps it. Only the page made for frames (`FRAMED`) may be framed, by the origins
that were named.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
FRAMED = "/embed"
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # Gradio's components set style attributes
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def policy(**changes: str) -> str:
    """The Content-Security-Policy, with directives replaced (`script_src="..."`)."""
    directives = _POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def policy_for(page: bytes, **changes: str) -> str:
    """The policy of an HTML page: its own inline scripts, by hash, and no others."""
    hashes = [base64.b64encode(hashlib.sha256(found).digest()).decode() for found in _INLINE_SCRIPT.findall(page)]
    return policy(script_src=" ".join(("'self'", *(f"'sha256-{value}'" for value in hashes))), **changes)


class SecurityHeaders:
    """ASGI middleware that adds the headers to every HTTP response; `ancestors` may frame the page for frames."""

    def __init__(self, app: ASGIApp, ancestors: Sequence[str] = ()) -> None:
        self._app = app
        self._ancestors = " ".join(ancestors) or "'none'"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ancestors = self._ancestors if scope["path"] == FRAMED else "'none'"
        await self._app(scope, receive, _Sender(send, ancestors))


class _Sender:
    """Passes a response on with the headers added; an HTML page is held back until its scripts are known."""

    def __init__(self, send: Send, ancestors: str) -> None:
        self._send = send
        self._ancestors = ancestors
        self._start: Message | None = None
        self._page = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            _add(headers, {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"})
            is_page = headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers
            if is_page and "content-security-policy" not in headers:
                self._start = message
                return
            _add(headers, {"Content-Security-Policy": policy(frame_ancestors=self._ancestors)})
        elif message["type"] == "http.response.body" and self._start is not None:
            self._page += message.get("body", b"")
            if message.get("more_body"):
                return
            allowed = policy_for(self._page, frame_ancestors=self._ancestors)
            _add(MutableHeaders(scope=self._start), {"Content-Security-Policy": allowed})
            await self._send(self._start)
            message = {"type": "http.response.body", "body": self._page}
            self._start = None
        await self._send(message)


def _add(headers: MutableHeaders, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        headers.setdefault(name, value)
