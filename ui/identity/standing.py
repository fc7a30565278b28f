"""Ends an answer under way when the key that it was asked with is revoked or expires.

Who asks is looked at when a request begins; a stream may last for hours after that. So whatever is sent in the name of
a key, or of a token or ticket made with one, asks again first. What was announced whole is finished.
"""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import Message, Send


class NoLongerStands(Exception):
    """The key is no longer valid; nothing more is sent."""


class WhileItStands:
    """Passes a response on for as long as `stands` says so."""

    def __init__(self, send: Send, stands: Callable[[], bool]) -> None:
        self._send = send
        self._stands = stands
        self._is_whole = False
        self.has_begun = self.is_over = False

    async def send(self, message: Message) -> None:
        """Pass it on, or end the response and raise `NoLongerStands`; nothing comes after that."""
        if self.is_over:
            return
        if self._is_whole or self._stands():
            if message["type"] == "http.response.start":
                self.has_begun, self._is_whole = True, "content-length" in Headers(raw=message.get("headers", ()))
            await self._send(message)
            return
        self.is_over = True
        if self.has_begun:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        raise NoLongerStands
