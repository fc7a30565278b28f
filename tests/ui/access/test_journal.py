"""Logs and the audit record: what they tell, and what they must not."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from doors import QUESTION, bearer, fitted
from typer.testing import CliRunner

from ui.access.audit import AuditLog
from ui.access.journal import JsonLines
from ui.cli import app
from ui.wire.completion_shapes import MODEL

WORD = "ambulances-of-Ruritania"


class Lines(logging.Handler):
    """Keeps what is logged, as the lines it would be."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    handler, loggers = Lines(), [logging.getLogger(f"assistant.{name}") for name in ("requests", "failures")]
    before = [(logger, logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield handler.lines
    for logger, level, propagate in before:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


def audit_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()]


def test_a_request_is_one_line_that_tells_no_question_and_no_value(tmp_path: Path, lines: list[dict[str, Any]]) -> None:
    with fitted(tmp_path) as doors:
        key = doors.ring.create("the portal", "ask")
        answered = doors.client().post(
            "/api/v1/ask",
            json={"question": f"Where are the {WORD}?"},
            headers={**bearer(key), "X-Request-ID": "trace-12345"},
        )
        doors.client().get(f"/documents/{WORD}?start=1&{WORD}=1", headers=bearer(key))
        doors.client().get(f"/{WORD}")
    asked, opened, refused = lines
    assert answered.headers["x-request-id"] == asked["request_id"] == "trace-12345"
    assert (asked["route"], asked["status"], asked["name"], asked["way"]) == ("/api/v1/ask", 200, "the portal", "key")
    assert asked["ms"] >= 0
    assert opened["route"] == "/documents/{document_id}"
    assert (refused["route"], refused["status"], refused["name"]) == ("", 401, "")
    assert WORD not in json.dumps(lines)
    assert key not in json.dumps(lines)


def test_a_question_is_logged_where_a_setting_says_so(tmp_path: Path, lines: list[dict[str, Any]]) -> None:
    with fitted(tmp_path, log_questions=True, open=True) as doors:
        doors.client().post("/api/v1/ask", json=QUESTION)
    assert lines[0]["question"] == QUESTION["question"]


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "two words", "a\tb-------", "<script>alert", "é" * 10])
def test_an_id_that_is_no_id_is_replaced(given: str, tmp_path: Path) -> None:
    with fitted(tmp_path, open=True) as doors:
        answered = doors.client().get("/health/live", headers={"X-Request-ID": given.encode()})  # type: ignore[dict-item]
        assert len(answered.headers["x-request-id"]) == 16
        assert answered.headers["x-request-id"] != given


def test_a_failure_has_its_traceback_in_the_log_and_not_in_the_answer(
    tmp_path: Path, lines: list[dict[str, Any]]
) -> None:
    with fitted(tmp_path, open=True, origins="https://portal.example") as doors:
        doors.assistant.ask = lambda *_, **__: 1 / 0  # type: ignore[method-assign, assignment, return-value]
        failed = doors.client(origin="https://portal.example").post("/api/v1/ask", json=QUESTION)
    assert failed.status_code == 500
    assert failed.headers["content-type"] == "application/problem+json"
    assert failed.headers["access-control-allow-origin"] == "https://portal.example"
    assert "ZeroDivision" not in failed.text
    failure, line = lines
    assert "ZeroDivisionError" in failure["traceback"]
    assert failed.headers["x-request-id"] in failure["event"]
    assert line["status"] == 500


def test_the_audit_record_tells_who_asked_what_and_what_was_cited(tmp_path: Path) -> None:
    with fitted(tmp_path, audit=True) as doors:
        key = doors.ring.create("portal", "ask")
        doors.client().post("/api/v1/ask", json=QUESTION, headers=bearer(key))
        doors.client().post("/api/v1/ask", json=QUESTION)
        (entry,) = audit_of(doors.folder / "audit")
        assert entry["who"] == {"name": "portal", "way": "key", "id": f"key:{doors.ring.all()[0].id}"}
        assert (entry["asked"], entry["question"], entry["outcome"]) == ("api", QUESTION["question"], "answered")
        assert [f"/documents/{name}" for name in entry["documents"]] == [doors.document]
        assert datetime.fromisoformat(entry["time"]).tzinfo is not None


ASKED = QUESTION["question"]
MESSAGES = {"model": MODEL, "messages": [{"role": "user", "content": ASKED}]}
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask", "arguments": QUESTION}}
WAYS = {
    "/api/v1/ask": ("api", QUESTION),
    "/api/v1/ask?": ("api", {**QUESTION, "stream": True}),
    "/v1/chat/completions": ("openai", MESSAGES),
    "/v1/chat/completions?": ("openai", {**MESSAGES, "stream": True}),
    "/mcp": ("mcp", CALL),
    "/api/v1/export": ("export", {**QUESTION, "format": "markdown"}),
}


@pytest.mark.parametrize("path", WAYS)
def test_whichever_way_is_asked_the_audit_record_has_it(path: str, tmp_path: Path) -> None:
    way, body = WAYS[path]
    with fitted(tmp_path, audit=True) as doors:
        key = doors.ring.create("portal", "ask")
        headers = {"accept": "application/json, text/event-stream", "host": "localhost"}
        if way != "mcp":
            headers["accept"] = "*/*"
        with doors.client(**bearer(key), **headers) as client:
            answered = client.post(path, json=body)
        assert answered.status_code == 200, answered.text
        assert "Riga" in answered.text
        (entry,) = audit_of(doors.folder / "audit")
        assert entry["asked"] == way
        assert entry["who"]["name"] == "portal"
        assert (entry["question"], entry["outcome"]) == (ASKED, "answered")
        assert [f"/documents/{name}" for name in entry["documents"]] == [doors.document]


def test_nothing_is_recorded_unless_switched_on(tmp_path: Path) -> None:
    with fitted(tmp_path, open=True) as doors:
        assert doors.client().post("/api/v1/ask", json=QUESTION).status_code == 200
        assert not (doors.folder / "audit").exists()


def test_a_record_that_cannot_be_written_costs_no_answer_and_is_said(
    tmp_path: Path, lines: list[dict[str, Any]]
) -> None:
    with fitted(tmp_path, open=True, audit=True) as doors:
        (doors.folder / "audit").write_text("a file where a folder should be")
        assert doors.client().post("/api/v1/ask", json=QUESTION).status_code == 200
    assert lines[0]["event"] == "the audit record cannot be written"


def test_days_that_are_too_long_ago_go_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    folder.mkdir()
    today = datetime.now(UTC).date()
    days = {ago: folder / f"{today - timedelta(days=ago)}.jsonl" for ago in (0, 29, 30, 31, 400)}
    for path in (*days.values(), folder / "notes.jsonl", folder / "2020-99-99.jsonl"):
        path.write_text("{}\n")
    assert AuditLog(folder, 30).purge() == sorted([days[31], days[400]])
    AuditLog(folder, 29).add({"question": "?"})
    assert {path.name for path in folder.iterdir()} == {
        *(days[ago].name for ago in (0, 29)),
        *("notes.jsonl", "2020-99-99.jsonl"),
    }
    purged = CliRunner().invoke(app, ["audit", "purge", "--days", "0", "--data-dir", str(tmp_path)])
    assert purged.exit_code == 0
    assert "1 days deleted" in purged.stdout
    assert json.loads(days[0].read_text().splitlines()[-1])["question"] == "?", "today is kept"
