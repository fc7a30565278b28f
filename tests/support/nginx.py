"""nginx and Apache run with the configurations that the documentation gives, in which only places are put in.

Beside them: a sign-in that a cookie stands for, and a certificate. What is started here is ended by its own id.
"""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from servers import free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OPENSSL = shutil.which("openssl")
NAME = "assistant.example"
ANNA = "anna@ministry.example"
BROWSER_COOKIE = {"name": "session", "value": "anna"}
SIGNED_IN = {"Cookie": "session=anna"}


class SignIn(BaseHTTPRequestHandler):
    """What nginx asks who is signed in; a cookie stands for the sign-in."""

    def do_GET(self) -> None:
        known = "session=anna" in self.headers.get("Cookie", "")
        self.send_response(202 if known else 401)
        if known:
            self.send_header("X-Auth-Request-Email", ANNA)
            self.send_header("X-Auth-Request-Groups", "staff,editors")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def make_certificate(folder: Path) -> Path:
    """A certificate and its key, `own.pem` and `own.key`; their place without the ending."""
    place = folder / "own"
    made = [str(OPENSSL), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    where = ["-keyout", f"{place}.key", "-out", f"{place}.pem"]
    subprocess.run([*made, *where], check=True, capture_output=True)
    return place


def put_in(text: str, certificate: Path, places: Mapping[str, str]) -> str:
    """The example with an administrator's own values; each must occur."""
    values = {
        f"/etc/ssl/{NAME}.pem": f"{certificate}.pem",
        f"/etc/ssl/{NAME}.key": f"{certificate}.key",
        **places,
    }
    for old, new in values.items():
        assert old in text, f"{old} stands no longer in the example"
        text = text.replace(old, new)
    return text


@contextmanager
def running_nginx(folder: Path, text: str, certificate: Path, places: Mapping[str, str]) -> Iterator[int]:
    """nginx with what goes into its `http { }`, until the context is left; its port."""
    port = free_port()
    with ThreadingHTTPServer(("127.0.0.1", 0), SignIn) as sign_in:
        threading.Thread(target=sign_in.serve_forever, kwargs={"poll_interval": 0.05}).start()
        own = {"listen 443 ": f"listen 127.0.0.1:{port} ", ":4180": f":{sign_in.server_port}", **places}
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root; " if os.getuid() == 0 else ""
        main = (
            f"{user}worker_processes 1; pid {folder}/pid; daemon off; events {{}} http {{ access_log off; {temporary}"
        )
        (folder / "nginx.conf").write_text(f"{main}\n{put_in(text, certificate, own)} }}")
        command = [str(NGINX), "-p", str(folder), "-c", "nginx.conf", "-e", str(folder / "errors")]
        try:
            with started(command, port, folder / "log"):
                yield port
        finally:
            sign_in.shutdown()


@contextmanager
def started(command: list[str], port: int, log: Path) -> Iterator[None]:
    """A program that listens on `port`, until the context is left."""
    with log.open("w") as errors:
        process = subprocess.Popen(command, stdout=errors, stderr=errors)
        try:
            for _ in range(100):
                with socket.socket() as tried:
                    if tried.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)
