import pytest
from doors import access_of
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import AssistantError
from ui.identity.proxy import Peers, TrustedProxy
from ui.wire.refusals import Refusal

PEERS = Peers.read("10.0.0.1, 10.1.0.0/16, fd00::/8")
PROXY = TrustedProxy("X-User", "X-Groups", PEERS)


def scope(address: str | None, *headers: tuple[str, str]) -> dict[str, object]:
    named = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    return {"type": "http", "client": (address, 1) if address is not None else None, "headers": named}


@pytest.mark.parametrize("address", ["10.0.0.1", "10.1.255.255", "fd00::1", "::ffff:10.0.0.1"])
def test_a_peer_is_believed(address: str) -> None:
    assert PROXY.person(scope(address, ("X-User", "anna"), ("X-Groups", "a, b;c"))) == ("anna", ("a", "b", "c"))


@pytest.mark.parametrize("address", ["10.0.0.2", "203.0.113.1", "::1", "", "unix", None, "10.0.0.1.evil.example"])
def test_anybody_else_is_refused_as_a_whole(address: str | None) -> None:
    for header in ("X-User", "x-user", "X-Groups"):
        with pytest.raises(Refusal) as refused:
            PROXY.person(scope(address, (header, "anna"), ("X-Forwarded-For", "10.0.0.1")))
        assert refused.value.status == 403
    assert PROXY.person(scope(address)) is None


@pytest.mark.parametrize(
    "headers",
    [
        (("X-User", "anna"), ("X-User", "bela")),
        (("X-User", ""),),
        (("X-User", "  "),),
        (("X-User", "a\x1bb"),),
        (("X-User", "x" * 201),),
        (("X-Groups", "admins"),),
        (("X-User", "anna"), ("X-Groups", "a"), ("X-Groups", "b")),
    ],
)
def test_a_word_that_is_not_clear_is_refused(headers: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(Refusal) as refused:
        PROXY.person(scope("10.0.0.1", *headers))
    assert refused.value.status == 400


def test_a_name_in_utf8_is_read_as_it_is() -> None:
    name = "Anna Bērziņa".encode().decode("latin-1")
    assert PROXY.person(scope("10.0.0.1", ("X-User", name))) == ("Anna Bērziņa", ())


@given(st.lists(st.sampled_from(["198.51.100.1", "10.1.2.3", "10.0.0.1", "", "x", "203.0.113.5"]), max_size=5))
def test_no_visitor_chooses_the_address_that_is_counted(claimed: list[str]) -> None:
    forwarded = ", ".join([*claimed, "203.0.113.7"])
    assert PEERS.client_of(scope("10.0.0.1", ("X-Forwarded-For", forwarded))) == "203.0.113.7"
    assert PEERS.client_of(scope("203.0.113.8", ("X-Forwarded-For", forwarded))) == "203.0.113.8"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"proxy_user_header": "X-User"}, "no ASSISTANT_PROXY_PEERS"),
        ({"proxy_peers": "10.0.0.1/8"}, "ASSISTANT_PROXY_PEERS"),
        ({"proxy_peers": "portal"}, "ASSISTANT_PROXY_PEERS"),
        ({"oidc_issuer": "https://sign-in.example"}, "ASSISTANT_OIDC_CLIENT_ID"),
        ({"origins": "*"}, "'\\*' is no"),
        ({"origins": "https://*.example"}, "no single origin"),
        ({"frame_ancestors": "https://portal.example/"}, "is no origin"),
        ({"frame_ancestors": "https://a.example; script-src *"}, "is no"),
        ({"frame_ancestors": "portal.example"}, "is no origin"),
        ({"secret": "short"}, "longer ASSISTANT_SECRET"),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_the_variable(
    settings: dict[str, str], told: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(AssistantError, match=told):
        access_of(tmp_path_factory.mktemp("settings"), **settings)
