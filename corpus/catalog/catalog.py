"""The catalog: the source of truth for what the assistant knows.

It keeps the sources, every version of every document with its full text, the passages of the current versions, the
files that failed and why, and a generation number that grows with every change. The vector and keyword indexes are
derived from it. A superseded document keeps its text, so that an old citation still opens. What it shows is read by
`contents`; here is who may write, and what one transaction holds, in `rows`.

`unsettled` documents are those whose passages may stand in the indexes though the catalog does not show them: noted
before the indexes are written, cleared after; whatever a killed sync leaves behind is found here by the next.
"""

import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sql

from corpus.catalog import changes, facets, rows, tables
from corpus.catalog.contents import Contents
from corpus.catalog.database import address_of, open_engine, writers_turn
from corpus.catalog.encodings import Encodings
from corpus.catalog.entries import Change, Source
from corpus.catalog.facets import Facets
from corpus.catalog.kept_files import FOLDER, FilesInTable
from corpus.document import Document, Passage
from corpus.errors import DataFolderBusy, DataFolderDamaged

_sources, _passages, _unsettled, _state = tables.sources, tables.passages, tables.unsettled, tables.state
FILE = "catalog.sqlite3"
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_TURN, _IDENTITY = "turn", "catalog"


def declared_parties(document: Document) -> Sequence[str]:
    """The parties that a document's own metadata names."""
    return document.parties


