"""Signing in with an OpenID Connect provider: there, back again, and out. The only module with Authlib.

Authlib speaks the protocol (state, nonce, PKCE, the token's signature, issuer, audience and times). What it must
remember between the two legs lies in a signed cookie of ten minutes. Where no provider is set, these routes are not
there.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

from ui.access.layer import Access, Provider
from ui.identity.sessions import Person, Sessions
from ui.wire.refusals import Refusal

if TYPE_CHECKING:
    from authlib.integrations.starlette_client import StarletteOAuth2App

_UNDER_WAY, _MINUTES = "sign-in", 10
CALLBACK = "/sign-in/callback"
NOT_REACHED = "The sign-in service cannot be reached; try again in a moment, or tell whoever runs this server."
NOT_BELIEVED = "The sign-in did not succeed; start again from the first page."
TOO_MANY_GROUPS = "You are in more groups than a sign-in can carry; ask for fewer in the provider's groups claim."
CROSS_SITE = "Another site may not sign you out."


def add_sign_in(app: FastAPI, access: Access) -> None:
    """`GET /sign-in`, `/sign-in/callback` and `/sign-out`."""
    provider, sessions = access.provider, access.admission.who.sessions
    if provider is None or sessions is None:
        return
    client = _client(provider)
    callback = f"{access.public_url}{CALLBACK}"

    @app.get("/sign-in", include_in_schema=False)
    async def sign_in(request: Request, next: str = "/") -> Response:
        remembered: dict[str, Any] = {}
        request.scope["session"] = remembered
        await _loaded(client, provider)
        response: Response = await client.authorize_redirect(request, callback)
        payload = {"session": remembered, "next": local_path(next)}
        text = sessions.signer.sign(_UNDER_WAY, payload, _MINUTES * 60)
        sessions.set_cookie(response, _cookie(sessions), text, _MINUTES * 60)
        return _not_kept(response)

    @app.get(CALLBACK, include_in_schema=False)
    async def back(request: Request) -> Response:
        remembered = sessions.signer.read(_UNDER_WAY, request.cookies.get(_cookie(sessions), ""))
        if remembered is None:
            raise Refusal(403, NOT_BELIEVED)
        request.scope["session"] = remembered["session"]
        await _loaded(client, provider)
        person = await _person(client, provider, request)
        response = RedirectResponse(local_path(remembered["next"]), 303)
        if not sessions.begin(response, person):
            raise Refusal(403, TOO_MANY_GROUPS)
        sessions.set_cookie(response, _cookie(sessions), "", 0)
        return _not_kept(response)

    @app.get("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Refusal(403, CROSS_SITE)
        metadata = await _loaded(client, provider)
        place = access.public_url or "/"
        if metadata.get("end_session_endpoint"):
            there = await client.create_logout_url(f"{place}/", client_id=provider.client_id)
            place = there["url"]
        response = RedirectResponse(place, 303)
        sessions.end(response)
        return _not_kept(response)


def local_path(place: str) -> str:
    """The place, if it is a path of this server; else the first page."""
    parts = urlsplit(place)
    is_ours = place.startswith("/") and not place.startswith(("//", "/\\", "/sign-")) and not parts.netloc
    return place if is_ours and place.isprintable() else "/"


def _client(provider: Provider) -> "StarletteOAuth2App":
    from authlib.integrations.starlette_client import OAuth

    return OAuth().register(
        "provider",
        client_id=provider.client_id,
        client_secret=provider.client_secret or None,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": provider.scopes, "code_challenge_method": "S256", "timeout": 10},
    )


async def _loaded(client: "StarletteOAuth2App", provider: Provider) -> Mapping[str, Any]:
    """What the provider says of itself, if it is the provider that was configured."""
    import httpx2

    try:
        metadata: dict[str, Any] = await client.load_server_metadata()
    except (httpx2.HTTPError, ValueError) as error:
        raise Refusal(502, NOT_REACHED) from error
    if str(metadata.get("issuer", "")).rstrip("/") != provider.issuer.rstrip("/"):
        raise Refusal(502, NOT_REACHED)
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    # Only signatures that the provider alone can make: no "none", and no secret that we share with it.
    metadata["id_token_signing_alg_values_supported"] = [a for a in offered if a[:2] in ("RS", "PS", "ES", "Ed")]
    return metadata


async def _person(client: "StarletteOAuth2App", provider: Provider, request: Request) -> Person:
    """Whom the provider's answer names, once all of it has been checked. Raises `Refusal`."""
    import httpx2
    from authlib.integrations.starlette_client import OAuthError
    from joserfc.errors import JoseError

    issuer = client.server_metadata["issuer"]
    required = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    try:
        token = await client.authorize_access_token(request, claims_options=required)
        claims = dict(token.get("userinfo") or {})
        if claims and provider.groups_claim not in claims and client.server_metadata.get("userinfo_endpoint"):
            claims = await _with_more(client, token, claims)
    except httpx2.HTTPError as error:
        raise Refusal(502, NOT_REACHED) from error
    except (OAuthError, JoseError, ValueError, KeyError) as error:
        raise Refusal(403, NOT_BELIEVED) from error
    if not claims.get("sub"):
        raise Refusal(403, NOT_BELIEVED)
    return _named(claims, provider.groups_claim)


async def _with_more(client: "StarletteOAuth2App", token: Mapping[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    """The claims with what the provider's userinfo adds, if that is of the same person."""
    more = await client.userinfo(token=token)
    return {**more, **claims} if more.get("sub") == claims["sub"] else claims


def _named(claims: Mapping[str, Any], groups_claim: str) -> Person:
    subject = str(claims["sub"])
    named = (str(claims.get(claim) or "").strip() for claim in ("name", "preferred_username", "email"))
    name = next((text for text in named if text and text.isprintable()), subject)[:200]
    return Person(subject, name, groups_in(claims.get(groups_claim)))


def groups_in(claim: object) -> tuple[str, ...]:
    """The groups that a claim names: the strings of a list, or those between the commas of one string.

    A name may have spaces in it, so a string is one group and never its words. What is neither gives no group.
    """
    listed = claim.split(",") if isinstance(claim, str) else claim if isinstance(claim, list) else []
    named = (group.strip() for group in listed if isinstance(group, str))
    return tuple(dict.fromkeys(group for group in named if group))


def _cookie(sessions: Sessions) -> str:
    return f"{sessions.cookie}-sign-in"


def _not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
