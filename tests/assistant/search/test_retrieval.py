"""Passages for a question: fused by score, looked up in the catalog, and open to anyone's LangChain."""

import asyncio
from pathlib import Path

import pytest
from fakes import FakeEncoder, open_store
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever

from assistant.search.retrieval import Hit, HybridRetriever, fuse
from corpus.catalog.entries import Change
from corpus.index.vectors import collection_name
from corpus.ingest.sync import sync
from corpus.store.store import Store

# Fusion, a pure function

ids = st.text(alphabet="abcdef", min_size=1, max_size=2)
scores = st.floats(-1, 1_000, allow_nan=False)
hits = st.dictionaries(ids, scores, max_size=8).map(lambda found: sorted(found.items(), key=lambda hit: -hit[1]))
whole_scores = st.dictionaries(ids, st.integers(1, 100).map(float), min_size=1, max_size=8).map(
    lambda found: sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))
)
weights = st.floats(0, 1)


@given(hits, hits, weights)
def test_fused_scores_lie_between_0_and_1(by_vector, by_keyword, weight) -> None:
    assert all(0 <= score <= 1 + 1e-9 for _, score in fuse(by_vector, by_keyword, weight))


@given(hits, hits, weights)
def test_the_best_comes_first_and_equals_come_in_order_of_id(by_vector, by_keyword, weight) -> None:
    fused = fuse(by_vector, by_keyword, weight)
    assert fused == sorted(fused, key=lambda hit: (-hit[1], hit[0]))


@given(whole_scores, whole_scores)
def test_every_passage_found_is_there_once(by_vector, by_keyword) -> None:
    found = [passage_id for passage_id, _ in fuse(by_vector, by_keyword)]
    assert sorted(found) == sorted(dict(by_vector).keys() | dict(by_keyword).keys())


@given(whole_scores, st.floats(0.1, 0.9))
def test_with_one_list_empty_the_other_keeps_its_order(found, weight) -> None:
    order = [passage_id for passage_id, _ in found]
    assert [passage_id for passage_id, _ in fuse(found, [], weight)] == order
    assert [passage_id for passage_id, _ in fuse([], found, weight)] == order


@given(whole_scores, whole_scores, st.sampled_from([2.0, 0.5, 64.0]))
def test_only_scores_relative_to_the_best_count(by_vector, by_keyword, factor) -> None:
    louder = [(passage_id, score * factor) for passage_id, score in by_keyword]
    assert fuse(by_vector, louder) == fuse(by_vector, by_keyword)


def test_the_best_of_both_lists_scores_1() -> None:
    by_vector, by_keyword = [("a", 0.4), ("b", 0.2)], [("a", 17.0), ("c", 8.5)]
    assert fuse(by_vector, by_keyword, 0.5) == [("a", 1.0), ("b", 0.25), ("c", 0.25)]


def test_of_a_cosine_only_what_lies_above_that_of_unrelated_texts_counts() -> None:
    by_vector, by_keyword = [("a", 0.9), ("b", 0.75), ("c", 0.6)], [("b", 10.0), ("c", 2.0)]
    told = dict(fuse(by_vector, by_keyword, 0.5, unrelated=0.7))
    assert told == pytest.approx({"a": 0.5, "b": 0.5 + 0.125, "c": 0.1})
    assert fuse(by_vector, by_keyword, 0.5) != fuse(by_vector, by_keyword, 0.5, unrelated=0.7), "the control"


def test_nothing_found_is_nothing_fused() -> None:
    assert fuse([], []) == []


def test_a_list_without_a_positive_score_counts_for_nothing() -> None:
    assert fuse([("a", -0.2), ("b", -0.5)], [("c", 2.0)], 0.5) == [("c", 0.5)]


# The retriever, over a store with three documents

TEXTS = {
    "latvia.txt": "Latvia and Azerbaijan signed a health agreement in Riga.\r\n\r\nIt covers medical education 🇱🇻.",
    "lithuania.txt": "Latvia and Lithuania let ambulances cross the border.",
    "georgia.txt": "Georgia and Türkiye discussed hospitals in Tbilisi.",
}


@pytest.fixture
def filled(store: Store, folder: Path) -> Store:
    for name, text in TEXTS.items():
        (folder / name).write_bytes(text.encode())
    sync(store)
    return store


@pytest.fixture
def retriever(filled: Store) -> HybridRetriever:
    return HybridRetriever(store=filled, count=2)


def paths(found: list[Hit]) -> list[str]:
    return [hit.document.path for hit in found]


def test_the_passage_with_the_words_of_the_question_is_found_first(retriever: HybridRetriever) -> None:
    assert paths(retriever.search("Which ambulances cross the border?"))[0] == "lithuania.txt"


def test_no_more_passages_are_found_than_asked_for(retriever: HybridRetriever) -> None:
    assert len(retriever.search("Latvia")) == 2
    assert len(retriever.search("Latvia", 1)) == 1


