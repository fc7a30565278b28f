"""What the catalog is told and tells beside documents: sources, failures, summaries, and one step of a sync."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.document import Document, Passage


@dataclass(frozen=True, slots=True)
class Source:
    """A named folder whose files the assistant answers from."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Summary:
    """A current document without its text, for lists; `passages` is how many it has."""

    id: str
    source: str
    path: str
    title: str
    publisher: str | None
    published: str | None
    language: str | None
    parties: tuple[str, ...]
    passages: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not become a document, and why; `sha256` is None where it could not even be read."""

    source: str
    path: str
    sha256: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class CatalogSummary:
    """How many documents there are, between which dates, in which languages (most frequent first).

    `changed` is when the last change became visible, in ISO 8601, or None where that was not noted.
    """

    documents: int
    oldest: str | None
    newest: str | None
    languages: tuple[str, ...]
    changed: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One atomic step of a sync: what becomes visible, what stops being so, and what failed.

    `parties` are those of documents by id; of one that is not in it they are read out of the document.
    """

    documents: Sequence[tuple[Document, Sequence[Passage]]] = ()
    parties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    withdrawn: Sequence[str] = ()
    failed: Sequence[Failure] = ()
    mended: Sequence[tuple[str, str]] = ()
