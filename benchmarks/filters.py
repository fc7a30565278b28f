"""What a filter costs retrieval, from one document to nearly all of them.

    python benchmarks/filters.py [--documents 4000] [--questions 20]

Makes a store of documents with five passages each (20,000 by default) and random clustered vectors, and searches it
without a filter and with filters of several widths, each by four ways: as `HybridRetriever.search` does, with Chroma's
own `where` on the documents' ids, and the vectors' and the keywords' part of our way alone. Prints milliseconds, as
ratios to no filter too, and the share of the exact nearest 50 that each way finds. A shared machine makes the times
differ between runs; the ratios are steadier.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from assistant.search.retrieval import CANDIDATES, HybridRetriever
from benchmarks.table import print_table
from corpus.catalog.entries import Change
from corpus.document import Document, Passage, Span, passage_id
from corpus.encoder.protocol import Vectors
from corpus.index.allowed import Allowed
from corpus.store.store import Store

DIMENSION, PASSAGES, WORDS, CLUSTERS = 384, 5, 3_000, 200
_PER_STEP = 200  # documents
SHARES = (0.0005, 0.01, 0.1, 0.5, 0.95)


class RandomVectors:
    """An encoder without a model: every text gets a vector near one of a few centres."""

    fingerprint = "random"

    def __init__(self) -> None:
        self._chance = np.random.default_rng(0)
        self._centres = self._chance.normal(size=(CLUSTERS, DIMENSION))

    def encode_passages(self, titles: Sequence[str], texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), DIMENSION)."""
        near = self._centres[self._chance.integers(CLUSTERS, size=len(texts))]
        vectors = near + 0.7 * self._chance.normal(size=(len(texts), DIMENSION))
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    def encode_query(self, text: str) -> Vectors:
        """A unit vector that is the same for the same text."""
        chance = np.random.default_rng(abs(hash(text)))
        vector = self._centres[chance.integers(CLUSTERS)] + 0.7 * chance.normal(size=DIMENSION)
        return (vector / np.linalg.norm(vector)).astype(np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Not asked here."""
        return [len(text.split()) for text in texts]

    def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """Not asked here."""
        return [self.encode_passages(texts, texts) for _ in texts]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=4_000)
    parser.add_argument("--questions", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), RandomVectors())
        ids = _fill(store, arguments.documents)
        questions = [" ".join(_words(random.Random(number), 6)) for number in range(arguments.questions)]
        _measure(store, ids, questions)
        store.close()


def _measure(store: Store, ids: list[str], questions: list[str]) -> None:
    exact = _exact(store)
    rows: list[tuple[Any, ...]] = []
    base: list[float] = []
    for share in (None, *SHARES):
        chosen = None if share is None else frozenset(random.Random(1).sample(ids, max(1, int(share * len(ids)))))
        allowed = None if chosen is None else Allowed(store.catalog, chosen)
        first, times = _times(store, questions, allowed)
        base = base or times
        found = statistics.mean(_recall(store, exact, question, allowed) for question in questions)
        ratios = [f"{value / of:.1f}" for value, of in zip(times, base, strict=True)]
        where = "-" if chosen is None else f"{_where(store, questions[:5], chosen):.1f}"
        width = "none" if chosen is None else f"{len(chosen):,} of {len(ids):,}"
        rows.append((width, first, *times, *ratios, where, found))
    print_table(
        f"Retrieval among {store.index.count():,} passages, milliseconds (median of {len(questions)})",
        ("documents", "first", "search", "vectors", "keywords", "×", "×", "×", "Chroma's where", "exact found"),
        rows,
    )


def _times(store: Store, questions: list[str], allowed: Allowed | None) -> tuple[float, list[float]]:
    """The first search, which may have vectors to fetch, and the medians of the rest: all, vectors, keywords."""
    retriever, index = HybridRetriever(store=store), store.index
    first = _milliseconds(lambda: retriever.search(questions[0], 12, allowed))
    each = [
        (
            _milliseconds(lambda question=question: retriever.search(question, 12, allowed)),
            _milliseconds(
                lambda question=question: index.vectors.search(
                    store.encoder.encode_query(question), CANDIDATES, allowed
                )
            ),
            _milliseconds(lambda question=question: index.keywords.search(question, CANDIDATES, allowed)),
        )
        for question in questions
    ]
    return first, [statistics.median(column) for column in zip(*each, strict=True)]


def _where(store: Store, questions: list[str], chosen: frozenset[str]) -> float:
    """The same vectors' search by Chroma's own filter."""
    (collection,) = (source.collection for source in store.index.vectors._sources.values())
    return statistics.median(
        _milliseconds(
            lambda question=question: collection.query(
                query_embeddings=[store.encoder.encode_query(question)],
                n_results=CANDIDATES,
                where={"document_id": {"$in": sorted(chosen)}},
                include=["distances"],
            )
        )
        for question in questions
    )


def _exact(store: Store) -> tuple[list[str], Vectors]:
    index = store.index.vectors
    return index.vectors_of(sorted(index.ids()))


def _recall(store: Store, exact: tuple[list[str], Vectors], question: str, allowed: Allowed | None) -> float:
    """The share of the nearest passages, all compared, that the search finds."""
    vector = store.encoder.encode_query(question)
    ids, matrix = exact
    ranked = (ids[row] for row in np.argsort(-(matrix @ vector)))
    nearest = [identity for identity in ranked if allowed is None or allowed.holds(identity)][:CANDIDATES]
    found = {identity for identity, _ in store.index.vectors.search(vector, CANDIDATES, allowed)}
    return len(found.intersection(nearest)) / len(nearest)


def _milliseconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _fill(store: Store, count: int) -> list[str]:
    chance, ids = random.Random(0), []
    made = []
    for number in range(count):
        texts = [" ".join(_words(chance, 60)) for _ in range(PASSAGES)]
        whole = Document("\n".join(texts), "A title", id=f"{number:016x}", source="s", path=f"{number}.txt", sha256="0")
        starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
        spans = [Span(int(start), int(start) + len(text)) for start, text in zip(starts, texts, strict=False)]
        passages = [
            Passage(passage_id(whole.id, place), whole.id, place, span, span.of(whole.text))
            for place, span in enumerate(spans)
        ]
        made.append((whole, passages))
        ids.append(whole.id)
    for start in range(0, count, _PER_STEP):
        step = made[start : start + _PER_STEP]
        texts = [passage.text for _, passages in step for passage in passages]
        store.index.add(step, store.encoder.encode_passages([""] * len(texts), texts))
    store.index.commit()
    store.catalog.apply(Change(documents=made))
    return ids


def _words(chance: random.Random, count: int) -> list[str]:
    return chance.choices(_VOCABULARY, weights=_WEIGHTS, k=count)


_VOCABULARY = [f"w{number}" for number in range(WORDS)]
_WEIGHTS = [1 / (number + 1) for number in range(WORDS)]

if __name__ == "__main__":
    main()
