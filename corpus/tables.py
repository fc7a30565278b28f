"""The catalog's tables, and nothing else: what is stored of sources, documents, passages, failures and state.

`subject` holds a row for every party and topic of a current document, and `restriction` one for every group that may
read a source that is not for everyone; a source without a row there is. `encoding` holds the vector of every passage
that was encoded (little-endian float32), by the digest of what was. How they are read and written: `catalog` and
`facets`.
"""

import sqlalchemy as sql

metadata = sql.MetaData()
sources = sql.Table(
    "source",
    metadata,
    sql.Column("name", sql.String, primary_key=True),
    sql.Column("folder", sql.String, nullable=False),
)
documents = sql.Table(
    "document",
    metadata,
    sql.Column("id", sql.String, primary_key=True),
    sql.Column("source", sql.String, nullable=False),
    sql.Column("path", sql.String, nullable=False),
    sql.Column("sha256", sql.String, nullable=False),
    sql.Column("current", sql.Boolean, nullable=False, index=True),
    sql.Column("text", sql.Text, nullable=False),
    sql.Column("title", sql.String, nullable=False),
    sql.Column("publisher", sql.String),
    sql.Column("published", sql.String),
    sql.Column("url", sql.String),
    sql.Column("language", sql.String),
    sql.Column("parties", sql.JSON, nullable=False),
    sql.Column("topics", sql.JSON, nullable=False),
    sql.Column("pages", sql.JSON, nullable=False),
    sql.Column("furniture", sql.JSON, nullable=False),
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
    sql.Column("id", sql.String, primary_key=True),
    sql.Column("document_id", sql.String, nullable=False, index=True),
    sql.Column("ordinal", sql.Integer, nullable=False),
    sql.Column("start", sql.Integer, nullable=False),
    sql.Column("end", sql.Integer, nullable=False),
)
failures = sql.Table(
    "failure",
    metadata,
    sql.Column("source", sql.String, primary_key=True),
    sql.Column("path", sql.String, primary_key=True),
    sql.Column("sha256", sql.String),
    sql.Column("reason", sql.String, nullable=False),
)
unsettled = sql.Table("unsettled", metadata, sql.Column("document_id", sql.String, primary_key=True))
state = sql.Table(
    "state",
    metadata,
    sql.Column("key", sql.String, primary_key=True),
    sql.Column("value", sql.String, nullable=False),
)
subjects = sql.Table(
    "subject",
    metadata,
    sql.Column("field", sql.String, primary_key=True),
    sql.Column("value", sql.String, primary_key=True),
    sql.Column("document_id", sql.String, primary_key=True, index=True),
)
restrictions = sql.Table(
    "restriction",
    metadata,
    sql.Column("source", sql.String, primary_key=True),
    sql.Column("group", sql.String, primary_key=True),
)


encodings = sql.Table(
    "encoding",
    metadata,
    sql.Column("passage_id", sql.String, primary_key=True),
    sql.Column("document_id", sql.String, nullable=False, index=True),
    sql.Column("digest", sql.LargeBinary, nullable=False, index=True),
    sql.Column("vector", sql.LargeBinary, nullable=False),
)


def create(engine: sql.Engine) -> None:
    """Make what is not there yet, also in a catalog of an earlier version."""
    metadata.create_all(engine)
    facts_of_documents.create(engine, checkfirst=True)  # `create_all` gives a table that exists no new index
