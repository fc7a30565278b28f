"""The database of what is kept on the server: `records.sqlite3` in the data folder, made when something is first kept.

It is apart from the catalog, because it holds what people did and not what documents say: it may be deleted at any
time, and answers do not change. Failures become `RecordsDamaged`, with a sentence.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from corpus.errors import AssistantError

FILE = "records.sqlite3"
metadata = sql.MetaData()


class RecordsDamaged(AssistantError):
    """The database of questions, feedback and conversations cannot be read or written."""


class Database:
    """The database in a data folder; safe to use from many threads."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._engine: sql.Engine | None = None
        self._opening = threading.Lock()

    @property
    def exists(self) -> bool:
        """Whether anything was ever kept here."""
        return self.path.is_file()

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """One transaction, all or nothing; makes the database where there is none."""
        with self._failures_told(), self._opened().begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """A connection to read from."""
        with self._failures_told(), self._opened().connect() as connection:
            yield connection

    def close(self) -> None:
        """Release the file."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def _opened(self) -> sql.Engine:
        with self._opening:
            if self._engine is None:
                engine = sql.create_engine(f"sqlite:///{self.path}", connect_args={"timeout": 10})
                sql.event.listen(engine, "connect", _configure_connection)
                metadata.create_all(engine)
                self._engine = engine
            return self._engine

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        try:
            yield
        except (sql.exc.OperationalError, sql.exc.DatabaseError) as error:
            raise RecordsDamaged(
                f"{self.path} cannot be used ({error.orig}); free disk space or mend its rights, or remove the file: "
                "it holds kept conversations, feedback and recorded questions, and nothing that answers depend on."
            ) from error


def moment(at: datetime | None = None, *, days_before: int = 0) -> str:
    """A moment (by default now) as it is stored: ISO 8601 in UTC to the second, so that text order is time order."""
    moment = (at or datetime.now(UTC)).astimezone(UTC) - timedelta(days=days_before)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _configure_connection(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA secure_delete=ON")  # what is purged does not stay readable in the file
