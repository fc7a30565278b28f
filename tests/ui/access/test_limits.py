"""How often, how much, how large: over the real application, whose questions here take as long as a test likes."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from doors import PROXY, QUESTION, Doors, bearer, fitted

from ui.access.limits import QueueFull, RateLimiter, RequestQueue, neighbourhood


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_empties_fills_and_says_how_long_to_wait() -> None:
    clock = Clock()
    limiter = RateLimiter(60, clock=clock)
    assert [limiter.take("anna") for _ in range(61)] == [0] * 60 + [1]
    assert limiter.take("bela") == 0, "everybody has a bucket"
    clock.now = 0.5
    assert limiter.take("anna") == 1
    clock.now = 1.0
    assert limiter.take("anna") == 0
    clock.now = 1_000
    assert [limiter.take("anna", 0.25) for _ in range(241)] == [0] * 240 + [1]


def test_a_refusal_costs_nothing_and_a_cost_above_the_whole_can_be_paid() -> None:
    clock = Clock()
    limiter = RateLimiter(2, clock=clock)
    assert limiter.take("anna", 100) == 0
    assert [limiter.take("anna") for _ in range(5)] == [30] * 5
    clock.now = 30
    assert limiter.take("anna") == 0


def test_buckets_are_bounded_and_the_longest_unused_go_first() -> None:
    limiter = RateLimiter(1, most=100, clock=Clock())
    limiter.take("early")
    for number in range(10_000):
        limiter.take(f"visitor {number}")
    assert len(limiter) == 100
    assert limiter.take("visitor 9999") > 0
    assert limiter.take("early") == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("x", "x"),
    ],
)
def test_a_visitor_with_a_whole_network_is_one_visitor(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted


def test_turns_are_given_in_order_and_the_excess_is_sent_away_at_once() -> None:
    async def tried() -> tuple[int, int]:
        queue, most, refused = RequestQueue(2, 3), 0, 0
        running = 0

        async def ask() -> None:
            nonlocal running, most, refused
            try:
                async with queue.turn():
                    running += 1
                    most = max(most, running)
                    await asyncio.sleep(0.01)
                    running -= 1
            except QueueFull:
                refused += 1

        await asyncio.gather(*(ask() for _ in range(9)))
        assert queue.taken == 0
        return most, refused

    assert asyncio.run(tried()) == (2, 4)


def test_nobody_waits_for_a_turn_longer_than_a_client_would() -> None:
    async def tried() -> tuple[bool, int]:
        queue = RequestQueue(1, 5, longest_wait=0.05)
        refused = False
        async with queue.turn():
            try:
                async with queue.turn():
                    pass
            except QueueFull:
                refused = True
        async with queue.turn():  # the turn is free again
            return refused, queue.taken

    assert asyncio.run(tried()) == (True, 1)


# Over the application


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[Doors]:
    limits: dict[str, Any] = {"questions_per_minute": 3, "requests_per_minute": 40}
    with fitted(tmp_path, **limits, proxy_user_header="X-User", proxy_peers=PROXY) as doors:
        yield doors


def test_a_person_is_held_up_and_told_for_how_long_but_nobody_else_is(doors: Doors) -> None:
    def ask(person: str) -> httpx.Response:
        return doors.client(PROXY, x_user=person).post("/api/v1/ask", json=QUESTION)

    assert [ask("anna").status_code for _ in range(3)] == [200] * 3
    held = ask("anna")
    assert held.status_code == 429
    assert held.headers["content-type"] == "application/problem+json"
    assert 1 <= int(held.headers["retry-after"]) <= 20
    assert held.headers["x-content-type-options"] == "nosniff"
    assert ask("bela").status_code == 200


def test_guessing_keys_is_held_up_by_address_whatever_the_guess(doors: Doors) -> None:
    codes = [doors.client().get("/", headers=bearer(f"hca_{n}")).status_code for n in range(45)]
    assert codes == [401] * 40 + [429] * 5
    assert doors.client("203.0.113.77").get("/health/live").status_code == 200


def test_behind_the_proxy_each_visitor_has_a_limit_and_cannot_name_another(doors: Doors) -> None:
    def codes(forwarded: str, address: str = PROXY) -> list[int]:
        client = doors.client(address, x_forwarded_for=forwarded)
        return [client.get("/health/live").status_code for _ in range(41)]

    assert codes("198.51.100.1") == [200] * 40 + [429]
    assert codes("198.51.100.2") == [200] * 40 + [429]
    assert codes("192.0.2.1, 198.51.100.2") == [429] * 41, "the proxy's own word, not what the visitor put before it"
    assert codes("198.51.100.3", "198.51.100.4") == [200] * 40 + [429]
    assert codes("198.51.100.5", "198.51.100.4") == [429] * 41, "a stranger's word on where he comes from"


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in chunks"])
def test_a_body_that_is_too_large_is_refused(declared: bool, doors: Doors) -> None:
    key = doors.ring.create("portal", "ask")
    body = b'{"question": "' + b"x" * (600 * 1024) + b'"}'
    content: Any = body if declared else iter([body[:300_000], body[300_000:]])
    headers = {"Content-Type": "application/json", **bearer(key)}
    refused = doors.client().post("/api/v1/ask", content=content, headers=headers)
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"
    ok = doors.client().post("/api/v1/ask", json={**QUESTION, "history": ["y" * 2_000] * 20}, headers=headers)
    assert ok.status_code == 200


def test_above_what_can_wait_the_answer_is_503_within_a_second_and_the_server_lives(tmp_path: Path) -> None:
    with fitted(tmp_path, open=True, questions_at_once=2, questions_waiting=2) as doors:
        go_on, real = threading.Event(), doors.assistant.ask

        def slow(*arguments: Any, **choices: Any) -> Any:
            assert go_on.wait(30)
            return real(*arguments, **choices)

        doors.assistant.ask = slow  # type: ignore[method-assign]
        with doors.client() as client, ThreadPoolExecutor(16) as pool:
            began = time.monotonic()
            asked = [pool.submit(client.post, "/api/v1/ask", json=QUESTION) for _ in range(12)]
            while sum(future.done() for future in asked) < 8:
                assert time.monotonic() - began < 20
                time.sleep(0.01)
            refused = [future.result() for future in asked if future.done()]
            assert {response.status_code for response in refused} == {503}
            assert all(int(response.headers["retry-after"]) > 0 for response in refused)
            assert all(response.elapsed.total_seconds() < 1 for response in refused)
            assert client.get("/health/live").status_code == 200
            go_on.set()
            assert sorted(future.result().status_code for future in asked) == [200] * 4 + [503] * 8
