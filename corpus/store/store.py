"""The data folder: catalog, current indexes, writer's lock, and the fingerprint that ties them to an encoder.

    data/catalog.sqlite3     the truth
    data/indexes/0001/       chroma/ and keywords/ of the build in use (older builds are deleted after a rebuild)
    data/writer.lock         held by the one process that may write

With servers, the catalog is in PostgreSQL and the vectors may be in Chroma's server: data folders on several machines
then have indexes of their own that follow the catalog (`following`), and the writer's lock is the database's.

Opening a store to read (`opened_folder`) never writes; `writing()` takes the lock and finishes what a killed writer
left undone.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from corpus.catalog.privacy import close_to_others
from corpus.index.index import FIRST_BUILD, Parts, SearchIndex, collection_of, remove_builds
from corpus.index.vector_server import remove_collections
from corpus.store.lock import writers_lock
from corpus.store.opened_folder import OpenedFolder


class Store(OpenedFolder):
    """An opened data folder that can be written to as well, by one process at a time."""

    @contextmanager
    def writing(self, *, rebuild: bool = False) -> Iterator[int]:
        """Hold the writer's lock, with the indexes cleaned of what a killed writer left behind.

        Yields how many documents of an earlier version's catalog had to be described for the filters.
        With `rebuild` the indexes are left alone, whoever built them and however damaged they are. Raises
        `DataFolderBusy` at once where another process holds the lock.
        """
        with self.catalog.writers_turn() if self.catalog.is_shared else writers_lock(self.folder):
            self.catch_up()  # another process may have written, or even rebuilt the indexes, since we last looked
            if self.catalog.state("fingerprint") is None:
                self.catalog.set_state(fingerprint=self.fingerprint, build=self.build)
            remove_builds(self.folder, keep=self.build)
            if rebuild or self.build != FIRST_BUILD:  # otherwise there was none before this one
                self._remove_old_collections()
            if not rebuild:
                self._require_fingerprint()
                self.sweep()
            described = self.catalog.complete_subjects()
            try:
                yield described
            finally:
                if self._index is not None:
                    self._index.discard()
                close_to_others(self.folder)
            if self.catalog.is_shared:
                self.catch_up()
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

    @contextmanager
    def filling(self, index: SearchIndex) -> Iterator[tuple[Parts, ...]]:
        """What of a new build is to be filled; nobody else touches the data folder's own part meanwhile."""
        if self._follower is None:
            yield (index.written,)
            return
        with self._follower.alone():
            yield index.written, index.followed

    def switch_to(self, index: SearchIndex) -> None:
        """Use the indexes of a finished rebuild, and delete the older ones; within `filling`."""
        if self._follower is not None:
            self._follower.note(index.folder, self.catalog.generation)
        with self._opening:
            if self._index is not None:
                self._index.close()
            self._index = index
        remove_builds(self.folder, keep=self.build)

    def _remove_old_collections(self) -> None:
        """A replica may ask a replaced collection for a while; the next writer deletes it."""
        if self.servers.vectors:
            remove_collections(
                self.servers.vectors,
                collection_of(self.catalog.identity, ""),
                keep=collection_of(self.catalog.identity, self.build),
            )
