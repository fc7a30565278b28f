"""Short texts that only this server can have written: sessions, sign-ins under way, tokens for frames, tickets.

Each is signed for one purpose and expires, and none is accepted for another purpose. The secret lies in the data
folder, readable by its owner alone, unless a setting gives one (several servers behind one address share it so).
"""

import hashlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from corpus.errors import AssistantError

_SHORTEST = 32  # characters
_OF_CLOCKS = 120  # seconds by which two machines' clocks may differ


class SecretError(AssistantError):
    """There is no secret to sign with."""


class Signer:
    """Signs and checks with one secret."""

    def __init__(self, secret: str, *, clock: Callable[[], float] = time.time) -> None:
        if len(secret) < _SHORTEST:
            raise SecretError(f"The secret is shorter than {_SHORTEST} characters; set a longer ASSISTANT_SECRET.")
        self._secret = secret
        self._clock = clock

    def sign(self, purpose: str, payload: dict[str, Any], seconds: float) -> str:
        """The payload, readable by anyone and valid for so long."""
        now = self._clock()
        return str(self._serializer(purpose).dumps({**payload, "iat": int(now), "exp": int(now + seconds)}))

    def read(self, purpose: str, text: str) -> dict[str, Any] | None:
        """The payload, or None where the text is not ours, is for another purpose, has expired, or is yet to be made.

        The last is seen where a clock was set back: what had expired before that would live again.
        """
        try:
            payload = self._serializer(purpose).loads(text)
        except BadData:
            return None
        if not isinstance(payload, dict):
            return None
        return payload if payload.get("iat", 0) - _OF_CLOCKS <= self._clock() < payload.get("exp", 0) else None

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        how = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        return URLSafeSerializer(self._secret, salt=f"assistant.{purpose}", signer_kwargs=how)


def secret_of(folder: Path) -> str:
    """The secret of a data folder, made on first use."""
    path = folder / "secret"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise SecretError(f"{path} cannot be written ({error.strerror}); set ASSISTANT_SECRET.") from error
    return path.read_text().strip()