class Catalog(Contents):
    """The catalog in `folder`, or in the PostgreSQL at `server`, created on first use. Many may read; one may write.

    `parties_of` tells by which parties a document can be filtered; `facets` answers what filters ask, `encodings`
    keeps the vectors of passages, and `changes` tells indexes that follow what is new.
    """

    def __init__(
        self,
        folder: Path,
        parties_of: Callable[[Document], Sequence[str]] = declared_parties,
        *,
        server: str | None = None,
    ) -> None:
        self.path = folder / FILE
        self.address = address_of(self.path, server)
        self._here = folder.resolve()
        # A commit acknowledged is a commit on disk.
        super().__init__(open_engine(self.address, pragmas=["synchronous=FULL"]))
        sql.event.listen(self._engine, "handle_error", self._told)
        try:
            tables.create(self._engine)
        except DataFolderDamaged:
            self._engine.dispose()
            raise
        except sql.exc.DatabaseError as error:
            self._engine.dispose()
            raise self._damaged(str(error.orig)) from error
        self.parties_of = parties_of
        self._turn: str | None = None
        self.facets = Facets(self._engine)
        self.encodings = Encodings(self._engine)
        self.changes = changes.Changes(self._engine)
        # None where files that people add lie in the data folder.
        self.kept_files = FilesInTable(self._engine) if self.is_shared else None

    @property
    def is_shared(self) -> bool:
        """Whether processes on several machines may use it, each with indexes of its own."""
        return self.address.is_shared

    @contextmanager
    def writers_turn(self) -> Iterator[None]:
        """Be the only one that writes to a shared catalog. Raises `DataFolderBusy` where another does.

        The turn has a number: who lost it without knowing, with the connection, changes nothing any more.
        """
        with writers_turn(self._engine):
            self._turn = str(int(self.state(_TURN) or 0) + 1)
            self.set_state(**{_TURN: self._turn})
            try:
                yield
            finally:
                self._turn = None

    def _told(self, context: sql.engine.ExceptionContext) -> DataFolderDamaged | None:
        """What is raised wherever SQLite meets bytes that are none of its own: at opening, or at a page much later."""
        code = getattr(context.original_exception, "sqlite_errorcode", 0) & 0xFF
        return self._damaged(str(context.original_exception)) if code in _DAMAGED else None

    def _damaged(self, reason: str) -> DataFolderDamaged:
        return DataFolderDamaged(
            f"The catalog {self.address} cannot be opened ({reason}); restore it from a backup, "
            "or remove the data folder and ingest again."
        )

    def require_sound(self) -> None:
        """Look at every page of the file. Raises `DataFolderDamaged` where one is not as SQLite wrote it."""
        if not self.is_shared:
            with self._engine.connect() as connection:
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            if found != "ok":
                raise self._damaged("database disk image is malformed")

    def close(self) -> None:
        """Release the database file."""
        self._engine.dispose()

    # bookkeeping

    @property
    def identity(self) -> str:
        """What no other catalog has, so that an index knows whose it is; made by whoever first asks."""
        found = self.state(_IDENTITY)
        if found is None:
            with suppress(sql.exc.IntegrityError), self._engine.begin() as connection:  # another was quicker
                connection.execute(sql.insert(_state).values(key=_IDENTITY, value=secrets.token_hex(8)))
        return found or self.identity

    def set_state(self, **values: str) -> None:
        """Store bookkeeping values, all or none."""
        with self._engine.begin() as connection:
            rows.write_state(connection, values)

    # sources

    def sources(self) -> list[Source]:
        """The registered sources, by name."""
        with self._engine.connect() as connection:
            found = connection.execute(sql.select(_sources).order_by(_sources.c.name))
            return [Source(row.name, self._here / row.folder) for row in found]

    def keeps_files_of(self, source: Source) -> bool:
        """Whether a source's files are in the catalog itself, and in no folder."""
        return self.kept_files is not None and source.folder == self._here / FOLDER

    def add_source(self, source: Source) -> None:
        """Register a source, or move a registered one to another folder."""
        with self._changing() as connection:
            connection.execute(sql.delete(_sources).where(_sources.c.name == source.name))
            connection.execute(sql.insert(_sources).values(name=source.name, folder=self._stored(source.folder)))

    def _stored(self, folder: Path) -> str:
        """A folder in the data folder by its place there, so that it is found again where the data folder is moved."""
        return str(folder.relative_to(self._here) if folder.is_relative_to(self._here) else folder)

    def remove_source(self, name: str) -> None:
        """Forget a source; its documents are withdrawn by the sync that follows."""
        with self._changing() as connection:
            connection.execute(sql.delete(_sources).where(_sources.c.name == name))

    # writing

    @contextmanager
    def _changing(self) -> Iterator[sql.Connection]:
        """One transaction of the writer, all or nothing. Raises `DataFolderBusy` where another has the turn now."""
        with self._engine.begin() as connection:
            if self._turn is not None:
                held = sql.select(_state.c.value).where(_state.c.key == _TURN).with_for_update()
                if connection.scalar(held) != self._turn:
                    raise DataFolderBusy("Another process has taken over writing; run the command again.")
            yield connection

    def note_unsettled(self, ids: Iterable[str]) -> None:
        """Before their passages are written to the indexes: these documents may leave traces there."""
        with self._changing() as connection:
            rows.note_unsettled(connection, ids)

    def settle(self, ids: Iterable[str]) -> None:
        """After their passages left the indexes: nothing of these documents lingers."""
        with self._changing() as connection:
            rows.settle(connection, ids)

    def apply(self, change: Change) -> None:
        """Make one step of a sync visible, all or nothing."""
        with self._changing() as connection:
            for document_id in change.withdrawn:
                rows.withdraw(connection, document_id)
            for document, document_passages in change.documents:
                rows.publish(connection, document, document_passages)
                parties = change.parties.get(document.id)
                facets.describe(connection, document, self.parties_of(document) if parties is None else parties)
            rows.note_unsettled(connection, change.withdrawn)
            rows.settle(connection, [document.id for document, _ in change.documents])
            rows.write_failures(connection, change)
            if change.documents or change.withdrawn:
                generation = rows.bump_generation(connection)
                published = [document.id for document, _ in change.documents]
                changes.note(connection, [*change.withdrawn, *published], generation)

    def restrict(self, source: str, groups: Collection[str]) -> None:
        """Make a source readable by these groups alone, or by everyone where there is none.

        It stays so where the source is removed: its documents can still be opened from old citations.
        """
        with self._changing() as connection:
            facets.restrict(connection, source, groups)
            rows.bump_generation(connection)

    def complete_subjects(self) -> int:
        """Describe the documents of a catalog of an earlier version, all or none; returns their number."""
        if self.facets.knows_subjects and self.state(facets.STATE_KEY) is not None:
            return 0
        ids = [document_id for document_id, _ in self.current_versions().values()]
        with self._changing() as connection:
            for batch in rows.batches(ids):
                for document in self.documents_by_id(batch).values():
                    facets.describe(connection, document, self.parties_of(document))
            facets.note_subjects_known(connection)
            if ids:
                rows.bump_generation(connection)
        return len(ids)

    @contextmanager
    def rebuilding(self) -> Iterator[sql.Connection]:
        """One transaction that replaces every passage and points at a new index; see `replace_passages`."""
        with self._changing() as connection:
            connection.execute(sql.delete(_passages))
            yield connection
            connection.execute(sql.delete(_unsettled))
            rows.bump_generation(connection)

    def replace_passages(
        self, connection: sql.Connection, batches: Iterable[Sequence[Passage]], state: Mapping[str, str]
    ) -> None:
        """Inside `rebuilding`: store the new passages and the bookkeeping that goes with them."""
        for batch in batches:
            rows.insert_passages(connection, batch)
        rows.write_state(connection, state)
