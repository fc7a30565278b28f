"""Holds a page back until all of it has come, so that it can be changed as a whole before anybody sees it.

What is changed is the caller's business; here are the length, which must fit what is sent in the end, and the encoding,
which must be none, because nothing can be put into compressed bytes.
"""

from collections.abc import Callable, Sequence

from starlette.types import Message, Scope, Send

Header = tuple[bytes, bytes]


def without_compression(scope: Scope) -> Scope:
    """The request as one that takes no compressed answer."""
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}


class HeldPage:
    """Waits for the whole page, and passes it on changed, with further headers."""

    def __init__(self, send: Send, change: Callable[[bytes], bytes], headers: Sequence[Header] = ()) -> None:
        self._send = send
        self._change = change
        self._headers = headers
        self._start: Message | None = None
        self._page = b""

    async def send(self, message: Message) -> None:
        """Take what the application inside sends; the last piece lets all of it go."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._page += message.get("body", b"")
        if message.get("more_body") or self._start is None:
            return
        page = self._change(self._page)
        kept = (pair for pair in self._start["headers"] if pair[0].lower() != b"content-length")
        headers = [*kept, (b"content-length", str(len(page)).encode()), *self._headers]
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": page})
