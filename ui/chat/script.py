"""The page's one script of our own, served from here: nothing inline, so that the policy can forbid all inline scripts.

The files of `browser/`, put together, say what it does beyond Gradio; its texts are put in here, in every language. Its
answer names this process, by which an open page notices that the server was restarted.
"""

import hashlib
import secrets
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import Response

from ui.chat.filters import CHIPS
from ui.languages.scripts import with_words
from ui.languages.shared import CHOOSE
from ui.languages.words import Text

PATH = "/page.js"
AGAIN, CONVERSATION = Text("Ask again"), Text("Conversation")
TEXTS = {
    "send": Text("Send the question"),
    "stop": Text("Stop answering"),
    "sources": Text("Sources of the selected answer"),
    "examples": Text("Questions to begin with"),
    "unreachable": Text("The assistant cannot be reached; trying again…"),
    "lost": Text("The question was left without an answer."),
    "again": AGAIN,
    "chips": CHIPS,
    "languages": CHOOSE,
    "conversation": CONVERSATION,
}
_FOLDER = Path(__file__).parent / "browser"
_PARTS = ("shared", "panel", "connection", "names", "address", "follow")


def add_script(app: FastAPI) -> str:
    """Serve the script; returned is the tag that loads it."""
    process = secrets.token_hex(8)
    parts = "\n".join((_FOLDER / f"{part}.js").read_text(encoding="utf-8") for part in _PARTS)
    source = with_words(f'(() => {{\n"use strict";\n{parts}}})();\n', TEXTS).encode()

    @app.get(PATH, include_in_schema=False)
    async def script() -> Response:
        """The page's script."""
        headers = {"X-Process": process, "Cache-Control": "no-cache"}
        return Response(source, media_type="text/javascript", headers=headers)

    return f'<script src="{PATH}?{hashlib.sha256(source).hexdigest()[:12]}" defer></script>'
