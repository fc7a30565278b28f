"""Answers as they are made, and how many are made at once: events, silences, failures, readers who hang up."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from fake_provider import FakeProvider
from fakes import FakeEncoder, app_over
from fastapi import FastAPI
from fastapi.testclient import TestClient
from serving import served

from assistant.answer import Answer, Outcome, Statement
from assistant.assembly import Assistant, open_assistant
from assistant.model.connection import connect
from corpus.errors import DataFolderDamaged
from ui.api import streaming
from ui.api.streaming import wants_events
from ui.wire.answer_queue import AnswerQueue, Busy

QUESTION = {"question": "What did Iceland and Malta\u2028agree on?"}
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("corpus")
    text = "Iceland and Malta signed an agreement on health on 3 May 2024. It covers ambulances."
    (folder / "agreement.txt").write_text(text, encoding="utf-8")
    assistant = open_assistant(tmp_path_factory.mktemp("data"), folder=folder, encoder=FakeEncoder())
    yield assistant
    assistant.close()


class Scripted:
    """An assistant whose answers come as `script` says; everything else is a real one's."""

    def __init__(self, assistant: Assistant, script: Callable[[], Iterator[Answer]]) -> None:
        self.store = assistant.store
        self.model = None
        self._script = script

    def refresh(self) -> None:
        """Nothing changes here."""

    def follow(self, *_: object, **_choices: object) -> Iterator[Answer]:
        return self._script()

    def ask(self, *_: object, **_choices: object) -> Answer:
        *_, answer = self._script()
        return answer


def saying(*sentences: str) -> Answer:
    return Answer("Q?", "Q?", Outcome.ANSWERED, tuple(Statement(sentence) for sentence in sentences))


def app(assistant: Assistant, script: Callable[[], Iterator[Answer]]) -> FastAPI:
    return app_over(Scripted(assistant, script))


def events_in(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stream, comments left out."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


# What is told


@pytest.mark.parametrize("asked", [{"headers": EVENTS}, {"json": {**QUESTION, "stream": True}}])
def test_an_answer_is_told_as_it_grows_and_ends_with_what_json_would_say(
    assistant: Assistant, asked: dict[str, Any]
) -> None:
    client = TestClient(app_over(assistant))
    response = client.post("/api/v1/ask", **{"json": QUESTION, **asked})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-request-id"]
    assert response.text.isascii(), "some clients end a line at U+2028"
    *before, (kind, answer) = events_in(response.text)
    steps = [data for kind, data in before if kind == "step"]
    assert [step["stage"] for step in steps] == ["searching", "reading", "checking"]
    assert steps[0] == {"stage": "searching", "count": 1}
    assert {kind for kind, _ in before[len(steps) :]} == {"draft"}
    assert kind == "answer"
    whole = client.post("/api/v1/ask", json=QUESTION).json()
    assert answer | {"timings_ms": {}} == whole | {"timings_ms": {}}
    assert answer["question"] == QUESTION["question"]


def test_an_expected_failure_is_the_last_event(assistant: Assistant) -> None:
    def script() -> Iterator[Answer]:
        yield saying("One.")
        raise DataFolderDamaged("The index cannot be opened; run: assistant reindex")

    told = events_in(TestClient(app(assistant, script)).post("/api/v1/ask", json=QUESTION, headers=EVENTS).text)
    assert [kind for kind, _ in told] == ["draft", "problem"]
    assert told[-1][1] == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "The index cannot be opened; run: assistant reindex",
    }


def test_a_bug_is_told_without_its_innards_and_surfaces(assistant: Assistant) -> None:
    def script() -> Iterator[Answer]:
        yield saying("One.")
        raise ZeroDivisionError("a secret")

    with served(Scripted(assistant, script)) as url:
        text = ""
        with (
            suppress(httpx.RemoteProtocolError),  # the server ends the connection as after any bug
            httpx.stream("POST", f"{url}/api/v1/ask", json=QUESTION, headers=EVENTS) as response,
        ):
            for part in response.iter_text():
                text += part
    assert [kind for kind, _ in events_in(text)] == ["draft", "problem"]
    assert events_in(text)[-1][1]["status"] == 500
    assert "secret" not in text


