"""The vectors of passages, kept in the catalog by what was encoded: nothing is encoded twice.

A changed paragraph costs one passage and not its document, and rebuilding the indexes costs none. Vectors are noted as
soon as they are made, so that a killed sync does not make them again; those of documents that are gone are forgotten.

Writing asks for no writer's turn. Whoever lost it with the connection may still write here, and does no harm: a vector
stands under the digest of its model and text, so it is right whoever made it, and one deleted too early is made again.
Two who write at the same time do so one after the other, or the database would refuse one of them the same passages.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import sqlalchemy as sql

from corpus.catalog import tables
from corpus.catalog.database import write_encodings_alone
from corpus.document import Document, Passage
from corpus.encoder.protocol import Encoder, Vectors
from corpus.text.sections import contexts_of

_encodings, _documents = tables.encodings, tables.documents
_AT_ONCE = 500

Cut = Sequence[tuple[Document, Sequence[Passage]]]


class Encodings:
    """The kept vectors of the catalog behind `engine`."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    def encode(self, encoder: Encoder, documents: Cut) -> Vectors:
        """The unit vectors of all passages of `documents`, in order, shape (n, dimension); new ones are kept."""
        digests, known = self._found_or_made(encoder, documents)
        self._keep(documents, digests, known)
        return _in_order(documents, digests, known)

    def vectors(self, encoder: Encoder, documents: Cut) -> Vectors:
        """The same without keeping any, for those who do not write."""
        return _in_order(documents, *self._found_or_made(encoder, documents))

    def _found_or_made(self, encoder: Encoder, documents: Cut) -> tuple[dict[str, bytes], dict[bytes, Vectors]]:
        """Passage id → digest, and digest → vector, for all passages of `documents`."""
        given = [
            (context, passage)
            for document, passages in documents
            for context, passage in zip(contexts_of(document, [each.span for each in passages]), passages, strict=True)
        ]
        digests = [_digest(encoder.fingerprint, context, passage.text) for context, passage in given]
        known = self._known(digests)
        missing = {digest: pair for digest, pair in zip(digests, given, strict=True) if digest not in known}
        if missing:
            titles = [context for context, _ in missing.values()]
            texts = [passage.text for _, passage in missing.values()]
            known.update(zip(missing, encoder.encode_passages(titles, texts), strict=True))
        return {passage.id: digest for (_, passage), digest in zip(given, digests, strict=True)}, known

    def forget_superseded(self) -> None:
        """Drop the vectors of documents that are current no more."""
        current = sql.select(_documents.c.id).where(_documents.c.current)
        with self._writing() as connection:
            connection.execute(sql.delete(_encodings).where(_encodings.c.document_id.not_in(current)))

    def count(self) -> int:
        """How many vectors are kept."""
        with self._engine.connect() as connection:
            return connection.scalar(sql.select(sql.func.count()).select_from(_encodings)) or 0

    @contextmanager
    def _writing(self) -> Iterator[sql.Connection]:
        with self._engine.begin() as connection:
            write_encodings_alone(connection)
            yield connection

    def _known(self, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        columns = (_encodings.c.digest, _encodings.c.vector)
        with self._engine.connect() as connection:
            for start in range(0, len(digests), _AT_ONCE):
                batch = digests[start : start + _AT_ONCE]
                for row in connection.execute(sql.select(*columns).where(_encodings.c.digest.in_(batch))):
                    found[row.digest] = np.frombuffer(row.vector, dtype=np.float32)
        return found

    def _keep(self, documents: Cut, digests: dict[str, bytes], vectors: dict[bytes, Vectors]) -> None:
        """Keep the vectors of these documents' passages, in place of any kept for them before."""
        rows = [
            {
                "passage_id": passage.id,
                "document_id": document.id,
                "digest": digests[passage.id],
                "vector": np.ascontiguousarray(vectors[digests[passage.id]], dtype=np.float32).tobytes(),
            }
            for document, passages in documents
            for passage in passages
        ]
        with self._writing() as connection:
            for document, _ in documents:
                connection.execute(sql.delete(_encodings).where(_encodings.c.document_id == document.id))
            if rows:
                connection.execute(sql.insert(_encodings), rows)


def _in_order(documents: Cut, digests: dict[str, bytes], vectors: dict[bytes, Vectors]) -> Vectors:
    rows = [vectors[digests[passage.id]] for _, passages in documents for passage in passages]
    return np.asarray(rows, dtype=np.float32)


def _digest(fingerprint: str, title: str, text: str) -> bytes:
    return hashlib.sha256("\0".join((fingerprint, title, text)).encode("utf-8", "surrogatepass")).digest()
