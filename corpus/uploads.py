"""Files that people add one by one: a folder in the data folder and a source like any other, written by nobody else.

A file is read before it is kept: what makes no document leaves no trace, and an unreadable new version does not touch
the old one. It is written beside its place, flushed to disk, and renamed into it; only then it becomes searchable. A
process killed in between leaves at most a whole file, which the next addition or sync takes in.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from corpus.catalog import Source
from corpus.errors import DiskFull, NoSuchDocument, NotAnUpload, UnreadableFile
from corpus.file_names import safe_name
from corpus.files import LARGEST_FILE_BYTES, files_in
from corpus.isolation import IsolatedReader
from corpus.readers import NotForIndexing
from corpus.store import Store
from corpus.sync import Run, document_from, require_free_space

FOLDER = "uploads"
MOST_FILES = 10_000
# A file is kept, its text goes into the catalog, and its passages into two indexes.
_COPIES = 4
_INCOMING = ".incoming-"


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
    with store.writing(), IsolatedReader() as reader, Run(store, reader) as run:
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
        (source.folder / document.path).unlink(missing_ok=True)
        _flush_folder(source.folder)
        with Run(store, reader) as run:
            run.withdraw([(document.source, document.path)])


def uploads_folder(store: Store) -> Path:
    """Where added files are kept."""
    return store.folder.resolve() / FOLDER


def uploads_source(store: Store) -> Source:
    """The source of added files, registered or still to be."""
    folder, sources = uploads_folder(store), store.catalog.sources()
    known = next((source for source in sources if source.folder == folder), None)
    names = {source.name for source in sources}
    free = next(name for name in (FOLDER, *(f"{FOLDER}-{n}" for n in range(2, len(names) + 3))) if name not in names)
    return known or Source(free, folder)


class _Adding:
    """One addition of several files, under the writer's lock."""

    def __init__(self, store: Store, reader: IsolatedReader, run: Run) -> None:
        self.store = store
        self.reader = reader
        self.source = uploads_source(store)
        self.folder = self.source.folder
        self.folder.mkdir(exist_ok=True)
        if self.source not in store.catalog.sources():
            store.catalog.add_source(self.source)
        self.run = run
        self._complete_what_was_killed()
        self.count = sum(1 for _ in files_in(self.folder))

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
        place = self.folder / name
        if sha256 == hashlib.sha256(content).hexdigest() and place.is_file():
            return Addition(given, "unchanged", name, old)
        if self.count >= MOST_FILES and not place.exists():
            raise UnreadableFile(f"{MOST_FILES} added files are the limit; remove some, or ingest a folder instead")
        document, passages = document_from(content, key, self.reader, self.store)
        require_free_space(self.store.folder, _COPIES * len(content))
        self.count += not place.exists()
        _keep(place, content)
        self.run.index(document, passages)
        return Addition(given, "indexed", name, document.id, document.title, len(passages), old)

    def _complete_what_was_killed(self) -> None:
        """Files that were kept but not indexed, or half written, when a process was killed."""
        for path in self.folder.glob(f"{_INCOMING}*"):
            path.unlink(missing_ok=True)
        for found in files_in(self.folder):
            key = (self.source.name, found.path.relative_to(self.folder).as_posix())
            if found.reason is None and key not in self.run.known and key not in self.run.known_failures:
                self.run.take(key, found.path)


def _keep(place: Path, content: bytes) -> None:
    """Write a file so that it is there whole, even after a power cut, or not at all."""
    beside = place.with_name(f"{_INCOMING}{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
        _flush_folder(place.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(f"The disk of {place.parent} is full; free some space and add the file again.") from error
        raise


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
