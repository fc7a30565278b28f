"""Both indexes built anew from the catalog's texts alone: for another encoder, other passages, or after damage.

The build in use stays in use until the new one is complete and agrees with the catalog; one transaction of the catalog
then goes over to it. What was encoded before is not encoded again.
"""

from collections.abc import Sequence

from corpus.document import Document, Passage
from corpus.errors import DataFolderDamaged
from corpus.index.index import Parts, SearchIndex
from corpus.ingest.free_space import require_free_space
from corpus.ingest.pipeline import PASSAGES_PER_STEP, Progress
from corpus.store.store import Store
from corpus.text.cutting import kept_passages


def reindex(store: Store, progress: Progress = lambda *_: None) -> int:
    """Rebuild both indexes from the catalog's texts alone, and switch to them at once; returns the passage count.

    The files are not needed. The build in use stays in use until the new one is complete and agrees with the catalog.
    """
    with store.writing(rebuild=True):
        require_free_space(store.folder)
        index = store.open_index(store.next_build())
        with store.filling(index) as parts:
            try:
                count = _rebuild(store, index, parts, progress)
            except BaseException:
                index.close()  # or this process could not try again: Chroma keeps an open folder, even a deleted one
                raise
            store.switch_to(index)
        return count


def _rebuild(store: Store, index: SearchIndex, parts: Sequence[Parts], progress: Progress) -> int:
    """Fill a new index from the catalog, and make the catalog point at it."""
    documents = store.catalog.documents()
    cut: list[tuple[Document, list[Passage]]] = []
    waiting: list[tuple[Document, list[Passage]]] = []
    for number, document in enumerate(documents, start=1):
        document_passages = kept_passages(document, store.encoder.count_tokens, store.chunking)
        cut.append((document, document_passages))
        waiting.append(cut[-1])
        if sum(len(found) for _, found in waiting) >= PASSAGES_PER_STEP or number == len(documents):
            vectors = store.catalog.encodings.encode(store.encoder, waiting)
            for part in parts:
                part.add(waiting, vectors)
            waiting = []
        progress(document.path, number, len(documents))
    for part in parts:
        part.commit()
    expected = {passage.id for _, document_passages in cut for passage in document_passages}
    if index.vectors.ids() != expected or index.keywords.count() != len(expected):
        raise DataFolderDamaged("The rebuilt index does not agree with the catalog; the old one stays in use.")
    with store.catalog.rebuilding() as connection:
        batches = (document_passages for _, document_passages in cut)
        state = {"build": index.build, "fingerprint": store.fingerprint}
        store.catalog.replace_passages(connection, batches, state)
    return len(expected)
