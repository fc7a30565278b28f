"""A Chroma server that is not there, is silent, or has another's collection is told in one sentence, and in time."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from fakes import document
from servers import chroma_process, free_port, running_chroma

from corpus.document import Passage, Span
from corpus.errors import BuildGone, StoreUnreachable
from corpus.index.vector_server import remove_collections
from corpus.index.vectors import VectorStore

pytestmark = [pytest.mark.servers, pytest.mark.processes]

VECTORS = np.eye(4, dtype=np.float32)


def filled(server: str, name: str) -> VectorStore:
    store = VectorStore(Path("unused"), server, name)
    made = document("One. Two.")
    passages = [Passage(f"d1-{n}", "d1", n, Span(5 * n, 5 * n + 4), "One.") for n in range(2)]
    store.add([(made, passages)], VECTORS[:2])
    return store


@pytest.fixture
def store(chroma_server: str) -> Iterator[VectorStore]:
    store = filled(chroma_server, "passages-test-0001")
    yield store
    remove_collections(chroma_server, "passages-", keep="")
    store.close()


def test_it_finds_compares_and_removes_as_a_folder_does(store: VectorStore) -> None:
    assert [hit[0] for hit in store.search(VECTORS[1], 5)] == ["d1-1", "d1-0"]
    ids, matrix = store.vectors_of(["d1-0", "none", "d1-1"])
    assert ids == ["d1-0", "d1-1"]
    assert np.allclose(matrix, VECTORS[:2])
    assert (store.count(), store.ids()) == (2, {"d1-0", "d1-1"})
    store.remove("d1")
    assert store.count() == 0


def test_more_are_fetched_of_a_large_collection_and_no_more_returned(store: VectorStore, chroma_server: str) -> None:
    large = VectorStore(Path("unused"), chroma_server, "passages-test-0001", size=lambda _: 1_000_000)
    assert [hit[0] for hit in large.search(VECTORS[1], 1)] == ["d1-1"]
    large.close()


def test_two_catalogs_on_one_server_do_not_see_each_other(store: VectorStore, chroma_server: str) -> None:
    other = VectorStore(Path("unused"), chroma_server, "passages-other-0001")
    assert other.count() == 0
    remove_collections(chroma_server, "passages-test-", keep="passages-test-0001")
    assert store.count() == 2
    other.close()


def test_a_replaced_collection_is_said_to_be_gone(store: VectorStore, chroma_server: str) -> None:
    remove_collections(chroma_server, "passages-test-", keep="passages-test-0002")
    with pytest.raises(BuildGone, match="ask again"):
        store.search(VECTORS[0], 5)


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://127.0.0.1:x", "http://a:b@h", "http://h/path"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(StoreUnreachable, match="CHROMA_URL is no address"):
        VectorStore(Path("unused"), address)


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    started = time.monotonic()
    with pytest.raises(StoreUnreachable, match=r"vector server http://127.0.0.1:\d+ cannot be used \(.*refused"):
        VectorStore(Path("unused"), f"http://127.0.0.1:{free_port()}")
    assert time.monotonic() - started < 5


def test_a_server_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.index.vector_server._CONNECT_SECONDS", 0.3)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(StoreUnreachable, match="does not answer in time"),
    ):
        VectorStore(Path("unused"), f"http://127.0.0.1:{silent.getsockname()[1]}")


def test_a_server_that_falls_silent_under_an_open_client_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit rests on a private attribute of chromadb (`vector_server._session`): this tells if it holds."""
    monkeypatch.setattr("corpus.index.vector_server._ANSWER_SECONDS", 0.5)
    with chroma_process(tmp_path / "data") as (server, process), ThreadPoolExecutor(1) as pool:
        store = filled(server, "passages-test-0001")
        os.kill(process.pid, signal.SIGSTOP)
        try:
            searching = pool.submit(store.search, VECTORS[0], 5)
            assert isinstance(searching.exception(timeout=10), StoreUnreachable)
            assert "does not answer in time" in str(searching.exception())
        finally:
            os.kill(process.pid, signal.SIGCONT)
        assert store.search(VECTORS[1], 1)[0][0] == "d1-1", "it answers again"
        store.close()


def test_a_server_that_stops_is_told_and_one_that_comes_back_is_used(tmp_path: Path) -> None:
    with running_chroma(tmp_path / "data") as server:
        store = filled(server, "passages-test-0001")
    with pytest.raises(StoreUnreachable, match="cannot be used"):
        store.search(VECTORS[0], 5)
    with running_chroma(tmp_path / "data", int(server.rpartition(":")[2])):
        assert store.search(VECTORS[1], 1)[0][0] == "d1-1"
        store.close()
