"""The two derived indexes of one build, side by side: vectors and keywords.

A build is a folder `indexes/<number>/` under the data folder, and on a Chroma server collections; the catalog says
which one is in use. Both hold the same passages, each source's apart from the others', so that a search leaves out
whole sources; neither is trusted without the catalog. In one data folder the writer writes both. Where machines share
a catalog, it writes what is on a server, and every process follows with the rest.
"""

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.document import Document, Passage
from corpus.encoder.protocol import Vectors
from corpus.index.keywords import KeywordIndex
from corpus.index.servers import Servers
from corpus.index.vectors import VectorStore

NO_SERVERS = Servers()
FIRST_BUILD = "0001"


@dataclass(frozen=True, slots=True)
class Parts:
    """Those indexes that are written by the same hand; None for one that is another's."""

    vectors: VectorStore | None
    keywords: KeywordIndex | None

    def add(self, documents: Sequence[tuple[Document, Sequence[Passage]]], vectors: Vectors) -> None:
        """Write documents' passages, `vectors` of shape (all passages, dimension); in full after `commit`."""
        if self.vectors is not None:
            self.vectors.add(documents, vectors)
        if self.keywords is not None:
            for document, passages in documents:
                self.keywords.add(document, passages)

    def remove(self, document_id: str) -> None:
        """Take one document's passages out; complete only after `commit`."""
        if self.vectors is not None:
            self.vectors.remove(document_id)
        if self.keywords is not None:
            self.keywords.remove(document_id)

    def commit(self) -> None:
        """Make what was added and removed durable."""
        if self.keywords is not None:
            self.keywords.commit()


class SearchIndex:
    """The vector store and the keyword index of one build; `identity` is that of their catalog."""

    def __init__(self, data_folder: Path, build: str, servers: Servers = NO_SERVERS, identity: str = "") -> None:
        self.build = build
        self.folder = build_folder(data_folder, build)
        # In this order: a damaged keyword index would leave the vectors open.
        self.keywords = KeywordIndex(self.folder / "keywords")
        self.vectors = VectorStore(
            self.folder / "chroma", servers.vectors, collection_of(identity, build), size=self.keywords.size_of
        )
        on_server = self.vectors if servers.vectors else None
        beside = None if servers.vectors else self.vectors
        # What the writer of the catalog writes, and what each process brings forward for itself.
        self.written = Parts(on_server, None) if servers.catalog else Parts(self.vectors, self.keywords)
        self.followed = Parts(beside, self.keywords) if servers.catalog else Parts(None, None)

    def add(self, documents: Sequence[tuple[Document, Sequence[Passage]]], vectors: Vectors) -> None:
        """As the writer: write documents' passages, `vectors` of shape (all passages, dimension)."""
        self.written.add(documents, vectors)

    def remove(self, document_id: str) -> None:
        """As the writer: take one document's passages out; complete only after `commit`."""
        self.written.remove(document_id)

    def commit(self) -> None:
        """As the writer: make what was added and removed durable."""
        self.written.commit()

    def discard(self) -> None:
        """After a failure: let go of the writer, so that others may write."""
        if self.written.keywords is not None:
            self.written.keywords.discard()

    def count(self, hidden: Collection[str] = ()) -> int:
        """How many passages of the sources outside `hidden` both hold."""
        return min(self.vectors.count(hidden), self.keywords.count(hidden))

    def reload(self) -> None:
        """See what another process wrote."""
        self.vectors.reload()
        self.keywords.reload()

    def close(self) -> None:
        """Release the files."""
        self.keywords.discard()
        self.vectors.close()


def build_folder(data_folder: Path, build: str) -> Path:
    """Where the indexes of a build lie."""
    return data_folder / "indexes" / build


def remove_builds(data_folder: Path, *, keep: str) -> None:
    """Delete the indexes of all builds but one."""
    for folder in (data_folder / "indexes").glob("[0-9]*"):
        if folder != build_folder(data_folder, keep):
            shutil.rmtree(folder, ignore_errors=True)  # a reader may still hold files; the next writer retries


def collection_of(identity: str, build: str) -> str:
    """How the names of a build's collections begin on a server that several catalogs may share."""
    return f"passages-{identity}-{build}"
