"""Folders → catalog and indexes: what is new, changed, unchanged, removed or failed.

A document is wholly searchable or not at all. Steps are read, encoded and written one behind the other (`pipeline`);
what was encoded before is not encoded again (`encodings`). Order of writing a step: note the new documents as
unsettled, write their passages to the indexes, then one catalog transaction makes them visible (and the versions they
replace invisible), then the replaced passages leave the indexes. A process killed anywhere in between is completed by
the next sync.
Which files there are is `files`; what they say is read by `isolation`.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path

from corpus.chunking import passages
from corpus.document import Document, Extraction, Passage
from corpus.encoder import Vectors
from corpus.encodings import Cut
from corpus.entries import Change, Failure, Source
from corpus.errors import DataFolderDamaged, DiskFull, SourceError, UnreadableFile
from corpus.files import content_of, files_in
from corpus.front_matter import NotForIndexing
from corpus.index import Parts, SearchIndex
from corpus.isolation import IsolatedReader
from corpus.pipeline import Pipeline
from corpus.store import Store

# A step ends after this many passages: large enough for Chroma's write rate, small enough to lose little to a kill.
PASSAGES_PER_STEP = 256
_LONGEST_PATH_BYTES = 2_000
SMALLEST_FREE_SPACE_BYTES = 64 * 2**20

# (what is done, how many of how many)
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class SyncReport:
    """What a sync found, as paths `source/path`; `failed` maps the path to the reason.

    `described` counts the documents of an earlier version's catalog that filters now know.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    passages: int = 0
    described: int = 0

    @property
    def changes(self) -> bool:
        """Whether the sync changed what can be found."""
        return bool(self.new or self.changed or self.removed)


def sync(
    store: Store,
    progress: Progress = lambda *_: None,
    *,
    register: Source | None = None,
    forget: str | None = None,
) -> SyncReport:
    """Bring the store in line with its sources' folders, after registering one or forgetting one by name.

    Raises `SourceError`, before anything changes, where a source's folder is missing: an unmounted drive must not
    empty the catalog. One unreadable file is reported and stops nothing.
    """
    with store.writing() as described:
        require_free_space(store.folder)
        replaced = {forget, register.name if register else None}
        sources = [source for source in store.catalog.sources() if source.name not in replaced]
        sources += [register] if register else []
        _require_folders(source for source in sources if not store.catalog.keeps_files_of(source))
        if register is not None:
            store.catalog.add_source(register)
        if forget is not None:
            store.catalog.remove_source(forget)
        with IsolatedReader() as reader, Run(store, reader, progress) as run:
            report = run.sync(sources)
        report.described = described
        return report


