"""A process's own indexes, brought forward to what a shared catalog shows.

How far they have followed stands beside them, as a generation of a certain catalog, and is written after the commit:
a kill in between costs a repeat, and nothing else, because adding replaces and removing twice is removing. Indexes
without that note are begun anew. On one machine a lock lets one process of a data folder follow at a time.
"""

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from corpus.catalog.catalog import Catalog
from corpus.encoder.protocol import Encoder
from corpus.errors import DataFolderBusy
from corpus.index.index import SearchIndex

NOTE = "followed.json"
# Documents between two commits: enough for the commit to weigh little, few enough to hold their texts.
_AT_ONCE = 200
# A first index of a large catalog takes minutes; who asks meanwhile from the same data folder waits that long.
_PATIENCE_SECONDS = 60.0


class Follower:
    """Brings the indexes of the data folder `folder` forward, with `catalog`."""

    def __init__(self, catalog: Catalog, folder: Path) -> None:
        from filelock import FileLock

        self._catalog = catalog
        self._folder = folder
        self._mine = threading.RLock()
        self._left_at: int | None = None
        self._alone = FileLock(folder / "following.lock", thread_local=False)

    @contextmanager
    def alone(self, patience: float = _PATIENCE_SECONDS) -> Iterator[None]:
        """Be the only one that writes the data folder's own indexes.

        Raises `DataFolderBusy` where another process stays it.
        """
        from filelock import Timeout

        with self._mine:
            try:
                self._alone.acquire(timeout=patience)
            except Timeout as error:
                raise DataFolderBusy(
                    f"Another process is bringing the indexes in {self._folder} up to date; try again in a moment."
                ) from error
            try:
                yield
            finally:
                self._alone.release()

    def clear(self, folder: Path, *, also_noted: bool = False) -> None:
        """Delete indexes that never followed this catalog, or are ahead of it as after a restore; within `alone`."""
        if also_noted or self._noted(folder) is None:
            shutil.rmtree(folder, ignore_errors=True)

    def follow(self, index: SearchIndex, encoder: Encoder) -> None:
        """Write what changed since the last time; within `alone`."""
        begun = self._noted(index.folder) or 0
        if self._left_at not in (None, begun):
            index.reload()  # another process has brought it further
        reached = self._catalog.generation
        changed = self._catalog.changes.since(begun)
        reached = max([reached, *(generation for _, generation in changed)])
        steps = list(_steps(changed))
        for number, (ids, _) in enumerate(steps):
            self._write(index, encoder, ids, is_empty=begun == 0)
            after = steps[number + 1][1] - 1 if number + 1 < len(steps) else reached
            self.note(index.folder, after)
        if not steps and begun != reached:
            self.note(index.folder, reached)

    def note(self, folder: Path, generation: int) -> None:
        """The indexes in `folder` hold what the catalog shows in `generation`."""
        beside = folder / f"{NOTE}.new"
        with beside.open("w", encoding="ascii") as file:
            json.dump({"catalog": self._catalog.identity, "generation": generation}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / NOTE)
        self._left_at = generation

    def _noted(self, folder: Path) -> int | None:
        """How far the indexes in `folder` have followed; None where that is not known of this catalog."""
        try:
            note = json.loads((folder / NOTE).read_text(encoding="ascii"))
            generation, catalog = int(note["generation"]), note["catalog"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        is_ours = catalog == self._catalog.identity and generation <= self._catalog.generation
        return generation if is_ours else None

    def _write(self, index: SearchIndex, encoder: Encoder, ids: list[str], *, is_empty: bool) -> None:
        parts, current = index.followed, self._catalog.documents_by_id(ids)
        for document_id in () if is_empty else (document_id for document_id in ids if document_id not in current):
            parts.remove(document_id)
        shown = [(document, self._catalog.passages(document)) for document in current.values()]
        vectors = self._catalog.encodings.vectors(encoder, shown if parts.vectors is not None else ())
        parts.add(shown, vectors)
        parts.commit()


def _steps(changed: list[tuple[str, int]]) -> Iterator[tuple[list[str], int]]:
    """The changed documents in steps of whole generations, each with its first generation."""
    ids: list[str] = []
    first = 0
    for generation, rows in groupby(changed, key=lambda row: row[1]):
        first = first if ids else generation
        ids += [document_id for document_id, _ in rows]
        if len(ids) >= _AT_ONCE:
            yield ids, first
            ids = []
    if ids:
        yield ids, first
