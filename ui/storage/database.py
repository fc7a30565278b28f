"""The database of what is kept on the server: `records.sqlite3` in the data folder, made when something is first kept.

Where several machines share the catalog in PostgreSQL, it is there, in tables of its own. It is apart from the catalog,
because it holds what people did and not what documents say: it may be deleted at any time, and answers do not change.
Failures become `RecordsDamaged`, with a sentence.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sql

from corpus.catalog.database import address_of, make_tables, open_engine
from corpus.errors import AssistantError

FILE = "records.sqlite3"
metadata = sql.MetaData()


class RecordsDamaged(AssistantError):
    """The database of questions, feedback and conversations cannot be read or written."""


class Database:
    """The database in a data folder, or in the PostgreSQL at `server`; safe to use from many threads.

    `tables` are what is made in it.
    """

    def __init__(self, folder: Path, server: str | None = None, *, tables: sql.MetaData = metadata) -> None:
        self.path = folder / FILE
        self.address = address_of(self.path, server)
        self._tables = tables
        self._engine: sql.Engine | None = None
        self._opening = threading.Lock()

    @property
    def exists(self) -> bool:
        """Whether anything was ever kept here."""
        return self.address.is_shared or self.path.is_file()

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
                # What is purged does not stay readable in the file.
                engine = open_engine(self.address, pragmas=["secure_delete=ON"], timeout=10)
                make_tables(engine, self._tables)
                self._engine = engine
            return self._engine

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        try:
            yield
        except sql.exc.DatabaseError as error:
            raise RecordsDamaged(
                f"{self.address} cannot be used ({error.orig}); free disk space or mend its rights, or remove "
                "the file: it holds kept conversations, feedback and questions, and nothing that answers depend on."
            ) from error


def moment(at: datetime | None = None, *, days_before: int = 0) -> str:
    """A moment (by default now) as it is stored: ISO 8601 in UTC to the second, so that text order is time order."""
    moment = (at or datetime.now(UTC)).astimezone(UTC) - timedelta(days=days_before)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
