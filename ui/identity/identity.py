"""Who is behind a request: a name, groups and rights, put into the request by the outer layer.

Routes ask only the functions here, never headers or cookies: `identity_of`, `current_user`, `may`, `may_administer`
(and `writing.may_write` for documents). A request that never passed the layer is nobody's and may do nothing.
"""

from dataclasses import dataclass

from starlette.requests import HTTPConnection
from starlette.types import Scope

ASK, WRITE, ADMIN = "ask", "write", "admin"
# Each right includes those before it.
RIGHTS = (ASK, WRITE, ADMIN)
_KEY, _CALLER = "assistant.identity", "assistant.caller"


def rights_up_to(right: str | None) -> frozenset[str]:
    """The right and all that it includes; none for None."""
    return frozenset() if right is None else frozenset(RIGHTS[: RIGHTS.index(right) + 1])


@dataclass(frozen=True, slots=True)
class Identity:
    """Someone, as one of the ways in told it; `way` keeps a key called "anna" apart from a person called so."""

    name: str
    way: str
    scopes: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ()
    # What stays the same when a person's name changes; empty: the name itself.
    subject: str = ""
    # The id of the API key that this rests on, where it does: it is worth nothing without it.
    key: str = ""

    @property
    def id(self) -> str:
        """What stands for this person or key and for no other."""
        return f"{self.way}:{self.subject or self.name}"


NOBODY = Identity("", "nobody")
# Whoever sits at the machine itself, where no sign-in is configured.
LOCAL = Identity("", "local", rights_up_to(ADMIN))
# Whoever reaches a server that is open to all.
GUEST = Identity("", "guest", rights_up_to(ASK))


def note_identity(scope: Scope, identity: Identity, caller: str = "") -> None:
    """Put the identity, and whose limits count, into the request; the layer's business alone."""
    scope[_KEY], scope[_CALLER] = identity, caller


def identity_of(request: HTTPConnection) -> Identity:
    """Who is behind the request."""
    found = request.scope.get(_KEY, NOBODY)
    return found if isinstance(found, Identity) else NOBODY


def current_user(request: HTTPConnection) -> str | None:
    """What stands for the person or key behind the request, the same at every visit; None where nobody signed in."""
    identity = identity_of(request)
    return identity.id if identity.name else None


def caller_of(request: HTTPConnection) -> str:
    """Whose limits count for the request: the person or key, or else the address; empty for the machine's own user."""
    return str(request.scope.get(_CALLER, ""))


def may(request: HTTPConnection, right: str) -> bool:
    """Whether the request has this right."""
    return right in identity_of(request).scopes


def may_administer(request: HTTPConnection) -> bool:
    """Whether reviews, metrics and keys may be seen."""
    return may(request, ADMIN)
