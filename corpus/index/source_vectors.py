"""The vectors of one source's passages, in a Chroma collection of its own: the nearest of them, exactly or nearly.

Each source has a collection of its own, so that what one holds has no part in how another is searched; `vectors` opens
them and searches those that somebody may see.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from corpus.document import Document, Passage
from corpus.encoder.protocol import Vectors
from corpus.index.allowed import Allowed

# Chroma refuses batches over 5,461 rows, and its write rate depends on the batch size.
_BATCH = 1000
# Of a few passages the vectors are fetched and compared one by one, and kept for the next question: those of a small
# source, or those that filters leave of a large one.
FEW = 2_000
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


class SourceVectors:
    """A Chroma collection; `key` is its source's, `size` how many passages it has, and `lock` held while it is read."""

    def __init__(self, key: str, collection: Any, size: Callable[[str], int] | None, lock: threading.Lock) -> None:
        self.collection = collection
        self._key = key
        self._size = size
        self._lock = lock
        # The vectors of a small source as they were when so often had been written.
        self._kept: tuple[int, list[str], Vectors] | None = None
        self._written = 0

    def renew(self, collection: Any | None) -> None:
        """Go on with the collection as it was opened again, or with none; the caller holds the lock.

        Whoever is searching has this object in hand, and looks for its collection once the lock is theirs.
        """
        self.collection = collection
        self._written += 1

    def add(self, pairs: Sequence[tuple[Document, Passage]], vectors: Vectors) -> None:
        """Store passages; `vectors`, in the same order, has shape (passages, dimension)."""
        for start in range(0, len(pairs), _BATCH):
            batch = pairs[start : start + _BATCH]
            self.collection.upsert(
                ids=[passage.id for _, passage in batch],
                embeddings=vectors[start : start + _BATCH],
                documents=[passage.text for _, passage in batch],
                metadatas=[_metadata(document, passage) for document, passage in batch],
            )
        self._written += 1

    def remove(self, document_id: str) -> None:
        """Delete every passage of a document; nothing happens where there is none."""
        self.collection.delete(where={"document_id": document_id})
        self._written += 1

    def count(self) -> int:
        """How many passages there are."""
        return int(self.collection.count())

    def ids(self) -> list[str]:
        """The ids of all passages."""
        return list(self.collection.get(include=[])["ids"])

    def best(self, vector: Vectors, count: int, allowed: Allowed | None) -> list[tuple[str, float]]:
        """The nearest passages: of a small source exactly, of a large one as Chroma finds them."""
        size = self._size(self._key) if self._size is not None else self.count()
        if not size:
            return []
        chosen = allowed if allowed is not None and allowed.is_narrowed else None
        if size <= FEW:
            return _compared(*self._all(), vector, count, chosen.holds if chosen is not None else None)
        if chosen is None:
            return self._nearest(vector, enough(size, count))[:count]
        return self._nearest_allowed(vector, count, chosen, size)

    def _nearest_allowed(self, vector: Vectors, count: int, allowed: Allowed, size: int) -> list[tuple[str, float]]:
        compared = allowed.passages is not None
        if compared and (self._key in allowed.vectors or len(allowed.passages or ()) <= FEW):
            return self._each_compared(vector, count, allowed)
        found: list[tuple[str, float]] = []
        most = (lambda: _MOST_FETCHED) if compared else self.count
        for fetched in _growing(enough(size, _FIRST_FETCH * count), most):
            found = [hit for hit in self._nearest(vector, fetched) if allowed.holds(hit[0])]
            if len(found) >= count:
                return found[:count]
        return self._each_compared(vector, count, allowed) if compared else found

    def _nearest(self, vector: Vectors, count: int) -> list[tuple[str, float]]:
        with self._lock:
            if self.collection is None:
                return []
            result = self.collection.query(query_embeddings=[vector], n_results=count, include=["distances"])
        return [
            (passage_id, 1.0 - float(distance))
            for passage_id, distance in zip(result["ids"][0], result["distances"][0], strict=True)
        ]

    def _all(self) -> tuple[list[str], Vectors]:
        """The ids of all passages, in order, and their unit vectors; kept until something is written."""
        kept, written = self._kept, self._written
        if kept is None or kept[0] != written:
            with self._lock:
                written = self._written
                if self.collection is None:
                    return [], np.zeros((0, 0), dtype=np.float32)
                batch = self.collection.get(include=["embeddings"])
            found = dict(zip(batch["ids"], batch["embeddings"], strict=True))
            kept = self._kept = (written, *_in_order(batch["ids"], found))
        return kept[1:]

    def _each_compared(self, vector: Vectors, count: int, allowed: Allowed) -> list[tuple[str, float]]:
        """The nearest of all allowed passages of a large source, each compared."""
        if self._key not in allowed.vectors:
            allowed.vectors[self._key] = self.vectors_of(sorted(allowed.passages or ()))
        return _compared(*allowed.vectors[self._key], vector, count)

    def vectors_of(self, ids: Sequence[str]) -> tuple[list[str], Vectors]:
        """The ids that there are, in order, and their unit vectors, shape (n, dimension)."""
        found: dict[str, Vectors] = {}
        for start in range(0, len(ids), _READ_AT_ONCE):
            with self._lock:
                if self.collection is None:
                    break
                batch = self.collection.get(ids=list(ids[start : start + _READ_AT_ONCE]), include=["embeddings"])
            found.update(zip(batch["ids"], batch["embeddings"], strict=True))
        return _in_order(list(found), found)


def enough(size: int, count: int) -> int:
    """How many of `size` passages to fetch for the best `count` of them to be the nearest there are."""
    leads = min(size // _PASSAGES_TO_A_LEAD, _MOST_FETCHED)
    return max(count, leads) if leads > _LEADS else count


def _growing(first: int, most: Callable[[], int]) -> Iterator[int]:
    """How many passages are fetched, one time after the other; `most` is asked where the first were not enough."""
    yield first
    last = most()
    while first < last:
        first = min(_GROWTH * first, last)
        yield first


def _in_order(ids: Sequence[str], vectors: Mapping[str, Vectors]) -> tuple[list[str], Vectors]:
    held = sorted(ids)
    matrix = np.asarray([vectors[passage_id] for passage_id in held], dtype=np.float32).reshape(len(held), -1)
    return held, matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)


def _compared(
    ids: Sequence[str],
    matrix: Vectors,
    vector: Vectors,
    count: int,
    holds: Callable[[str], bool] | None = None,
) -> list[tuple[str, float]]:
    """The nearest of these passages, each compared; equals in order of id."""
    if not ids:
        return []
    similarities = matrix @ vector
    nearest = (int(row) for row in np.argsort(-similarities, kind="stable") if holds is None or holds(ids[row]))
    return [(ids[row], float(similarities[row])) for row in islice(nearest, count)]


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
