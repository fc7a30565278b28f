"""A small OpenID Connect provider on loopback, with real RS256 signatures: discovery, authorize, token, keys, userinfo.

It checks what a real one would (redirect address, client secret, PKCE), and `spoil` makes it lie in one way at a time.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "assistant", "client secret"


class IdentityProvider:
    """The provider; `person` is who signs in next, `spoil` what is wrong with the next token."""

    def __init__(self, callback: str) -> None:
        self.callback = callback
        self.person: dict[str, Any] = {"sub": "42", "name": "Anna Bērziņa", "groups": ["staff"]}
        self.more: dict[str, Any] = {}
        self.spoil = ""
        self.key = RSAKey.generate_key(2048, {"kid": "first"})
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.issuer = ""

    def metadata(self) -> dict[str, Any]:
        places = {name: f"{self.issuer}/{name}" for name in ("token", "keys", "userinfo", "end")}
        return {
            "issuer": "https://somebody.else.example" if self.spoil == "other provider" else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": places["token"],
            "jwks_uri": places["keys"],
            "userinfo_endpoint": places["userinfo"],
            "end_session_endpoint": places["end"],
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def authorize(self, query: dict[str, str]) -> str:
        """Sign the person in at once, and send the browser back."""
        assert query["redirect_uri"] == self.callback
        assert query["code_challenge_method"] == "S256"
        assert query["response_type"] == "code"
        assert len(query["nonce"]) >= 16
        assert len(query["state"]) >= 16
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{self.callback}?{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code for a token, once, to whoever holds the secret and the verifier."""
        query = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '%20')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if query is None or challenge.decode().rstrip("=") != query["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if authorization not in (f"Basic {basic}", f"Basic {plain}"):
            return 401, {"error": "invalid_client"}
        token = {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 600}
        return 200, token if self.spoil == "no token" else {**token, "id_token": self.id_token(query["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": nonce, **self.person}
        lies: dict[str, dict[str, Any]] = {
            "wrong nonce": {"nonce": "another"},
            "expired": {"iat": now - 7_200, "exp": now - 3_600},
            "wrong audience": {"aud": "somebody-else"},
            "one of two audiences": {"aud": ["somebody-else", "yet-another"], "azp": CLIENT},
            "wrong issuer": {"iss": "https://somebody.else.example"},
            "no person": {"sub": ""},
        }
        claims |= lies.get(self.spoil, {})
        if self.spoil == "no nonce":
            del claims["nonce"]
        if self.spoil == "signed with the client's secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 3))
        if self.spoil == "unsigned":
            parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
            return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        key = RSAKey.generate_key(2048) if self.spoil == "wrong signature" else self.key
        return jwt.encode({"alg": "RS256", "kid": str(self.key.kid)}, claims, key)


class _Handler(BaseHTTPRequestHandler):
    provider: IdentityProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.provider.asked.append(parts.path)
        if parts.path == "/.well-known/openid-configuration":
            self._tell(200, self.provider.metadata())
        elif parts.path == "/keys":
            self._tell(200, {"keys": [self.provider.key.as_dict(private=False)]})
        elif parts.path == "/userinfo":
            self._tell(200, {"sub": self.provider.person["sub"], **self.provider.more})
        elif parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(query))
            self.end_headers()
        else:
            self._tell(200, {"signed": "out"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.provider.asked.append(self.path)
        self._tell(*self.provider.exchange(form, self.headers.get("Authorization", "")))

    def _tell(self, status: int, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def provided(callback: str) -> Iterator[IdentityProvider]:
    """A provider that runs in a thread."""
    provider = IdentityProvider(callback)
    handler = type("Handler", (_Handler,), {"provider": provider})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
