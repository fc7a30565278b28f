"""Where tables are kept: a SQLite file in the data folder, or PostgreSQL for several machines; here is how they differ.

Text is compared and sorted by its bytes in both. What a server refuses or loses becomes `StoreUnreachable`, whose one
sentence never holds the password. The writer's turn is a lock that a connection holds: an owner that dies lets go.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from corpus.catalog.privacy import private_file
from corpus.errors import DataFolderBusy, StoreUnreachable

# In other collations of PostgreSQL "2024~" may sort before "2024-05", and lists differ from SQLite's.
String = sql.String().with_variant(sql.String(collation="C"), "postgresql")
INSTALL = "pip install 'health-cooperation-assistant[postgresql]'"
_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")
_CONNECT_SECONDS = 5
# The other end that vanished without a word is given up after these, instead of the system's two hours.
_KEEPALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 20_000}
# And so the server gives up, with all locks, who stops in the middle of a transaction.
_ASKED_BY_SERVER = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
_STANDSTILL = {"idle_in_transaction_session_timeout": "60s"}
_TABLES_LOCK, _WRITER_LOCK, _ENCODINGS_LOCK = 4_801, 4_802, 4_803
# How long a writer waits for another machine's; what people add at the same time goes in one after the other.
_PATIENCE_SECONDS, _LOOK_AGAIN_SECONDS = 5.0, 0.05


@dataclass(frozen=True, slots=True)
class Address:
    """A database's place; as text, the password is masked."""

    url: sql.URL

    @property
    def is_shared(self) -> bool:
        """Whether processes on several machines may use it."""
        return self.url.get_backend_name() == "postgresql"

    def __str__(self) -> str:
        if not self.is_shared:
            return str(self.url.database)
        return self.url.set(drivername="postgresql", query={}).render_as_string()  # a query may hold a password too


def address_of(file: Path, server: str | None = None) -> Address:
    """The database at the address `server`, or the file where there is none.

    Raises `StoreUnreachable` where the address is none of PostgreSQL; it may hold a password and is not repeated.
    """
    if not server:
        return Address(sql.URL.create("sqlite", database=str(file)))
    try:
        url = sql.make_url(server)
    except (sql.exc.ArgumentError, ValueError):  # the cause would show the address
        url = None
    if url is None or url.drivername not in _SCHEMES or not url.database:
        raise StoreUnreachable(
            "ASSISTANT_CATALOG_URL is no address of PostgreSQL; set it as postgresql://USER:PASSWORD@HOST:5432/DATABASE"
        )
    return Address(url.set(drivername="postgresql+psycopg"))


def open_engine(address: Address, *, pragmas: Sequence[str] = (), timeout: int = 30) -> sql.Engine:
    """Connections to a database, made when needed; `pragmas` and `timeout` (seconds) are for a file alone.

    Raises `StoreUnreachable` where PostgreSQL's driver is not installed.
    """
    if not address.is_shared:
        private_file(Path(str(address.url.database)))
        engine = sql.create_engine(address.url, connect_args={"timeout": timeout})
        sql.event.listen(engine, "connect", lambda connection, _: _set(connection, pragmas))
        return engine
    options = {"connect_timeout": _CONNECT_SECONDS, "application_name": "assistant", **_KEEPALIVE}
    try:
        engine = sql.create_engine(
            address.url, connect_args=options, pool_pre_ping=True, pool_size=10, max_overflow=20, pool_timeout=10
        )
    except ModuleNotFoundError as error:
        raise StoreUnreachable(f"PostgreSQL needs its driver ({error}); run: {INSTALL}") from error
    sql.event.listen(engine, "connect", lambda connection, _: _limit(connection))
    sql.event.listen(engine, "handle_error", lambda context: _told(address, context))
    return engine


def make_tables(
    engine: sql.Engine, metadata: sql.MetaData, *indexes: sql.Index, columns: Sequence[sql.Column[Any]] = ()
) -> None:
    """Make what is not there yet; `indexes` and `columns` are those that tables of an earlier version lack.

    Such a column has a default of the server's, which the rows that are there get.
    """
    with engine.begin() as connection:
        _wait_for_others(connection, _TABLES_LOCK)  # two processes that start at once would make the same table twice
        metadata.create_all(connection)
        for column in columns:
            _add_column(connection, column)
        for index in indexes:
            index.create(connection, checkfirst=True)


def _add_column(connection: sql.Connection, column: sql.Column[Any]) -> None:
    table = column.table
    if column.name not in {there["name"] for there in sql.inspect(connection).get_columns(table.name)}:
        described = sql.schema.CreateColumn(column).compile(dialect=connection.dialect)
        connection.execute(sql.text(f"ALTER TABLE {table.name} ADD COLUMN {described}"))


@contextmanager
def writers_turn(engine: sql.Engine) -> Iterator[None]:
    """Be the only writer to a shared database; raises `DataFolderBusy` where another stays it for seconds."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        _wait_for_turn(connection)
        try:
            yield
        finally:
            connection.invalidate()  # ending the session gives the turn back, whatever became of the connection


def write_encodings_alone(connection: sql.Connection) -> None:
    """Until this transaction ends, no other writes encodings to a shared database."""
    _wait_for_others(connection, _ENCODINGS_LOCK)


def _wait_for_others(connection: sql.Connection, lock: int) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one transaction that writes at a time as it is
        connection.execute(sql.select(sql.func.pg_advisory_xact_lock(lock, _schema())))


def _wait_for_turn(connection: sql.Connection) -> None:
    patience = time.monotonic() + _PATIENCE_SECONDS
    while not connection.scalar(sql.select(sql.func.pg_try_advisory_lock(_WRITER_LOCK, _schema()))):
        if time.monotonic() > patience:
            raise DataFolderBusy("Another process is writing to the shared catalog; try again in a moment.")
        time.sleep(_LOOK_AGAIN_SECONDS)


def _schema() -> sql.ColumnElement[int]:
    """Several installations may share a database, each in a schema of its own."""
    return sql.func.hashtext(sql.func.current_schema())


def _limit(connection: Any) -> None:
    for name, value in (_ASKED_BY_SERVER | _STANDSTILL).items():
        connection.execute(f"SET {name} = '{value}'")
    connection.commit()


def _set(connection: Any, pragmas: Sequence[str]) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", *pragmas):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _told(address: Address, context: sql.engine.ExceptionContext) -> StoreUnreachable | None:
    """What is raised in place of a driver's failure; nothing while the pool itself looks for a living connection."""
    unreachable = isinstance(context.sqlalchemy_exception, sql.exc.OperationalError | sql.exc.InterfaceError)
    if context.is_pre_ping or not (unreachable or context.is_disconnect):
        return None
    reason = str(context.original_exception).strip().splitlines() or [type(context.original_exception).__name__]
    return StoreUnreachable(
        f"The database {address} cannot be used ({reason[0].strip()}); start it, or mend ASSISTANT_CATALOG_URL."
    )