class Run:
    """One run under the writer's lock: the state that its steps share. Leaving it as a context ends its threads."""

    def __init__(self, store: Store, reader: IsolatedReader, progress: Progress = lambda *_: None) -> None:
        self.store = store
        self.progress = progress
        self.reader = reader
        self.report = SyncReport()
        self.known = store.catalog.current_versions()
        self.known_failures = {(failure.source, failure.path): failure for failure in store.catalog.failures()}
        self.pending: list[tuple[Document, Sequence[Passage]]] = []
        self._pipeline = Pipeline(self._encoded, self._write)

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_: object) -> None:
        self._pipeline.__exit__()

    def sync(self, sources: Sequence[Source]) -> SyncReport:
        """Look at every file of every source, and withdraw what is there no more.

        Files that are kept in the catalog come and go with their documents, and need no look.
        """
        in_catalog = {source.name for source in sources if self.store.catalog.keeps_files_of(source)}
        in_folders = [source for source in sources if source.name not in in_catalog]
        files = [(source, found) for source in in_folders for found in files_in(source.folder)]
        seen = {key for key in self.known if key[0] in in_catalog}
        self.report.unchanged += sorted("/".join(key) for key in seen)
        for number, (source, found) in enumerate(files, start=1):
            key = (source.name, _printable_path(found.path.relative_to(source.folder)))
            if found.reason is not None:
                self._fail(key, None, found.reason)
            elif self.take(key, partial(content_of, found.path)):
                seen.add(key)
            self.progress(key[1], number, len(files))
        self.step()
        self.withdraw([key for key in self.known if key not in seen])
        gone = [key for key in self.known_failures if "/".join(key) not in self.report.failed]
        self.store.catalog.apply(Change(mended=gone))
        return self.report

    def take(self, key: tuple[str, str], read: Callable[[], bytes]) -> bool:
        """Look at one file; True where a document stands for it afterwards."""
        name = "/".join(key)
        try:
            content = read()
        except UnreadableFile as error:
            self._fail(key, None, str(error))
            return False
        sha256 = hashlib.sha256(content).hexdigest()
        known_failure = self.known_failures.get(key)
        if self.known.get(key, ("", ""))[1] == sha256:
            self.report.unchanged.append(name)
            return True
        if known_failure is not None and known_failure.sha256 == sha256:
            self.report.failed[name] = known_failure.reason
            return False
        try:
            document, document_passages = document_from(content, key, self.reader, self.store)
        except NotForIndexing:
            return False
        except UnreadableFile as error:
            self._fail(key, sha256, str(error))
            return False
        (self.report.changed if key in self.known else self.report.new).append(name)
        self.index(document, document_passages)
        return True

    def index(self, document: Document, document_passages: Sequence[Passage]) -> None:
        """Make a document searchable in place of the one that stands at its path: now, or by the next `step`."""
        self.pending.append((document, document_passages))
        self.report.passages += len(document_passages)
        if sum(len(pending) for _, pending in self.pending) >= PASSAGES_PER_STEP:
            self._hand_on()

    def _fail(self, key: tuple[str, str], sha256: str | None, reason: str) -> None:
        self.report.failed["/".join(key)] = reason
        self.store.catalog.apply(Change(failed=[Failure(*key, sha256, reason)]))

    def step(self) -> None:
        """Index all that is pending and make it visible, before this returns."""
        self._hand_on()
        self._pipeline.finish()

    def _hand_on(self) -> None:
        if self.pending:
            self._pipeline.put(self.pending)
            self.pending = []

    def _encoded(self, documents: Cut) -> Vectors:
        return self.store.catalog.encodings.encode(self.store.encoder, documents)

    def _write(self, documents: Cut, vectors: Vectors) -> None:
        """Write one step to the indexes, and then let the catalog show it."""
        catalog, index = self.store.catalog, self.store.index
        catalog.note_unsettled(document.id for document, _ in documents)
        index.add(documents, vectors)
        index.commit()
        places = [(document.source, document.path) for document, _ in documents]
        replaced = [self.known[place][0] for place in places if place in self.known]
        catalog.apply(Change(documents=documents, withdrawn=replaced, mended=places))
        self.store.sweep()

    def withdraw(self, keys: Iterable[tuple[str, str]]) -> None:
        """Let the documents at these places, each (source, path), be found no more."""
        keys = list(keys)
        self.report.removed.extend("/".join(key) for key in keys if "/".join(key) not in self.report.failed)
        self.store.catalog.apply(Change(withdrawn=[self.known[key][0] for key in keys]))
        self.store.sweep()
        self.store.catalog.encodings.forget_superseded()


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
        document_passages = passages(document, store.encoder.count_tokens, store.chunking)
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


def document_from(
    content: bytes, key: tuple[str, str], reader: IsolatedReader, store: Store
) -> tuple[Document, list[Passage]]:
    """The document that the content of the file at (source, path) makes, cut into its passages.

    Raises `UnreadableFile` where it makes none, and `NotForIndexing` where the file asks to be left out.
    """
    extraction = reader.read(content, key[1])
    values = {item.name: getattr(extraction, item.name) for item in fields(Extraction)}
    # UTF-16 may hold NULs, which PostgreSQL refuses; all offsets stay what they are.
    values["text"] = values["text"].replace("\0", "\N{REPLACEMENT CHARACTER}")
    values["title"] = values["title"].replace("\0", " ")
    sha256 = hashlib.sha256(content).hexdigest()
    document = Document(**values, id=identity(key, sha256), source=key[0], path=key[1], sha256=sha256)
    document_passages = passages(document, store.encoder.count_tokens, store.chunking)
    if not document_passages:
        raise UnreadableFile("it holds nothing but page furniture (share buttons, dates, menus)")
    return document, document_passages


def identity(key: tuple[str, str], sha256: str) -> str:
    """A document's id: its place and its bytes, so that same-named files elsewhere are other documents."""
    return hashlib.sha256("\0".join((*key, sha256)).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _printable_path(path: Path) -> str:
    r"""The path with forward slashes; bytes of a file name that are no UTF-8, which no store accepts, as \xNN.

    Of an extremely long one, which a database's index would refuse, the middle is a digest.
    """
    text = os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")
    if len(text.encode()) <= _LONGEST_PATH_BYTES:
        return text
    return f"{text[:200]}…{hashlib.sha256(text.encode()).hexdigest()}…{text[-200:]}"


def _require_folders(sources: Iterable[Source]) -> None:
    for source in sources:
        if not source.folder.is_dir():
            raise SourceError(
                f"The folder {source.folder} of source '{source.name}' is missing; bring it back, "
                f"or run: assistant sources remove {source.name}"
            )


def require_free_space(folder: Path, needed: int = 0) -> None:
    """Raises `DiskFull` where the disk has not this many bytes free, and some to spare."""
    import shutil

    free = shutil.disk_usage(folder).free
    if free < SMALLEST_FREE_SPACE_BYTES + needed:
        raise DiskFull(
            f"The disk of {folder} is full ({free // 2**20} MB left); free some space and run the command again."
        )
