"""What a web process keeps in its data folder and another must see: keys and the secret, in the shared database.

Only where machines share a catalog; in one data folder both are files (`ui.identity.keys`, `ui.identity.signing`).
"""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.dialects.postgresql import insert

from corpus.catalog.database import String
from corpus.catalog.repeating import Repeating
from corpus.errors import AssistantError
from ui.storage.database import Database

metadata = sql.MetaData()
signing_secrets = sql.Table(
    "secret", metadata, sql.Column("name", String, primary_key=True), sql.Column("value", String, nullable=False)
)
keys = sql.Table(
    "key",
    metadata,
    sql.Column("id", String, primary_key=True),
    sql.Column("name", String, nullable=False),
    sql.Column("scope", String, nullable=False),
    sql.Column("sha256", String, nullable=False),
    sql.Column("created", String, nullable=False),
    sql.Column("expires", String),
    sql.Column("revoked", String),
)
SIGNING = "signing"
_LOOK_AGAIN_SECONDS, _TOO_OLD_SECONDS = 1.0, 30.0

Rows = list[dict[str, Any]]


class KeysUnknown(AssistantError):
    """The keys cannot be read any more, and nobody can be let in by one that may have been revoked."""


class SharedKeys:
    """The rows of the keys, oldest first; while they are `watched`, as they were a second ago at the most."""

    def __init__(self, folder: Path, server: str) -> None:
        self._database = Database(folder, server, tables=metadata)
        self._watching = threading.Event()
        self._seen: tuple[float, Rows] = (0.0, [])

    def read(self, *, however_old: bool = False) -> Rows:
        """The rows. Raises `KeysUnknown` where watched ones are too old, unless any age will do."""
        if not self._watching.is_set():
            with self._let_go():
                return self._read()
        read, rows = self._seen
        if not however_old and time.monotonic() - read > _TOO_OLD_SECONDS:
            raise KeysUnknown("The keys cannot be read from the shared database; start it, or wait until it is back.")
        return rows

    @contextmanager
    def changing(self) -> Iterator[Rows]:
        """The rows, to be changed; written back whole, in one transaction that no other change meets."""
        with self._let_go(), self._database.writing() as connection:
            connection.execute(sql.text('LOCK TABLE "key" IN SHARE ROW EXCLUSIVE MODE'))
            rows = _rows(connection)
            yield rows
            connection.execute(sql.delete(keys))
            if rows:
                connection.execute(sql.insert(keys), rows)
        self._seen = (time.monotonic(), rows)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Read the rows every second beside the requests, so that none of them waits for the database."""
        self._look()
        self._watching.set()
        try:
            with Repeating(self._look, name="keys", seconds=_LOOK_AGAIN_SECONDS, failing="The keys are not read"):
                yield
        finally:
            self._watching.clear()
            self._database.close()

    def _look(self) -> None:
        self._seen = (time.monotonic(), self._read())

    @contextmanager
    def _let_go(self) -> Iterator[None]:
        """Whoever does not watch asks once, and keeps no connection for it."""
        try:
            yield
        finally:
            if not self._watching.is_set():
                self._database.close()

    def _read(self) -> Rows:
        with self._database.reading() as connection:
            return _rows(connection)


def shared_secret(folder: Path, server: str) -> str:
    """The secret that all processes over one shared database sign with, made on first use."""
    database = Database(folder, server, tables=metadata)
    try:
        with database.writing() as connection:
            made = insert(signing_secrets).values(name=SIGNING, value=secrets.token_hex(32))
            connection.execute(made.on_conflict_do_nothing())
        with database.reading() as connection:
            return str(connection.scalar(sql.select(signing_secrets.c.value).where(signing_secrets.c.name == SIGNING)))
    finally:
        database.close()


def _rows(connection: sql.Connection) -> Rows:
    rows = connection.execute(sql.select(keys).order_by(keys.c.created, keys.c.id)).mappings()
    return [dict(row) for row in rows]
