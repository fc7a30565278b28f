"""Small stand-ins for what is slow or far away, and the few things that several test modules do."""

import asyncio
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from corpus.catalog.entries import Source
from corpus.document import Document, Passage, Span
from corpus.encoder.protocol import Encoder
from corpus.index.servers import Servers
from corpus.store.store import Store
from corpus.text.chunking import ChunkingParameters

if TYPE_CHECKING:
    from fastapi import FastAPI

TESTS = Path(__file__).parent
Vectors = npt.NDArray[np.float32]


class FakeEncoder:
    """An `Encoder` without a model: hashed bags of words, so that texts sharing words are near each other."""

    def __init__(self, name: str = "fake", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension

    @property
    def fingerprint(self) -> str:
        return f"{self.name}:{self.dimension}"

    @property
    def unrelated(self) -> float:
        return 0.0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words cost a token per eight characters, and anything else one each, as word pieces roughly do."""
        return [sum(-(-len(word) // 8) for word in re.findall(r"\w+|[^\w\s]", text)) for text in texts]

    @property
    def counter(self) -> Callable[[Sequence[str]], list[int]]:
        return self.count_tokens

    def encode_passages(self, titles: Sequence[str], texts: Sequence[str]) -> Vectors:
        return np.stack([self.encode_query(f"{title}\n{text}") for title, text in zip(titles, texts, strict=True)])

    def encode_query(self, text: str) -> Vectors:
        total = np.sum(self.token_vectors([text])[0], axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float32)

    def token_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        return [self._word_vectors(re.findall(r"\w+", text.lower())) for text in texts]

    def _word_vectors(self, words: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(words), self.dimension), dtype=np.float32)
        for row, word in enumerate(words):
            vectors[row, int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % self.dimension] = 1
        return vectors


def document(text: str, **values: object) -> Document:
    """A document with an identity that does not matter."""
    settings = {"title": "A title", "id": "d1", "source": "s", "path": "a.txt", "sha256": "0" * 64, **values}
    return Document(text=text, **settings)  # type: ignore[arg-type]


def with_passages(text: str = "One. Two.", **values: object) -> tuple[Document, list[Passage]]:
    """A document and its passages: the words of its text."""
    made = document(text, **values)
    spans, start = [], 0
    for piece in text.split():
        start = text.index(piece, start)
        spans.append(Span(start, start + len(piece)))
        start += len(piece)
    return made, [Passage(f"{made.id}-{n:05d}", made.id, n, span, span.of(text)) for n, span in enumerate(spans)]


# Data folder → the servers of its stores, for those that have any; children of a test find them in the environment.
SERVERS_OF: dict[str, Servers] = {
    folder: Servers(*servers) for folder, servers in json.loads(os.environ.get("TESTED_SERVERS", "{}")).items()
}


def open_store(data: Path, encoder: Encoder | None = None, *, rebuild: bool = False, **sources: Path) -> Store:
    """The store in `data`, on the servers that `SERVERS_OF` says, with these sources registered."""
    servers, chunking = SERVERS_OF.get(str(data), Servers()), ChunkingParameters(longest=40, enough=15)
    store = Store(data, encoder or FakeEncoder(), chunking=chunking, rebuild=rebuild, servers=servers)
    for name, folder in sources.items():
        store.catalog.add_source(Source(name, folder))
    return store


def keyword_passage_ids(store: Store) -> set[str]:
    """The ids of all passages in the keyword index, read past our own code."""
    import tantivy

    ids: list[str] = []
    for folder in (store.index.folder / "keywords").iterdir():
        searcher = tantivy.Index.open(str(folder)).searcher()
        hits = searcher.search(tantivy.Query.all_query(), 10_000).hits
        ids += [searcher.doc(address)["passage_id"][0] for _, address in hits]
    assert len(ids) == len(set(ids)), "the keyword index holds a passage twice"
    return set(ids)


def catalog_passage_ids(store: Store) -> set[str]:
    """The ids of all passages that the catalog shows."""
    return {passage.id for document in store.catalog.documents() for passage in store.catalog.passages(document)}


def passage_ids(store: Store) -> set[str]:
    """The ids of all passages, having checked that the catalog and both indexes hold the same ones."""
    ids = catalog_passage_ids(store)
    assert store.index.vectors.ids() == ids
    assert keyword_passage_ids(store) == ids
    assert store.index.vectors.count() == len(ids)
    return ids


def findable(store: Store, word: str) -> int:
    """How many passages the vectors find when asked for more than there are."""
    return len(store.index.vectors.search(store.encoder.encode_query(word), 100))


def everything_found(store: Store) -> str:
    """All the text that can be found, one passage to a line."""
    assert passage_ids(store) is not None
    return "\n".join(
        passage.text for document in store.catalog.documents() for passage in store.catalog.passages(document)
    )


def child_environment() -> dict[str, str]:
    """For a child process: it may import what we import, and may not speak to another machine either."""
    folders = [TESTS / "offline", TESTS, TESTS.parent]
    servers = json.dumps({data: (servers.catalog, servers.vectors) for data, servers in SERVERS_OF.items()})
    paths = os.pathsep.join(map(str, folders))
    return {**os.environ, "PYTHONPATH": paths, "PYTHONWARNINGS": "ignore", "TESTED_SERVERS": servers}


def child_command(*arguments: str) -> list[str]:
    """This Python, run with `arguments`."""
    return [sys.executable, *arguments]


def app_over(assistant: Any, access: Any = None, **options: Any) -> "FastAPI":
    """The application, made within an event loop: without one, Gradio opens loops that it never closes.

    The loop is of another thread, because a test's browser has one in ours.
    """
    from ui.application import create_app

    async def made() -> "FastAPI":
        return create_app(assistant, access=access, **options)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(made())).result()
