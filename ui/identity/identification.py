"""Who a request comes from: a key or token, a trusted proxy's word, a signed session, or nobody.

Whoever says who he is and is wrong is refused, never taken for a guest. A key and a proxy's word together are refused
too: two answers to one question. A session's cookie, which a browser always sends along, gives way to both.
"""

from dataclasses import dataclass, field

from starlette.datastructures import Headers, QueryParams
from starlette.requests import cookie_parser
from starlette.types import Scope

from ui.identity.hosts import host_name, is_loopback
from ui.identity.identity import ADMIN, ASK, GUEST, LOCAL, NOBODY, WRITE, Identity, rights_up_to
from ui.identity.keys import PREFIX, Key, KeyRing
from ui.identity.proxy import TrustedProxy, peer_of
from ui.identity.sessions import Sessions
from ui.identity.tokens import EmbedTokens
from ui.wire.refusals import Refusal

WRONG_KEY = "This key or token is not valid; it may have expired or been revoked."
EXPIRED = "This link has expired; open the source again from the answer."
TWO_IDENTITIES = "A key came together with a proxy's word on who this is; send one of them."
NOT_FOR_OTHERS = (
    "This server answers its own machine only; configure a sign-in, or say ASSISTANT_OPEN=true to let everybody ask."
)
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class GroupRights:
    """What a person's groups allow."""

    ask: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()
    admin: frozenset[str] = frozenset()

    def of(self, groups: tuple[str, ...]) -> frozenset[str]:
        """The rights of someone in these groups; where no group is named for asking, everyone signed in may."""
        for right, needed in ((ADMIN, self.admin), (WRITE, self.write)):
            if needed.intersection(groups):
                return rights_up_to(right)
        return rights_up_to(ASK) if not self.ask or self.ask.intersection(groups) else frozenset()


@dataclass(frozen=True, slots=True)
class Identification:
    """The ways in that are switched on; with none, the machine's own user does everything."""

    keys: KeyRing | None = None
    proxy: TrustedProxy | None = None
    sessions: Sessions | None = None
    tokens: EmbedTokens | None = None
    rights: GroupRights = field(default_factory=GroupRights)
    # Where no way in is on: whether everybody may ask, and whether "everybody" is at all checked.
    is_open: bool = False
    trusts_everybody: bool = False

    @property
    def is_on(self) -> bool:
        """Whether somebody must say who he is. A key that was ever made counts, so revoking all opens nothing."""
        return bool(self.proxy or self.sessions or (self.keys and self.keys.has_any))

    def identity(self, scope: Scope, *, ticket: bool) -> Identity:
        """Who this is; with `ticket`, a ticket for this very path counts too. Raises `Refusal`."""
        if not self.is_on:
            # Clients of OpenAI's protocol send some key always; where nobody needs one, none is looked at.
            return self._unasked(scope)
        return self._by_credentials(scope, ticket=ticket) or NOBODY

    def _by_credentials(self, scope: Scope, *, ticket: bool) -> Identity | None:
        bearer = _bearer(scope)
        told = self.proxy.person(scope) if self.proxy else None
        if bearer is not None and told is not None:
            raise Refusal(400, TWO_IDENTITIES)
        if bearer is not None:
            return self._by_bearer(bearer)
        if told is not None:
            name, groups = told
            return Identity(name, "proxy", self.rights.of(groups), groups)
        return (self._by_ticket(scope) if ticket else None) or self._by_session(scope)

    def _by_bearer(self, text: str) -> Identity | None:
        if text.startswith(PREFIX):
            key = self.keys.find(text) if self.keys else None
            if key is not None:
                return _holder(key)
        elif self.tokens:
            holder = self.tokens.holder(text)
            if holder is not None and self.stands(holder):
                return holder
        raise Refusal(401, WRONG_KEY, {"WWW-Authenticate": 'Bearer error="invalid_token"'})

    def stands(self, identity: Identity) -> bool:
        """Whether the key that somebody's rights rest on, if they do, still opens something."""
        return not identity.key or (self.keys is not None and self.keys.has_valid(identity.key))

    def _by_ticket(self, scope: Scope) -> Identity | None:
        tickets = QueryParams(scope.get("query_string", b"")).getlist("ticket")
        if not tickets or self.tokens is None:
            return None
        bearer = self.tokens.bearer(tickets[0], scope["path"]) if len(tickets) == 1 else None
        if bearer is None or not self.stands(bearer):
            raise Refusal(401, EXPIRED)
        return bearer

    def _by_session(self, scope: Scope) -> Identity | None:
        if self.sessions is None:
            return None
        cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
        person = self.sessions.person(cookies)
        if person is None:
            return None
        return Identity(person.name, "sign-in", self.rights.of(person.groups), person.groups, person.subject)

    def _unasked(self, scope: Scope) -> Identity:
        """Who may do what where nobody needs to sign in."""
        if self.trusts_everybody or _is_this_machine(scope):
            return LOCAL
        if self.is_open:
            return GUEST
        raise Refusal(403, NOT_FOR_OTHERS)


def _holder(key: Key) -> Identity:
    return Identity(key.name, "key", rights_up_to(key.scope), subject=key.id, key=key.id)


def _bearer(scope: Scope) -> str | None:
    """The token of the Authorization header; other schemes, a proxy's own for one, are not ours to read."""
    given = Headers(scope=scope).getlist("authorization")
    tokens = [value[7:].strip() for value in given if value[:7].lower() == "bearer "]
    if len(tokens) > 1:
        raise Refusal(400, "Two keys came in one request; send one.")
    return tokens[0] if tokens else None


def _is_this_machine(scope: Scope) -> bool:
    """Whether a program of this machine asks directly, under a name of this machine.

    The name matters: a page from elsewhere can make its own name lead here, and would then read answers as its own.
    """
    headers = Headers(scope=scope)
    if any(name in headers for name in _FORWARDED):
        return False
    return is_loopback(peer_of(scope)) and is_loopback(host_name(headers.get("host", "")))
