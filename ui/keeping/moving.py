"""A data folder's catalog into PostgreSQL, with all that is kept there then: keys, the secret that signs, and records.

The audit record stays with its machine. How the catalog itself is moved: `corpus.operations.moving`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from corpus.operations.moving import Moved, TableRows, move_catalog, rows_of
from ui.identity.keys import KeyRing
from ui.keeping import conversation_stores, feedback_store
from ui.storage import database, shared

_RECORDS = (feedback_store.questions, feedback_store.feedback, conversation_stores.conversations)


def move(folder: Path, server: str | None) -> Moved:
    """Copy all of the data folder that several machines share into the empty database at `server`.

    Raises as `corpus.operations.moving.move_catalog` does.
    """
    with _recorded(folder) as kept:
        return move_catalog(folder, server, [*kept, *_shared(folder)])


@contextmanager
def _recorded(folder: Path) -> Iterator[list[TableRows]]:
    source = database.Database(folder)
    if not source.exists:
        yield [TableRows(table, ()) for table in _RECORDS]
        return
    try:
        with source.reading() as connection:
            yield [TableRows(table, rows_of(connection, table)) for table in _RECORDS]
    finally:
        source.close()


def _shared(folder: Path) -> Iterator[TableRows]:
    yield TableRows(shared.keys, [asdict(key) for key in KeyRing(folder).all()])
    file = folder / "secret"
    signing = [{"name": shared.SIGNING, "value": file.read_text().strip()}] if file.is_file() else []
    yield TableRows(shared.signing_secrets, signing)
