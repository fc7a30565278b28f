"""Signing in against a real provider on loopback: the way there and back, and every lie that must be refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from doors import QUESTION, Doors, bearer, fitted
from each import each
from fastapi.testclient import TestClient
from httpx import Response
from identity_provider import CLIENT, SECRET, IdentityProvider, provided

from ui.access.sign_in import groups_in, local_path
from ui.identity.identification import GroupRights
from ui.identity.sessions import Person, Sessions
from ui.identity.signing import Signer

PUBLIC = "https://assistant.example"
COOKIE = "__Host-assistant"


@contextmanager
def opened(folder: Path, **values: str) -> Iterator[tuple[Doors, IdentityProvider]]:
    with provided(f"{PUBLIC}/sign-in/callback") as provider:
        settings = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET, **values}
        with fitted(folder, public_url=PUBLIC, **settings) as doors:
            yield doors, provider


@pytest.fixture(scope="module")
def shared_doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Doors, IdentityProvider]]:
    with opened(tmp_path_factory.mktemp("sign-in")) as both:
        yield both


@pytest.fixture
def both(shared_doors: tuple[Doors, IdentityProvider]) -> tuple[Doors, IdentityProvider]:
    """The doors and an honest provider."""
    shared_doors[1].spoil = ""
    return shared_doors


def go_there(client: TestClient, place: str = "/") -> str:
    """Start to sign in; returns where the provider sends the browser back to."""
    there = client.get("/sign-in", params={"next": place})
    assert there.status_code == 302
    return httpx2.get(there.headers["location"]).headers["location"]


def sign_in(client: TestClient, place: str = "/") -> Response:
    return client.get(go_there(client, place))


def test_whoever_opens_the_page_is_sent_to_sign_in_and_comes_back_to_it(
    both: tuple[Doors, IdentityProvider],
) -> None:
    doors, _ = both
    client = doors.client()
    asked = client.get(f"{doors.document}?start=0&end=6", headers={"Accept": "text/html"})
    assert asked.status_code == 302
    place = parse_qs(urlsplit(asked.headers["location"]).query)["next"][0]
    back = sign_in(client, place)
    assert (back.status_code, back.headers["location"]) == (303, f"{doors.document}?start=0&end=6")
    cookie = next(value for value in back.headers.get_list("set-cookie") if value.startswith(f"{COOKIE}="))
    assert all(part in cookie.lower() for part in ("httponly", "secure", "samesite=lax", "path=/", "max-age=28800"))
    assert client.get(place).status_code == 200
    assert client.post("/api/v1/ask", json=QUESTION).status_code == 200


def test_a_program_is_told_instead_of_sent_away(both: tuple[Doors, IdentityProvider]) -> None:
    refused = both[0].client().post("/api/v1/ask", json=QUESTION)
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "lie",
    [
        *("wrong nonce", "no nonce", "expired", "wrong audience", "one of two audiences", "wrong issuer"),
        *("wrong signature", "unsigned", "signed with the client's secret", "no token", "no person"),
    ],
)
def test_a_token_that_lies_signs_nobody_in(lie: str, both: tuple[Doors, IdentityProvider]) -> None:
    doors, provider = both
    client = doors.client(accept="text/html")
    provider.spoil = lie
    refused = sign_in(client)
    assert refused.status_code == 403
    assert "did not succeed" in refused.text
    assert COOKIE not in client.cookies
    provider.spoil = ""
    assert sign_in(client).status_code == 303, "the control: the same without the lie"


def test_the_answer_must_come_to_the_browser_that_asked_and_only_once(both: tuple[Doors, IdentityProvider]) -> None:
    doors, _ = both
    mine, other = doors.client(), doors.client()
    back = go_there(mine)
    go_there(other)
    assert other.get(back).status_code == 403, "another browser's state"
    assert doors.client().get(back).status_code == 403, "no state at all"
    forged = back.replace("state=", "state=x")
    assert mine.get(forged).status_code == 403
    assert mine.get(back).status_code == 303
    assert mine.get(back).status_code == 403, "the code was used"


def test_a_provider_that_is_down_or_another_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "down").mkdir()
    (tmp_path / "other").mkdir()
    with opened(tmp_path / "other") as (doors, provider):
        provider.spoil = "other provider"
        assert doors.client().get("/sign-in").status_code == 502
    with fitted(tmp_path / "down", oidc_issuer="http://127.0.0.1:9", oidc_client_id="a", public_url=PUBLIC) as down:
        told = down.client().get("/sign-in")
        assert told.status_code == 502
        assert "cannot be reached" in told.json()["detail"]
        assert down.client().get("/health/live").status_code == 200


def test_groups_come_from_the_token_or_from_userinfo_of_the_same_person(tmp_path: Path) -> None:
    with opened(tmp_path, ask_groups="staff") as (doors, provider):
        provider.person = {"sub": "7", "email": "b@ministry.example"}
        provider.more = {"groups": ["staff"]}
        client = doors.client()
        sign_in(client)
        assert client.get(doors.document).status_code == 200
        provider.more = {"groups": ["staff"], "sub": "another person"}
        stranger = doors.client()
        sign_in(stranger)
        refused = stranger.get(doors.document)
        assert refused.status_code == 403
        assert refused.json()["detail"].startswith("b@ministry.example may not")


def test_signing_out_ends_the_session_here_and_there_but_not_for_another_site(
    both: tuple[Doors, IdentityProvider],
) -> None:
    doors, provider = both
    client = doors.client()
    sign_in(client)
    assert client.get("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    out = client.get("/sign-out")
    assert out.status_code == 303
    assert out.headers["location"].startswith(f"{provider.issuer}/end?")
    assert client.get(doors.document).status_code == 401


def test_a_session_that_is_forged_foreign_or_expired_is_none() -> None:
    ours, other = Signer("s" * 32), Signer("t" * 32)
    person = {"sub": "1", "name": "Anna", "groups": []}
    sessions = Sessions(ours)
    assert sessions.person({COOKIE: ours.sign("session", person, 60)}) == Person("1", "Anna")
    valid = ours.sign("session", person, 60)
    for cookie in (
        *(other.sign("session", person, 60), ours.sign("session", person, -1), ours.sign("embed", person, 60)),
        *(f"{valid[:-2]}xx", f"x{valid}", "", "a.b", valid.partition(".")[0]),
    ):
        assert sessions.person({COOKIE: cookie}) is None


def test_a_key_counts_before_a_session(both: tuple[Doors, IdentityProvider]) -> None:
    doors, _ = both
    client = doors.client()
    sign_in(client)
    assert client.get(doors.document, headers=bearer("hca_wrong")).status_code == 401


@each(
    ("claim", "groups"),
    [
        (["staff", "Health Admins"], ("staff", "Health Admins")),
        ("Health Admins", ("Health Admins",)),
        ("staff, Health Admins,,staff", ("staff", "Health Admins")),
        ("admins", ("admins",)),
        ('["admins"]', ('["admins"]',)),
        ([" staff ", "", "admins, staff"], ("staff", "admins, staff")),
        ([["admins"], {"name": "admins"}, None, True, 7, "staff"], ("staff",)),
        *((nothing, ()) for nothing in (None, "", " , ", [], {}, {"admins": True}, 7, True, [[["admins"]]])),
    ],
)
def test_a_string_of_groups_is_one_group_and_rubbish_is_none(claim: object, groups: tuple[str, ...]) -> None:
    assert groups_in(claim) == groups


@pytest.mark.parametrize("claim", ["not admins", "admins staff", [["admins"]], {"admins": 1}, "x admins,y"])
def test_no_part_of_a_groups_name_gives_its_rights(claim: object) -> None:
    rights = GroupRights(admin=frozenset(("admins", "a", "d")), ask=frozenset(("staff",)))
    assert rights.of(groups_in(claim)) == frozenset()
    assert rights.of(groups_in("x, admins")), "the control"


@pytest.mark.parametrize(
    "place", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/sign-out"]
)
def test_one_comes_back_to_this_server_only(place: str) -> None:
    assert local_path(place) == "/"
    assert local_path("/timeline?parties=Latvia") == "/timeline?parties=Latvia"
