"""Passage vectors in Chroma, a collection for each source: the one owner of chromadb, with `vector_server`.

The store can be opened by anyone with `langchain_chroma.Chroma` (a source's collection is `collection_name`, cosine):
it holds the passage text and flat metadata too. It is derived from the catalog and may lag behind it; what it returns
is always looked up there before use. Chroma never computes an embedding here (`embedding_function=None`): its default
would download one. How one source is searched is `source_vectors`.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.document import Document, Passage
from corpus.encoder.protocol import Vectors
from corpus.errors import DataFolderDamaged
from corpus.index.allowed import Allowed
from corpus.index.source_vectors import SourceVectors
from corpus.index.sources import key_of
from corpus.index.vector_server import COSINE, collections_of_server, connect, disconnect, made_on_server

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

COLLECTION = "passages"


class VectorStore:
    """The Chroma collections in `folder`. Not for two writing processes at once: the caller holds the lock.

    With `server`, they are those of that server whose names begin with `name`, and the folder is left alone. `size`
    tells how many passages the source of a key has, and is asked at every search: Chroma's own count takes 60 ms for a
    million.
    """

    def __init__(
        self,
        folder: Path,
        server: str | None = None,
        name: str = COLLECTION,
        size: Callable[[str], int] | None = None,
    ) -> None:
        self._folder = folder
        self._server = server
        self._name = name if server else COLLECTION
        self._size = size
        self._lock = threading.Lock()
        self._client, self._sources = self._open()

    def _open(self) -> tuple[Any, dict[str, SourceVectors]]:
        if self._server:
            client: Any = connect(self._server)
            return client, self._listed(client)
        import chromadb
        from chromadb.config import Settings
        from chromadb.errors import ChromaError

        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            client = chromadb.PersistentClient(
                path=str(self._folder.resolve()), settings=Settings(anonymized_telemetry=False)
            )
            return client, self._listed(client)
        except (ChromaError, ValueError, OSError) as error:
            _forget_failed_system(self._folder)
            raise DataFolderDamaged(
                f"The vector store {self._folder} cannot be opened ({error}); run: assistant reindex"
            ) from error

    def _listed(self, client: Any) -> dict[str, SourceVectors]:
        """The sources by their keys, as far as they have a collection."""
        beginning = f"{self._name}-"
        if self._server:
            found = collections_of_server(self._server, client, beginning)
        else:
            names = [each.name for each in client.list_collections() if each.name.startswith(beginning)]
            found = {name: client.get_collection(name, embedding_function=None) for name in names}
        return {
            name.removeprefix(beginning): self._source(name.removeprefix(beginning), each)
            for name, each in found.items()
        }

    def _source(self, key: str, collection: Any) -> SourceVectors:
        return SourceVectors(key, collection, self._size, self._lock)

    def _of(self, source: str) -> SourceVectors:
        """The vectors of a source; its collection is made where there is none."""
        key = key_of(source)
        if key not in self._sources:
            name = collection_name(source, self._name)
            if self._server:
                made: Any = made_on_server(self._server, self._client, name)
            else:
                made = self._client.get_or_create_collection(name, embedding_function=None, configuration=COSINE)
            self._sources = {**self._sources, key: self._source(key, made)}
        return self._sources[key]

    def add(self, documents: Sequence[tuple[Document, Sequence[Passage]]], vectors: Vectors) -> None:
        """Store the passages of documents; `vectors`, in the same order, has shape (all passages, dimension)."""
        pairs = [(document, passage) for document, passages in documents for passage in passages]
        rows: dict[str, list[int]] = {}
        for row, (document, _) in enumerate(pairs):
            rows.setdefault(document.source, []).append(row)
        for source, chosen in rows.items():
            self._of(source).add([pairs[row] for row in chosen], vectors[chosen])

    def remove(self, document_id: str) -> None:
        """Delete every passage of a document; nothing happens where there is none."""
        for source in self._outside():
            source.remove(document_id)

    def search(self, vector: Vectors, count: int, allowed: Allowed | None = None) -> list[tuple[str, float]]:
        """The nearest passages as (passage id, cosine similarity), best first; with `allowed`, of those alone."""
        if allowed is not None and not allowed:
            return []
        searched = self._outside() if allowed is None else self._outside(allowed.hidden, allowed.may_be_in)
        found = chain.from_iterable(source.best(vector, count, allowed) for source in searched)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:count]

    def count(self, hidden: Collection[str] = ()) -> int:
        """How many passages of the sources outside `hidden` the store holds."""
        return sum(source.count() for source in self._outside(hidden))

    def ids(self) -> set[str]:
        """The ids of all passages in the store."""
        return set(chain.from_iterable(source.ids() for source in self._outside()))

    def vectors_of(self, ids: Sequence[str]) -> tuple[list[str], Vectors]:
        """The ids of passages that the store holds, and their unit vectors, shape (n, dimension)."""
        found = [source.vectors_of(ids) for source in self._outside()]
        held = [(names, matrix) for names, matrix in found if names]
        return [name for names, _ in held for name in names], np.concatenate([matrix for _, matrix in held])

    def _outside(
        self, hidden: Collection[str] = (), wanted: Callable[[str], bool] = lambda _: True
    ) -> list[SourceVectors]:
        """The sources outside `hidden`, of those that are `wanted` by their keys, always in the same order."""
        keys = {key_of(name) for name in hidden}
        return [source for key, source in sorted(self._sources.items()) if key not in keys and wanted(key)]

    def reload(self) -> None:
        """See what another process wrote: an open Chroma client of a folder never does by itself."""
        with self._lock:
            if self._server:
                opened = self._listed(self._client)
            else:
                self._client.close()
                self._client, opened = self._open()
            # Whoever is searching goes on with what they hold of a source, which must not be what was closed.
            for key, source in self._sources.items():
                source.renew(opened[key].collection if key in opened else None)
            self._sources = {key: self._sources.get(key, source) for key, source in opened.items()}

    def close(self) -> None:
        """Release the store's files."""
        with self._lock:
            if self._server:
                disconnect(self._client)
            else:
                self._client.close()

    def as_langchain(self, source: str, embeddings: "Embeddings") -> "Chroma":
        """A source's passages as a LangChain vector store, for use outside this project."""
        from langchain_chroma import Chroma

        name = collection_name(source, self._name)
        return Chroma(client=self._client, collection_name=name, embedding_function=embeddings)


def collection_name(source: str, name: str = COLLECTION) -> str:
    """The collection of a source."""
    return f"{name}-{key_of(source)}"


def _forget_failed_system(folder: Path) -> None:
    """Chroma keeps a system that failed to start, and would hand it, unusable, to whoever opens the folder next."""
    from chromadb.api.shared_system_client import SharedSystemClient

    identifier = str(folder.resolve())
    if identifier not in SharedSystemClient._identifier_to_refcount:
        SharedSystemClient._identifier_to_system.pop(identifier, None)
