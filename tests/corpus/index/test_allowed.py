"""Searching among allowed documents gives what filtering everything would, and never a passage of another document."""

from collections.abc import Iterator

import numpy as np
import pytest
from fakes import FakeEncoder, document
from hypothesis import given
from hypothesis import strategies as st

from assistant.search.retrieval import CANDIDATES, HybridRetriever, fuse
from corpus.catalog.entries import Change
from corpus.document import Passage, Span, document_of, passage_id
from corpus.index import source_vectors
from corpus.index.allowed import Allowed
from corpus.store.store import Store

WORDS = "riga baku vaccine hospital ambulance border minister health signed agreed training nurses".split()
DOCUMENTS = [f"{number:04x}" for number in range(60)]
words = st.sampled_from(WORDS)
questions = st.lists(words, min_size=1, max_size=4).map(" ".join)
some_documents = st.sets(st.sampled_from(DOCUMENTS)).map(frozenset)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Sixty documents of one to four passages each, with every word in many of them."""
    store = Store(tmp_path_factory.mktemp("allowed"), FakeEncoder())
    chance = np.random.default_rng(7)
    made = []
    for identity in DOCUMENTS:
        texts = [" ".join(chance.choice(WORDS, size=5)) for _ in range(chance.integers(1, 5))]
        whole = document("\n".join(texts), id=identity, path=f"{identity}.txt")
        starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
        spans = [Span(int(start), int(start) + len(text)) for start, text in zip(starts, texts, strict=False)]
        passages = [
            Passage(passage_id(identity, number), identity, number, span, span.of(whole.text))
            for number, span in enumerate(spans)
        ]
        store.index.add([(whole, passages)], store.encoder.encode_passages([whole.title] * len(texts), texts))
        made.append((whole, passages))
    store.index.commit()
    store.catalog.apply(Change(documents=made))
    yield store
    store.close()


def among(store: Store, documents: frozenset[str]) -> Allowed:
    return Allowed(store.catalog, documents)


def only_source(store: Store) -> source_vectors.SourceVectors:
    (source,) = store.index.vectors._sources.values()
    return source


def everything(store: Store, question: str) -> tuple[dict[str, float], dict[str, float]]:
    """Every passage with its similarity, computed past the store's own search, and with its BM25 score."""
    ids, matrix = store.index.vectors.vectors_of(sorted(store.index.vectors.ids()))
    similarity = matrix @ store.encoder.encode_query(question)
    return dict(zip(ids, similarity.tolist(), strict=True)), dict(store.index.keywords.search(question, 10_000))


def assert_best(found: list[tuple[str, float]], scores: dict[str, float], count: int) -> None:
    """`found` are `count` of the best of `scores`; among equals any may be left out."""
    assert len({identity for identity, _ in found}) == len(found) == min(count, len(scores))
    assert [score for _, score in found] == pytest.approx([scores[identity] for identity, _ in found], abs=1e-5)
    assert [score for _, score in found] == pytest.approx(sorted(scores.values(), reverse=True)[:count], abs=1e-5)


def allowed_of(scores: dict[str, float], documents: frozenset[str]) -> dict[str, float]:
    return {identity: score for identity, score in scores.items() if document_of(identity) in documents}


@pytest.mark.parametrize(
    ("few", "size"),
    [(0, 150), (2_000, 150), (0, 1_000_000)],
    ids=["many are fetched", "few are compared", "as many are fetched as of a million"],
)
@given(question=questions, documents=some_documents, count=st.integers(1, 30))
def test_vectors_find_the_best_of_the_allowed_passages(store, few, size, question, documents, count) -> None:
    similar, _ = everything(store, question)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source_vectors, "FEW", few)
        patch.setattr(only_source(store), "_size", lambda _: size)
        found = store.index.vectors.search(store.encoder.encode_query(question), count, among(store, documents))
    assert_best(found, allowed_of(similar, documents), count)


@pytest.mark.parametrize("looked_for", [0, 5_000], ids=["hits are fetched", "the index looks"])
@given(question=questions, documents=some_documents, count=st.integers(1, 30))
def test_keywords_find_the_best_of_the_allowed_passages(store, looked_for, question, documents, count) -> None:
    _, by_words = everything(store, question)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus.index.keywords._MOST_LOOKED_FOR", looked_for)
        found = store.index.keywords.search(question, count, among(store, documents))
    assert_best(found, allowed_of(by_words, documents), count)


