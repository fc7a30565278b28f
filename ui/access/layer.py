"""The outer layer, put together from the settings: security headers, CORS, journal, admission, in this order.

Headers and CORS stand around the rest, so that refusals and failures carry them too and a portal's script can read why
it was refused; the journal stands around admission and the routes, so that a failure in any gives an answer with an id.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from corpus.errors import AssistantError
from ui.access.admission import Admission, AdmissionLayer, RequestLimits
from ui.access.audit import AuditLog, Notes, attach_notes
from ui.access.bodies import Bodies
from ui.access.headers import SecurityHeaders
from ui.access.journal import JournalLayer
from ui.access.limits import RateLimiter, RequestQueue
from ui.identity.identification import GroupRights, Identification
from ui.identity.keys import KeyRing
from ui.identity.proxy import Peers, TrustedProxy
from ui.identity.sessions import Sessions
from ui.identity.signing import Signer, secret_of
from ui.identity.tokens import EmbedTokens
from ui.storage.shared import shared_secret

if TYPE_CHECKING:
    from assistant.settings import Settings

_HOUR = 3600  # seconds that a browser remembers what an origin may do


class AccessError(AssistantError):
    """The settings of access make no sense."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The OpenID Connect provider that people sign in with."""

    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    groups_claim: str


@dataclass(frozen=True)
class Access:
    """Everything that the outer layer and its routes are made of. The default is for a program's own use."""

    admission: Admission = field(default_factory=lambda: Admission(Identification(trusts_everybody=True)))
    ancestors: tuple[str, ...] = ()
    public_url: str = ""
    notes: Notes = field(default_factory=Notes)
    provider: Provider | None = None
    # The names that the server is reached under besides the loopback ones, for those ways in that ask.
    hosts: tuple[str, ...] = ()

    @property
    def tokens(self) -> EmbedTokens | None:
        """Tokens for frames, where frames are allowed."""
        return self.admission.who.tokens

    def middleware(self) -> list[Middleware]:
        """The layer, outermost part first.

        `CORSMiddleware` of this kind also makes Gradio drop its own, which answers any origin.
        """
        return [
            Middleware(SecurityHeaders, ancestors=self.ancestors),
            Middleware(
                CORSMiddleware,
                allow_origins=sorted(self.admission.origins),
                allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
                allow_headers=("Authorization", "Content-Type", "X-Request-ID"),
                expose_headers=("X-Request-ID", "Retry-After"),
                max_age=_HOUR,
            ),
            Middleware(JournalLayer),
            Middleware(_Noting, notes=self.notes),
            Middleware(AdmissionLayer, admission=self.admission, hosts=self.hosts),
        ]


class _Noting:
    """Gives each request the places where its answer is noted."""

    def __init__(self, app: ASGIApp, notes: Notes) -> None:
        self._app = app
        self._notes = notes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            attach_notes(scope, self._notes)  # type: ignore[arg-type]
        await self._app(scope, receive, send)


def open_access(settings: "Settings", folder: Path) -> Access:
    """What the settings say, over a data folder. Raises `AssistantError` where they make no sense."""
    peers = Peers.read(settings.proxy_peers)
    ancestors = _origins(settings.frame_ancestors, "ASSISTANT_FRAME_ANCESTORS")
    provider = _provider(settings)
    signer = Signer(settings.secret.get_secret_value() or _secret(settings, folder))
    is_secure = settings.public_url.startswith("https:")
    who = Identification(
        keys=KeyRing(folder, settings.catalog_server),
        proxy=_proxy(settings, peers),
        sessions=Sessions(signer, settings.session_hours, is_secure) if provider else None,
        tokens=EmbedTokens(signer) if ancestors else None,
        rights=GroupRights(*(_names(text) for text in _groups(settings))),
        is_open=settings.open,
    )
    admission = Admission(
        who=who,
        limits=RequestLimits(
            RateLimiter(settings.questions_per_minute),
            RateLimiter(settings.requests_per_minute),
            RequestQueue(settings.questions_at_once, settings.questions_waiting),
            Bodies(settings.body_seconds),
        ),
        peers=peers,
        origins=frozenset(_origins(settings.origins, "ASSISTANT_ORIGINS")),
        frames=bool(ancestors),
    )
    record = AuditLog(folder / "audit", settings.audit_days) if settings.audit else None
    notes = Notes(record, settings.log_questions)
    return Access(admission, ancestors, _public_url(settings), notes, provider, names_of(settings))


def names_of(settings: "Settings") -> tuple[str, ...]:
    """The names that the server is reached under, as far as the settings say: the one people use, and others."""
    public = urlsplit(settings.public_url).hostname
    others = (name.strip() for name in settings.hosts.split(","))
    return tuple(name for name in (public, *others) if name)


def _public_url(settings: "Settings") -> str:
    """The address that people use, without a slash at its end: links to this server begin with it."""
    parts = urlsplit(settings.public_url)
    if settings.public_url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query):
        raise AccessError(
            f"ASSISTANT_PUBLIC_URL: '{settings.public_url}' is no address; write it as https://assistant.example"
        )
    return settings.public_url.rstrip("/")


def _secret(settings: "Settings", folder: Path) -> str:
    """Where nobody chose a secret: one that all processes over the same documents have."""
    server = settings.catalog_server
    return shared_secret(folder, server) if server else secret_of(folder)


def _groups(settings: "Settings") -> tuple[str, str, str]:
    return settings.ask_groups, settings.write_groups, settings.admin_groups


def _proxy(settings: "Settings", peers: Peers) -> TrustedProxy | None:
    if not settings.proxy_user_header:
        return None
    if not peers.networks:
        raise AccessError("ASSISTANT_PROXY_USER_HEADER is set, but no ASSISTANT_PROXY_PEERS; name the proxy's address.")
    return TrustedProxy(settings.proxy_user_header, settings.proxy_groups_header, peers)


def _provider(settings: "Settings") -> Provider | None:
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client_id or not settings.public_url:
        raise AccessError("ASSISTANT_OIDC_ISSUER needs ASSISTANT_OIDC_CLIENT_ID and ASSISTANT_PUBLIC_URL too.")
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        settings.oidc_scopes,
        settings.oidc_groups_claim,
    )


def _names(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _origins(text: str, setting: str) -> tuple[str, ...]:
    """Origins, checked: they go into headers as they are, and `*` would be everybody."""
    for origin in (named := sorted(_names(text))):
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or f"{parts.scheme}://{parts.netloc}" != origin:
            raise AccessError(f"{setting}: '{origin}' is no origin; write it as https://portal.example")
        if any(sign in origin for sign in "*;,'\" ") or "@" in parts.netloc:
            raise AccessError(f"{setting}: '{origin}' is no single origin; write it as https://portal.example")
    return tuple(named)
