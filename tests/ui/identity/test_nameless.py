"""Visitors of a portal whom it does not name: nothing is kept for them, and each is counted by address."""

from pathlib import Path

import pytest
from doors import PORTAL, PROXY, QUESTION, bearer, fitted
from starlette.requests import HTTPConnection

from ui.identity.identity import ASK, GUEST, LOCAL, Identity, current_user, note_identity, rights_up_to
from ui.identity.reader import COOKIE, reader_of
from ui.identity.signing import Signer
from ui.identity.tokens import EmbedTokens

OWNER = Identity("portal", "key", rights_up_to(ASK), subject="0123456789ab", key="0123456789ab")
TOKENS = EmbedTokens(Signer("s" * 32))


def holder_of(person: str) -> Identity:
    """Who holds a token that the portal made for this person."""
    holder = TOKENS.holder(TOKENS.token_for(OWNER, person, 15))
    assert holder is not None
    return holder


def bearer_of(holder: Identity) -> Identity:
    """Who opens a document with a ticket that this holder got."""
    bearer = TOKENS.bearer(TOKENS.ticket_for(holder, "/documents/x"), "/documents/x")
    assert bearer is not None
    return bearer


def request_of(identity: Identity) -> HTTPConnection:
    """A request with a reader's cookie."""
    request = HTTPConnection({"type": "http", "headers": [(b"cookie", f"{COOKIE}={'c' * 43}".encode())]})
    note_identity(request.scope, identity)
    return request


@pytest.mark.parametrize("identity", [holder_of(""), bearer_of(holder_of(""))], ids=["token", "ticket"])
def test_a_visitor_without_a_name_is_no_person_and_no_cookie_makes_a_reader_of_them(identity: Identity) -> None:
    assert identity.scopes == {ASK}
    assert current_user(request_of(identity)) is None
    assert reader_of(request_of(identity)) == ""


def test_those_with_a_name_and_those_of_an_open_server_are_readers() -> None:
    anna = holder_of("anna")
    assert current_user(request_of(anna)) == reader_of(request_of(anna)) == anna.id
    for nobody in (GUEST, LOCAL):
        assert current_user(request_of(nobody)) is None
        assert reader_of(request_of(nobody)).startswith("cookie:")


def test_visitors_without_a_name_are_held_up_by_address_and_others_by_name(tmp_path: Path) -> None:
    settings = {"frame_ancestors": PORTAL, "questions_per_minute": 2, "proxy_user_header": "X-User"}
    with fitted(tmp_path, proxy_peers=PROXY, **settings) as doors:
        key = bearer(doors.ring.create("portal", "ask"))

        def token(person: str) -> dict[str, str]:
            made = doors.client("192.0.2.99").post("/api/v1/embed-token", json={"person": person}, headers=key)
            return bearer(made.json()["token"])

        nameless, anna = token(""), token("anna")

        def ask(headers: dict[str, str], forwarded: str, address: str = PROXY) -> int:
            client = doors.client(address, x_forwarded_for=forwarded)
            return client.post("/api/v1/ask", json=QUESTION, headers=headers).status_code

        assert [ask(nameless, "198.51.100.1") for _ in range(3)] == [200, 200, 429]
        assert ask(nameless, "198.51.100.2") == 200, "another visitor, by the proxy's word"
        assert ask(nameless, "192.0.2.7, 198.51.100.1") == 429, "what a visitor says of himself does not count"
        assert [ask(nameless, f"192.0.2.{n}", "198.51.100.9") for n in range(3)] == [200, 200, 429], "nor a stranger's"
        assert [ask(anna, f"198.51.100.{n}") for n in range(1, 4)] == [200, 200, 429], "a person has one bucket"