@given(question=questions, documents=some_documents)
def test_retrieval_within_documents_equals_filtering_an_exhaustive_ranking(store, question, documents) -> None:
    retriever = HybridRetriever(store=store)
    by_vector, by_words = (allowed_of(scores, documents) for scores in everything(store, question))
    cut = [sorted(scores.items(), key=lambda hit: (-hit[1], hit[0]))[:CANDIDATES] for scores in (by_vector, by_words)]
    expected = [score for _, score in fuse(*cut)][:12]
    found = retriever.search(question, 12, among(store, documents))
    assert {hit.document.id for hit in found} <= documents
    if len(by_words) <= CANDIDATES >= len(by_vector):  # with fewer, equals at the cut may be others
        assert [hit.score for hit in found] == pytest.approx(expected, abs=1e-4)


@given(question=questions, documents=some_documents)
def test_no_search_gives_a_passage_of_another_document(store, question, documents) -> None:
    retriever, allowed = HybridRetriever(store=store), among(store, documents)
    for hits in (retriever.search(question, 40, allowed), retriever.search_names(question, 40, allowed)):
        assert {hit.document.id for hit in hits} <= documents
    known = [(passage.id, 1.0) for item in store.catalog.documents() for passage in store.catalog.passages(item)]
    assert {hit.document.id for hit in retriever.hits(known, allowed)} == documents


def test_far_documents_among_many_near_ones_are_still_found(store) -> None:
    """What is fetched first are the nearest of all, and none of those is allowed: in the end each is compared."""
    question = "riga"
    similar, _ = everything(store, question)
    by_document = {name: max(allowed_of(similar, frozenset([name])).values()) for name in DOCUMENTS}
    far = frozenset(sorted(DOCUMENTS, key=by_document.__getitem__)[:3])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source_vectors, "FEW", 0)
        patch.setattr(source_vectors, "_MOST_FETCHED", 8)
        found = store.index.vectors.search(store.encoder.encode_query(question), 2, among(store, far))
    assert_best(found, allowed_of(similar, far), 2)


@pytest.mark.parametrize("most", [0, 20_000], ids=["more than are compared", "compared"])
def test_more_passages_than_are_compared_are_found_by_fetching(store, most, monkeypatch) -> None:
    similar, _ = everything(store, "riga")
    allowed = among(store, frozenset(DOCUMENTS[::2]))
    allowed.MOST_COMPARED = most
    monkeypatch.setattr(source_vectors, "FEW", 0)
    found = store.index.vectors.search(store.encoder.encode_query("riga"), 500, allowed)
    assert_best(found, allowed_of(similar, allowed.documents), 500)


def test_all_passages_are_counted_only_where_the_first_fetch_was_not_enough(store, monkeypatch) -> None:
    """Counting takes Chroma 60 ms for a million; a filter that matches much does without."""
    counted = []
    monkeypatch.setattr(source_vectors, "FEW", 0)
    monkeypatch.setattr(only_source(store), "count", lambda: counted.append("once") or 500)
    allowed = among(store, frozenset(DOCUMENTS[::2]))
    allowed.MOST_COMPARED = 0
    for count, times in ((3, 0), (100, 1)):
        store.index.vectors.search(store.encoder.encode_query("riga"), count, allowed)
        assert len(counted) == times


def test_words_are_looked_for_in_allowed_passages_alone(store) -> None:
    holding = frozenset(item.id for item in store.catalog.documents() if "baku" in item.text)
    rest = frozenset(DOCUMENTS) - holding
    assert holding
    assert rest
    keywords = store.index.keywords
    (term,) = keywords.analyze("baku")
    assert keywords.occurs(term, among(store, holding))
    assert not keywords.occurs(term, among(store, rest))
    assert not keywords.occurs(term, among(store, frozenset()))
    assert not keywords.occurs("zanzibar", among(store, holding))


def test_a_passage_that_left_the_index_since_is_no_hindrance(store) -> None:
    allowed = among(store, frozenset(DOCUMENTS))
    assert allowed.passages is not None
    allowed.passages.append("gone-00000")
    assert store.index.vectors.search(store.encoder.encode_query("riga"), 3, allowed)
