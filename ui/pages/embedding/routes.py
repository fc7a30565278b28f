"""Frames: the page made for them, the scripts on both sides, tokens and tickets.

`/embed` is the chat page with two additions, a style sheet that makes it compact and a script that sends the portal's
token with each request. The page itself tells nothing of the documents, so it needs no token; everything that it then
asks for does. A token never stands in an address that a server sees: it comes by message, or behind the `#`.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StringConstraints
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.access.headers import FRAMED
from ui.access.layer import Access
from ui.identity.identity import ASK, identity_of, may
from ui.identity.tokens import LONGEST, SHORTEST, USUAL, EmbedTokens
from ui.languages.held_page import HeldPage, without_compression
from ui.languages.scripts import with_words
from ui.languages.shared import PRODUCT
from ui.languages.words import Text
from ui.wire.refusals import Refusal

_HERE = Path(__file__).parent
_TYPES = {"frame.js": "text/javascript", "frame.css": "text/css"}
_FILES = {name: (_HERE / name).read_text(encoding="utf-8") for name in _TYPES}
_FILES["frame.js"] = with_words(_FILES["frame.js"], {"noFile": Text("The file could not be made; try again.")})
_BUTTON = with_words(
    (_HERE / "embed.js").read_text(encoding="utf-8"),
    {"name": PRODUCT, "label": Text("Ask the documents"), "close": Text("Close")},
)
KEYS_ONLY = "Tokens for frames are made with a key of this server; a person or another token cannot make one."
NOT_IN_AN_ADDRESS = (
    "A token does not belong into the address, where servers note it; put it behind the # or send a message."
)


class TokenWish(BaseModel):
    """For whom a token is, and for how long."""

    person: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""
    minutes: Annotated[int, Field(ge=SHORTEST, le=LONGEST)] = USUAL


class TicketWish(BaseModel):
    """Which document is to be opened."""

    path: Annotated[str, StringConstraints(max_length=300, pattern=r"^/documents/[^/?#\\\x00-\x20]+$")]


def add_embedding(app: FastAPI, access: Access) -> None:
    """`/embed`, `/embed.js`, `/embedding/NAME`, and the tokens; nothing where no origin may frame."""
    tokens = access.tokens
    if tokens is None:
        return
    _add_tokens(app, tokens, access.public_url)

    @app.get("/embed.js", include_in_schema=False)
    async def script() -> Response:
        """The portal's script."""
        return _served(_BUTTON, "text/javascript")

    @app.get("/embedding/{name}", include_in_schema=False)
    async def part(name: str) -> Response:
        """What the frame loads."""
        if name not in _FILES:
            raise Refusal(404, "There is nothing here.")
        return _served(_FILES[name], _TYPES[name])


def framing(access: Access) -> list[Middleware]:
    """What goes innermost around the routes, so that admission has seen the address as it was asked for."""
    return [Middleware(_FramedPage)] if access.tokens else []


def _add_tokens(app: FastAPI, tokens: EmbedTokens, public_url: str) -> None:
    @app.post("/api/v1/embed-token")
    async def embed_token(request: Request, wish: TokenWish) -> JSONResponse:
        """A short-lived token for the frame of one person, for the portal's server, which calls this with its key."""
        identity = identity_of(request)
        if identity.way != "key":
            raise Refusal(403, KEYS_ONLY)
        token = tokens.token_for(identity, wish.person, wish.minutes)
        expires = datetime.now(UTC) + timedelta(minutes=wish.minutes)
        told = {"token": token, "expires": expires.isoformat(timespec="seconds"), "url": f"{public_url}{FRAMED}"}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    @app.post("/api/v1/tickets", include_in_schema=False)
    async def ticket(request: Request, wish: TicketWish) -> JSONResponse:
        """A ticket for one document, good for a minute."""
        text = tokens.ticket_for(identity_of(request), wish.path)
        return JSONResponse({"ticket": text}, headers={"Cache-Control": "no-store"})


def _served(content: str, media_type: str) -> Response:
    # Asked anew each time: a portal gets a mended script at once.
    return Response(content, media_type=media_type, headers={"Cache-Control": "no-cache"})


def _version(name: str) -> str:
    return hashlib.sha256(_FILES[name].encode()).hexdigest()[:12]


class _FramedPage:
    """Serves the chat page at `/embed` too, with the frame's style sheet and script put into its head."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != FRAMED:
            await self._app(scope, receive, send)
            return
        if b"token=" in scope.get("query_string", b""):
            raise Refusal(400, NOT_IN_AN_ADDRESS)
        head = b"<head>" + _head(may(Request(scope), ASK))
        held = HeldPage(send, lambda page: page.replace(b"<head>", head, 1), [(b"referrer-policy", b"no-referrer")])
        inner = without_compression({**scope, "path": "/", "raw_path": b"/"})
        await self._app(inner, receive, held.send)


def _head(is_known: bool) -> bytes:
    """What goes first into the head; the script must run before any of the page's own."""
    known = ' data-known="yes"' if is_known else ""
    return (
        f'<script src="/embedding/frame.js?{_version("frame.js")}"{known}></script>'
        f'<link rel="stylesheet" href="/embedding/frame.css?{_version("frame.css")}">'
    ).encode()
