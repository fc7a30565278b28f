"""A server that everybody may ask answers under its own names alone, on every route.

A page from elsewhere that makes its own name lead here ("DNS rebinding") asks for that name.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from doors import NAME, QUESTION, STRANGER, Doors, fitted
from each import each
from test_access import OURS, routes_of

from ui.access.admission import NOT_THIS_NAME
from ui.identity.hosts import is_known

REBOUND = ("evil.example", "evil.example:7860", "127.0.0.1.evil.example", "localhost.evil.example", "203.0.113.80", "")


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with fitted(tmp_path_factory.mktemp("hosts"), open=True, frame_ancestors="https://portal.example") as doors:
        yield doors


@pytest.mark.parametrize("host", REBOUND)
def test_no_route_answers_under_another_name(host: str, doors: Doors) -> None:
    table = sorted(set(routes_of(list(doors.app.router.routes))) | {("GET", "/embed"), ("GET", "/no-such-route")})
    client = doors.client("127.0.0.1")
    told = {(m, p): client.request(m, p, headers={"Host": host}).status_code for m, p in table}
    assert set(told.values()) == {421}
    assert len(told) > len(OURS)


@pytest.mark.parametrize(
    "host", [NAME, f"{NAME}:7860", NAME.upper(), f"{NAME}.", "localhost:1", "127.0.0.1", "[::1]:7"]
)
def test_the_control_under_its_own_names_it_answers(host: str, doors: Doors) -> None:
    assert doors.client().get("/health/live", headers={"Host": host}).status_code == 200
    assert doors.client().post("/api/v1/ask", json=QUESTION, headers={"Host": host}).status_code == 200


def test_it_is_said_so_in_a_sentence_and_on_a_page_for_whoever_opens_one(doors: Doors) -> None:
    told = doors.client(host="evil.example").get("/health/ready")
    assert told.json()["detail"] == NOT_THIS_NAME
    page = doors.client(host="evil.example", accept="text/html", accept_language="lv").get("/")
    assert page.status_code == 421
    assert "Nepareizs nosaukums" in page.text


@each(
    ("hosts", "path", "reached", "known"),
    [
        (["127.0.0.1:7860"], "/", "127.0.0.1", True),
        (["10.0.0.7:7860"], "/health/live", "10.0.0.7", True),
        (["10.0.0.7:7860"], "/", "10.0.0.7", True),
        (["[2001:db8::7]:7860"], "/", "2001:db8:0::7", True),
        (["10.0.0.8:7860"], "/", "10.0.0.7", False),
        (["[fd00::1]"], "/", "10.0.0.7", True),
        (["a.example"], "/", "a.example", False),
        ([], "/health/ready", "10.0.0.7", True),
        ([], "/api/v1/ask", "10.0.0.7", False),
        (["localhost", "evil.example"], "/health/live", "127.0.0.1", False),
        (["evil.example", "localhost"], "/", "127.0.0.1", False),
    ],
)
def test_an_address_is_a_name_where_the_connection_reached_it(
    hosts: list[str], path: str, reached: str, known: bool
) -> None:
    headers = [(b"host", host.encode()) for host in hosts]
    scope = {"type": "http", "path": path, "headers": headers, "server": (reached, 7860)}
    assert is_known(scope, ("b.example", "fd00::1")) == known


def test_where_people_sign_in_the_name_does_not_matter(tmp_path: Path) -> None:
    with fitted(tmp_path, open=True) as doors:
        key = doors.ring.create("portal", "ask")
        client = doors.client(STRANGER, host="10.0.0.8", authorization=f"Bearer {key}")
        assert client.post("/api/v1/ask", json=QUESTION).status_code == 200
