"""What everyone else speaks: citations, answers, turns. Plain frozen values; no behaviour but their outside shape.

The dictionary made by `Answer.to_dict` is the one shape that the command line, the API and the evaluation share.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from corpus.document import Document

# The composer of an answer that is quoted word for word.
EXTRACTIVE = "extractive"


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    PARTIAL = "partial"  # the documents report something less than was asked for, and the answer says so
    NOT_FOUND = "not_found"
    UNCLEAR = "unclear"  # the question names nothing to look for


class Layout(StrEnum):
    """How a statement stands beside the one before it."""

    RUNNING = "running"  # it goes on in the same paragraph
    PARAGRAPH = "paragraph"  # it begins one
    ITEM = "item"  # of a list
    ROW = "row"  # of a table, its cells joined by " | "


_BEFORE = {Layout.RUNNING: " ", Layout.PARAGRAPH: "\n\n", Layout.ITEM: "\n- ", Layout.ROW: "\n| "}


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """What a reader needs to know of a cited document; `sha256` is of the file's bytes."""

    id: str
    path: str
    title: str
    publisher: str | None
    published: str | None
    url: str | None
    sha256: str
    language: str | None

    @classmethod
    def to(cls, document: Document) -> "DocumentReference":
        """A reference to `document`, whose path is given with its source in front."""
        return cls(
            id=document.id,
            path=f"{document.source}/{document.path}",
            title=document.title,
            publisher=document.publisher,
            published=document.published,
            url=document.url,
            sha256=document.sha256,
            language=document.language,
        )


@dataclass(frozen=True, slots=True)
class Citation:
    """A fact about text: `document.text[start:end] == quote`, checked before it gets here (see `citations`).

    `status` is what the quote reports of a commitment, in words ("signed", "in force"), or None where it reports none.
    """

    number: int
    quote: str
    start: int
    end: int
    page: int | None
    document: DocumentReference
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer and the numbers of the citations it rests on.

    Only the assistant's own remarks about the record ("nothing is reported as signed") rest on none.
    """

    text: str
    citations: tuple[int, ...] = ()
    layout: Layout = Layout.RUNNING

    def __str__(self) -> str:
        return self.text + "".join(f" [{number}]" for number in self.citations)

    @property
    def laid_out(self) -> str:
        """The statement with what stands before it where others do: a space, a line break, the mark of an item."""
        return f"{_BEFORE[self.layout]}{self}{' |' if self.layout is Layout.ROW else ''}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A verified answer. `as_of` is the newest date among the cited documents.

    `composer` is "extractive" or the name of the language model that put it into words. While that is still writing,
    `is_draft`: what there is of the answer is checked, and more of it may follow or another answer take its place.
    """

    question: str
    standalone_question: str
    outcome: Outcome
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...] = ()
    closest: tuple[Citation, ...] = ()
    as_of: str | None = None
    composer: str = EXTRACTIVE
    warnings: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    is_draft: bool = False

    @property
    def text(self) -> str:
        """The answer as text with `[n]` markers, in the paragraphs and lists that it was written in."""
        return "".join(statement.laid_out for statement in self.statements).strip()

    def to_dict(self) -> dict[str, Any]:
        """The outside shape: plain JSON values, keys as documented in `docs/architecture.md`."""
        return {
            "question": self.question,
            "standalone_question": self.standalone_question,
            "outcome": self.outcome.value,
            "answer": self.text,
            "as_of": self.as_of,
            "citations": [asdict(citation) for citation in self.citations],
            "closest": [asdict(citation) for citation in self.closest],
            "composer": self.composer,
            "warnings": list(self.warnings),
            "timings_ms": dict(self.timings_ms),
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question of a conversation, and its answer where there was one."""

    question: str
    answer: str = ""
