"""What a request sends, read before anything is done for it: whole, so large at most, and in so much time.

A sender who stops in the middle, or drips, then holds nothing but his own connection: no turn, no thread, no place in a
queue. What is too large to be held in memory, files that are added, goes to its route part by part, under the same
clock. Only the time that we wait for the sender counts, never ours.
"""

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from ui.wire.refusals import Refusal

TOO_LARGE = "The request is larger than this address takes."
TOO_LATE = "The request did not arrive in full in time; send it again."
BROKEN_OFF = "The request broke off before its end."
TOO_MUCH = "Too many large requests are arriving at once; try again in a moment."
# A response that is sent before the request's end leaves the rest of it on the connection.
_CLOSED = {"Connection": "close"}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_COME_AGAIN = "5"  # seconds
# Bytes of each request that are held without a question, as much as a server's own buffer holds: a question passes
# whatever others send.
_FREE = 64 * 1024


@dataclass
class Bodies:
    """How bodies may come: no pause longer than `seconds`, and in all so long and a second more for so many bytes.

    `most_held` bytes of them are in memory at once, beyond the first of each.
    """

    seconds: float = 20.0
    bytes_a_second: int = 32 * 1024
    most_held: int = 256 * 1024 * 1024
    held: int = 0

    async def arrived(self, scope: Scope, body: "Body", *, streamed: bool) -> None:
        """Read the body, unless its route reads it part by part. Raises `Refusal`."""
        body.is_timed = scope["method"] not in _SAFE
        if body.is_declared_too_large(Headers(scope=scope)):
            raise Refusal(413, TOO_LARGE, _CLOSED)
        if body.is_timed and not streamed:
            await body.read()

    def seconds_left(self, size: int, waited: float) -> float:
        """How long the next part may take, after so many bytes for which we waited so long."""
        return max(0.0, min(self.seconds, self.seconds + size / self.bytes_a_second - waited))


class Body:
    """The body of one request, and the way back; a refusal takes the place of what its route would answer."""

    def __init__(self, bodies: Bodies, largest: int, receive: Receive, send: Send) -> None:
        self._bodies = bodies
        self._largest = largest
        self._receive = receive
        self._send = send
        self._parts: deque[Message] = deque()
        self._size = self._held = 0
        self._waited = 0.0
        self._is_complete = self._has_answered = False
        self.is_timed = False
        self.refusal: Refusal | None = None

    def is_declared_too_large(self, headers: Headers) -> bool:
        """Whether the request says itself that it is too large."""
        length = headers.get("content-length", "")
        return length.isdecimal() and int(length[:20]) > self._largest

    async def read(self) -> None:
        """All of it, kept until it is asked for. Raises `Refusal`."""
        while not self._is_complete:
            part = await self._next()
            if self.refusal is not None:
                raise self.refusal
            if part["type"] == "http.disconnect":
                raise Refusal(400, BROKEN_OFF, _CLOSED)
            self._hold(part)

    async def receive(self) -> Message:
        """The next part; one that is too much or too late reads as a visitor who left."""
        return self._parts.popleft() if self._parts else await self._next()

    async def send(self, message: Message) -> None:
        """Pass the response on, unless the request was refused meanwhile."""
        if self.refusal is None:
            self._has_answered = True
            await self._send(message)

    def close(self) -> None:
        """Give back what was held."""
        self._bodies.held -= self._held
        self._held = 0
        self._parts.clear()

    def _hold(self, part: Message) -> None:
        self._parts.append(part)
        more = max(0, self._size - _FREE) - self._held
        if self._bodies.held + more > self._bodies.most_held:
            raise Refusal(503, TOO_MUCH, {"Retry-After": _COME_AGAIN, **_CLOSED})
        self._bodies.held += more
        self._held += more

    async def _next(self) -> Message:
        if self._is_complete or self._has_answered or not self.is_timed:
            return self._counted(await self._receive())
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._bodies.seconds_left(self._size, self._waited)):
                message = await self._receive()
        except TimeoutError:
            return self._refused(408, TOO_LATE)
        self._waited += time.monotonic() - began
        return self._counted(message)

    def _counted(self, message: Message) -> Message:
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._is_complete = not message.get("more_body", False)
        if self._size > self._largest and not self._has_answered:
            return self._refused(413, TOO_LARGE)
        return message

    def _refused(self, status: int, sentence: str) -> dict[str, Any]:
        self.refusal = Refusal(status, sentence, _CLOSED)
        return {"type": "http.disconnect"}
