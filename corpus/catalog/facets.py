"""What documents there are, by party, topic, publisher, language, source and date; and whose sources are restricted.

Every question to the catalog that a filter puts is here, answered from indexes alone: no document's text is read for
it. Parties and topics are kept as rows of their own, written as a document becomes current; in a catalog of an earlier
version they are missing until the next sync or reindex describes its documents. Who may see what is decided elsewhere.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sql

from corpus.catalog import tables
from corpus.document import Document
from corpus.errors import CatalogOutdated

PARTY, TOPIC, PUBLISHER, LANGUAGE, SOURCE = "party", "topic", "publisher", "language", "source"
FIELDS = (PARTY, TOPIC, PUBLISHER, LANGUAGE, SOURCE)
_OF_SUBJECTS = (PARTY, TOPIC)
# Goes up when other parties or topics are read out of the same document; every document is then described anew.
_VERSION = "1"
STATE_KEY = "subjects"
# Sorts after every date that begins with the same year, month or day.
_AFTER_ALL = "~"


class Facets:
    """Questions to the catalog that `engine` opens."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    def select(
        self,
        values: Mapping[str, Collection[str]],
        *,
        since: str | None = None,
        until: str | None = None,
        hidden: Collection[str] = (),
    ) -> frozenset[str]:
        """Ids of the current documents that have, for each field in `values`, one of its values.

        `since` and `until` are ISO dates, possibly cut to month or year; a document dated less exactly counts as in
        the period where it may be, and an undated one never. Documents of the sources `hidden` are left out. Raises
        `CatalogOutdated` where parties or topics are asked for and not known yet.
        """
        documents = tables.documents.c
        query = sql.select(documents.id).where(documents.current, *_in_period(since, until))
        if hidden:
            query = query.where(documents.source.not_in(hidden))
        for field, wanted in values.items():
            if field in _OF_SUBJECTS:
                self._require_subjects()
                query = query.where(documents.id.in_(_documents_with(field, wanted)))
            else:
                query = query.where(documents[field].in_(wanted))
        with self._engine.connect() as connection:
            return frozenset(connection.scalars(query))

    def values(self, hidden: Collection[str] = ()) -> dict[str, dict[str, int]]:
        """Field → its values in current documents outside the sources `hidden` → in how many documents each is."""
        self._require_subjects()
        with self._engine.connect() as connection:
            return {field: dict(_counted(connection, field, hidden)) for field in FIELDS}

    def period(self, hidden: Collection[str] = ()) -> tuple[str, str] | None:
        """The oldest and the newest date of the current documents outside the sources `hidden`."""
        documents = tables.documents.c
        query = sql.select(sql.func.min(documents.published), sql.func.max(documents.published))
        query = query.where(documents.current, documents.source.not_in(hidden))
        with self._engine.connect() as connection:
            oldest, newest = connection.execute(query).one()
        return (oldest, newest) if oldest else None

    def passage_count(self, hidden: Collection[str] = ()) -> int:
        """How many passages the current documents outside the sources `hidden` have."""
        query = sql.select(sql.func.count()).select_from(tables.passages)
        if hidden:
            visible = sql.select(tables.documents.c.id).where(tables.documents.c.source.not_in(hidden))
            query = query.where(tables.passages.c.document_id.in_(visible))
        with self._engine.connect() as connection:
            return connection.scalar(query) or 0

    def passage_ids(self, documents: Collection[str], at_most: int) -> list[str] | None:
        """The ids of the passages of these current documents; None where they have more than `at_most`."""
        found: list[str] = []
        passages = tables.passages.c
        with self._engine.connect() as connection:
            for batch in _batches(sorted(documents)):
                found += connection.scalars(sql.select(passages.id).where(passages.document_id.in_(batch)))
                if len(found) > at_most:
                    return None
        return found

    # who may read a source

    def restrictions(self) -> dict[str, frozenset[str]]:
        """Source → the groups that may read it, for each source that is not for everyone."""
        found: dict[str, frozenset[str]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(sql.select(tables.restrictions)):
                found[row.source] = found.get(row.source, frozenset()) | {row.group}
        return found

    # parties and topics

    @property
    def knows_subjects(self) -> bool:
        """Whether the parties and topics of every current document are known."""
        with self._engine.connect() as connection:
            return _knows_subjects(connection)

    def _require_subjects(self) -> None:
        if not self.knows_subjects:
            raise CatalogOutdated(
                "The catalog is of an earlier version and does not know its documents' parties and topics yet; "
                "run: assistant ingest"
            )


def describe(connection: sql.Connection, document: Document, parties: Collection[str]) -> None:
    """Store what a current document is about, in place of what was known of it."""
    forget(connection, document.id)
    said = {PARTY: parties, TOPIC: document.topics}
    rows = [
        {"field": field, "value": value, "document_id": document.id}
        for field, values in said.items()
        for value in dict.fromkeys(values)
    ]
    if rows:
        connection.execute(sql.insert(tables.subjects), rows)


def forget(connection: sql.Connection, document_id: str) -> None:
    """A document that is current no more is about nothing."""
    connection.execute(sql.delete(tables.subjects).where(tables.subjects.c.document_id == document_id))


def note_subjects_known(connection: sql.Connection) -> None:
    """Every current document was described."""
    connection.execute(sql.delete(tables.state).where(tables.state.c.key == STATE_KEY))
    connection.execute(sql.insert(tables.state).values(key=STATE_KEY, value=_VERSION))


def restrict(connection: sql.Connection, source: str, groups: Collection[str]) -> None:
    """Make a source readable by these groups alone, or by everyone where there is none."""
    connection.execute(sql.delete(tables.restrictions).where(tables.restrictions.c.source == source))
    rows = [{"source": source, "group": group} for group in sorted(set(groups))]
    if rows:
        connection.execute(sql.insert(tables.restrictions), rows)


def _knows_subjects(connection: sql.Connection) -> bool:
    version = connection.scalar(sql.select(tables.state.c.value).where(tables.state.c.key == STATE_KEY))
    if version == _VERSION:
        return True
    return version is None and not connection.scalar(sql.select(sql.exists(sql.select(tables.documents.c.id))))


def _in_period(since: str | None, until: str | None) -> Iterator[sql.ColumnElement[bool]]:
    published = tables.documents.c.published
    if since is not None:
        # "2024" may lie in a period that begins in May 2024.
        yield sql.or_(published >= since, published.in_([since[:length] for length in (4, 7) if length < len(since)]))
    if until is not None:
        yield published <= f"{until}{_AFTER_ALL}"


def _documents_with(field: str, values: Collection[str]) -> sql.Select[Any]:
    subjects = tables.subjects.c
    return sql.select(subjects.document_id).where(subjects.field == field, subjects.value.in_(values))


def _counted(connection: sql.Connection, field: str, hidden: Collection[str]) -> list[tuple[str, int]]:
    """The values of a field and their numbers of documents, most frequent first."""
    documents, subjects = tables.documents.c, tables.subjects.c
    number = sql.func.count().label("number")
    if field in _OF_SUBJECTS:
        value = subjects.value
        query = sql.select(value, number).where(subjects.field == field)
        if hidden:
            query = query.where(
                subjects.document_id.in_(
                    sql.select(documents.id).where(documents.current, documents.source.not_in(hidden))
                )
            )
    else:
        value = documents[field]
        query = sql.select(value, number).where(documents.current, documents.source.not_in(hidden), value.is_not(None))
    rows = connection.execute(query.group_by(value).order_by(number.desc(), value))
    return [(found, count) for found, count in rows]


def _batches(ids: list[str], size: int = 500) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
