import subprocess
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEncoder, child_command, child_environment, document

from corpus.document import Passage, Span
from corpus.errors import DataFolderDamaged
from corpus.index.source_vectors import enough
from corpus.index.vectors import VectorStore

encoder = FakeEncoder()


def with_passages(*texts, document_id="d1", **values):
    """A document of these passages, and their vectors."""
    made = document("\n".join(texts), id=document_id, **values)
    passages, start = [], 0
    for number, text in enumerate(texts):
        passages.append(Passage(f"{document_id}-{number}", document_id, number, Span(start, start + len(text)), text))
        start += len(text) + 1
    return made, passages, encoder.encode_passages([made.title] * len(texts), texts)


def add(store, made, passages, matrix):
    store.add([(made, passages)], matrix)


@pytest.fixture
def vectors(tmp_path):
    store = VectorStore(tmp_path / "chroma")
    yield store
    store.close()


def test_the_nearest_passages_come_first_with_their_cosine_similarity(vectors):
    made, passages, matrix = with_passages("health ministers met", "medical tourism grows", "sea levels rise")
    add(vectors, made, passages, matrix)
    question = encoder.encode_query("health ministers")
    found = vectors.search(question, 10)
    expected = sorted(zip([p.id for p in passages], matrix @ question, strict=True), key=lambda hit: -hit[1])
    assert found[0][0] == "d1-0"
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-5)


def test_an_empty_store_finds_nothing(vectors):
    assert vectors.search(encoder.encode_query("anything"), 5) == []
    assert vectors.count() == 0
    assert vectors.ids() == set()


def test_adding_a_document_twice_keeps_one_of_each(vectors):
    made, passages, matrix = with_passages("one text", "another text")
    add(vectors, made, passages, matrix)
    add(vectors, made, passages, matrix)
    assert vectors.count() == 2


def test_removing_a_document_leaves_the_others(vectors):
    add(vectors, *with_passages("one text", "another text"))
    add(vectors, *with_passages("other text", document_id="d2"))
    vectors.remove("d1")
    vectors.remove("never seen")
    assert vectors.ids() == {"d2-0"}


def test_a_search_as_wide_as_for_a_million_finds_what_a_narrow_one_misses(tmp_path):
    chance = np.random.default_rng(0)  # without clusters, the hardest to search: 3,000 are like a million real ones
    held, asked = (_units(chance.normal(size=(count, 384))) for count in (3_000, 30))
    size = 3_000
    store = VectorStore(tmp_path, size=lambda _: size)
    for start in range(0, len(held), 1_000):
        ids = [str(row) for row in range(start, start + 1_000)]
        store._of("s").collection.add(ids=ids, embeddings=held[start : start + 1_000])

    def found():
        shares = []
        for vector in asked:
            hits = [passage_id for passage_id, _ in store.search(vector, 10)]
            assert len(hits) == 10
            shares.append(len({str(row) for row in np.argsort(-(held @ vector))[:10]} & set(hits)) / 10)
        return np.mean(shares)

    assert found() < 0.93
    size = 1_000_000
    assert found() > 0.99
    store.close()


def _units(matrix):
    return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize(
    ("size", "fetched"),
    [(0, 50), (1_000, 50), (100_000, 50), (300_000, 300), (1_000_000, 1_000), (50_000_000, 1_000)],
)
def test_up_to_a_hundred_thousand_passages_no_more_are_fetched_than_asked_for(size, fetched):
    assert enough(size, 50) == fetched
    assert enough(size, 5_000) == 5_000


def test_more_passages_than_one_batch_are_all_stored(vectors):
    made, passages, matrix = with_passages(*(f"passage number{number}" for number in range(2100)))
    add(vectors, made, passages, matrix)
    assert vectors.ids() == {passage.id for passage in passages}


def test_what_is_stored_survives_a_new_start(tmp_path):
    store = VectorStore(tmp_path)
    add(store, *with_passages("one text"))
    store.close()
    again = VectorStore(tmp_path)
    assert again.ids() == {"d1-0"}
    assert len(again.search(encoder.encode_query("one"), 3)) == 1
    again.close()


def test_any_langchain_program_can_open_the_store(vectors):
    made, passages, matrix = with_passages("health ministers met", "sea levels rise", publisher="The Post")
    add(vectors, made, passages, matrix)

    class Embeddings:
        def embed_query(self, text):
            return encoder.encode_query(text).tolist()

    (found,) = vectors.as_langchain("s", Embeddings()).similarity_search("ministers met", k=1)
    assert found.page_content == "health ministers met"
    assert found.metadata["publisher"] == "The Post"
    assert (found.metadata["start"], found.metadata["end"], found.metadata["page"]) == (0, 20, 0)


def test_a_reload_shows_what_another_process_wrote(tmp_path, vectors):
    add(vectors, *with_passages("one text"))
    vectors.search(encoder.encode_query("one"), 5)
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]); "
        "from test_vectors import add, with_passages; "
        "from corpus.index.vectors import VectorStore; "
        "store = VectorStore(Path(sys.argv[1])); "
        "add(store, *with_passages('other text', document_id='d2')); store.close()"
    )
    subprocess.run(
        child_command("-c", code, str(tmp_path / "chroma"), str(Path(__file__).parent)),
        env=child_environment(),
        check=True,
    )
    vectors.reload()
    assert {passage_id for passage_id, _ in vectors.search(encoder.encode_query("text"), 5)} == {"d1-0", "d2-0"}


def test_a_damaged_store_is_refused_each_time_and_opens_once_it_is_mended(tmp_path):
    VectorStore(tmp_path).close()
    database = tmp_path / "chroma.sqlite3"
    good = database.read_bytes()
    database.write_bytes(b"garbage" * 1000)
    for _ in range(2):
        with pytest.raises(DataFolderDamaged, match="run: assistant reindex"):
            VectorStore(tmp_path)
    database.write_bytes(good)
    store = VectorStore(tmp_path)
    add(store, *with_passages("one text"))
    assert np.isclose(store.search(encoder.encode_query("A title one text"), 1)[0][1], 1)
    store.close()
