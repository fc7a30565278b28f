"""Passages for a question: vectors and keywords fused by score, as a LangChain retriever.

Each list's scores are divided by its best, then added with weights: on question answering sets this orders better than
reciprocal rank fusion, which forgets by how much the first hit was better (measured in `docs/evaluation.md`). What the
indexes return is looked up in the catalog, so a passage that is no longer current is never seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever

from assistant.search.spreading import others_first, spread
from corpus.document import Document, Passage, Span
from corpus.encoder.protocol import Vectors
from corpus.errors import BuildGone
from corpus.index.allowed import Allowed
from corpus.store.store import Store

VECTOR_WEIGHT = 0.7
# How many hits of each list enter the fusion.
CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found, and its fused score between 0 and 1."""

    passage: Passage
    document: Document
    score: float

    @classmethod
    def of(cls, document: Document, span: Span) -> "Hit":
        """A part of a document that was not searched for, as if it had been found first."""
        return cls(Passage("", document.id, 0, span, span.of(document.text)), document, 1.0)


def fuse(
    by_vector: Sequence[tuple[str, float]],
    by_keyword: Sequence[tuple[str, float]],
    vector_weight: float = VECTOR_WEIGHT,
    unrelated: float = 0.0,
) -> list[tuple[str, float]]:
    """Weighted sum of both lists' scores, each divided by its list's best; best first, ties in order of id.

    From the vectors' scores `unrelated` is taken first: only what lies above it tells something.
    """
    fused: dict[str, float] = {}
    above = [(passage_id, score - unrelated) for passage_id, score in by_vector]
    for hits, weight in ((above, vector_weight), (by_keyword, 1.0 - vector_weight)):
        best = max((score for _, score in hits), default=0.0)
        for passage_id, score in hits:
            if best > 0:
                fused[passage_id] = fused.get(passage_id, 0.0) + weight * max(score, 0.0) / best
    return sorted(fused.items(), key=lambda item: (-item[1], item[0]))


class HybridRetriever(BaseRetriever):
    """Finds passages by meaning and by words. As a LangChain retriever it returns documents with exact offsets."""

    store: Any
    count: int = 12
    vector_weight: float = VECTOR_WEIGHT

    def search(
        self, query: str, count: int | None = None, allowed: Allowed | None = None, *, words: str | None = None
    ) -> list[Hit]:
        """The `count` best passages for `query`, best first; with `allowed`, of those documents alone.

        The keyword index is asked for `words`, where they are others than the query's.
        """
        store: Store = self.store
        vector = store.encoder.encode_query(query)
        try:
            by_vector = self._by_vector(vector, allowed)
        except BuildGone:  # another machine rebuilt the indexes since this question began
            store.catch_up()
            by_vector = self._by_vector(vector, allowed)
        by_keyword = spread(partial(store.index.keywords.search, words or query), CANDIDATES, allowed, store.catalog)
        fused = others_first(fuse(by_vector, by_keyword, self.vector_weight, store.encoder.unrelated))
        return self.hits(fused, allowed, count or self.count)

    def _by_vector(self, vector: Vectors, allowed: Allowed | None) -> list[tuple[str, float]]:
        store: Store = self.store
        return spread(partial(store.index.vectors.search, vector), CANDIDATES, allowed, store.catalog)

    def nearest(self, query: str, count: int, allowed: Allowed | None = None) -> list[Hit]:
        """The passages nearest to `query` by meaning, however far from it, for where `search` finds none."""
        store: Store = self.store
        return self.hits(self._by_vector(store.encoder.encode_query(query), allowed), allowed, count)

    def search_names(self, names: str, count: int, allowed: Allowed | None = None) -> list[Hit]:
        """The passages that hold most of `names`, by keywords alone; with `allowed`, of those documents alone."""
        return self.hits(fuse([], self.store.index.keywords.search(names, count, allowed), 0.0), allowed)

    def hits(
        self, scored: Sequence[tuple[str, float]], allowed: Allowed | None = None, most: int | None = None
    ) -> list[Hit]:
        """Look scored passage ids up in the catalog; those no longer current, or not allowed, are left out.

        With `most`, only so many, so that no text is read that nobody asked for.
        """
        store: Store = self.store
        held = self._held(scored, allowed, len(scored) if most is None else most)
        documents = store.catalog.documents_by_id({place[0] for _, _, place in held})
        found = []
        for passage_id, score, (document_id, span, ordinal) in held:
            if document_id not in documents:  # superseded between the two looks
                continue
            document = documents[document_id]
            found.append(Hit(Passage(passage_id, document_id, ordinal, span, span.of(document.text)), document, score))
        return found

    def _held(
        self, scored: Sequence[tuple[str, float]], allowed: Allowed | None, most: int
    ) -> list[tuple[str, float, tuple[str, Span, int]]]:
        """The first passages that are current and allowed, with their scores and places; nearly all are, as a rule."""
        store: Store = self.store
        found: list[tuple[str, float, tuple[str, Span, int]]] = []
        looked = 0
        while len(found) < most and looked < len(scored):
            part = scored[looked : looked + most]
            looked += most
            places = store.catalog.passages_by_id(passage_id for passage_id, _ in part)
            found += [
                (passage_id, score, place)
                for passage_id, score in part
                if (place := places.get(passage_id)) and (allowed is None or place[0] in allowed)
            ]
        return found[:most]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return [as_langchain(hit) for hit in self.search(query)]


def as_langchain(hit: Hit) -> LangChainDocument:
    """A hit as a LangChain document; the metadata says exactly where in which file the text stands."""
    metadata: Mapping[str, Any] = {
        "passage_id": hit.passage.id,
        "document_id": hit.document.id,
        "path": f"{hit.document.source}/{hit.document.path}",
        "title": hit.document.title,
        "publisher": hit.document.publisher,
        "published": hit.document.published,
        "url": hit.document.url,
        "language": hit.document.language,
        "sha256": hit.document.sha256,
        "start": hit.passage.span.start,
        "end": hit.passage.span.end,
        "page": hit.document.page_of(hit.passage.span.start),
        "score": hit.score,
    }
    return LangChainDocument(id=hit.passage.id, page_content=hit.passage.text, metadata=dict(metadata))
