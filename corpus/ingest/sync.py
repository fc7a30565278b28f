"""Folders → catalog and indexes: what is new, changed, unchanged, removed or failed.

A document is wholly searchable or not at all. Steps are read, encoded and written one behind the other (`pipeline`);
what was encoded before is not encoded again (`encodings`). Order of writing a step: note the new documents as
unsettled, write their passages to the indexes, then one catalog transaction makes them visible (and the versions they
replace invisible), then the replaced passages leave the indexes. A process killed anywhere in between is completed by
the next sync.
Which files there are is `files`, which of them begin alike `neighbours`; what they say is read by `isolation`, and made
documents by `intake`: one of the file and one of each file within it, which come, change and go with it in one step.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from corpus.catalog.encodings import Cut
from corpus.catalog.entries import Change, Failure, Source
from corpus.document import Document, Passage
from corpus.encoder.protocol import Vectors
from corpus.errors import SourceError, UnreadableFile
from corpus.files import content_of, files_in
from corpus.ingest.free_space import require_free_space
from corpus.ingest.intake import Made, documents_from, printable_path
from corpus.ingest.isolation import IsolatedReader
from corpus.ingest.neighbours import shared_lines, told_apart
from corpus.ingest.pipeline import PASSAGES_PER_STEP, Pipeline, Progress
from corpus.readers.front_matter import NotForIndexing
from corpus.store.store import Store


@dataclass(slots=True)
class SyncReport:
    """What a sync found, as paths `source/path`; `failed` maps the path to the reason.

    `repeated` maps a path to how many of its passages were left out, because the same words stand in it again and
    again. `described` counts the documents of an earlier version's catalog that filters now know.
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)
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
        with IsolatedReader(cutting=store.cutting) as reader, Run(store, reader, progress) as run:
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
        self._within = _within(self.known)
        self._unmoved: set[tuple[str, str]] = set()
        self.known_failures = {(failure.source, failure.path): failure for failure in store.catalog.failures()}
        self.pending: list[tuple[Document, Sequence[Passage]]] = []
        self.parties: dict[str, Sequence[str]] = {}
        self._shared: frozenset[tuple[str, str, str]] = frozenset()
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
        keys = [(source.name, printable_path(found.path.relative_to(source.folder))) for source, found in files]
        readable = ((key, found.path) for key, (_, found) in zip(keys, files, strict=True) if found.reason is None)
        self._shared = shared_lines(readable)
        before: Source | None = None
        for number, (key, (source, found)) in enumerate(zip(keys, files, strict=True), start=1):
            if source != before:  # how one source is written must not follow what another holds
                self._hand_on()
                before = source
            if found.reason is not None:
                self._fail(key, None, found.reason)
            elif self.take(key, partial(content_of, found.path)):
                seen |= {key, *self._within.get(key, ())}
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
            self.report.unchanged += ["/".join(place) for place in (key, *self._within.get(key, ()))]
            return True
        if known_failure is not None and known_failure.sha256 == sha256:
            self.report.failed[name] = known_failure.reason
            return False
        try:
            documents = documents_from(content, key, self.reader)
        except NotForIndexing:
            return False
        except UnreadableFile as error:
            self._fail(key, sha256, str(error))
            return False
        (whole, passages, pieces), *within = documents
        self.index([(told_apart(whole, self._shared), passages, pieces), *within])
        return True

    def index(self, documents: Sequence[Made]) -> None:
        """Make a file's documents searchable in place of those that stand at its path: now, or by the next `step`."""
        places = [(document.source, document.path) for document, *_ in documents]
        for place, (document, document_passages, pieces) in zip(places, documents, strict=True):
            name = "/".join(place)
            if self.known.get(place, ("", ""))[0] == document.id:  # a file within one that changed
                self._unmoved.add(place)
                self.report.unchanged.append(name)
                continue
            (self.report.changed if place in self.known else self.report.new).append(name)
            if pieces.repeats:
                self.report.repeated[name] = pieces.repeats
            self.pending.append((document, document_passages))
            self.parties[document.id] = pieces.parties
            self.report.passages += len(document_passages)
        gone = set(self._within.get(places[0], ())).difference(places)
        self.report.removed += sorted("/".join(place) for place in gone)
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
        within = {part for place in places for part in self._within.get(place, ())} - self._unmoved
        replaced = [self.known[place][0] for place in {*places, *within} if place in self.known]
        parties = {document.id: self.parties.pop(document.id) for document, _ in documents}
        catalog.apply(Change(documents=documents, parties=parties, withdrawn=replaced, mended=places))
        self.store.sweep()

    def withdraw(self, keys: Iterable[tuple[str, str]]) -> None:
        """Let the documents at these places, each (source, path), and those within them, be found no more."""
        keys = list(dict.fromkeys(part for key in keys for part in (key, *self._within.get(key, ()))))
        self.report.removed.extend("/".join(key) for key in keys if "/".join(key) not in self.report.failed)
        self.store.catalog.apply(Change(withdrawn=[self.known[key][0] for key in keys]))
        self.store.sweep()
        self.store.catalog.encodings.forget_superseded()


def _within(known: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The places of files within files, by that of the file on the disk: no file is a folder of another there."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    places = set(known)
    for source, path in sorted(places):
        ends = (number for number, character in enumerate(path) if character == "/")
        outermost = next((path[:end] for end in ends if (source, path[:end]) in places), None)
        if outermost is not None:
            found.setdefault((source, outermost), []).append((source, path))
    return found


def _require_folders(sources: Iterable[Source]) -> None:
    for source in sources:
        if not source.folder.is_dir():
            raise SourceError(
                f"The folder {source.folder} of source '{source.name}' is missing; bring it back, "
                f"or run: assistant sources remove {source.name}"
            )
