"""Finds out the language of each request, and keeps the one that was chosen by an address.

`LanguageLayer` stands around everything, refusals too. `Translated` stands around Gradio's page, whose texts were built
before anybody asked: it says them, names the language, and tells the scripts of the page. What programs call
(`PROGRAMS`) speaks English always.
"""

import json
from functools import partial

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.languages.catalogues import ENGLISH
from ui.languages.held_page import HeldPage, without_compression
from ui.languages.speaking import COOKIE, PARAMETERS, current, known_language, language_of, speaking
from ui.languages.words import said

PROGRAMS = ("/api/", "/v1/", "/mcp", "/metrics", "/health/")
_YEAR = 365 * 24 * 3600  # seconds
_PAGES = ("/", "/config", "/config/")
# Gradio reads its own language from the browser, knows only what we call English (`gradio_words`), and would name that
# as the page's; what the page asks of the server is asked in the page's language.
_SCRIPT = """<script>(() => {
const language = document.documentElement.dataset.language;
for (const [name, value] of [["language", "en"], ["languages", ["en"]]])
  Object.defineProperty(navigator, name, { value, configurable: true });
const page = document.documentElement, set = page.setAttribute.bind(page);
page.setAttribute = (name, value) => set(name, name === "lang" ? language : value);
const plain = window.fetch.bind(window);
window.fetch = (input, init) => {
  const place = new URL(input instanceof Request ? input.url : input, location.href);
  if (place.origin !== location.origin) return plain(input, init);
  const request = new Request(input, init);
  request.headers.set("X-Language", language);
  return plain(request);
};
})();</script>"""


class LanguageLayer:
    """ASGI middleware: each request is answered in its language."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["path"].startswith(PROGRAMS):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        language = language_of(request)
        chosen = known_language(request.query_params.get(PARAMETERS[0]))
        keep = _cookie(chosen, scope) if chosen and chosen != request.cookies.get(COOKIE) else None
        with speaking(language, request.url.query):
            await self._app(scope, receive, partial(_told, send, language, keep))


async def _told(send: Send, language: str, keep: str | None, message: Message) -> None:
    """Pass a message on; a page says its language and what it depends on, and carries the choice to be kept."""
    if message["type"] == "http.response.start":
        headers = MutableHeaders(scope=message)
        if headers.get("content-type", "").startswith("text/html"):
            headers.setdefault("Content-Language", language)
            headers.add_vary_header("Accept-Language, Cookie")
            if keep:
                headers.append("Set-Cookie", keep)
    await send(message)


def _cookie(language: str, scope: Scope) -> str:
    # No script's business but the page's own, and no secret: the page's script reads it.
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return f"{COOKIE}={language}; Path=/; Max-Age={_YEAR}; SameSite=Lax{secure}"


class Translated:
    """ASGI middleware around Gradio: its page in the language of the moment."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["path"] not in _PAGES:
            await self._app(scope, receive, send)
            return
        held = HeldPage(send, lambda page: translated_page(page.decode()).encode())
        await self._app(without_compression(scope), receive, held.send)


def translated_page(page: str) -> str:
    """Gradio's page, or its configuration, in the language of the moment."""
    page = said(page, read=_from_json, write=_to_json)
    page = page.replace(f'lang="{ENGLISH}"', f'lang="{current()}" data-language="{current()}"', 1)
    return page.replace("<head>", f"<head>{_SCRIPT}", 1)


def _from_json(text: str) -> str:
    return str(json.loads(f'"{text}"'))


def _to_json(text: str) -> str:
    """The text within a string of JSON within a script element; the page's title, in HTML, needs nothing of it."""
    escaped = json.dumps(text, ensure_ascii=False)[1:-1]
    return "".join(f"\\u{ord(sign):04x}" if sign in "<>&'" else sign for sign in escaped)
