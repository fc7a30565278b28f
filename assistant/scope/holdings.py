"""What the assistant holds: its documents, found by their names, publishers and languages, in order and page by page.

This is the list of documents, not a search in their texts; that is what questions are for. The catalog is read once
for each of its generations, so that turning pages costs nothing.
"""

import threading
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.scope.scope import EVERYTHING, Scope, hidden_sources
from corpus.catalog.entries import Failure, Summary
from corpus.store.store import Store


class Order(StrEnum):
    """In which order documents are listed."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents are asked for: every word of `words` in title, publisher, parties or path; empty means all."""

    words: str = ""
    publisher: str = ""
    language: str = ""
    source: str = ""
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True)
class SourceTotals:
    """What one source has: documents, their passages, and files that could not be read."""

    source: str
    documents: int
    passages: int
    failed: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that is held, or that somebody may see of it."""

    documents: tuple[Summary, ...]
    failures: tuple[Failure, ...]
    sources: tuple[SourceTotals, ...]
    publishers: tuple[str, ...]
    languages: tuple[str, ...]


class Holdings:
    """The documents of a store, as of its newest generation. Safe in many threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._read: tuple[int, Overview] | None = None

    def overview(self, scope: Scope = EVERYTHING) -> Overview:
        """Everything held that the groups in `scope` may see."""
        hidden = hidden_sources(self._store.catalog.facets, scope)
        catalog = self._store.catalog
        with self._lock:
            generation = catalog.generation
            if self._read is None or self._read[0] != generation:
                self._read = (generation, _overview(catalog.summaries(), [s.name for s in catalog.sources()]))
            overview = self._read[1]
        if hidden:
            overview = _overview(
                [document for document in overview.documents if document.source not in hidden],
                [held.source for held in overview.sources if held.source not in hidden],
            )
        failures = [failure for failure in catalog.failures() if failure.source not in hidden]
        return _with_failures(overview, failures)  # these change without a new generation


def listed(documents: Sequence[Summary], wanted: Wanted) -> list[Summary]:
    """The documents asked for, in the order asked for; ties by title and path."""
    words = _folded(wanted.words).split()
    found = [
        document
        for document in documents
        if (not wanted.publisher or document.publisher == wanted.publisher)
        and (not wanted.language or document.language == wanted.language)
        and (not wanted.source or document.source == wanted.source)
        and _holds(document, words)
    ]
    found.sort(key=lambda document: (_folded(document.title), document.source, document.path))
    if wanted.order is Order.PUBLISHER:
        found.sort(key=lambda document: (document.publisher is None, _folded(document.publisher or "")))
    elif wanted.order is not Order.TITLE:
        newest = wanted.order is Order.NEWEST
        found.sort(key=lambda document: document.published or ("" if newest else "9999-99"), reverse=newest)
    return found


def _holds(document: Summary, words: Sequence[str]) -> bool:
    if not words:
        return True
    text = _folded(" ".join((document.title, document.publisher or "", document.path, *document.parties)))
    return all(word in text for word in words)


def _folded(text: str) -> str:
    """Without case and accents: Joniškis is found as joniskis."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(character for character in plain if not unicodedata.combining(character)).casefold()


def _overview(documents: Sequence[Summary], sources: Sequence[str]) -> Overview:
    passages: Counter[str] = Counter()
    for document in documents:
        passages[document.source] += document.passages
    counts = Counter(document.source for document in documents)
    return Overview(
        documents=tuple(documents),
        failures=(),
        sources=tuple(SourceTotals(name, counts[name], passages[name], 0) for name in sorted({*sources, *counts})),
        publishers=tuple(sorted({document.publisher for document in documents if document.publisher}, key=_folded)),
        languages=tuple(sorted({document.language for document in documents if document.language})),
    )


def _with_failures(overview: Overview, failures: Sequence[Failure]) -> Overview:
    failed = Counter(failure.source for failure in failures)
    known = {held.source: held for held in overview.sources}
    sources = (
        SourceTotals(name, known[name].documents, known[name].passages, failed[name])
        if name in known
        else SourceTotals(name, 0, 0, failed[name])
        for name in sorted({*known, *failed})
    )
    return Overview(overview.documents, tuple(failures), tuple(sources), overview.publishers, overview.languages)