def test_names_are_found_by_words_alone(retriever: HybridRetriever) -> None:
    assert paths(retriever.search_names("Georgia Türkiye", 5)) == ["georgia.txt"]
    assert retriever.search_names("Zanzibar", 5) == []


def test_a_withdrawn_document_is_never_found_though_the_indexes_still_hold_it(
    filled: Store, retriever: HybridRetriever
) -> None:
    question = "Which ambulances cross the border?"
    (withdrawn,) = (hit.document for hit in retriever.search(question, 1))
    passages_held = filled.index.count()
    filled.catalog.apply(Change(withdrawn=[withdrawn.id]))
    assert filled.index.count() == passages_held
    assert "lithuania.txt" not in paths(retriever.search(question, 10))
    assert retriever.search_names("ambulances", 10) == []


def test_a_passage_that_the_catalog_does_not_know_is_never_a_hit(retriever: HybridRetriever) -> None:
    (known,) = retriever.search("ambulances", 1)
    assert [hit.passage for hit in retriever.hits([("made-up-00000", 1.0), (known.passage.id, 0.5)])] == [known.passage]


def test_what_is_gone_makes_room_for_what_is_found_next(retriever: HybridRetriever) -> None:
    best, second = retriever.search("Latvia", 2)
    gone = [(f"made-up-{number:05d}", 1.0) for number in range(7)]
    scored = [*gone[:3], (best.passage.id, 0.8), *gone[3:], (second.passage.id, 0.5)]
    assert [hit.passage for hit in retriever.hits(scored, most=1)] == [best.passage]
    assert [hit.score for hit in retriever.hits(scored, most=2)] == [0.8, 0.5]
    assert retriever.hits(scored, most=9) == retriever.hits(scored)
    assert retriever.hits(gone, most=2) == []


def test_an_empty_store_finds_nothing(store: Store) -> None:
    assert HybridRetriever(store=store).search("Latvia") == []


# As a LangChain retriever


def assert_exact(found: list[LangChainDocument], store: Store) -> None:
    assert found
    for item in found:
        stored = store.document(item.metadata["document_id"])
        assert stored is not None
        assert stored.text[item.metadata["start"] : item.metadata["end"]] == item.page_content
        assert TEXTS[stored.path][item.metadata["start"] : item.metadata["end"]] == item.page_content
        assert item.metadata["sha256"] == stored.sha256


def test_it_is_a_langchain_retriever_with_exact_offsets(filled: Store, retriever: HybridRetriever) -> None:
    assert isinstance(retriever, BaseRetriever)
    found = retriever.invoke("What did Latvia and Azerbaijan sign?")
    assert all(isinstance(item, LangChainDocument) for item in found)
    assert_exact(found, filled)
    assert found[0].metadata["path"] == "s/latvia.txt"


def test_batch_and_async_find_the_same(filled: Store, retriever: HybridRetriever) -> None:
    questions = ["What did Latvia and Azerbaijan sign?", "Who discussed hospitals in Tbilisi?"]
    one_by_one = [retriever.invoke(question) for question in questions]
    assert retriever.batch(questions) == one_by_one
    assert asyncio.run(retriever.ainvoke(questions[0])) == one_by_one[0]
    assert asyncio.run(retriever.abatch(questions)) == one_by_one


# The Chroma store, opened by others


class AsEmbeddings(Embeddings):
    """An encoder in LangChain's clothes."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return FakeEncoder().encode_query(text).tolist()


@pytest.fixture
def only_vectors(retriever: HybridRetriever) -> HybridRetriever:
    return HybridRetriever(store=retriever.store, vector_weight=1.0)


def test_the_store_opens_as_a_langchain_vector_store(filled: Store, only_vectors: HybridRetriever) -> None:
    question = "ambulances cross the border"
    expected = only_vectors.search(question, 1)[0]
    (found,) = filled.index.vectors.as_langchain("s", AsEmbeddings()).similarity_search(question, k=1)
    assert found.page_content == expected.passage.text
    assert found.metadata["path"] == "lithuania.txt"
    assert expected.document.text[found.metadata["start"] : found.metadata["end"]] == found.page_content


def test_anyone_can_open_the_folder_with_plain_langchain_chroma(tmp_path: Path, folder: Path) -> None:
    from langchain_chroma import Chroma

    (folder / "lithuania.txt").write_text(TEXTS["lithuania.txt"], encoding="utf-8")
    store = open_store(tmp_path / "data", s=folder)
    sync(store)
    chroma_folder = store.index.folder / "chroma"
    store.close()
    plain = Chroma(collection_name("s"), embedding_function=AsEmbeddings(), persist_directory=str(chroma_folder))
    (found,) = plain.similarity_search("ambulances cross the border", k=1)
    assert found.page_content == TEXTS["lithuania.txt"]
    assert found.metadata["source"] == "s"


def test_a_hit_is_the_text_at_its_place(retriever: HybridRetriever) -> None:
    for hit in retriever.search("Latvia", 10):
        assert hit.passage.text == hit.passage.span.of(hit.document.text)
        assert 0 <= hit.score <= 1