def test_silence_is_filled_with_comments(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT", 0.05)

    def script() -> Iterator[Answer]:
        time.sleep(0.4)
        yield saying("One.")

    text = TestClient(app(assistant, script)).post("/api/v1/ask", json=QUESTION, headers=EVENTS).text
    assert text.startswith(": still working\n\n")
    assert text.count(": still working\n\n") >= 3
    assert [kind for kind, _ in events_in(text)] == ["draft", "answer"]


def test_who_hangs_up_ends_the_work(assistant: Assistant) -> None:
    made, ended = [], threading.Event()

    def script() -> Iterator[Answer]:
        try:
            for number in range(600):
                made.append(number)
                yield saying("One.")
                time.sleep(0.05)
        finally:
            ended.set()

    with served(Scripted(assistant, script)) as url:
        with httpx.stream("POST", f"{url}/api/v1/ask", json=QUESTION, headers=EVENTS) as response:
            next(response.iter_text())
        assert ended.wait(5), "the thread went on for nobody"
    assert len(made) < 100


def test_who_stops_listening_ends_the_steps_and_a_language_models_writing(assistant: Assistant) -> None:
    with FakeProvider(mode="honest then dripping") as provider:
        model = connect("openai:fake", url=provider.url, key="none", timeout=60.0)
        told = Assistant(assistant.store, model=model).follow(QUESTION["question"])
        assert any(isinstance(item, Answer) for item in told)
        told.close()  # type: ignore[attr-defined]
        deadline = time.monotonic() + 10
        while any(thread.name.startswith("answer") for thread in threading.enumerate()):
            assert time.monotonic() < deadline, "the model goes on writing for nobody"
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream; q=0.9, application/json", True),
        ("application/json, text/event-stream", True),
        ("text/event-stream;q=0", False),
        ("*/*", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_events_are_sent_to_those_who_ask_for_them_by_name(accept: str, wanted: bool) -> None:
    assert wants_events(accept) is wanted


# The answer queue


def test_no_more_are_answered_at_once_than_there_are_places() -> None:
    now, most, lock = 0, 0, threading.Lock()

    def work() -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return most

    async def all_of_them() -> None:
        queue = AnswerQueue(at_once=3, waiting=100)
        await asyncio.gather(*(queue.run(work) for _ in range(20)))

    asyncio.run(all_of_them())
    assert most == 3


def test_who_finds_the_line_full_or_standing_still_is_told_so() -> None:
    async def crowded() -> None:
        queue = AnswerQueue(at_once=1, waiting=1, longest_wait=0.1)
        first = await queue.take()
        waiting = asyncio.create_task(queue.take())
        await asyncio.sleep(0.01)
        started = time.monotonic()
        with pytest.raises(Busy, match="ask again in 2 seconds"):
            await queue.take()
        assert time.monotonic() - started < 0.05
        with pytest.raises(Busy):
            await waiting
        queue.give_back(first)
        queue.give_back(await queue.take())

    asyncio.run(crowded())


def test_a_failure_gives_its_turn_back() -> None:
    async def failing() -> None:
        queue = AnswerQueue(at_once=1, longest_wait=0.1)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await queue.run(lambda: 1 // 0)
        assert await queue.run(lambda: 7) == 7

    asyncio.run(failing())


def test_too_many_questions_are_refused_with_when_to_come_again(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.application.AnswerQueue", lambda: AnswerQueue(at_once=1, waiting=0))
    inside, go_on = threading.Event(), threading.Event()

    def script() -> Iterator[Answer]:
        inside.set()
        assert go_on.wait(20)
        yield saying("One.")

    with served(Scripted(assistant, script)) as url:
        first = threading.Thread(target=httpx.post, args=(f"{url}/api/v1/ask",), kwargs={"json": QUESTION})
        first.start()
        assert inside.wait(20)
        started = time.monotonic()
        for headers in ({}, EVENTS):
            refused = httpx.post(f"{url}/api/v1/ask", json=QUESTION, headers=headers)
            assert refused.status_code == 503
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.headers["retry-after"] == "2"
        assert httpx.get(f"{url}/health/live").status_code == 200
        assert time.monotonic() - started < 3
        go_on.set()
        first.join(20)
