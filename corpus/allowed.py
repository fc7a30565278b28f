"""The documents that a search may find, with what one search learns of them for the next.

Both indexes take an `Allowed` and find the best passages among its documents: what is not allowed is left out before
anything is counted, never after. It belongs to one generation of one store.
"""

from functools import cached_property

from corpus.catalog import Catalog
from corpus.document import document_of
from corpus.encoder import Vectors


class Allowed:
    """A set of documents, and lazily the passages they have."""

    # So many passages are compared with a question one by one, which is exact and takes no index.
    MOST_COMPARED = 20_000

    def __init__(self, catalog: Catalog, documents: frozenset[str]) -> None:
        self.documents = documents
        self._catalog = catalog
        # Filled in by the vector store: the passages' ids in order, and their vectors.
        self.vectors: tuple[list[str], Vectors] | None = None

    def __len__(self) -> int:
        return len(self.documents)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self.documents

    def holds(self, passage_id: str) -> bool:
        """Whether a passage is of an allowed document."""
        return document_of(passage_id) in self.documents

    @cached_property
    def passages(self) -> list[str] | None:
        """The ids of all allowed passages; None where they are more than `MOST_COMPARED`."""
        if len(self.documents) > self.MOST_COMPARED:
            return None
        return self._catalog.facets.passage_ids(self.documents, self.MOST_COMPARED)
