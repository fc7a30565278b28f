"""The catalog's tables, and nothing else: what is stored of sources, documents, passages, failures and state.

`subject` holds a row for every party and topic of a current document, and `restriction` one for every group that may
read a source that is not for everyone; a source without a row there is. `encoding` holds the vector of every passage
that was encoded (little-endian float32), by the digest of what was. How they are read and written: `catalog` and
`facets`.
"""

import sqlalchemy as sql

from corpus.catalog.database import String, make_tables

metadata = sql.MetaData()
sources = sql.Table(
    "source",
    metadata,
    sql.Column("name", String, primary_key=True),
    sql.Column("folder", String, nullable=False),
)
documents = sql.Table(
    "document",
    metadata,
    sql.Column("id", String, primary_key=True),
    sql.Column("source", String, nullable=False),
    sql.Column("path", String, nullable=False),
    sql.Column("sha256", String, nullable=False),
    sql.Column("current", sql.Boolean, nullable=False, index=True),
    sql.Column("text", String, nullable=False),
    sql.Column("title", String, nullable=False),
    sql.Column("publisher", String),
    sql.Column("published", String),
    sql.Column("url", String),
    sql.Column("language", String),
    sql.Column("parties", sql.JSON, nullable=False),
    sql.Column("topics", sql.JSON, nullable=False),
    sql.Column("pages", sql.JSON, nullable=False),
    sql.Column("furniture", sql.JSON, nullable=False),
    sql.Column("remarks", sql.JSON, nullable=False, server_default="[]"),
    sql.Column("identifiers", sql.JSON, nullable=False, server_default="[]"),
    sql.Column("origins", sql.JSON, nullable=False, server_default="[]"),
    # When it was stored, in UTC to the second; none in a catalog of an earlier version.
    sql.Column("added", String),
    sql.Index("document_place", "source", "path"),
)
# All that a filter asks of a document, so that none of the rows with their long texts is read for it.
facts_of_documents = sql.Index(
    "document_facts",
    *(documents.c[name] for name in ("current", "source", "publisher", "language", "published", "id")),
)
passages = sql.Table(
    "passage",
    metadata,
    sql.Column("id", String, primary_key=True),
    sql.Column("document_id", String, nullable=False, index=True),
    sql.Column("ordinal", sql.Integer, nullable=False),
    sql.Column("start", sql.Integer, nullable=False),
    sql.Column("end", sql.Integer, nullable=False),
)
failures = sql.Table(
    "failure",
    metadata,
    sql.Column("source", String, primary_key=True),
    sql.Column("path", String, primary_key=True),
    sql.Column("sha256", String),
    sql.Column("reason", String, nullable=False),
)
unsettled = sql.Table("unsettled", metadata, sql.Column("document_id", String, primary_key=True))
state = sql.Table(
    "state",
    metadata,
    sql.Column("key", String, primary_key=True),
    sql.Column("value", String, nullable=False),
)
subjects = sql.Table(
    "subject",
    metadata,
    sql.Column("field", String, primary_key=True),
    sql.Column("value", String, primary_key=True),
    sql.Column("document_id", String, primary_key=True, index=True),
)
restrictions = sql.Table(
    "restriction",
    metadata,
    sql.Column("source", String, primary_key=True),
    sql.Column("group", String, primary_key=True),
)
encodings = sql.Table(
    "encoding",
    metadata,
    sql.Column("passage_id", String, primary_key=True),
    sql.Column("document_id", String, nullable=False, index=True),
    sql.Column("digest", sql.LargeBinary, nullable=False, index=True),
    sql.Column("vector", sql.LargeBinary, nullable=False),
)


# The generation in which a document became visible or stopped being so, for indexes that follow: `changes`.
changes = sql.Table(
    "change",
    metadata,
    sql.Column("document_id", String, primary_key=True),
    sql.Column("generation", sql.Integer, nullable=False, index=True),
)
# Files that were added over HTTP, where several machines share the catalog: `kept_files`.
uploads = sql.Table(
    "upload",
    metadata,
    sql.Column("name", String, primary_key=True),
    sql.Column("content", sql.LargeBinary, nullable=False),
)


def create(engine: sql.Engine) -> None:
    """Make what is not there yet, also in a catalog of an earlier version."""
    # `create_all` gives a table that exists no new column and no new index.
    make_tables(
        engine,
        metadata,
        facts_of_documents,
        columns=[documents.c[name] for name in ("remarks", "identifiers", "origins", "added")],
    )
