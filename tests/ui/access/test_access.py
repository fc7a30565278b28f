"""Who may call what: the whole table of routes and roles, and the ways in, each alone and against each other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doors import PROXY, QUESTION, STRANGER, Doors, bearer, fitted, with_witness
from starlette.routing import BaseRoute, Mount, Route

from ui.access.rules import RULES
from ui.identity.identity import ADMIN, ASK, WRITE

PUBLIC, CLOSED = "public", "closed"
# Every route of ours, with the right it needs. A new one is added here and in `ui/access/rules.py`.
OURS = {
    ("GET", "/health/live"): PUBLIC,
    ("GET", "/health/ready"): PUBLIC,
    ("POST", "/api/v1/ask"): ASK,
    ("POST", "/v1/chat/completions"): ASK,
    ("GET", "/v1/models"): ASK,
    ("GET", "/v1/models/{name}"): ASK,
    **{(method, "/mcp"): ASK for method in ("GET", "POST", "DELETE")},
    ("GET", "/metrics"): ADMIN,
    ("GET", "/api/v1/filters"): ASK,
    ("GET", "/api/v1/timeline"): ASK,
    ("GET", "/api/v1/openapi.json"): ASK,
    ("GET", "/timeline"): ASK,
    ("GET", "/feed.atom"): ASK,
    ("GET", "/api/v1/documents"): ASK,
    ("POST", "/api/v1/documents"): WRITE,
    ("GET", "/api/v1/documents/{document_id}"): ASK,
    ("DELETE", "/api/v1/documents/{document_id}"): WRITE,
    ("GET", "/documents"): ASK,
    ("POST", "/documents"): WRITE,
    ("GET", "/documents/adding.js"): ASK,
    ("GET", "/documents/{document_id}"): ASK,
    ("GET", "/documents/{document_id}/remove"): WRITE,
    ("POST", "/documents/{document_id}/remove"): WRITE,
    ("GET", "/page.js"): PUBLIC,
    ("GET", "/sign-in"): PUBLIC,
    ("GET", "/sign-in/callback"): PUBLIC,
    ("GET", "/sign-out"): PUBLIC,
    ("GET", "/embed.js"): PUBLIC,
    ("GET", "/embedding/{name}"): PUBLIC,
    ("POST", "/api/v1/embed-token"): ASK,
    ("POST", "/api/v1/tickets"): ASK,
    **{("POST", path): ASK for path in ("/export", "/api/v1/export", "/api/v1/feedback")},
    **{("GET", path): ADMIN for path in ("/review", "/api/v1/review.csv")},
}
# Those of Gradio's that are in use; every other one must be closed, also those that a later version brings.
GRADIOS = {
    **{("GET", path): PUBLIC for path in ("/assets/{path:path}", "/static/{path:path}", "/theme.css")},
    **{("GET", path): PUBLIC for path in ("/favicon.ico", "/robots.txt", "/manifest.json")},
    **{("GET", path): ASK for path in ("/", "/config", "/gradio_api/app_id")},
    **{("GET", path): ASK for path in ("/gradio_api/heartbeat/{session_hash}", "/gradio_api/queue/data")},
    **{("POST", path): ASK for path in ("/gradio_api/queue/join", "/gradio_api/run/{api_name}")},
    **{("POST", path): ASK for path in ("/gradio_api/cancel", "/gradio_api/reset")},
}
ROLES = ("none", "ask", "write", "admin", "wrong key", "revoked key", "stranger's header", "proxy", "two identities")
MAY = {"ask": {ASK}, "proxy": {ASK}, "write": {ASK, WRITE}, "admin": {ASK, WRITE, ADMIN}}
# What each role is told where it may not: never 2xx, never an error of ours.
TOLD = {"none": 401, "wrong key": 401, "revoked key": 401, "stranger's header": 403, "two identities": 400}
EVERYTHING = {
    **{"proxy_user_header": "X-Portal-User", "proxy_groups_header": "X-Portal-Groups", "proxy_peers": f"{PROXY}/32"},
    **{"frame_ancestors": "https://portal.example", "public_url": "https://assistant.example"},
    **{"oidc_issuer": "https://sign-in.invalid", "oidc_client_id": "assistant", "questions_per_minute": 100_000},
    "requests_per_minute": 1_000_000,
}


def routes_of(routes: list[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of every route, through mounted applications and included routers."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if isinstance(route, Mount):
            assert route.path == "", "a path before a mount would have to be put before its routes here"
            yield from routes_of(list(route.routes))
        elif inner is not None:
            yield from routes_of(list(inner.routes))
        else:
            assert isinstance(route, Route) or hasattr(route, "methods"), f"{route!r} has no rule of its kind"
            methods = getattr(route, "methods", None) or ()  # `ui.api.nowhere` has none, and refuses whatever comes
            yield from ((method, route.path) for method in methods if method != "HEAD")


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    with fitted(tmp_path_factory.mktemp("table"), **EVERYTHING) as doors:
        yield doors


@pytest.fixture(scope="module")
def table(doors: Doors) -> dict[tuple[str, str], str]:
    """The right that each route of the application needs."""
    found = list(routes_of(list(doors.app.router.routes)))
    gradios = {key: GRADIOS.get(key, CLOSED) for key in found}
    return {**gradios, **{key: right for key, right in OURS.items() if key in found}, ("GET", "/embed"): PUBLIC}


@pytest.fixture(scope="module")
def requests(doors: Doors) -> dict[str, tuple[str, dict[str, str]]]:
    """For each role, from which address it comes and with which headers."""
    keys = doors.keys()
    revoked = doors.ring.create("gone", "admin")
    doors.ring.revoke("gone")
    user = {"X-Portal-User": "anna", "X-Portal-Groups": "staff"}
    return {
        "none": (STRANGER, {}),
        **{right: (STRANGER, bearer(key)) for right, key in keys.items()},
        "wrong key": (STRANGER, bearer(keys["admin"][:-1] + ("A" if keys["admin"][-1] != "A" else "B"))),
        "revoked key": (STRANGER, bearer(revoked)),
        "stranger's header": (STRANGER, user),
        "proxy": (PROXY, user),
        "two identities": (PROXY, {**user, **bearer(keys["ask"])}),
    }


def expected(role: str, right: str, *, framed: bool) -> int:
    if right == PUBLIC and (not framed or role not in TOLD or role == "none"):
        return 299
    if role in TOLD:
        return TOLD[role]
    return 299 if right in MAY[role] or right == PUBLIC else 404 if right == CLOSED else 403


def test_every_route_has_a_rule_for_every_role_and_none_lets_in_whom_it_should_not(
    doors: Doors, table: dict[tuple[str, str], str], requests: dict[str, Any]
) -> None:
    with_witness(doors.app)
    wrong = []
    for (method, path), right in sorted(table.items()):
        concrete = path.replace(":path}", "}").replace("{", "").replace("}", "")
        for role in ROLES:
            address, headers = requests[role]
            status = doors.client(address).request(method, concrete, headers=headers).status_code
            if status != expected(role, right, framed="/embed" in path):
                wrong.append((method, path, role, right, status))
    assert not wrong
    assert len(table) * len(ROLES) > 800, "the table was really walked"


def test_every_route_of_ours_stands_in_the_table(doors: Doors, table: dict[tuple[str, str], str]) -> None:
    ours = {(m, r.path) for r in doors.app.routes for m in getattr(r, "methods", None) or () if m != "HEAD"}
    assert ours == OURS.keys()
    assert not [key for key in GRADIOS if key not in table], "a rule for a route that Gradio no longer has"


def test_the_control_a_route_without_a_rule_is_out_of_reach_and_noticed(tmp_path: Path) -> None:
    with fitted(tmp_path) as doors:
        doors.app.router.routes.insert(0, Route("/new", lambda _: None))
        key = doors.keys()["admin"]
        assert doors.client().get("/new", headers=bearer(key)).status_code == 404
        with pytest.raises(AssertionError):
            test_every_route_of_ours_stands_in_the_table(doors, {})


def test_no_line_of_the_rules_is_without_a_route(table: dict[tuple[str, str], str]) -> None:
    paths = {path for _, path in table}
    assert [rule.path for rule in RULES if rule.path not in paths and rule.right != CLOSED] == []


def test_nothing_speaks_websocket(doors: Doors) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect), doors.client().websocket_connect("/gradio_api/queue/data"):
        pass


# The doors themselves, over the real routes


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Doors]:
    with fitted(tmp_path) as doors:
        yield doors


def test_a_key_asks_reads_the_cited_document_and_is_refused_once_revoked(own: Doors) -> None:
    key = own.ring.create("portal", "ask")
    client = own.client(**bearer(key))
    assert client.post("/api/v1/ask", json=QUESTION).json()["outcome"] == "answered"
    assert client.get(own.document).status_code == 200
    own.ring.revoke("portal")
    refused = client.post("/api/v1/ask", json=QUESTION)
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["www-authenticate"].startswith("Bearer")


def test_revoking_the_last_key_does_not_open_the_door(own: Doors) -> None:
    own.ring.create("portal", "ask")
    own.ring.revoke("portal")
    assert own.client("127.0.0.1", host="localhost").post("/api/v1/ask", json=QUESTION).status_code == 401


def test_a_browser_that_opens_the_page_without_a_key_gets_a_page_that_says_so(own: Doors) -> None:
    own.keys()
    page = own.client(accept="text/html").get("/")
    assert page.status_code == 401
    assert "Sign in, or send a key" in page.text
    assert "script" not in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {"host": "localhost:7860"}, 200),
        ("::1", {"host": "[::1]:7860"}, 200),
        ("127.0.0.1", {"host": "rebound.example"}, 403),
        ("127.0.0.1", {"host": "localhost", "x-forwarded-for": STRANGER}, 403),
        (STRANGER, {"host": "localhost"}, 403),
        ("", {"host": "localhost"}, 403),
    ],
)
def test_without_a_sign_in_only_this_machine_is_answered(
    address: str, headers: dict[str, str], status: int, own: Doors
) -> None:
    assert own.client(address, **headers).get(own.document).status_code == status


def test_a_server_that_is_open_lets_everybody_ask_and_nobody_more(tmp_path: Path) -> None:
    with fitted(tmp_path, open=True) as doors:
        assert doors.client().post("/api/v1/ask", json=QUESTION).status_code == 200
        assert doors.access.admission.who.identity(scope_from(STRANGER), ticket=False).scopes == {ASK}


def scope_from(address: str, **headers: str) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "client": (address, 1), "headers": named, "path": "/", "query_string": b""}


def test_another_site_does_nothing_in_the_name_of_whom_the_proxy_knows(tmp_path: Path) -> None:
    with fitted(tmp_path, **EVERYTHING) as doors:
        client = doors.client(PROXY, x_portal_user="anna")
        for foreign in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert client.post("/api/v1/ask", json=QUESTION, headers=foreign).status_code == 403
        for own in ({}, {"Origin": "https://assistant.example"}, {"Sec-Fetch-Site": "same-origin"}):
            assert client.post("/api/v1/ask", json=QUESTION, headers=own).status_code == 200


def test_groups_give_rights(tmp_path: Path) -> None:
    groups = {"ask_groups": "staff, editors", "write_groups": "editors", "admin_groups": "owners"}
    with fitted(tmp_path, **EVERYTHING, **groups) as doors:
        who = doors.access.admission.who

        def rights(listed: str) -> set[str]:
            scope = scope_from(PROXY, x_portal_user="anna", x_portal_groups=listed)
            return set(who.identity(scope, ticket=False).scopes)

        assert rights("visitors") == rights("") == set()
        assert rights("staff") == {ASK}
        assert rights("x; editors") == {ASK, WRITE}
        assert rights("owners,staff") == {ASK, WRITE, ADMIN}
        refused = doors.client(PROXY, x_portal_user="anna", x_portal_groups="visitors").get(doors.document)
        assert refused.status_code == 403
        assert refused.json()["detail"] == "anna may not do this; it needs the right to ask."
