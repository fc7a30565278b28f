"""A portal to try: serves this folder, and mints tokens with the key that only this server knows.

ASSISTANT_KEY=hca_... python docs/portal/portal.py http://127.0.0.1:7860 8000
"""

import json
import os
import sys
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Portal(SimpleHTTPRequestHandler):
    """The portal's server. A real one looks first who is signed in, and puts that person's name into the wish."""

    assistant = ""
    key = ""

    def do_GET(self) -> None:
        """Two addresses of its own, and the files of this folder."""
        if self.path == "/assistant-token":
            self._tell(self._token("visitor of the demonstration"))
        elif self.path == "/where-the-assistant-is":
            self._tell({"server": self.assistant})
        elif self.path in ("/", "/index.html", "/portal.js"):
            super().do_GET()
        else:
            self.send_error(404)

    def _token(self, person: str) -> dict[str, str]:
        wish = urllib.request.Request(
            f"{self.assistant}/api/v1/embed-token",
            data=json.dumps({"person": person, "minutes": 15}).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(wish, timeout=10) as response:
            return {"token": json.load(response)["token"]}

    def _tell(self, content: dict[str, str]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: a demonstration needs no log."""


def portal(assistant: str, key: str, port: int = 0) -> ThreadingHTTPServer:
    """The server, listening and not yet serving."""
    handler = type("Handler", (Portal,), {"assistant": assistant, "key": key})
    return ThreadingHTTPServer(("127.0.0.1", port), partial(handler, directory=str(Path(__file__).parent)))


if __name__ == "__main__":
    with portal(sys.argv[1], os.environ["ASSISTANT_KEY"], int(sys.argv[2])) as server:
        print(f"http://127.0.0.1:{server.server_port}")
        server.serve_forever()
