"""Documents, passages and bookkeeping as rows of the catalog's tables: how each is written and read back.

Everything here happens within a transaction of `catalog`, which alone knows what belongs together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sql

from corpus.catalog import facets, tables
from corpus.catalog.entries import Change
from corpus.document import Document, Passage, Span

_documents, _passages = tables.documents, tables.passages
_failures, _unsettled, _state = tables.failures, tables.unsettled, tables.state
_SPAN_FIELDS = ("pages", "furniture")
_TEXT_FIELDS = ("parties", "topics", "remarks", "identifiers")
# Not among them: the bytes of attachments, which are documents of their own.
_STORED = tuple(field.name for field in fields(Document) if field.name in _documents.c)


def document_of(row: Any) -> Document:
    """The document that a whole row of the documents' table holds."""
    values = {name: row[name] for name in _STORED}
    for name in _SPAN_FIELDS:
        values[name] = tuple(Span(start, end) for start, end in values[name])
    for name in _TEXT_FIELDS:
        values[name] = tuple(values[name])
    values["origins"] = tuple((name, origin) for name, origin in values["origins"])
    return Document(**values)


def publish(connection: sql.Connection, document: Document, document_passages: Sequence[Passage]) -> None:
    """Write a document with its passages, to be seen."""
    values = {name: getattr(document, name) for name in _STORED}
    for name in _SPAN_FIELDS:
        values[name] = [(span.start, span.end) for span in values[name]]
    for name in _TEXT_FIELDS:
        values[name] = list(values[name])
    connection.execute(sql.delete(_documents).where(_documents.c.id == document.id))
    added = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(sql.insert(_documents).values(**values, current=True, added=added))
    insert_passages(connection, document_passages)


def insert_passages(connection: sql.Connection, batch: Sequence[Passage]) -> None:
    """Write passages; their text stays in the document's."""
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


def withdraw(connection: sql.Connection, document_id: str) -> None:
    """Let a document be found no more; its text stays for old citations."""
    connection.execute(sql.update(_documents).where(_documents.c.id == document_id).values(current=False))
    connection.execute(sql.delete(_passages).where(_passages.c.document_id == document_id))
    facets.forget(connection, document_id)


def write_failures(connection: sql.Connection, change: Change) -> None:
    """Note what failed in a step, and forget of it what is mended."""
    for source, path in (*change.mended, *((failure.source, failure.path) for failure in change.failed)):
        connection.execute(sql.delete(_failures).where(_failures.c.source == source, _failures.c.path == path))
    for failure in change.failed:
        connection.execute(
            sql.insert(_failures).values(
                source=failure.source, path=failure.path, sha256=failure.sha256, reason=failure.reason
            )
        )


def note_unsettled(connection: sql.Connection, ids: Iterable[str]) -> None:
    """Note documents that may leave traces in the indexes, each once."""
    settle(connection, ids := list(ids))
    if ids:
        connection.execute(sql.insert(_unsettled), [{"document_id": document_id} for document_id in ids])


def settle(connection: sql.Connection, ids: Iterable[str]) -> None:
    """Note that these leave no traces any more."""
    for batch in batches(list(ids)):
        connection.execute(sql.delete(_unsettled).where(_unsettled.c.document_id.in_(batch)))


def write_state(connection: sql.Connection, values: Mapping[str, str]) -> None:
    """Write values of the bookkeeping in place of those of the same names."""
    for key, value in values.items():
        connection.execute(sql.delete(_state).where(_state.c.key == key))
        connection.execute(sql.insert(_state).values(key=key, value=value))


def bump_generation(connection: sql.Connection) -> int:
    """Count the generation on, note the moment, and return the new one."""
    current = connection.scalar(sql.select(_state.c.value).where(_state.c.key == "generation"))
    generation = int(current or 0) + 1
    now = datetime.now(UTC).isoformat(timespec="seconds")
    write_state(connection, {"generation": str(generation), "changed": now})
    return generation


def batches(ids: list[str], size: int = 500) -> Iterator[list[str]]:
    """The ids in parts that one query may hold."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
