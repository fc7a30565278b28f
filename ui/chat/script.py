"""The page's one script of our own, served from here: nothing inline, so that the policy can forbid all inline scripts.

`page.js` says what it does. Its answer names this process, by which an open page notices that the server was restarted.
"""

import hashlib
import secrets
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import Response

PATH = "/page.js"
_SCRIPT = (Path(__file__).parent / "page.js").read_bytes()


def add_script(app: FastAPI) -> str:
    """Serve the script; returned is the tag that loads it."""
    process = secrets.token_hex(8)

    @app.get(PATH, include_in_schema=False)
    async def script() -> Response:
        """The page's script."""
        headers = {"X-Process": process, "Cache-Control": "no-cache"}
        return Response(_SCRIPT, media_type="text/javascript", headers=headers)

    return f'<script src="{PATH}?{hashlib.sha256(_SCRIPT).hexdigest()[:12]}" defer></script>'
