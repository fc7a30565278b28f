"""Requests that never end, drip or break off hold nothing up; those that are only slow arrive. Over real sockets."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from doors import QUESTION, Doors, fitted
from fakes import app_over
from serving import serving
from starlette.types import Scope

from ui.access.bodies import TOO_LATE, TOO_MUCH, Bodies, Body

ROUTES = {
    "JSON": ("/api/v1/ask", "/v1/chat/completions", "/mcp", "/api/v1/export", "/export", "/api/v1/feedback"),
    "Gradio": ("/gradio_api/queue/join", "/gradio_api/run/ask", "/gradio_api/cancel", "/gradio_api/reset"),
    "files": ("/api/v1/documents", "/documents"),
}
HALF_SENT = 300
PATIENCE = 1.5  # seconds that the server has with a sender here
FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="slow.txt"\r\n\r\n'


class Unread(Bodies):
    """The layer without this: bodies are read by whoever wants them, when he wants them."""

    async def arrived(self, scope: Scope, body: Body, *, streamed: bool) -> None:
        pass


def head(path: str, kind: str, length: int | None) -> bytes:
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    told = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n{size}\r\n\r\n"
    return told.encode()


def half(path: str, *, chunked: bool) -> bytes:
    """The first part of a request whose second never comes."""
    is_file = path in ROUTES["files"]
    begun = FILE + b"Iceland and" if is_file else b'{"question": "Where'
    kind = "multipart/form-data; boundary=b" if is_file else "application/json"
    return head(path, kind, None if chunked else 500) + (b"%x\r\n%b\r\n" % (len(begun), begun) if chunked else begun)


def connected(address: str) -> socket.socket:
    place = urlsplit(address)
    return socket.create_connection((place.hostname, place.port), timeout=30)


def answer_on(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    parts = []
    while part := connection.recv(65_536):
        parts.append(part)
    return b"".join(parts)


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with fitted(tmp_path_factory.mktemp("half"), body_seconds=PATIENCE) as doors:
        doors.app.state.uploads = "writers"
        yield doors


@pytest.fixture(scope="module")
def address(doors: Doors) -> Iterator[str]:
    with serving(doors.app) as address:
        httpx.post(f"{address}/api/v1/ask", json=QUESTION, timeout=60)  # what is loaded with the first question is
        yield address


@contextmanager
def half_sent(address: str, paths: list[str]) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        opened = []
        for number, path in enumerate(paths):
            connection = stack.enter_context(connected(address))
            connection.sendall(half(path, chunked=number % 2 == 1))
            opened.append(connection)
        yield opened


def test_three_hundred_half_sent_requests_keep_no_question_waiting_and_get_408(address: str) -> None:
    every = [path for paths in ROUTES.values() for path in paths]
    began = time.monotonic()
    with half_sent(address, [every[number % len(every)] for number in range(HALF_SENT)]) as opened:
        asked = time.monotonic()
        assert asked - began < PATIENCE, "all of them are still open"
        answered = httpx.post(f"{address}/api/v1/ask", json=QUESTION, timeout=20)
        assert answered.json()["outcome"] == "answered"
        assert time.monotonic() - asked < 1
        told = [answer_on(connection) for connection in opened]
    assert {answer.partition(b"\r\n")[0] for answer in told} == {b"HTTP/1.1 408 Request Timeout"}
    assert all(TOO_LATE.encode() in answer and b"connection: close" in answer.lower() for answer in told)
    assert time.monotonic() - began < PATIENCE + 10
    assert httpx.post(f"{address}/api/v1/ask", json=QUESTION, timeout=20).status_code == 200


def test_the_control_five_of_them_stop_all_questions_where_bodies_are_read_in_turn(doors: Doors) -> None:
    limits = replace(doors.access.admission.limits, bodies=Unread())
    access = replace(doors.access, admission=replace(doors.access.admission, limits=limits))
    with (
        serving(app_over(doors.assistant, access)) as address,
        half_sent(address, ["/api/v1/ask"] * 5),
        pytest.raises(httpx.ReadTimeout),
    ):
        httpx.post(f"{address}/api/v1/ask", json=QUESTION, timeout=3)


@pytest.mark.parametrize("path", [paths[0] for paths in ROUTES.values()])
def test_whoever_drips_gets_no_longer_than_whoever_stops(path: str, address: str) -> None:
    began = time.monotonic()
    with connected(address) as connection:
        connection.sendall(half(path, chunked=False))
        connection.settimeout(0.1)
        told = b""
        while not told:
            try:
                told = connection.recv(65_536)
            except TimeoutError:
                connection.sendall(b" ")
                assert time.monotonic() - began < 10
    assert told.startswith(b"HTTP/1.1 408")
    assert PATIENCE * 0.9 < time.monotonic() - began < PATIENCE + 2


def test_a_large_file_that_comes_slowly_for_longer_than_a_pause_may_be_arrives(address: str) -> None:
    piece, pieces, end = b"Iceland and Malta met again. " * 1_000, 40, b"\r\n--b--\r\n"
    length = len(FILE) + len(piece) * pieces + len(end)
    began = time.monotonic()
    with connected(address) as connection:
        connection.sendall(head("/api/v1/documents", "multipart/form-data; boundary=b", length) + FILE)
        for _ in range(pieces):
            connection.sendall(piece)
            time.sleep(PATIENCE / 20)
        connection.sendall(end)
        assert time.monotonic() - began > PATIENCE * 1.5, "it really took longer"
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")


def test_a_question_that_comes_in_pieces_is_answered(address: str) -> None:
    body = json.dumps(QUESTION).encode()
    with connected(address) as connection:
        connection.sendall(head("/api/v1/ask", "application/json", len(body)))
        for place in range(0, len(body), 20):
            connection.sendall(body[place : place + 20])
            time.sleep(0.05)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")


def test_a_request_that_breaks_off_is_no_failure_of_ours(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with half_sent(address, ["/api/v1/ask", "/documents", "/gradio_api/queue/join"]):
        pass
    assert httpx.post(f"{address}/api/v1/ask", json=QUESTION, timeout=20).status_code == 200
    assert not caplog.records


def test_large_bodies_together_have_so_much_memory_and_questions_pass_all_the_same(doors: Doors) -> None:
    limits = replace(doors.access.admission.limits, bodies=Bodies(PATIENCE, most_held=200_000))
    access = replace(doors.access, admission=replace(doors.access.admission, limits=limits))
    with serving(app_over(doors.assistant, access)) as address, connected(address) as holding:
        holding.sendall(head("/gradio_api/queue/join", "application/json", 400_000) + b" " * 200_000)
        time.sleep(0.3)
        large = {**QUESTION, "history": ["y" * 2_000] * 100}
        refused = httpx.post(f"{address}/api/v1/ask", json=large, timeout=20)
        assert (refused.status_code, refused.json()["detail"]) == (503, TOO_MUCH)
        assert refused.headers["retry-after"]
        assert httpx.post(f"{address}/api/v1/ask", json=QUESTION, timeout=20).status_code == 200
        assert answer_on(holding).startswith(b"HTTP/1.1 408")
        assert httpx.post(f"{address}/api/v1/ask", json=large, timeout=20).status_code == 422, "what was held is free"
    assert limits.bodies.held == 0


def test_only_the_wait_for_the_sender_counts() -> None:
    bodies = Bodies(20, bytes_a_second=1_000)
    assert bodies.seconds_left(0, 0) == 20, "no pause is longer"
    assert bodies.seconds_left(0, 15) == 5
    assert bodies.seconds_left(10_000, 15) == 15, "what came has bought time"
    assert bodies.seconds_left(1_000_000, 900) == 20
    assert bodies.seconds_left(0, 30) == 0
