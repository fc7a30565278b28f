"""What the catalog shows: documents and their passages, lists, counts and failures. Read only; `catalog` writes.

What may stand in the indexes though the catalog does not show it is `unsettled`.
"""

from collections.abc import Collection, Iterable
from dataclasses import fields

import sqlalchemy as sql

from corpus.catalog import tables
from corpus.catalog.entries import CatalogSummary, Failure, Summary
from corpus.catalog.rows import batches, document_of
from corpus.document import Document, Passage, Span

_documents, _passages = tables.documents, tables.passages
_failures, _unsettled, _state = tables.failures, tables.unsettled, tables.state
# What every question asks, put together once: that takes longer than the answer.
_VALUE = sql.select(_state.c.value).where(_state.c.key == sql.bindparam("key"))
_THESE_DOCUMENTS = sql.select(_documents).where(_documents.c.id.in_(sql.bindparam("ids", expanding=True)))
_THESE_PASSAGES = sql.select(_passages).where(_passages.c.id.in_(sql.bindparam("ids", expanding=True)))


class Contents:
    """What is in the catalog behind `engine`, as the last commit left it."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    @property
    def generation(self) -> int:
        """Grows by one with every visible change; an index or a cache of an older generation is stale."""
        return int(self.state("generation") or 0)

    def state(self, key: str) -> str | None:
        """A value of the catalog's own bookkeeping, or None."""
        with self._engine.connect() as connection:
            return connection.scalar(_VALUE, {"key": key})

    # documents and passages

    def documents(self) -> list[Document]:
        """The current documents, by source and path."""
        query = sql.select(_documents).where(_documents.c.current).order_by(_documents.c.source, _documents.c.path)
        with self._engine.connect() as connection:
            return [document_of(row) for row in connection.execute(query).mappings()]

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

    def holdings(self, hidden: Collection[str] = ()) -> CatalogSummary:
        """What there is outside the sources `hidden`, counted by the database: no text is read."""
        published, seen = _documents.c.published, _seen(hidden)
        query = sql.select(sql.func.count(), sql.func.min(published), sql.func.max(published)).where(*seen)
        language = sql.select(_documents.c.language, sql.func.count()).where(*seen)
        with self._engine.connect() as connection:
            count, oldest, newest = connection.execute(query).one()
            languages = connection.execute(language.group_by(_documents.c.language)).all()
        often_first = sorted(((code or "", number) for code, number in languages), key=lambda pair: (-pair[1], pair[0]))
        return CatalogSummary(
            count, oldest, newest, tuple(code for code, _ in often_first if code), self.state("changed")
        )

    def headings(self, most: int, hidden: Collection[str] = ()) -> list[tuple[str, tuple[str, ...]]]:
        """Titles and declared parties of the newest documents outside the sources `hidden`, newest first."""
        query = sql.select(_documents.c.title, _documents.c.parties).where(*_seen(hidden))
        newest_first = query.order_by(_documents.c.published.desc().nulls_last(), _documents.c.path).limit(most)
        with self._engine.connect() as connection:
            return [(title, tuple(parties)) for title, parties in connection.execute(newest_first)]

    def newest(self, most: int, since: str | None = None, hidden: Collection[str] = ()) -> list[tuple[Document, str]]:
        """The documents that were stored last, each with when (ISO 8601, UTC), newest first.

        With `since`, a day or a moment, only those stored then or later; those of the sources `hidden` are left out.
        """
        added = _documents.c.added
        query = sql.select(_documents).where(*_seen(hidden), added.is_not(None))
        if since:
            query = query.where(added >= since)
        in_order = (added.desc(), _documents.c.published.desc().nulls_last(), _documents.c.path)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(*in_order).limit(most)).mappings()
            return [(document_of(row), row["added"]) for row in rows]

    def latest(self, most: int, hidden: Collection[str] = ()) -> list[Document]:
        """The current documents of the newest date of publication outside the sources `hidden`, newest first."""
        query = sql.select(_documents).where(*_seen(hidden))
        query = query.order_by(_documents.c.published.desc().nulls_last(), _documents.c.path).limit(most)
        with self._engine.connect() as connection:
            return [document_of(row) for row in connection.execute(query).mappings()]

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
            for batch in batches(list(ids)):
                rows = connection.execute(_THESE_DOCUMENTS, {"ids": batch}).mappings()
                # Asked for in the query, SQLite would look through all current documents instead of these few.
                found.update((row["id"], document_of(row)) for row in rows if row["current"] or not current)
        return found

    def passages_by_id(self, ids: Iterable[str]) -> dict[str, tuple[str, Span, int]]:
        """Passage id → (document id, span, ordinal), for passages of current documents only."""
        found: dict[str, tuple[str, Span, int]] = {}
        with self._engine.connect() as connection:
            for batch in batches(list(ids)):
                for row in connection.execute(_THESE_PASSAGES, {"ids": batch}):
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

    def unsettled(self) -> list[str]:
        """Ids of documents whose passages may linger in the indexes."""
        with self._engine.connect() as connection:
            return list(connection.scalars(sql.select(_unsettled.c.document_id)))


def _seen(hidden: Collection[str]) -> tuple[sql.ColumnElement[bool], ...]:
    """What a document is that is current and of no hidden source."""
    return (_documents.c.current.is_(True), *((_documents.c.source.not_in(hidden),) if hidden else ()))
