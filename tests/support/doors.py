"""An application with its doors fitted as the settings say, for the tests of who may do what."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes import FakeEncoder, app_over
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.assembly import Assistant, open_assistant
from assistant.settings import Settings
from ui.access.layer import Access, open_access
from ui.chat.gate import Gate
from ui.chat.own_sessions import OwnSessions
from ui.identity.keys import KeyRing

TEXT = "Latvia and Azerbaijan signed a health agreement in Riga on 4 December 2025.\n\nIt covers beds.\n"
QUESTION = {"question": "Where did Latvia and Azerbaijan sign a health agreement?"}
NAME = "assistant.example"
PORTAL, PROXY, STRANGER = "https://portal.example", "10.0.0.1", "203.0.113.9"


def settings(**values: Any) -> Settings:
    """Settings of the tests alone, whatever the environment holds."""
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]


def access_of(folder: Path, **values: Any) -> Access:
    """Access as these settings make it."""
    return open_access(settings(**{"hosts": NAME, **values}), folder)


def bearer(text: str) -> dict[str, str]:
    """The header that a key or token travels in."""
    return {"Authorization": f"Bearer {text}"}


class Doors:
    """An application over one document, a key for each right, and clients from any address."""

    def __init__(self, assistant: Assistant, **values: Any) -> None:
        self.assistant = assistant
        self.folder = assistant.store.folder
        self.ring = KeyRing(self.folder)
        self.access = access_of(self.folder, **values)
        self.app: FastAPI = app_over(assistant, self.access)

    def keys(self) -> dict[str, str]:
        """A new key for each right."""
        return {scope: self.ring.create(f"the {scope} key", scope) for scope in ("ask", "write", "admin")}

    def client(self, address: str = STRANGER, **headers: str) -> TestClient:
        """A client that connects from this address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return TestClient(self.app, f"https://{NAME}", client=(address, 50_000), headers=named, follow_redirects=False)

    @property
    def document(self) -> str:
        """The path of the one document."""
        (document,) = self.assistant.store.catalog.documents()
        return f"/documents/{document.id}"


@contextmanager
def fitted(folder: Path, **values: Any) -> Iterator[Doors]:
    """Doors over a new data folder."""
    (folder / "documents").mkdir()
    (folder / "documents" / "riga.txt").write_text(TEXT, encoding="utf-8")
    assistant = open_assistant(folder / "data", folder=folder / "documents", encoder=FakeEncoder())
    yield Doors(assistant, **values)
    assistant.close()


class Witness:
    """Stands where the routes would be and answers everything with 299, so that whatever gets so far is seen."""

    def __init__(self, app: ASGIApp) -> None:
        pass

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 299, "headers": []})
            await send({"type": "http.response.body", "body": b"through"})


def with_witness(app: FastAPI) -> None:
    """Put the witness in place of the application's routes, and of what looks into a request for one of them."""
    app.user_middleware[:] = [item for item in app.user_middleware if item.cls not in (OwnSessions, Gate)]
    app.user_middleware.append(Middleware(Witness))
