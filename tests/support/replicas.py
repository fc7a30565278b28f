"""Web processes over one catalog, each with a data folder of its own, as `assistant serve` runs them; and a client.

The client asks one, and the other where that fails before it has answered, as a proxy in front of them does.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fakes import child_command, child_environment
from servers import free_port

from corpus.index.servers import Servers

# Failures after which another replica is asked: nobody there, gone in the middle, or not ready.
_ELSEWHERE = (502, 503, 504)


@dataclass
class Replica:
    """One `assistant serve`, which may be killed and started again over its data folder."""

    folder: Path
    servers: Servers
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Replica":
        """Start it; `wait_until_ready` tells when it answers."""
        environment = {
            **child_environment(),
            "ASSISTANT_CATALOG_URL": self.servers.catalog or "",
            "ASSISTANT_CHROMA_URL": self.servers.vectors or "",
            "ASSISTANT_UPLOADS": "writers",
            "ASSISTANT_QUESTIONS_PER_MINUTE": "100000",
            "ASSISTANT_REQUESTS_PER_MINUTE": "100000",
            **self.settings,
        }
        code = "import sys; from ui.cli import main; sys.argv[0] = 'assistant'; main()"
        command = child_command("-c", code, "serve", "--data-dir", str(self.folder), "--port", str(self.port))
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        return self

    def wait_until_ready(self, seconds: float = 120) -> None:
        """Wait for `/health/ready`."""
        patience = time.monotonic() + seconds
        while not self.is_ready():
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "log").read_text(errors="replace")[-2_000:]
            assert time.monotonic() < patience, (self.folder / "log").read_text(errors="replace")[-2_000:]
            time.sleep(0.1)

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/ready", timeout=30).status_code == 200
        except httpx.HTTPError:
            return False

    def requests(self) -> list[dict[str, Any]]:
        """What its log tells of each request, with `ASSISTANT_LOG_REQUESTS`; a request is noted once it is answered."""
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        return [told for line in lines if line.startswith("{") and "route" in (told := json.loads(line))]

    def add(self, name: str, text: str) -> None:
        """Add a document over HTTP."""
        files = {"files": (name, text.encode())}
        reply = httpx.post(f"{self.address}/api/v1/documents", files=files, timeout=60)
        assert reply.json()["results"][0]["outcome"] == "indexed", reply.text

    def ask(self, question: str) -> dict[str, Any]:
        """Ask a question; raises `httpx.HTTPError` where it is not answered."""
        reply = httpx.post(f"{self.address}/api/v1/ask", json={"question": question}, timeout=60)
        reply.raise_for_status()
        return dict(reply.json())

    def cites(self, question: str, name: str) -> bool:
        """Whether the answer rests on the added document of this name."""
        return f"uploads/{name}" in {citation["document"]["path"] for citation in self.ask(question)["citations"]}

    def hold(self) -> None:
        """Let it do nothing more, until it is killed: what it is asked stays under way."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        """End it as a failing machine does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self.process is not None:
            if self.process.poll() is None:
                os.kill(self.process.pid, number)
            self.process.wait(30)
            self.process = None


@dataclass
class Asked:
    """What became of one question that a client asked."""

    seconds: float
    tries: int
    is_answered: bool


def ask_either(replicas: Sequence[Replica], first: int, question: str, tries: int = 6) -> Asked:
    """Ask one replica, and where it fails the other, and so on."""
    started = time.monotonic()
    for number in range(tries):
        try:
            replicas[(first + number) % len(replicas)].ask(question)
        except httpx.HTTPStatusError as error:
            if error.response.status_code not in _ELSEWHERE:
                break
        except httpx.TransportError:
            pass
        else:
            return Asked(time.monotonic() - started, number + 1, is_answered=True)
    return Asked(time.monotonic() - started, tries, is_answered=False)
