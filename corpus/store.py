"""The data folder: catalog, current indexes, writer's lock, and the fingerprint that ties them to an encoder.

    data/catalog.sqlite3     the truth
    data/indexes/0001/       chroma/ and keywords/ of the build in use (older builds are deleted after a rebuild)
    data/writer.lock         held by the one process that may write

Opening a store for reading never writes; `writing()` takes the lock and finishes what a killed writer left undone.
"""

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from corpus.catalog import Catalog, declared_parties
from corpus.chunking import ChunkingParameters
from corpus.document import Document
from corpus.encoder import Encoder
from corpus.errors import DataFolderBusy, DataFolderDamaged, IndexMismatch
from corpus.index import SearchIndex, build_folder

FIRST_BUILD = "0001"


class Store:
    """A data folder opened with an encoder.

    Raises `IndexMismatch` where the indexes were built by another encoder or other chunking; with `rebuild`, that is
    allowed, because the caller is about to build them anew. `parties_of` tells by which parties a document can be
    filtered.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        *,
        chunking: ChunkingParameters | None = None,
        rebuild: bool = False,
        parties_of: Callable[[Document], Sequence[str]] = declared_parties,
    ) -> None:
        self.folder = folder
        self.encoder = encoder
        self.chunking = chunking or ChunkingParameters()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataFolderDamaged(f"The data folder {folder} cannot be made ({error.strerror}).") from error
        self.catalog = Catalog(folder, parties_of)
        self._index: SearchIndex | None = None
        self._opening = threading.Lock()
        self._generation = self.catalog.generation
        if not rebuild:
            self._require_fingerprint()

    @property
    def fingerprint(self) -> str:
        """What an index depends on: the encoder's weights and how passages are cut."""
        return f"{self.encoder.fingerprint}:{self.chunking.longest}/{self.chunking.enough}"

    @property
    def build(self) -> str:
        """The number of the index build in use."""
        return self.catalog.state("build") or FIRST_BUILD

    @property
    def index(self) -> SearchIndex:
        """The indexes in use, opened on first need.

        Raises `DataFolderDamaged` where they cannot be opened or have lost passages, and `IndexMismatch` where
        another process has since built them with another encoder.
        """
        if self._index is None:
            with self._opening:  # two threads that open one Chroma folder at once break each other's
                if self._index is None:
                    self._require_fingerprint()
                    self._index = self._opened()
        return self._index

    def _opened(self) -> SearchIndex:
        """The indexes of the build in use; they hold every passage that the catalog shows, and maybe more."""
        generation, expected = self.catalog.generation, self.catalog.passage_count()
        index = SearchIndex(self.folder, self.build)
        found = index.count()
        if found < expected and generation == self.catalog.generation:
            index.close()
            raise DataFolderDamaged(
                f"The index {index.folder} holds {found} of {expected} passages; run: assistant reindex"
            )
        return index

    def _require_fingerprint(self) -> None:
        stored = self.catalog.state("fingerprint")
        if stored not in (None, self.fingerprint):
            raise IndexMismatch(
                f"The index in {self.folder} was built with {stored}, but {self.fingerprint} is set; "
                "run: assistant reindex"
            )

    @property
    def generation(self) -> int:
        """The generation this store last looked at."""
        return self._generation

    def refresh(self) -> bool:
        """Look whether another process changed the data folder; if so, see its changes and return True."""
        generation = self.catalog.generation
        if generation == self._generation:
            return False
        self._generation = generation
        if self._index is not None and self._index.build != self.build:
            self._index.close()
            self._index = None
        elif self._index is not None:
            self._index.reload()
        return True

    @contextmanager
    def writing(self, *, rebuild: bool = False) -> Iterator[int]:
        """Hold the writer's lock, with the indexes cleaned of what a killed writer left behind.

        Yields how many documents of an earlier version's catalog had to be described for the filters.
        With `rebuild` the indexes are left alone, whoever built them and however damaged they are. Raises
        `DataFolderBusy` at once where another process holds the lock.
        """
        with writers_lock(self.folder):
            self.refresh()  # another process may have written, or even rebuilt the indexes, since we last looked
            if self.catalog.state("fingerprint") is None:
                self.catalog.set_state(fingerprint=self.fingerprint, build=self.build)
            self._remove_old_builds()
            if not rebuild:
                self._require_fingerprint()
                self.sweep()
            described = self.catalog.complete_subjects()
            try:
                yield described
            finally:
                if self._index is not None:
                    self._index.discard()
            self._generation = self.catalog.generation

    def sweep(self) -> None:
        """Take the passages of unsettled documents out of the indexes."""
        unsettled = self.catalog.unsettled()
        if not unsettled:
            return
        for document_id in unsettled:
            self.index.remove(document_id)
        self.index.commit()
        self.catalog.settle(unsettled)

    def next_build(self) -> str:
        """The number of a build that does not exist yet."""
        return f"{int(self.build) + 1:04d}"

    def switch_to(self, index: SearchIndex) -> None:
        """Use the indexes of a finished rebuild, and delete the older ones."""
        if self._index is not None:
            self._index.close()
        self._index = index
        self._remove_old_builds()

    def _remove_old_builds(self) -> None:
        for folder in (self.folder / "indexes").glob("[0-9]*"):
            if folder != build_folder(self.folder, self.build):
                shutil.rmtree(folder, ignore_errors=True)  # a reader may still hold files; the next writer retries

    def close(self) -> None:
        """Release all files."""
        if self._index is not None:
            self._index.close()
        self.catalog.close()

    def document(self, document_id: str) -> Document | None:
        """A document by id, also one that was since changed or removed."""
        return self.catalog.document(document_id)


@contextmanager
def writers_lock(folder: Path) -> Iterator[None]:
    """The operating system's lock that makes this process the only writer of a data folder."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / "writer.lock", timeout=0.2):
            yield
    except Timeout as error:
        raise DataFolderBusy(
            f"Another process is writing to {folder}; wait until it has ended, or use another --data-dir."
        ) from error
