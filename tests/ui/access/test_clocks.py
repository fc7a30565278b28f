"""A clock that is set back gives nobody back what was over: tokens, tickets, sessions, turns, limits."""

import time
from typing import Any

import pytest

from ui.access.limits import RateLimiter
from ui.identity.identity import ASK, Identity, rights_up_to
from ui.identity.sessions import Person, Sessions
from ui.identity.signing import Signer
from ui.identity.tokens import EmbedTokens

OWNER = Identity("portal", "key", rights_up_to(ASK), subject="0123456789ab", key="0123456789ab")
HOUR = 3600


class Clock:
    def __init__(self) -> None:
        self.now = 2_000_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("kind", ["token", "ticket", "session"])
def test_what_had_expired_does_not_live_again_and_what_is_yet_to_be_made_does_not_yet(kind: str) -> None:
    clock = Clock()
    signer = Signer("s" * 32, clock=clock)
    tokens, sessions = EmbedTokens(signer), Sessions(signer, hours=1)
    made = {
        "token": tokens.token_for(OWNER, "anna", 15),
        "ticket": tokens.ticket_for(OWNER, "/documents/x"),
        "session": signer.sign("session", {"sub": "1", "name": "Anna", "groups": []}, HOUR),
    }[kind]

    def stands() -> bool:
        found: dict[str, Any] = {
            "token": tokens.holder(made),
            "ticket": tokens.bearer(made, "/documents/x"),
            "session": sessions.person({sessions.cookie: made}),
        }
        return found[kind] is not None

    began = clock.now
    assert stands(), "the control"
    clock.now = began + 2 * HOUR
    assert not stands()
    clock.now = began - HOUR
    assert not stands(), "set back"
    clock.now = began - 60
    assert stands(), "two machines' clocks differ by so much"


def test_what_was_signed_by_an_earlier_version_is_good_until_its_end() -> None:
    signer = Signer("s" * 32, clock=(clock := Clock()))
    old = signer._serializer("session").dumps({"sub": "1", "name": "Anna", "groups": [], "exp": int(clock.now) + HOUR})
    assert Sessions(signer).person({Sessions(signer).cookie: str(old)}) == Person("1", "Anna")


def test_limits_do_not_look_at_the_clock_that_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    limiter = RateLimiter(1)
    assert limiter.take("anna") == 0
    ahead = time.time() + 24 * HOUR
    monkeypatch.setattr(time, "time", lambda: ahead)
    assert limiter.take("anna") > 0
