"""A data folder opened to be read: its catalog, the indexes in use, and how they are kept in step with others' writing.

Where machines share a catalog, the folder's own indexes follow it (`following`): before a question, or in a server by
a thread beside the questions. Nothing here writes what others would have to follow; that is for `store`.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from corpus.catalog.catalog import Catalog, declared_parties
from corpus.catalog.privacy import close_to_others, private_folder
from corpus.catalog.repeating import Repeating
from corpus.document import Document
from corpus.encoder.protocol import Encoder
from corpus.errors import AssistantError, DataFolderDamaged, IndexMismatch, NotFollowing
from corpus.index.index import FIRST_BUILD, NO_SERVERS, SearchIndex, build_folder, remove_builds
from corpus.index.servers import Servers
from corpus.store.following import Follower
from corpus.text.chunking import ChunkingParameters
from corpus.text.cutting import Cutting

_LOOK_AGAIN_SECONDS = 0.5


class OpenedFolder:
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
        servers: Servers = NO_SERVERS,
    ) -> None:
        self.folder = folder
        self.encoder = encoder
        self.servers = servers
        self.chunking = chunking or ChunkingParameters()
        try:
            private_folder(folder)
        except OSError as error:
            raise DataFolderDamaged(f"The data folder {folder} cannot be made ({error.strerror}).") from error
        self.catalog = Catalog(folder, parties_of, server=servers.catalog)
        close_to_others(folder)
        self._index: SearchIndex | None = None
        self._opening = threading.RLock()
        self._follower = Follower(self.catalog, folder) if self.catalog.is_shared else None
        self._beside: Repeating | None = None
        try:
            self._generation = self.catalog.generation
            if not rebuild:
                self._require_fingerprint()
        except BaseException:
            self.catalog.close()
            raise

    @property
    def fingerprint(self) -> str:
        """What an index depends on: the encoder's weights and how passages are cut."""
        return f"{self.encoder.fingerprint}:{self.chunking.longest}/{self.chunking.enough}"

    @property
    def cutting(self) -> Cutting:
        """How a file's text becomes passages and parties here, for the process that reads files."""
        return Cutting(self.encoder.counter, self.chunking, self.catalog.parties_of)

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
        index = self._index
        if index is None:
            with self._opening:  # two threads that open one Chroma folder at once break each other's
                if self._index is None:
                    self._require_fingerprint()
                    self._index = self._opened()
                index = self._index
        return index

    def _opened(self) -> SearchIndex:
        """The indexes of the build in use; they hold every passage that the catalog shows, and maybe more."""
        if self._follower is None:
            return self._complete(lambda: self.open_index(self.build))
        folder = build_folder(self.folder, self.build)
        with self._follower.alone():
            self._follower.clear(folder)
            try:
                return self._complete(lambda: self._caught_up(folder.name))
            except DataFolderDamaged:  # what follows can be begun anew
                self._follower.clear(folder, also_noted=True)
                return self._complete(lambda: self._caught_up(folder.name))

    def _caught_up(self, build: str) -> SearchIndex:
        assert self._follower is not None
        index = self.open_index(build)
        try:
            self._follower.follow(index, self.encoder)
        except BaseException:
            index.close()
            raise
        return index

    def open_index(self, build: str) -> SearchIndex:
        """The indexes of a build, new or not, whatever they hold."""
        identity = self.catalog.identity if self.servers.vectors else ""
        return SearchIndex(self.folder, build, self.servers, identity)

    def _complete(self, opened: Callable[[], SearchIndex]) -> SearchIndex:
        """Indexes in which none of the passages is missing that the catalog showed before they were opened."""
        generation, expected = self.catalog.generation, self.catalog.passage_count()
        index = opened()
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
        if self._beside is not None:
            return False  # it is seen to already, and questions do not wait for it
        generation = self.catalog.generation
        if generation == self._generation:
            return False
        self.catch_up()
        return True

    def catch_up(self) -> None:
        """See what others wrote; indexes that follow the catalog are brought forward before this returns."""
        with self._opening:
            generation = self.catalog.generation
            if generation == self._generation and not self._is_of_another_build():
                return
            if self._is_of_another_build():
                self._change_build()
            elif self._index is not None and self._follower is None:
                self._index.reload()
            elif self._index is not None and self._follower is not None:
                with self._follower.alone():
                    self._follower.follow(self._index, self.encoder)
                if self.servers.vectors:
                    self._index.vectors.reload()
            self._generation = generation

    @contextmanager
    def following(self) -> Iterator[None]:
        """For a server: while this is open, indexes follow a shared catalog in a thread, and no question waits."""
        if self._follower is None:
            yield
            return
        failing = "The indexes do not follow the catalog"
        beside = Repeating(self.catch_up, name="following", seconds=_LOOK_AGAIN_SECONDS, failing=failing)
        try:
            with beside as self._beside:
                yield
        finally:
            self._beside = None

    def require_following(self) -> None:
        """Raises `NotFollowing` where the indexes are behind the catalog and the thread that follows it fails."""
        failure = self._beside and self._beside.failure
        if failure is None or self._generation == self.catalog.generation:
            return
        reason = str(failure) if isinstance(failure, AssistantError) else "its log says why."
        raise NotFollowing(f"This server's indexes are behind the shared catalog and do not follow it: {reason}")

    def _is_of_another_build(self) -> bool:
        return self._index is not None and self._index.build != self.build

    def _change_build(self) -> None:
        """Go over to the build in use; where it has to be made here first, the old one answers until it is."""
        old = self._index
        try:
            if self._follower is None:
                self._index = None
                return
            self._require_fingerprint()
            self._index = self._opened()
            remove_builds(self.folder, keep=self.build)
        except IndexMismatch:
            self._index = None  # or questions would be answered from what no longer fits the catalog
            raise
        finally:
            if old is not None and self._index is not old:
                old.close()

    def close(self) -> None:
        """Release all files."""
        if self._index is not None:
            self._index.close()
        self.catalog.close()

    def document(self, document_id: str) -> Document | None:
        """A document by id, also one that was since changed or removed."""
        return self.catalog.document(document_id)

    def documents(self, ids: Iterable[str]) -> dict[str, Document]:
        """The documents of these ids that there are, also those since changed or removed, in one look."""
        return self.catalog.documents_by_id(ids, current=False)
