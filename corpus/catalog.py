"""The catalog: the source of truth for what the assistant knows.

It keeps the sources, every version of every document with its full text, the passages of the current versions, the
files that failed and why, and a generation number that grows with every change. The vector and keyword indexes are
derived from it. A superseded document keeps its text, so that an old citation still opens.

`unsettled` documents are those whose passages may stand in the indexes though the catalog does not show them: noted
before the indexes are written, cleared after; whatever a killed sync leaves behind is found here by the next.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from corpus import changes, facets, tables
from corpus.database import address_of, open_engine, writers_turn
from corpus.document import Document, Passage, Span
from corpus.encodings import Encodings
from corpus.errors import DataFolderBusy, DataFolderDamaged
from corpus.facets import Facets
from corpus.kept_files import FOLDER, FilesInTable

_sources, _documents, _passages = tables.sources, tables.documents, tables.passages
_failures, _unsettled, _state = tables.failures, tables.unsettled, tables.state
_SPAN_FIELDS = ("pages", "furniture")
FILE = "catalog.sqlite3"
_TURN, _IDENTITY = "turn", "catalog"


@dataclass(frozen=True, slots=True)
class Source:
    """A named folder whose files the assistant answers from."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Summary:
    """A current document without its text, for lists; `passages` is how many it has."""

    id: str
    source: str
    path: str
    title: str
    publisher: str | None
    published: str | None
    language: str | None
    parties: tuple[str, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not become a document, and why; `sha256` is None where it could not even be read."""

    source: str
    path: str
    sha256: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Holdings:
    """How many documents there are, between which dates, in which languages (most frequent first).

    `changed` is when the last change became visible, in ISO 8601, or None where that was not noted.
    """

    documents: int
    oldest: str | None
    newest: str | None
    languages: tuple[str, ...]
    changed: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One atomic step of a sync: what becomes visible, what stops being so, and what failed."""

    documents: Sequence[tuple[Document, Sequence[Passage]]] = ()
    withdrawn: Sequence[str] = ()
    failed: Sequence[Failure] = ()
    mended: Sequence[tuple[str, str]] = ()


def declared_parties(document: Document) -> Sequence[str]:
    """The parties that a document's own metadata names."""
    return document.parties


class Catalog:
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
        self._engine = open_engine(self.address, pragmas=["synchronous=FULL"])
        try:
            tables.create(self._engine)
        except sql.exc.DatabaseError as error:
            self._engine.dispose()
            raise DataFolderDamaged(
                f"The catalog {self.address} cannot be opened ({error.orig}); restore it from a backup, "
                "or remove the data folder and ingest again."
            ) from error
        self._parties_of = parties_of
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

    def close(self) -> None:
        """Release the database file."""
        self._engine.dispose()

    # state

    @property
    def generation(self) -> int:
        """Grows by one with every visible change; an index or a cache of an older generation is stale."""
        return int(self.state("generation") or 0)

    @property
    def identity(self) -> str:
        """What no other catalog has, so that an index knows whose it is; made by whoever first asks."""
        found = self.state(_IDENTITY)
        if found is None:
            with suppress(sql.exc.IntegrityError), self._engine.begin() as connection:  # another was quicker
                connection.execute(sql.insert(_state).values(key=_IDENTITY, value=secrets.token_hex(8)))
        return found or self.identity

    def state(self, key: str) -> str | None:
        """A value of the catalog's own bookkeeping, or None."""
        with self._engine.connect() as connection:
            return connection.scalar(sql.select(_state.c.value).where(_state.c.key == key))

    def set_state(self, **values: str) -> None:
        """Store bookkeeping values, all or none."""
        with self._engine.begin() as connection:
            _write_state(connection, values)

    # sources

    def sources(self) -> list[Source]:
        """The registered sources, by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(sql.select(_sources).order_by(_sources.c.name))
            return [Source(row.name, self._here / row.folder) for row in rows]

    def keeps_files_of(self, source: Source) -> bool:
        """Whether a source's files are in the catalog itself, and in no folder."""
        return self.kept_files is not None and source.folder == self._here / FOLDER

    def add_source(self, source: Source) -> None:
        """Register a source, or move a registered one to another folder."""
        with self._engine.begin() as connection:
            connection.execute(sql.delete(_sources).where(_sources.c.name == source.name))
            connection.execute(sql.insert(_sources).values(name=source.name, folder=self._stored(source.folder)))

    def _stored(self, folder: Path) -> str:
        """A folder in the data folder by its place there, so that it is found again where the data folder is moved."""
        return str(folder.relative_to(self._here) if folder.is_relative_to(self._here) else folder)

    def remove_source(self, name: str) -> None:
        """Forget a source; its documents are withdrawn by the sync that follows."""
        with self._engine.begin() as connection:
            connection.execute(sql.delete(_sources).where(_sources.c.name == name))

    # documents and passages

    def documents(self) -> list[Document]:
        """The current documents, by source and path."""
        query = sql.select(_documents).where(_documents.c.current).order_by(_documents.c.source, _documents.c.path)
        with self._engine.connect() as connection:
            return [_document(row) for row in connection.execute(query).mappings()]

    def summaries(self) -> list[Summary]:
        """The current documents without their texts, by source and path."""
        counted = (
            sql.select(_passages.c.document_id, sql.func.count().label("passages"))
            .group_by(_passages.c.document_id)
            .subquery()
        )
        columns = [_documents.c[field.name] for field in fields(Summary) if field.name != "passages"]
        query = (
            sql.select(*columns, sql.func.coalesce(counted.c.passages, 0).label("passages"))
            .outerjoin(counted, counted.c.document_id == _documents.c.id)
            .where(_documents.c.current)
            .order_by(_documents.c.source, _documents.c.path)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings()
            return [Summary(**{**row, "parties": tuple(row["parties"])}) for row in rows]

    def declared_parties(self, hidden: Collection[str] = ()) -> tuple[str, ...]:
        """Every party that a current document names in its own metadata, each once, in order.

        Documents of the sources `hidden` are left out.
        """
        query = sql.select(_documents.c.parties).where(*_seen(hidden))
        with self._engine.connect() as connection:
            return tuple(sorted({party for (parties,) in connection.execute(query) for party in parties}))

    def holdings(self, hidden: Collection[str] = ()) -> "Holdings":
        """What there is outside the sources `hidden`, counted by the database: no text is read."""
        published, seen = _documents.c.published, _seen(hidden)
        query = sql.select(sql.func.count(), sql.func.min(published), sql.func.max(published)).where(*seen)
        language = sql.select(_documents.c.language, sql.func.count()).where(*seen)
        with self._engine.connect() as connection:
            count, oldest, newest = connection.execute(query).one()
            languages = connection.execute(language.group_by(_documents.c.language)).all()
        often_first = sorted(((code or "", number) for code, number in languages), key=lambda pair: (-pair[1], pair[0]))
        return Holdings(count, oldest, newest, tuple(code for code, _ in often_first if code), self.state("changed"))

    def headings(self, most: int, hidden: Collection[str] = ()) -> list[tuple[str, tuple[str, ...]]]:
        """Titles and declared parties of the newest documents outside the sources `hidden`, newest first."""
        query = sql.select(_documents.c.title, _documents.c.parties).where(*_seen(hidden))
        newest_first = query.order_by(_documents.c.published.desc().nulls_last(), _documents.c.path).limit(most)
        with self._engine.connect() as connection:
            return [(title, tuple(parties)) for title, parties in connection.execute(newest_first)]

    def current_versions(self) -> dict[tuple[str, str], tuple[str, str]]:
        """(source, path) → (document id, SHA-256) of every current document."""
        columns = (_documents.c.source, _documents.c.path, _documents.c.id, _documents.c.sha256)
        with self._engine.connect() as connection:
            rows = connection.execute(sql.select(*columns).where(_documents.c.current))
            return {(row.source, row.path): (row.id, row.sha256) for row in rows}

    def document(self, document_id: str) -> Document | None:
        """A document by id, current or superseded; None where the catalog never held it."""
        return self.documents_by_id([document_id], current=False).get(document_id)

    def documents_by_id(self, ids: Iterable[str], *, current: bool = True) -> dict[str, Document]:
        """The documents with these ids; with `current`, superseded ones are left out."""
        found: dict[str, Document] = {}
        with self._engine.connect() as connection:
            for batch in _batches(list(ids)):
                query = sql.select(_documents).where(_documents.c.id.in_(batch))
                if current:
                    query = query.where(_documents.c.current)
                found.update((row["id"], _document(row)) for row in connection.execute(query).mappings())
        return found

    def passages_by_id(self, ids: Iterable[str]) -> dict[str, tuple[str, Span, int]]:
        """Passage id → (document id, span, ordinal), for passages of current documents only."""
        found: dict[str, tuple[str, Span, int]] = {}
        with self._engine.connect() as connection:
            for batch in _batches(list(ids)):
                for row in connection.execute(sql.select(_passages).where(_passages.c.id.in_(batch))):
                    found[row.id] = (row.document_id, Span(row.start, row.end), row.ordinal)
        return found

    def passages(self, document: Document) -> list[Passage]:
        """The passages of a current document, in order."""
        query = sql.select(_passages).where(_passages.c.document_id == document.id).order_by(_passages.c.ordinal)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        spans = [(row, Span(row.start, row.end)) for row in rows]
        return [Passage(row.id, document.id, row.ordinal, span, span.of(document.text)) for row, span in spans]

    def passage_count(self) -> int:
        """How many passages the current documents have."""
        with self._engine.connect() as connection:
            return connection.scalar(sql.select(sql.func.count()).select_from(_passages)) or 0

    def failures(self) -> list[Failure]:
        """The files that could not be read at the last sync, by source and path."""
        query = sql.select(_failures).order_by(_failures.c.source, _failures.c.path)
        with self._engine.connect() as connection:
            return [Failure(row.source, row.path, row.sha256, row.reason) for row in connection.execute(query)]

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

    def unsettled(self) -> list[str]:
        """Ids of documents whose passages may linger in the indexes."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sql.select(_unsettled.c.document_id)))

    def note_unsettled(self, ids: Iterable[str]) -> None:
        """Before their passages are written to the indexes: these documents may leave traces there."""
        with self._engine.begin() as connection:
            _note_unsettled(connection, ids)

    def settle(self, ids: Iterable[str]) -> None:
        """After their passages left the indexes: nothing of these documents lingers."""
        with self._engine.begin() as connection:
            _settle(connection, ids)

    def apply(self, change: Change) -> None:
        """Make one step of a sync visible, all or nothing."""
        with self._changing() as connection:
            for document_id in change.withdrawn:
                _withdraw(connection, document_id)
            for document, document_passages in change.documents:
                _publish(connection, document, document_passages)
                facets.describe(connection, document, self._parties_of(document))
            _note_unsettled(connection, change.withdrawn)
            _settle(connection, [document.id for document, _ in change.documents])
            _write_failures(connection, change)
            if change.documents or change.withdrawn:
                generation = _bump_generation(connection)
                published = [document.id for document, _ in change.documents]
                changes.note(connection, [*change.withdrawn, *published], generation)

    def restrict(self, source: str, groups: Collection[str]) -> None:
        """Make a source readable by these groups alone, or by everyone where there is none.

        It stays so where the source is removed: its documents can still be opened from old citations.
        """
        with self._changing() as connection:
            facets.restrict(connection, source, groups)
            _bump_generation(connection)

    def complete_subjects(self) -> int:
        """Describe the documents of a catalog of an earlier version, all or none; returns their number."""
        if self.facets.knows_subjects and self.state(facets.STATE_KEY) is not None:
            return 0
        ids = [document_id for document_id, _ in self.current_versions().values()]
        with self._changing() as connection:
            for batch in _batches(ids):
                for document in self.documents_by_id(batch).values():
                    facets.describe(connection, document, self._parties_of(document))
            facets.note_subjects_known(connection)
            if ids:
                _bump_generation(connection)
        return len(ids)

    @contextmanager
    def rebuilding(self) -> Iterator[sql.Connection]:
        """One transaction that replaces every passage and points at a new index; see `replace_passages`."""
        with self._changing() as connection:
            connection.execute(sql.delete(_passages))
            yield connection
            connection.execute(sql.delete(_unsettled))
            _bump_generation(connection)

    def replace_passages(
        self, connection: sql.Connection, batches: Iterable[Sequence[Passage]], state: Mapping[str, str]
    ) -> None:
        """Inside `rebuilding`: store the new passages and the bookkeeping that goes with them."""
        for batch in batches:
            _insert_passages(connection, batch)
        _write_state(connection, state)


def _seen(hidden: Collection[str]) -> tuple[sql.ColumnElement[bool], ...]:
    """What a document is that is current and of no hidden source."""
    return (_documents.c.current.is_(True), *((_documents.c.source.not_in(hidden),) if hidden else ()))


def _document(row: Any) -> Document:
    values = {field.name: row[field.name] for field in fields(Document)}
    for name in _SPAN_FIELDS:
        values[name] = tuple(Span(start, end) for start, end in values[name])
    values["parties"], values["topics"] = tuple(values["parties"]), tuple(values["topics"])
    return Document(**values)


def _publish(connection: sql.Connection, document: Document, document_passages: Sequence[Passage]) -> None:
    values = {field.name: getattr(document, field.name) for field in fields(Document)}
    for name in _SPAN_FIELDS:
        values[name] = [(span.start, span.end) for span in values[name]]
    values["parties"], values["topics"] = list(values["parties"]), list(values["topics"])
    connection.execute(sql.delete(_documents).where(_documents.c.id == document.id))
    connection.execute(sql.insert(_documents).values(**values, current=True))
    _insert_passages(connection, document_passages)


def _insert_passages(connection: sql.Connection, batch: Sequence[Passage]) -> None:
    rows = [
        {
            "id": passage.id,
            "document_id": passage.document_id,
            "ordinal": passage.ordinal,
            "start": passage.span.start,
            "end": passage.span.end,
        }
        for passage in batch
    ]
    if rows:
        connection.execute(sql.insert(_passages), rows)


def _withdraw(connection: sql.Connection, document_id: str) -> None:
    connection.execute(sql.update(_documents).where(_documents.c.id == document_id).values(current=False))
    connection.execute(sql.delete(_passages).where(_passages.c.document_id == document_id))
    facets.forget(connection, document_id)


def _write_failures(connection: sql.Connection, change: Change) -> None:
    for source, path in (*change.mended, *((failure.source, failure.path) for failure in change.failed)):
        connection.execute(sql.delete(_failures).where(_failures.c.source == source, _failures.c.path == path))
    for failure in change.failed:
        connection.execute(
            sql.insert(_failures).values(
                source=failure.source, path=failure.path, sha256=failure.sha256, reason=failure.reason
            )
        )


def _note_unsettled(connection: sql.Connection, ids: Iterable[str]) -> None:
    _settle(connection, ids := list(ids))
    if ids:
        connection.execute(sql.insert(_unsettled), [{"document_id": document_id} for document_id in ids])


def _settle(connection: sql.Connection, ids: Iterable[str]) -> None:
    for batch in _batches(list(ids)):
        connection.execute(sql.delete(_unsettled).where(_unsettled.c.document_id.in_(batch)))


def _write_state(connection: sql.Connection, values: Mapping[str, str]) -> None:
    for key, value in values.items():
        connection.execute(sql.delete(_state).where(_state.c.key == key))
        connection.execute(sql.insert(_state).values(key=key, value=value))


def _bump_generation(connection: sql.Connection) -> int:
    current = connection.scalar(sql.select(_state.c.value).where(_state.c.key == "generation"))
    generation = int(current or 0) + 1
    now = datetime.now(UTC).isoformat(timespec="seconds")
    _write_state(connection, {"generation": str(generation), "changed": now})
    return generation


def _batches(ids: list[str], size: int = 500) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
