"""What changed since a generation: how an index of another process or machine knows what to follow.

A document has one row, with the generation in which it last became visible or stopped being so; the catalog writes it
in the transaction that does that.
"""

from collections.abc import Iterable

import sqlalchemy as sql

from corpus.catalog import tables

_changes = tables.changes


class Changes:
    """The changes noted in the catalog behind `engine`."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    def since(self, generation: int) -> list[tuple[str, int]]:
        """The documents that changed after a generation, each (id, in which generation), oldest change first."""
        columns = (_changes.c.document_id, _changes.c.generation)
        query = sql.select(*columns).where(_changes.c.generation > generation).order_by(*reversed(columns))
        with self._engine.connect() as connection:
            return [(row.document_id, row.generation) for row in connection.execute(query)]


def note(connection: sql.Connection, ids: Iterable[str], generation: int) -> None:
    """These documents became visible, or stopped being so, in this generation."""
    rows = [{"document_id": document_id, "generation": generation} for document_id in dict.fromkeys(ids)]
    for start in range(0, len(rows), 500):
        batch = rows[start : start + 500]
        noted = [row["document_id"] for row in batch]
        connection.execute(sql.delete(_changes).where(_changes.c.document_id.in_(noted)))
        connection.execute(sql.insert(_changes), batch)
