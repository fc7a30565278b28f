"""Files that people add one by one: a source like any other, whose files nobody else writes (`kept_files`).

A file is read before it is kept: what makes no document leaves no trace, and an unreadable new version does not touch
the old one. It is kept whole, and only then becomes searchable. A process killed in between leaves at most a whole
file, which the next addition takes in, and for a folder the next sync.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Literal

from corpus.catalog.entries import Source
from corpus.catalog.kept_files import FOLDER, FilesInFolder, KeptFiles
from corpus.errors import NoSuchDocument, NotAnUpload, UnreadableFile
from corpus.files import LARGEST_FILE_BYTES
from corpus.ingest.file_names import safe_name
from corpus.ingest.free_space import require_free_space
from corpus.ingest.intake import documents_from
from corpus.ingest.isolation import IsolatedReader
from corpus.ingest.sync import Run
from corpus.readers.front_matter import NotForIndexing
from corpus.store.store import Store

MOST_FILES = 10_000
# A file is kept, its text goes into the catalog, and its passages into two indexes.
_COPIES = 4


@dataclass(frozen=True, slots=True)
class Addition:
    """What became of one file: where it is kept and as which document, or the reason why not."""

    name: str
    outcome: Literal["indexed", "unchanged", "failed"]
    path: str | None = None
    document_id: str | None = None
    title: str | None = None
    passages: int = 0
    replaced: str | None = None
    reason: str | None = None


def add_files(store: Store, files: Iterable[tuple[str, IO[bytes]]]) -> list[Addition]:
    """Keep files and make them searchable; one of a name that is there already is its new version.

    Raises `DataFolderBusy` where another process is writing, and `DiskFull` where there is no room.
    """
    with store.writing(), IsolatedReader(cutting=store.cutting) as reader, Run(store, reader) as run:
        require_free_space(store.folder)
        additions = list(_Adding(store, reader, run).add(files))
        run.step()
        return additions


def remove_upload(store: Store, document_id: str) -> None:
    """Delete an added file and withdraw its document; text that was cited still opens.

    Raises `NoSuchDocument` where no current document has this id, and `NotAnUpload` where its file is another folder's.
    """
    with store.writing(), IsolatedReader() as reader:
        document = store.catalog.documents_by_id([document_id]).get(document_id)
        if document is None:
            raise NoSuchDocument("There is no such document; it may have been removed or replaced since.")
        source = next(source for source in store.catalog.sources() if source.name == document.source)
        if source.folder != uploads_folder(store):
            raise NotAnUpload(
                f"This document comes from a folder, the source '{source.name}', and is not deleted from here; delete "
                f"its file there and run: assistant ingest, or: assistant sources remove {source.name}"
            )
        if "/" in document.path:
            whole = document.path.partition("/")[0]
            raise NotAnUpload(f"This document came with the added file {whole}, and goes with it; remove that one.")
        _kept_files(store).delete(document.path)
        with Run(store, reader) as run:
            run.withdraw([(document.source, document.path)])


def uploads_folder(store: Store) -> Path:
    """Where added files are kept, in one data folder."""
    return store.folder.resolve() / FOLDER


def uploads_source(store: Store) -> Source:
    """The source of added files, registered or still to be."""
    folder, sources = uploads_folder(store), store.catalog.sources()
    known = next((source for source in sources if source.folder == folder), None)
    names = {source.name for source in sources}
    free = next(name for name in (FOLDER, *(f"{FOLDER}-{n}" for n in range(2, len(names) + 3))) if name not in names)
    return known or Source(free, folder)


def _kept_files(store: Store) -> KeptFiles:
    return store.catalog.kept_files or FilesInFolder(uploads_folder(store))


class _Adding:
    """One addition of several files, under the writer's lock."""

    def __init__(self, store: Store, reader: IsolatedReader, run: Run) -> None:
        self.store = store
        self.reader = reader
        self.source = uploads_source(store)
        self.kept = _kept_files(store)
        self.kept.tidy()
        if self.source not in store.catalog.sources():
            store.catalog.add_source(self.source)
        self.run = run
        self._complete_what_was_killed()
        self.names = set(self.kept.names())

    def add(self, files: Iterable[tuple[str, IO[bytes]]]) -> Iterator[Addition]:
        taken: set[str] = set()
        for given, file in files:
            name = safe_name(given)
            try:
                if name in taken:
                    raise UnreadableFile("another file of the same name was given with it; rename one of them")
                taken.add(name)
                yield self._added(given, name, file.read(LARGEST_FILE_BYTES + 1))
            except UnreadableFile as error:
                yield Addition(given, "failed", reason=str(error))
            except NotForIndexing:
                yield Addition(given, "failed", reason="its front matter says index: false, which asks to leave it out")

    def _added(self, given: str, name: str, content: bytes) -> Addition:
        if len(content) > LARGEST_FILE_BYTES:
            raise UnreadableFile(f"it is over the limit of {LARGEST_FILE_BYTES // 2**20} MB")
        key = (self.source.name, name)
        old, sha256 = self.run.known.get(key, (None, ""))
        if sha256 == hashlib.sha256(content).hexdigest() and name in self.names:
            return Addition(given, "unchanged", name, old)
        if len(self.names) >= MOST_FILES and name not in self.names:
            raise UnreadableFile(f"{MOST_FILES} added files are the limit; remove some, or ingest a folder instead")
        documents = documents_from(content, key, self.reader)
        (document, passages, _), *_ = documents
        require_free_space(self.store.folder, _COPIES * len(content))
        self.kept.keep(name, content)
        self.names.add(name)
        self.run.index(documents)
        return Addition(given, "indexed", name, document.id, document.title, len(passages), old)

    def _complete_what_was_killed(self) -> None:
        """Files that were kept but not indexed when a process was killed."""
        for name in self.kept.names():
            key = (self.source.name, name)
            if key not in self.run.known and key not in self.run.known_failures:
                self.run.take(key, partial(self.kept.read, name))
