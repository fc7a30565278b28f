"""Tokens, tickets and the page for frames, without a browser; `test_browser_portal` has one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doors import PORTAL, PROXY, QUESTION, Doors, bearer, fitted
from markup import parse

from ui.identity.identity import ASK, Identity, rights_up_to
from ui.identity.signing import SecretError, Signer, secret_of
from ui.identity.tokens import EmbedTokens


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    settings = {"frame_ancestors": PORTAL, "origins": PORTAL, "proxy_user_header": "X-User", "proxy_peers": PROXY}
    with fitted(tmp_path_factory.mktemp("embedding"), **settings) as doors:
        doors.ring.create("spare", "ask")
        yield doors


@pytest.fixture
def key(doors: Doors) -> Iterator[str]:
    yield doors.ring.create("portal", "admin")
    doors.ring.revoke("portal")


def token_of(doors: Doors, key: str, **wish: object) -> str:
    made = doors.client().post("/api/v1/embed-token", json={"person": "anna", **wish}, headers=bearer(key))
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    return str(made.json()["token"])


def test_a_token_asks_reads_and_does_no_more(doors: Doors, key: str) -> None:
    client = doors.client(**bearer(token_of(doors, key)))
    assert client.post("/api/v1/ask", json=QUESTION).json()["outcome"] == "answered"
    assert client.get(doors.document).status_code == 200
    refused = client.post("/api/v1/embed-token", json={})
    assert refused.status_code == 403, "no token from a token"
    assert doors.access.tokens is not None
    holder = doors.access.tokens.holder(token_of(doors, key))
    assert holder is not None
    assert holder.scopes == {ASK}, "also where the key may do everything"
    assert holder.name == "anna"


def test_a_person_cannot_make_tokens(doors: Doors) -> None:
    assert doors.client(PROXY, x_user="anna").post("/api/v1/embed-token", json={}).status_code == 403


@pytest.mark.parametrize("minutes", [4, 61, 0, -5, "long"])
def test_a_token_is_for_five_to_sixty_minutes(minutes: object, doors: Doors, key: str) -> None:
    refused = doors.client().post("/api/v1/embed-token", json={"minutes": minutes}, headers=bearer(key))
    assert refused.status_code == 422


def test_a_token_says_when_it_ends(doors: Doors, key: str) -> None:
    told = doors.client().post("/api/v1/embed-token", json={"minutes": 60}, headers=bearer(key)).json()
    left = datetime.fromisoformat(told["expires"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(minutes=60)


def test_a_token_dies_with_its_key(doors: Doors) -> None:
    token = token_of(doors, doors.ring.create("short-lived", "ask"))
    assert doors.client(**bearer(token)).get(doors.document).status_code == 200
    doors.ring.revoke("short-lived")
    assert doors.client(**bearer(token)).get(doors.document).status_code == 401


def test_a_ticket_opens_its_document_and_nothing_else(doors: Doors, key: str) -> None:
    token = token_of(doors, key)
    asked = doors.client().post("/api/v1/tickets", json={"path": doors.document}, headers=bearer(token))
    ticket = asked.json()["ticket"]
    stranger = doors.client()
    assert stranger.get(f"{doors.document}?start=0&end=6&ticket={ticket}").status_code == 200
    for place in (
        *(f"/documents/other?ticket={ticket}", f"/?ticket={ticket}", f"/timeline?ticket={ticket}", doors.document),
        *(f"{doors.document}?ticket={ticket}x", f"{doors.document}?ticket=", f"{doors.document}?ticket={token}"),
        f"{doors.document}?ticket={ticket}&ticket={ticket}",
    ):
        assert stranger.get(place).status_code == 401, place
    assert stranger.get(doors.document, headers=bearer(ticket)).status_code == 401, "a ticket is no token"


def test_a_ticket_dies_with_the_key_that_its_token_was_made_with(doors: Doors) -> None:
    short = doors.ring.create("short-lived", "ask")
    for holder in (short, token_of(doors, short)):
        asked = doors.client().post("/api/v1/tickets", json={"path": doors.document}, headers=bearer(holder))
        place = f"{doors.document}?ticket={asked.json()['ticket']}"
        assert doors.client().get(place).status_code == 200
    doors.ring.revoke("short-lived")
    assert doors.client().get(place).status_code == 401
    person = doors.client(PROXY, x_user="anna").post("/api/v1/tickets", json={"path": doors.document})
    assert doors.client().get(f"{doors.document}?ticket={person.json()['ticket']}").status_code == 200, "the control"


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/ask", "//evil.example/documents/x", "/documents/x/../y", "/documents/x?y"]
)
def test_a_ticket_is_for_documents_only(path: str, doors: Doors, key: str) -> None:
    refused = doors.client().post("/api/v1/tickets", json={"path": path}, headers=bearer(key))
    assert refused.status_code == 422


def test_what_is_signed_for_one_purpose_or_by_another_is_refused() -> None:
    ours, other = EmbedTokens(Signer("s" * 32)), EmbedTokens(Signer("t" * 32))
    owner = Identity("portal", "key", rights_up_to(ASK))
    token, ticket = ours.token_for(owner, "anna", 15), ours.ticket_for(owner, "/documents/x")
    assert ours.holder(token) is not None
    assert ours.bearer(ticket, "/documents/x") is not None
    assert ours.holder(ticket) is ours.bearer(token, "/documents/x") is other.holder(token) is None
    assert ours.holder(ours.token_for(owner, "anna", -1)) is None


def test_the_page_for_frames_names_its_framers_and_runs_only_what_the_server_put_there(doors: Doors) -> None:
    page = doors.client().get("/embed?theme=dark")
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "no-referrer"
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert policy["frame-ancestors"] == PORTAL
    assert "unsafe" not in policy["script-src"]
    first = parse(page.text).all("script")[0]
    assert first.attributes["src"].startswith("/embedding/frame.js?")
    assert "data-known" not in first.attributes
    assert 'data-known="yes"' in doors.client(PROXY, x_user="anna").get("/embed").text
    assert doors.client().get("/", headers={"Accept": "text/html"}).status_code == 401, "the page itself is closed"
    for own in ("/", doors.document, "/timeline", "/health/live"):
        framed = doors.client(PROXY, x_user="anna").get(own).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in framed, "nothing else may be framed"


def test_a_token_in_an_address_is_refused(doors: Doors, key: str) -> None:
    refused = doors.client().get(f"/embed?token={token_of(doors, key)}")
    assert refused.status_code == 400
    assert "put it behind the #" in refused.json()["detail"]


def test_the_scripts_are_served_and_nothing_beside_them(doors: Doors) -> None:
    for place in ("/embed.js", "/embedding/frame.js", "/embedding/frame.css"):
        assert doors.client().get(place).status_code == 200
    for place in ("/embedding/routes.py", "/embedding/..%2Froutes.py", "/embedding/__init__.py"):
        assert doors.client().get(place).status_code in (401, 404)


def test_only_origins_on_the_list_may_call_with_a_token(doors: Doors, key: str) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    allowed = doors.client().options("/api/v1/ask", headers={"Origin": PORTAL, **asked})
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == PORTAL
    assert "access-control-allow-credentials" not in allowed.headers
    foreign = doors.client().options("/api/v1/ask", headers={"Origin": "https://evil.example", **asked})
    assert foreign.status_code == 400
    refused = doors.client().post("/api/v1/ask", json=QUESTION, headers={"Origin": PORTAL})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == PORTAL, "a script may read why"


def test_without_origins_named_nothing_can_be_framed(tmp_path: Path) -> None:
    with fitted(tmp_path, open=True) as doors:
        for place in ("/embed", "/embed.js", "/embedding/frame.js"):
            assert doors.client().get(place).status_code == 404
        assert doors.client().post("/api/v1/embed-token", json={}).status_code == 404


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    assert secret_of(tmp_path) == secret_of(tmp_path)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    with pytest.raises(SecretError, match="longer ASSISTANT_SECRET"):
        Signer("short")
