"""A catalog from its file into PostgreSQL: every row of every table, and the files that people added.

All of it goes in one transaction, under the writer's lock of the data folder and the writer's turn of the database: a
kill anywhere leaves the file as it was and the database empty. Indexes are not moved, because each data folder that
uses the database makes its own from it, of the vectors kept there. What else is kept beside a catalog is the caller's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from corpus.catalog import tables
from corpus.catalog.catalog import FILE, Catalog
from corpus.catalog.database import Address, address_of, make_tables, open_engine, writers_turn
from corpus.catalog.kept_files import FOLDER, FilesInFolder
from corpus.errors import AssistantError, UnreadableFile
from corpus.store.lock import writers_lock

# Of what is inserted together: enough rows for speed, few enough bytes for long texts and large files.
_MOST_ROWS, _MOST_BYTES = 500, 8 * 2**20
# What a catalog that was ever written to has in its bookkeeping; its identity alone is made by whoever looks.
_WRITTEN = ("fingerprint", "generation")


class MoveError(AssistantError):
    """A catalog cannot be moved to where it should go."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """Rows that are to stand in a table; they are read once."""

    table: sql.Table
    rows: Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows went into which table, and where they are now."""

    rows: Mapping[str, int]
    place: str


def move_catalog(folder: Path, server: str | None, beside: Sequence[TableRows] = ()) -> Moved:
    """Copy the catalog of the data folder, and what is kept `beside` it, into the empty database at `server`.

    Raises `MoveError` where there is nothing to move or something there already, and `DataFolderBusy` where another
    process is writing to either.
    """
    if not server:
        raise MoveError("There is nowhere to move to; set ASSISTANT_CATALOG_URL to the address of an empty PostgreSQL.")
    if not (folder / FILE).is_file():
        raise MoveError(f"There is no catalog in {folder}; give the data folder with --data-dir.")
    address = address_of(folder / FILE, server)
    there = [*tables.metadata.sorted_tables, *(kept.table for kept in beside)]
    try:
        with writers_lock(folder), _opened(folder) as source, _filling(address, there) as target:
            moved = _copied(target, [*_held(source, folder), *beside])
            _complete_changes(target)
    except sql.exc.DatabaseError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        raise MoveError(f"The catalog in {folder} cannot be moved to {address} ({reason}); nothing was.") from error
    return Moved(moved, str(address))


def rows_of(connection: sql.Connection, table: sql.Table) -> Iterator[dict[str, Any]]:
    """The rows of a table in the order of its key, as they are needed; a number that a database gives is left out."""
    given = table.autoincrement_column
    query = sql.select(*(column for column in table.columns if column is not given)).order_by(*table.primary_key)
    result = connection.execution_options(yield_per=_MOST_ROWS).execute(query)
    return (dict(row) for row in result.mappings())


@contextmanager
def _opened(folder: Path) -> Iterator[sql.Connection]:
    """A connection to the catalog's file, whose tables are those of this version."""
    with closing(Catalog(folder)) as catalog:
        engine = open_engine(catalog.address)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()


@contextmanager
def _filling(address: Address, there: Sequence[sql.Table]) -> Iterator[sql.Connection]:
    """One transaction in which these tables are there, empty, and nobody else's; all or nothing."""
    engine = open_engine(address)
    try:
        for metadata in dict.fromkeys(table.metadata for table in there):
            make_tables(engine, metadata)
        with writers_turn(engine), engine.begin() as connection:
            _require_empty(connection, address, there)
            yield connection
    finally:
        engine.dispose()


def _held(source: sql.Connection, folder: Path) -> Iterator[TableRows]:
    for table in tables.metadata.sorted_tables:
        if table is tables.uploads:
            yield TableRows(table, _uploaded(folder / FOLDER))
        elif table is tables.sources:
            yield TableRows(table, _sources(source, folder))
        else:
            yield TableRows(table, rows_of(source, table))


def _sources(source: sql.Connection, folder: Path) -> Iterator[dict[str, Any]]:
    """The sources; a folder within the data folder by its whole path, since other data folders do not hold it."""
    for row in rows_of(source, tables.sources):
        is_for_uploads = row["folder"] == FOLDER
        yield row if is_for_uploads else row | {"folder": str(folder.resolve() / row["folder"])}


def _uploaded(folder: Path) -> Iterator[dict[str, Any]]:
    files = FilesInFolder(folder)
    for name in files.names() if folder.is_dir() else ():
        try:
            yield {"name": name, "content": files.read(name)}
        except UnreadableFile as error:
            raise MoveError(f"{folder / name} cannot be read ({error}); take it away, or mend it.") from error


def _require_empty(connection: sql.Connection, address: Address, there: Sequence[sql.Table]) -> None:
    names = ", ".join(connection.dialect.identifier_preparer.format_table(table) for table in there)
    connection.execute(sql.text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))  # nobody adds any meanwhile
    state = tables.state
    for table in there:
        query = sql.select(sql.literal(1)).select_from(table).limit(1)
        if table is state:
            query = query.where(state.c.key.in_(_WRITTEN))
        if connection.scalar(query) is not None:
            raise MoveError(
                f"The database {address} holds something already (in its table {table.name}); move into an empty "
                "database, or into another schema of it."
            )
    connection.execute(sql.delete(state))


def _copied(connection: sql.Connection, held: Iterable[TableRows]) -> dict[str, int]:
    moved: dict[str, int] = {}
    for kept in held:
        moved[kept.table.name] = 0
        for batch in _batches(kept.rows):
            connection.execute(sql.insert(kept.table), batch)
            moved[kept.table.name] += len(batch)
    return moved


def _batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        batch.append({name: _storable(value) for name, value in row.items()})
        size += sum(len(value) for value in row.values() if isinstance(value, str | bytes))
        if len(batch) >= _MOST_ROWS or size >= _MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _storable(value: Any) -> Any:
    """PostgreSQL refuses NULs, which texts read by an earlier version may hold; all offsets stay what they are."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value


def _complete_changes(connection: sql.Connection) -> None:
    """Documents from before changes were noted are new to every index that follows."""
    documents, changes = tables.documents, tables.changes
    noted = sql.select(changes.c.document_id)
    unnoted = sql.select(documents.c.id, sql.literal(1)).where(documents.c.current, documents.c.id.not_in(noted))
    connection.execute(sql.insert(changes).from_select(["document_id", "generation"], unnoted))
