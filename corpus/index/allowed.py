"""The documents that a search may find, with what one search learns of them for the next.

Both indexes take an `Allowed` and find the best passages among its documents: what is not allowed is left out before
anything is counted, never after. It belongs to one generation of one store.
"""

from collections.abc import Collection
from functools import cached_property

from corpus.catalog.catalog import Catalog
from corpus.document import document_of
from corpus.encoder.protocol import Vectors
from corpus.index.sources import key_of


class Allowed:
    """A set of documents, and lazily the passages they have.

    `hidden` are the sources that whoever asks may not see: they are not searched, and nothing in them is counted. The
    documents are all that are outside those, or with `is_narrowed` only some of them; with `sources`, of these alone.
    """

    # So many passages are compared with a question one by one, which is exact and takes no index.
    MOST_COMPARED = 20_000

    def __init__(
        self,
        catalog: Catalog,
        documents: frozenset[str],
        *,
        hidden: Collection[str] = (),
        is_narrowed: bool = True,
        sources: Collection[str] = (),
    ) -> None:
        self.documents = documents
        self.hidden = frozenset(hidden)
        self.is_narrowed = is_narrowed
        self._catalog = catalog
        self._keys = frozenset(map(key_of, sources))
        # Filled in by the vector store, for each source by its key: passages' ids in order, and their vectors.
        self.vectors: dict[str, tuple[list[str], Vectors]] = {}

    def __len__(self) -> int:
        return len(self.documents)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self.documents

    def holds(self, passage_id: str) -> bool:
        """Whether a passage is of an allowed document."""
        return document_of(passage_id) in self.documents

    def may_be_in(self, key: str) -> bool:
        """Whether any of the documents may be of the source with this key."""
        return not self._keys or key in self._keys

    @cached_property
    def passages(self) -> list[str] | None:
        """The ids of all allowed passages; None where they are more than `MOST_COMPARED`."""
        if len(self.documents) > self.MOST_COMPARED:
            return None
        return self._catalog.facets.passage_ids(self.documents, self.MOST_COMPARED)
