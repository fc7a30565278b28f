"""A server readies itself: the first question finds everything loaded, and /health/ready waits for that."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from fakes import FakeEncoder
from fastapi.testclient import TestClient

from assistant.assembly import Assistant, open_assistant
from corpus.errors import DataFolderDamaged
from ui.application import create_app
from ui.warming import StillLoading, Warming


@pytest.fixture
def assistant(tmp_path: Path) -> Iterator[Assistant]:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("Iceland and Malta signed a health agreement on 3 May 2024.", encoding="utf-8")
    assistant = open_assistant(tmp_path / "data", folder=folder, encoder=FakeEncoder())
    yield assistant
    assistant.close()


class Waiting:
    """An assistant whose chain answers when it is let."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.let = threading.Event()
        self.fault = fault
        self.looked: list[Any] = []
        self.chain = self.suggestions = self

    def outcome(self, _question: str, *, scope: Any) -> None:
        assert self.let.wait(10)
        if self.fault:
            raise self.fault

    def starters(self, scope: Any) -> None:
        self.looked.append(scope)


def test_a_server_is_ready_once_everything_is_loaded(assistant: Assistant) -> None:
    waiting = Waiting()
    with Warming(cast("Assistant", waiting)) as warming:
        app = create_app(assistant, examples=())
        app.state.warming = warming
        client = TestClient(app)
        response = client.get("/health/ready")
        assert response.status_code == 503
        assert response.json()["detail"] == "The assistant is still loading; ask again in a few seconds."
        assert client.get("/health/live").status_code == 200
        assert client.post("/api/v1/ask", json={"question": "What did Iceland and Malta sign?"}).status_code == 200
        waiting.let.set()
        while not waiting.looked:
            threading.Event().wait(0.01)
        assert client.get("/health/ready").status_code == 200
    assert [scope.groups for scope in waiting.looked] == [frozenset()], "as whoever is in no group would begin"


def test_a_real_assistant_is_made_ready(assistant: Assistant) -> None:
    with Warming(assistant) as warming:
        pass
    warming.require()


def test_a_server_that_ends_early_looks_for_nothing_more() -> None:
    waiting = Waiting()
    with Warming(cast("Assistant", waiting)) as warming:
        with pytest.raises(StillLoading):
            warming.require()
        warming._is_wanted = False
        waiting.let.set()
    assert waiting.looked == []


def test_an_index_that_cannot_be_opened_is_for_readiness_to_tell(caplog: pytest.LogCaptureFixture) -> None:
    waiting = Waiting(DataFolderDamaged("The index is damaged; run: assistant reindex"))
    waiting.let.set()
    with Warming(cast("Assistant", waiting)) as warming:
        pass
    warming.require()
    assert "The index is damaged" in caplog.text
