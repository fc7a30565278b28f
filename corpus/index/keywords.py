"""BM25 over the passages of those sources that somebody may see; each source has an index of its own.

What a score follows is counted in the visible sources alone: in how many passages a word occurs is added up over
them, and a source's own average length is its own affair. So a source that is out of reach has no part in any score,
and one that becomes restricted, or open again, needs no writing here. Like the vectors, the indexes are derived from
the catalog and may lag behind it. What one index does is `source_words`.
"""

import math
import threading
from collections.abc import Collection, Sequence
from pathlib import Path

from corpus.document import Document, Passage
from corpus.errors import DataFolderDamaged
from corpus.index.allowed import Allowed
from corpus.index.source_words import TEXT, TITLE, SourceWords, Weights, analyze, exists
from corpus.index.sources import key_of

__all__ = ["KeywordIndex", "analyze"]

# The index itself looks for so many allowed documents; of more, hits are fetched until enough of them are allowed.
_MOST_LOOKED_FOR = 5_000
_FEWEST_FETCHED, _GROWTH = 20, 4
# Each writer takes memory and threads; where so many sources are being written, those begun are committed first.
_MOST_WRITERS = 8


class KeywordIndex:
    """The indexes in `folder`, one for each source. One writer at a time: the caller holds the lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources: dict[str, SourceWords] = {}
        self._opening = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._look()
        except OSError as error:
            raise DataFolderDamaged(
                f"The keyword index {folder} cannot be opened ({error}); run: assistant reindex"
            ) from error

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Index the passages of one document, in place of any it had; in full after `commit`."""
        source = self._of(document.source)
        if not source.is_being_written and len(self._being_written()) >= _MOST_WRITERS:
            self.commit()
        source.add(document, passages)

    def remove(self, document_id: str) -> None:
        """Delete every passage of a document; in full after `commit`."""
        for source in list(self._sources.values()):
            source.remove(document_id)

    def commit(self) -> None:
        """Make all that was added and removed durable and searchable, and let go of the writers."""
        for source in self._being_written():
            source.commit()

    def discard(self) -> None:
        """Drop what was added and removed since the last `commit`, and let go of the writers."""
        for source in self._being_written():
            source.discard()

    def search(self, text: str, count: int, allowed: Allowed | None = None) -> list[tuple[str, float]]:
        """The best passages as (passage id, BM25 score), best first; ties in order of id. With `allowed`, of those."""
        terms = list(dict.fromkeys(analyze(text)))
        if not terms or (allowed is not None and not allowed):
            return []
        counted = self._visible(allowed.hidden if allowed is not None else ())
        hits: list[tuple[str, float]] = []
        for key, source in counted.items():
            if allowed is None or allowed.may_be_in(key):
                hits += _best(source, _weights(terms, source, counted.values()), count, allowed)
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:count]

    def analyze(self, text: str) -> list[str]:
        """The index terms of a text, in order; see `analyze`."""
        return analyze(text)

    def document_frequency(self, term: str, hidden: Collection[str] = ()) -> int:
        """In how many passages outside the sources `hidden` an index term occurs."""
        return sum(source.document_frequency(term) for source in self._visible(hidden).values())

    def occurs(self, term: str, allowed: Allowed) -> bool:
        """Whether any of the allowed passages holds an index term."""
        holding = (
            source
            for key, source in self._visible(allowed.hidden).items()
            if allowed.may_be_in(key) and source.document_frequency(term)
        )
        return bool(allowed) and any(_best(source, {TEXT: {term: 1.0}}, 1, allowed) for source in holding)

    def count(self, hidden: Collection[str] = ()) -> int:
        """How many passages the indexes of the sources outside `hidden` hold."""
        return sum(source.count() for source in self._visible(hidden).values())

    def size_of(self, key: str) -> int:
        """How many passages the source of a key has (`sources.key_of`)."""
        source = self._sources.get(key)
        return source.count() if source is not None else 0

    def reload(self) -> None:
        """See what another process committed."""
        for source in list(self._sources.values()):
            source.reload()
        self._look()

    def _visible(self, hidden: Collection[str]) -> dict[str, SourceWords]:
        """The indexes that hold anything, outside the sources `hidden`, always in the same order."""
        keys = {key_of(name) for name in hidden}
        held = sorted(self._sources.items())
        return {key: source for key, source in held if key not in keys and source.count()}

    def _being_written(self) -> list[SourceWords]:
        return [source for source in list(self._sources.values()) if source.is_being_written]

    def _look(self) -> None:
        """Open what there is and is not opened yet."""
        for folder in sorted(self._folder.iterdir()):
            if folder.is_dir() and folder.name not in self._sources and exists(folder):
                self._opened(folder.name)

    def _of(self, source: str) -> SourceWords:
        return self._sources.get(key_of(source)) or self._opened(key_of(source))

    def _opened(self, key: str) -> SourceWords:
        with self._opening:
            if key not in self._sources:
                self._sources = {**self._sources, key: SourceWords(self._folder / key)}
            return self._sources[key]


def _best(source: SourceWords, weights: Weights, count: int, allowed: Allowed | None) -> list[tuple[str, float]]:
    """The best passages of one source, among those allowed."""
    if allowed is None or not allowed.is_narrowed:
        return source.best(weights, count)
    if len(allowed) <= _MOST_LOOKED_FOR:
        return source.best(weights, count, allowed.documents)
    fetched = max(2 * count, _FEWEST_FETCHED)
    while True:
        hits = source.best(weights, fetched)
        found = [hit for hit in hits if allowed.holds(hit[0])]
        if len(found) >= count or len(hits) < fetched:
            return found[:count]
        fetched *= _GROWTH


def _weights(terms: Sequence[str], source: SourceWords, counted: Collection[SourceWords]) -> Weights:
    """By how much each term counts for more or less in a source than its own statistics say: as in all `counted`."""
    if len(counted) == 1:
        return {field: dict.fromkeys(terms, 1.0) for field in (TEXT, TITLE)}
    passages = sum(each.count() for each in counted)
    weights: dict[str, dict[str, float]] = {TEXT: {}, TITLE: {}}
    for field, of_field in weights.items():
        for term in terms:
            here = source.document_frequency(term, field)
            if here:
                everywhere = sum(each.document_frequency(term, field) for each in counted)
                of_field[term] = _rarity(everywhere, passages) / _rarity(here, source.count())
    return weights


def _rarity(frequency: int, passages: int) -> float:
    """BM25's inverse document frequency; what was deleted may still be in `frequency`."""
    return math.log(1 + (max(passages, frequency) - frequency + 0.5) / (frequency + 0.5))
