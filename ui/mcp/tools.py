"""What programs that speak the Model Context Protocol may do: ask, search, read a document, see a timeline.

Each tool answers with a shape (for programs) and with text (for whoever reads along). Nothing is changed by any of
them, and text of documents is data in both. Nothing here knows the protocol.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from assistant.answer import Answer, DocumentReference
from corpus.document import Document
from corpus.errors import AssistantError
from ui import EARLIEST_YEAR, LATEST_YEAR, LONGEST_HISTORY
from ui.api.timeline import told_with_links
from ui.pages.timeline.page import LONGEST_NAMES
from ui.rendering import answer_as_text, one_line, readable_date
from ui.wire.shapes import AnswerShape, DocumentShape, QuestionText, TimelineShape

if TYPE_CHECKING:
    from assistant.assembly import Assistant
    from assistant.search.retrieval import Hit

MOST_PASSAGES = 50
# Characters of a document in one reading.
MOST_TEXT = 20_000
NOTHING_FOUND = "No passage was found."
NO_COMMITMENT = "No document reports a commitment between them."

Question = Annotated[QuestionText, Field(description="A question in English, with the names it is about.")]
History = Annotated[
    list[QuestionText],
    Field(max_length=LONGEST_HISTORY, description="Earlier questions of the conversation, oldest first."),
]
Words = Annotated[QuestionText, Field(description="Words or a question to search by.")]
Count = Annotated[int, Field(ge=1, le=MOST_PASSAGES, description="How many passages at most.")]
DocumentId = Annotated[str, Field(max_length=200, description="The `id` of a document that another tool named.")]
Start = Annotated[int, Field(ge=0, description="The first character to read (code points).")]
Length = Annotated[int, Field(ge=1, le=MOST_TEXT, description="How many characters to read.")]
Parties = Annotated[
    list[Annotated[str, Field(max_length=LONGEST_NAMES)]],
    Field(min_length=1, max_length=20, description="Countries and organisations by name, for example Latvia or WHO."),
]
Year = Annotated[int | None, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR, description="A year, included.")]


class FoundPassage(BaseModel):
    """A passage, word for word: characters `start` to `end` (end excluded) of the document's text."""

    text: str
    start: int
    end: int
    page: int | None
    document: DocumentShape


class SearchReply(BaseModel):
    """The passages nearest to what was searched, best first."""

    passages: list[FoundPassage]


class Reading(BaseModel):
    """A part of a document's text; `next_start` is where to read on, none at its end."""

    document: DocumentShape
    text: str
    start: int
    end: int
    length: int = Field(description="Of the whole text, in characters.")
    next_start: int | None
    is_current: bool = Field(description="False where the file has since changed or gone.")


def ask(
    assistant: "Assistant",
    question: str,
    history: Sequence[str],
    note: Callable[[Answer], None] = lambda _: None,
    **choices: Any,
) -> tuple[str, AnswerShape]:
    """The answer to a question within the choices that an assistant has, of which `note` is told."""
    answer = assistant.ask(question, history, **choices)
    note(answer)
    return answer_as_text(answer, width=None), AnswerShape.model_validate(answer.to_dict())


def search(assistant: "Assistant", words: str, count: int) -> tuple[str, SearchReply]:
    """The passages nearest to `words`."""
    found = [_passage(hit) for hit in assistant.search(words, count)]
    told = [f"{_whence(item.document)}\ncharacters {item.start}–{item.end}\n{one_line(item.text)}" for item in found]
    return "\n\n".join(told) or NOTHING_FOUND, SearchReply(passages=found)


def read_document(assistant: "Assistant", document_id: str, start: int, length: int) -> tuple[str, Reading]:
    """A part of the stored text of a document, current or superseded; raises `AssistantError` where there is none."""
    assistant.refresh()
    document = assistant.document(document_id)
    if document is None:
        raise AssistantError("There is no document of this id; take an id from a citation or a passage found.")
    whole = len(document.text)
    if start > whole:
        raise AssistantError(f"The document has {whole} characters; start before its end.")
    end = min(start + length, whole)
    current, _ = assistant.store.catalog.current_versions().get((document.source, document.path), (None, None))
    reading = Reading(
        document=_shape(document),
        text=document.text[start:end],
        start=start,
        end=end,
        length=whole,
        next_start=end if end < whole else None,
        is_current=current == document.id,
    )
    return reading.text, reading


def timeline(
    assistant: "Assistant", parties: Sequence[str], since: int | None, until: int | None
) -> tuple[str, TimelineShape]:
    """What documents report of commitments between parties; raises `TimelineError` where a name is nobody's."""
    shape = TimelineShape.model_validate(told_with_links(assistant.timeline(parties, since, until)))
    told = [
        f"{readable_date(item.date) if item.date else 'undated'} ({item.status}): {one_line(item.quote)} "
        f"[{one_line(item.document.title)}, {one_line(item.document.path)}, characters {item.start}–{item.end}]"
        for item in shape.commitments
    ]
    return "\n".join(told) or NO_COMMITMENT, shape


def _passage(hit: "Hit") -> FoundPassage:
    span = hit.passage.span
    return FoundPassage(
        text=hit.passage.text,
        start=span.start,
        end=span.end,
        page=hit.document.page_of(span.start),
        document=_shape(hit.document),
    )


def _shape(document: Document) -> DocumentShape:
    reference = DocumentReference.to(document)
    values: dict[str, Any] = {name: getattr(reference, name) for name in DocumentShape.model_fields}
    return DocumentShape(**values)


def _whence(document: DocumentShape) -> str:
    date = readable_date(document.published) if document.published else "undated"
    facts = (document.title, document.publisher, date, document.path, f"id {document.id}")
    return ", ".join(one_line(fact) for fact in facts if fact)
