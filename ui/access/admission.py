"""Lets a request through to the routes, or refuses it: who asks, by which rule, how often, how much at once.

The inner part of the outer layer. What it lets through carries an `Identity`; what it refuses gets a problem (RFC
9457), or a page where a browser opens one.
"""

from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.access.bodies import Bodies, Body
from ui.access.limits import QueueFull, RateLimiter, RequestQueue, neighbourhood
from ui.access.rules import CLOSED, PUBLIC, RULES, Rule, rule_for
from ui.identity.hosts import is_known
from ui.identity.identification import WRONG_KEY, Identification
from ui.identity.identity import LOCAL, Identity, identity_of, note_identity
from ui.identity.proxy import Peers
from ui.identity.standing import NoLongerStands, WhileItStands
from ui.wire.refusals import NOT_HERE, SIGN_IN_FIRST, Refusal, wants_page

SIGN_IN = "/sign-in"
TOO_MANY = "Too many requests; wait a moment, then ask again."
TOO_BUSY = "Too many questions are waiting for an answer; try again in a moment."
NOT_THIS_NAME = "This server does not answer under this name; whoever runs it can add the name to ASSISTANT_HOSTS."
FOREIGN = "This may be asked from this server's own pages only, not from another site's in your name."
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_BUSY_SECONDS = 5
# The ways in that a browser uses without a script's doing.
_AMBIENT = ("proxy", "sign-in", "local", "guest")


@dataclass(frozen=True)
class RequestLimits:
    """How often and how much at once."""

    questions: RateLimiter = field(default_factory=lambda: RateLimiter(60))
    requests: RateLimiter = field(default_factory=lambda: RateLimiter(3000))
    queue: RequestQueue = field(default_factory=lambda: RequestQueue(4, 128))
    bodies: Bodies = field(default_factory=Bodies)


@dataclass(frozen=True)
class Admission:
    """What is decided from; `origins` are those whose scripts may call."""

    who: Identification
    limits: RequestLimits = field(default_factory=RequestLimits)
    peers: Peers = field(default_factory=Peers)
    origins: frozenset[str] = frozenset()
    frames: bool = False
    rules: tuple[Rule, ...] = RULES


class AdmissionLayer:
    """ASGI middleware that decides about every connection.

    `hosts` are the names that it answers to, beside this machine's own, where nobody has to sign in.
    """

    def __init__(self, app: ASGIApp, admission: Admission, hosts: tuple[str, ...] = ()) -> None:
        self._app = app
        self._admission = admission
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection; nothing here speaks WebSocket."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        else:
            try:
                rule = self._admit(scope)
                await self._pass_on(rule, scope, receive, send)
            except Refusal as refusal:
                await self._refused(scope, refusal)(scope, receive, send)

    def _admit(self, scope: Scope) -> Rule:
        """The rule by which the request is let through; raises `Refusal`."""
        chosen = self._admission
        if chosen.who.is_open and not chosen.who.is_on and not is_known(scope, self._hosts):
            raise Refusal(421, NOT_THIS_NAME)
        rule, methods = rule_for(chosen.rules, scope["method"], scope["path"])
        if rule is not None and rule.framed and not chosen.frames:
            rule, methods = None, frozenset()
        scope["assistant.route"] = rule.path if rule else ""
        address = neighbourhood(chosen.peers.client_of(scope))
        if chosen.who.is_on or chosen.who.is_open:  # the machine's own user is not held up
            _limit(chosen.limits.requests, address, 1)  # before any look at who it is: guessing keys counts
        is_public = rule is not None and rule.right == PUBLIC
        if rule is not None and is_public and not rule.framed:
            return rule
        identity = chosen.who.identity(scope, ticket=rule is not None and rule.ticket)
        caller = "" if identity == LOCAL else identity.id if identity.name else address
        note_identity(scope, identity, caller)
        if rule is not None and is_public:
            return rule
        if not identity.scopes and not identity.name:
            raise Refusal(401, SIGN_IN_FIRST, {"WWW-Authenticate": "Bearer"})
        if rule is None or rule.right == CLOSED:
            raise _missing(methods if rule is None else frozenset())
        self._check_right(rule, identity, scope)
        if caller:
            _limit(chosen.limits.questions, caller, rule.questions)
        return rule

    def _check_right(self, rule: Rule, identity: Identity, scope: Scope) -> None:
        if rule.right not in identity.scopes:
            raise Refusal(403, f"{identity.name or 'A guest'} may not do this; it needs the right to {rule.right}.")
        if scope["method"] not in _SAFE and identity.way in _AMBIENT and self._is_foreign(Headers(scope=scope)):
            raise Refusal(403, FOREIGN)

    def _is_foreign(self, headers: Headers) -> bool:
        """Whether a page of another site makes the browser send this."""
        origin = headers.get("origin")
        if origin in self._admission.origins:
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site not in ("same-origin", "none")
        host = headers.get("x-forwarded-host") or headers.get("host")
        return origin is not None and urlsplit(origin).netloc != host

    async def _pass_on(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> None:
        limits = self._admission.limits
        answer = WhileItStands(send, partial(self._admission.who.stands, identity_of(HTTPConnection(scope))))
        body = Body(limits.bodies, rule.largest_body, receive, answer.send)
        try:
            await limits.bodies.arrived(scope, body, streamed=rule.is_streamed)  # whoever is still sending has no turn
            async with limits.queue.turn() if rule.in_turn else nullcontext():
                await self._app(scope, body.receive, body.send)
        except QueueFull as error:
            raise Refusal(503, TOO_BUSY, {"Retry-After": str(_BUSY_SECONDS)}) from error
        except NoLongerStands as error:
            if not answer.has_begun:
                raise Refusal(401, WRONG_KEY, {"WWW-Authenticate": "Bearer"}) from error
        except ClientDisconnect:
            if body.refusal is None:
                raise
        finally:
            body.close()
        if body.refusal is not None:
            raise body.refusal

    def _refused(self, scope: Scope, refusal: Refusal) -> Response:
        """The refusal, or for a person whose browser opens a page, the way to sign in."""
        if refusal.status == 401 and self._admission.who.sessions and wants_page(scope):
            query = scope.get("query_string", b"").decode("latin-1")
            there = scope["path"] + (f"?{query}" if query else "")
            return RedirectResponse(f"{SIGN_IN}?next={quote(there, safe='')}", 302, {"Cache-Control": "no-store"})
        return refusal.response(scope)


def _limit(limiter: RateLimiter, caller: str, cost: float) -> None:
    if cost and (wait := limiter.take(caller, cost)):
        raise Refusal(429, TOO_MANY, {"Retry-After": str(wait)})


def _missing(methods: frozenset[str]) -> Refusal:
    if methods:
        return Refusal(405, "This address takes other methods.", {"Allow": ", ".join(sorted(methods))})
    return Refusal(404, NOT_HERE)
