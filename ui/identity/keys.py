"""API keys: made once, shown once, kept as hashes in `keys.json` of the data folder; this module is its only owner.

Where machines share a catalog, they are kept beside it (`ui.storage.shared`), for all of them.

A key is 256 random bits, so a plain SHA-256 is enough: there is nothing to guess that a slow hash would protect. A
running server sees a new or revoked key at its next request, a shared one within two seconds. Revoked keys stay
listed, so that revoking the last one does not open the server to everybody.
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus.catalog.privacy import private_folder
from corpus.errors import AssistantError
from ui.identity.identity import RIGHTS
from ui.storage.shared import SharedKeys

PREFIX = "hca_"
_NAME = re.compile(r"[\w.@ -]{1,80}")
_SHAPE = re.compile(rf"{PREFIX}([0-9a-f]{{12}})_[\w-]{{43}}", re.ASCII)


class KeysError(AssistantError):
    """A key cannot be made, found or read."""


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key; times are UTC, as ISO 8601."""

    id: str
    name: str
    scope: str
    sha256: str
    created: str
    expires: str | None = None
    revoked: str | None = None

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens anything now."""
        return self.revoked is None and (self.expires is None or now < datetime.fromisoformat(self.expires))


class KeyRing:
    """The keys of a data folder, or of all that share the PostgreSQL at `server`."""

    def __init__(self, folder: Path, server: str | None = None) -> None:
        self._path = folder / "keys.json"
        self._shared = SharedKeys(folder, server) if server else None
        self._seen: tuple[int, int, int] | None = None
        self._keys: tuple[Key, ...] = ()

    def all(self) -> tuple[Key, ...]:
        """Every key ever made, oldest first; read again when the file has changed."""
        if self._shared is not None:
            return tuple(Key(**row) for row in self._shared.read())
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self._seen, self._keys = None, ()
            return ()
        seen = (status.st_mtime_ns, status.st_size, status.st_ino)
        if seen != self._seen:
            self._keys, self._seen = self._read(), seen
        return self._keys

    @property
    def has_any(self) -> bool:
        """Whether a key was ever made; shared ones as last read: health is told without them."""
        return bool(self._shared.read(however_old=True) if self._shared else self.all())

    def create(self, name: str, scope: str, *, days: int | None = None) -> str:
        """Make a key and return it; it cannot be shown again."""
        if not _NAME.fullmatch(name) or name != name.strip():
            raise KeysError("A key's name is 1 to 80 letters, digits, spaces or any of . @ _ -; choose another name.")
        if scope not in RIGHTS:
            raise KeysError(f"There is no scope '{scope}'; choose one of {', '.join(RIGHTS)}.")
        now = datetime.now(UTC)
        with self._changing() as keys:
            if any(key.name == name and key.is_valid(now) for key in keys):
                raise KeysError(f"There is a key '{name}' already; revoke it first, or choose another name.")
            identifier = secrets.token_hex(6)
            text = f"{PREFIX}{identifier}_{secrets.token_urlsafe(32)}"
            expires = None if days is None else _moment(now + timedelta(days=days))
            keys.append(Key(identifier, name, scope, _digest(text), _moment(now), expires))
        return text

    def revoke(self, name: str) -> None:
        """Make the key of this name, or of this id, open nothing from now on."""
        now = datetime.now(UTC)
        with self._changing() as keys:
            found = [n for n, key in enumerate(keys) if name in (key.name, key.id) and key.revoked is None]
            if not found:
                raise KeysError(f"There is no key '{name}' to revoke; see: assistant keys list")
            for number in found:
                keys[number] = replace(keys[number], revoked=_moment(now))

    def find(self, text: str) -> Key | None:
        """The valid key that this is, compared in constant time."""
        shape = _SHAPE.fullmatch(text)
        known = next((key for key in self.all() if shape and key.id == shape[1]), None)
        digest = _digest(text)
        if not hmac.compare_digest(digest, known.sha256 if known else "0" * 64) or known is None:
            return None
        return known if known.is_valid(datetime.now(UTC)) else None

    def has_valid(self, identifier: str) -> bool:
        """Whether the key of this id opens something now."""
        now = datetime.now(UTC)
        return any(key.id == identifier and key.is_valid(now) for key in self.all())

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While this is open, requests wait for no database: shared keys are read beside them, every second."""
        with self._shared.watched() if self._shared else nullcontext():
            yield

    @contextmanager
    def _changing(self) -> Iterator[list[Key]]:
        """The keys, to be changed; written back whole, readable by the owner alone."""
        if self._shared is not None:
            with self._shared.changing() as rows:
                keys = [Key(**row) for row in rows]
                yield keys
                rows[:] = [asdict(key) for key in keys]
            return
        from filelock import FileLock

        private_folder(self._path.parent)
        with FileLock(self._path.with_suffix(".lock"), timeout=10):
            self._seen = None
            keys = list(self.all())
            yield keys
            _write_private(self._path, json.dumps([asdict(key) for key in keys], ensure_ascii=False, indent=1))

    def _read(self) -> tuple[Key, ...]:
        try:
            return tuple(Key(**record) for record in json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise KeysError(f"The keys in {self._path} cannot be read ({error}); restore it from a backup.") from error


def described(keys: Sequence[Key]) -> list[dict[str, str | None]]:
    """The keys as they may be shown: without their hashes."""
    return [{name: value for name, value in asdict(key).items() if name != "sha256"} for key in keys]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _write_private(path: Path, text: str) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
