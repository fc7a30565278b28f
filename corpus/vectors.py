"""Passage vectors in Chroma: the one owner of chromadb, with `vector_server` for those on a server.

The store can be opened by anyone with `langchain_chroma.Chroma` (collection `passages`, cosine): it holds the passage
text and flat metadata too. It is derived from the catalog and may lag behind it; what it returns is always looked up
there before use. Chroma never computes an embedding here (`embedding_function=None`): its default would download one.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.allowed import Allowed
from corpus.document import Document, Passage
from corpus.encoder import Vectors
from corpus.errors import DataFolderDamaged
from corpus.vector_server import ServedCollection

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

COLLECTION = "passages"
# Chroma refuses batches over 5,461 rows, and its write rate depends on the batch size.
_BATCH = 1000
# Of a few passages the vectors are fetched and compared one by one, and kept for the next question.
_FEW = 2_000
# Of many, the nearest of all are fetched, more and more, until enough of them are allowed; so many at the most, where
# comparing is the other way. Chroma's own filters are slow where they match much (0.4 s at 100,000 passages) and not
# exact where they match little; `benchmarks/filters.py` measures both ways.
_FIRST_FETCH, _MOST_FETCHED, _GROWTH = 4, 1_000, 5
# Chroma's search follows as many leads as results are asked for, 100 at the least. These find .97 of the ten nearest
# among 100,000 passages and .89 among a million; a thousandth of the passages finds .98 there too, in 8 ms more.
# `ef_search` would do the same, but is stored with the collection and read only when that is loaded.
_LEADS, _PASSAGES_TO_A_LEAD = 100, 1_000
# Reading vectors by id costs the more for each the more there are in one call (measured).
_READ_AT_ONCE = 500


class VectorStore:
    """The Chroma collection in `folder`. Not for two writing processes at once: the caller holds the lock.

    With `server`, it is the collection `name` of that server instead, and the folder is left alone. `size` tells how
    many passages there are, and is asked at every search: Chroma's own count takes 60 ms for a million.
    """

    def __init__(
        self,
        folder: Path,
        server: str | None = None,
        name: str = COLLECTION,
        size: Callable[[], int] | None = None,
    ) -> None:
        self._folder = folder
        self._server = server
        self._name = name if server else COLLECTION
        self._size = size or self.count
        self._lock = threading.Lock()
        self._client, self._collection = self._open()

    def _open(self) -> tuple[Any, Any]:
        if self._server:
            served = ServedCollection(self._server, self._name)
            return served.client, served
        import chromadb
        from chromadb.config import Settings
        from chromadb.errors import ChromaError

        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            client = chromadb.PersistentClient(
                path=str(self._folder.resolve()), settings=Settings(anonymized_telemetry=False)
            )
            collection = client.get_or_create_collection(
                COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        except (ChromaError, ValueError, OSError) as error:
            _forget_failed_system(self._folder)
            raise DataFolderDamaged(
                f"The vector store {self._folder} cannot be opened ({error}); run: assistant reindex"
            ) from error
        return client, collection

    def add(self, documents: Sequence[tuple[Document, Sequence[Passage]]], vectors: Vectors) -> None:
        """Store the passages of documents; `vectors`, in the same order, has shape (all passages, dimension)."""
        pairs = [(document, passage) for document, passages in documents for passage in passages]
        for start in range(0, len(pairs), _BATCH):
            batch = pairs[start : start + _BATCH]
            self._collection.upsert(
                ids=[passage.id for _, passage in batch],
                embeddings=vectors[start : start + _BATCH],
                documents=[passage.text for _, passage in batch],
                metadatas=[_metadata(document, passage) for document, passage in batch],
            )

    def remove(self, document_id: str) -> None:
        """Delete every passage of a document; nothing happens where there is none."""
        self._collection.delete(where={"document_id": document_id})

    def search(self, vector: Vectors, count: int, allowed: Allowed | None = None) -> list[tuple[str, float]]:
        """The nearest passages as (passage id, cosine similarity), best first; with `allowed`, of those alone."""
        if allowed is None:
            return self._nearest(vector, self._enough(count))[:count]
        if not allowed:
            return []
        compared = allowed.passages is not None
        if compared and (allowed.vectors is not None or len(allowed.passages or ()) <= _FEW):
            return self._compared(vector, count, allowed)
        found: list[tuple[str, float]] = []
        most = (lambda: _MOST_FETCHED) if compared else self.count
        for fetched in _growing(self._enough(_FIRST_FETCH * count), most):
            found = [hit for hit in self._nearest(vector, fetched) if allowed.holds(hit[0])]
            if len(found) >= count:
                return found[:count]
        return self._compared(vector, count, allowed) if compared else found

    def _enough(self, count: int) -> int:
        """How many to fetch for the best `count` of them to be the nearest there are."""
        leads = min(self._size() // _PASSAGES_TO_A_LEAD, _MOST_FETCHED)
        return max(count, leads) if leads > _LEADS else count

    def _nearest(self, vector: Vectors, count: int) -> list[tuple[str, float]]:
        with self._lock:
            result = self._collection.query(query_embeddings=[vector], n_results=count, include=["distances"])
        return [
            (passage_id, 1.0 - float(distance))
            for passage_id, distance in zip(result["ids"][0], result["distances"][0], strict=True)
        ]

    def _compared(self, vector: Vectors, count: int, allowed: Allowed) -> list[tuple[str, float]]:
        """The nearest of all allowed passages, each compared; equals in order of id."""
        if allowed.vectors is None:
            allowed.vectors = self._vectors(sorted(allowed.passages or ()))
        ids, matrix = allowed.vectors
        similarities = matrix @ vector
        return [(ids[row], float(similarities[row])) for row in np.argsort(-similarities, kind="stable")[:count]]

    def _vectors(self, ids: Sequence[str]) -> tuple[list[str], Vectors]:
        """The unit vectors of passages, shape (n, dimension), and the ids of those that the store holds, in order."""
        found: dict[str, Vectors] = {}
        for start in range(0, len(ids), _READ_AT_ONCE):
            with self._lock:
                batch = self._collection.get(ids=list(ids[start : start + _READ_AT_ONCE]), include=["embeddings"])
            found.update(zip(batch["ids"], batch["embeddings"], strict=True))
        held = [passage_id for passage_id in ids if passage_id in found]
        matrix = np.asarray([found[passage_id] for passage_id in held], dtype=np.float32).reshape(len(held), -1)
        return held, matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)

    def count(self) -> int:
        """How many passages the store holds."""
        return int(self._collection.count())

    def ids(self) -> set[str]:
        """The ids of all passages in the store."""
        return set(self._collection.get(include=[])["ids"])

    def reload(self) -> None:
        """See what another process wrote: an open Chroma client of a folder never does by itself."""
        if self._server:
            return
        with self._lock:
            self._client.close()
            self._client, self._collection = self._open()

    def close(self) -> None:
        """Release the store's files."""
        with self._lock:
            (self._collection if self._server else self._client).close()

    def as_langchain(self, embeddings: "Embeddings") -> "Chroma":
        """The same store as a LangChain vector store, for use outside this project."""
        from langchain_chroma import Chroma

        return Chroma(client=self._client, collection_name=self._name, embedding_function=embeddings)


def _growing(first: int, most: Callable[[], int]) -> Iterator[int]:
    """How many passages are fetched, one time after the other; `most` is asked where the first were not enough."""
    yield first
    last = most()
    while first < last:
        first = min(_GROWTH * first, last)
        yield first


def _forget_failed_system(folder: Path) -> None:
    """Chroma keeps a system that failed to start, and would hand it, unusable, to whoever opens the folder next."""
    from chromadb.api.shared_system_client import SharedSystemClient

    identifier = str(folder.resolve())
    if identifier not in SharedSystemClient._identifier_to_refcount:
        SharedSystemClient._identifier_to_system.pop(identifier, None)


def _metadata(document: Document, passage: Passage) -> dict[str, str | int]:
    """A fixed key set, because Chroma's upsert merges: an absent key would keep its old value."""
    return {
        "document_id": document.id,
        "source": document.source,
        "path": document.path,
        "title": document.title,
        "publisher": document.publisher or "",
        "published": document.published or "",
        "url": document.url or "",
        "language": document.language or "",
        "start": passage.span.start,
        "end": passage.span.end,
        "page": document.page_of(passage.span.start) or 0,
    }
