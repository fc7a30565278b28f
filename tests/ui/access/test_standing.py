"""A stream asked for with a key, or with what was made from one, ends when the key does; over real connections."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from doors import PORTAL, PROXY, QUESTION, Doors, bearer, fitted
from serving import serving

from assistant.progress import Stage, Step


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    settings = {"frame_ancestors": PORTAL, "proxy_user_header": "X-User", "proxy_peers": f"{PROXY},127.0.0.1"}
    with fitted(tmp_path, **settings) as doors:
        doors.ring.create("spare", "ask")
        yield doors


class Slow:
    """An answer that tells its first step and then waits to be allowed the rest."""

    def __init__(self, doors: Doors) -> None:
        self.go_on = threading.Event()
        self._real = doors.assistant.follow
        doors.assistant.follow = self.follow  # type: ignore[method-assign]

    def follow(self, *arguments: Any, **choices: Any) -> Iterator[Any]:
        yield Step(Stage.SEARCHING, 1)
        assert self.go_on.wait(30)
        yield from self._real(*arguments, **choices)


def revoked(doors: Doors) -> None:
    doors.ring.revoke("portal")


def expired(doors: Doors) -> None:
    path = doors.folder / "keys.json"
    records = json.loads(path.read_text())
    records[-1]["expires"] = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    path.write_text(json.dumps(records))


def untouched(_: Doors) -> None:
    pass


@pytest.mark.parametrize("held", ["key", "token"])
@pytest.mark.parametrize("end", [revoked, expired, untouched])
def test_an_answer_under_way_ends_with_its_key(held: str, end: Any, doors: Doors) -> None:
    key = doors.ring.create("portal", "ask")
    slow = Slow(doors)
    with serving(doors.app) as address:
        made = httpx.post(f"{address}/api/v1/embed-token", json={"person": "anna"}, headers=bearer(key), timeout=20)
        headers = {**bearer(key if held == "key" else made.json()["token"]), "Accept": "text/event-stream"}
        with httpx.stream("POST", f"{address}/api/v1/ask", json=QUESTION, headers=headers, timeout=30) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "event: step"
            end(doors)
            slow.go_on.set()
            told = "\n".join(lines)
    assert ("event: answer" in told) == (end is untouched)


def test_a_person_whom_the_proxy_knows_is_not_ended_by_anybodys_key(doors: Doors) -> None:
    doors.ring.create("portal", "ask")
    slow = Slow(doors)
    headers = {"X-User": "anna", "Accept": "text/event-stream"}
    with (
        serving(doors.app) as address,
        httpx.stream("POST", f"{address}/api/v1/ask", json=QUESTION, headers=headers, timeout=30) as stream,
    ):
        lines = stream.iter_lines()
        next(lines)
        revoked(doors)
        slow.go_on.set()
        assert "event: answer" in "\n".join(lines)


def test_an_answer_that_had_not_begun_is_refused(doors: Doors) -> None:
    key = doors.ring.create("portal", "ask")
    real = doors.assistant.ask

    def ask(*arguments: Any, **choices: Any) -> Any:
        doors.ring.revoke("portal")
        return real(*arguments, **choices)

    doors.assistant.ask = ask  # type: ignore[method-assign]
    with serving(doors.app) as address:
        refused = httpx.post(f"{address}/api/v1/ask", json=QUESTION, headers=bearer(key), timeout=30)
    assert refused.status_code == 401
    assert "Riga" not in refused.text


def test_the_pages_own_stream_ends_with_its_key(doors: Doors) -> None:
    key = doors.ring.create("portal", "ask")
    with (
        serving(doors.app) as address,
        httpx.stream("GET", f"{address}/gradio_api/heartbeat/w0rd", headers=bearer(key), timeout=30) as stream,
    ):
        parts = stream.iter_raw()
        assert b"ALIVE" in next(parts)
        doors.ring.revoke("portal")
        assert list(parts) == [], "the next beat does not come"
