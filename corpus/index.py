"""The two derived indexes of one build, side by side: vectors and keywords.

A build is a folder `indexes/<number>/` under the data folder; the catalog says which one is in use. Both hold the same
passages, written together and removed together; neither is trusted without the catalog.
"""

from collections.abc import Sequence
from pathlib import Path

from corpus.document import Document, Passage
from corpus.encoder import Vectors
from corpus.keywords import KeywordIndex
from corpus.vectors import VectorStore


class SearchIndex:
    """The vector store and the keyword index of one build."""

    def __init__(self, data_folder: Path, build: str) -> None:
        self.build = build
        self.folder = build_folder(data_folder, build)
        self.vectors = VectorStore(self.folder / "chroma")
        self.keywords = KeywordIndex(self.folder / "keywords")

    def add(self, documents: Sequence[tuple[Document, Sequence[Passage]]], vectors: Vectors) -> None:
        """Write documents' passages to both, `vectors` of shape (all passages, dimension); in full after `commit`."""
        self.vectors.add(documents, vectors)
        for document, passages in documents:
            self.keywords.add(document, passages)

    def remove(self, document_id: str) -> None:
        """Take one document's passages out of both; complete only after `commit`."""
        self.vectors.remove(document_id)
        self.keywords.remove(document_id)

    def commit(self) -> None:
        """Make what was added and removed durable."""
        self.keywords.commit()

    def discard(self) -> None:
        """After a failure: let go of the writer, so that others may write."""
        self.keywords.discard()

    def count(self) -> int:
        """How many passages both hold."""
        return min(self.vectors.count(), self.keywords.count())

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
