"""The page's one script of our own, served from here: nothing inline, so that the policy can forbid all inline scripts.

`page.js` says what it does; its texts are put in from here, in every language. Its answer names this process, by which
an open page notices that the server was restarted.
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
    "lost": Text("The assistant was restarted before it had answered."),
    "again": AGAIN,
    "chips": CHIPS,
    "languages": CHOOSE,
    "conversation": CONVERSATION,
}
_FILE = Path(__file__).parent / "page.js"


def add_script(app: FastAPI) -> str:
    """Serve the script; returned is the tag that loads it."""
    process = secrets.token_hex(8)
    source = with_words(_FILE.read_text(encoding="utf-8"), TEXTS).encode()

    @app.get(PATH, include_in_schema=False)
    async def script() -> Response:
        """The page's script."""
        headers = {"X-Process": process, "Cache-Control": "no-cache"}
        return Response(source, media_type="text/javascript", headers=headers)

    return f'<script src="{PATH}?{hashlib.sha256(source).hexdigest()[:12]}" defer></script>'
